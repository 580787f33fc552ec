from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.dates import announced_day, read_day, written_day, wrong_weekday

DAYS = st.dates(date(1992, 1, 1), date(2090, 12, 31))
FORMS = [
    "{d:%Y-%m-%d}", "{d:%Y/%m/%d}", "{d:%Y.%m.%d}", "{d:%Y/%m/%d}/", "{d:%Y-%m-%d}T10:00:00Z", "{d:%Y-%m-%d}T00:00:00",
    "{d:%Y-%m-%d} 10:00:00", "{d:%a}, {d.day} {d:%b %Y}", "{d:%A}, {d.day} {d:%B %Y}", "{d.day} {d:%b %Y}",
    "{d:%a}, {d:%b} {d.day}, {d:%Y}", "{d:%B} {d.day}, {d:%Y}", "{d:%a}, {d.day} {d:%b %Y} 18:59:59 GMT",
    "{d:%a},  {d.day} {d:%b %Y} 18:59:59 -0000",
]  # fmt: skip


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_is_read_in_every_form(day: date, form: str) -> None:
    assert read_day(form.format(d=day)) == day


@given(st.dates(date(1973, 4, 1), date(2200, 1, 1)), st.sampled_from([1, 1000]))
def test_seconds_and_milliseconds_are_days(day: date, unit: int) -> None:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert read_day(int(moment.timestamp()) * unit) == day


@given(DAYS, st.integers(0, 23), st.integers(-11, 12))
def test_a_time_is_of_the_day_it_has_in_utc(day: date, hour: int, zone: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
    shifted = moment + timedelta(hours=zone)
    text = f"{shifted:%Y-%m-%dT%H:%M:%S}{'-' if zone < 0 else '+'}{abs(zone):02}:00"
    assert read_day(text) == day
    assert read_day(format_datetime(datetime.fromisoformat(text))) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-12T00:00:00-04:00", date(2026, 8, 12)),
        ("Wed, 12 Aug 2026 00:00:00 -0400", date(2026, 8, 12)),
        ("2026-08-12T04:00:00Z", date(2026, 8, 12)),
        ("2026-01-12T00:00:00-05:00", date(2026, 1, 12)),
        ("2026-08-12T20:30:00-04:00", date(2026, 8, 12)),
        ("2026-08-12", date(2026, 8, 12)),
    ],
)
def test_an_announcement_is_of_its_day_where_arxiv_is(text: str, day: date) -> None:
    assert announced_day(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mi, 12. August 2026", date(2026, 8, 12)),
        ("12 août 2026", date(2026, 8, 12)),
        ("1er avril 2026", None),
        ("12 de agosto de 2026", date(2026, 8, 12)),
        ("3 märz 26", date(2026, 3, 3)),
        ("1 Dez 99", date(1999, 12, 1)),
        ("Aug 1st, 2026", date(2026, 8, 1)),
        ("31 Feb 2026", None),
        ("12 Foo 2026", None),
        ("12 2026", None),
    ],
)
def test_a_day_in_words_is_read_in_some_languages(text: str, day: date | None) -> None:
    assert written_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "01/02/2026",
        "2026",
        "2026-02-30",
        "2026-13-01",
        "12.08.2026",
        "9" * 5000,
        "2026-01-01 " * 50,
        "0001-01-01T00:00:00+09:00",
        "Fri, 31 Dec 9999 23:30:00 -0500",
        "None",
        "٢٠٢٦",
    ],
)
def test_what_leaves_a_day_open_is_none(text: str) -> None:
    assert read_day(text) is None


@given(st.text(max_size=100) | st.floats().map(str) | st.integers().map(str))
def test_any_text_is_a_day_or_none(text: str) -> None:
    for reads in (read_day, announced_day, written_day):
        found = reads(text)
        assert found is None or isinstance(found, date)


@given(DAYS, st.integers(0, 6))
def test_a_weekday_that_is_not_that_of_the_day_is_told(day: date, shift: int) -> None:
    told = f"{day + timedelta(days=shift):%a}"
    assert wrong_weekday(f"{told}, {day.day} {day:%b %Y}", day) == (told if shift else "")
    assert wrong_weekday(f"{day.day} {day:%b %Y}", day) == ""
