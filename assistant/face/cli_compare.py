"""The command line for comparisons: `daybook compare …`."""

from enum import StrEnum
from typing import Annotated

import typer

from assistant.comparing.formats import TableFormat, written
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_bibliography import bibliography_format, papers_of, print_bibliography
from assistant.face.cli_options import LibraryOption, SinceOption, UntilOption, models_folder, read_day
from assistant.face.terminal import tell
from ingest.errors import InputError

DEFAULT_LIMIT = 6


class CompareFormat(StrEnum):
    """What a comparison is printed as, or the papers compared."""

    TABLE = "table"
    MARKDOWN = "markdown"
    CSV = "csv"
    LATEX = "latex"
    JSON = "json"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


def compare_command(
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="PAPER…", help="arXiv ids, titles or names of methods.")
    ] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="Compare the papers on a topic.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=2, max=20, help="Papers of a topic.")
    ] = DEFAULT_LIMIT,
    aspect: Annotated[
        list[str] | None, typer.Option("--aspect", metavar="TEXT", help="One more column; may be repeated.")
    ] = None,
    as_format: Annotated[CompareFormat, typer.Option("--format", help="What it is written as.")] = CompareFormat.TABLE,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as with --format json.")] = False,
) -> None:
    """Put papers side by side: every cell is a quote of its paper, or says that the abstract does not state it."""
    if bool(papers) == bool(topic):
        raise InputError("name two papers or more, or a topic with --topic")
    if papers and (since or until):
        raise InputError("--since and --until go with --topic; papers that are named need no days")
    for_managers = bibliography_format(as_format, as_json=as_json)
    with Daybook.open(library, create=False, models=models_folder()) as book:
        if topic:
            found = book.compare_topic(topic, aspect or (), since=read_day(since), until=read_day(until), limit=limit)
        else:
            found = book.compare(*(papers or ()), aspects=aspect or ())
        compared = papers_of(book, (paper.arxiv_id for paper in found.references))
    is_json = as_json or as_format is CompareFormat.JSON
    if found.understood and not is_json:
        tell(f"understood: {'; '.join(found.understood)}")
    if for_managers is not None:
        print_bibliography(compared, for_managers)
    else:
        print(written(found, TableFormat.JSON if is_json else TableFormat(as_format.value)))
