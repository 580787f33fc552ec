"""Pieces of a text that may stand for dates, and the days that each stands for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.parser import ParserError, parse

from assistant.language.days import (
    COUNTS,
    ORDINALS,
    SIDE_BY_SIDE,
    SPELLED_DAYS,
    WEEKDAYS,
    Period,
    calendar_period,
    delta,
    fraction_periods,
    held_within,
    months,
    number_of,
)

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NTH_DAY = rf"{_DAY}(?:st|nd|rd|th)?"
_WEEK = r"(?:0?[1-9]|[1-4]\d|5[0-3])"
_SPELLED_DAY = rf"(?:{'|'.join(sorted(SPELLED_DAYS, key=len, reverse=True))})"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:199[1-9]|20\d\d)"  # arXiv began in 1991
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_TWO_DIGITS = r"(?:9[1-9]|[0-4]\d)"  # of a year
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
_SHORT_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")  # the sun shines on no list, and nobody sat on one
_BEFORE_DATE = rf"(?:(?:{_WEEKDAY}|mon|tue|wed|thu|fri|sat|sun)\.?,?\s+)?(?:the\s+)?"
_COUNT = rf"(?:[1-9]\d{{0,2}}|{'|'.join(COUNTS)})"
_ORDINAL = rf"(?:{'|'.join(ORDINALS)})"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = rf"(?:{'|'.join(_SEASONS)})"
_FRACTION = rf"(?:(?:[1-4]q|[12]h)|(?:q[1-4]|h[12])(?:\s*{SIDE_BY_SIDE}\s*[qh]?[1-4])?|{_ORDINAL}\s+(?:quarter|half))"
_DIGESTS = r"(?:digests?|listings?|lists?|batch(?:es)?|issues?|mailings?)"
_SURE_MONTH = rf"(?!(?-i:may|march)\b){MONTH}"  # "in 2019 may" is the verb
_DATE_FOLLOWS = (
    rf"(?=\d|(?:early|mid|late|[qh][1-4]|this|last\s+(?:week|month|year)|yesterday|{_SEASON}|{_WEEKDAY})\b|{MONTH})"
)
_ENDS = r"(?=\s*(?:[?,.:;!)]|$|(?:on|about|that|with|which|and|or|for|papers?|works?|digests?|listings?)\b))"
_NTHS = rf"(?P<inner_nth>{_ORDINAL})(?:\s*(?P<inner_join>{SIDE_BY_SIDE})\s*(?:the\s+)?(?P<inner_last>{_ORDINAL}))?"

_GRAMMAR = {
    "compact": rf"(?<![-.#$]){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![-./:]?\w|%)",
    "iso": rf"(?<!\d[-.]){_YEAR}(?P<mark>[-/.]){_MONTH_NUMBER}(?P=mark){_DAY}(?![-/.]?\w)",
    "numbers": rf"(?<!\d[-.]){_DAY}(?P<dot>[-./]){_DAY}(?P=dot)(?:{_YEAR}|{_TWO_DIGITS})(?![\w/])(?!\.\d)",
    "day_and_month": rf"(?<![\d.$-])(?:{_DAY}/{_DAY}|{_DAY}\.{_DAY}\.)(?![\w/%]|[.,]\d)",
    "dashed": rf"(?<!\d[-.])(?:{_NTH_DAY}(?P<dash>[-/.]){MONTH}(?P=dash)(?:{_YEAR}|{_TWO_DIGITS})|"
    rf"{_YEAR}(?P<line>[-/.]){MONTH}(?P=line){_DAY}"
    rf"|{MONTH}(?P<rule>[-/]){_DAY}(?P=rule){_YEAR}|{_YEAR}\s+{_SURE_MONTH}\s+{_NTH_DAY}"
    rf"(?!,?\s+{_YEAR}\b|\.\d))(?![-/]?\w)",
    "month_days": rf"(?P<span_month>{MONTH})\s+(?P<span_first>{_NTH_DAY})\s*(?P<span_join>-|–|to|through|and)\s*"
    rf"(?P<span_last>{_NTH_DAY})(?:,?\s+(?P<span_year>{_YEAR}))?\b(?![%.:/]\d|\s+{MONTH})",
    "day_month": rf"{_BEFORE_DATE}(?P<day_month_day>{_NTH_DAY}(?:\s+of)?|{_SPELLED_DAY}\s+of)\s+"
    rf"(?P<day_month_month>{MONTH})"
    rf"(?:,?\s+(?P<day_month_year>{_YEAR}|['’]\d\d)\b)?(?!\w|-\d)",
    "no_day": rf"\d{{4}}-\d\d-\d\d|\d{{2,3}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}(?:,?\s+{_YEAR}\b)?(?!\w)",
    "month_day": rf"{_BEFORE_DATE}(?P<month_day_month>{MONTH})\s+(?:the\s+)?"
    rf"(?P<month_day_day>{_NTH_DAY}|{_SPELLED_DAY})(?![\w%]|[.:/]\d)"
    rf"(?:(?:,\s*|\s+)(?P<month_day_year>{_YEAR}|['’]\d\d)\b)?",
    "month": rf"(?:(?P<part>early|mid|late)[-\s]+)?(?P<month_name>{MONTH})"
    rf"(?:(?:,?\s+(?:of\s+)?|[-/]|\s*(?=['’]))(?P<month_year>{_YEAR}|['’]\d\d)\b(?!-\d))?(?!-(?!{MONTH})[a-z\d])",
    "iso_month": rf"(?<!\d[-.]){_YEAR}[-.](?:0[1-9]|1[0-2])(?![-\w]|\.\d)|(?:0[1-9]|1[0-2])/{_YEAR}(?![/\w])",
    "iso_week": rf"{_YEAR}[-\s]?W(?P<week_of_year>{_WEEK})(?![-\w])"
    rf"|(?:(?:calendar\s+)?week|cw)\s*(?P<week_number>{_WEEK})(?:,?\s+(?:(?:of|in)\s+)?(?P<week_year>{_YEAR}))?"
    r"(?![-\w]|\.\d)",
    "year_month": rf"(?<![.$#-]){_YEAR}[-/\s]\s*(?P<year_month_name>{_SURE_MONTH})"
    rf"(?!,?\s+(?:of\s+)?{_YEAR}\b|-?\w|\s+\d)",
    "fraction": rf"{_YEAR}(?:['’]s)?[-/,\s]*{_FRACTION}(?!\w|-\w)|{_FRACTION}s?(?:\s+of\s+|\s*[,/-]\s*|\s*){_YEAR}\b",
    "season": rf"(?:(?P<name>{_SEASON})(?:\s+of)?\s+(?P<season_year>{_YEAR})(?P<two>[/–-]\d\d(?:\d\d)?)?(?!\w)"
    rf"|(?P<year_first>{_YEAR})\s+(?P<name_last>{_SEASON}){_ENDS})",
    "inner": rf"(?:the\s+)?(?:week\s+(?P<inner_week>of|from|starting|beginning|commencing|ending|containing|including)"
    rf"(?:\s+(?:on|with|from|in))?\s+(?:the\s+)?|(?:next\s+)?day\s+(?P<inner_beside>before|after|following|preceding)\s+(?:the\s+)?"
    rf"|(?:{_NTHS}\s+(?P<inner_unit>(?:week|day|digest|half|quarter|third|{_WEEKDAY})s?|halves)"
    rf"|(?P<inner_edge>first|last|final)\s+(?P<inner_count>{_COUNT})\s+(?P<inner_counted>days|weeks|months|digests)"
    r"|(?P<inner_letter>[qh])(?P<inner_number>[1-4])"
    rf"|(?P<inner_weekday>{_WEEKDAY})(?:s\s+and\s+(?P<inner_other>{_WEEKDAY}))?(?:s|['’]s)?(?:\s+{_DIGESTS})?"
    rf"|(?:very\s+)?(?P<inner_part>beginning|start|middle|end))\s+(?:of|in|from)\s+(?:the\s+)?){_DATE_FOLLOWS}",
    "held": rf"(?:the\s+)?(?:(?P<edge>newest|latest|most\s+recent|oldest|earliest)\s+(?:(?P<held_count>{_COUNT})\s+)?"
    rf"(?:{_DIGESTS}|days?)|(?P<end>first|last)\s+(?:(?P<end_count>{_COUNT})\s+)?{_DIGESTS})\b"
    r"(?!\s+of\b(?!\s+(?:the|your|my|our|this)\b))",
    "rolling": rf"(?:(?:the\s+)?(?:last|past|previous)\s+(?P<rolling_count>{_COUNT})\s+"
    r"(?P<rolling_units>day|week|month|year)s?|(?:the\s+(?:last|past)|past)\s+(?P<rolling_unit>day|week|month|year))\b"
    r"(?!\s+of\b)",
    "ago": rf"(?P<ago_count>{_COUNT}|a)\s+(?P<ago_unit>day|week|month|year)s?\s+ago\b",
    "today": r"(?:today|tonight|this\s+morning)\b(?!-)",
    "yesterday": r"(?:the\s+)?(?P<twice>day\s+before\s+)?yesterday\b(?!-)",
    "calendar": r"(?P<which>this|last)\s+(?P<unit>week|month|year)\b(?!\s+of\b)",
    "weekday": rf"(?:(?P<weekday_which>this|last)\s+)?(?P<weekday_name>{_WEEKDAY}|{'|'.join(_SHORT_WEEKDAYS)})\b"
    r"(?!\s+(?:morning|afternoon|evening|night))",
    "year": r"(?:(?P<year_part>early|mid|late)[-\s]+|(?<![.$#-])|(?<=\d\d\d\d-)|(?<=\.\.)|(?<=\bpre-)"
    r"|(?<=\bpost-)|(?<=\bnon-))"
    rf"(?P<year_text>{_YEAR}|['’]{_TWO_DIGITS})(?![\w%]|[.,:/]\d|-(?!\d{{4}}\b))",
    "number": rf"(?<!\d[.-])(?:the\s+)?{_NTH_DAY}"
    r"(?=\s*(?:-|–|—|,|&|(?:to|and|or|until|till|through)\b)\s*(?:the\s+)?\d)"
    rf"|the\s+{_DAY}(?:st|nd|rd|th)\b|{_DAY}(?:st|nd|rd|th)\b|(?:the\s+)?(?:twenty|thirty)[-\s]\w+(?<=(?:rst|ond|ird|rth|fth|xth|nth|hth))\b",
}
_PIECE = re.compile(
    r"(?<![\w/])(?:" + "|".join(f"(?P<{kind}>{form})" for kind, form in _GRAMMAR.items()) + ")", re.IGNORECASE
)
_LEAP_YEAR = datetime(2000, 1, 1)  # the 29th of February can be read without a year


@dataclass(frozen=True, slots=True)
class DatePiece:
    """Where a date may stand in a text, and what it says: the fields that it names, or the periods that it means.

    `kind` is "day", "month", "year", "number" (a day whose month stands elsewhere), or the form of a piece that
    means `periods` by itself; `match` gives the words.
    """

    kind: str
    match: re.Match[str]
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    periods: tuple[Period, ...] = ()

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.match.start()

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.match.end()


def dates_in(text: str, today: date, held: Sequence[date]) -> list[DatePiece]:
    """All that may be a date, in order; impossible days ("30 February 2020") are left out. `held` ascends."""
    return [piece for match in _PIECE.finditer(text) if (piece := _piece(match, today, held))]


def _piece(match: re.Match[str], today: date, held: Sequence[date]) -> DatePiece | None:
    kind = match.lastgroup or ""
    if kind == "no_day":  # "32 May 2020" is not May either
        return None
    try:
        if reader := _DATED.get(kind):
            return reader(match, held)
        periods = tuple(_MEANING[kind](match, today, held))
    except (ParserError, OverflowError, ValueError):
        return None
    return DatePiece(kind, match, periods=periods)


# ---- pieces that name a year, a month or a day


def _read_numeric_day(match: re.Match[str], held: Sequence[date]) -> DatePiece:
    """A day in numbers; of two readings ("4/2/2020") the one that is held, else the day before the month."""
    if match.lastgroup in {"iso", "compact"}:
        day = parse(match.group(), yearfirst=True)
        return DatePiece("day", match, day.year, day.month, day.day)
    text = match.group().rstrip(".").replace(".", "/")
    has_year = match.lastgroup != "day_and_month"
    text = text if has_year else f"{text}/{_LEAP_YEAR.year}"
    first, second = (
        DatePiece("day", match, day.year if has_year else None, day.month, day.day)
        for day in (parse(text, dayfirst=dayfirst) for dayfirst in (True, False))
    )
    days = {(day.year if has_year else None, day.month, day.day) for day in held}
    is_second = (second.year, second.month, second.day) in days and (first.year, first.month, first.day) not in days
    return second if is_second else first


def _read_day(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    form = match.lastgroup
    year, month = _year_of(match[f"{form}_year"]), _month_of(match[f"{form}_month"])
    number = number_of(match[f"{form}_day"])
    date(year or _LEAP_YEAR.year, month, number)  # there may be no such day
    return DatePiece("day", match, year, month, number)


def _month_of(name: str) -> int:
    return parse(name, default=_LEAP_YEAR).month


def _read_month(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    month = _month_of(match["month_name"])
    return DatePiece("month", match, _year_of(match["month_year"]), month, part=(match["part"] or "").lower())


def _read_year_month(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    month = _month_of(match["year_month_name"])
    return DatePiece("month", match, int(match.group()[:4]), month)


def _read_iso_month(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    year, month = sorted(map(int, re.findall(r"\d+", match.group())), reverse=True)
    return DatePiece("month", match, year, month)


def _read_year(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    return DatePiece("year", match, _year_of(match["year_text"]), part=(match["year_part"] or "").lower())


def _year_of(text: str | None) -> int | None:
    """A year as written, or as "'19"."""
    if not text:
        return None
    return int(text) if text.isdigit() else int(text[1:]) + (1900 if text[1:] > "90" else 2000)


def _read_number(match: re.Match[str], _held: Sequence[date]) -> DatePiece:
    return DatePiece("number", match, day=number_of(match.group()))


_DATED = {
    "compact": _read_numeric_day,
    "iso": _read_numeric_day,
    "numbers": _read_numeric_day,
    "day_and_month": _read_numeric_day,
    "dashed": _read_numeric_day,
    "day_month": _read_day,
    "month_day": _read_day,
    "month": _read_month,
    "iso_month": _read_iso_month,
    "year_month": _read_year_month,
    "year": _read_year,
    "number": _read_number,
}


# ---- pieces that mean periods by themselves


def _month_days(match: re.Match[str], today: date, held: Sequence[date]) -> Iterator[Period]:
    month = _month_of(match["span_month"])
    of_month = [day.year for day in held if day.month == month] or [today.year - (month > today.month)]
    first, last = (
        date(int(match["span_year"] or of_month[-1]), month, number_of(match[group]))
        for group in ("span_first", "span_last")
    )
    yield from (
        [Period(first, first), Period(last, last)] if match["span_join"].lower() == "and" else [Period(first, last)]
    )


def _iso_week(match: re.Match[str], today: date, held: Sequence[date]) -> Iterator[Period]:
    week = int(match["week_of_year"] or match["week_number"])
    named = match.group()[:4] if match["week_of_year"] else match["week_year"]
    calendar = today.isocalendar()
    of_week = [day.isocalendar().year for day in held if day.isocalendar().week == week]
    year = int(named or (of_week or [calendar.year - (week > calendar.week)])[-1])
    monday = date.fromisocalendar(year, week, 1)
    yield Period(monday, monday + timedelta(days=6))


def _fraction(match: re.Match[str], _today: date, _held: Sequence[date]) -> Iterator[Period]:
    yield from fraction_periods(match.group())


def _season(match: re.Match[str], _today: date, held: Sequence[date]) -> Iterator[Period]:
    year, month = (
        int(match["season_year"] or match["year_first"]),
        _SEASONS[(match["name"] or match["name_last"]).lower()],
    )
    season = months(year, month, 3)
    if month == 12 and not match["two"] and not held_within(season, held):
        season = months(year - 1, month, 3)  # "winter 2019" may be the one that began in 2018
    yield season


def _held_edge(match: re.Match[str], _today: date, held: Sequence[date]) -> Iterator[Period]:
    count = number_of(match["held_count"] or match["end_count"] or "1")
    edge = (match["edge"] or match["end"]).lower()
    days = held[:count] if edge in {"oldest", "earliest", "first"} else held[-count:]
    yield from (Period(day, day) for day in days)


def _rolling(match: re.Match[str], today: date, _held: Sequence[date]) -> Iterator[Period]:
    count = number_of(match["rolling_count"] or "1")
    unit = match["rolling_units"] or match["rolling_unit"]
    yield Period(today - delta(unit, count) + timedelta(days=1), today)


def _ago(match: re.Match[str], today: date, _held: Sequence[date]) -> Iterator[Period]:
    unit = match["ago_unit"].lower()
    yield calendar_period(unit, today - delta(unit, number_of(match["ago_count"])))


def _today(_match: re.Match[str], today: date, held: Sequence[date]) -> Iterator[Period]:
    day = today if today in held or not held else held[-1]  # what is new is the newest that is held
    yield Period(day, day)


def _yesterday(match: re.Match[str], today: date, _held: Sequence[date]) -> Iterator[Period]:
    day = today - timedelta(days=2 if match["twice"] else 1)
    yield Period(day, day)


def _calendar(match: re.Match[str], today: date, _held: Sequence[date]) -> Iterator[Period]:
    unit, which = match["unit"].lower(), match["which"].lower()
    yield calendar_period(unit, today - delta(unit, 1 if which == "last" else 0))


def _weekday(match: re.Match[str], today: date, _held: Sequence[date]) -> Iterator[Period]:
    which, number = (match["weekday_which"] or "").lower(), _weekday_number(match["weekday_name"])
    back = (today.weekday() - number) % 7
    if which == "last" and back == 0:
        back = 7
    elif which == "this":
        back = today.weekday() - number
    yield Period(today - timedelta(days=back), today - timedelta(days=back))


def _weekday_number(name: str) -> int:
    return next(number for number, weekday in enumerate(WEEKDAYS) if weekday.startswith(name.lower()))


def _inner(_match: re.Match[str], _today: date, _held: Sequence[date]) -> Iterator[Period]:
    return iter(())  # what it means depends on the piece that follows: see `inner_periods`


_MEANING = {
    "month_days": _month_days,
    "fraction": _fraction,
    "season": _season,
    "iso_week": _iso_week,
    "inner": _inner,
    "held": _held_edge,
    "rolling": _rolling,
    "ago": _ago,
    "today": _today,
    "yesterday": _yesterday,
    "calendar": _calendar,
    "weekday": _weekday,
}
