"""The command line for kept conversations: `daybook conversations …` and `daybook ask --conversation`."""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.conversation.history import Conversation, chosen, summary_dict
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.engine.engines import Talk
from assistant.face.cli_options import ConversationsOption, JsonOption, LibraryOption, Teller
from assistant.face.terminal import inert, json_text
from assistant.language.days import spoken_day
from ingest.conversations import ConversationSummary
from ingest.errors import InputError

NEW, LAST = "new", "last"
_ID_SHOWN = 8

conversations_cli = typer.Typer(help="List, show, export and delete the conversations that the library keeps.")

_IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The conversation's id or its beginning, or last.")]


class ExportFormat(StrEnum):
    """What a conversation is exported as."""

    MARKDOWN = "markdown"
    JSON = "json"


@contextmanager
def _open(library: Path, kept_in: Path | None) -> Iterator[Daybook]:
    """The library, for its conversations alone: no model is loaded."""
    with Daybook.open(library, create=False, conversations=kept_in) as book:
        yield book


@conversations_cli.callback(invoke_without_command=True)
def list_command(
    context: typer.Context,
    library: LibraryOption = DEFAULT_LIBRARY,
    kept_in: ConversationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the conversations, the one used last first."""
    if context.invoked_subcommand is not None:
        return
    with _open(library, kept_in) as book:
        kept = book.conversations()
    if as_json:
        print(json_text([summary_dict(summary) for summary in kept]))
        return
    for summary in kept:
        day, turns = spoken_day(summary.updated.date()), f"{summary.turn_count} turn{'s' * (summary.turn_count != 1)}"
        print(f"{summary.id[:_ID_SHOWN]}  {day:>11}  {turns:>8}  {summary.title}")


@conversations_cli.command("show")
def show_command(
    conversation_id: _IdArgument,
    library: LibraryOption = DEFAULT_LIBRARY,
    kept_in: ConversationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a conversation."""
    with _open(library, kept_in) as book:
        conversation = find(book, conversation_id)
    print(json_text(conversation.to_dict(), indent=2) if as_json else conversation.to_text())


@conversations_cli.command("export")
def export_command(
    conversation_id: _IdArgument,
    as_format: Annotated[ExportFormat, typer.Option("--format", help="What it is written as.")] = ExportFormat.MARKDOWN,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Where; stdout without.")] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    kept_in: ConversationsOption = None,
) -> None:
    """Write a conversation as Markdown or JSON."""
    with _open(library, kept_in) as book:
        text = _exported(find(book, conversation_id), as_format)
    if output is None:
        print(text)
        return
    try:
        output.write_text(inert(text) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}; name another with --output") from None


def _exported(conversation: Conversation, as_format: ExportFormat) -> str:
    if as_format is ExportFormat.JSON:
        return json_text(conversation.to_exported_dict(), indent=2)
    return conversation.to_markdown().rstrip("\n")


@conversations_cli.command("delete")
def delete_command(
    conversation_ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Ids or beginnings.")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="Delete every conversation.")] = False,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    kept_in: ConversationsOption = None,
) -> None:
    """Delete conversations for good."""
    with _open(library, kept_in) as book:
        doomed = _doomed(book, conversation_ids or [], is_all=is_all)
        if not doomed:
            print("there are no conversations")
            return
        if not is_sure and not _is_confirmed(doomed):
            print("nothing was deleted")
            raise typer.Exit(1)
        for summary in doomed:
            book.delete_conversation(summary.id)
    print(f"{len(doomed)} deleted")


def _doomed(book: Daybook, conversation_ids: Sequence[str], *, is_all: bool) -> list[ConversationSummary]:
    if is_all == bool(conversation_ids):
        raise InputError("name the conversations to delete, or --all")
    kept = book.conversations()
    named = {_id_of(book, wanted) for wanted in conversation_ids}
    return [summary for summary in kept if is_all or summary.id in named]


def _is_confirmed(doomed: Sequence[ConversationSummary]) -> bool:
    what = f"“{doomed[0].title}”" if len(doomed) == 1 else f"{len(doomed)} conversations"
    if not sys.stdin.isatty():
        raise InputError(f"deleting {what} needs a yes; say it with --yes")
    return typer.confirm(f"Delete {what} for good?")


def find(book: Daybook, wanted: str) -> Conversation:
    """The conversation of an id, of its beginning, or the last one.

    Raises:
        InputError: there is none, or several begin so.
    """
    return book.conversation(_id_of(book, wanted))


def _id_of(book: Daybook, wanted: str) -> str:
    kept = book.conversations()
    if wanted == LAST:
        if not kept:
            raise InputError("there is no conversation yet; begin one: daybook ask --conversation new QUESTION")
        return kept[0].id
    return chosen(kept, wanted).id


@contextmanager
def conversation_engine(book: Daybook, wanted: str, tell: Callable[[str], None]) -> Iterator[Talk]:
    """A conversation: `new`, `last`, or an id; what could not be saved is told.

    Raises:
        InputError: there is none, or several begin so.
    """
    logger, handler = logging.getLogger("assistant.conversation.history"), Teller(tell)
    logger.addHandler(handler)
    try:
        yield book.talk(None if wanted == NEW else _id_of(book, wanted))
    finally:
        logger.removeHandler(handler)
