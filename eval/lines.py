"""Data as JSON lines: the cases that the package brings, and the data sets beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingest.errors import InputError

OWN_CASES = Path(str(files("eval").joinpath("cases")))
"""The folder of the cases that the package brings."""


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, one to a line."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


@contextmanager
def unreadable_told(what: str, path: Path) -> Iterator[None]:
    """Say in one line that a file is not there, or is not what it must be.

    Raises:
        InputError: reading it inside of this failed.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{what} in {path} cannot be read: {error}") from error
