"""Checks everything that a library holds, says what it found, and repairs what can be made anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ingest.embedding import DIMENSIONS, Embedder
from ingest.library import Library
from ingest.pipeline import prepare

_UNIT_NORM_TOLERANCE = 1e-3
_PAPERS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, and whether it was mended."""

    problem: str
    is_repaired: bool


def examine(library: Library, load_embedder: Callable[[], Embedder] | None) -> Iterator[Finding]:
    """Yield what is wrong with a library; nothing where all is well.

    With `load_embedder`, all that derives from the papers is made anew where it is damaged; the caller
    then holds the library's `writer`. Damage to the papers themselves cannot be mended here.
    """
    problems = library.database.problems()
    for problem in problems:
        yield Finding(
            f"{problem}; bring the digests into a new library, or restore a copy of this one", is_repaired=False
        )
    if problems:
        return
    repairs = load_embedder is not None
    if not library.database.text_index_is_sound():
        if repairs:
            library.database.rebuild_text_index()
        yield Finding("the full-text index does not say what the papers say", repairs)
    if not library.lexical_index_is_sound():
        if repairs:
            library.rebuild_lexical_index()
        yield Finding("the index of words does not say what the papers say", repairs)
    yield from _examine_papers(library, load_embedder)
    if not library.index_is_current():
        if repairs:
            library.sync_index()
        yield Finding("the vector index is missing, damaged or not up to date", repairs)


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
