"""What each word of a question says: a linear model over its neighbourhood, and the likeliest course of tags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import Features

WINDOW = 4  # words to either side that tell of one
_GRAMS = ((-1, 0), (0, 1), (-2, -1), (1, 2), (-2, 0), (0, 2), (-1, 1), (-3, -1), (1, 3), (-3, -2), (2, 3))
_PARTS = (3, 4, 5)  # letters at the beginning and end of a word: "crosslists", "xlist", "codeless" were never seen


@dataclass(frozen=True, slots=True)
class Tagger:
    """The model: `weights` [features, tags], `bias` [tags], and `steps` [tags + 1, tags] from one tag to the next.

    The last row of `steps` is for the first word.
    """

    weights: NDArray[Any]
    bias: NDArray[Any]
    steps: NDArray[Any]

    def tagged(self, features: Sequence[NDArray[np.int64]], allowed: Features | float = 0.0) -> list[int]:
        """The number of the tag of each word, from the places of its features: the likeliest course (Viterbi 1967).

        `allowed` [words, tags] is added to the log odds: far below 0 where a word cannot have a tag.
        """
        if not features:
            return []
        first = np.cumsum([0, *(len(places) for places in features[:-1])])
        odds = self.bias + np.add.reduceat(self.weights[np.concatenate(features)], first, axis=0, dtype=np.float32)
        odds += allowed
        best, back = odds[0] + self.steps[-1], []
        for one in odds[1:]:
            reached = best[:, None] + self.steps[:-1]
            back.append(reached.argmax(axis=0))
            best = reached.max(axis=0) + one
        way = [int(best.argmax())]
        for former in reversed(back):
            way.append(int(former[way[-1]]))
        return way[::-1]


def runs_of(tags: Sequence[object]) -> Iterator[tuple[int, int]]:
    """The runs of words with the same tag, as (first, end); those with none, or False, are left out."""
    for tag, run in groupby(range(len(tags)), key=lambda n: tags[n]):
        numbers = list(run)
        if tag:
            yield numbers[0], numbers[-1] + 1


def neighbourhood(shapes: Sequence[str], n: int, here: str) -> list[str]:
    """The names of the features of a word by those around it; `shapes` has `WINDOW` more at either end.

    `here` is what it is itself, as far as the others are to be seen with it.
    """
    names = [f"{by} {shapes[n + by]}" for by in range(-WINDOW, WINDOW + 1)]
    names += [f"{name} & {here}" for name in names]
    for by in (-2, -1, 0, 1, 2):
        word = shapes[n + by]
        names += [f"{by} begins {word[:size]}" for size in _PARTS if len(word) > size]
        names += [f"{by} ends {word[-size:]}" for size in _PARTS[:-1] if len(word) > size]
    names += [f"{first} {last} {' '.join(shapes[n + first : n + last + 1])}" for first, last in _GRAMS]
    return names


def edged(shapes: Sequence[str]) -> list[str]:
    """Shapes with what stands beyond either end."""
    return [*["^"] * WINDOW, *shapes, *["$"] * WINDOW]
