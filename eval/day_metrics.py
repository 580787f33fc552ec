"""What a day's themes are measured by: pure functions of groups, vectors and texts."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.language.terms import STOP_WORDS
from ingest.words import stems_of

MOST_LABEL_WORDS = 4
_SHUFFLES = 200

Matrix = NDArray[np.float32]


def within_cosine(vectors: Matrix, groups: Sequence[Sequence[int]]) -> float:
    """The mean cosine of two papers of one group, over all such pairs; 0 where there are none."""
    total, pairs = 0.0, 0
    for places in groups:
        some = vectors[list(places)]
        total += float((some @ some.T).sum() - (some**2).sum()) / 2
        pairs += len(places) * (len(places) - 1) // 2
    return total / pairs if pairs else 0.0


def random_within_cosine(vectors: Matrix, groups: Sequence[Sequence[int]], seed: int = 0) -> float:
    """The same of groups of the same sizes, drawn at random from the same papers, on the mean."""
    random = np.random.default_rng(seed)
    places = [place for group in groups for place in group]
    found = []
    for _ in range(_SHUFFLES):
        shuffled = iter(random.permutation(places).tolist())
        found.append(within_cosine(vectors, [[next(shuffled) for _ in group] for group in groups]))
    return float(np.mean(found)) if found else 0.0


def silhouette(vectors: Matrix, groups: Sequence[Sequence[int]]) -> float:
    """The mean silhouette (Rousseeuw 1987) by cosine distance; of a paper alone in its group it is 0."""
    if len(groups) < 2:
        return 0.0
    distances = 1 - vectors @ vectors.T
    values = []
    for number, group in enumerate(groups):
        for place in group:
            others = [other for other in group if other != place]
            if not others:
                values.append(0.0)
                continue
            own = float(distances[place, others].mean())
            nearest = min(float(distances[place, list(g)].mean()) for n, g in enumerate(groups) if n != number)
            values.append((nearest - own) / max(own, nearest, 1e-9))
    return float(np.mean(values))


def is_readable(label: str) -> bool:
    """Whether a label has one to four words, none of them a stop word at its edges, and begins with a capital."""
    words = label.split()
    edges = {word.lower() for word in words[:1] + words[-1:]}
    has_capital = re.match(r"[a-z]+(?:[\s-]|$)", label) is None
    return 0 < len(words) <= MOST_LABEL_WORDS and edges.isdisjoint(STOP_WORDS) and has_capital


def holds(text: str, phrases: Sequence[Sequence[str]]) -> bool:
    """Whether a text holds one of some phrases, each given by its stems, word after word."""
    stems = stems_of(text)
    return any(
        stems[place : place + len(phrase)] == list(phrase)
        for phrase in phrases
        for place in range(len(stems) - len(phrase) + 1)
    )
