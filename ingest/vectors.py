"""Exact nearest neighbours: every chunk vector in memory, scored with two dot products."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.database import VectorRows

_WHITENING = 0.25
_SHRINKAGE = 1.0
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class PaperScores:
    """How near some papers are to a question; all have the shape [papers].

    `scores` are cosines, `whitened` the cosines after whitening, where it is known, else the same.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    whitened: NDArray[np.float32]


class VectorTable:
    """An immutable table of chunk vectors, in the order of their papers' rows."""

    def __init__(self, rows: VectorRows) -> None:
        self._rows = rows = _in_order_of_papers(rows)
        papers = rows.paper_rows
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        self._starts: NDArray[np.int64] = starts
        self._papers: NDArray[np.int64] = papers[starts]
        self._one_chunk_each = len(starts) == len(papers)

    @property
    def last_chunk_row(self) -> int:
        """The highest chunk row, 0 where the table is empty."""
        return int(self._rows.chunk_rows.max()) if len(self._rows.chunk_rows) else 0

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
        """The cosines of each paper's best chunk with a unit vector of shape [dimensions]; rows ascend."""
        if not len(self):
            none = np.zeros(0, dtype=np.float32)
            return PaperScores(self._papers, none, none)
        whitening = self._whitening
        whitened_query = whitening.matrix @ query_vector
        whitened_query /= np.sqrt(query_vector @ whitened_query)
        cosines: NDArray[np.float32] = self._rows.vectors @ query_vector
        whitened: NDArray[np.float32] = self._rows.vectors @ whitened_query
        whitened /= whitening.norms
        if not self._one_chunk_each:
            cosines, whitened = (np.maximum.reduceat(values, self._starts) for values in (cosines, whitened))
        return PaperScores(self._papers, cosines, whitened)

    def paper_vectors(self, paper_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean chunk vector of each of these papers, shape [papers, dimensions]; zeros where a paper has none."""
        vectors = np.zeros((len(paper_rows), self._rows.vectors.shape[1]), dtype=np.float32)
        if not len(self) or not len(paper_rows):
            return vectors
        order = np.argsort(paper_rows)
        found = np.isin(self._rows.paper_rows, paper_rows)
        places = order[np.searchsorted(paper_rows, self._rows.paper_rows[found], sorter=order)]
        np.add.at(vectors, places, self._rows.vectors[found])
        chunks = np.maximum(np.bincount(places, minlength=len(paper_rows)), 1).astype(np.float32)
        vectors /= chunks[:, None]
        return vectors

    @cached_property
    def _whitening(self) -> "Whitening":
        return Whitening.of(self._rows.vectors)


@dataclass(frozen=True, slots=True)
class Whitening:
    """What all vectors have in common counts less: a partial whitening (Su et al. 2021, arXiv:2103.15316).

    `matrix` [dimensions, dimensions] is the covariance, shrunk towards its mean variance, to the power of -0.25,
    and `norms` [chunks] are the lengths of the vectors under it.
    """

    matrix: NDArray[np.float32]
    norms: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "Whitening":
        """The whitening of vectors of shape [chunks, dimensions], at least one."""
        centred = vectors - vectors.mean(axis=0)
        variances, axes = np.linalg.eigh((centred.T @ centred / len(vectors)).astype(np.float64))
        mean = float(variances.mean())
        if mean <= 0:  # all vectors are the same
            return cls(np.eye(vectors.shape[1], dtype=np.float32), np.linalg.norm(vectors, axis=1))
        stretch = (np.maximum(variances, 0) / mean + _SHRINKAGE) ** -_WHITENING
        matrix = ((axes * stretch) @ axes.T).astype(np.float32)
        norms = np.empty(len(vectors), dtype=np.float32)
        for first in range(0, len(vectors), _ROWS_AT_ONCE):
            some = vectors[first : first + _ROWS_AT_ONCE]
            norms[first : first + _ROWS_AT_ONCE] = np.sqrt(np.einsum("ij,ij->i", some @ matrix, some))
        return cls(matrix, norms)


def _in_order_of_papers(rows: VectorRows) -> VectorRows:
    """A paper that was rewritten has its chunks at the end."""
    if not (np.diff(rows.paper_rows) < 0).any():
        return rows
    order = np.argsort(rows.paper_rows, kind="stable")
    return VectorRows(rows.chunk_rows[order], rows.paper_rows[order], rows.vectors[order])
