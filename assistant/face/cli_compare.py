"""The command line for comparisons: `daybook compare …`."""

import sys
from typing import Annotated

import typer

from assistant.comparing.build import Comparison
from assistant.comparing.formats import TableFormat, written
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_options import LibraryOption, SinceOption, UntilOption, models_folder, read_day
from ingest.errors import InputError

DEFAULT_LIMIT = 6


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
    as_format: Annotated[TableFormat, typer.Option("--format", help="What it is written as.")] = TableFormat.TABLE,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as with --format json.")] = False,
) -> None:
    """Put papers side by side: every cell is a quote of its paper, or says that the abstract does not state it."""
    if bool(papers) == bool(topic):
        raise InputError("name two papers or more, or a topic with --topic")
    if papers and (since or until):
        raise InputError("--since and --until go with --topic; papers that are named need no days")
    with Daybook.open(library, create=False, models=models_folder()) as book:
        if topic:
            found = book.compare_topic(topic, aspect or (), since=read_day(since), until=read_day(until), limit=limit)
        else:
            found = book.compare(*(papers or ()), aspects=aspect or ())
    _print(found, TableFormat.JSON if as_json else as_format)


def _print(comparison: Comparison, as_format: TableFormat) -> None:
    if comparison.understood and as_format is not TableFormat.JSON:
        print(f"daybook: understood: {'; '.join(comparison.understood)}", file=sys.stderr)
    print(written(comparison, as_format))
