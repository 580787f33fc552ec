"""Checks everything that a library holds, says what it found, and repairs what can be made anew."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.embedding import DIMENSIONS, Embedder
from ingest.errors import ChromaServerError, LibraryError, LibraryTooNewError
from ingest.library import Library, library_file, writing
from ingest.pipeline import prepare
from ingest.salvage import Salvage, only_the_format_is_wrong, salvage
from ingest.sqlite import is_damage

_UNIT_NORM_TOLERANCE = 1e-3
_PAPERS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, and whether it was mended."""

    problem: str
    is_repaired: bool


def examine(library: Library, load_embedder: Callable[[], Embedder] | None) -> Iterator[Finding]:
    """Yield what is wrong with a library; nothing where all is well.

    With `load_embedder`, all that derives from the papers is made anew where it is damaged, and where the file itself
    is damaged, another of all that it proves to hold takes its place (`ingest.salvage`). The caller then holds the
    library's `writer`.
    """
    if problems := library.database.problems():
        if load_embedder is None:
            yield from (Finding(problem, is_repaired=False) for problem in problems)
            return
        yield from _told(library.salvage(), problems)
    repairs = load_embedder is not None
    if library.is_behind():
        yield Finding(
            "what was saved last is gone, or the library's file was put back from a copy: its indexes tell of more; "
            "ingest your digests again",
            is_repaired=False,
        )
    yield from _examine_words(library, repairs)
    yield from _examine_papers(library, load_embedder)
    yield from _examine_vectors(library, repairs)


def _examine_words(library: Library, repairs: bool) -> Iterator[Finding]:
    if not library.database.text_index_is_sound():
        if repairs:
            library.database.rebuild_text_index()
        yield Finding("the full-text index does not say what the papers say", repairs)
    if not library.lexical_index_is_sound():
        if repairs:
            library.rebuild_lexical_index()
        yield Finding("the index of words does not say what the papers say", repairs)


def _examine_vectors(library: Library, repairs: bool) -> Iterator[Finding]:
    are_whole = not (_papers_with_missing_parts(library) or _papers_with_bad_vectors(library))
    if are_whole and not library.vectors_are_sound():
        if repairs:
            library.rebuild_vectors()
        yield Finding("the file of vectors does not say what the library says", repairs)
    yield from _examine_index(library, repairs=repairs)


def _examine_index(library: Library, *, repairs: bool) -> Iterator[Finding]:
    try:
        if library.index_is_current():
            return
        if repairs:
            library.sync_index()
    except ChromaServerError as error:
        yield Finding(str(error), is_repaired=False)
    else:
        yield Finding(f"{library.index_name} is missing, damaged or not up to date", repairs)


def made_readable(folder: Path, *, repair: bool) -> list[Finding]:
    """What keeps a library from being opened at all; nothing where it opens, or once it is repaired.

    Raises:
        LibraryError: it cannot be opened for another reason than damage, or nothing of it can be read.
    """
    try:
        Library(folder, create=False).close()
    except LibraryError as error:
        file = library_file(folder)
        if not (is_damage(error) or (isinstance(error, LibraryTooNewError) and only_the_format_is_wrong(file))):
            raise
        if not repair:
            return [Finding(str(error), is_repaired=False)]
        with writing(folder):
            return list(_told(salvage(file), [str(error.__cause__ or error)]))
    return []


def _told(salvaged: Salvage, problems: Sequence[str]) -> Iterator[Finding]:
    """The damage, what was mended of it, and what is lost."""
    mended = "; ".join(salvaged.mended) or "nothing else was damaged"
    yield Finding(f"{problems[0]}; {mended}; the damaged file is kept as {salvaged.aside}", is_repaired=True)
    yield from (Finding(lost, is_repaired=False) for lost in salvaged.lost)


def _examine_papers(library: Library, load_embedder: Callable[[], Embedder] | None) -> Iterator[Finding]:
    for damaged_papers, damage in (
        (_papers_with_missing_parts, "lack chunks, vectors or sentences"),
        (_papers_with_bad_vectors, "have vectors that are not of length 1"),
    ):
        damaged = damaged_papers(library)
        if not damaged:
            continue
        if load_embedder is not None:
            _prepare_again(library, damaged, load_embedder())
        some = ", ".join(damaged[:3]) + (" …" if len(damaged) > 3 else "")
        yield Finding(f"{len(damaged)} papers {damage} ({some})", load_embedder is not None)


def _papers_with_missing_parts(library: Library) -> list[str]:
    return library.database.papers_to_prepare(DIMENSIONS)


def _papers_with_bad_vectors(library: Library) -> list[str]:
    """Papers with a vector that is no unit vector; asked for where all vectors have the right size."""
    if library.database.papers_to_prepare(DIMENSIONS):
        return []
    rows = library.database.vectors_after(0, DIMENSIONS)
    norms = np.linalg.norm(rows.vectors, axis=1)
    bad = sorted({int(row) for row in rows.paper_rows[~(np.abs(norms - 1) < _UNIT_NORM_TOLERANCE)]})
    return [stored.paper.arxiv_id for stored in library.database.papers_by_row(bad).values()]


def _prepare_again(library: Library, arxiv_ids: list[str], embedder: Embedder) -> None:
    for first in range(0, len(arxiv_ids), _PAPERS_AT_ONCE):
        stored = library.database.papers_by_id(arxiv_ids[first : first + _PAPERS_AT_ONCE])
        library.database.replace_derived([prepare(paper.paper, embedder) for paper in stored.values()])
