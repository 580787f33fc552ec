"""The command line for a day or a period: `daybook day`."""

import json
import os
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.daybook import DEFAULT_LIBRARY, DEFAULT_MODELS, Daybook
from assistant.days import EVER, Period
from assistant.periods import read_periods
from ingest.errors import InputError


class DayFormat(StrEnum):
    """What a page is printed as."""

    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


def day_command(
    day: Annotated[str | None, typer.Argument(metavar="DAY", help="2020-05-25, or “last Thursday”.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="From this day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Up to this day.")] = None,
    theme: Annotated[str, typer.Option("--theme", metavar="WORDS", help="Only papers on this.")] = "",
    category: Annotated[str, typer.Option("--category", metavar="cs.CV", help="Only this category.")] = "",
    as_format: Annotated[DayFormat, typer.Option("--format", help="How it is printed.")] = DayFormat.MARKDOWN,
    library: Annotated[
        Path, typer.Option("--library", envvar="DAYBOOK_LIBRARY", metavar="DIR", help="The library's folder.")
    ] = DEFAULT_LIBRARY,
) -> None:
    """Show a day or a period on one page: every paper under a theme, with its key sentence.

    Without a day, the newest that the library holds.
    """
    from assistant.day.formats import to_html, to_markdown  # noqa: PLC0415 - the page's parts prepare for gradio

    models = Path(os.environ.get("DAYBOOK_MODELS") or DEFAULT_MODELS)
    with Daybook.open(library, create=False, models=models) as book:
        period = read_period(day, since, until, book.library.holdings().days)
        page = book.day(period, theme=theme, category=category)
    if as_format is DayFormat.JSON:
        print(json.dumps(page.to_dict(), ensure_ascii=False))
    else:
        print((to_html if as_format is DayFormat.HTML else to_markdown)(page), end="")


def read_period(day: str | None, since: str | None, until: str | None, held: tuple[date, ...]) -> Period | None:
    """The period that is asked for; None where none is.

    Raises:
        InputError: a day cannot be read, a day and a period are given, or the period ends before it begins.
    """
    if day is not None:
        if since is not None or until is not None:
            raise InputError(f"there are a day, “{day}”, and --since or --until; give the one or the other")
        return _day_or_period(day, held)
    if since is None and until is None:
        return None
    first = _day(since) if since is not None else EVER.first
    last = _day(until) if until is not None else EVER.last
    if last < first:
        raise InputError(f"the period ends on {last} before it begins on {first}; exchange --since and --until")
    return Period(first, last)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"“{text}” is no day; write it as 2020-05-25") from None


def _day_or_period(text: str, held: tuple[date, ...]) -> Period:
    try:
        return Period(date.fromisoformat(text), date.fromisoformat(text))
    except ValueError:
        read = read_periods(text, date.today(), held)
        if len(read.included) != 1 or read.excluded:
            raise InputError(
                f"“{text}” is no day; write it as 2020-05-25, or name a period by --since and --until"
            ) from None
        return read.included[0]
