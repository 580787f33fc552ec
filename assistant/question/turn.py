"""What a question in a conversation refers to: one trained reading of its wording beside what was said before.

`daybook eval train-questions` makes `turn.npz` anew from `eval/wordings/turns.jsonl`; `turn.json` says how well it
does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import hashed, kept, log_odds, shares
from assistant.question.question import JOBS, REFERENCES, Job, Reference
from assistant.question.wish import HASHES, Piece, grams_of, masked_words
from ingest.embedding import Vector

_VECTOR_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What a question is seen beside: the former question, and the papers that its answer showed.

    `shown` counts those. `own` are the words of the question that carry something, limits apart; `held` is the share
    of their information that the papers shown hold. `points`: it names a place of a list.
    """

    former_job: Job
    shown: int
    own: int
    held: float
    has_limits: bool
    gives_ids: bool
    names_shown: bool
    names_others: bool
    points: bool


class TurnReader:
    """A multinomial logistic regression: `weights` [features, references] and `bias` [references]."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._weights, self._bias = arrays["weights"], arrays["bias"]

    def read(
        self, pieces: Sequence[Piece], marks: Sequence[bool], vector: Vector, seen: Situation
    ) -> dict[Reference, float]:
        """How likely each reference is; the shares sum to 1. `vector` is of its wording alone."""
        hashes, dense = turn_features(pieces, marks, vector, seen)
        return dict(zip(REFERENCES, shares(log_odds(self._weights, self._bias, hashes, dense)), strict=True))


@lru_cache(maxsize=1)
def trained_turns() -> TurnReader:
    """The reader that ships with Daybook."""
    return TurnReader(kept("turn.npz"))


def turn_features(
    pieces: Sequence[Piece], marks: Sequence[bool], vector: Vector, seen: Situation
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of the words and pairs of a question, and of what it is seen beside; the dense features."""
    words = masked_words(pieces, marks)
    signs = [
        f"job {seen.former_job}", f"shown {min(seen.shown, 4)}", f"own {min(seen.own, 6)}",
        f"held {int(seen.held * 4)}",
        f"limits {seen.has_limits}", f"ids {seen.gives_ids}",
        f"names {seen.names_shown} {seen.names_others}", f"length {min(len(pieces), 12)}", f"points {seen.points}",
    ]  # fmt: skip
    pairs = [f"{one} & {other}" for n, one in enumerate(signs) for other in signs[:n]]
    worded = [f"{word} & {sign}" for word in set(words) for sign in (signs[0], signs[1])]
    numbers = [
        *(job == seen.former_job for job in JOBS),
        np.log1p(seen.shown),
        np.log1p(seen.own),
        seen.held,
    ]
    dense = [vector * np.float32(_VECTOR_WEIGHT), np.array(numbers, dtype=np.float32)]
    return hashed([*grams_of(words), *signs, *pairs, *worded], HASHES), np.concatenate(dense)
