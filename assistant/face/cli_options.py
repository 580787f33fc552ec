"""What several commands take: the library's folder, days, JSON, and where the models lie."""

import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.face.terminal import tell
from ingest.chroma_address import ChromaAddress, chroma_address
from ingest.errors import InputError
from ingest.models import DEFAULT_MODELS

LibraryOption = Annotated[
    Path, typer.Option("--library", envvar="DAYBOOK_LIBRARY", metavar="DIR", help="The library's folder.")
]
ChromaOption = Annotated[
    str | None,
    typer.Option("--chroma", envvar="DAYBOOK_CHROMA", metavar="URL", help="The Chroma server that has the vectors."),
]
ConversationsOption = Annotated[
    Path | None,
    typer.Option(
        "--conversations",
        envvar="DAYBOOK_CONVERSATIONS",
        metavar="FILE",
        help="Where conversations are kept; the library without.",
    ),
]
NamesOption = Annotated[
    list[str] | None,
    typer.Option("--name", envvar="DAYBOOK_NAMES", metavar="HOST", help="A name by which a proxy is reached; several."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only from this day, 2020-05-25.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only up to this day.")]
AuthorOption = Annotated[
    str, typer.Option("--author", metavar="NAME", help="Only papers by this author, as in “A. Author” or “author”.")
]


def chroma_server(url: str | None) -> ChromaAddress | None:
    """The Chroma server that the option names, with the secret that the environment holds for it; None without.

    What keeps it from being used is told from now on.

    Raises:
        InputError: it names none, or the secret cannot be sent.
    """
    if not url or not url.strip():
        return None
    logger = logging.getLogger("ingest.served")
    if not any(isinstance(handler, Teller) for handler in logger.handlers):
        logger.addHandler(Teller(tell))
    return chroma_address(url, os.environ)


class Teller(logging.Handler):
    """Tells a person the warnings of a logger."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a warning."""
        self._tell(record.getMessage())


def models_folder() -> Path:
    """The folder that keeps model files."""
    return Path(os.environ.get("DAYBOOK_MODELS") or DEFAULT_MODELS)


def read_day(text: str | None) -> date | None:
    """The day that an option names, None where it is not given.

    Raises:
        InputError: it is no day.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"“{text}” is no day; write it as 2020-05-25") from None
