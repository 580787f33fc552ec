"""By what a question wants papers compared: the words that say so, marked by a trained model.

`daybook eval train-questions` makes `aspects.npz` anew from `eval/wordings/aspects.jsonl`; `aspects.json` says how well
it does.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import hashed, kept
from assistant.learned.tagging import WINDOW, Tagger, edged, neighbourhood, runs_of
from ingest.names import TOKEN, looks_like_name

HASHES = 8192
_WORD = re.compile(rf"{TOKEN.pattern}|[^\w\s]")
_DIGIT = re.compile(r"\d")


class AspectFinder:
    """The model of which words are aspects."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._tagger = Tagger(arrays["weights"], arrays["bias"], arrays["steps"])

    def found(self, text: str) -> tuple[tuple[str, ...], str]:
        """The aspects that a question names, as written, each once, and the question without them."""
        words = words_with_places(text)
        marks = self.marked(aspect_features([word for word, *_ in words]))
        spans = [(words[first][1], words[end - 1][2]) for first, end in runs_of(marks)]
        left = text
        for start, end in reversed(spans):
            left = f"{left[:start].rstrip()} {left[end:].lstrip()}"
        return tuple(dict.fromkeys(text[start:end] for start, end in spans)), " ".join(left.split())

    def marked(self, features: Sequence[NDArray[np.int64]]) -> list[int]:
        """Which words belong to an aspect, from their features: 1, or 0."""
        return self._tagger.tagged(features)


@lru_cache(maxsize=1)
def trained_aspect_finder() -> AspectFinder:
    """The finder that ships with Daybook."""
    return AspectFinder(kept("aspects.npz"))


def words_with_places(text: str) -> list[tuple[str, int, int]]:
    """The words and signs of a text, each with where it begins and ends."""
    return [(word.group(), word.start(), word.end()) for word in _WORD.finditer(text)]


def aspect_features(words: Sequence[str]) -> list[NDArray[np.int64]]:
    """The places of the features of each word: itself and its neighbours, names all alike."""
    shapes = edged(["<name>" if looks_like_name(word) else _DIGIT.sub("0", word.lower()) for word in words])
    return [hashed(neighbourhood(shapes, n, shapes[n]), HASHES) for n in range(WINDOW, WINDOW + len(words))]
