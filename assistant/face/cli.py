"""The command line: `daybook ingest | fetch | search | ask | …`; only what is run is imported."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

Loader = Callable[[], Any]
"""Gives the function of a command, or the `Typer` of a group of them."""

_COMMANDS: dict[str, tuple[str, Loader]] = {
    "ingest": (
        "Bring digests, arXiv feeds or metadata snapshots into the library.",
        lambda: import_module("assistant.face.cli_ingest").ingest_command,
    ),
    "fetch": (
        "Bring what arXiv announces today in a category; with --days, --since or --until, days back by submission.",
        lambda: import_module("assistant.face.cli_ingest").fetch_command,
    ),
    "doctor": (
        "Check everything the library holds, and say what was found.",
        lambda: import_module("assistant.face.cli_doctor").doctor,
    ),
    "search": (
        "Rank the papers for a question, or for each question of a file.",
        lambda: import_module("assistant.face.cli_search").search,
    ),
    "ask": (
        "Answer a question with citations, or each question of a file as a line of JSON.",
        lambda: import_module("assistant.face.cli_ask").ask,
    ),
    "quote": (
        "Print the sentences of any text that answer a question, best first and verbatim; nothing where none does.",
        lambda: import_module("assistant.face.cli_quote").quote_command,
    ),
    "papers": (
        "List the papers of a day in its order, or all papers, newest day first.",
        lambda: import_module("assistant.face.cli_papers").papers,
    ),
    "days": (
        "List the days that the library holds, newest first.",
        lambda: import_module("assistant.face.cli_papers").days,
    ),
    "serve": ("Open the chat in the browser's reach.", lambda: import_module("assistant.face.cli_serve").serve),
    "day": (
        "Show a day or a period on one page: every paper under a theme, with its key sentence.",
        lambda: import_module("assistant.face.cli_day").day_command,
    ),
    "compare": (
        "Put papers side by side: every cell is a quote of its paper, or says that the abstract does not state it.",
        lambda: import_module("assistant.face.cli_compare").compare_command,
    ),
    "follow": (
        "Follow a topic, an author, a name or a question; without any, list what is followed, with how much is new.",
        lambda: import_module("assistant.face.cli_follow").follow_command,
    ),
    "new": (
        "Print what is new for all that is followed, with quotes, and mark it as seen.",
        lambda: import_module("assistant.face.cli_follow").new_command,
    ),
    "mark": (
        "Note that a paper is read, starred or hidden, a note, tags; without an ID, list the papers that are marked.",
        lambda: import_module("assistant.face.cli_mark").mark_command,
    ),
    "similar": (
        "List the papers nearest to a paper.",
        lambda: import_module("assistant.face.cli_search").similar_command,
    ),
    "remove": (
        "Take a paper out of the library, or a day, or what a file brought; ingesting it again brings it back.",
        lambda: import_module("assistant.face.cli_remove").remove_command,
    ),
    "llm": (
        "Show which language model writes and where each setting comes from, and test it; a key is never shown.",
        lambda: import_module("assistant.face.cli_llm_show").llm_command,
    ),
    "conversations": (
        "List, show, export and delete the conversations that the library keeps.",
        lambda: import_module("assistant.face.cli_conversations").conversations_cli,
    ),
}
"""Each command with the first line of its help, and where it is."""


class LazyGroup(TyperGroup):
    """Commands that are listed by a line each, and imported when they are run."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that arguments name, imported."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(command.name) if command is not None and command.name in _COMMANDS else command, rest


cli = typer.Typer(
    cls=LazyGroup,
    help="Ask daily arXiv digests; every sentence of an answer stands on a verbatim quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def add_command(name: str, line: str, load: Loader) -> None:
    """List one more command."""
    _COMMANDS[name] = line, load
    cli.command(name, help=line)(_listed)


def loaded(name: str) -> TyperCommand:
    """The command of a name, imported.

    Raises:
        KeyError: there is none.
    """
    _, load = _COMMANDS[name]
    found, around = load(), typer.Typer(add_completion=False, rich_markup_mode=None)
    around.callback()(_listed)  # so that it stays a group, whatever is in it
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    command: TyperCommand = get_command(around).commands[name]  # type: ignore[attr-defined]
    return command


def _listed() -> None:
    """Stands for a command that is not imported yet."""


for _name, (_line, _load) in list(_COMMANDS.items()):
    add_command(_name, _line, _load)
