"""Scores of some papers that mean what they would among all: what all vectors have in common, in a few matrices.

A score counts by how far it stands above the others. The mean of the cosines of all vectors with a question is the
cosine of their mean, and their variance a quadratic form of their covariance; so both are known without the vectors.
"""

import hashlib
import io
import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ingest.database import VectorRows
from ingest.vectors import PaperScores, Whitening

_DIGEST_BYTES = 16
_ROWS_AT_ONCE = 8192
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean and the standard deviation of scores."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class NearestScores(PaperScores):
    """The scores of some papers, their rows ascending, and how the scores of all are spread."""

    spread: Spread
    whitened_spread: Spread


@dataclass(frozen=True, slots=True)
class Moments:
    """What is known of all chunk vectors without them.

    `whitening` is the matrix of their whitening. Of the `papers[0]` papers with one chunk, `mean`, `whitened_mean`
    [dimensions] and `covariance`, `whitened_covariance` [dimensions, dimensions] are those of their unit vectors, and
    of the same divided by their lengths under the whitening. Papers with several chunks are few, and their best one is
    no matter of moments: `several_papers` [chunks] and `several_vectors` [chunks, dimensions] hold them as they are.
    """

    whitening: Matrix
    papers: NDArray[np.int64]
    mean: Matrix
    covariance: Matrix
    whitened_mean: Matrix
    whitened_covariance: Matrix
    several_papers: NDArray[np.int64]
    several_vectors: Matrix

    @classmethod
    def of(cls, rows: VectorRows) -> "Moments":
        """The moments of all chunks, at least one."""
        whitening = Whitening.of(rows.vectors)
        _, place, chunks = np.unique(rows.paper_rows, return_inverse=True, return_counts=True)
        is_alone = chunks[place] == 1
        several = np.flatnonzero(~is_alone)
        several = several[np.argsort(rows.paper_rows[several], kind="stable")]
        alone = np.flatnonzero(is_alone)
        return cls(
            whitening.matrix,
            np.array([len(alone)]),
            *_moments(rows.vectors, alone, None),
            *_moments(rows.vectors, alone, whitening.norms),
            rows.paper_rows[several],
            rows.vectors[several],
        )

    def scores(self, query_vector: Matrix, chunks: VectorRows) -> NearestScores:
        """The scores of the papers of these chunks, which stand in the order of their papers, all of each."""
        whitened_query = self.whitening @ query_vector
        whitened_query /= np.sqrt(query_vector @ whitened_query)
        papers, cosines, whitened = self._best(query_vector, whitened_query, chunks.paper_rows, chunks.vectors)
        _, *several = self._best(query_vector, whitened_query, self.several_papers, self.several_vectors)
        return NearestScores(
            papers,
            cosines,
            whitened,
            self._spread(query_vector, self.mean, self.covariance, several[0]),
            self._spread(whitened_query, self.whitened_mean, self.whitened_covariance, several[1]),
        )

    def _best(
        self, query_vector: Matrix, whitened_query: Matrix, papers: NDArray[np.int64], vectors: Matrix
    ) -> tuple[NDArray[np.int64], Matrix, Matrix]:
        """Each paper of these chunks, its best cosine and its best whitened one."""
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors @ self.whitening, vectors))
        cosines, whitened = vectors @ query_vector, (vectors @ whitened_query) / lengths
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        if len(starts) < len(cosines):
            cosines, whitened = (np.maximum.reduceat(values, starts) for values in (cosines, whitened))
        return papers[starts], cosines, whitened

    def _spread(self, direction: Matrix, mean: Matrix, covariance: Matrix, several: Matrix) -> Spread:
        """How the scores of all papers are spread: of those with one chunk by moments, and those of the others."""
        alone, count = int(self.papers[0]), int(self.papers[0]) + len(several)
        of_alone = float(mean @ direction)
        together = (alone * of_alone + float(several.sum())) / count
        squares = alone * (float(direction @ covariance @ direction) + (of_alone - together) ** 2)
        squares += float(((several - together) ** 2).sum())
        return Spread(together, math.sqrt(max(squares / count, 0.0)))

    def to_bytes(self, state: str) -> bytes:
        """The moments as a file has them, with the state of the library whose they are."""
        content = io.BytesIO()
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez(content, allow_pickle=False, state=np.array(state), **arrays)
        return _digest(content.getvalue()) + content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, state: str) -> "Moments | None":
        """The moments of that state; None where the file has those of another, or is damaged."""
        digest, kept = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if _digest(kept) != digest:
            return None
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            if str(arrays["state"]) != state:
                return None
            return cls(*(arrays[field.name] for field in fields(cls)))


def _moments(vectors: Matrix, chosen: NDArray[np.int64], lengths: Matrix | None) -> tuple[Matrix, Matrix]:
    """The mean and the covariance of some vectors, divided by lengths where there are such; summed up in pieces."""
    size, count = vectors.shape[1], max(len(chosen), 1)
    total, products = np.zeros(size), np.zeros((size, size))
    for first in range(0, len(chosen), _ROWS_AT_ONCE):
        places = chosen[first : first + _ROWS_AT_ONCE]
        some = vectors[places].astype(np.float64)
        if lengths is not None:
            some /= lengths[places, None]
        total += some.sum(axis=0)
        products += some.T @ some
    mean = total / count
    return mean.astype(np.float32), (products / count - np.outer(mean, mean)).astype(np.float32)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
