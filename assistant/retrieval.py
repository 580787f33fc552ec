"""From a question to ranked papers: dense and lexical scores, fused."""

import math
from dataclasses import dataclass, replace

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray

from assistant.scope import Scope, read_scope
from assistant.spelling import read_spelling
from assistant.terms import QuestionTerms, question_terms
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.paper import StoredPaper

LEXICAL_WEIGHT = 1.0
_LEXICAL_PAPERS = 4000
_SATURATION = 1.2  # k1 of FTS5's BM25


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper and why it ranks: its fused score, its cosine with the question, and its place among all cosines.

    `score` and `standing` are the fused score and the cosine in standard deviations above the library's mean.
    """

    stored: StoredPaper
    score: float
    cosine: float
    standing: float


class HybridRetriever(BaseRetriever):
    """Papers ranked by the cosine of their embedding plus the square of their relative BM25.

    BM25 (Robertson and Zaragoza 2009) is FTS5's; relative means divided by what a paper would score in which
    every word of the question stands without end. So it counts where the words really meet, and a question in
    other words than the papers' is left to the embedding.
    """

    def __init__(self, library: Library, embedder: Embedder, limit: int = 10) -> None:
        super().__init__()
        self._library = library
        self._embedder = embedder
        self._limit = limit

    def understood(self, question: str) -> Scope:
        """The limits that a question sets, and the rest of it in the library's spelling."""
        scope = read_scope(question)
        return replace(scope, rest=read_spelling(scope.rest, self._library, self._embedder.is_word).text)

    def rank(self, scope: Scope, terms: QuestionTerms, limit: int) -> list[RankedPaper]:
        """The best papers in scope, best first; an empty list where the scope holds none."""
        dense = self._library.dense_scores(self._embedder.question_vector(scope.rest))
        if not len(dense.rows):
            return []
        standing = _standardised(dense.scores)
        fused = _standardised(dense.scores + LEXICAL_WEIGHT * self._relative_bm25(dense.rows, terms) ** 2)
        if not scope.is_open:
            fused = np.where(np.isin(dense.rows, self._rows_in(scope)), fused, -np.inf)
        best = _best(fused, limit)
        stored = self._library.database.papers_by_row([int(row) for row in dense.rows[best]])
        return [
            RankedPaper(stored[int(dense.rows[i])], float(fused[i]), float(dense.scores[i]), float(standing[i]))
            for i in best
        ]

    def _relative_bm25(self, rows: NDArray[np.int64], terms: QuestionTerms) -> NDArray[np.float32]:
        """The BM25 of each of these papers as a share of the most that any paper could score, 0 to 1."""
        scores = np.zeros(len(rows), dtype=np.float32)
        if not terms.words:
            return scores
        found, bm25 = self._library.database.lexical_scores(match_any(terms), _LEXICAL_PAPERS)
        places = np.minimum(np.searchsorted(rows, found), len(rows) - 1)
        known = rows[places] == found
        scores[places[known]] = bm25[known]
        return scores / self._highest_bm25(terms)

    def _highest_bm25(self, terms: QuestionTerms) -> float:
        total = self._library.database.paper_count()
        counts = self._library.database.document_counts(terms.stems)
        frequencies = [counts.get(s, 0) for s in terms.stems]
        return sum((_SATURATION + 1) * max(math.log((total - n + 0.5) / (n + 0.5)), 1e-6) for n in frequencies)

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
        scope = self.understood(query_bundle.query_str)
        return [as_node(paper) for paper in self.rank(scope, question_terms(scope.rest), self._limit)]


def match_any(terms: QuestionTerms) -> str:
    """The FTS5 expression that finds papers with any of the words."""
    return " OR ".join(f'"{word}"' for word in terms.words)


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
