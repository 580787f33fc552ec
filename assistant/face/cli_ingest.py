"""The command line that brings papers in: `daybook ingest PATH…` and `daybook fetch CATEGORY`."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from assistant.engine.daybook import DEFAULT_LIBRARY
from assistant.face.cli_options import ChromaOption, JsonOption, LibraryOption, SinceOption, UntilOption, read_day
from assistant.face.opening import opened
from assistant.face.terminal import drawing_stream, print_json, tell, tell_on_terminal
from ingest.arxiv_source import ArxivSource
from ingest.errors import InputError
from ingest.fetch import Announced, FetchedDay, checked_category, days_between
from ingest.pipeline import IngestReport
from ingest.selection import Selection

CategoryOption = Annotated[str | None, typer.Option("--category", metavar="cs.CV", help="Only this category.")]
_DAYS_BACK = 3  # where only the last day is named


def ingest_command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, folders, patterns; - is stdin.")],
    category: CategoryOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring digests, arXiv feeds or metadata snapshots into the library.

    Nothing is brought in twice; an interrupted run goes on where it was.
    """
    selection = Selection(category, read_day(since), read_day(until))
    with opened(library, create=True, chroma=chroma) as book, _interruptible(), _progress() as show:
        report = book.ingest(paths, show, selection)
    if len(report.files_without_papers) == report.files_total == 1:
        first = report.rejected[0]
        raise InputError(f"nothing was brought in: {first.file}:{first.line}: {first.reason}")
    _print_report(report, as_json=as_json)
    if report.files_without_papers:
        raise typer.Exit(1)


def fetch_command(
    category: Annotated[str, typer.Argument(help="An arXiv category such as cs.CV.")],
    days: Annotated[int | None, typer.Option("--days", min=1, help="How many days, up to yesterday (UTC).")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring what arXiv announces today in a category; with --days, --since or --until, days back by submission.

    A day that was fetched in full is not asked for again, so an interrupted fetch goes on where it was.
    """
    category = checked_category(category)
    wanted = _fetched_period(days, read_day(since), read_day(until))
    period = f" of {wanted[0]} to {wanted[-1]}" if wanted else ", what is announced today"
    tell_on_terminal(f"fetching {category}{period}")
    url, feed_url = os.environ.get("DAYBOOK_ARXIV_URL"), os.environ.get("DAYBOOK_ARXIV_FEED_URL")
    source = ArxivSource(url, feed_url_format=feed_url, say=tell_on_terminal)
    with _interruptible(), opened(library, create=True, chroma=chroma) as book:
        if wanted:
            report = book.fetch(category, wanted, _tell_day, source)
        else:
            report, announced = book.fetch_announcement(category, source)
            _tell_announced(category, announced)
    _print_report(report, as_json=as_json)


def _fetched_period(days: int | None, since: date | None, until: date | None) -> list[date]:
    """The days that the options name; none where there are no options, and three where only the last is named."""
    if days is None and since is None and until is None:
        return []
    if days is not None and since is not None and until is not None:
        raise InputError("there are --since, --until and --days; give two of them")
    today = datetime.now(UTC).date()
    back = timedelta(days=(days or _DAYS_BACK) - 1)
    last = until or (since + back if since and days else max(today - timedelta(days=1), since or date.min))
    if last > today:
        raise InputError(f"{last} is yet to come; arXiv has papers up to today, {today} (UTC)")
    return days_between(since or last - back, last)


def _tell_day(fetched: FetchedDay) -> None:
    count = f"{fetched.papers} papers" if fetched.papers or not fetched.is_whole else "arXiv has no papers of this day"
    notes = {" (fetched before)": fetched.was_fetched_before, " (perhaps not all)": not fetched.is_whole}
    tell(f"{fetched.day}  {count}{''.join(note for note, is_so in notes.items() if is_so)}")


def _tell_announced(category: str, announced: Announced) -> None:
    if announced.day is None:
        tell(f"arXiv announces nothing in {category} today, as on weekends and holidays; --days 3 takes days back")
        return
    blocks = f"{announced.new} new, {announced.cross_listed} cross-listed, {announced.replaced} replaced"
    tell(f"{announced.day}  {blocks}")


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        tell("interrupted; what was saved is safe, and the same command goes on from here")
        raise typer.Exit(130) from None


@contextmanager
def _progress() -> Iterator[Callable[[IngestReport], None]]:
    """Show rate and time left on a terminal, and nothing elsewhere."""
    console = Console(file=drawing_stream())
    columns = [
        TextColumn("{task.fields[papers]} papers"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]:.0f} papers/s, left:"),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, papers=0, rate=0.0)
        start = time.monotonic()

        def show(report: IngestReport) -> None:
            rate = report.papers / max(time.monotonic() - start, 1e-9)
            total = report.bytes_total or None
            bar.update(task, total=total, completed=report.bytes_read, papers=report.papers, rate=rate)

        yield show


def _print_report(report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        counts = {name: getattr(report, name) for name in ("new", "updated", "unchanged", "embedded")}
        rejected = [asdict(rejection) for rejection in report.rejected]
        print_json({**counts, "rejected_count": report.rejected_count, "rejected": rejected})
        return
    rejected_count = report.rejected_count
    print(f"{report.new} new, {report.updated} updated, {report.unchanged} unchanged, {rejected_count} rejected")
    for rejection in report.rejected:
        print(f"{rejection.file}:{rejection.line}: {rejection.reason}")
    if rejected_count > len(report.rejected):
        print(f"and {rejected_count - len(report.rejected)} more; the library keeps the reason of each")
