"""Papers from arXiv's API, politely: one connection, three seconds apart, Retry-After honoured."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import arxiv
import requests
from lxml import etree
from requests.adapters import HTTPAdapter

from ingest.errors import InputError, SourceUnavailableError
from ingest.identity import identity_of_link
from ingest.metadata import Metadata, Place, entry_of
from ingest.paper import Entry, Rejection
from ingest.pipeline import Ingestion
from ingest.selection import Selection

SECONDS_BETWEEN_REQUESTS = 3.0
_PAGE_PAPERS = 100
_RETRIES = 6
_TIMEOUT_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 600.0
_BUSY = (429, 500, 502, 503, 504)
_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_SETTLED = timedelta(days=3)
"""A day fetched this long after its end is complete; one fetched earlier may still grow."""


class ArxivSource:
    """The papers of a category by day of first submission (UTC), through the `arxiv` client."""

    def __init__(
        self,
        url_format: str | None = None,
        seconds_between: float = SECONDS_BETWEEN_REQUESTS,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._client = arxiv.Client(page_size=_PAGE_PAPERS, delay_seconds=seconds_between, num_retries=_RETRIES)
        if url_format is not None:
            self._client.query_url_format = url_format
        self._session = self._client._session  # noqa: SLF001 - the client has no other way to set time limits
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _WholePages(seconds_between, timeout_seconds))

    def papers_of_day(self, category: str, day: date) -> Iterator[Entry | Rejection]:
        """Yield the papers of a category that were submitted on a day; nothing where there are none.

        Raises:
            InputError: arXiv does not accept the category.
            SourceUnavailableError: arXiv did not answer in full, however often it was asked.
        """
        search = arxiv.Search(
            query=f"cat:{category} AND submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]",
            max_results=None,  # it would stop at 100
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )
        try:
            for number, result in enumerate(self._client.results(search), start=1):
                item = _read_result(result, number, category)
                if item is not None:
                    yield item
        except (_RefusedError, arxiv.HTTPError) as error:
            if error.status == requests.codes.bad_request:
                raise InputError(f"arXiv does not accept the category “{category}”; name one such as cs.CV") from error
            told = str(error) if isinstance(error, _RefusedError) else f"arXiv answered with status {error.status}"
            raise SourceUnavailableError(f"{told}; run the same later") from error
        except (arxiv.ArxivError, requests.exceptions.RequestException, ValueError) as error:
            told = (str(error).splitlines() or [type(error).__name__])[0][:160]
            raise SourceUnavailableError(f"arXiv did not answer in full ({told}); run the same later") from error
        finally:
            self._session.close()  # and with it the connection; the next day opens another


class _RefusedError(requests.exceptions.RequestException):
    """The server will not answer this however often it is asked; no connection error, so nobody asks again."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


class _WholePages(HTTPAdapter):
    """Keeps requests apart, waits as long as the server asks, and takes a page that was cut off for a failure."""

    def __init__(self, seconds_between: float, timeout_seconds: float) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._seconds_between = seconds_between
        self._timeout_seconds = timeout_seconds
        self._next_request_at = 0.0
        self._failures = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request when its time has come, and read its whole answer.

        Raises:
            requests.exceptions.ConnectionError: there is no answer, or it was cut off; ask again.
            _RefusedError: the server does not take the request, or asks for more patience than there is.
        """
        time.sleep(max(0.0, self._next_request_at - time.monotonic()))
        kwargs["timeout"] = self._timeout_seconds
        self._failures += 1  # until it is known to have gone well
        asked_seconds = 0.0
        try:
            response = super().send(request, *args, **kwargs)
            with ExitStack() as unless_sound:
                unless_sound.callback(response.close)
                asked_seconds = _checked_wait(response)
                if response.status_code == requests.codes.ok:
                    _check_page(response.content)
                unless_sound.pop_all()
            self._failures = 0 if response.ok else self._failures
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.Timeout, etree.XMLSyntaxError) as error:
            raise requests.exceptions.ConnectionError(f"the answer was cut off: {error}") from error
        finally:
            patience = self._seconds_between * 2 ** max(0, self._failures - 1)
            self._next_request_at = time.monotonic() + max(patience, asked_seconds)
        return response


def _checked_wait(response: requests.Response) -> float:
    """How many seconds a busy server asks to wait, 0 where it does not say.

    Raises:
        _RefusedError: it asks for too many, or does not take the request.
    """
    status = response.status_code
    if status not in _BUSY:
        if requests.codes.bad_request <= status < requests.codes.server_error:
            raise _RefusedError(status, f"arXiv answered with status {status}")
        return 0.0
    seconds = _seconds_asked(response.headers.get("Retry-After", ""))
    if seconds > _LONGEST_WAIT_SECONDS:
        raise _RefusedError(status, f"arXiv asks to wait for {seconds:.0f} seconds")
    return seconds


def _seconds_asked(retry_after: str) -> float:
    """The seconds of a Retry-After header, which gives a number or a date; 0 where it gives neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0


def _check_page(page: bytes) -> None:
    """See that a page is a whole feed, and not an empty one of papers that there are.

    Raises:
        etree.XMLSyntaxError: it is cut off.
        requests.exceptions.ConnectionError: it is no feed, or its papers are missing.
    """
    feed = etree.fromstring(page, etree.XMLParser(resolve_entities=False, no_network=True))
    if feed.tag != f"{{{_ATOM}}}feed":
        raise requests.exceptions.ConnectionError("the answer is no Atom feed")
    counts = [int(feed.findtext(f"{{{_OPENSEARCH}}}{name}") or 0) for name in ("totalResults", "startIndex")]
    if counts[0] > counts[1] and feed.find(f"{{{_ATOM}}}entry") is None:
        raise requests.exceptions.ConnectionError(f"an empty page, though there are {counts[0]} papers")


def _read_result(result: arxiv.Result, number: int, category: str) -> Entry | Rejection | None:
    metadata = Metadata(
        identity=identity_of_link(result.entry_id),
        raw_title=result.title,
        raw_abstract=result.summary,
        comment=result.comment or "",
        categories=list(dict.fromkeys([result.primary_category, *result.categories])),
        day=result.published.date(),
        told_id=result.entry_id,
    )
    return entry_of(metadata, Place("arXiv", number, number), Selection(category))


@dataclass(frozen=True, slots=True)
class FetchedDay:
    """A day of a category: how many papers arXiv gave, and whether it had been fetched before."""

    day: date
    papers: int
    was_fetched_before: bool


def fetch(
    source: ArxivSource,
    category: str,
    days: Sequence[date],
    ingestion: Ingestion,
    tell: Callable[[FetchedDay], None] = lambda _: None,
) -> list[FetchedDay]:
    """Bring the papers of a category into the library, day by day.

    A day that was fetched in full is not asked for again, so an interrupted fetch goes on where it was.

    Raises:
        InputError: arXiv does not accept the category.
        SourceUnavailableError: arXiv did not answer; the days before are safe.
        LibraryLockedError: another process is writing to the library.
    """
    fetched: list[FetchedDay] = []
    library = ingestion.library
    with library.writer():
        before = library.database.fetched_days(category)
        for day in days:
            papers, fetched_at = before.get(day, (0, None))
            if fetched_at is None or not _is_settled(day, fetched_at):
                items = list(source.papers_of_day(category, day))
                ingestion.take(items)
                papers, fetched_at = sum(isinstance(item, Entry) for item in items), None
                library.database.save_fetched_day(category, day, papers)
            fetched.append(FetchedDay(day, papers, fetched_at is not None))
            tell(fetched[-1])
    return fetched


def _is_settled(day: date, fetched_at: datetime) -> bool:
    return fetched_at >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) + _SETTLED


def days_between(since: date, until: date) -> list[date]:
    """Every day from `since` to `until`, both included.

    Raises:
        InputError: the period ends before it begins.
    """
    if until < since:
        raise InputError(f"the period ends ({until}) before it begins ({since}); give --since the earlier day")
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
