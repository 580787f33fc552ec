"""Invented papers, and how a source that is written of them falls into parts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.paper import Block

_PROSE = (
    "kelp tides model learns sparse covers of harbours with few labels and it gains 4.2% over R&D baselines, "
    "p < 0.05 where a<b and c>d; “quoted” or \"plain\" words, it's naïve; Köhler's 中文 data at $x_i$ and "
    "$\\frac{a+b}{n-1}$ cost 10\\% less (see [1], #3) - https://github.com/acme/kelp - x = y/2: Ω ≤ 3 -- done!"
)
_WORDS = _PROSE.split()
_NAMES = ("Ada Lovelace", "Zoë Müller", "Jean-Luc O'Neill", "A. B. Kovács", "Li Wei", "María García-López")
_CATEGORIES = ("cs.CV", "cs.LG", "math.CO", "hep-th", "eess.IV", "stat.ML", "cond-mat.mes-hall")
_ANNOUNCED = date(2026, 8, 12)


@dataclass(frozen=True, slots=True)
class InventedPaper:
    """A paper as its authors know it; `block` is where the announcement of `announced` lists it."""

    arxiv_id: str
    title: str
    abstract: str
    version: int = 1
    authors: tuple[str, ...] = ("Ada Lovelace",)
    categories: tuple[str, ...] = ("cs.CV",)
    submitted: date = _ANNOUNCED - timedelta(days=2)
    announced: date = _ANNOUNCED
    block: Block = Block.NEW


@dataclass(frozen=True, slots=True)
class Written:
    """A source: what stands before the entries, each entry, what joins two of them, what stands behind.

    An entry may bring a heading of its own in front of it. `papers` are in the order of the entries.
    """

    papers: tuple[InventedPaper, ...]
    head: str
    entries: tuple[str, ...]
    joint: str = ""
    tail: str = ""

    def data(self) -> bytes:
        """The bytes of the source, in UTF-8."""
        return (self.head + self.joint.join(self.entries) + self.tail).encode()

    def with_entry(self, place: int, entry: bytes) -> bytes:
        """The bytes of the source with other bytes in place of an entry."""
        entries = [one.encode() for one in self.entries]
        entries[place] = entry
        return self.head.encode() + self.joint.encode().join(entries) + self.tail.encode()


def invented_papers(count: int, chance: random.Random) -> list[InventedPaper]:
    """Papers of one announcement, in the order of their ids; every fourth is cross-listed.

    So the order of the ids breaks where the cross-listed ones begin, whichever way a digest lists them.
    """
    numbers = sorted(chance.sample(range(1, 30_000), count))
    return [
        _invented(number, Block.CROSS_LISTED if place % 4 == 1 else Block.NEW, chance)
        for place, number in enumerate(numbers)
    ]


def _invented(number: int, block: Block, chance: random.Random) -> InventedPaper:
    others = chance.sample(_CATEGORIES[1:], chance.randint(0, 2))
    home = ("cs.CV", *others) if block is Block.NEW else (*(others or ["cs.LG"]), "cs.CV")
    return InventedPaper(
        arxiv_id=f"2608.{number:05}",
        title=f"Paper {number}: {_prose(chance, 3, 9)}",
        abstract=f"We study {number}. {_prose(chance, 5, 60)}",
        version=chance.randint(1, 4),
        authors=tuple(chance.sample(_NAMES, chance.randint(1, 4))),
        categories=home,
        submitted=_ANNOUNCED - timedelta(days=chance.randint(1, 9)),
        block=block,
    )


def _prose(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most)))


def in_blocks(papers: Sequence[InventedPaper], *, ascending: bool) -> list[InventedPaper]:
    """Papers as a digest lists them: new, then cross-listed, the ids of each in one direction."""
    return [
        paper
        for block in (Block.NEW, Block.CROSS_LISTED)
        for paper in sorted(papers, key=lambda p: p.arxiv_id, reverse=not ascending)
        if paper.block is block
    ]
