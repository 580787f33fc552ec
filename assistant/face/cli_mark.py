"""The command line for what is noted of papers: `daybook mark`."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_bibliography import papers_of
from assistant.face.cli_options import JsonOption, LibraryOption
from assistant.face.opening import opened
from assistant.face.terminal import print_json
from ingest.errors import InputError
from ingest.identity import told_identity
from ingest.marks import Mark, MarkChange
from ingest.readable import printable


def mark_command(
    paper: Annotated[
        str | None, typer.Argument(metavar="ID", help="An arXiv id; without, marked papers are listed.")
    ] = None,
    is_read: Annotated[bool | None, typer.Option("--read/--unread", help="You have read it.")] = None,
    is_starred: Annotated[bool | None, typer.Option("--star/--unstar", help="It stands out.")] = None,
    is_hidden: Annotated[bool | None, typer.Option("--hide/--unhide", help="It is never new again.")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Your note; empty takes it away.")] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", metavar="T", help="A tag; several.")] = None,
    tags_off: Annotated[
        list[str] | None, typer.Option("--untag", metavar="T", help="A tag to take away; several.")
    ] = None,
    only_starred: Annotated[bool, typer.Option("--starred", help="List only what is starred.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Note that a paper is read, starred or hidden, a note, tags; without an ID, list the papers that are marked.

    What is noted is kept by the arXiv id: it stays when the paper is taken out, and is there when it comes back.
    """
    change = MarkChange(is_read, is_starred, is_hidden, note, tuple(tags or ()), tuple(tags_off or ()))
    if paper is None:
        if change != MarkChange(tags=change.tags):
            raise InputError("no paper is named; name one by its arXiv id: daybook mark 2005.11295 --star")
        with opened(library) as book:
            wanted = {printable(tag) for tag in change.tags}
            found = [one for one in book.marks().values() if wanted <= set(one.tags)]
            _show(book, [one for one in found if one.is_starred or not only_starred], as_json=as_json)
        return
    if only_starred:
        raise InputError("--starred lists marked papers and goes with no ID; mark one by --star")
    arxiv_id = read_id(paper)
    with opened(library) as book:
        if change == MarkChange():
            marks = book.marks()
            _show(book, [marks[arxiv_id]] if arxiv_id in marks else [], as_json=as_json)
            return
        _show(book, [book.mark(arxiv_id, change)], as_json=as_json)


def read_id(text: str) -> str:
    """The arXiv id that an argument names, as sources write it.

    Raises:
        InputError: it names none.
    """
    if (identity := told_identity(text)) is None:
        raise InputError(f"“{text}” is no arXiv id; write it as 2005.11295")
    return identity.arxiv_id


def _show(book: Daybook, marks: Sequence[Mark], *, as_json: bool) -> None:
    """Print marks, the one changed last first."""
    ordered = sorted(marks, key=lambda mark: (mark.changed is not None and -mark.changed.timestamp(), mark.arxiv_id))
    titles = {stored.paper.arxiv_id: stored.paper.title for stored in papers_of(book, (m.arxiv_id for m in ordered))}
    if as_json:
        print_json([_data(mark, titles.get(mark.arxiv_id)) for mark in ordered])
        return
    for mark in ordered:
        said = "; ".join(_said(mark)) or "nothing noted"
        print(f"{mark.arxiv_id:<12} {said}  {titles.get(mark.arxiv_id, '(not in the library)')}")


def _said(mark: Mark) -> Iterator[str]:
    flags = {"read": mark.is_read, "starred": mark.is_starred, "hidden": mark.is_hidden}
    if any(flags.values()):
        yield ", ".join(name for name, is_set in flags.items() if is_set)
    if mark.tags:
        yield f"tags: {', '.join(mark.tags)}"
    if mark.note:
        yield f"note: “{mark.note}”"


def _data(mark: Mark, title: str | None) -> dict[str, Any]:
    """A mark as JSON-ready data; the title is null where the library does not hold the paper."""
    return {
        "arxiv_id": mark.arxiv_id,
        "title": title,
        "read": mark.is_read,
        "starred": mark.is_starred,
        "hidden": mark.is_hidden,
        "note": mark.note,
        "tags": list(mark.tags),
        "changed": mark.changed.isoformat() if mark.changed else None,
    }
