"""The nouns of a day's page. A page is data: Markdown, HTML and answers are made from it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.answer import Citation
from assistant.language.days import Period, dated, spoken_period
from assistant.question.scope import SPOKEN_BLOCKS
from ingest.paper import Basis, Block, Link, Listing, StoredPaper

MOST_PAPERS = 1000
"""Of more papers themes say nothing any more, and a page of them takes long and much memory."""
OTHER_TOPICS = "Other topics"
"""The label of the papers that no theme of the period fits."""


@dataclass(frozen=True, slots=True)
class DayPaper:
    """A paper of the period: as it is stored, where it was listed, what it does and what it found.

    `key_sentence` and `result` are exact spans of the stored abstract, perhaps the same. There is no key sentence where
    there is no abstract, and no result where it states none.
    """

    stored: StoredPaper
    listing: Listing
    key_sentence: Citation | None
    result: Citation | None = None

    @property
    def finding(self) -> Citation | None:
        """Its result, where the key sentence does not state it already."""
        return None if self.result == self.key_sentence else self.result

    @property
    def quoted(self) -> tuple[Citation, ...]:
        """What is quoted of it: what it does, then what it found."""
        return tuple(cited for cited in (self.key_sentence, self.finding) if cited is not None)

    @property
    def code(self) -> Link | None:
        """The first link to code."""
        return next((link for link in self.stored.paper.links if link.is_code), None)

    def to_dict(self) -> dict[str, Any]:
        """The paper as JSON-ready data."""
        paper = self.stored.paper
        return {
            "arxiv_id": paper.arxiv_id,
            "title": paper.title,
            "url": paper.url,
            "day": self.listing.day.isoformat(),
            "basis": self.listing.basis,
            "category": self.listing.category,
            "block": self.listing.block,
            "key_sentence": None if self.key_sentence is None else asdict(self.key_sentence),
            "finding": None if self.finding is None else asdict(self.finding),
            "code": self.code.url if self.code else None,
            "links": [link.url for link in paper.links],
            "is_withdrawn": paper.is_withdrawn,
            "authors": list(paper.authors),
            "categories": list(paper.categories),
            "submitted": paper.submitted.isoformat() if paper.submitted else None,
        }


@dataclass(frozen=True, slots=True)
class Theme:
    """Papers under one label, new ones first, replaced last; `words` are phrases that several of them hold."""

    label: str
    papers: tuple[DayPaper, ...]
    words: tuple[str, ...] = ()

    @property
    def is_other(self) -> bool:
        """Whether it is the rest of the page."""
        return self.label == OTHER_TOPICS

    def to_dict(self) -> dict[str, Any]:
        """The theme as JSON-ready data."""
        return {"label": self.label, "words": list(self.words), "papers": [paper.to_dict() for paper in self.papers]}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page is narrowed to: a theme, a category, a block of the listing, an author; empty and None set none."""

    theme: str = ""
    category: str = ""
    block: Block | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class DayPage:
    """What was listed on some days: every paper once, each under one theme, the largest theme first.

    `days` are those that were asked for and are held, ascending, at least one. `opening` are sentences about the
    whole, each an exact fact of the library. `standing_out` are a few of the papers, whose results come first.
    """

    days: tuple[date, ...]
    limits: Limits
    opening: tuple[str, ...]
    themes: tuple[Theme, ...]
    standing_out: tuple[DayPaper, ...] = ()

    @property
    def papers(self) -> Iterator[DayPaper]:
        """Every paper, in the order of the page."""
        return (paper for theme in self.themes for paper in theme.papers)

    @property
    def title(self) -> str:
        """The period, and what the page was narrowed to."""
        block = SPOKEN_BLOCKS[self.limits.block] if self.limits.block else ""
        author = f"by {self.limits.author}" if self.limits.author else ""
        limits = ", ".join(filter(None, [self.limits.theme, self.limits.category, block, author]))
        return f"{self.spoken_period}: {limits}" if limits else self.spoken_period

    @property
    def spoken_period(self) -> str:
        """The days of the page as people write them."""
        return spoken_period(Period(self.days[0], self.days[-1]))

    def _count(self, block: Block) -> int:
        return sum(paper.listing.block is block for paper in self.papers)

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON-ready data; days are ISO 8601."""
        return {
            "first": self.days[0].isoformat(),
            "last": self.days[-1].isoformat(),
            "days": [day.isoformat() for day in self.days],
            "theme": self.limits.theme,
            "category": self.limits.category,
            "block": self.limits.block,
            "opening": list(self.opening),
            "author": self.limits.author,
            "papers": sum(1 for _ in self.papers),
            "new": self._count(Block.NEW),
            "cross_listed": self._count(Block.CROSS_LISTED),
            "replaced": self._count(Block.REPLACED),
            "unannounced": sum(paper.listing.basis is not Basis.ANNOUNCED for paper in self.papers),
            "standing_out": [paper.stored.paper.arxiv_id for paper in self.standing_out],
            "themes": [theme.to_dict() for theme in self.themes],
        }


def about_of(paper: DayPaper, page: DayPage) -> Iterator[str]:
    """What is said of a paper beside its title: its block, its withdrawal, its day where that is not plain."""
    listing = paper.listing
    if len(page.days) > 1 or listing.basis is not Basis.ANNOUNCED:
        yield dated(listing.day, listing.basis)
    if listing.block is not Block.NEW:
        yield str(listing.block)
    if paper.stored.paper.is_withdrawn:
        yield "withdrawn"
