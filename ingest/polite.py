"""Requests to arXiv: apart, as patient as arXiv asks, each page whole or asked for again."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3
from lxml import etree
from requests.adapters import HTTPAdapter

RETRIES = 6
_LONGEST_WAIT_SECONDS = 600.0
_TRIES_WITHOUT_CONNECTION = 3  # a server that nobody reaches keeps no one waiting for minutes, as a busy one may
_BUSY = (429, 500, 502, 503, 504)
_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_ERRORS = "/api/errors"
_TOLD_LENGTH = 160
_CUT_OFF = requests.exceptions.ChunkedEncodingError | requests.exceptions.Timeout


class RefusedError(requests.exceptions.RequestException):
    """The server will not answer this however often it is asked; no connection error, so nobody asks again."""

    def __init__(self, told: str, status: int = 0) -> None:
        super().__init__(told)
        self.status = status


class EmptyPageError(requests.exceptions.ConnectionError):
    """A page without papers, though the server says that there are more; the next try may have them."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of a feed says of the whole: all papers that there are, None where it does not say; `start` from 0.

    `entries` counts the papers of the page itself.
    """

    total: int | None
    start: int
    entries: int


class WholePages(HTTPAdapter):
    """Keeps requests apart, waits as long as the server asks, and takes a page that was cut off for a failure.

    `say` receives lines for a person: how many papers have come, and what is waited for.
    """

    def __init__(
        self,
        seconds_between: float,
        timeout_seconds: float,
        say: Callable[[str], None],
        pause: Callable[[float], None],
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._seconds_between = seconds_between
        self._timeout_seconds = timeout_seconds
        self._say = say
        self._pause = pause
        self._next_request_at = 0.0
        self._failures = 0
        self._unconnected = 0
        self._is_counted = True
        self.pages: list[Page] = []

    def begin(self, *, is_counted: bool) -> None:
        """Begin a new answer: the pages before are forgotten, and what failed then.

        Of a counted answer each page says how many papers there are; an empty page that does not is none.
        """
        self._is_counted = is_counted
        self.pages = []
        self._failures = self._unconnected = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request when its time has come, and read its whole answer.

        Raises:
            requests.exceptions.ConnectionError: there is no answer, or it was cut off; ask again.
            RefusedError: the server does not take the request, asks for more patience than there is, or is not there.
        """
        if (seconds := self._next_request_at - time.monotonic()) > 0:
            self._pause(seconds)
        kwargs["timeout"] = self._timeout_seconds
        told, asked_seconds = "", 0.0
        self._failures += 1  # until it is known to have gone well
        try:
            response = super().send(request, *args, **kwargs)
            self._unconnected = 0
            with ExitStack() as unless_sound:
                unless_sound.callback(response.close)
                told = "" if response.ok else f"arXiv answered with status {response.status_code}"
                asked_seconds = _checked_wait(response)
                if response.status_code == requests.codes.ok:
                    self._keep(response.content)
                unless_sound.pop_all()
            self._failures = 0 if response.ok else self._failures
        except (requests.exceptions.RequestException, etree.XMLSyntaxError) as error:
            failure = self._meant(error)
            told = one_line(failure)
            raise failure from (None if failure is error else error)
        finally:
            self._wait(told, asked_seconds)
        return response

    def _keep(self, content: bytes) -> None:
        page = read_page(content)
        is_nothing = not page.entries and not page.start and page.total == (0 if self._is_counted else None)
        if page.entries or is_nothing or (page.total and not page.start):
            self.pages.append(page)
        if page.entries and page.total:
            self._say(f"{min(page.start + page.entries, page.total)} of {page.total} papers")
        if not page.entries and not is_nothing:
            raise EmptyPageError(f"an empty page{f', though there are {page.total} papers' if page.total else ''}")

    def _meant(
        self, error: requests.exceptions.RequestException | etree.XMLSyntaxError
    ) -> requests.exceptions.RequestException:
        """What went wrong, as what it means to the client, which asks again after a connection error only."""
        if isinstance(error, RefusedError | EmptyPageError):
            return error
        if isinstance(error, requests.exceptions.RequestException) and (why := _why_unconnected(error)):
            self._unconnected += 1
            is_there = self._unconnected < _TRIES_WITHOUT_CONNECTION  # for all that is known
            if not is_there:
                return RefusedError(f"arXiv did not answer in full (it cannot be reached: {why})")
            return requests.exceptions.ConnectionError(f"arXiv cannot be reached ({why})")
        if isinstance(error, etree.XMLSyntaxError | _CUT_OFF):
            return requests.exceptions.ConnectionError(f"the answer was cut off: {error}")
        return error

    def _wait(self, told: str, asked_seconds: float) -> None:
        """Settle when the next request may go, and say so where that is later than usual."""
        is_last = self._failures > RETRIES or self._unconnected >= _TRIES_WITHOUT_CONNECTION
        patience = self._seconds_between * (1 if is_last else 2 ** max(0, self._failures - 1))
        self._next_request_at = time.monotonic() + max(patience, asked_seconds)
        if asked_seconds > 0:
            self._say(f"arXiv asks to wait {asked_seconds:.0f} s")
        elif told and not is_last:
            self._say(f"{told}; asking again in {patience:.0f} s")


def read_page(content: bytes) -> Page:
    """What a page says of the whole answer.

    Raises:
        etree.XMLSyntaxError: it is cut off.
        requests.exceptions.ConnectionError: it is no feed.
        RefusedError: it is an error in the form of a paper, as arXiv sends them, some with status 200.
    """
    if content.strip() and not content.lstrip().removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        raise requests.exceptions.ConnectionError(f"the answer is no feed: “{_shown(content)}”")
    feed = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    if feed.tag != f"{{{_ATOM}}}feed":
        raise requests.exceptions.ConnectionError("the answer is no Atom feed")
    if told := _arxiv_error(feed):
        raise RefusedError(f"arXiv answered with an error ({told})")
    entries = len(feed.findall(f"{{{_ATOM}}}entry"))
    return Page(_number(feed, "totalResults"), _number(feed, "startIndex") or 0, entries)


def one_line(error: BaseException) -> str:
    """The first line of what went wrong."""
    return (str(error).splitlines() or [type(error).__name__])[0][:_TOLD_LENGTH]


def _arxiv_error(feed: etree._Element) -> str:
    """What arXiv says is wrong with a request; empty where the feed is one of papers."""
    for entry in feed.iterfind(f"{{{_ATOM}}}entry"):
        if _ERRORS in (entry.findtext(f"{{{_ATOM}}}id") or ""):
            return (
                " ".join((entry.findtext(f"{{{_ATOM}}}summary") or "").split())[:_TOLD_LENGTH]
                or "it does not say which"
            )
    return ""


def _number(feed: etree._Element, name: str) -> int | None:
    told = (feed.findtext(f"{{{_OPENSEARCH}}}{name}") or "").strip()
    return int(told) if told.isdecimal() else None


def _shown(content: bytes) -> str:
    return " ".join(content[:_TOLD_LENGTH].decode(errors="replace").split())[:60]


def _why_unconnected(error: requests.exceptions.RequestException) -> str:
    """Why there is no connection at all; empty where there was one."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no answer to the call"
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return str(reason).rpartition("): ")[2][:_TOLD_LENGTH]
    return ""


def _checked_wait(response: requests.Response) -> float:
    """How many seconds a busy server asks to wait, 0 where it does not say.

    Raises:
        RefusedError: it asks for too many, or does not take the request.
    """
    status = response.status_code
    if status not in _BUSY:
        if requests.codes.bad_request <= status < requests.codes.server_error:
            raise RefusedError(f"arXiv answered with status {status}{_why_refused(response.content)}", status)
        return 0.0
    seconds = _seconds_asked(response.headers.get("Retry-After", ""))
    if seconds > _LONGEST_WAIT_SECONDS:
        raise RefusedError(f"arXiv asks to wait for {seconds:.0f} seconds", status)
    return seconds


def _why_refused(content: bytes) -> str:
    feed = (
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
        if content.lstrip().startswith(b"<")
        else None
    )
    told = "" if feed is None else _arxiv_error(feed)
    return f" ({told})" if told else ""


def _seconds_asked(retry_after: str) -> float:
    """The seconds of a Retry-After header, which gives a number or a date; 0 where it gives neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0
