"""A server on this machine that answers as arXiv's API does, and fails as it is told to."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.ingest.feeds import Told, atom_entry, atom_feed

_FEEDS = "/atom/"
_QUERY = re.compile(r"cat:(?P<category>\S+) AND submittedDate:\[(?P<since>\d{12}) TO (?P<until>\d{12})\]")

Failure = Callable[["Handler", bytes], None]
"""Answers a request, whose right answer is given, in a wrong way."""


@dataclass(frozen=True)
class Asked:
    """A request: what it asked for, when it came, and from where."""

    category: str
    day: str
    start: int
    came_at: float
    client: tuple[str, int]
    user_agent: str


@dataclass
class ArxivServer:
    """The papers it holds, the failures that the next requests meet (None: no failure), and what was asked.

    `announced` are the papers of today's announcement, each with arXiv's word for why it is there.
    """

    papers: Sequence[Told] = ()
    announced: Sequence[tuple[Told, str]] = ()
    failures: list[Failure | None] = field(default_factory=list)
    always: Failure | None = None
    asked: list[Asked] = field(default_factory=list)
    feeds_asked: list[str] = field(default_factory=list)
    answered_at: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0

    @property
    def url_format(self) -> str:
        """Where `ArxivSource` finds it."""
        return f"http://127.0.0.1:{self.port}/api/query?{{}}"

    @property
    def feed_url_format(self) -> str:
        """Where `ArxivSource` finds today's announcement of a category."""
        return f"http://127.0.0.1:{self.port}/atom/{{}}"

    @property
    def pages(self) -> list[tuple[str, int]]:
        """The day and the start of each request."""
        return [(asked.day, asked.start) for asked in self.asked]

    @property
    def pauses(self) -> list[float]:
        """The seconds between the beginning of each answer and the request after it."""
        return [ask.came_at - at for at, ask in zip(self.answered_at, self.asked[1:], strict=False)]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    arxiv: ArxivServer

    def do_GET(self) -> None:
        arxiv = self.arxiv
        arxiv.at_once += 1
        arxiv.most_at_once = max(arxiv.most_at_once, arxiv.at_once)
        try:
            page = self._announcement() if self.path.startswith(_FEEDS) else self._page()
            failure = arxiv.failures.pop(0) if arxiv.failures else arxiv.always
            arxiv.answered_at.append(time.monotonic())
            if failure is None:
                self.reply(200, page)
            else:
                failure(self, page)
        finally:
            arxiv.at_once -= 1

    def _announcement(self) -> bytes:
        category = self.path.removeprefix(_FEEDS)
        self.arxiv.feeds_asked.append(category)
        return announcement_feed(category, self.arxiv.announced).encode()

    def _page(self) -> bytes:
        values = {key: found[0] for key, found in parse_qs(urlsplit(self.path).query).items()}
        query = _QUERY.fullmatch(values["search_query"])
        assert query is not None, f"no query that arXiv knows: {values}"
        assert (values["sortBy"], values["sortOrder"]) == ("submittedDate", "ascending")
        start, count = int(values["start"]), int(values["max_results"])
        agent = str(self.headers["user-agent"])
        day = query["since"][:8]
        self.arxiv.asked.append(Asked(query["category"], day, start, time.monotonic(), self.client_address, agent))
        found = [
            told
            for told in sorted(self.arxiv.papers, key=lambda told: told.submitted)
            if query["category"] in told.categories
            and query["since"] <= f"{told.submitted:%Y%m%d%H%M}" <= query["until"]
        ]
        return atom_feed(found[start : start + count], total=len(found), start=start).encode()

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the names of the base class
        """Be silent."""


def announcement_feed(category: str, announced: Sequence[tuple[Told, str]]) -> str:
    """A day's announcement as arXiv's Atom feed gives it; its day is 5 Jan 2021."""
    entries = "".join(
        atom_entry(told)
        .replace(
            f"http://arxiv.org/abs/{told.arxiv_id}v{told.version}</id>",
            f"oai:arXiv.org:{told.arxiv_id}v{told.version}</id>",
        )
        .replace("<summary>", f"<summary>arXiv:{told.arxiv_id}v{told.version} Announce Type: {kind} \nAbstract: ")
        .replace(f"<published>{told.submitted:%Y-%m-%dT%H:%M:%SZ}", "<published>2021-01-05T00:00:00-05:00")
        .replace("  </entry>", f"    <arxiv:announce_type>{kind}</arxiv:announce_type>\n  </entry>")
        for told, kind in announced
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n'
        f"  <id>http://rss.arxiv.org/atom/{category}</id>\n  <title>{category} updates on arXiv.org</title>\n"
        f"  <updated>2021-01-05T05:00:02.100000+00:00</updated>\n{entries}</feed>\n"
    )


def status(code: int, **headers: str) -> Failure:
    return lambda handler, _: handler.reply(code, b"Rate exceeded.", **headers)


def page(change: Callable[[bytes], bytes]) -> Failure:
    """A wrong page with status 200."""
    return lambda handler, right: handler.reply(200, change(right))


def stall(seconds: float) -> Failure:
    """No answer for some seconds."""

    def fail(handler: Handler, _: bytes) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return fail


def cut(handler: Handler, right: bytes) -> None:
    """Half of the bytes that were announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(right)))
    handler.end_headers()
    handler.wfile.write(right[: len(right) // 2])
    handler.close_connection = True


def stall_in_page(seconds: float) -> Failure:
    """Half a page, then nothing."""

    def fail(handler: Handler, right: bytes) -> None:
        cut(handler, right)
        handler.wfile.flush()
        time.sleep(seconds)

    return fail


def reset(handler: Handler, _: bytes) -> None:
    """The connection is reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


@contextmanager
def arxiv_server(papers: Sequence[Told] = ()) -> Iterator[ArxivServer]:
    """Serve papers on a free port of this machine."""
    arxiv = ArxivServer(papers)
    handler = type("BoundHandler", (Handler,), {"arxiv": arxiv})
    with _Quiet(("127.0.0.1", 0), handler) as server:
        arxiv.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield arxiv
        finally:
            server.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection that breaks is what is tested."""
