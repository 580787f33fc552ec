"""Takes papers out of the library again: one, those of a day, or what only one file brought.

what is named → what goes and what stays (`Removal`) → the texts that stand again → one transaction, the indexes
"""

import difflib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ingest.cleaning import is_withdrawal
from ingest.database import Derived, Origin, Sighting, Takeout, standing, text_hash
from ingest.embedding import Embedder
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Basis, Listing, Paper, StoredPaper
from ingest.pipeline import prepare
from ingest.readable import links_in
from ingest.sources import told_path

_MOST_NEAR = 3
_LEAST_LIKE = 0.4

Doomed = Mapping[int, tuple[Sequence[Listing], frozenset[Origin]]]
"""By the row of a paper: the listings that go, and the origins."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What would be taken out: `gone` wholly; `staying` lose listings, texts, or only that a file told of them."""

    gone: tuple[StoredPaper, ...]
    staying: tuple[StoredPaper, ...]
    takeout: Takeout

    @property
    def listings_left(self) -> dict[str, list[Listing]]:
        """The listings that papers keep, by arXiv id."""
        going = {(row, day, category, basis) for row, day, category, basis in self.takeout.listings}
        return {
            stored.paper.arxiv_id: [o for o in stored.listings if (stored.row, *_key(o)) not in going]
            for stored in self.staying
        }


def removal_of_paper(arxiv_id: str, library: Library) -> Removal:
    """A paper, with all that is known of it.

    Raises:
        InputError: the library does not hold it.
    """
    stored = library.paper(arxiv_id)
    if stored is None:
        raise InputError(f"the library holds no paper arXiv:{arxiv_id}; list what it holds: daybook papers")
    return _removal([stored], {stored.row: (stored.listings, frozenset())}, {}, library)


def removal_of_day(day: date, library: Library) -> Removal:
    """The listings of a day, and the papers that have no other.

    Raises:
        InputError: the library holds nothing of the day.
    """
    papers = library.papers(day)
    if not papers:
        near = sorted(library.holdings().days, key=lambda held: abs((held - day).days))[:_MOST_NEAR]
        told = f"; the nearest it holds: {', '.join(map(str, sorted(near)))}" if near else "; it is empty"
        raise InputError(f"the library holds no papers of {day}{told}")
    origins = library.database.origins([stored.row for stored in papers])
    iso = day.isoformat()
    doomed = {
        stored.row: (
            [listing for listing in stored.listings if listing.day == day],
            frozenset(origin for origin in origins[stored.row] if origin.day == iso),
        )
        for stored in papers
    }
    return _removal(papers, doomed, origins, library, days=(iso,))


def removal_of_source(named: str, library: Library) -> Removal:
    """What only a file brought, given as it was ingested or by its path now; it need not be there any more.

    Raises:
        InputError: no paper is known to come from it.
    """
    source = _known_source(named, library)
    papers = list(library.database.papers_by_row(library.database.rows_from(source)).values())
    origins = library.database.origins([stored.row for stored in papers])
    doomed = {stored.row: _only_from(source, stored, origins[stored.row]) for stored in papers}
    return _removal(papers, doomed, origins, library)


def _only_from(source: str, stored: StoredPaper, origins: Iterable[Origin]) -> tuple[list[Listing], frozenset[Origin]]:
    """The listings that a source alone brought, and the origins that name it."""
    own = frozenset(origin for origin in origins if origin.source == source)
    others = {_place(origin) for origin in origins if origin.source != source}
    alone = {_place(origin) for origin in own} - others
    return [listing for listing in stored.listings if _key(listing) in alone], own


def _known_source(named: str, library: Library) -> str:
    known = library.database.sources()
    path = Path(os.path.expanduser(named))  # noqa: PTH111 - no error where a name begins with ~ and is nobody's home
    for one in (named, path.resolve(), os.path.abspath(path)):  # noqa: PTH100 - as it is without following links
        if (source := told_path(one)) in known:
            return source
    names = {source: Path(source).name for source in known}
    same = [source for source, name in names.items() if name == path.name]
    like = difflib.get_close_matches(path.name, list(dict.fromkeys(names.values())), _MOST_NEAR, _LEAST_LIKE)
    near = same or [next(source for source, name in names.items() if name == one) for one in like]
    told = f"; the nearest known: {', '.join(near[:_MOST_NEAR])}" if near else ""
    unknown = library.database.papers_of_unknown_origin()
    if unknown:
        told += (
            f"; of {unknown:,} papers an older Daybook did not keep which file they came from: "
            "ingest their files once more, or remove them by id or day"
        )
    raise InputError(f"the library knows no paper from {named}{told}")


# ---- what goes


def _removal(
    papers: Sequence[StoredPaper],
    doomed: Doomed,
    origins: Mapping[int, set[Origin]],
    library: Library,
    days: Sequence[str] = (),
) -> Removal:
    gone = [stored for stored in papers if len(doomed[stored.row][0]) == len(stored.listings)]
    staying = [stored for stored in papers if len(doomed[stored.row][0]) < len(stored.listings)]
    takeout = Takeout(
        papers=tuple(stored.row for stored in gone),
        listings=tuple((stored.row, *_key(listing)) for stored in staying for listing in doomed[stored.row][0]),
        origins=tuple((stored.row, origin) for stored in staying for origin in doomed[stored.row][1]),
        days=tuple(sorted({*days, *_fetched(papers, doomed)})),
    )
    for stored in staying:
        takeout = _with_texts(takeout, stored, doomed[stored.row], origins[stored.row], library)
    return Removal(tuple(gone), tuple(staying), takeout)


def _fetched(papers: Iterable[StoredPaper], doomed: Doomed) -> set[str]:
    """The days of submission that are not complete any more; what was fetched of them is to be fetched again."""
    going = (listing for stored in papers for listing in doomed[stored.row][0])
    return {listing.day.isoformat() for listing in going if listing.basis is Basis.SUBMITTED}


def _with_texts(
    takeout: Takeout,
    stored: StoredPaper,
    going: tuple[Sequence[Listing], frozenset[Origin]],
    origins: set[Origin],
    library: Library,
) -> Takeout:
    """A takeout with the texts of a paper that only what goes had told of, and the one that stands then.

    Where some listing that stays is of unknown origin, so may be every text: all of them stay.
    """
    left = origins - going[1]
    kept_places = {_key(listing) for listing in stored.listings} - {_key(listing) for listing in going[0]}
    if not left or not kept_places <= {_place(origin) for origin in left}:
        return takeout
    seen = library.database.sightings(stored.row)
    last_days: dict[tuple[int, str], str] = {}
    for origin in left:
        text = (origin.version, origin.text)
        last_days[text] = max(last_days.get(text, ""), origin.day)
    staying = [replace(s, last_day=last_days[_text(s)]) for s in seen if _text(s) in last_days]
    if not staying:
        return takeout
    texts = [(stored.row, sighting) for sighting in seen if _text(sighting) not in last_days]
    changed = [(stored.row, sighting) for sighting in staying if sighting not in seen]
    takeout = replace(takeout, texts=(*takeout.texts, *texts), last_days=(*takeout.last_days, *changed))
    stands = standing(staying)
    if (stands.title, stands.abstract) != (stored.paper.title, stored.paper.abstract):
        return replace(takeout, restored=(*takeout.restored, _to_derive(stored.paper, stands)))
    if stands.version != stored.paper.version:
        return replace(takeout, versions=(*takeout.versions, (stored.row, stands.version)))
    return takeout


def _to_derive(paper: Paper, stands: Sighting) -> Derived:
    """The paper in the text that stands again; what is derived from it is yet to be made."""
    was_withdrawn = paper.is_withdrawn and stands.version >= paper.version
    text = replace(
        paper,
        title=stands.title,
        abstract=stands.abstract,
        version=stands.version,
        links=links_in(stands.abstract),
        is_withdrawn=was_withdrawn or is_withdrawal(stands.abstract),
    )
    return Derived(text, (), (), ())


def _key(listing: Listing) -> tuple[str, str, str]:
    return listing.day.isoformat(), listing.category, str(listing.basis)


def _place(origin: Origin) -> tuple[str, str, str]:
    return origin.day, origin.category, origin.basis


def _text(sighting: Sighting) -> tuple[int, str]:
    return sighting.version, text_hash(sighting.title, sighting.abstract)


# ---- taking it out


def take_out(removal: Removal, library: Library, load_embedder: Callable[[], Embedder]) -> None:
    """Take out what a removal holds. Needs the library's `writer`, held since the removal was made.

    SQLite changes in one transaction: a process that dies leaves all or nothing of it, and the indexes follow.
    """
    restored = tuple(prepare(derived.paper, load_embedder()) for derived in removal.takeout.restored)
    library.take_out(replace(removal.takeout, restored=restored))
    library.sync_index()
