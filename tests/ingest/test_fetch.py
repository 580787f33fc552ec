import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.arxiv_source import FEED_URL, SECONDS_BETWEEN_REQUESTS, ArxivSource
from ingest.errors import IncompleteDayError, InputError, SourceUnavailableError
from ingest.fetch import (
    Announced,
    FetchedDay,
    checked_category,
    days_between,
    fetch,
    fetch_announcement,
)
from ingest.library import Library
from ingest.paper import Basis, Block, Entry, Rejection
from ingest.pipeline import Ingestion, IngestReport
from ingest.sqlite import opened_as_stored
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
    assert len(arxiv.asked) == 4, "arXiv is asked twice before nothing is taken for nothing"


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


def test_a_paper_is_listed_by_the_day_of_its_first_version(arxiv: ArxivServer) -> None:
    arxiv.papers = [Told("2101.00001", version=3)]
    arxiv.always = page(lambda right: right.replace(b"<updated>2021-01-04", b"<updated>2021-09-30"))
    ((entry,), _) = parted(source_at(arxiv).papers_of_day("cs.CV", DAY))
    assert (entry.listing.day, entry.listing.basis, entry.paper.version) == (DAY, Basis.SUBMITTED, 3)
    assert (entry.paper.submitted, entry.paper.authors) == (DAY, ("A. Kite",))
    assert (entry.paper.categories, entry.source) == (("cs.CV",), "arXiv API, cs.CV")


# ---- the proof that a day is whole


def totals(*numbers: int | str) -> list[Failure | None]:
    """Pages that are right but for how many papers they say there are."""

    def told(number: int | str) -> Failure:
        named = f"<opensearch:totalResults>{number}<".encode()
        return page(lambda right: re.sub(rb"<opensearch:totalResults>\d+<", named, right))

    return [told(number) for number in numbers]


def same_papers_again(right: bytes) -> bytes:
    """The second page with ten papers of the first in place of its last."""
    for n in range(141, 151):
        right = right.replace(f"2101.{n:05}v1".encode(), f"2101.{n - 50:05}v1".encode())
    return right


def without_last(count: int) -> Failure:
    return page(lambda right: b"".join(right.rsplit(b"  <entry>", count)[:1]) + b"</feed>")


UNPROVEN: dict[str, tuple[list[Failure | None], int, str]] = {
    "papers that are given twice": (
        [None, page(same_papers_again)],
        140,
        "arXiv gave 140 of the 150 papers of 2021-01-04",
    ),
    "pages that stay empty": (
        [None, without_last(30), *[page(lambda right: right.split(b"  <entry>")[0] + b"</feed>")] * 9],
        120,
        "arXiv gave 120 of the 150 papers of 2021-01-04",
    ),
    "a total that grows": (totals(150, 151), 150, "arXiv said that 2021-01-04 has 150 then 151 papers and gave 150"),
    "a total that is too small": (
        totals(140, 140),
        150,
        "arXiv gave 150 papers of 2021-01-04 and said that there are 140",
    ),
    "no total": (totals(""), 100, "arXiv gave 100 papers of 2021-01-04 and did not say how many there are"),
    "a total that is no number": (totals("many"), 100, "arXiv gave 100 papers of 2021-01-04 and did not say how many"),
    "papers of another day": (
        [page(lambda right: right.replace(b"<published>2021-01-04", b"<published>2021-01-05", 1))],
        150,
        "arXiv gave 1 papers of other days or categories for 2021-01-04",
    ),
    "papers of another category": (
        [page(lambda right: right.replace(b'term="cs.CV"', b'term="cs.RO"', 2))],
        149,
        "arXiv gave 1 papers of other days or categories for 2021-01-04",
    ),
    "more than are given out": (
        totals(10_050),
        100,
        "arXiv has 10,050 papers of cs.CV of 2021-01-04 and gives out 10,000 at most; the first 100 are kept,"
        " fetch narrower categories",
    ),
}


@pytest.mark.parametrize("name", UNPROVEN)
def test_a_day_without_proof_is_kept_and_not_closed(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, name: str
) -> None:
    wrong, count, told = UNPROVEN[name]
    arxiv.papers, arxiv.failures = told_papers(150), wrong
    with pytest.raises(SourceUnavailableError) as raised:
        bring(arxiv, library, [DAY], embedder)
    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)
    assert library.database.paper_count() == count
    assert library.database.fetched_days("cs.CV") == {}
    arxiv.failures = []
    assert bring(arxiv, library, [DAY], embedder)[0] == [FetchedDay(DAY, 150, was_fetched_before=False)]
    assert library.database.paper_count() == 150


def test_a_paper_that_is_given_twice_comes_once(arxiv: ArxivServer) -> None:
    arxiv.papers, arxiv.failures = told_papers(150), [None, page(same_papers_again)]
    came: list[Entry | Rejection] = []
    with pytest.raises(IncompleteDayError):
        came.extend(iter(source_at(arxiv).papers_of_day("cs.CV", DAY)))
    assert sorted(ids(came)) == all_ids(140)


def test_no_more_is_asked_for_of_what_is_never_given_out_in_full(arxiv: ArxivServer) -> None:
    arxiv.papers, arxiv.failures = told_papers(150), totals(10_050, 10_050)
    with pytest.raises(IncompleteDayError):
        found_on(arxiv)
    assert len(arxiv.asked) == 1


def test_nothing_is_taken_for_nothing_at_the_second_look_only(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    arxiv.papers = told_papers(150)
    arxiv.failures = [page(lambda right: re.sub(rb">150<|  <entry>.*</entry>", b">0<", right, flags=re.DOTALL))]
    assert bring(arxiv, library, [DAY], embedder)[0] == [FetchedDay(DAY, 150, was_fetched_before=False)]
    assert arxiv.pages == [("20210104", 0), ("20210104", 0), ("20210104", 100)]


def test_other_days_are_fetched_before_the_doubtful_ones_are_told(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    papers_of_days(arxiv)
    arxiv.failures = [*totals(1), None, *totals(1)]
    told: list[FetchedDay] = []
    report = IngestReport()
    with pytest.raises(SourceUnavailableError) as raised:
        fetch(source_at(arxiv), "cs.CV", DAYS, Ingestion(library, embedder, report), told.append)
    assert str(raised.value) == (
        "arXiv gave 2 papers of 2021-01-04 and said that there are 1;"
        " arXiv gave 2 papers of 2021-01-06 and said that there are 1;"
        " they are kept, run the same later"
    )
    assert [(day.papers, day.is_whole) for day in told] == [(2, False), (2, True), (2, False)]
    assert report.new == 6
    assert set(library.database.fetched_days("cs.CV")) == {DAYS[1]}


def test_many_doubtful_days_are_told_in_one_line(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    arxiv.papers, arxiv.always = told_papers(2), totals(3)[0]
    days = days_between(DAY, DAY + timedelta(days=9))
    with pytest.raises(SourceUnavailableError) as raised:
        bring(arxiv, library, days, embedder)
    assert str(raised.value).startswith("7 more days are not whole; arXiv gave 0 of the 3 papers of 2021-01-11; ")


def test_what_came_before_arxiv_fell_silent_is_kept(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    arxiv.papers = told_papers(150)
    arxiv.failures, arxiv.always = [None], status(403)
    with pytest.raises(SourceUnavailableError, match="arXiv answered with status 403; run the same later"):
        bring(arxiv, library, DAYS, embedder)
    assert library.database.paper_count() == 100
    assert len(arxiv.asked) == 2, "the other days are not asked for"


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
    "an empty page without a total": [page(lambda _: b'<feed xmlns="http://www.w3.org/2005/Atom"><x/></feed>')],
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


ERROR = (
    b"<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'"
    b" xmlns:opensearch='http://a9.com/-/spec/opensearch/1.1/'><opensearch:totalResults>1</opensearch:totalResults>"
    b"<entry><id>https://arxiv.org/api/errors#start_too_large</id><title>Error</title>"
    b"<summary>start is\n too large</summary><updated>2021-01-04T00:00:00Z</updated></entry></feed>"
)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (page(lambda _: ERROR), "arXiv answered with an error (start is too large); run the same later"),
        (
            page(lambda _: ERROR.replace(b"<updated>", b"<published>2021-01-04T00:00:00Z</published><updated>")),
            "an error",
        ),
        (lambda handler, _: handler.reply(400, ERROR), "arXiv answered with status 400 (start is too large); run"),
        (lambda handler, _: handler.reply(400, b"<html>"), "arXiv answered with status 400; run"),
    ],
)
def test_an_error_in_the_form_of_a_paper_is_none(arxiv: ArxivServer, failure: Failure, told: str) -> None:
    arxiv.always = failure
    with pytest.raises(SourceUnavailableError, match=re.escape(told)):
        found_on(arxiv)
    assert len(arxiv.asked) == 1


def test_a_server_that_nobody_reaches_is_given_up_soon() -> None:
    with arxiv_server() as gone:
        source = source_at(gone)
    said: list[str] = []
    source = ArxivSource(gone.url_format, SOON, LONG, say=said.append)
    with pytest.raises(SourceUnavailableError, match=r"it cannot be reached: .*refused"):
        list(source.papers_of_day("cs.CV", DAY))
    assert [line.partition(" (")[0] for line in said[1:]] == ["arXiv cannot be reached"] * 2


# ---- what is said on the way


def test_pages_and_waits_are_said_as_they_come(arxiv: ArxivServer) -> None:
    arxiv.papers = told_papers(150)
    arxiv.failures = [status(429, Retry_After="4"), None, status(503)]
    said: list[str] = []
    waits: list[float] = []
    source = ArxivSource(arxiv.url_format, SOON, LONG, say=said.append)
    source.pause = waits.append
    assert ids(source.papers_of_day("cs.CV", DAY)) == all_ids(150)
    assert said == [
        "asking arXiv for cs.CV of 2021-01-04 …",
        "arXiv asks to wait 4 s",
        "100 of 150 papers",
        "arXiv answered with status 503; asking again in 0 s",
        "150 of 150 papers",
    ]
    assert 3 < max(waits) <= 4


def test_something_is_said_before_anything_answers(arxiv: ArxivServer) -> None:
    said: list[tuple[str, int]] = []
    source = ArxivSource(arxiv.url_format, SOON, LONG, say=lambda line: said.append((line, len(arxiv.asked))))
    list(source.papers_of_day("cs.CV", DAY))
    assert said == [
        ("asking arXiv for cs.CV of 2021-01-04 …", 0),
        ("arXiv has none of this day; asking once more", 1),
    ]


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
    assert len(arxiv.asked) == 4 + 2 * 2, "four pages, and two looks at two empty days"
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
        assert len(arxiv.asked) == 2


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
    with closing(opened_as_stored(library.folder / "daybook.sqlite3")) as connection:
        connection.execute("UPDATE fetched_days SET fetched_at = ?", (fetched_at.isoformat(timespec="seconds"),))
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


# ---- categories


@pytest.mark.parametrize("text", ["cs.CV", "cs.cv", " CS.CV"])
def test_a_category_is_asked_for_and_kept_in_arxivs_spelling(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, text: str
) -> None:
    arxiv.papers = told_papers(2)
    bring(arxiv, library, [DAY], embedder, text)
    assert [asked.category for asked in arxiv.asked] == ["cs.CV"]
    assert set(library.database.fetched_days("cs.CV")) == {DAY}


def test_an_unknown_category_is_refused_before_arxiv_is_asked(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    with pytest.raises(InputError) as raised:
        bring(arxiv, library, [DAY], embedder, "cs.CVV")
    assert str(raised.value).startswith(
        "arXiv has no category “cs.CVV”; name one such as cs.CV (Computer Vision and Pattern Recognition), cs."
    )
    with pytest.raises(InputError, match=r"arXiv has no category “kites”; name one such as cs\.CV$"):
        fetch_announcement(source_at(arxiv), "kites", Ingestion(library, embedder, IngestReport()))
    assert (arxiv.asked, arxiv.feeds_asked) == ([], [])


def test_days_back_are_of_a_category_and_not_of_an_archive(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    with pytest.raises(InputError, match=r"cs is an archive; .*: name one such as cs\.AI"):
        bring(arxiv, library, [DAY], embedder, "CS")
    assert arxiv.asked == []
    assert checked_category("hep-th") == "hep-th"
    bring(arxiv, library, [DAY], embedder, "HEP-TH")
    assert {asked.category for asked in arxiv.asked} == {"hep-th"}


# ---- today's announcement

ANNOUNCED = [
    (Told("2101.00001", "On Kites", "They fly."), "new"),
    (Told("2101.00002", "On Winds", "They blow.", categories=("cs.RO", "cs.CV")), "cross"),
    (Told("2003.00003", "On Rain", "It falls.", 3), "replace"),
    (Told("2003.00004", "On Hail", "It hurts.", 2, ("cs.RO", "cs.CV")), "replace-cross"),
]


def announced_by(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, category: str = "cs.CV"
) -> tuple[Announced, IngestReport]:
    report = IngestReport()
    source = ArxivSource(arxiv.url_format, SOON, LONG, arxiv.feed_url_format)
    return fetch_announcement(source, category, Ingestion(library, embedder, report)), report


def test_todays_announcement_comes_into_the_library(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    arxiv.announced = ANNOUNCED
    announced, report = announced_by(arxiv, library, embedder, "cs.cv")
    assert announced == Announced(date(2021, 1, 5), new=1, cross_listed=1, replaced=2)
    assert (report.new, report.rejected, arxiv.feeds_asked) == (4, [], ["cs.CV"])
    listed = {stored.paper.arxiv_id: stored.listings for stored in library.papers()}
    told = {arxiv_id: [(o.day, o.category, o.block, o.basis) for o in found] for arxiv_id, found in listed.items()}
    day = (date(2021, 1, 5), "cs.CV")
    assert told == {
        "2101.00001": [(*day, Block.NEW, Basis.ANNOUNCED)],
        "2101.00002": [(*day, Block.CROSS_LISTED, Basis.ANNOUNCED)],
        "2003.00003": [(*day, Block.REPLACED, Basis.ANNOUNCED)],
        "2003.00004": [(*day, Block.REPLACED, Basis.ANNOUNCED)],
    }
    assert library.database.fetched_days("cs.CV") == {}, "an announcement is no day of submission"
    assert announced_by(arxiv, library, embedder)[1].unchanged == 4


def test_an_announcement_is_the_source_of_its_papers(arxiv: ArxivServer) -> None:
    arxiv.announced = ANNOUNCED
    source = ArxivSource(arxiv.url_format, SOON, LONG, arxiv.feed_url_format)
    entries, rejections = parted(source.announcement("cs.CV"))
    assert {entry.source for entry in entries} == {"arXiv announcement of cs.CV"}
    assert (len(entries), rejections) == (4, [])


def test_an_announcement_of_nothing_is_told_as_that(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    announced, report = announced_by(arxiv, library, embedder)
    assert announced == Announced(None)
    assert (report.papers, report.rejected) == (0, [])


def test_an_announcement_that_cannot_be_read_is_none_of_nothing(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    arxiv.announced = ANNOUNCED[:1]
    arxiv.always = page(lambda right: right.replace(b"2101.00001v1", b"kite"))
    with pytest.raises(SourceUnavailableError, match=r"nothing of the announcement of cs\.CV could be read \(.*kite"):
        announced_by(arxiv, library, embedder)


def test_an_archive_is_announced_whole(arxiv: ArxivServer, library: Library, embedder: WordEmbedder) -> None:
    arxiv.announced = ANNOUNCED
    announced, _ = announced_by(arxiv, library, embedder, "cs")
    assert announced == Announced(date(2021, 1, 5), new=1, cross_listed=1, replaced=2)
    assert arxiv.feeds_asked == ["cs"]


@pytest.mark.parametrize("name", [name for name in ONCE if "that there are" not in name and "a total" not in name])
def test_a_failure_that_passes_loses_no_announcement(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, name: str
) -> None:
    arxiv.announced, arxiv.failures = ANNOUNCED, list(ONCE[name])
    source = ArxivSource(arxiv.url_format, SOON, SHORT if "stall" in name else LONG, arxiv.feed_url_format)
    report = IngestReport()
    fetch_announcement(source, "cs.CV", Ingestion(library, embedder, report))
    assert (report.new, report.rejected) == (4, [])


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (status(503), "arXiv answered with status 503; run the same later"),
        (reset, "arXiv did not answer in full ("),
        (page(lambda _: b"<html/>"), "arXiv did not answer in full (the answer is no Atom feed)"),
    ],
)
def test_an_announcement_that_does_not_come_is_told(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder, failure: Failure, told: str
) -> None:
    arxiv.always = failure
    with pytest.raises(SourceUnavailableError, match=re.escape(told)):
        announced_by(arxiv, library, embedder)
    assert 5 <= len(arxiv.feeds_asked) <= 8


def test_an_announcement_that_is_refused_is_asked_for_once(
    arxiv: ArxivServer, library: Library, embedder: WordEmbedder
) -> None:
    arxiv.always = status(404)
    with pytest.raises(SourceUnavailableError, match="arXiv answered with status 404; run the same later"):
        announced_by(arxiv, library, embedder)
    assert len(arxiv.feeds_asked) == 1


def test_announcements_are_arxivs_own_by_default() -> None:
    assert FEED_URL.format("cs.CV") == "https://rss.arxiv.org/atom/cs.CV"
    assert ArxivSource()._feed_url_format == FEED_URL


# ---- periods


def test_both_ends_belong_to_a_period() -> None:
    assert days_between(DAYS[0], DAYS[2]) == DAYS
    assert days_between(DAY, DAY) == [DAY]


def test_a_period_that_ends_before_it_begins_is_told() -> None:
    with pytest.raises(InputError, match=r"ends \(2021-01-04\) before it begins \(2021-01-05\)"):
        days_between(DAYS[1], DAYS[0])
