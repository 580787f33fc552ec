"""Dates of every form are read back, and other words and numbers are none."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.language.days import Period, days_of, spoken_period
from assistant.question.scope import Scope, read_scope
from ingest.listings import Holdings

TODAY = date(2021, 4, 23)  # a Friday
HELD = (
    *(day for day in days_of(Period(date(2019, 1, 3), date(2019, 4, 30))) if day.weekday() < 5),
    date(2019, 5, 29),
    date(2020, 4, 2),
    date(2020, 5, 25),
    date(2020, 11, 19),
    date(2021, 4, 22),
)
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def read(text: str, today: date = TODAY, held: Sequence[date] = HELD) -> Scope:
    return read_scope(text, Holdings(tuple(held)), today)


def days_read(text: str, today: date = TODAY, held: Sequence[date] = HELD) -> tuple[Period, ...]:
    return read(text, today, held).periods


def one_day(*numbers: int) -> Period:
    return Period(date(*numbers), date(*numbers))


def months(year: int, first: int, last: int) -> Period:
    end = date(year + last // 12, last % 12 + 1, 1) - timedelta(days=1)
    return Period(date(year, first, 1), end)


def ordinal(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_every_form(day: date) -> list[str]:
    month, short = MONTHS[day.month - 1], MONTHS[day.month - 1][:3]
    return [
        f"{day:%Y-%m-%d}",
        f"{day.year}-{day.month}-{day.day}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day.day} {month} {day.year}",
        f"{day.day:02} {short} {day.year}",
        f"{day.day} {short}. {day.year}",
        f"the {ordinal(day.day)} of {month}, {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{short} {ordinal(day.day)} {day.year}",
        f"{day:%A}, {month} {day.day}, {day.year}",
        f"{day:%a} {day.day} {month.upper()} {day.year}",
        f"{day:%A} {day.day} {month.lower()} {day.year}",
        f"{day.day}-{short}-{day.year}",
        f"{day.year}-{month}-{day.day:02}",
        f"{day.day} {short} '{day:%y}" if 1991 <= day.year <= 2090 else f"{day.day}.{short}.{day.year}",
        f"{day:%Y%m%d}",
    ]


# ---- days


@given(
    st.dates(date(1991, 1, 1), date(2099, 12, 31)),
    st.data(),
    st.sampled_from(["{}", "polyps on {}", "Which papers of {} treat 3D?", "({}): GANs", "in {}, who was first?"]),
)
def test_a_day_is_read_back_in_every_form(day: date, data: st.DataObject, frame: str) -> None:
    form = data.draw(st.sampled_from(in_every_form(day)))
    assert days_read(frame.format(form)) == (Period(day, day),)


@given(
    st.dates(date(1995, 1, 1), date(2050, 12, 31)), st.integers(1, 400), st.sampled_from([7, 10]), st.integers(0, 15)
)
def test_a_range_of_days_is_read_back(first: date, length: int, form: int, other: int) -> None:
    last = first + timedelta(days=length)
    begin, end = in_every_form(first)[form], in_every_form(last)[other]
    for frame in ("between {} and {}", "from {} to {}", "{} – {}", "from {} until {}", "since {} until {}"):
        assert days_read(f"papers {frame.format(begin, end)} on GANs") == (Period(first, last),)


@given(st.dates(date(1995, 1, 1), date(2050, 12, 31)), st.data())
def test_open_ranges_begin_and_end_where_they_should(day: date, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(in_every_form(day)))
    assert days_read(f"papers since {form}") == (Period.since(day),)
    assert days_read(f"papers after {form}") == (Period.since(day + timedelta(days=1)),)
    assert days_read(f"papers until {form}") == (Period.until(day),)
    assert days_read(f"papers before {form}") == (Period.until(day - timedelta(days=1)),)


@given(st.dates(date(1995, 1, 1), date(2050, 12, 31)), st.integers(1, 27))
def test_a_shortened_beginning_takes_month_and_year_from_the_end(last: date, back: int) -> None:
    first = last - timedelta(days=back)
    assume(first.month == last.month)
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    expected = (Period(first, last),)
    assert days_read(f"papers from {first.day} to {end}") == expected
    assert days_read(f"papers between the {ordinal(first.day)} and {end}") == expected
    assert days_read(f"papers, {first.day}–{end}") == expected
    assert days_read(f"papers on {first.day} and {end}") == (Period(first, first), Period(last, last))


@given(st.dates(date(1995, 1, 1), date(2050, 12, 31)))
def test_a_month_is_read_back(day: date) -> None:
    expected = (months(day.year, day.month, day.month),)
    name = MONTHS[day.month - 1]
    for form in (
        f"in {name} {day.year}",
        f"{name[:3]}. {day.year}",
        f"{day:%Y-%m}",
        f"in {day:%m/%Y}",
        f"{name} of {day.year}",
    ):
        assert days_read(f"papers {form} about GANs") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 25 May", [one_day(2020, 5, 25)]),
        ("on 26 May", [one_day(2020, 5, 26)]),  # not held: the newest May that is over or held
        ("May 25th: GANs", [one_day(2020, 5, 25)]),
        ("on 29 February", [one_day(2020, 2, 29)]),
        ("25 and 26 May 2020", [one_day(2020, 5, 25), one_day(2020, 5, 26)]),
        ("on 2 April and 25 May 2020", [one_day(2020, 4, 2), one_day(2020, 5, 25)]),
        ("4/22/2021", [one_day(2021, 4, 22)]),
        ("4/5/2021", [one_day(2021, 5, 4)]),
        ("in May", [months(2020, 5, 5)]),
        ("papers in march?", [months(2019, 3, 3)]),
        ("the April digest", [months(2021, 4, 4)]),
        ("in early March 2019", [Period(date(2019, 3, 1), date(2019, 3, 10))]),
        ("mid-February 2019", [Period(date(2019, 2, 11), date(2019, 2, 20))]),
        ("late Feb 2019", [Period(date(2019, 2, 21), date(2019, 2, 28))]),
        ("spring 2021", [months(2021, 3, 5)]),
        ("winter 2019/20", [Period(date(2019, 12, 1), date(2020, 2, 29))]),
        ("Q2 2020", [months(2020, 4, 6)]),
        ("the last quarter of 2019", [months(2019, 10, 12)]),
        ("second half of 2019", [months(2019, 7, 12)]),
        ("from 2019", [months(2019, 1, 12)]),
        ("2019 papers", [months(2019, 1, 12)]),
        ("in 2018", [months(2018, 1, 12)]),  # of which the library holds nothing, and says so
        ("between January and March 2019", [months(2019, 1, 3)]),
        ("January–March 2019", [months(2019, 1, 3)]),
        ("from November to February 2020", [Period(date(2019, 11, 1), date(2020, 2, 29))]),
        ("in May 2019 and 2020", [months(2019, 5, 5), months(2020, 5, 5)]),
        ("in May 2019 and in 2020", [months(2019, 5, 5), months(2020, 1, 12)]),
        ("after 1 March and before 1 April 2019", [Period(date(2019, 3, 2), date(2019, 3, 31))]),
        ("on VOC 2012 and 25 May 2020", [one_day(2020, 5, 25)]),
        ("on 32 May 2020 or 25 May 2020", [one_day(2020, 5, 25)]),
        ("from November 2020 onwards", [Period.since(date(2020, 11, 1))]),
        ("2019 Q2", [months(2019, 4, 6)]),
        ("papers from 2019Q1", [months(2019, 1, 3)]),
        ("Q1 and Q2 2019", [months(2019, 1, 3), months(2019, 4, 6)]),
        ("Q1-Q3 2019", [months(2019, 1, 9)]),
        ("H1 of last year", [months(2020, 1, 6)]),
        ("in the first half of February 2019", [Period(date(2019, 2, 1), date(2019, 2, 15))]),
        ("second half of January 2019", [Period(date(2019, 1, 16), date(2019, 1, 31))]),
        ("first two weeks of March 2019", [Period(date(2019, 3, 1), date(2019, 3, 14))]),
        ("papers of late 2019", [months(2019, 9, 12)]),
        ("week of March 13, 2019", [Period(date(2019, 3, 11), date(2019, 3, 17))]),
        ("the week starting 12 March 2019", [Period(date(2019, 3, 12), date(2019, 3, 18))]),
        ("the week ending on 15 March 2019", [Period(date(2019, 3, 9), date(2019, 3, 15))]),
        ("the day after 4 March 2019", [one_day(2019, 3, 5)]),
        ("pre-2020 work", [Period.until(date(2019, 12, 31))]),
        ("pre-April 2019", [Period.until(date(2019, 3, 31))]),
        ("post 2019 papers", [Period.since(date(2020, 1, 1))]),
        ("up to and including March 2019", [Period.until(date(2019, 3, 31))]),
        ("papers through March 2019", [Period.until(date(2019, 3, 31))]),
        ("before the end of March 2019", [Period.until(date(2019, 3, 31))]),
        ("March 2019 or later", [Period.since(date(2019, 3, 1))]),
        ("in 2019 or earlier", [Period.until(date(2019, 12, 31))]),
        ("from the start of January to the end of March 2019", [months(2019, 1, 3)]),
        ("between January 2019 and March", [months(2019, 1, 3)]),
        ("25 May 2020 and 24 May", [one_day(2020, 5, 25), one_day(2020, 5, 24)]),  # of the same year, no range
        ("May and April 2020", [months(2020, 5, 5), months(2020, 4, 4)]),
        ("twenty-fifth of may", [one_day(2020, 5, 25)]),
        ("april second", [one_day(2020, 4, 2)]),
        ("of the 19th", [one_day(2020, 11, 19)]),
        ("25-May-20", [one_day(2020, 5, 25)]),
        ("in 2020.05", [months(2020, 5, 5)]),
        ("of week 21 of 2020", [Period(date(2020, 5, 18), date(2020, 5, 24))]),
        ("of 2020-W21", [Period(date(2020, 5, 18), date(2020, 5, 24))]),
        ("of 4/2/2020", [one_day(2020, 4, 2)]),  # the reading that is held
        ("the latest batch", [one_day(2021, 4, 22)]),
        ("papers of 1985-12-31", []),
    ],
)
def test_periods_that_a_text_names(text: str, expected: list[Period]) -> None:
    assert list(days_read(text)) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("papers of today", date(2021, 4, 22), date(2021, 4, 22)),
        ("yesterday", date(2021, 4, 22), date(2021, 4, 22)),
        ("this week", date(2021, 4, 19), date(2021, 4, 25)),
        ("last week", date(2021, 4, 12), date(2021, 4, 18)),
        ("last Thursday", date(2021, 4, 22), date(2021, 4, 22)),
        ("last Friday", date(2021, 4, 16), date(2021, 4, 16)),
        ("on Friday", date(2021, 4, 23), date(2021, 4, 23)),
        ("on Saturday", date(2021, 4, 17), date(2021, 4, 17)),
        ("this month", date(2021, 4, 1), date(2021, 4, 30)),
        ("last month", date(2021, 3, 1), date(2021, 3, 31)),
        ("the last 7 days", date(2021, 4, 17), date(2021, 4, 23)),
        ("past two weeks", date(2021, 4, 10), date(2021, 4, 23)),
        ("this year", date(2021, 1, 1), date(2021, 12, 31)),
        ("last year", date(2020, 1, 1), date(2020, 12, 31)),
        ("two days ago", date(2021, 4, 21), date(2021, 4, 21)),
    ],
)
def test_periods_relative_to_today(text: str, first: date, last: date) -> None:
    assert days_read(f"papers {text}") == (Period(first, last),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the newest digest", [HELD[-1]]),
        ("the latest three days", list(HELD[-3:])),
        ("the oldest digest", [HELD[0]]),
        ("the first two digests", list(HELD[:2])),
        ("the last digest of 2020", [date(2020, 11, 19)]),
        ("the first digest of February 2019", [date(2019, 2, 1)]),
        ("the Thursday digest of November 2020", [date(2020, 11, 19)]),
        ("Mondays of January 2019", [date(2019, 1, day) for day in (7, 14, 21, 28)]),
        ("first Monday of February 2019", [date(2019, 2, 4)]),
    ],
)
def test_periods_relative_to_what_is_held(text: str, expected: list[date]) -> None:
    assert [period.first for period in days_read(text)] == expected


@pytest.mark.parametrize(
    "text", ["not from 2019", "except 2019", "leaving 2019 out", "excluding 2019", "other than those of 2019"]
)
def test_what_is_left_out_is_not_asked_for(text: str) -> None:
    found = read(f"GANs, {text}")
    assert (found.periods, found.excluded) == ((), (months(2019, 1, 12),))


@pytest.mark.parametrize(
    ("text", "included", "excluded"),
    [
        ("2019 except january", [months(2019, 1, 12)], [months(2019, 1, 1)]),
        ("2019 GAN papers excluding january", [months(2019, 1, 12)], [months(2019, 1, 1)]),
        ("2019 GANs, not march", [months(2019, 1, 12)], [months(2019, 3, 3)]),
        ("papers of 2019 with January left out", [months(2019, 1, 12)], [months(2019, 1, 1)]),
        ("January to March 2019 but not in February", [months(2019, 1, 3)], [months(2019, 2, 2)]),
        ("papers of 2019, leaving January aside", [months(2019, 1, 12)], [months(2019, 1, 1)]),
        ("in 2019 with the exception of 14 March", [months(2019, 1, 12)], [one_day(2019, 3, 14)]),
        ("papers of 2020 and 2021 without April", [months(2020, 1, 12), months(2021, 1, 12)], [(4, 2020), (4, 2021)]),
    ],
)
def test_what_is_left_out_is_within_what_is_asked_for(
    text: str, included: list[Period], excluded: list[Period | tuple[int, int]]
) -> None:
    found = read(text)
    expected = [months(p[1], p[0], p[0]) if isinstance(p, tuple) else p for p in excluded]
    assert (list(found.periods), list(found.excluded)) == (included, expected)


@pytest.mark.parametrize(
    "text",
    [
        "around 14 March 2019",
        "weekends of March 2019",
        "three days before 14 March 2019",
        "the week of March 2019",
        "from 14 March 2019 to 20",
        "from March 2019 to the release of NeRF",
        "every second Monday of March 2019",
        "2019-ish papers",
        "the turn of 2019",
    ],
)
def test_what_is_understood_in_part_sets_no_limit(text: str) -> None:
    assert read(text).is_open


# ---- what is no date


@given(st.text(st.characters(exclude_categories=["Nd", "No", "Nl", "Cs"]), max_size=200))
def test_a_text_without_dates_has_no_period(text: str) -> None:
    words = ["day", "week", "month", "year", "digest", "listing", "ago", *(name.lower()[:3] for name in MONTHS)]
    assume(not any(word in text.lower() for word in words))
    assert not read(text).periods


@pytest.mark.parametrize(
    "text",
    [
        "images collected in 2019",
        "ImageNet 2019 and VOC 2020",
        "the 2019 challenge",
        "the March 2019 release of a data set",
        "after 2019 iterations",
        "from 3 to 10 classes",
        "What may 2 networks share?",
        "networks that may generalise",
        "ants march in formation",
        "What did May et al. propose?",
        "the state of the art today",
        "last year's winner",
        "the latest methods",
        "driving in winter",
        "the first half of the network",
        "trained for 3 days",
        "the progress of the past years",
        "on Sunday mornings",
    ],
)
def test_what_dates_no_papers_is_no_period(text: str) -> None:
    assert read(text).is_open


WORDS = """may march May 25 2019 31 first last week of in from to between and until since before not except digest
    Monday papers images the newest days ago today , – - .. ( ) 's Q2 2020-05-25 5/2020 999 two early spring 19/20
    """.split()  # noqa: SIM905


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from([(), HELD]))
def test_nothing_that_looks_like_dates_is_too_much(words: list[str], held: tuple[date, ...]) -> None:
    text = " ".join(words)
    found = read(text, held=held)
    assert all(period.first <= period.last for period in (*found.periods, *found.excluded))
    assert (found.rest == text) <= found.is_open


# ---- how periods are said


@given(st.dates(date(1995, 1, 1), date(2050, 12, 31)), st.integers(0, 800))
def test_a_period_is_read_as_it_is_said(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    assert days_read(f"papers between {spoken_period(period)}", held=tuple(days_of(period))) == (period,)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (one_day(2020, 5, 25), "25 May 2020"),
        (Period(date(2020, 6, 3), date(2020, 6, 10)), "3–10 Jun 2020"),
        (months(2021, 4, 4), "April 2021"),
        (months(2020, 5, 12), "May–December 2020"),
        (months(2019, 1, 12), "2019"),
        (Period(date(2019, 1, 28), date(2019, 2, 5)), "28 Jan – 5 Feb 2019"),
        (Period(date(2018, 12, 1), date(2019, 2, 28)), "December 2018 – February 2019"),
        (Period.since(date(2021, 1, 1)), "since 1 Jan 2021"),
        (Period.until(date(2019, 12, 31)), "until 31 Dec 2019"),
    ],
)
def test_periods_are_said_plainly(period: Period, said: str) -> None:
    assert spoken_period(period) == said
