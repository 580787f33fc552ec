"""Which of many papers may be near a question: told by coarse copies of their vectors.

A copy has the vector's coordinates along the directions in which vectors differ most (principal component analysis,
Pearson 1901), each as one byte: a sixth of its size. A product over the copies says nearly what one over the vectors
would, and the true order of the few that it puts first is found by reading those alone.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.database import VectorRows
from ingest.moments import Moments
from ingest.parts import in_parts
from ingest.whitening import Whitening

COMPONENTS = 256
NEAREST_PAPERS = 1000
"""With so many the first ten of an exact search are on the shortlist of a million papers (`daybook eval million`)."""
_SAMPLE = 1 << 16
_MOST = 4  # times as many as wished for, where many are just as near
_LARGEST = 127
_ROWS_AT_ONCE = 8192
_ROWS_A_THREAD = 20_000  # below, a thread costs more than it saves
_COMPARED = 1000

Matrix = NDArray[np.float32]
Codes = NDArray[np.int8]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What is kept of many chunk vectors to find those near a question.

    `axes` [dimensions, components] are the principal ones, divided by what one step of `codes` [chunks, components] is
    worth; `moments` tell how the scores of all papers are spread.
    """

    axes: Matrix
    codes: Codes
    moments: Moments

    @classmethod
    def of(cls, rows: VectorRows, whitening: Whitening) -> "Shortlist":
        """Of at least one vector; a whitening's matrix has the principal axes, and shortens the first most."""
        _, found = np.linalg.eigh(whitening.matrix.astype(np.float64))
        axes = np.ascontiguousarray(found[:, :COMPONENTS], dtype=np.float32)
        largest = max(float(np.abs(some @ axes).max()) for some in _pieces(rows.vectors))
        axes *= np.float32(_LARGEST / largest)
        return cls(axes, _codes(rows.vectors, axes), Moments.of(rows, whitening))

    def products(self, vector: Matrix) -> Matrix:
        """The dot products of all chunk vectors with one, nearly, and times some number; shape [chunks]."""
        import simsimd  # noqa: PLC0415 - small libraries do without

        asked = vector @ self.axes
        asked = np.round(asked * np.float32(_LARGEST / max(float(np.abs(asked).max()), 1e-12))).astype(np.int8)
        found = np.empty(len(self.codes), dtype=np.float32)

        def fill(rows: range) -> None:
            some = self.codes[rows.start : rows.stop]
            found[rows.start : rows.stop] = np.asarray(simsimd.cdist(asked[None], some, "dot"))[0]

        in_parts(fill, len(self.codes), _ROWS_A_THREAD)
        return found

    def chosen(self, places: Places) -> "Shortlist":
        """With the vectors at some places; the rest stays as it is."""
        return replace(self, codes=self.codes[places])

    def with_more(self, vectors: Matrix) -> "Shortlist":
        """With more vectors; the rest stays as it is."""
        return replace(self, codes=np.concatenate([self.codes, _codes(vectors, self.axes)]))

    def is_near(self, other: "Shortlist") -> bool:
        """Whether another says nearly the same of the same vectors, whichever way its axes point."""
        mine, others = (one.codes[:_COMPARED].astype(np.float32) @ one.axes.T for one in (self, other))
        scale = _LARGEST / max(float(np.abs(mine).max()), 1e-12)
        return len(self.codes) == len(other.codes) and np.allclose(mine * scale, others * scale, atol=_LARGEST / 10)


def _codes(vectors: Matrix, axes: Matrix) -> Codes:
    """Vectors along some axes, to the next whole number."""
    codes = np.empty((len(vectors), axes.shape[1]), dtype=np.int8)
    for number, some in enumerate(_pieces(vectors)):
        first = number * _ROWS_AT_ONCE
        codes[first : first + len(some)] = np.clip(np.round(some @ axes), -_LARGEST, _LARGEST)
    return codes


def _pieces(vectors: Matrix) -> list[Matrix]:
    return [vectors[first : first + _ROWS_AT_ONCE] for first in range(0, len(vectors), _ROWS_AT_ONCE)]


def highest(scores: Matrix, count: int) -> Places:
    """The places of about the `count` highest scores, ascending: all above what a sample tells to be the threshold."""
    if len(scores) <= 2 * count:
        return np.arange(len(scores))
    sample = scores[:: max(len(scores) // _SAMPLE, 1)]
    rank = min(math.ceil(count * len(sample) / len(scores)), len(sample))
    threshold = np.partition(sample, len(sample) - rank)[len(sample) - rank]
    found = np.flatnonzero(scores >= threshold)
    if len(found) > _MOST * count:
        found = np.sort(np.argpartition(-scores, count - 1)[:count])
    return found
