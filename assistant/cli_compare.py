"""The command line for comparisons: `daybook compare …`."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.comparing.build import Comparison
from assistant.comparing.formats import TableFormat, written
from assistant.daybook import DEFAULT_LIBRARY, DEFAULT_MODELS, Daybook
from ingest.errors import InputError

DEFAULT_LIMIT = 6


def compare_command(
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="PAPER…", help="arXiv ids, titles or names of methods.")
    ] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="Compare the papers on a topic.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only from this day, 2020-05-25.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only up to this day.")] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=2, max=20, help="Papers of a topic.")
    ] = DEFAULT_LIMIT,
    aspect: Annotated[
        list[str] | None, typer.Option("--aspect", metavar="TEXT", help="One more column; may be repeated.")
    ] = None,
    as_format: Annotated[TableFormat, typer.Option("--format", help="What it is written as.")] = TableFormat.TABLE,
    library: Annotated[
        Path, typer.Option("--library", envvar="DAYBOOK_LIBRARY", metavar="DIR", help="The library's folder.")
    ] = DEFAULT_LIBRARY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as with --format json.")] = False,
) -> None:
    """Put papers side by side: every cell is a quote of its paper, or says that the abstract does not state it."""
    if bool(papers) == bool(topic):
        raise InputError("name two papers or more, or a topic with --topic")
    if papers and (since or until):
        raise InputError("--since and --until go with --topic; papers that are named need no days")
    models = Path(os.environ.get("DAYBOOK_MODELS") or DEFAULT_MODELS)
    with Daybook.open(library, create=False, models=models) as book:
        if topic:
            found = book.compare_topic(topic, aspect or (), since=_day(since), until=_day(until), limit=limit)
        else:
            found = book.compare(*(papers or ()), aspects=aspect or ())
    _print(found, TableFormat.JSON if as_json else as_format)


def _print(comparison: Comparison, as_format: TableFormat) -> None:
    if comparison.understood and as_format is not TableFormat.JSON:
        print(f"daybook: understood: {'; '.join(comparison.understood)}", file=sys.stderr)
    print(written(comparison, as_format))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"“{text}” is no day; write it as 2020-05-25") from None
