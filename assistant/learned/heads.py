"""What is learned on top of the reader: logistic regressions, whose weights lie in one file with their report beside.

`daybook eval train-reading` makes both anew from `eval/training`; `heads.json` says how well each does.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import Features, kept

_WEIGHTS = "heads.npz"


@dataclass(frozen=True, slots=True)
class Head:
    """A logistic regression: `weights` [features] of features as they come, a `bias`, and the `cut` of its use.

    `cut` is in log odds; what it was chosen for stands in the report.
    """

    weights: Features
    bias: float
    cut: float

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        """How likely it is, as log odds, for each case."""
        found: NDArray[np.float32] = features @ self.weights + np.float32(self.bias)
        return found


class Heads:
    """The heads by name."""

    def __init__(self, kept: dict[str, NDArray[Any]]) -> None:
        self._kept = kept

    def __getitem__(self, name: str) -> Head:
        packed = self._kept[name].astype(np.float32)  # weights, then bias and cut
        return Head(packed[:-2], float(packed[-2]), float(packed[-1]))


@lru_cache(maxsize=1)
def trained_heads() -> Heads:
    """The heads that ship with Daybook."""
    return Heads(kept(_WEIGHTS))


def probability(log_odds: float) -> float:
    """Log odds as a probability."""
    return float(1 / (1 + np.exp(-log_odds)))
