"""What the page saves to files: conversations, days, comparisons, papers. Every parameter is checked here."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant.comparing.formats import TableFormat, written
from assistant.day import DayPage
from assistant.day.formats import to_html, to_markdown
from assistant.engine.daybook import Daybook
from assistant.face.terminal import json_text
from assistant.face.ui import bibliographies
from assistant.face.ui.asked import aspects_in, chosen_papers, page_of, wanted_days
from assistant.face.ui.bibliographies import BESIDE_JSON, BIBLIOGRAPHIES, Saved
from assistant.face.ui.current_news import CurrentNews
from assistant.face.ui.kept import KeptConversations
from assistant.face.ui.owners import address_of, owner_in
from assistant.following.atom import to_atom
from ingest.errors import DaybookError, InputError
from ingest.paper import StoredPaper

_TYPES = {
    "md": "text/markdown",
    "json": "application/json",
    "html": "text/html",
    "csv": "text/csv",
    "tex": "application/x-tex",
}
_DAY_WRITERS: dict[str, Callable[[DayPage], str]] = {
    "md": to_markdown,
    "json": lambda page: json_text(page.to_dict()),
    "html": to_html,
}
_Texts = Annotated[tuple[str, ...], Query()]
_TABLE_FORMATS = {"md": TableFormat.MARKDOWN, "csv": TableFormat.CSV, "tex": TableFormat.LATEX}


FILES_AT_ONCE = 1
"""Files that are made at once: the longest takes seconds of a core, and the page needs the other."""
MOST_OF_BROWSER = 2
"""Files of one browser that are made or wait."""
MOST_OF_ADDRESS = 16
"""Files of one address."""


class Workshop:
    """Makes files in threads of its own, so that however many are asked for the page has all of its threads."""

    def __init__(self, *, of_browser: int = MOST_OF_BROWSER, of_address: int = MOST_OF_ADDRESS) -> None:
        self._places = CapacityLimiter(FILES_AT_ONCE)
        self._of_browser, self._of_address = of_browser, of_address
        self._wanted: Counter[str] = Counter()

    async def make(self, request: Request, make: Callable[[], Response]) -> Response:
        """The file, or that whoever asks has to wait for others first."""
        address = f"address {address_of(request)}"
        browser = owner_in(request.cookies) or address
        if self._wanted[browser] >= self._of_browser or self._wanted[address] >= self._of_address:
            return PlainTextResponse("files are being made for you; wait for them, then try again", status_code=429)
        counted = {browser, address}
        self._wanted.update(counted)
        try:
            return await to_thread.run_sync(make, limiter=self._places)
        finally:
            self._wanted.subtract(counted)
            self._wanted += Counter()  # those that want nothing any more are not kept


def add_downloads(app: FastAPI, book: Daybook, current_news: CurrentNews) -> None:
    """Add the routes; the guard knows their paths."""
    workshop = Workshop()

    async def conversation(request: Request, conversation_id: str, ending: str) -> Response:
        owner = owner_in(request.cookies)
        return await workshop.make(request, partial(_conversation, book, owner, conversation_id, ending))

    async def day(request: Request, first: str, last: str, ending: str, theme: str = "") -> Response:
        return await workshop.make(request, partial(_day, book, first, last, ending, theme))

    async def comparison(request: Request, ending: str, paper: _Texts = (), column: _Texts = ()) -> Response:
        return await workshop.make(request, partial(_comparison, book, ending, paper, column))

    async def paper(request: Request, arxiv_id: str, ending: str) -> Response:
        return await workshop.make(request, partial(_paper, book, arxiv_id, ending))

    async def feed(request: Request) -> Response:
        return await workshop.make(request, partial(_feed, current_news, book))

    app.add_api_route("/feed", feed)
    app.add_api_route("/own/conversations/{conversation_id}.{ending}", conversation)
    app.add_api_route("/own/days/{first}/{last}.{ending}", day)
    app.add_api_route("/own/comparison.{ending}", comparison)
    app.add_api_route("/own/papers/{arxiv_id:path}.{ending}", paper)


def _conversation(book: Daybook, owner: str, conversation_id: str, ending: str) -> Response:
    """A conversation as Markdown, or the papers that it cites, for the browser whose it is."""
    found = KeptConversations(book, owner).find(conversation_id) if owner else None
    if found is None or ending not in {"md", *BIBLIOGRAPHIES}:
        return _nothing()
    name = f"conversation-{found.created.date().isoformat()}"
    if ending == "md":
        return _file(found.to_markdown(), name, "md")
    cited = dict.fromkeys(paper.arxiv_id for answer in found.answers for paper in answer.references)
    held = book.library.database.papers_by_id([*cited])
    return _bibliography([held[one] for one in cited if one in held], name, BIBLIOGRAPHIES[ending])


def _day(book: Daybook, first: str, last: str, ending: str, theme: str) -> Response:
    """A day or a period as a file."""
    if ending not in {*_DAY_WRITERS, *BESIDE_JSON}:
        return _nothing()
    try:
        held = book.library.holdings().days
        page = page_of(book, wanted_days(first, last, theme, held, date.today()))
    except InputError as error:
        return _refusal(error)
    name = "-to-".join(dict.fromkeys(day.isoformat() for day in (page.days[0], page.days[-1])))
    if ending in BESIDE_JSON:
        return _bibliography((paper.stored for paper in page.papers), f"daybook-{name}", BESIDE_JSON[ending])
    return _file(_DAY_WRITERS[ending](page), f"daybook-{name}", ending)


def _comparison(book: Daybook, ending: str, paper: tuple[str, ...], column: tuple[str, ...]) -> Response:
    """A comparison as a file, or its papers."""
    if ending not in {*_TABLE_FORMATS, *BIBLIOGRAPHIES}:
        return _nothing()
    try:
        chosen = chosen_papers(paper, book.library)
        if chosen.problem:
            raise InputError(chosen.problem)
        if ending in BIBLIOGRAPHIES:
            return _bibliography(chosen.papers, "comparison", BIBLIOGRAPHIES[ending])
        comparison = book.comparer.compare(chosen.papers, aspects_in(",".join(column)))
    except InputError as error:
        return _refusal(error)
    return _file(written(comparison, _TABLE_FORMATS[ending]) + "\n", "comparison", ending)


def _paper(book: Daybook, arxiv_id: str, ending: str) -> Response:
    """A paper for a reference manager."""
    stored = book.library.paper(arxiv_id) if ending in BIBLIOGRAPHIES else None
    if stored is None:
        return _nothing()
    return _bibliography([stored], f"arxiv-{arxiv_id.replace('/', '-')}", BIBLIOGRAPHIES[ending])


def _bibliography(papers: Iterable[StoredPaper], name: str, saved: Saved) -> Response:
    """Papers for a reference manager."""
    listed = list(papers)
    if not listed:
        return _refusal(InputError("no paper is cited here, so there is nothing to save"))
    return _attached(bibliographies.written(listed, saved), f"{name}.{saved.ending}", saved.media_type)


def _feed(current_news: CurrentNews, book: Daybook) -> Response:
    """What is new of all that is followed, as a feed; nothing is marked as seen by it."""
    try:
        text = to_atom(current_news.news(), book.library.folder)
    except DaybookError as error:
        return _refusal(error)
    return Response(text, media_type="application/atom+xml", headers={"Cache-Control": "no-store"})


def _nothing() -> Response:
    return PlainTextResponse("there is nothing here", status_code=404)


def _refusal(error: DaybookError) -> Response:
    return PlainTextResponse(str(error), status_code=400)


def _file(text: str, name: str, ending: str) -> Response:
    return _attached(text, f"{name}.{ending}", _TYPES[ending])


def _attached(text: str, name: str, media_type: str) -> Response:
    """A text that a browser saves and never shows."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, media_type=media_type, headers=headers)
