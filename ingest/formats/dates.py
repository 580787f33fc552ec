"""Days as sources write them; what leaves the day or the order of its numbers open is no day."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        # English, German, French, Spanish, Italian, Portuguese, as far as they begin; accents are taken off before
        ["jan gen ene", "feb fev", "mar", "apr avr abr", "may mai mag", "jun juin giu", "jul juil lug", "aug aou ago",
         "sep set", "oct okt out ott", "nov", "dec dez dic"],
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WRITTEN = re.compile(r"(?:(?P<day>\d{1,2})\.?(?:st|nd|rd|th)?(?:\s+de)?|(?P<month>[^\W\d_]+)\.?)", re.IGNORECASE)
_WEEKDAY = re.compile(r"^\s*[^\W\d_]+\.?\s*,\s*")
_ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/?")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}")
_LONGEST = 80  # characters: what is longer says more than a day
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")  # seconds or milliseconds, 1973 to 2286
_FIRST_CENTURY_YEAR = 91  # of years of two digits, as of ids: arXiv began in 1991


def read_day(value: object) -> date | None:
    """The day (UTC) of a date or a time: ISO 8601, an e-mail's, seconds or milliseconds, year first, or in words."""
    text = str(value).strip()
    if len(text) > _LONGEST:
        return None
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(*map(int, match.groups()))
    try:
        moment = _moment(text)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return written_day(text)


def announced_day(value: str) -> date | None:
    """The day of an announcement: that of US Eastern time, where the source gives a time with its zone."""
    try:
        moment = _moment(value.strip()[:_LONGEST])
        return (moment.astimezone(_eastern_time()) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return read_day(value)


@lru_cache(maxsize=1)
def _eastern_time() -> tzinfo | None:
    """The time of the place where arXiv announces."""
    from dateutil import tz  # noqa: PLC0415 - only announcements need it

    return tz.gettz("America/New_York")


def _moment(text: str) -> datetime:
    """An ISO 8601 date or time, or an e-mail's, which has a clock.

    Raises:
        ValueError: it is neither.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if not _CLOCK.search(text):
            raise
        return parsedate_to_datetime(text)


def written_day(text: str) -> date | None:
    """The day of `12 Aug 2026`, `Aug 12, 2026`, `Mi, 12. August 26`; the weekday, if any, counts for nothing."""
    words = _WEEKDAY.sub("", text).replace(",", " ").split()
    words = [word for word in words if word.lower() != "de"]
    if len(words) != 3 or not words[2].isdecimal() or len(words[2]) not in {2, 4}:
        return None
    first, second = (_WRITTEN.fullmatch(word) for word in words[:2])
    if first is None or second is None:
        return None
    day, month = first["day"] or second["day"], first["month"] or second["month"]
    if day is None or month is None:
        return None
    number = _month(month)
    return _date(_year(words[2]), number, int(day)) if number else None


def wrong_weekday(text: str, day: date) -> str:
    """The English weekday that a text begins with where it is not that of its day; empty where it is, or has none."""
    match = _WEEKDAY.match(text)
    told = match.group().strip(" ,.") if match else ""
    place = next((n for n, name in enumerate(_ENGLISH_WEEKDAYS) if told.lower().startswith(name)), None)
    return told if place not in {None, day.weekday()} else ""


def _month(word: str) -> int | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _FIRST_CENTURY_YEAR else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
