"""How near papers are to a question."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PaperScores:
    """How near some papers are to a question; all have the shape [papers].

    `scores` are cosines, `whitened` the cosines after whitening, where it is known, else the same.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    whitened: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean and the standard deviation of scores."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class NearestScores(PaperScores):
    """The scores of some papers, their rows ascending, and how the scores of all are spread."""

    spread: Spread
    whitened_spread: Spread
