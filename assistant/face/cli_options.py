"""What several commands take: the library's folder, days, JSON, and where the models lie."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import InputError
from ingest.models import DEFAULT_MODELS

LibraryOption = Annotated[
    Path, typer.Option("--library", envvar="DAYBOOK_LIBRARY", metavar="DIR", help="The library's folder.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only from this day, 2020-05-25.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only up to this day.")]
AuthorOption = Annotated[
    str, typer.Option("--author", metavar="NAME", help="Only papers by this author, as in “A. Author” or “author”.")
]


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
