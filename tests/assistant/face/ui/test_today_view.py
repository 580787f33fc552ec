"""What a browser has seen before: a visit goes on for some hours, and nothing that it kept can break the page."""

import pytest

from assistant.face.ui.today_view import VISIT_SECONDS, Visit, visit_now

HOUR = 3600.0
HERE = "this library"


def test_who_was_never_here_has_nothing_new() -> None:
    assert visit_now(None, HERE, 40, HOUR) == Visit(HERE, 40, 40, HOUR)


def test_what_came_since_the_last_visit_is_new_for_as_long_as_this_one_goes_on() -> None:
    monday = visit_now(None, HERE, 40, 0.0)
    tuesday = visit_now(monday, HERE, 90, 24 * HOUR)
    assert (tuesday.since, tuesday.seen) == (40, 90)
    again = visit_now(tuesday, HERE, 90, 24 * HOUR + VISIT_SECONDS - 1)
    assert again.since == 40
    later = visit_now(again, HERE, 95, again.at + VISIT_SECONDS)
    assert (later.since, later.seen) == (90, 95)


@pytest.mark.parametrize(("library", "last_row"), [("another library", 400), (HERE, 12)])
def test_another_library_begins_anew(library: str, last_row: int) -> None:
    assert visit_now(Visit(HERE, 40, 90, 0.0), library, last_row, HOUR) == Visit(library, last_row, last_row, HOUR)


@pytest.mark.parametrize("visit", [Visit(HERE, 1, 2, 3.5), Visit("", 0, 0, 0.0)])
def test_what_a_browser_keeps_is_read_again(visit: Visit) -> None:
    assert Visit.read(visit.written()) == visit


@pytest.mark.parametrize(
    "kept",
    [
        "",
        None,
        "{}",
        "[1]",
        "kites",
        5,
        "[" * 10_000,
        '{"library": "a", "since": "x", "seen": 1, "at": 1}',
        '{"library": "a", "since": 1e999, "seen": 1, "at": 1}',
        '{"library": "a", "since": -1, "seen": 1, "at": 1}',
        '{"library": "a", "since": 2, "seen": 1, "at": 1}',
        '{"library": "a", "since": 1, "seen": 9223372036854775808, "at": 1}',
        '{"library": "a", "since": 1, "seen": 1, "at": NaN}',
    ],
)
def test_what_is_no_visit_is_none(kept: object) -> None:
    assert Visit.read(kept) is None
