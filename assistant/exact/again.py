"""Follow-ups of exact questions: "and on 4 November?", "how many of them are cross-listed?", "which?"."""

import re
from collections.abc import Callable, Sequence

from assistant.answer import Answer
from assistant.pointing import is_only_limits
from assistant.scope import Scope
from assistant.topic import with_limits

_MOST_TURNS = 6
_OPENER = re.compile(r"^\s*(?:and|or|but|then|so|ok(?:ay)?|what\s+about|how\s+about|what\s+of)\b[\s,]*", re.IGNORECASE)
_OF_THEM = re.compile(r"\bhow\s+many(?:\s+of\s+(?:them|those|these))?\b", re.IGNORECASE)
_POINTS = re.compile(r"\bof\s+(?:them|those|these)\b|^\s*how\s+many\s+(?:are|were|have|mention|use)\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\s*(?:which(?:\s+(?:ones|papers))?(?:\s+(?:are|were)\s+(?:they|those|these))?|what\s+are\s+they"
    r"|(?:list|name|show)(?:\s+me)?\s+(?:them|those|these)(?:\s+all)?)\s*[?.!]*\s*",
    re.IGNORECASE,
)
_COUNT = re.compile(r"^\s*how\s+many\s+papers\b(?:\s+(?:are|were)\s+there\b|\s+do\s+you\s+have\b)?", re.IGNORECASE)
_DO = re.compile(r"^\s*(?=(?:are|were|mention|use|name|contain|have|cite)\b)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
_DANGLING = re.compile(r"\s+(?:that|which)?\s*(?:are|were|is|was)[\s?.!]*$", re.IGNORECASE)
_END = "?.! ()"


def asked_again(question: str, history: Sequence[Answer], understand: Callable[[str], Scope]) -> str | None:
    """The exact question that a follow-up of an exact question asks in full; None where it is no such follow-up."""
    former: str | None = None
    for answer in history[-_MOST_TURNS:]:
        again = _again(answer.question, former, understand) if former is not None else None
        former = again or (answer.question if answer.facts else None)
    return None if former is None else _again(question, former, understand)


def _again(question: str, former: str, understand: Callable[[str], Scope]) -> str | None:
    text = _OPENER.sub("", question)
    if _WHICH.fullmatch(text) and (counts := _COUNT.match(former)):
        return f"List all papers {_DO.sub('that ', former[counts.end() :]).strip('?.! ')}"
    scope = understand(text)
    if scope.description and is_only_limits(scope.rest):
        before = understand(former)
        limits = with_limits(before, understand(_with_year(text.strip(_END), before))).description
        return f"{_DANGLING.sub('', before.rest).strip(_END)} ({limits})?"
    if _OF_THEM.match(text) and _POINTS.search(text) and not scope.periods:
        limits = _day_of(understand(former))
        return f"{_OF_THEM.sub('How many papers', text).strip(_END)}{limits}?" if limits else None
    return None


def _with_year(text: str, before: Scope) -> str:
    """A day without a year is one of the year that was spoken of."""
    if _YEAR.search(text) or not _MONTH.search(text) or not before.periods:
        return text
    period = before.periods[0]
    return f"{text} {(period.first if period.has_begin else period.last).year}"


def _day_of(scope: Scope) -> str:
    """The one day that a question was about, as words; "" where it was about more."""
    if len(scope.periods) != 1 or scope.periods[0].first != scope.periods[0].last:
        return ""
    return f" on {scope.periods[0].first.isoformat()}"
