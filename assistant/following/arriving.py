"""Which papers came since a follow was looked at, and which of them only in a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

from assistant.following.changes import says_the_same
from ingest.database import Arrivals, Sighting, standing
from ingest.follows import SeenUpTo
from ingest.library import Library
from ingest.paper import StoredPaper

Texts = Sequence[tuple[datetime, Sighting]]
"""Every text seen of a paper, and when, the oldest first."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A paper that came, at `seen`; `former` is the text that stood before, where it came in a new version."""

    stored: StoredPaper
    seen: datetime
    former: Sighting | None = None


class Arriving:
    """The papers that came to a library since some state of it, but those that are hidden.

    What came is told by rows of chunks, which every new text gets and which are never used twice, so that nothing is
    passed over whatever the clock says. A text that was only made anew (by the doctor) is left out.
    """

    def __init__(self, library: Library, earliest: SeenUpTo) -> None:
        self._library = library
        self._arrivals: Arrivals = library.database.arrivals(earliest.chunk_row)

    @property
    def upto(self) -> SeenUpTo:
        """The state of the library up to which this tells."""
        return self._arrivals.upto

    def since(self, seen: SeenUpTo) -> list[Arrival]:
        """What came since a state, the earliest at least, newest day first."""
        newest = self._arrivals.newest_chunks.items()
        found = (self._arrival(row, seen) for row, chunk in newest if chunk > seen.chunk_row)
        return sorted((one for one in found if one is not None), key=_order)

    @cached_property
    def _papers(self) -> dict[int, StoredPaper]:
        return _shown(self._library, list(self._arrivals.newest_chunks))

    @cached_property
    def _texts(self) -> Mapping[int, Texts]:
        return self._library.database.dated_sightings(list(self._papers))

    def _arrival(self, row: int, seen: SeenUpTo) -> Arrival | None:
        if (stored := self._papers.get(row)) is None:
            return None
        texts, moment = self._texts[row], _seen_at(stored, self._texts[row])
        if row > seen.paper_row:
            return Arrival(stored, moment)
        second = seen.at.replace(microsecond=0)  # moments are kept in seconds
        others = [(at, text) for at, text in texts if not _is_standing(text, stored)]
        if not others:  # made anew; or the row is that of a paper that was taken out
            return Arrival(stored, moment) if moment >= second else None
        earlier = [text for at, text in texts if at < second or (at <= seen.at and not _is_standing(text, stored))]
        former = standing(earlier or [text for _, text in others])
        return None if says_the_same(former, stored.paper) else Arrival(stored, moment, former)


def listed_since(library: Library, day: date) -> list[Arrival]:
    """The papers listed on a day or later, but those that are hidden, newest day first."""
    days = [held for held in library.holdings().days if held >= day]
    papers = _shown(library, [int(row) for row in library.rows_within(days=days)])
    texts = library.database.dated_sightings(list(papers))
    return sorted((Arrival(stored, _seen_at(stored, texts[row])) for row, stored in papers.items()), key=_order)


def _shown(library: Library, rows: Sequence[int]) -> dict[int, StoredPaper]:
    """The papers of some rows that are not hidden."""
    hidden = library.database.marks.hidden()
    found = library.database.papers_by_row(rows)
    return {row: stored for row, stored in found.items() if stored.paper.arxiv_id not in hidden}


def _is_standing(text: Sighting, stored: StoredPaper) -> bool:
    return (text.title, text.abstract) == (stored.paper.title, stored.paper.abstract)


def _seen_at(stored: StoredPaper, texts: Texts) -> datetime:
    """When the text of a paper that stands was seen first; where its history has lost it, the paper's day."""
    moments = (at for at, text in texts if _is_standing(text, stored))
    return next(moments, datetime.combine(stored.day, time(), UTC))


def _order(arrival: Arrival) -> tuple[int, str, int, int]:
    """Newest day first, then as its source has them."""
    first = arrival.stored.listings[0]
    return -first.day.toordinal(), first.category, first.position, arrival.stored.row
