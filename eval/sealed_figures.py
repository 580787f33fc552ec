"""A figure with its interval, and what several sorts of questions have in common: pure functions."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.metrics import estimate
from eval.sealed_outcomes import Asked, Grade

ALL = "all"
_Z = 1.959964  # of a 95% interval


@dataclass(frozen=True, slots=True)
class Figure:
    """A share or a mean of a group over `n` cases, with the bounds of its 95% interval."""

    group: str
    name: str
    n: int
    value: float
    low: float
    high: float


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The bounds of a share's 95% interval (Wilson 1927), which stays sound near 0 and 1 and for few cases."""
    share, spread = hits / n, _Z * _Z / n
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def share(group: str, name: str, flags: Iterable[bool]) -> list[Figure]:
    """How many of some cases are so; no figure where there is no case."""
    found = list(flags)
    return ratio(group, name, sum(found), len(found))


def ratio(group: str, name: str, hits: int, n: int) -> list[Figure]:
    """The same of counts."""
    return [Figure(group, name, n, hits / n, *wilson(hits, n))] if n else []


def mean(group: str, name: str, values: Sequence[float]) -> list[Figure]:
    """The mean of some values, its interval bootstrapped; no figure where there is none."""
    if not values:
        return []
    found = estimate(values)
    return [Figure(group, name, len(values), found.mean, found.low, found.high)]


def grade_shares(group: str, asked: Sequence[Asked]) -> list[Figure]:
    """The shares of the three grades."""
    return [
        figure for grade in Grade for figure in share(group, grade.value, (one.outcome.grade is grade for one in asked))
    ]


def groups(asked: Sequence[Asked], *sides: Callable[[Asked], str]) -> dict[str, list[Asked]]:
    """All questions, then those of each name that a side gives them, side by side, in the order of their names."""
    found = {ALL: list(asked)}
    for side in sides:
        for name in sorted({side(one) for one in asked}):
            found[name] = [one for one in asked if side(one) == name]
    return found
