"""How good a ranking is, and how sure that figure is: pure functions.

A ranking is a list of paper ids, best first, none twice. `grades` maps the ids of judged papers to how relevant
they are; 0 and an id that is not there mean not relevant.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grades = Mapping[str, float]
Metric = Callable[[Sequence[str], Grades], float]

RESAMPLES = 10_000
SEED = 20190529
_LOWER_PERCENT, _UPPER_PERCENT = 2.5, 97.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions, with the bounds of its 95% interval."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out: for a difference, that it is more than chance."""
        return self.low > 0 or self.high < 0


# ---- one question


def first_rank(ranking: Sequence[str], grades: Grades) -> int | None:
    """The place of the first relevant paper, from 1; None where the ranking holds none."""
    return next((place for place, paper in enumerate(ranking, start=1) if grades.get(paper, 0) > 0), None)


def hit(ranking: Sequence[str], grades: Grades, depth: int) -> float:
    """1 where a relevant paper is among the first `depth`, else 0 (success@k, Voorhees 1999)."""
    return float(first_rank(ranking[:depth], grades) is not None)


def reciprocal_rank(ranking: Sequence[str], grades: Grades, depth: int) -> float:
    """1 over the place of the first relevant paper, 0 below `depth` (Voorhees 1999, the TREC-8 QA track)."""
    rank = first_rank(ranking[:depth], grades)
    return 1 / rank if rank else 0.0


def ndcg(ranking: Sequence[str], grades: Grades, depth: int) -> float:
    """The discounted gain of the first `depth` over that of the best order of all judged papers, 0 to 1.

    Järvelin and Kekäläinen 2002 as trec_eval computes it: the gain is the grade, the discount log2(place + 1).
    """
    ideal = _discounted(sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth])
    found = _discounted([max(grades.get(paper, 0), 0) for paper in ranking[:depth]])
    return found / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def recall(ranking: Sequence[str], grades: Grades, depth: int) -> float:
    """The share of the relevant papers that are among the first `depth` (Manning, Raghavan and Schütze 2008, 8.3)."""
    relevant = {paper for paper, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0


METRICS: dict[str, Metric] = {
    "hit@1": lambda ranking, grades: hit(ranking, grades, 1),
    "hit@10": lambda ranking, grades: hit(ranking, grades, 10),
    "MRR@10": lambda ranking, grades: reciprocal_rank(ranking, grades, 10),
    "nDCG@10": lambda ranking, grades: ndcg(ranking, grades, 10),
    "recall@100": lambda ranking, grades: recall(ranking, grades, 100),
}
"""What is reported, by its name."""


def score(ranking: Sequence[str], grades: Grades) -> dict[str, float]:
    """Every metric of one ranking.

    Raises:
        ValueError: a paper stands in the ranking twice.
    """
    if len(set(ranking)) != len(ranking):
        raise ValueError("a ranking names a paper twice")
    return {name: metric(ranking, grades) for name, metric in METRICS.items()}


# ---- many questions


def estimates(values: NDArray[np.float64], resamples: int = RESAMPLES, seed: int = SEED) -> list[Estimate]:
    """The mean of each column of `values` [questions, columns], with its percentile bootstrap interval.

    Efron and Tibshirani 1993, chapter 13: questions are drawn with replacement `resamples` times. All columns share
    the draws, so an interval of a column of differences is that of the paired bootstrap (Sakai 2006).
    """
    questions = len(values)
    if not questions:
        raise ValueError("there is no question to take a mean of")
    draws = np.random.default_rng(seed).multinomial(questions, np.full(questions, 1 / questions), size=resamples)
    means = draws @ values / questions
    lows, highs = np.percentile(means, [_LOWER_PERCENT, _UPPER_PERCENT], axis=0)
    return [
        Estimate(float(mean), float(low), float(high))
        for mean, low, high in zip(values.mean(axis=0), lows, highs, strict=True)
    ]


def estimate(values: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """The mean of one value for each question, with its interval; of paired differences, the paired bootstrap."""
    return estimates(np.asarray(values, dtype=np.float64)[:, None], resamples, seed)[0]
