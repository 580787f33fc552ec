"""Exact nearest neighbours: every chunk vector, in memory or in a mapped file, scored with two dot products."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.checksums import TOTAL_MASK
from ingest.database import VectorRows
from ingest.parts import in_parts

_WHITENING = 0.25
_SHRINKAGE = 1.0
_ROUNDING = 1e-3
_ROWS_AT_ONCE = 8192
_ROWS_A_THREAD = 10_000  # below, a thread costs more than it saves
_ROWS_IN_CACHE = 256
"""384 kB: both products find them there. And so few that OpenBLAS starts no threads of its own, which wait for each
other longer than they work where another process has a core."""


@dataclass(frozen=True, slots=True)
class PaperScores:
    """How near some papers are to a question; all have the shape [papers].

    `scores` are cosines, `whitened` the cosines after whitening, where it is known, else the same.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    whitened: NDArray[np.float32]


class VectorTable:
    """An immutable table of chunk vectors, in the order of their papers' rows.

    Its whitening, unless it is given, is made when it is first needed.
    """

    def __init__(self, rows: VectorRows, whitening: "Whitening | None" = None) -> None:
        self.rows = rows = _in_order_of_papers(rows)
        papers = rows.paper_rows
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        self._starts: NDArray[np.int64] = starts
        self._papers: NDArray[np.int64] = papers[starts]
        self._one_chunk_each = len(starts) == len(papers)
        self._known_whitening = whitening

    @property
    def last_chunk_row(self) -> int:
        """The highest chunk row, 0 where the table is empty."""
        return int(self.rows.chunk_rows.max()) if len(self.rows.chunk_rows) else 0

    def __len__(self) -> int:
        return len(self.rows.chunk_rows)

    @cached_property
    def total(self) -> tuple[int, int]:
        """How many chunks there are, and what the checksums of their rows add up to: SQLite keeps the same."""
        return len(self), int(self.rows.checksums.sum()) & TOTAL_MASK  # which wraps at 2**64

    def extended(self, more: VectorRows) -> "VectorTable":
        """A table with more rows at its end."""
        if not len(more.chunk_rows):
            return self
        mine = self.rows
        return VectorTable(
            VectorRows(
                np.concatenate([mine.chunk_rows, more.chunk_rows]),
                np.concatenate([mine.paper_rows, more.paper_rows]),
                np.concatenate([mine.checksums, more.checksums]),
                np.concatenate([mine.vectors, more.vectors]),
            )
        )

    def holding_only(self, chunk_rows: NDArray[np.int64]) -> "VectorTable":
        """A table of those of its vectors that stand in some chunk rows."""
        mine = self.rows
        stays = np.isin(mine.chunk_rows, chunk_rows)
        if stays.all():
            return self
        return VectorTable(_chosen(mine, stays))

    def scores(self, query_vector: NDArray[np.float32]) -> PaperScores:
        """The cosines of each paper's best chunk with a unit vector of shape [dimensions]; rows ascend."""
        if not len(self):
            none = np.zeros(0, dtype=np.float32)
            return PaperScores(self._papers, none, none)
        whitening = self.whitening
        whitened_query = whitening.matrix @ query_vector
        whitened_query /= np.sqrt(query_vector @ whitened_query)
        cosines, whitened = _products(self.rows.vectors, query_vector, whitened_query)
        whitened /= whitening.norms
        if not self._one_chunk_each:
            cosines, whitened = (np.maximum.reduceat(values, self._starts) for values in (cosines, whitened))
        return PaperScores(self._papers, cosines, whitened)

    def holds_as(self, other: "VectorTable") -> bool:
        """Whether another table holds the same vectors of the same chunks and papers, and whitens them as this one."""
        mine, others = self.rows, other.rows
        return (
            np.array_equal(mine.chunk_rows, others.chunk_rows)
            and np.array_equal(mine.paper_rows, others.paper_rows)
            and np.array_equal(mine.vectors, others.vectors)
            and (not len(self) or self.whitening.is_near(other.whitening))
        )

    def paper_vectors(self, paper_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean chunk vector of each of these papers, shape [papers, dimensions]; zeros where a paper has none."""
        vectors = np.zeros((len(paper_rows), self.rows.vectors.shape[1]), dtype=np.float32)
        if not len(self) or not len(paper_rows):
            return vectors
        order = np.argsort(paper_rows)
        found = np.isin(self.rows.paper_rows, paper_rows)
        places = order[np.searchsorted(paper_rows, self.rows.paper_rows[found], sorter=order)]
        np.add.at(vectors, places, self.rows.vectors[found])
        chunks = np.maximum(np.bincount(places, minlength=len(paper_rows)), 1).astype(np.float32)
        vectors /= chunks[:, None]
        return vectors

    @cached_property
    def whitening(self) -> "Whitening":
        """Of at least one vector."""
        return self._known_whitening or Whitening.of(self.rows.vectors)


@dataclass(frozen=True, slots=True)
class Whitening:
    """What all vectors have in common counts less: a partial whitening (Su et al. 2021, arXiv:2103.15316).

    `matrix` [dimensions, dimensions] is the covariance, shrunk towards its mean variance, to the power of -0.25,
    and `norms` [chunks] are the lengths of the vectors under it.
    """

    matrix: NDArray[np.float32]
    norms: NDArray[np.float32]

    def is_near(self, other: "Whitening") -> bool:
        """Whether another is the same but for rounding."""
        return np.allclose(self.matrix, other.matrix, atol=_ROUNDING) and np.allclose(
            self.norms, other.norms, atol=_ROUNDING
        )

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


def _products(
    vectors: NDArray[np.float32], one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The dot products of all vectors with two, so that each is fetched from memory once; of many, by all cores."""
    queries, products = np.stack([one, other]), np.empty((2, len(vectors)), dtype=np.float32)

    def fill(rows: range) -> None:
        for first in rows[::_ROWS_IN_CACHE]:
            some = slice(first, min(first + _ROWS_IN_CACHE, rows.stop))
            products[:, some] = queries @ vectors[some].T

    in_parts(fill, len(vectors), _ROWS_A_THREAD)
    return products[0], products[1]


def _in_order_of_papers(rows: VectorRows) -> VectorRows:
    """A paper that was rewritten has its chunks at the end."""
    if not (np.diff(rows.paper_rows) < 0).any():
        return rows
    return _chosen(rows, np.argsort(rows.paper_rows, kind="stable"))


def _chosen(rows: VectorRows, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> VectorRows:
    return VectorRows(rows.chunk_rows[chosen], rows.paper_rows[chosen], rows.checksums[chosen], rows.vectors[chosen])
