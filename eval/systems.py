"""The systems that are measured: Daybook itself, and baselines of our own over the same papers and vectors."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.engine.daybook import Daybook
from assistant.language.terms import question_terms
from ingest.embedding import DIMENSIONS, Embedder, Vector
from ingest.library import Library
from ingest.paper import Paper
from ingest.sqlite import made_in_format

Scores = NDArray[np.float64]

DAYBOOK = "daybook"
_RANK_CONSTANT = 60
_LEXICAL_WEIGHT = 0.3
_WORD = re.compile(r"[^\W_]+")

ABOUT = {
    DAYBOOK: "Daybook as a user's question goes through it: limits read, spelling mended, papers ranked.",
    "bm25": "Words alone: SQLite FTS5's BM25 with Porter stems, any word of the question, the title counting twice.",
    "dense": "Meaning alone: the exact cosine of bge-small's vectors.",
    "rrf": "bm25 and dense joined by reciprocal rank fusion, k = 60 (Cormack et al. 2009).",
    "weighted-sum": "dense + 0.3 × bm25, each standardised over all papers.",
    "llama-index": "llama-index's VectorStoreIndex over its ChromaVectorStore, default settings, the same vectors.",
    "llama-index-hybrid": "llama-index's QueryFusionRetriever (reciprocal_rerank) over that and its BM25Retriever.",
    "llama-index-relative": "The same with mode relative_score.",
}
"""The systems by name, in the order of a report, with what each is."""


class Ranker(Protocol):
    """What ranks the papers of one library for a question."""

    def rank(self, question: str, limit: int) -> list[str]:
        """The arXiv ids of the best papers, best first."""
        ...


class DaybookRanker:
    """Daybook, titles and days of the papers looked up as `daybook search` does."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._retriever = Daybook(library, lambda: embedder).finder

    def rank(self, question: str, limit: int) -> list[str]:
        """The arXiv ids of the best papers, best first."""
        scope = self._retriever.understood(question)
        ranked = self._retriever.rank(scope, question_terms(scope.rest), limit)
        return [found.stored.paper.arxiv_id for found in ranked]


class PaperTable:
    """The papers of a library in one order, with a vector for each chunk."""

    def __init__(self, library: Library) -> None:
        stored = sorted(library.papers(), key=lambda paper: paper.row)
        rows = library.database.vectors_after(0, DIMENSIONS)
        order = np.argsort(rows.paper_rows, kind="stable")
        self.papers: list[Paper] = [one.paper for one in stored]
        self.ids = [paper.arxiv_id for paper in self.papers]
        self.vectors = np.ascontiguousarray(rows.vectors[order])
        self.starts = np.flatnonzero(np.diff(rows.paper_rows[order], prepend=-1))
        if len(self.starts) != len(self.papers):
            raise ValueError("a paper of the library has no vector")

    def cosines(self, vector: Vector) -> Scores:
        """The cosine of each paper's best chunk with a unit vector."""
        return np.maximum.reduceat(self.vectors @ vector, self.starts).astype(np.float64)

    def first_vectors(self) -> NDArray[np.float32]:
        """The vector of each paper's first chunk."""
        return self.vectors[self.starts]


class Words:
    """BM25 of every paper (Robertson and Zaragoza 2009) by an FTS5 table of its own, in memory."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._count = len(papers)
        self._table = made_in_format(None, 0)
        self._table.execute(
            "CREATE VIRTUAL TABLE baseline USING fts5"
            " (title, abstract, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._table.executemany(
            "INSERT INTO baseline (rowid, title, abstract) VALUES (?, ?, ?)",
            [(place, paper.title, paper.abstract) for place, paper in enumerate(papers)],
        )

    def scores(self, question: str) -> Scores:
        """The BM25 of each paper, 0 where no word of the question stands in it."""
        scores = np.zeros(self._count)
        words = question_terms(question).words or tuple(_WORD.findall(question.lower()))
        if words:
            match = " OR ".join(f'"{word}"' for word in words)
            query = "SELECT rowid, -bm25(baseline, 2.0, 1.0) FROM baseline WHERE baseline MATCH ?"
            for place, found in self._table.execute(query, (match,)):
                scores[place] = found
        return scores


class ScoreRanker:
    """Ranks by a score of every paper; papers without one, where it is 0 by nature, are left out."""

    def __init__(self, ids: Sequence[str], scores: Callable[[str], Scores], *, only_positive: bool = False) -> None:
        self._ids = ids
        self._scores = scores
        self._only_positive = only_positive

    def rank(self, question: str, limit: int) -> list[str]:
        """The arXiv ids of the best papers, best first."""
        scores = self._scores(question)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [self._ids[place] for place in best if not self._only_positive or scores[place] > 0]


def standardised(scores: Scores) -> Scores:
    """Scores as standard deviations above their mean."""
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation else np.zeros_like(scores)


def reciprocal_ranks(scores: Scores) -> Scores:
    """1 / (60 + rank) for each paper by its score; 0 for those whose score is 0 (Cormack, Clarke and Büttcher 2009)."""
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores == 0, 0.0, 1 / (_RANK_CONSTANT + places))


def own_systems(library: Library, embedder: Embedder, table: PaperTable) -> Mapping[str, Ranker]:
    """Daybook and the baselines that need nothing but it."""
    words = Words(table.papers)

    def dense(question: str) -> Scores:
        return table.cosines(embedder.question_vector(question))

    def fused(question: str) -> Scores:
        return reciprocal_ranks(dense(question)) + reciprocal_ranks(words.scores(question))

    def weighted(question: str) -> Scores:
        return standardised(dense(question)) + _LEXICAL_WEIGHT * standardised(words.scores(question))

    return {
        DAYBOOK: DaybookRanker(library, embedder),
        "bm25": ScoreRanker(table.ids, words.scores, only_positive=True),
        "dense": ScoreRanker(table.ids, dense),
        "rrf": ScoreRanker(table.ids, fused),
        "weighted-sum": ScoreRanker(table.ids, weighted),
    }
