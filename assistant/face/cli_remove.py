"""The command line that takes papers out: `daybook remove ID | DAY | --source FILE`."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Annotated

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_options import ChromaOption, LibraryOption, chroma_server, models_folder
from assistant.face.terminal import is_at_a_terminal, tell
from assistant.language.counting import counted
from assistant.language.days import dated
from ingest.errors import InputError
from ingest.identity import told_identity
from ingest.paper import StoredPaper
from ingest.removal import Removal
from prompts import fill

_MOST_NAMED = 10


def remove_command(
    named: Annotated[str | None, typer.Argument(metavar="ID|DAY", help="An arXiv id, or 2020-05-25.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="FILE", help="What only this file brought; it may be gone.")
    ] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
) -> None:
    """Take a paper out of the library, or a day, or what a file brought; ingesting it again brings it back."""
    wanted = None if named is None else _paper_or_day(named)
    said = source or str(wanted)
    server = chroma_server(chroma)
    with Daybook.open(library, create=False, models=models_folder(), chroma=server) as book:
        removal = book.remove(wanted, source=source, is_agreed=lambda found: is_sure or _is_agreed(found, said))
    if removal is None:
        print(fill("remove_nothing"))
        raise typer.Exit(1)
    papers = counted(len(removal.gone))
    if removal.staying:
        print(fill("remove_done_and_kept", papers=papers, kept=counted(len(removal.staying))))
    else:
        print(fill("remove_done", papers=papers))


def _paper_or_day(named: str) -> str | date:
    with suppress(ValueError):
        return date.fromisoformat(named)
    if (identity := told_identity(named)) is None:
        raise InputError(f"“{named}” is no arXiv id and no day such as 2020-05-25; name a file with --source")
    return identity.arxiv_id


def _is_agreed(removal: Removal, named: str) -> bool:
    """Tell a person what would go, and ask; where there is none to ask, nothing is taken out."""
    papers = counted(len(removal.gone) + len(removal.staying))
    if not is_at_a_terminal():
        raise InputError(fill("remove_yes", papers=papers, named=named))
    gone, kept = f"{len(removal.gone):,}", f"{len(removal.staying):,}"
    lines = [fill("remove_what", papers=papers, named=named, gone=gone, kept=kept), *_goes(removal), *_stays(removal)]
    tell("\n".join(lines), name="")
    return typer.confirm(fill("remove_agree"), err=True)


def _goes(removal: Removal) -> Iterator[str]:
    for stored in removal.gone[:_MOST_NAMED]:
        yield f"- {fill('remove_goes', title=stored.paper.title, arxiv_id=stored.paper.arxiv_id)}"
    yield from _more(removal.gone)


def _stays(removal: Removal) -> Iterator[str]:
    left = removal.listings_left
    for stored in removal.staying[:_MOST_NAMED]:
        paper = stored.paper
        listings = ", ".join(f"{dated(o.day, o.basis)} ({o.category})" for o in left[paper.arxiv_id])
        yield f"- {fill('remove_stays', title=paper.title, arxiv_id=paper.arxiv_id, listings=listings)}"
    yield from _more(removal.staying)


def _more(papers: tuple[StoredPaper, ...]) -> Iterator[str]:
    if len(papers) > _MOST_NAMED:
        yield f"- {fill('remove_more', papers=counted(len(papers) - _MOST_NAMED))}"
