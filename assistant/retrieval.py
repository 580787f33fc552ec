"""From a question to ranked papers: dense and lexical scores, fused."""

from dataclasses import dataclass

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray

from assistant.scope import Scope, read_scope
from assistant.terms import QuestionTerms, question_terms
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.paper import StoredPaper

LEXICAL_WEIGHT = 0.2
_LEXICAL_PAPERS = 4000


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper and why it ranks: its fused score, its cosine with the question, and its place among all cosines.

    `standing` is the cosine in standard deviations above the mean of the library.
    """

    stored: StoredPaper
    score: float
    cosine: float
    standing: float


class HybridRetriever(BaseRetriever):
    """Papers ranked by a weighted sum of standardised scores: cosine of the embeddings, and BM25.

    The scores are standardised over all papers in scope; BM25 (Robertson and Zaragoza 2009) is FTS5's.
    """

    def __init__(self, library: Library, embedder: Embedder, limit: int = 10) -> None:
        super().__init__()
        self._library = library
        self._embedder = embedder
        self._limit = limit

    def rank(self, scope: Scope, terms: QuestionTerms, limit: int) -> list[RankedPaper]:
        """The best papers in scope, best first; an empty list where the scope holds none."""
        dense = self._library.dense_scores(self._embedder.question_vector(scope.rest))
        if not len(dense.rows):
            return []
        standing = _standardised(dense.scores)
        fused = standing + LEXICAL_WEIGHT * _standardised(self._lexical(dense.rows, terms))
        if not scope.is_open:
            fused = np.where(np.isin(dense.rows, self._rows_in(scope)), fused, -np.inf)
        best = _best(fused, limit)
        stored = self._library.database.papers_by_row([int(row) for row in dense.rows[best]])
        return [
            RankedPaper(stored[int(dense.rows[i])], float(fused[i]), float(dense.scores[i]), float(standing[i]))
            for i in best
        ]

    def _lexical(self, rows: NDArray[np.int64], terms: QuestionTerms) -> NDArray[np.float32]:
        scores = np.zeros(len(rows), dtype=np.float32)
        if terms.words:
            found, bm25 = self._library.database.lexical_scores(match_any(terms), _LEXICAL_PAPERS)
            places = np.minimum(np.searchsorted(rows, found), len(rows) - 1)
            known = rows[places] == found
            scores[places[known]] = bm25[known]
        return scores

    def _rows_in(self, scope: Scope) -> list[int]:
        rows: set[int] | None = None
        if scope.days is not None:
            rows = {stored.row for day in scope.days for stored in self._library.papers(day)}
        if scope.arxiv_ids is not None:
            named = self._library.database.papers_by_id(sorted(scope.arxiv_ids)).values()
            rows_named = {stored.row for stored in named}
            rows = rows_named if rows is None else rows & rows_named
        return sorted(rows or ())

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        scope = read_scope(query_bundle.query_str)
        return [as_node(paper) for paper in self.rank(scope, question_terms(scope.rest), self._limit)]


def match_any(terms: QuestionTerms) -> str:
    """The FTS5 expression that finds papers with any of the words, or a name's words side by side."""
    phrases = [" ".join(name.words) for name in terms.names]
    return " OR ".join(f'"{phrase}"' for phrase in dict.fromkeys([*terms.words, *phrases]) if phrase)


def as_node(ranked: RankedPaper) -> NodeWithScore:
    """A ranked paper as llama-index knows it; the node's id is the arXiv id, its text the abstract."""
    paper = ranked.stored.paper
    metadata = {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "day": ranked.stored.day.isoformat(),
        "url": paper.url,
    }
    return NodeWithScore(node=TextNode(id_=paper.arxiv_id, text=paper.abstract, metadata=metadata), score=ranked.score)


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    deviation = float(scores.std())
    return (scores - scores.mean()) / deviation if deviation > 0 else np.zeros_like(scores)


def _best(scores: NDArray[np.float32], limit: int) -> list[int]:
    count = min(limit, int(np.isfinite(scores).sum()))
    if count == 0:
        return []
    some = np.argpartition(-scores, count - 1)[:count]
    return [int(i) for i in some[np.argsort(-scores[some], kind="stable")]]
