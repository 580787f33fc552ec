"""What a link that lasts opens: the page at its place, or the page of one paper, which needs no script."""

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.engine.daybook import Daybook
from assistant.face.ui.downloads import Workshop
from assistant.face.ui.links import adding_link, ask_link, compare_link, day_link, paper_link
from assistant.face.ui.owners import is_again
from assistant.face.ui.paper_markup import paper_html, problem_page
from assistant.face.ui.paper_view import paper_view
from ingest.errors import DaybookError
from ingest.identity import read_identity
from ingest.readable import printable
from prompts import fill

PAGES_OF_BROWSER = 32
"""Pages of papers that one browser may wait for: each takes some 20 ms, and a reader opens many at once in tabs."""
PAGES_OF_ADDRESS = 128
_LONGEST_SHOWN = 40
_Texts = Annotated[tuple[str, ...], Query()]


def add_links(app: FastAPI, book: Daybook) -> None:
    """Add the routes; the guard knows their paths. What a link names is checked where it is shown."""
    workshop = Workshop(of_browser=PAGES_OF_BROWSER, of_address=PAGES_OF_ADDRESS)

    async def day(first: str, last: str = "", theme: str = "") -> Response:
        return _to(day_link(first, last or first, theme), root="../../" if last else "../")

    async def ask(q: str | None = None) -> Response:
        return _to("ask" if q is None else ask_link(q), root="./")

    async def compare(ids: _Texts = (), add: str = "", columns: _Texts = ()) -> Response:
        papers = [one.strip() for text in ids for one in text.split(",") if one.strip()]
        if add.strip():
            return _to(adding_link(add.strip()), root="./")
        return _to(compare_link(papers, columns) if papers else "compare", root="./")

    async def paper(request: Request, named: str) -> Response:
        return await workshop.make(request, partial(_paper, book, named, is_again=is_again(request.scope)))

    app.add_api_route("/day/{first}", day)
    app.add_api_route("/day/{first}/{last}", day)
    app.add_api_route("/ask", ask)
    app.add_api_route("/compare", compare)
    app.add_api_route("/paper/{named:path}", paper)


def _to(place: str, root: str) -> Response:
    """The page at a place, for who may open it; `root` leads to it from the address that was asked for."""
    return RedirectResponse(f"{root}#{place}", status_code=303, headers={"Cache-Control": "no-store"})


def _paper(book: Daybook, named: str, *, is_again: bool) -> Response:
    """The page of a paper, by its id; one that names a version leads to the paper."""
    root = "../" * (named.count("/") + 1)
    identity = read_identity(named)
    try:
        stored = book.library.paper(identity.arxiv_id) if identity else None
        if identity is None or stored is None:
            return _page(problem_page("No such paper", fill("page_no_paper", asked=_short(named)), root), 404)
        if identity.arxiv_id != named or is_again:
            return RedirectResponse(root + paper_link(identity.arxiv_id), status_code=303)
        return _page(paper_html(paper_view(book, stored), root))
    except DaybookError as error:
        return _page(problem_page("This paper cannot be shown", str(error), root), 500)


def _short(named: str) -> str:
    return printable(named)[:_LONGEST_SHOWN]


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
