"""Figures of questions for all papers on something: how many of the right ones are listed, and of others."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.sealed_figures import Figure, grade_shares, groups, mean, ratio
from eval.sealed_outcomes import Asked, Grade


@dataclass(frozen=True, slots=True)
class _Counts:
    """Papers of a list: the right ones, those listed but for borderline ones, and the right ones that are listed."""

    right: int
    listed: int
    found: int


def list_figures(asked: Sequence[Asked]) -> list[Figure]:
    """Recall and precision, of all and by part of the library; a borderline paper (`also`) counts neither way.

    The mean of precision is over answers that list anything; micro figures pool the papers of all questions.
    """
    split = groups(asked, lambda one: one.question.part)
    return [figure for group, some in split.items() for figure in _group_figures(group, some)]


def _group_figures(group: str, asked: Sequence[Asked]) -> list[Figure]:
    counts = [_counts(one) for one in asked]
    right, listed, found = (sum(getattr(one, name) for one in counts) for name in ("right", "listed", "found"))
    return [
        *grade_shares(group, asked),
        *mean(group, "recall, mean", [one.found / one.right for one in counts if one.right]),
        *mean(group, "precision, mean", [one.found / one.listed for one in counts if one.listed]),
        *ratio(group, "recall, micro", found, right),
        *ratio(group, "precision, micro", found, listed),
    ]


def _counts(asked: Asked) -> _Counts:
    right, borderline = set(asked.question.papers), set(asked.question.also_papers)
    is_none = asked.outcome.grade is Grade.NONE
    listed = set() if is_none else set(asked.outcome.listed) - (borderline - right)
    return _Counts(len(right), len(listed), len(right & listed))
