"""The nouns of the library: what a digest lists and what is stored of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Block(StrEnum):
    """The part of a day's digest that lists a paper; replaced is what had been announced before, in a new version."""

    NEW = "new"
    CROSS_LISTED = "cross-listed"
    REPLACED = "replaced"


_RANKS = {Block.NEW: 0, Block.CROSS_LISTED: 1, Block.REPLACED: 2}
UNKNOWN_CATEGORY = "unknown"
"""Where a listing stands of which no source told the category."""


class Basis(StrEnum):
    """What a listing's day is the day of; none is ever called another. In the order in which they are preferred."""

    ANNOUNCED = "announced"
    SUBMITTED = "submitted"  # the first version, UTC
    UPDATED = "updated"  # the record, or the newest version: all that some snapshots tell
    MONTH = "within-month"  # the first of a month: only the month is known, from the source or from the arXiv id


@dataclass(frozen=True, slots=True)
class Link:
    """A link that an abstract gives; `is_code` marks code hosts."""

    url: str
    is_code: bool

    def stands_in(self, text: str) -> bool:
        """Whether a text gives the address, with its scheme or without."""
        return self.url.partition("://")[2] in text


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper in its newest seen version, its text cleaned for reading.

    `version` is 0 where the source names none, as digests do. `authors` and `categories` (the primary one first)
    are empty, and `submitted`, the day of the first version (UTC), is None, where no source tells them.
    """

    arxiv_id: str
    title: str
    abstract: str
    url: str
    version: int = 0
    links: tuple[Link, ...] = ()
    is_withdrawn: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    submitted: date | None = None

    @property
    def text(self) -> str:
        """The title, and the abstract in the line below it."""
        return f"{self.title}\n{self.abstract}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One appearance of a paper in a source; `position` counts from 1 through the day, or through the source.

    `is_told` says that the source names the block; else it follows from the order of the ids, or the categories.
    """

    day: date
    category: str
    block: Block
    position: int
    basis: Basis = Basis.ANNOUNCED
    is_told: bool = False

    @property
    def weight(self) -> tuple[bool, int]:
        """Whose block stands where two sources list a paper in one place: the greater's, whichever was read first."""
        return self.is_told, _RANKS[self.block]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source says of one paper: its text, as read and cleaned, and where it was listed."""

    paper: Paper
    listing: Listing
    raw_title: str
    raw_abstract: str
    line: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A piece of a file that could not be taken, with its line (from 1) and the reason."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of character offsets in a stored abstract."""

    start: int
    end: int


class Role(StrEnum):
    """What a sentence of an abstract does, as CSAbstruct labels it (Cohan et al. 2019, arXiv:1909.04054)."""

    BACKGROUND = "background"
    OBJECTIVE = "objective"
    METHOD = "method"
    RESULT = "result"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an abstract and what it does there; `is_key` marks the one that says best what the paper does."""

    span: Span
    role: Role
    is_key: bool


def key_span(sentences: Iterable[Sentence]) -> Span | None:
    """The span of the key sentence; None where there are no sentences."""
    return next((sentence.span for sentence in sentences if sentence.is_key), None)


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A paper as the library holds it, with every day on which it was listed: announcements first, oldest first."""

    row: int
    paper: Paper
    listings: tuple[Listing, ...]

    @property
    def day(self) -> date:
        """The day on which the paper was first announced; where that is not known, the first day that is."""
        return self.listings[0].day

    @property
    def basis(self) -> Basis:
        """What `day` is the day of."""
        return self.listings[0].basis
