"""Papers as arXiv gives them: what it announces today, and days back through its API, each with or without proof."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date

import arxiv
import requests

from ingest.errors import IncompleteDayError, InputError, SourceUnavailableError
from ingest.identity import identity_of_link
from ingest.metadata import Metadata, Place, authors_named, entry_of
from ingest.paper import Entry, Rejection
from ingest.polite import RETRIES, EmptyPageError, Page, RefusedError, WholePages, one_line
from ingest.selection import EVERYTHING, Selection
from ingest.sources import items_of
from ingest.taxonomy import categories_of, category_code

SECONDS_BETWEEN_REQUESTS = 3.0
FEED_URL = "https://rss.arxiv.org/atom/{}"
_PAGE_PAPERS = 100
_MOST_PAPERS = 10_000
"""The API pages out no more than this of one answer, whatever its total."""
_TIMEOUT_SECONDS = 30.0
_MOST_REDIRECTS = 5
_LOOKS_AT_NOTHING = 2  # arXiv's API has answered “0 papers” to a question whose next answer had all of them
_LATER = "they are kept, run the same later"


class ArxivSource:
    """The papers of a category: announced today, or by day of first submission (UTC) through the `arxiv` client.

    `say` receives lines for a person; `pause` waits, and a test may put another in its place.
    """

    def __init__(
        self,
        url_format: str | None = None,
        seconds_between: float = SECONDS_BETWEEN_REQUESTS,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        feed_url_format: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = arxiv.Client(page_size=_PAGE_PAPERS, delay_seconds=seconds_between, num_retries=RETRIES)
        if url_format is not None:
            self._client.query_url_format = url_format
        self._feed_url_format = feed_url_format or FEED_URL
        self._say = say
        self.pause: Callable[[float], None] = time.sleep
        self._answer = WholePages(seconds_between, timeout_seconds, say, self._wait)
        self._session = self._client._session  # noqa: SLF001 - the client has no other way to set time limits
        self._session.max_redirects = _MOST_REDIRECTS
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, self._answer)

    def _wait(self, seconds: float) -> None:
        self.pause(seconds)

    def announcement(self, category: str) -> Iterator[Entry | Rejection]:
        """Yield what arXiv announces today in a category or an archive; nothing on weekends and holidays.

        Raises:
            SourceUnavailableError: arXiv did not answer in full, however often it was asked.
        """
        source = f"arXiv announcement of {category}"
        self._say(f"asking arXiv for today's announcement of {category} …")
        with _told_in_one_line(category), closing(self._session):
            page = self._feed(self._feed_url_format.format(category))
        selection = EVERYTHING if categories_of(category) else Selection(category)
        for item in items_of(io.BytesIO(page), source, selection):
            yield replace(item, source=source) if isinstance(item, Entry) else item

    def _feed(self, url: str) -> bytes:
        self._answer.begin(is_counted=False)
        for _ in range(RETRIES):
            try:
                response = self._session.get(url)
            except requests.exceptions.ConnectionError:
                continue
            if response.ok:
                return bytes(response.content)
        response = self._session.get(url)
        if not response.ok:
            raise RefusedError(f"arXiv answered with status {response.status_code}", response.status_code)
        return bytes(response.content)

    def papers_of_day(self, category: str, day: date) -> Iterator[Entry | Rejection]:
        """Yield the papers of a category that were submitted on a day, each once; nothing where there are none.

        Raises:
            InputError: arXiv does not accept the category.
            IncompleteDayError: nothing proves that what was yielded is all of the day.
            SourceUnavailableError: arXiv did not answer in full, however often it was asked.
        """
        self._say(f"asking arXiv for {category} of {day} …")
        given = _Given(category, day)
        with _told_in_one_line(category), closing(self._session):  # and its connection; the next day opens another
            for look in range(_LOOKS_AT_NOTHING):
                if look:
                    self._say("arXiv has none of this day; asking once more")
                self._answer.begin(is_counted=True)
                for number, result in enumerate(self._results(category, day), start=1):
                    if given.is_new(result) and (item := _read_result(result, number, category)) is not None:
                        yield item
                    if number >= _PAGE_PAPERS and (self._answer.pages[0].total or 0) > _MOST_PAPERS:
                        break
                if [page.total for page in self._answer.pages] != [0]:
                    break
        if doubt := given.doubt(self._answer.pages):
            raise IncompleteDayError(doubt)

    def _results(self, category: str, day: date) -> Iterator[arxiv.Result]:
        """What the client gives; where a page stays empty, what came before it."""
        search = arxiv.Search(
            query=f"cat:{category} AND submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]",
            max_results=None,  # it would stop at 100
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )
        try:
            yield from self._client.results(search)
        except (EmptyPageError, arxiv.UnexpectedEmptyPageError):
            return


@contextmanager
def _told_in_one_line(category: str) -> Iterator[None]:
    """Turn what the client and requests raise into one line for a person."""
    try:
        yield
    except (RefusedError, arxiv.HTTPError) as error:
        if error.status == requests.codes.bad_request and category_code(category) is None:
            raise InputError(f"arXiv does not accept the category “{category}”; name one such as cs.CV") from error
        told = str(error) if isinstance(error, RefusedError) else f"arXiv answered with status {error.status}"
        raise SourceUnavailableError(f"{told}; run the same later") from error
    except (arxiv.ArxivError, requests.exceptions.RequestException, ValueError) as error:
        raise SourceUnavailableError(f"arXiv did not answer in full ({one_line(error)}); run the same later") from error


@dataclass(slots=True)
class _Given:
    """What arXiv gave of a day: the distinct ids, and how many of them are of another day or category."""

    category: str
    day: date
    ids: set[str] = field(default_factory=set)
    strays: int = 0

    def is_new(self, result: arxiv.Result) -> bool:
        """Count a paper, in whatever version it comes; whether it had not been given before."""
        identity = identity_of_link(result.entry_id)
        arxiv_id = identity.arxiv_id if identity else result.entry_id
        if arxiv_id in self.ids:
            return False
        self.ids.add(arxiv_id)
        is_of_category = self.category in {result.primary_category, *result.categories}
        self.strays += not is_of_category or result.published.astimezone(UTC).date() != self.day
        return True

    def doubt(self, pages: Sequence[Page]) -> str:
        """Why this may not be all of the day; empty where the distinct ids, one total and the days prove it."""
        totals = list(dict.fromkeys(page.total for page in pages))
        if len(totals) > 1:
            told = " then ".join("no number" if total is None else str(total) for total in totals)
            return f"arXiv said that {self.day} has {told} papers and gave {len(self.ids)}; {_LATER}"
        total = totals[0] if totals else None
        if total is None:
            return f"arXiv gave {len(self.ids)} papers of {self.day} and did not say how many there are; {_LATER}"
        return self._doubt_of(total)

    def _doubt_of(self, total: int) -> str:
        count = len(self.ids)
        if total > _MOST_PAPERS:
            return (
                f"arXiv has {total:,} papers of {self.category} of {self.day} and gives out {_MOST_PAPERS:,} at most;"
                f" the first {count} are kept, fetch narrower categories for the others"
            )
        if count > total:
            return f"arXiv gave {count} papers of {self.day} and said that there are {total}; {_LATER}"
        if count < total:
            return f"arXiv gave {count} of the {total} papers of {self.day}; {_LATER}"
        if self.strays:
            return f"arXiv gave {self.strays} papers of other days or categories for {self.day}; {_LATER}"
        return ""


def _read_result(result: arxiv.Result, number: int, category: str) -> Entry | Rejection | None:
    metadata = Metadata(
        identity=identity_of_link(result.entry_id),
        raw_title=result.title,
        raw_abstract=result.summary,
        comment=result.comment or "",
        categories=list(dict.fromkeys([result.primary_category, *result.categories])),
        day=result.published.astimezone(UTC).date(),
        told_id=result.entry_id,
        authors=authors_named([author.name for author in result.authors]),
    )
    item = entry_of(metadata, Place("arXiv", number, number), Selection(category))
    return replace(item, source=f"arXiv API, {category}") if isinstance(item, Entry) else item
