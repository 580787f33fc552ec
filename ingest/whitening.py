"""Vectors whitened in part: what all have in common counts less."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WHITENING = 0.25
_SHRINKAGE = 1.0
_ROUNDING = 1e-3
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class Whitening:
    """What all vectors have in common counts less: a partial whitening (Su et al. 2021, arXiv:2103.15316).

    `matrix` [dimensions, dimensions] is the covariance, shrunk towards its mean variance, to the power of -0.25,
    and `norms` [chunks] are the lengths of the vectors under it.
    """

    matrix: NDArray[np.float32]
    norms: NDArray[np.float32]

    def chosen(self, places: NDArray[np.int64]) -> "Whitening":
        """Of the vectors at some places."""
        return Whitening(self.matrix, self.norms[places])

    def with_more(self, vectors: NDArray[np.float32]) -> "Whitening":
        """With the lengths of more vectors, by the matrix that there is."""
        return Whitening(self.matrix, np.concatenate([self.norms, lengths(vectors, self.matrix)]))

    def is_near(self, other: "Whitening") -> bool:
        """Whether another is the same but for rounding."""
        return np.allclose(self.matrix, other.matrix, atol=_ROUNDING) and np.allclose(
            self.norms, other.norms, atol=_ROUNDING
        )

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "Whitening":
        """The whitening of vectors of shape [chunks, dimensions], at least one."""
        variances, axes = np.linalg.eigh(_covariance(vectors))
        mean = float(variances.mean())
        if mean <= 0:  # all vectors are the same
            return cls(np.eye(vectors.shape[1], dtype=np.float32), np.linalg.norm(vectors, axis=1))
        stretch = (np.maximum(variances, 0) / mean + _SHRINKAGE) ** -_WHITENING
        matrix = ((axes * stretch) @ axes.T).astype(np.float32)
        return cls(matrix, lengths(vectors, matrix))


def whitened_question(matrix: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector whose product with another, by that one's length under the matrix, is their cosine after whitening."""
    whitened: NDArray[np.float32] = matrix @ vector
    whitened /= np.sqrt(vector @ whitened)
    return whitened


def _covariance(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    mean = vectors.mean(axis=0)
    products = np.zeros((vectors.shape[1], vectors.shape[1]))
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        centred = vectors[first : first + _ROWS_AT_ONCE] - mean
        products += centred.T @ centred
    return products / len(vectors)


def lengths(vectors: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The lengths of vectors under a matrix."""
    found = np.empty(len(vectors), dtype=np.float32)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        some = vectors[first : first + _ROWS_AT_ONCE]
        found[first : first + _ROWS_AT_ONCE] = np.sqrt(np.einsum("ij,ij->i", some @ matrix, some))
    return found
