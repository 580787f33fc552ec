"""Exact nearest neighbours: every chunk vector in memory, scored with one dot product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.database import VectorRows


@dataclass(frozen=True, slots=True)
class PaperScores:
    """A score for each of some papers: `rows` and `scores` have the same shape [papers]."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


class VectorTable:
    """An immutable table of chunk vectors; a paper's chunks stand side by side."""

    def __init__(self, rows: VectorRows) -> None:
        self._rows = rows
        papers = rows.paper_rows
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        self._starts: NDArray[np.int64] = starts
        self._papers: NDArray[np.int64] = papers[starts]
        self._one_chunk_each = len(starts) == len(papers)

    @property
    def last_chunk_row(self) -> int:
        """The highest chunk row, 0 where the table is empty."""
        return int(self._rows.chunk_rows[-1]) if len(self._rows.chunk_rows) else 0

    def __len__(self) -> int:
        return len(self._rows.chunk_rows)

    def extended(self, more: VectorRows) -> "VectorTable":
        """A new table with more rows at its end."""
        mine = self._rows
        return VectorTable(
            VectorRows(
                np.concatenate([mine.chunk_rows, more.chunk_rows]),
                np.concatenate([mine.paper_rows, more.paper_rows]),
                np.concatenate([mine.vectors, more.vectors]),
            )
        )

    def scores(self, query_vector: NDArray[np.float32]) -> PaperScores:
        """The cosine of each paper's best chunk with a unit vector of shape [dimensions]."""
        chunk_scores = self._rows.vectors @ query_vector
        if self._one_chunk_each or not len(chunk_scores):
            return PaperScores(self._papers, chunk_scores)
        return PaperScores(self._papers, np.maximum.reduceat(chunk_scores, self._starts))
