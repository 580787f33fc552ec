"""The command line: `daybook ingest | fetch | search | ask | conversations | papers | days | doctor | serve`."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from assistant.answer import Answer
from assistant.answer.bibliography import BibliographyFormat
from assistant.answering.contract import reference_line
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook, SearchResults
from assistant.engine.engines import checked_question
from assistant.face.cli_bibliography import (
    FormatOption,
    PrintFormat,
    bibliography_format,
    papers_of,
    print_bibliography,
)
from assistant.face.cli_conversations import conversation_engine
from assistant.face.cli_llm import LlmChoice, LlmModelOption, LlmOption, LlmUrlOption, YesOption, chosen_llm, llm_limits
from assistant.face.cli_options import (
    AuthorOption,
    JsonOption,
    LibraryOption,
    SinceOption,
    UntilOption,
    models_folder,
    read_day,
)
from assistant.face.cli_quote import quote_command
from assistant.face.questions import AskedQuestion, read_questions
from assistant.face.terminal import drawing_stream, json_text, tell, tell_on_terminal
from assistant.finding.authors import checked_author
from assistant.language.days import dated
from assistant.llm.client import LlmSettings
from ingest.arxiv_source import ArxivSource
from ingest.database import DaySummary
from ingest.doctor import made_readable
from ingest.errors import InputError, LibraryDamagedError
from ingest.fetch import Announced, FetchedDay, checked_category, days_between
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
_DAYS_BACK = 3  # where only the last day is named
DayOption = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="Only papers of this day.")]


@contextmanager
def _open(library: Path, *, create: bool = False, llm: LlmSettings | None = None) -> Iterator[Daybook]:
    with Daybook.open(library, create=create, models=models_folder(), tell=tell_on_terminal, llm=llm) as book:
        yield book


def _print_json(value: Any) -> None:
    print(json_text(value), flush=True)


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
    days: Annotated[int | None, typer.Option("--days", min=1, help="How many days, up to yesterday (UTC).")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = DEFAULT_LIBRARY,
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
    with _interruptible(), _open(library, create=True) as book:
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


@cli.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Check everything the library holds, and say what was found."""
    findings, count = made_readable(library, repair=repair), None
    if all(finding.is_repaired for finding in findings[:1]):
        with _open(library) as book:
            findings += book.examine(repair=repair)
            with suppress(LibraryDamagedError):
                count = book.library.database.paper_count()
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
    author: AuthorOption = "",
    questions: QuestionsOption = None,
    as_format: FormatOption = PrintFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Rank the papers for a question, or for each question of a file."""
    for_managers = _for_managers(as_format, questions, as_json=as_json)
    with _open(library) as book:
        if questions is None:
            text = checked_question(_needed(question))
            results = book.search(text, limit, author=author)
            if as_json or as_format is PrintFormat.JSON:
                _print_json(_search_data(text, results))
                return
            if results.understood:
                tell(_understood_line(results.understood))
            if for_managers is not None:
                print_bibliography(papers_of(book, (result.arxiv_id for result in results)), for_managers)
                return
            for result in results:
                print(f"{result.score:7.3f}  {result.arxiv_id:<12} {result.dated:>11}  {result.title}")
            return
        for asked in _read_file(question, questions):
            results = book.search(asked.question, limit, author=author)
            _print_json({"id": asked.id, **_search_data(asked.question, results)})


def _search_data(question: str, results: SearchResults) -> dict[str, Any]:
    found = [result.to_dict() for result in results]
    return {"question": question, "understood": list(results.understood), "results": found}


def _for_managers(as_format: PrintFormat, questions: Path | None, *, as_json: bool) -> BibliographyFormat | None:
    """The format for reference managers, which takes one question at a time."""
    found = bibliography_format(as_format, as_json=as_json)
    if found is not None and questions is not None:
        raise InputError(f"the questions of a file are answered in lines of JSON; leave out --format {found.value}")
    return found


def _understood_line(understood: tuple[str, ...]) -> str:
    return f"understood: {'; '.join(understood)}"


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    questions: QuestionsOption = None,
    conversation: ConversationOption = None,
    author: AuthorOption = "",
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    yes: YesOption = False,
    as_format: FormatOption = PrintFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with citations, or each question of a file as a line of JSON.

    The answer is made of quotes; where a language model is named, it writes, and Daybook checks each sentence.
    """
    _for_managers(as_format, questions, as_json=as_json)
    as_format = PrintFormat.JSON if as_json else as_format
    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), library, tell)
    with chosen as model, _open(library, llm=model) as book:
        if conversation is not None:
            if questions is not None:
                raise InputError("there are --conversation and --questions; give one of them")
            _ask_in_conversation(book, _needed(question), conversation, as_format, checked_author(author, book.library))
            return
        if questions is None:
            _print_as(as_format, book.ask(_needed(question), author=author), book)
            return
        conversations: dict[str, list[Answer]] = {}
        for asked in _read_file(question, questions):
            history = conversations.setdefault(asked.conversation, []) if asked.conversation else []
            answer = book.ask(asked.question, history, author=author)
            history.append(answer)
            _print_json({"id": asked.id, **answer.to_dict()})


def _ask_in_conversation(book: Daybook, question: str, conversation: str, as_format: PrintFormat, author: str) -> None:
    with conversation_engine(book, conversation, tell) as engine:
        *_, answer = engine.stream(question, author)
    if as_format is PrintFormat.JSON:
        _print_json({"conversation": engine.conversation_id, **answer.to_dict()})
        return
    _print_as(as_format, answer, book)
    tell(f"conversation {engine.conversation_id}")


def _print_as(as_format: PrintFormat, answer: Answer, book: Daybook) -> None:
    if as_format is PrintFormat.JSON:
        _print_json(answer.to_dict())
    elif (for_managers := bibliography_format(as_format)) is None:
        _print_answer(answer)
    else:
        if answer.understood:
            tell(_understood_line(answer.understood))
        cited = papers_of(book, (reference.arxiv_id for reference in answer.references))
        print_bibliography(cited, for_managers, f"nothing is cited: {_why_uncited(answer)}")


def _why_uncited(answer: Answer) -> str:
    """Why an answer cites no paper."""
    if answer.grade == "closest":
        return "no abstract states this outright; without --format, the passages that come closest are shown"
    return "the library does not hold an answer to this" if answer.abstained else "the answer rests on no paper"


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
    names_papers = answer.kind == "exact" and not answer.claims  # the text does so
    if answer.references and not names_papers:
        print()
        for reference in answer.references:
            print(reference_line(reference))
    _print_spent(answer)


def _print_spent(answer: Answer) -> None:
    """What the answer took: of a model it is part of the answer; the time of quotes is for who watches alone."""
    if answer.usage is not None:
        print(f"\n({answer.spent})")
    elif answer.spent:
        tell_on_terminal(answer.spent)


cli.command("quote")(quote_command)


@cli.command()
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
    with _open(library) as book:
        found = book.papers(wanted, author=author)
    if for_managers is not None:
        print_bibliography(found, for_managers)
        return
    if as_json or as_format is PrintFormat.JSON:
        _print_json([_paper_data(stored) for stored in found])
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


@cli.command()
def days(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the days that the library holds, newest first."""
    with _open(library) as book:
        found = book.days()
    if as_json:
        _print_json([_day_data(summary) for summary in found])
        return
    for summary in found:
        line = f"{summary.day.isoformat()}  {summary.new:4} new  {summary.cross_listed:4} cross-listed"
        line += f"  {summary.replaced:4} replaced" if summary.replaced else ""
        print(line + (f"  ({summary.unannounced} not announced on it)" if summary.unannounced else ""))


def _day_data(summary: DaySummary) -> dict[str, Any]:
    counts = {name: getattr(summary, name) for name in ("papers", "new", "cross_listed", "replaced", "unannounced")}
    return {"day": summary.day.isoformat(), **counts}


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
    from assistant.face.ui.access import TOKEN_VARIABLE  # noqa: PLC0415 - it imports what a server needs
    from assistant.face.ui.server import serve as serve_page  # noqa: PLC0415 - gradio takes seconds to import

    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), library, tell)
    with chosen as model, _open(library, create=True, llm=model) as book:
        serve_page(book, host, port, token=os.environ.get(TOKEN_VARIABLE, ""), limits=llm_limits())
    tell_on_terminal("stopped")
