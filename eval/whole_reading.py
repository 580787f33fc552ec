"""Everything that a library says, read in parts: each part is its value, or the refusal to read what is damaged.

No part names a row by its number or a moment by its time, so that a library that was mended reads as it did before.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple
from functools import partial
from hashlib import blake2b
from typing import Any

from ingest.embedding import DIMENSIONS
from ingest.errors import LibraryError
from ingest.library import Library

REFUSED = "refused"
"""Stands for a part that was not read, because the library says that it is damaged."""
_WORDS = ("harbour", "polyp", "network", "vessel OR kite", "title : detection", '"error rate"')
_AUTHORS = ("Ada Kite", "Bo Vessel")

Reading = dict[str, str]


def read_all(library: Library) -> Reading:
    """Every part of a library: a hash of what it says, or `REFUSED`.

    Any error that is not Daybook's word for damage is raised.
    """
    return {name: _part(partial(part, library)) for name, part in _PARTS.items()}


def _part(read: Callable[[], object]) -> str:
    try:
        return blake2b(repr(read()).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    except LibraryError:
        return REFUSED


def texts_of(library: Library) -> dict[str, tuple[str, str]]:
    """The title and the abstract of each paper that can be read, by its id."""
    found: dict[str, tuple[str, str]] = {}
    for arxiv_id in _ids(library):
        try:
            stored = library.paper(arxiv_id)
        except LibraryError:
            continue
        if stored is not None:
            found[arxiv_id] = (stored.paper.title, stored.paper.abstract)
    return found


def silent(sound: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The parts that say something else than they did, and were not refused."""
    return [name for name, value in found.items() if value not in {REFUSED, sound[name]}]


KNOWN_IDS: list[str] = []
"""The ids of the papers that the library was made with; they are asked for one by one."""
KNOWN_CONVERSATIONS: list[tuple[str, str]] = []
"""The conversations that it was made with, with their owners."""


def _ids(_: Library) -> list[str]:
    return KNOWN_IDS


def _names(library: Library) -> dict[int, str]:
    return {stored.row: stored.paper.arxiv_id for stored in library.database.papers_by_id(_ids(library)).values()}


def _named(library: Library, rows: Any) -> list[str]:
    names = _names(library)
    return sorted(names.get(int(row), f"row {row}") for row in rows)


def _rows(library: Library) -> list[int]:
    return sorted(_names(library))


def _papers(library: Library) -> object:
    return [(stored.paper, stored.listings) for stored in library.papers()]


def _papers_one_by_one(library: Library) -> object:
    return [(found := library.paper(one)) and (found.paper, found.listings) for one in _ids(library)]


def _days(library: Library) -> object:
    return [(day, [s.paper.arxiv_id for s in library.papers(day.day)]) for day in library.days()]


def _counts(library: Library) -> object:
    database, rows = library.database, _rows(library)
    return [
        *(database.paper_count(), sorted(map(str, database.counts(rows).items()))),
        *(
            database.category_counts(),
            database.listings().holdings.days,
            sorted(database.listings().holdings.categories),
        ),
    ]


def _listed(library: Library) -> object:
    found = library.database.listed(_rows(library))
    return [(one.arxiv_id, one.title, one.url, one.listing, one.is_withdrawn) for one in found]


def _limits(library: Library) -> object:
    database = library.database
    days = [day.day for day in library.days()]
    return [
        *(_named(library, library.rows_within(days=[day])) for day in days),
        *(_named(library, library.rows_within(with_code=told)) for told in (True, False)),
        *(_named(library, database.rows_by(author)) for author in _AUTHORS),
    ]


def _titles(library: Library) -> object:
    return sorted(library.database.titles()), sorted(library.database.author_names())


def _sentences(library: Library) -> object:
    names, rows = _names(library), _rows(library)
    roled = library.database.roled_sentences(rows)
    return sorted((names[row], spans, roled[row]) for row, spans in library.database.sentences(rows).items())


def _vectors(library: Library) -> object:
    rows, names = library.database.vectors_after(0, DIMENSIONS), _names(library)
    pairs = zip(rows.paper_rows.tolist(), map(bytes, rows.vectors), strict=True)
    return sorted((names.get(paper, ""), vector) for paper, vector in pairs)


def _words(library: Library) -> object:
    table = library.lexical_table()
    return sorted(table.document_counts().items()), _named(library, table.rows), float(table.lengths.sum())


def _text_index(library: Library) -> object:
    return [_named(library, library.database.rows_matching(word)) for word in _WORDS]


def _texts_matching(library: Library) -> object:
    return sorted((text.title, text.abstract) for text in library.database.texts_matching(_WORDS[2]))


def _history(library: Library) -> object:
    names = _names(library)
    found = {names[row]: sorted(map(astuple, library.database.sightings(row))) for row in _rows(library)}
    return sorted(found.items())


def _origins(library: Library) -> object:
    names, origins = _names(library), library.database.origins(_rows(library))
    found = sorted((names[row], sorted(map(astuple, some))) for row, some in origins.items())
    return found, library.database.sources()


def _fetched(library: Library) -> object:
    return sorted((day, papers) for day, (papers, _) in library.database.fetched_days("cs.CV").items())


def _conversations(library: Library) -> object:
    kept = library.conversations.listed()
    return sorted((one.id, one.title, one.turn_count, library.conversations.turns(one.id)) for one in kept)


def _conversations_one_by_one(library: Library) -> object:
    kept = library.conversations
    found = [(kept.find(one, owner), kept.listed(owner)) for one, owner in KNOWN_CONVERSATIONS]
    return [(one and (one.id, one.title, one.turn_count), [listed.id for listed in some]) for one, some in found]


_PARTS: dict[str, Callable[[Library], object]] = {
    "papers": _papers,
    "papers one by one": _papers_one_by_one,
    "days": _days,
    "counts": _counts,
    "lists": _listed,
    "limits": _limits,
    "titles": _titles,
    "sentences": _sentences,
    "vectors": _vectors,
    "words": _words,
    "text index": _text_index,
    "texts found": _texts_matching,
    "history": _history,
    "origins": _origins,
    "fetched days": _fetched,
    "conversations": _conversations,
    "conversations one by one": _conversations_one_by_one,
}
"""The parts, in the order in which they are read."""
ONLY_KEPT = frozenset({"fetched days", "conversations", "conversations one by one"})
"""What no ingest brings back."""
