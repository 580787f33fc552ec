"""The limits that a question sets before anything is searched."""

import re
from dataclasses import dataclass
from datetime import date, datetime

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_FORMS = (
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), ("year", "month", "day")),
    (re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b"), ("day", "month", "year")),
    (
        re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+({_MONTH}),?\s+(\d{{4}})\b", re.IGNORECASE),
        ("day", "month", "year"),
    ),
    (
        re.compile(rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE),
        ("month", "day", "year"),
    ),
)
_FIRST_YEAR, _LAST_YEAR = 1991, 2100  # arXiv began in 1991; "1024-12-4" is no day


@dataclass(frozen=True, slots=True)
class Scope:
    """Which papers may answer: those of `days`, those among `arxiv_ids`; None sets no limit.

    `rest` is the question without the words that set the limits.
    """

    rest: str
    days: frozenset[date] | None = None
    arxiv_ids: frozenset[str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether every paper may answer."""
        return self.days is None and self.arxiv_ids is None


def read_scope(question: str) -> Scope:
    """Find the days that a question names in full ("on 25 May 2020", "2020-05-25")."""
    days: set[date] = set()
    rest = question
    for pattern, order in _DAY_FORMS:
        for match in pattern.finditer(question):
            day = _day(dict(zip(order, match.groups(), strict=True)))
            if day is not None:
                days.add(day)
                rest = rest.replace(match.group(), " ")
    return Scope(rest, frozenset(days)) if days else Scope(question)


def _day(parts: dict[str, str]) -> date | None:
    month = parts["month"]
    try:
        number = int(month) if month.isdigit() else datetime.strptime(month[:3], "%b").month
        day = date(int(parts["year"]), number, int(parts["day"]))
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
