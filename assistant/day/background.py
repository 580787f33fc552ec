"""What the library as a whole knows of words: which papers hold them, and where those lie among all papers.

The prototype of a label is the mean vector of the papers that hold its words; no text is embedded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.day.phrases import Stems
from ingest.library import Library
from ingest.paper import StoredPaper

_MOST_DOCUMENTS = 2000
_LEAST_WEIGHT = 2.0  # in the title, or twice in the abstract
_MOST_WEIGHT = 3.0
_TINY = 1e-9

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How labels and the papers of a period lie to each other.

    `cosines` [labels, papers] of each paper with the mean of the other papers that hold the label's words;
    `coherence` [labels] is the mean cosine between two papers that hold them, `holders` [labels] how many papers
    stand behind it, and `counts` [labels] how many hold the words at all.
    """

    cosines: Matrix
    coherence: Matrix
    holders: Matrix
    counts: NDArray[np.int64]


class Background:
    """A sample of the library, evenly drawn, with all papers of a period in it."""

    def __init__(self, library: Library, papers: Sequence[StoredPaper]) -> None:
        self._library = library
        self._words = library.lexical_table()
        rows = self._words.rows
        step = max(1, -(-len(rows) // _MOST_DOCUMENTS))
        self.rows: NDArray[np.int64] = np.union1d(rows[::step], [stored.row for stored in papers]).astype(np.int64)
        self._own = np.searchsorted(self.rows, [stored.row for stored in papers])
        self._places = np.clip(np.searchsorted(rows, self.rows), 0, max(len(rows) - 1, 0))
        self._is_indexed = np.isin(self.rows, rows)

    @cached_property
    def vectors(self) -> Matrix:
        """The papers' vectors [documents, dimensions], centred and of unit length; zero where a paper has none."""
        raw = self._library.paper_vectors(self.rows)
        held = np.linalg.norm(raw, axis=1) > _TINY
        centred = np.where(held[:, None], raw - raw[held].mean(axis=0) if held.any() else raw, 0)
        unit: Matrix = (centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), _TINY)).astype(np.float32)
        return unit

    @property
    def own_vectors(self) -> Matrix:
        """Those of the period's papers, in their order."""
        return self.vectors[self._own]

    def titles(self) -> list[str]:
        """The titles of the sample."""
        return [paper.title for paper in self._library.database.listed(self.rows.tolist())]

    def nearness(self, labels: Sequence[Sequence[Stems]]) -> Nearness:
        """How labels, each given by the phrases whose papers it names, lie to the period's papers."""
        held = self._held({stem for cues in labels for cue in cues for stem in cue})
        weights = np.zeros((len(labels), len(self.rows)), dtype=np.float32)
        counts = np.zeros(len(labels), dtype=np.int64)
        for number, cues in enumerate(labels):
            found = np.max([np.min([held[stem] for stem in cue], axis=0) for cue in cues], axis=0)
            counts[number] = np.count_nonzero(found)
            weights[number] = np.where(found >= _LEAST_WEIGHT, np.minimum(found, _MOST_WEIGHT), 0)
        return _nearness(weights, counts, self.vectors, self._own)

    def _held(self, stems: Iterable[str]) -> dict[str, Matrix]:
        """How often each paper of the sample holds some stems, the title's counted double."""
        held = {}
        for stem in stems:
            counts = self._words.counts_of(stem)
            held[stem] = np.where(self._is_indexed, counts[self._places] if len(counts) else 0, 0).astype(np.float32)
        return held


def _nearness(weights: Matrix, counts: NDArray[np.int64], vectors: Matrix, own: NDArray[np.int64]) -> Nearness:
    """A paper has no part in the mean that it is compared with."""
    sums = weights @ vectors
    own_weights = weights[:, own]
    total, squares = weights.sum(axis=1), (weights**2).sum(axis=1)
    lengths = (sums**2).sum(axis=1)
    dots = sums @ vectors[own].T
    others = lengths[:, None] - 2 * own_weights * dots + own_weights**2
    cosines = (dots - own_weights) / np.sqrt(np.maximum(others, _TINY))
    pairs = total**2 - squares
    coherence = np.where(pairs > _TINY, (lengths - squares) / np.maximum(pairs, _TINY), 0)
    return Nearness(
        np.where(total[:, None] - own_weights > _TINY, cosines, 0).astype(np.float32),
        coherence.astype(np.float32),
        (total**2 / np.maximum(squares, _TINY)).astype(np.float32),
        counts,
    )
