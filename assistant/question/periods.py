"""From the dates of a question, each with what it is for, to the periods that it asks for and those it leaves out."""

import re
from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from assistant.language.days import Period, held_within, inner_periods, months, part_of
from assistant.question.dates import DatePiece

Use = Literal["in", "to", "since", "after", "until", "before", "out"]
"""What a date is for: papers of it; the end of the range that the date before it begins; papers from it on, or of what
follows it; papers up to and with it, or of what precedes it; papers that are left out."""
_USES_OF_PARTS: Mapping[tuple[Use, str], Use] = {
    ("after", "beginning"): "since",
    ("after", "start"): "since",
    ("before", "end"): "until",
}
_JOINED = re.compile(r"\W*(?:and|or|&|plus|vs\.?|versus)?\W*", re.IGNORECASE)  # what leaves years of a list to months


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that are asked for, and those that are left out."""

    included: tuple[Period, ...] = ()
    excluded: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of a question and what it is for; `gap` is the text between it and the date before it, if they adjoin."""

    piece: DatePiece
    use: Use
    gap: str | None = None


def periods_of(dates: Sequence[Dated], today: date, held: Sequence[date]) -> Periods:
    """What some dates mean in view of the days that the library holds, which ascend."""
    included: list[Period] = []
    excluded: list[Period] = []
    every_year: list[list[Dated]] = []
    former: list[Period] | None = included
    for dated, found in _meant(_filled(dates), today, held):
        if not found:
            continue
        if dated.use == "to" and former is None:
            every_year[-1].append(dated)
        elif dated.use == "to" and former and former[-1].first <= found[-1].last:
            former[-1] = Period(former[-1].first, found[-1].last)
        elif dated.use == "out":
            if dated.piece.month and dated.piece.year is None:
                every_year.append([dated])
                former = None
            else:
                excluded += found
                former = excluded
        else:
            included += _opened(dated, found)
            former = included
    included = _joined(included)
    for range_of in every_year:
        excluded += _in_every_year(range_of, included, held)
    return Periods(tuple(included), tuple(dict.fromkeys(excluded)))


def _meant(dates: Sequence[Dated], today: date, held: Sequence[date]) -> Iterator[tuple[Dated, list[Period]]]:
    """Each date with its periods; "the first week of" is taken together with the date that follows it."""
    inner: Dated | None = None
    for dated in dates:
        if dated.piece.kind == "inner":
            inner = dated
            continue
        own = _period_of(dated.piece, today, held)
        found = list(dated.piece.periods) or ([own] if own else [])
        if inner is not None and inner.piece.end == dated.piece.start:
            found = inner_periods(inner.piece.match, found[0], held) if found else []
            use = _USES_OF_PARTS.get((dated.use, (inner.piece.match["inner_part"] or "").lower()), dated.use)
            yield replace(dated, use=use), found
        else:
            yield dated, found
        inner = None


# ---- what a date leaves open


def _filled(dates: Sequence[Dated]) -> list[Dated]:
    """The dates with what each leaves open taken from its neighbours."""
    filled = list(dates)
    outer = [n for n, dated in enumerate(filled) if dated.piece.kind != "inner"]
    for n, right in reversed(list(pairwise(outer))):
        if _belong_together(filled[n], filled[right]):
            filled[n] = replace(filled[n], piece=_filled_from_right(filled[n].piece, filled[right]))
    for left, n in pairwise(outer):
        if _belong_together(filled[left], filled[n]):
            filled[n] = replace(filled[n], piece=_filled_from_left(filled[n], filled[left].piece))
    return filled


def _belong_together(left: Dated, right: Dated) -> bool:
    """Whether a date may be completed by its neighbour: what is left out only by what is left out, or its own range."""
    return right.gap is not None and (right.use == "to" or (left.use == "out") == (right.use == "out"))


def _filled_from_right(piece: DatePiece, dated: Dated) -> DatePiece:
    """Read "3 [January 2019] to 10 January 2019", "January [2019] and March 2019", "November [2019] to May 2020"."""
    right = dated.piece
    if piece.kind == "number" and right.kind == "day":
        return replace(piece, kind="day", month=right.month, year=right.year)
    if piece.year is None and right.year is not None and piece.kind in {"day", "month"}:
        is_after = (piece.month or 1, piece.day or 1) > (right.month or 12, right.day or 31)
        is_year_before = dated.use == "to" and is_after
        return replace(piece, year=right.year - is_year_before)
    return piece


def _filled_from_left(dated: Dated, left: DatePiece) -> DatePiece:
    """Read "in May 2019 and [May] 2020", "May 2019 to August [2019]", "3 May and the 10th [of May]"."""
    piece = dated.piece
    if piece.kind == "number" and left.kind == "day" and left.month:
        return replace(piece, kind="day", month=left.month, year=left.year)
    if piece.year is None and piece.kind in {"day", "month"} and left.year and left.month:
        is_before = (piece.month or 1, piece.day or 31) < (left.month, left.day or 1)
        is_year_after = dated.use == "to" and is_before
        return replace(piece, year=left.year + is_year_after)
    if piece.kind == "year" and left.kind == "month" and _JOINED.fullmatch(dated.gap or ""):
        return replace(piece, kind="month", month=left.month)
    return piece


# ---- what they mean


def _period_of(piece: DatePiece, today: date, held: Sequence[date]) -> Period | None:
    """The days of a piece that names a day, a month or a year; where it names no year, of the newest held one."""
    if piece.kind == "year" and piece.year:
        return part_of(months(piece.year, 1, 12), piece.part)
    if piece.kind == "number" and piece.day:
        found = _newest_day(piece.day, today, held)
        return Period(found, found) if found else None
    if piece.month is None:
        return None
    year = piece.year or _newest_year(piece, today, held)
    is_leap_day = (piece.month, piece.day) == (2, 29)
    if is_leap_day and piece.year is None:
        year -= next(back for back in range(9) if isleap(year - back))
    try:
        day = date(year, piece.month, piece.day or 1)
    except ValueError:
        return None
    return Period(day, day) if piece.day else part_of(months(year, piece.month, 1), piece.part)


def _newest_day(number: int, today: date, held: Sequence[date]) -> date | None:
    """The newest day of that number in its month: the newest held one, else that of the newest month held."""
    if (found := next((day for day in reversed(held) if day.day == number), None)) is not None:
        return found
    newest = held[-1] if held else today
    try:
        return newest.replace(day=number)
    except ValueError:
        return None


def _newest_year(piece: DatePiece, today: date, held: Sequence[date]) -> int:
    asked = (piece.month, piece.day)
    same = (day for day in reversed(held) if asked in {(day.month, day.day), (day.month, None)})
    if found := next(same, None):
        return found.year
    return today.year if (piece.month or 1, piece.day or 1) <= (today.month, today.day) else today.year - 1


def _opened(dated: Dated, periods: Sequence[Period]) -> list[Period]:
    first, last = min(p.first for p in periods), max(p.last for p in periods)
    match dated.use:
        case "since":
            return [Period.since(first)]
        case "after":
            return [Period.since(last + timedelta(days=1))]
        case "until" | "to":
            return [Period.until(last)]
        case "before":
            return [Period.until(first - timedelta(days=1))]
    return list(periods)


def _joined(periods: Sequence[Period]) -> list[Period]:
    """One period of "after 1 March and before 1 April"."""
    starts = [period for period in periods if not period.has_end]
    ends = [period for period in periods if not period.has_begin]
    if len(starts) == len(ends) == 1 and starts[0].first <= ends[0].last:
        return [p for p in periods if p.has_begin and p.has_end] + [Period(starts[0].first, ends[0].last)]
    return list(dict.fromkeys(periods))


def _in_every_year(dates: Sequence[Dated], included: Sequence[Period], held: Sequence[date]) -> Iterator[Period]:
    """What "except January [to March]" leaves out: that of every year that is asked for, or held where none is."""
    asked = [period for period in included if period.has_begin and period.has_end]
    for year in sorted(
        {day.year for day in (*held, *(day for period in asked for day in (period.first, period.last)))}
    ):
        found = [_period_of(replace(one.piece, year=year), date(year, 12, 31), held) for one in dates]
        ends_of = [period for period in found if period is not None]
        if not ends_of:
            continue
        period = Period(ends_of[0].first, ends_of[-1].last)
        is_asked = any(other.first <= period.last and period.first <= other.last for other in included)
        if is_asked if included else held_within(period, held):
            yield period
