"""Another way to themes, to compare with: group the papers first (spherical k-means), then name each group.

A group's name is the phrase that its papers hold most above the others' (class-based TF-IDF, Grootendorst 2022,
arXiv:2203.05794), read by the same rules as Daybook's labels.
"""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from assistant.day.background import Background
from assistant.day.labels import Label, readable
from assistant.day.phrases import Phrase, Stems, phrases_of
from assistant.day.themes import Group
from assistant.day.words import names_nothing
from ingest.library import Library
from ingest.paper import StoredPaper

_ROUNDS = 50
_TRIES = 8
_LEAST_NOUN = 0.5

Matrix = NDArray[np.float32]


def grouped_first(papers: Sequence[StoredPaper], library: Library, count: int, seed: int = 0) -> list[Group]:
    """Some papers in `count` groups with names."""
    vectors = Background(library, papers).own_vectors
    members = [np.flatnonzero(_clusters(vectors, count, seed) == number) for number in range(count)]
    found = phrases_of(papers)
    groups = []
    for places in members:
        if len(places):
            name, stems = _name(set(places.tolist()), found, len(papers))
            groups.append(Group(Label(name, (stems,), 1.0), tuple(int(place) for place in places)))
    return sorted(groups, key=lambda group: -len(group.places))


def _clusters(vectors: Matrix, count: int, seed: int) -> NDArray[np.int64]:
    """The number of each vector's cluster, of the best of some tries."""
    random = np.random.default_rng(seed)
    best, most = np.zeros(len(vectors), dtype=np.int64), -np.inf
    for _ in range(_TRIES):
        centres = vectors[random.choice(len(vectors), count, replace=False)]
        for _ in range(_ROUNDS):
            nearest = np.argmax(vectors @ centres.T, axis=1)
            sums = np.stack([vectors[nearest == number].sum(axis=0) for number in range(count)])
            centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        near = float((vectors @ centres.T).max(axis=1).sum())
        if near > most:
            best, most = np.argmax(vectors @ centres.T, axis=1), near
    return best


def _name(places: set[int], found: dict[Stems, Phrase], papers: int) -> tuple[str, Stems]:
    """The phrase that tells a group best from the others."""
    scored: list[tuple[float, Stems, str]] = []
    for stems, phrase in found.items():
        within = sum(place in places for place in phrase.counts)
        if within and not names_nothing(stems) and phrase.titles:
            text, noun = readable(phrase)
            if noun >= _LEAST_NOUN or len(places) == 1:
                scored.append((within / len(places) * log(1 + papers / len(phrase.counts)), stems, text))
    _, stems, text = max(scored, default=(0.0, (), "Unnamed"))
    return text or " ".join(stems), stems
