"""The command line for a day or a period: `daybook day`."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from assistant.day.formats import to_html, to_markdown
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_bibliography import bibliography_format, print_bibliography
from assistant.face.cli_options import AuthorOption, LibraryOption, models_folder, read_day
from assistant.face.terminal import json_text
from assistant.language.days import EVER, Period
from assistant.question.scope import period_named
from ingest.errors import InputError


class DayFormat(StrEnum):
    """What a page is printed as."""

    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


def day_command(
    day: Annotated[str | None, typer.Argument(metavar="DAY", help="2020-05-25, or “last Thursday”.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="From this day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Up to this day.")] = None,
    theme: Annotated[str, typer.Option("--theme", metavar="WORDS", help="Only papers on this.")] = "",
    category: Annotated[str, typer.Option("--category", metavar="cs.CV", help="Only this category.")] = "",
    author: AuthorOption = "",
    as_format: Annotated[DayFormat, typer.Option("--format", help="How it is printed.")] = DayFormat.MARKDOWN,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Show a day or a period on one page: every paper under a theme, with its key sentence.

    Without a day, the newest that the library holds.
    """
    with Daybook.open(library, create=False, models=models_folder()) as book:
        period = read_period(day, since, until, book.library.holdings().days)
        page = book.day(period, theme=theme, category=category, author=author)
    if (for_managers := bibliography_format(as_format)) is not None:
        print_bibliography((paper.stored for paper in page.papers), for_managers)
    elif as_format is DayFormat.JSON:
        print(json_text(page.to_dict()))
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
        if (found := period_named(day, held, date.today())) is None:
            raise InputError(f"“{day}” is no day; write it as 2020-05-25, or name a period by --since and --until")
        return found
    if since is None and until is None:
        return None
    first, last = read_day(since) or EVER.first, read_day(until) or EVER.last
    if last < first:
        raise InputError(f"the period ends on {last} before it begins on {first}; exchange --since and --until")
    return Period(first, last)
