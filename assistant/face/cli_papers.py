"""The command line that lists what a library holds: `daybook papers` and `daybook days`."""

from datetime import date
from typing import Annotated, Any

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY
from assistant.face.cli_bibliography import FormatOption, PrintFormat, bibliography_format, print_bibliography
from assistant.face.cli_options import AuthorOption, JsonOption, LibraryOption, read_day
from assistant.face.opening import opened
from assistant.face.terminal import print_json
from assistant.language.days import dated
from ingest.database import DaySummary
from ingest.paper import StoredPaper

DayOption = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="Only papers of this day.")]


def papers(
    day: DayOption = None,
    author: AuthorOption = "",
    as_format: FormatOption = PrintFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """List the papers of a day in its order, or all papers, newest day first."""
    for_managers = bibliography_format(as_format, as_json=as_json)
    wanted = read_day(day)
    with opened(library) as book:
        found = book.papers(wanted, author=author)
    if for_managers is not None:
        print_bibliography(found, for_managers)
        return
    if as_json or as_format is PrintFormat.JSON:
        print_json([_paper_data(stored) for stored in found])
        return
    for stored in found:
        print(f"{stored.paper.arxiv_id:<12} {_dated(stored, wanted):>11}  {stored.paper.title}")


def _dated(stored: StoredPaper, day: date | None) -> str:
    """The day of a paper, that which is asked for where one is, as what it is; and whether it is withdrawn."""
    listing = next((listing for listing in stored.listings if listing.day == day), stored.listings[0])
    return dated(listing.day, listing.basis, is_withdrawn=stored.paper.is_withdrawn)


def _paper_data(stored: StoredPaper) -> dict[str, Any]:
    paper = stored.paper
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "day": stored.day.isoformat(),
        "basis": stored.basis,
        "category": stored.listings[0].category,
        "block": stored.listings[0].block,
        "url": paper.url,
        "version": paper.version,
        "is_withdrawn": paper.is_withdrawn,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "submitted": paper.submitted.isoformat() if paper.submitted else None,
        "links": [{"url": link.url, "is_code": link.is_code} for link in paper.links],
        "listings": [
            {
                "day": o.day.isoformat(),
                "basis": o.basis,
                "category": o.category,
                "block": o.block,
                "position": o.position,
            }
            for o in stored.listings
        ],
    }


def days(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the days that the library holds, newest first."""
    with opened(library) as book:
        found = book.days()
    if as_json:
        print_json([_day_data(summary) for summary in found])
        return
    for summary in found:
        line = f"{summary.day.isoformat()}  {summary.new:4} new  {summary.cross_listed:4} cross-listed"
        line += f"  {summary.replaced:4} replaced" if summary.replaced else ""
        print(line + (f"  ({summary.unannounced} not announced on it)" if summary.unannounced else ""))


def _day_data(summary: DaySummary) -> dict[str, Any]:
    counts = {name: getattr(summary, name) for name in ("papers", "new", "cross_listed", "replaced", "unannounced")}
    return {"day": summary.day.isoformat(), **counts}
