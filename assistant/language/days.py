"""Days and periods: the arithmetic of the calendar, and how people say it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from ingest.paper import Basis

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)  # noqa: SIM905
}
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
ORDINALS |= {"fifth": 5, "5th": 5, "opening": 1, "latter": 2, "closing": -1, "last": -1, "final": -1}
_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth"),
)
SPELLED_DAYS = {word: number for number, word in enumerate([*_UNITS, *_TEENS], start=1)} | {"thirtieth": 30}
SPELLED_DAYS |= {f"twenty{sign}{word}": 20 + number for sign in "- " for number, word in enumerate(_UNITS, start=1)}
SPELLED_DAYS |= {"thirty-first": 31, "thirty first": 31}
SIDE_BY_SIDE = r"(?:-|–|/|,|&|\b(?:to|through|and|or)\b)"  # what joins "Q1 and Q2", "first to third"
_IN_FRACTION = re.compile(
    rf"(?P<letter>[qh])(?P<first>[1-4])(?:\s*(?P<join>{SIDE_BY_SIDE})\s*[qh]?(?P<last>[1-4]))?"
    rf"|(?P<number>[1-4])(?P<sign>[qh])|(?P<nth>{'|'.join(ORDINALS)})\s+(?P<unit>quarter|half)",
    re.IGNORECASE,
)
_A_YEAR = re.compile(r"\d{4}(?:['’]s)?")
_FOR_EVER = (date(1991, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @classmethod
    def since(cls, first: date) -> "Period":
        """All days from a day on."""
        return cls(first, _FOR_EVER[1])

    @classmethod
    def until(cls, last: date) -> "Period":
        """All days up to a day."""
        return cls(_FOR_EVER[0], last)

    @property
    def has_begin(self) -> bool:
        """Whether it does not go back for ever."""
        return self.first != _FOR_EVER[0]

    @property
    def has_end(self) -> bool:
        """Whether it does not go on for ever."""
        return self.last != _FOR_EVER[1]


def months(year: int, month: int, count: int) -> Period:
    """Some whole months from one on."""
    first = date(year, month, 1)
    return Period(first, first + relativedelta(months=count, days=-1))


def calendar_period(unit: str, day: date) -> Period:
    """The week (from Monday), month or year that a day is in, or the day itself."""
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    if unit == "month":
        return months(day.year, day.month, 1)
    return months(day.year, 1, 12) if unit == "year" else Period(day, day)


def delta(unit: str, count: int) -> relativedelta:
    """Some days, weeks, months or years."""
    return {
        "day": relativedelta(days=count),
        "week": relativedelta(weeks=count),
        "month": relativedelta(months=count),
        "year": relativedelta(years=count),
    }[unit.lower()]


def held_within(period: Period, held: Sequence[date]) -> Sequence[date]:
    """Those of some ascending days that a period holds."""
    return held[bisect_left(held, period.first) : bisect_right(held, period.last)]


def part_of(period: Period, part: str) -> Period | None:
    """A third of a month or year: the first ("early", "beginning", "start"), the second ("mid") or the last."""
    third = {"early": 1, "beginning": 1, "start": 1, "mid": 2, "middle": 2}.get(part, 3)
    return nth_of(period, "third", third) if part else period


def nth_of(period: Period, unit: str, nth: int) -> Period | None:
    """A half, third or quarter of a year, a half or third of a month; nothing of other periods."""
    count = {"half": 2, "third": 3, "quarter": 4}[unit]
    if not 1 <= nth <= count:
        return None
    if period == calendar_period("year", period.first):
        length = 12 // count
        return months(period.first.year, length * (nth - 1) + 1, length)
    if period != calendar_period("month", period.first) or unit == "quarter":
        return None
    length = 30 // count
    first = period.first + timedelta(days=length * (nth - 1))
    return Period(first, period.last if nth == count else first + timedelta(days=length - 1))


def _nth_week(outer: Period, nth: int) -> Period | None:
    """Weeks of a month count from its first day."""
    if nth < 0:
        return Period(outer.last - timedelta(days=6), outer.last)
    first = outer.first + timedelta(days=7 * (nth - 1))
    return Period(first, min(first + timedelta(days=6), outer.last)) if first <= outer.last else None


def days_of(period: Period) -> list[date]:
    """Every day of a period that has a begin and an end."""
    return [period.first + timedelta(days=days) for days in range((period.last - period.first).days + 1)]


EVER = Period(*_FOR_EVER)


# ---- words that say which part of a period is meant; for what is not sure, there is none


def inner_periods(inner: re.Match[str], outer: Period, held: Sequence[date]) -> list[Period]:
    """What "the first Monday of", "the week of", "the last digest of", "the second half of" mean before a period."""
    if inner["inner_part"]:
        return _some(part_of(outer, inner["inner_part"].lower()))
    if inner["inner_week"] or inner["inner_beside"]:
        return _some(_week_or_neighbour(inner, outer.first) if outer.first == outer.last else None)
    if inner["inner_letter"]:
        unit = "half" if inner["inner_letter"].lower() == "h" else "quarter"
        is_year = outer == calendar_period("year", outer.first)
        return _some(nth_of(outer, unit, int(inner["inner_number"])) if is_year else None)
    if inner["inner_edge"]:
        count = number_of(inner["inner_count"])
        return _edge(outer, inner["inner_edge"].lower() == "first", count, inner["inner_counted"].lower(), held)
    unit = (inner["inner_unit"] or inner["inner_weekday"]).lower()
    unit = "half" if unit == "halves" else unit.removesuffix("s")
    nths = [nth for group in ("inner_nth", "inner_last") if (nth := inner[group])]
    last = {"half": 2, "third": 3, "quarter": 4}.get(unit, -1)
    numbers = [ordinal_of(nth, last) for nth in nths] or [0]
    if len(numbers) == 2 and inner["inner_join"].lower() in {"-", "–", "to", "through"}:
        numbers = list(range(numbers[0], numbers[1] + 1)) if numbers[1] > 0 else []
    other = (inner["inner_other"] or unit).lower()
    found = [_nth_unit(outer, unit, other, number, held) for number in numbers]
    return [period for periods in found for period in periods] if all(found) else []


def fraction_periods(text: str) -> list[Period]:
    """What "Q1 and Q2 2019", "2019H1", "the last quarter of 2019" mean."""
    found, year = _IN_FRACTION.search(_A_YEAR.sub(" ", text)), _A_YEAR.search(text)
    if found is None or year is None:
        return []
    letter, number = found["letter"] or found["sign"], found["first"] or found["number"]
    unit = {"h": "half", "q": "quarter"}[letter.lower()] if letter else found["unit"].lower()
    first = int(number) if number else ordinal_of(found["nth"], {"half": 2}.get(unit, 4))
    last = int(found["last"] or first)
    parts = [nth_of(months(int(year.group()[:4]), 1, 12), unit, nth) for nth in (first, last)]
    begin, end = parts
    if begin is None or end is None or last < first:
        return []
    is_list = found["join"] and found["join"].lower() in {"and", "or", "&", ","}
    return [begin, end] if is_list else [Period(begin.first, end.last)]


def _some(period: Period | None) -> list[Period]:
    return [period] if period else []


def _week_or_neighbour(inner: re.Match[str], day: date) -> Period:
    if beside := inner["inner_beside"]:
        other = day + timedelta(days=1 if beside.lower() in {"after", "following"} else -1)
        return Period(other, other)
    kind = inner["inner_week"].lower()
    if kind in {"of", "containing", "including"}:
        return calendar_period("week", day)
    first = day - timedelta(days=6) if kind == "ending" else day
    return Period(first, first + timedelta(days=6))


def _edge(outer: Period, is_first: bool, count: int, unit: str, held: Sequence[date]) -> list[Period]:
    """The first or last days, weeks, months or digests of a period."""
    if unit == "digests":
        days = held_within(outer, held)
        return [Period(day, day) for day in (days[:count] if is_first else days[-count:])]
    length = delta(unit.removesuffix("s"), count)
    if is_first:
        found = Period(outer.first, outer.first + length - timedelta(days=1))
    else:
        found = Period(outer.last + timedelta(days=1) - length, outer.last)
    return [found] if count and outer.first <= found.first <= found.last <= outer.last else []


def _nth_unit(outer: Period, unit: str, other: str, nth: int, held: Sequence[date]) -> list[Period]:
    if unit in {"half", "third", "quarter"}:
        return _some(nth_of(outer, unit, nth))
    if unit == "week":
        return _some(_nth_week(outer, nth) if outer.first < outer.last else None)
    if unit in {"day", "digest"}:
        days = list(held_within(outer, held))
    else:
        every = [day for day in days_of(outer) if WEEKDAYS[day.weekday()] in {unit, other}]
        days = every if nth else [day for day in held_within(outer, held) if day in every] or every
    place = nth - 1 if nth > 0 else nth
    return [Period(day, day) for day in (days if nth == 0 else days[place:][:1])]


def number_of(text: str) -> int:
    """The number of "10", "10th", "the tenth" or "ten"; 1 of anything else."""
    digits = "".join(c for c in text if c.isdigit())
    word = " ".join(text.lower().split()).removeprefix("the ").removesuffix(" of")
    return int(digits) if digits else COUNTS.get(word) or SPELLED_DAYS.get(word, 1)


def ordinal_of(text: str, last: int) -> int:
    """The number of "second"; `last` of "last"."""
    number = ORDINALS[text.lower()]
    return last if number < 0 else number


# ---- how people say it


def spoken_period(period: Period) -> str:
    """A period as people write it: "25 May 2020", "3–10 Jun 2020", "April 2021", "since 1 Jan 2021"."""
    first, last = period.first, period.last
    if not period.has_end:
        return f"since {spoken_day(first)}"
    if not period.has_begin:
        return f"until {spoken_day(last)}"
    if first == last:
        return spoken_day(first)
    if first.day == 1 and (last - first).days >= 27 and _is_last_of_month(last):
        return _spoken_months(first, last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{spoken_day(last)}"
    begin = f"{first.day} {first:%b}" if first.year == last.year else spoken_day(first)
    return f"{begin} – {spoken_day(last)}"


def _spoken_months(first: date, last: date) -> str:
    if first.year != last.year:
        return f"{first:%B %Y} – {last:%B %Y}"
    if (first.month, last.month) == (1, 12):
        return f"{first.year}"
    return f"{first:%B %Y}" if first.month == last.month else f"{first:%B}–{last:%B %Y}"


def spoken_day(day: date) -> str:
    """A day as people write it: 25 May 2020."""
    return f"{day.day} {day:%b %Y}"


def dated(day: date, basis: Basis, *, is_withdrawn: bool = False) -> str:
    """A paper's day as what it is, and its withdrawal: "11 Aug 2026", "submitted 7 Aug 2026, withdrawn"."""
    said = {
        Basis.ANNOUNCED: spoken_day(day),
        Basis.SUBMITTED: f"submitted {spoken_day(day)}",
        Basis.UPDATED: f"last changed {spoken_day(day)}",
        Basis.MONTH: f"{day:%B %Y}",
    }
    return f"{said[basis]}, withdrawn" if is_withdrawn else said[basis]


def _is_last_of_month(day: date) -> bool:
    return day.toordinal() + 1 == date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal()
