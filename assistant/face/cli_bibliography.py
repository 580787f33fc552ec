"""Papers for a reference manager: `--format bibtex|ris|csl` of the commands that print papers."""

import io
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from assistant.answer.bibliography import BibliographyFormat, bibliography
from assistant.engine.daybook import Daybook
from assistant.face.terminal import tell
from ingest.errors import InputError
from ingest.paper import StoredPaper


class PrintFormat(StrEnum):
    """What papers and answers are printed as."""

    TEXT = "text"
    JSON = "json"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


FormatOption = Annotated[
    PrintFormat,
    typer.Option("--format", help="How it is printed; bibtex, ris and csl (CSL-JSON) are for reference managers."),
]


def bibliography_format(as_format: StrEnum, *, as_json: bool = False) -> BibliographyFormat | None:
    """The format for reference managers that a command's format is; None where it is another.

    Raises:
        InputError: JSON is asked for as well.
    """
    found = next((known for known in BibliographyFormat if known.value == as_format.value), None)
    if found is not None and as_json:
        raise InputError(f"there are --json and --format {found.value}; give one of them")
    return found


def print_bibliography(papers: Iterable[StoredPaper], as_format: BibliographyFormat, nothing: str = "") -> None:
    """Print papers, in UTF-8 whatever the terminal has; where there are none, `nothing` says why on stderr."""
    listed = list(papers)
    if not listed:
        tell(nothing or "there is no paper to write")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    text = bibliography(listed, as_format)
    print(text, end="\n" if text else "", flush=True)


def papers_of(book: Daybook, arxiv_ids: Iterable[str]) -> list[StoredPaper]:
    """The papers with these ids, in their order."""
    ids = list(arxiv_ids)
    held = book.library.database.papers_by_id(ids)
    return [held[one] for one in ids if one in held]
