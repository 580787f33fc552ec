"""Scores of some papers that mean what they would among all: what all vectors have in common, in a few matrices.

A score counts by how far it stands above the others. The mean of the cosines of all vectors with a question is the
cosine of their mean, and their variance a quadratic form of their covariance; so both are known without the vectors.
"""

import math
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.database import VectorRows
from ingest.mapped import DamagedBlockError, MappedFile, write_arrays
from ingest.scores import NearestScores, Spread
from ingest.whitening import Whitening, lengths, whitened_question

_KIND = "moments 2"
_ROWS_AT_ONCE = 8192
_SEVERAL_KEPT = 4096
"""Of so many the mean is off by a sixtieth of their deviation; they are few beside those with one chunk."""
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Moments:
    """What is known of all chunk vectors without them.

    `whitening` is the matrix of their whitening. Of the `papers[0]` papers with one chunk, `mean`, `whitened_mean`
    [dimensions] and `covariance`, `whitened_covariance` [dimensions, dimensions] are those of their unit vectors, and
    of the same divided by their lengths under the whitening. The `papers[1]` with several chunks are few, and their
    best one is no matter of moments: `several_papers` [chunks] and `several_vectors` [chunks, dimensions] hold them as
    they are, or as many of them as tell how the others are spread.
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
    def of(cls, rows: VectorRows, whitening: Whitening | None = None) -> "Moments":
        """The moments of all chunks, at least one; `whitening` is theirs, made where it is not given."""
        whitening = whitening or Whitening.of(rows.vectors)
        of_paper, place, chunks = np.unique(rows.paper_rows, return_inverse=True, return_counts=True)
        alone, several = np.flatnonzero(chunks[place] == 1), np.flatnonzero(chunks > 1)
        kept = of_paper[several[:: -(-len(several) // _SEVERAL_KEPT) or 1]]
        held = np.flatnonzero(np.isin(rows.paper_rows, kept))
        held = held[np.argsort(rows.paper_rows[held], kind="stable")]
        return cls(
            whitening.matrix,
            np.array([len(alone), len(several)]),
            *_moments(rows.vectors, alone, None),
            *_moments(rows.vectors, alone, whitening.norms),
            rows.paper_rows[held],
            rows.vectors[held],
        )

    def scores(
        self, query_vector: Matrix, chunks: VectorRows, spreads: tuple[Spread, Spread] | None = None
    ) -> NearestScores:
        """The scores of the papers of these chunks, which stand in the order of their papers, all of each.

        `spreads` are those of the question, reckoned where they are not given.
        """
        whitened_query = whitened_question(self.whitening, query_vector)
        papers = chunks.paper_rows
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        by_question = (query_vector, whitened_query)
        best = _best(by_question, chunks.vectors, lengths(chunks.vectors, self.whitening), starts)
        return NearestScores(papers[starts], *best, *(spreads or self.spreads(query_vector)))

    def spreads(self, query_vector: Matrix) -> tuple[Spread, Spread]:
        """How the cosines of all papers with a unit vector are spread, and how those after whitening."""
        whitened_query = whitened_question(self.whitening, query_vector)
        starts, norms = self._several
        cosines, whitened = _best((query_vector, whitened_query), self.several_vectors, norms, starts)
        return (
            self._spread(query_vector, self.mean, self.covariance, cosines),
            self._spread(whitened_query, self.whitened_mean, self.whitened_covariance, whitened),
        )

    @cached_property
    def _several(self) -> tuple[NDArray[np.int64], Matrix]:
        """Of the kept chunks of papers with several: where each paper begins, and their lengths under the whitening."""
        starts = np.flatnonzero(np.diff(self.several_papers, prepend=-1))
        return starts, lengths(self.several_vectors, self.whitening)

    def _spread(self, direction: Matrix, mean: Matrix, covariance: Matrix, several: Matrix) -> Spread:
        """How the scores of all papers are spread: of those with one chunk by moments, of the others by the kept."""
        alone, others = self.papers.tolist()
        of_alone, of_others = float(mean @ direction), float(several.mean()) if len(several) else 0.0
        together = (alone * of_alone + others * of_others) / (alone + others)
        squares = alone * (float(direction @ covariance @ direction) + (of_alone - together) ** 2)
        if others:
            squares += others * float(((several - together) ** 2).mean())
        return Spread(together, math.sqrt(max(squares / (alone + others), 0.0)))

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """The moments as a file has them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_file(cls, file: MappedFile) -> "Moments":
        """The moments that a file has.

        Raises:
            DamagedBlockError: they are not what was written.
        """
        return cls(*(file[field.name].whole() for field in fields(cls)))


def _best(
    by_question: tuple[Matrix, Matrix], vectors: Matrix, norms: Matrix, starts: NDArray[np.int64]
) -> tuple[Matrix, Matrix]:
    """Each paper's best cosine and its best whitened one, of chunks whose papers begin at `starts`."""
    query_vector, whitened_query = by_question
    cosines, whitened = vectors @ query_vector, (vectors @ whitened_query) / norms
    if len(starts) < len(cosines):
        return np.maximum.reduceat(cosines, starts), np.maximum.reduceat(whitened, starts)
    return cosines, whitened


def save_moments(moments: Moments, state: str, file: Path) -> None:
    """Keep moments, and of which state of a library they are.

    Raises:
        OSError: the disk is full.
    """
    write_arrays(file, _KIND, {"of": state}, moments.as_arrays())


def kept_moments(file: Path, state: str) -> Moments | None:
    """The moments of that state; None where there is no such file, it has those of another, or is damaged."""
    kept = MappedFile.open(file, _KIND)
    if kept is None or kept.state["of"] != state:
        return None
    try:
        return Moments.from_file(kept)
    except DamagedBlockError:
        return None


def _moments(vectors: Matrix, chosen: NDArray[np.int64], norms: Matrix | None) -> tuple[Matrix, Matrix]:
    """The mean and the covariance of some vectors, divided by lengths where there are such; summed up in pieces."""
    size, count = vectors.shape[1], max(len(chosen), 1)
    total, products = np.zeros(size), np.zeros((size, size))
    for first in range(0, len(chosen), _ROWS_AT_ONCE):
        places = chosen[first : first + _ROWS_AT_ONCE]
        some = vectors[places].astype(np.float64)
        if norms is not None:
            some /= norms[places, None]
        total += some.sum(axis=0)
        products += some.T @ some
    mean = total / count
    return mean.astype(np.float32), (products / count - np.outer(mean, mean)).astype(np.float32)
