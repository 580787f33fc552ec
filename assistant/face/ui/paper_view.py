"""What the page of one paper tells: the paper, what it does and found, and what its earlier versions said."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.engine.daybook import Daybook
from assistant.reading.finding import findings_of
from ingest.database import Sighting
from ingest.paper import Paper, Span, StoredPaper, key_span

MOST_EARLIER = 10
"""Texts of a paper that are shown beside the one that stands; few papers have more than three."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that stood once, and the one that took its place."""

    text: Sighting
    next: Sighting


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper with what it does and what it found, exact spans of its abstract; earlier texts, newest first."""

    stored: StoredPaper
    key: Span | None
    finding: Span | None
    earlier: tuple[Earlier, ...]


def paper_view(book: Daybook, stored: StoredPaper) -> PaperView:
    """All that the library tells of a paper."""
    key = key_span(book.library.roled_sentences([stored.row]).get(stored.row, ()))
    finding = findings_of([stored], book.library).get(stored.row)
    seen = [text for _, text in book.library.database.dated_sightings([stored.row])[stored.row]]
    earlier = earlier_texts(stored.paper, seen)
    return PaperView(stored, key, finding if finding != key else None, earlier)


def earlier_texts(paper: Paper, seen: Sequence[Sighting]) -> tuple[Earlier, ...]:
    """The texts before the one that stands, each with its successor, newest first; what differs in no word is one."""
    standing = [one for one in seen if (one.title, one.abstract) == (paper.title, paper.abstract)]
    now = max(standing, key=_age, default=Sighting(paper.version, paper.title, paper.abstract, ""))
    chain = [now]
    for text in sorted((one for one in seen if one not in standing), key=_age, reverse=True):
        if _words(text) != _words(chain[-1]):
            chain.append(text)
    earlier = [Earlier(text, after) for after, text in pairwise(chain)]
    return tuple(earlier[:MOST_EARLIER])


def _age(text: Sighting) -> tuple[int, str]:
    return text.version, text.last_day


def _words(text: Sighting) -> tuple[list[str], list[str]]:
    return text.title.split(), text.abstract.split()
