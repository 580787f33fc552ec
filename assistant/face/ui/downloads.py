"""What the page saves to files: conversations, days, comparisons. Every parameter is checked here."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query
from starlette.responses import PlainTextResponse, Response

from assistant.comparing.formats import TableFormat, written
from assistant.day import DayPage
from assistant.day.formats import to_html, to_markdown
from assistant.engine.daybook import Daybook
from assistant.face.ui.asked import aspects_in, chosen_papers, page_of, wanted_days
from ingest.errors import InputError

_TYPES = {
    "md": "text/markdown",
    "json": "application/json",
    "html": "text/html",
    "csv": "text/csv",
    "tex": "application/x-tex",
}
_DAY_WRITERS: dict[str, Callable[[DayPage], str]] = {
    "md": to_markdown,
    "json": lambda page: json.dumps(page.to_dict(), ensure_ascii=False),
    "html": to_html,
}
_Texts = Annotated[tuple[str, ...], Query()]
_TABLE_FORMATS = {"md": TableFormat.MARKDOWN, "csv": TableFormat.CSV, "tex": TableFormat.LATEX}


def add_downloads(app: FastAPI, book: Daybook) -> None:
    """Add the routes; the guard knows their paths."""
    app.add_api_route("/own/conversations/{conversation_id}.md", partial(_conversation, book))
    app.add_api_route("/own/days/{first}/{last}.{ending}", partial(_day, book))
    app.add_api_route("/own/comparison.{ending}", partial(_comparison, book))


def _conversation(book: Daybook, conversation_id: str) -> Response:
    """A conversation as Markdown, for whoever knows its id."""
    try:
        text = book.conversation(conversation_id).to_markdown()
    except InputError:
        return _nothing()
    return _file(text, f"conversation-{conversation_id[:8]}", "md")


def _day(book: Daybook, first: str, last: str, ending: str, theme: str = "") -> Response:
    """A day or a period as a file."""
    if ending not in _DAY_WRITERS:
        return _nothing()
    try:
        held = book.library.holdings().days
        page = page_of(book, wanted_days(first, last, theme, held, date.today()))
    except InputError as error:
        return _refusal(error)
    name = "-to-".join(dict.fromkeys(day.isoformat() for day in (page.days[0], page.days[-1])))
    return _file(_DAY_WRITERS[ending](page), f"daybook-{name}", ending)


def _comparison(book: Daybook, ending: str, paper: _Texts = (), column: _Texts = ()) -> Response:
    """A comparison as a file."""
    if ending not in _TABLE_FORMATS:
        return _nothing()
    try:
        chosen = chosen_papers(paper, book.library)
        if chosen.problem:
            raise InputError(chosen.problem)
        comparison = book.comparer.compare(chosen.papers, aspects_in(",".join(column)))
    except InputError as error:
        return _refusal(error)
    return _file(written(comparison, _TABLE_FORMATS[ending]) + "\n", "comparison", ending)


def _nothing() -> Response:
    return PlainTextResponse("there is nothing here", status_code=404)


def _refusal(error: InputError) -> Response:
    return PlainTextResponse(str(error), status_code=400)


def _file(text: str, name: str, ending: str) -> Response:
    """A text that a browser saves and never shows."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "Cache-Control": "no-store"}
    return Response(text, media_type=_TYPES[ending], headers=headers)
