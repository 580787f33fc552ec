"""The command line: `daybook ingest | fetch | search | ask | conversations | papers | days | doctor | serve`."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from assistant.answer import Answer
from assistant.answering.contract import reference_line
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook, SearchResults
from assistant.engine.engines import checked_question
from assistant.face.cli_conversations import conversation_engine
from assistant.face.cli_llm import LlmChoice, LlmModelOption, LlmOption, LlmUrlOption, YesOption, chosen_llm
from assistant.face.cli_options import JsonOption, LibraryOption, SinceOption, UntilOption, models_folder, read_day
from assistant.face.cli_quote import quote_command
from assistant.face.questions import AskedQuestion, read_questions
from assistant.language.days import spoken_day
from assistant.llm.client import LlmSettings
from ingest.errors import InputError
from ingest.fetch import ArxivSource, FetchedDay, days_between
from ingest.paper import StoredPaper
from ingest.pipeline import IngestReport
from ingest.selection import Selection

cli = typer.Typer(
    help="Ask daily arXiv digests; every sentence of an answer stands on a verbatim quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

QuestionsOption = Annotated[
    Path | None,
    typer.Option("--questions", metavar="FILE", help='JSON lines {"id", "question"[, "conversation"]}; - is stdin.'),
]
ConversationOption = Annotated[
    str | None,
    typer.Option("--conversation", metavar="ID|new|last", help="Ask in a conversation that the library keeps."),
]
LimitOption = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many papers at most.")]
CategoryOption = Annotated[str | None, typer.Option("--category", metavar="cs.CV", help="Only this category.")]
DayOption = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="Only papers of this day.")]


@contextmanager
def _open(library: Path, *, create: bool = False, llm: LlmSettings | None = None) -> Iterator[Daybook]:
    tell = _tell if sys.stderr.isatty() else lambda _: None
    with Daybook.open(library, create=create, models=models_folder(), tell=tell, llm=llm) as book:
        yield book


def _tell(line: str) -> None:
    print(f"daybook: {line}", file=sys.stderr, flush=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


@cli.command("ingest")
def ingest_command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, folders, patterns; - is stdin.")],
    category: CategoryOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Bring digests, arXiv feeds or metadata snapshots into the library.

    Nothing is brought in twice; an interrupted run goes on where it was.
    """
    selection = Selection(category, read_day(since), read_day(until))
    with _open(library, create=True) as book, _interruptible(), _progress() as show:
        report = book.ingest(paths, show, selection)
    if len(report.files_without_papers) == report.files_total == 1:
        first = report.rejected[0]
        raise InputError(f"nothing was brought in: {first.file}:{first.line}: {first.reason}")
    _print_report(report, as_json=as_json)
    if report.files_without_papers:
        raise typer.Exit(1)


@cli.command("fetch")
def fetch_command(
    category: Annotated[str, typer.Argument(help="An arXiv category such as cs.CV.")],
    days: Annotated[int, typer.Option("--days", min=1, help="How many days, up to yesterday (UTC).")] = 3,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Bring the papers of a category from arXiv, by day of submission."""
    last = read_day(until) or datetime.now(UTC).date() - timedelta(days=1)
    first = read_day(since) or last - timedelta(days=days - 1)
    source = ArxivSource(os.environ.get("DAYBOOK_ARXIV_URL"))
    with _open(library, create=True) as book, _interruptible():
        report = book.fetch(category, days_between(first, last), _tell_day, source)
    _print_report(report, as_json=as_json)


def _tell_day(fetched: FetchedDay) -> None:
    count = f"{fetched.papers} papers" if fetched.papers else "arXiv has no papers of this day"
    _tell(f"{fetched.day}  {count}{' (fetched before)' if fetched.was_fetched_before else ''}")


@cli.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Check everything the library holds, and say what was found."""
    with _open(library) as book:
        findings = book.examine(repair=repair)
        count = book.library.database.paper_count() if not findings or findings[0].is_repaired else None
    if as_json:
        _print_json({"papers": count, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{'repaired' if finding.is_repaired else 'found'}: {finding.problem}")
        print("all is well" if not findings else "" if repair else "mend it with: daybook doctor --repair")
    if any(not finding.is_repaired for finding in findings):
        raise typer.Exit(1)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _tell("interrupted; what was saved is safe, and the same command goes on from here")
        raise typer.Exit(130) from None


@contextmanager
def _progress() -> Iterator[Callable[[IngestReport], None]]:
    """Show rate and time left on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
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
        _print_json({**counts, "rejected_count": report.rejected_count, "rejected": rejected})
        return
    rejected_count = report.rejected_count
    print(f"{report.new} new, {report.updated} updated, {report.unchanged} unchanged, {rejected_count} rejected")
    for rejection in report.rejected:
        print(f"{rejection.file}:{rejection.line}: {rejection.reason}")
    if rejected_count > len(report.rejected):
        print(f"and {rejected_count - len(report.rejected)} more; the library keeps the reason of each")


@cli.command()
def search(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    limit: LimitOption = 10,
    questions: QuestionsOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Rank the papers for a question, or for each question of a file."""
    with _open(library) as book:
        if questions is None:
            text = checked_question(_needed(question))
            results = book.search(text, limit)
            if as_json:
                _print_json(_search_data(text, results))
                return
            if results.understood:
                _tell(_understood_line(results.understood))
            for result in results:
                print(f"{result.score:7.3f}  {result.arxiv_id:<12} {spoken_day(result.day):>11}  {result.title}")
            return
        for asked in _read_file(question, questions):
            _print_json({"id": asked.id, **_search_data(asked.question, book.search(asked.question, limit))})


def _search_data(question: str, results: SearchResults) -> dict[str, Any]:
    found = [result.to_dict() for result in results]
    return {"question": question, "understood": list(results.understood), "results": found}


def _understood_line(understood: tuple[str, ...]) -> str:
    return f"understood: {'; '.join(understood)}"


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    questions: QuestionsOption = None,
    conversation: ConversationOption = None,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    yes: YesOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with citations, or each question of a file as a line of JSON.

    The answer is made of quotes; where a language model is named, it writes, and Daybook checks each sentence.
    """
    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), _tell)
    with chosen as model, _open(library, llm=model) as book:
        if conversation is not None:
            if questions is not None:
                raise InputError("there are --conversation and --questions; give one of them")
            _ask_in_conversation(book, _needed(question), conversation, as_json=as_json)
            return
        if questions is None:
            answer = book.ask(_needed(question))
            if as_json:
                _print_json(answer.to_dict())
            else:
                _print_answer(answer)
            return
        conversations: dict[str, list[Answer]] = {}
        for asked in _read_file(question, questions):
            history = conversations.setdefault(asked.conversation, []) if asked.conversation else []
            answer = book.ask(asked.question, history)
            history.append(answer)
            _print_json({"id": asked.id, **answer.to_dict()})


def _ask_in_conversation(book: Daybook, question: str, conversation: str, *, as_json: bool) -> None:
    with conversation_engine(book, conversation, _tell) as engine:
        *_, answer = engine.stream(question)
    if as_json:
        _print_json({"conversation": engine.conversation_id, **answer.to_dict()})
        return
    _print_answer(answer)
    _tell(f"conversation {engine.conversation_id}")


def _needed(question: str | None) -> str:
    if question is None:
        raise InputError("there is no question; give one, or a file with --questions")
    return question


def _read_file(question: str | None, file: Path) -> list[AskedQuestion]:
    if question is not None:
        raise InputError("there are a question and --questions; give one of them")
    return read_questions(file)


def _print_answer(answer: Answer) -> None:
    if answer.understood:
        print(f"({_understood_line(answer.understood)})\n")
    print(answer.text)
    if answer.note:
        print(f"\n({answer.note})")
    if answer.kind == "exact" and not answer.claims:
        return  # the text names every paper
    if answer.references:
        print()
    for reference in answer.references:
        print(reference_line(reference))


cli.command("quote")(quote_command)


@cli.command()
def papers(day: DayOption = None, library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the papers of a day in its order, or all papers, newest day first."""
    with _open(library) as book:
        found = book.papers(read_day(day))
    if as_json:
        _print_json([_paper_data(stored) for stored in found])
        return
    for stored in found:
        print(f"{stored.paper.arxiv_id:<12} {spoken_day(stored.day):>11}  {stored.paper.title}")


def _paper_data(stored: StoredPaper) -> dict[str, Any]:
    paper = stored.paper
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "day": stored.day.isoformat(),
        "category": stored.listings[0].category,
        "block": stored.listings[0].block,
        "url": paper.url,
        "version": paper.version,
        "is_withdrawn": paper.is_withdrawn,
        "links": [{"url": link.url, "is_code": link.is_code} for link in paper.links],
        "listings": [
            {"day": o.day.isoformat(), "category": o.category, "block": o.block, "position": o.position}
            for o in stored.listings
        ],
    }


@cli.command()
def days(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the days that the library holds, newest first."""
    with _open(library) as book:
        found = book.days()
    if as_json:
        _print_json([{"day": d.day.isoformat(), "new": d.new, "cross_listed": d.cross_listed} for d in found])
        return
    for summary in found:
        print(f"{summary.day.isoformat()}  {summary.new:4} new  {summary.cross_listed:4} cross-listed")


@cli.command()
def serve(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    yes: YesOption = False,
) -> None:
    """Open the chat in the browser's reach."""
    from assistant.face.ui.server import serve as serve_page  # noqa: PLC0415 - gradio takes seconds to import

    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), _tell)
    with chosen as model, _open(library, create=True, llm=model) as book:
        serve_page(book, host, port)
