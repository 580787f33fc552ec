import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.errors import InputError, SourceUnavailableError
from ingest.fetch import SECONDS_BETWEEN_REQUESTS, ArxivSource, FetchedDay, days_between, fetch
from ingest.library import Library
from ingest.paper import Block
from ingest.pipeline import Ingestion, IngestReport
from tests.conftest import WordEmbedder
from tests.ingest.arxiv_server import (
    ArxivServer,
    Failure,
    arxiv_server,
    cut,
    page,
    reset,
    stall,
    stall_in_page,
    status,
)
from tests.ingest.feeds import NOON, Told, ids, parted, told_papers

DAY = NOON.date()
DAYS = [DAY + timedelta(days=n) for n in range(3)]
SOON = 0.002
LONG, SHORT = 10.0, 0.3


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with arxiv_server() as server:
        yield server


def source_at(arxiv: ArxivServer, *, seconds_between: float = SOON, timeout_seconds: float = LONG) -> ArxivSource:
    return ArxivSource(arxiv.url_format, seconds_between, timeout_seconds)


def found_on(arxiv: ArxivServer, day: date = DAY, category: str = "cs.CV") -> list[str]:
    return ids(source_at(arxiv).papers_of_day(category, day))


def all_ids(count: int) -> list[str]:
    return [f"2101.{n:05}" for n in range(1, count + 1)]


# ---- papers


def test_all_of_a_paper_is_read(arxiv: ArxivServer) -> None:
    arxiv.papers = [
        Told("2101.00001", "On  Kites\n & Winds", "This paper was withdrawn.", 2, ("cs.CV",), NOON),
        Told("2101.00002", categories=("cs.RO", "cs.CV"), submitted=NOON + timedelta(hours=1), comment="4 pages"),
    ]
    (first, second), rejections = parted(source_at(arxiv).papers_of_day("cs.CV", DAY))
    assert (first.paper.title, first.paper.abstract) == ("On Kites & Winds", "This paper was withdrawn.")
    assert (first.paper.version, first.paper.is_withdrawn, second.paper.is_withdrawn) == (2, True, False)
    assert [(e.listing.day, e.listing.block, e.listing.position) for e in (first, second)] == [
        (DAY, Block.NEW, 1),
        (DAY, Block.CROSS_LISTED, 2),
    ]
    assert rejections == []


@pytest.mark.parametrize(("count", "pages"), [(1, [0]), (100, [0]), (101, [0, 100]), (250, [0, 100, 200])])
def test_a_day_is_read_page_by_page(arxiv: ArxivServer, count: int, pages: list[int]) -> None:
    arxiv.papers = told_papers(count)
    assert found_on(arxiv) == all_ids(count)
    assert arxiv.pages == [("20210104", start) for start in pages]


def test_a_day_without_papers_gives_none(arxiv: ArxivServer) -> None:
    arxiv.papers = told_papers(3)
    assert found_on(arxiv, DAYS[1]) == []
    assert found_on(arxiv, category="cs.RO") == []
    assert len(arxiv.asked) == 2


def test_a_day_lasts_from_midnight_to_midnight(arxiv: ArxivServer) -> None:
    midnight = datetime(2021, 1, 4, tzinfo=UTC)
    moments = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23, minutes=59, seconds=59)]
    arxiv.papers = [
        Told(f"2101.{n:05}", submitted=moment) for n, moment in enumerate([*moments, midnight + timedelta(days=1)])
    ]
    assert found_on(arxiv) == ["2101.00001", "2101.00002"]


def test_a_paper_that_lacks_something_is_told(arxiv: ArxivServer) -> None:
    arxiv.papers = told_papers(2)
    arxiv.always = page(lambda right: right.replace(b"abs/2101.00001v1", b"abs/kite"))
    entries, (rejection,) = parted(source_at(arxiv).papers_of_day("cs.CV", DAY))
    assert ids(entries) == ["2101.00002"]
    assert (rejection.file, rejection.line) == ("arXiv", 1)


# ---- failures that pass

ONCE: dict[str, list[Failure | None]] = {
    "busy": [status(503)],
    "busy twice": [status(503), status(500)],
    "too many requests": [status(429)],
    "no time that can be read": [status(429, Retry_After="soon")],
    "a stall": [stall(SHORT * 2)],
    "a stall in a page": [stall_in_page(SHORT * 2)],
    "fewer bytes than announced": [cut],
    "a page that ends in mid-entry": [page(lambda right: right[: len(right) // 2])],
    "a page of nothing": [page(lambda _: b"")],
    "a page of text": [page(lambda _: b"Rate exceeded.")],
    "a page of HTML": [page(lambda _: b"<html><body>Busy</body></html>")],
    "a reset": [reset],
    "an empty page of papers that there are": [page(lambda right: right.split(b"  <entry>")[0] + b"</feed>")],
    "all of them": [reset, status(503), cut, page(lambda right: right[:700])],
}


@pytest.mark.parametrize("page_number", [0, 1])
@pytest.mark.parametrize("name", ONCE)
def test_a_failure_that_passes_loses_nothing(arxiv: ArxivServer, name: str, page_number: int) -> None:
    arxiv.papers = told_papers(130)
    arxiv.failures = [*[None] * page_number, *ONCE[name]]
    source = source_at(arxiv, timeout_seconds=SHORT if "stall" in name else LONG)
    assert ids(source.papers_of_day("cs.CV", DAY)) == all_ids(130)
    again = [("20210104", 100 * page_number)] * len(ONCE[name])
    assert sorted(arxiv.pages) == sorted([("20210104", 0), ("20210104", 100), *again])


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
def test_the_server_is_given_the_time_it_asks_for(arxiv: ArxivServer, code: int, as_date: bool) -> None:
    arxiv.papers = told_papers(3)
    until = datetime.now(UTC) + timedelta(seconds=2)
    arxiv.failures = [status(code, Retry_After=format_datetime(until, usegmt=True) if as_date else "1")]
    assert found_on(arxiv) == all_ids(3)
    (pause,) = arxiv.pauses
    assert (0.9 if as_date else 1.0) <= pause < 4  # a date has whole seconds


def test_a_server_that_asks_for_hours_is_left_alone(arxiv: ArxivServer) -> None:
    arxiv.always = status(503, Retry_After="86400")
    with pytest.raises(SourceUnavailableError, match="arXiv asks to wait for 86400 seconds; run the same later"):
        found_on(arxiv)
    assert len(arxiv.asked) == 1


# ---- failures that last


@pytest.mark.parametrize(
    "failure", [status(503), cut, reset, page(lambda _: b"<html/>"), page(lambda right: right[:99])]
)
def test_a_failure_that_lasts_is_told_in_one_line(arxiv: ArxivServer, failure: Failure) -> None:
    arxiv.papers, arxiv.always = told_papers(3), failure
    with pytest.raises(SourceUnavailableError, match="run the same later") as raised:
        found_on(arxiv)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300
    assert 5 <= len(arxiv.asked) <= 8


def test_a_server_that_is_not_there_is_told(arxiv: ArxivServer) -> None:
    with arxiv_server() as gone:
        url = gone.url_format
    with pytest.raises(SourceUnavailableError, match="did not answer in full"):
        list(ArxivSource(url, SOON, LONG).papers_of_day("cs.CV", DAY))
    assert arxiv.asked == []


def test_a_page_whose_dates_cannot_be_read_is_told(arxiv: ArxivServer) -> None:
    arxiv.papers = told_papers(1)
    arxiv.always = page(lambda right: right.replace(b"<published>2021", b"<published>soon"))
    with pytest.raises(SourceUnavailableError, match="did not answer in full"):
        found_on(arxiv)


def test_a_category_that_arxiv_does_not_accept_is_told_at_once(arxiv: ArxivServer) -> None:
    arxiv.always = status(400)
    with pytest.raises(InputError) as raised:
        found_on(arxiv, category="kites")
    assert str(raised.value) == "arXiv does not accept the category “kites”; name one such as cs.CV"
    assert len(arxiv.asked) == 1


def test_a_refusal_is_told_at_once(arxiv: ArxivServer) -> None:
    arxiv.always = status(403)
    with pytest.raises(SourceUnavailableError, match="arXiv answered with status 403; run the same later"):
        found_on(arxiv)
    assert len(arxiv.asked) == 1


# ---- politeness


def test_requests_are_three_seconds_apart_by_default() -> None:
    assert SECONDS_BETWEEN_REQUESTS >= 3
    source = ArxivSource()
    assert source._client.delay_seconds == SECONDS_BETWEEN_REQUESTS


def test_one_request_at_a_time_on_one_connection_and_spaced(arxiv: ArxivServer) -> None:
    arxiv.papers = told_papers(350)
    source = source_at(arxiv, seconds_between=0.1)
    for day in DAYS:
        list(source.papers_of_day("cs.CV", day))
    assert len(arxiv.asked) == 6
    assert min(arxiv.pauses) >= 0.1
    assert arxiv.most_at_once == 1
    assert len({asked.client for asked in arxiv.asked}) == len(DAYS), "the pages of a day share a connection"


@pytest.mark.parametrize("failure", [status(503), cut, reset, page(lambda _: b"")])
def test_after_a_failure_the_pauses_grow(arxiv: ArxivServer, failure: Failure) -> None:
    arxiv.papers = told_papers(3)
    arxiv.failures = [failure] * 3
    assert ids(source_at(arxiv, seconds_between=0.1).papers_of_day("cs.CV", DAY)) == all_ids(3)
    first, second, third = arxiv.pauses
    assert first >= 0.1
    assert second >= 0.2
    assert third >= 0.4
    assert arxiv.most_at_once == 1


# ---- into the library


def bring(
    arxiv: ArxivServer, library: Library, days: list[date], embedder: WordEmbedder, category: str = "cs.CV"
) -> tuple[list[FetchedDay], IngestReport]:
    report = IngestReport()
    return fetch(source_at(arxiv), category, days, Ingestion(library, embedder, report)), report


def papers_of_days(arxiv: ArxivServer) -> None:
    arxiv.papers = [
        told for n, _ in enumerate(DAYS) for told in told_papers(2, NOON + timedelta(days=n), first=1 + 2 * n)
    ]


def test_days_come_into_the_library_once(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    papers_of_days(arxiv)
    fetched, report = bring(arxiv, library, DAYS, embedder)
    assert fetched == [FetchedDay(day, 2, was_fetched_before=False) for day in DAYS]
    assert (report.new, library.database.paper_count()) == (6, 6)
    assert sorted(stored.day for stored in library.papers()) == sorted(DAYS * 2)
    again, report = bring(arxiv, library, DAYS, embedder)
    assert again == [FetchedDay(day, 2, was_fetched_before=True) for day in DAYS]
    assert (report.new, len(arxiv.asked)) == (0, 3)
    assert len(embedder.texts) == 6


def test_an_empty_day_is_not_asked_for_again(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    for was_before in (False, True):
        assert bring(arxiv, library, [DAY], embedder)[0] == [FetchedDay(DAY, 0, was_before)]
    assert len(arxiv.asked) == 1


def test_another_category_is_asked_for(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    arxiv.papers = [Told("2101.00001", categories=("cs.CV", "cs.LG"))]
    bring(arxiv, library, [DAY], embedder)
    fetched, report = bring(arxiv, library, [DAY], embedder, "cs.LG")
    assert fetched == [FetchedDay(DAY, 1, was_fetched_before=False)]
    assert (report.new, report.updated) == (0, 1)
    (stored,) = library.papers()
    assert [(o.category, o.block) for o in stored.listings] == [("cs.CV", Block.NEW), ("cs.LG", Block.CROSS_LISTED)]


@pytest.mark.parametrize("failure", [status(503), status(403), cut, reset])
def test_the_days_before_a_failure_are_kept_and_the_fetch_goes_on_there(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, failure: Failure
) -> None:
    papers_of_days(arxiv)
    arxiv.failures, arxiv.always = [None], failure
    with pytest.raises(SourceUnavailableError):
        bring(arxiv, library, DAYS, embedder)
    assert library.database.paper_count() == 2
    assert set(library.database.fetched_days("cs.CV")) == {DAYS[0]}
    arxiv.always = None
    arxiv.asked.clear()
    fetched, report = bring(arxiv, library, DAYS, embedder)
    assert [day.was_fetched_before for day in fetched] == [True, False, False]
    assert (report.new, library.database.paper_count()) == (4, 6)
    assert arxiv.pages == [("20210105", 0), ("20210106", 0)]


def test_half_a_day_is_not_taken_for_a_day(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    arxiv.papers = told_papers(150)
    arxiv.failures, arxiv.always = [None], cut
    with pytest.raises(SourceUnavailableError):
        bring(arxiv, library, [DAY], embedder)
    assert library.database.fetched_days("cs.CV") == {}
    arxiv.always = None
    bring(arxiv, library, [DAY], embedder)
    assert library.database.paper_count() == 150


@pytest.mark.parametrize(("days_after", "is_asked_again"), [(0, True), (3.9, True), (4.0, False), (9, False)])
def test_a_day_that_was_fetched_early_is_asked_for_again(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, days_after: float, is_asked_again: bool
) -> None:
    """A day is settled three days after its end; before that, papers of it may still be announced."""
    arxiv.papers = told_papers(2)
    bring(arxiv, library, [DAY], embedder)
    fetched_at = datetime(2021, 1, 4, tzinfo=UTC) + timedelta(days=days_after)
    with sqlite3.connect(library.folder / "daybook.sqlite3") as connection:
        connection.execute("UPDATE fetched_days SET fetched_at = ?", (fetched_at.isoformat(timespec="seconds"),))
    connection.close()
    arxiv.papers = told_papers(3)
    fetched, report = bring(arxiv, library, [DAY], embedder)
    assert fetched == [FetchedDay(DAY, 3 if is_asked_again else 2, not is_asked_again)]
    assert (report.new, len(arxiv.asked)) == (int(is_asked_again), 1 + is_asked_again)


def test_each_day_is_told_as_it_is_saved(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    papers_of_days(arxiv)
    told = []

    def tell(fetched: FetchedDay) -> None:
        told.append((fetched.day, library.database.paper_count(), len(library.database.fetched_days("cs.CV"))))

    fetch(source_at(arxiv), "cs.CV", DAYS, Ingestion(library, embedder, IngestReport()), tell)
    assert told == [(DAYS[0], 2, 1), (DAYS[1], 4, 2), (DAYS[2], 6, 3)]


# ---- periods


def test_both_ends_belong_to_a_period() -> None:
    assert days_between(DAYS[0], DAYS[2]) == DAYS
    assert days_between(DAY, DAY) == [DAY]


def test_a_period_that_ends_before_it_begins_is_told() -> None:
    with pytest.raises(InputError, match=r"ends \(2021-01-04\) before it begins \(2021-01-05\)"):
        days_between(DAYS[1], DAYS[0])
