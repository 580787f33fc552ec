"""Figures of requests of any job, and of the turns of conversations: which job, which limits, which papers."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.sealed_figures import ALL, Figure, groups, share
from eval.sealed_outcomes import Asked, Grade

_NO_BEGIN, _NO_END = "1991-01-01", "9999-12-31"


def job_figures(asked: Sequence[Asked]) -> list[Figure]:
    """The share that reached its job, of all and of each job; the share whose limits are all right."""
    split = groups(asked, lambda one: one.question.job)
    routed = [
        figure
        for group, some in split.items()
        for figure in share(group, "routed right", (one.outcome.job == one.question.job for one in some))
    ]
    told = [one for one in asked if one.outcome.limits is not None]
    limited = [one for one in told if any((one.question.limits or {}).values())]
    return [
        *routed,
        *share(ALL, "limits right", map(has_right_limits, told)),
        *share(ALL, "limits right, of those that set one", map(has_right_limits, limited)),
    ]


def turn_figures(asked: Sequence[Asked]) -> list[Figure]:
    """The share of later turns that is right: of all, of those that refer back, of those that do not."""
    first = {one.question.conversation: one.question.id for one in reversed(asked)}
    opening = [one for one in asked if first[one.question.conversation] == one.question.id]
    later = [one for one in asked if first[one.question.conversation] != one.question.id]
    back, own = ([one for one in later if one.question.refers is refers] for refers in (True, False))
    return [
        *share(ALL, "first turns right", map(is_right_turn, opening)),
        *share(ALL, "later turns right", map(is_right_turn, later)),
        *share(ALL, "later turns that refer back, right", map(is_right_turn, back)),
        *share(ALL, "later turns of their own, right", map(is_right_turn, own)),
        *share(ALL, "later turns, routed right", (one.outcome.job == one.question.job for one in later)),
    ]


def is_right_turn(asked: Asked) -> bool:
    """Whether a turn is about its papers and states its value; one with neither has its job and its limits.

    The first paper shown is one that it is about; a comparison has all of them, a list at least half.
    """
    question, outcome = asked.question, asked.outcome
    if question.value and question.value.lower() not in outcome.text.lower():
        return False
    if question.papers:
        about, shown = set(question.papers), outcome.papers_shown
        if question.job == "compare":
            return about <= set(outcome.rows or shown)
        if question.job == "list":
            return outcome.grade is not Grade.NONE and 2 * len(about & set(outcome.listed)) >= len(about)
        return bool(shown) and shown[0] in about
    return bool(question.value) or (outcome.job == question.job and has_right_limits(asked))


def has_right_limits(asked: Asked) -> bool:
    """Whether all limits are those of the request; of a build that does not tell them, none is."""
    if asked.outcome.limits is None:
        return False
    return _plain(asked.outcome.limits) == _plain(asked.question.limits or {})


def _plain(limits: Mapping[str, Any]) -> tuple[object, ...]:
    periods = sorted((max(first, _NO_BEGIN), min(last, _NO_END)) for first, last in limits.get("periods", ()))
    named = (sorted(limits.get(name, ())) for name in ("blocks", "categories", "ids"))
    return (periods, *named, bool(limits.get("code")))
