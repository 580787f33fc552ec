"""What a conversation is on: its newest question that stands on its own, and the limits set for it since."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Answer
from assistant.days import spoken_period
from assistant.describing import description
from assistant.pointing import carrying_words, is_only_limits, new_topic, places, signs_of
from assistant.scope import SPOKEN_BLOCKS, Scope
from assistant.shown import shortened
from ingest.names import names_in

_FEW_WORDS = 2


def topic_of(history: Sequence[Answer], understand: Callable[[str], Scope]) -> Scope | None:
    """The newest question that stands on its own, with the limits that were set for it since; None without one."""
    limits: list[Scope] = []
    for answer in reversed(history):
        announced = new_topic(answer.question)
        scope = understand(announced or answer.question)
        if scope.description and is_only_limits(scope.rest):
            limits.append(scope)
        elif carrying_words(scope.rest) and (announced or not _hangs_on_others(scope.rest)):
            for newer in reversed(limits):
                scope = with_limits(scope, newer)
            return scope
    return None


def _hangs_on_others(rest: str) -> bool:
    signs = signs_of(rest)
    points = (signs.among, signs.names_two, signs.other, signs.pronoun, signs.alike, signs.of_which)
    if any(points) or places(rest) or description(rest) is not None:
        return True
    return signs.detail and not signs.lists and len(carrying_words(rest)) < _FEW_WORDS


def with_limits(former: Scope, newer: Scope) -> Scope:
    """A former scope with newer limits: each kind that the newer one sets takes the place of the former."""
    sets_days = newer.days is not None or bool(newer.periods)
    by_days = newer if sets_days else former
    merged = replace(
        former,
        days=by_days.days,
        periods=by_days.periods,
        categories=newer.categories or former.categories,
        block=newer.block or former.block,
        with_code=newer.with_code or former.with_code,
        missing=newer.missing if sets_days else tuple(dict.fromkeys((*former.missing, *newer.missing))),
    )
    return replace(merged, description=_described(merged, by_days))


def _described(scope: Scope, by_days: Scope) -> str:
    spoken = [spoken_period(period) for period in scope.periods]
    if not spoken and scope.days is not None:
        spoken = [by_days.description]
    parts = [
        *spoken,
        *sorted(scope.categories or ()),
        *([SPOKEN_BLOCKS[scope.block]] if scope.block else []),
        *(["with code"] if scope.with_code else []),
    ]
    return ", ".join(dict.fromkeys(parts))


def without_names(text: str) -> str:
    """A text without its names."""
    for name in names_in(text):
        text = text.replace(name, "")
    return " ".join(text.split())


def as_before(topic: str) -> str:
    """That a question is on a former topic, for the user."""
    return f"on “{shortened(topic.strip(' ?.'))}” as before"
