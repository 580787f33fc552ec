"""Every listing of a library, as arrays: which papers lie within limits, without a look into SQLite."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.paper import UNKNOWN_CATEGORY, Block

BLOCKS = tuple(Block)
"""In the order in which a day shows them; a paper is of the first that it is listed under."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a library holds at all: its days, oldest first, and the categories of its listings."""

    days: tuple[date, ...] = ()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Listings:
    """All listings, in the order of their papers' rows.

    `days`, oldest first, and `categories` are those that occur. Of shape [listings] are `paper_rows`, `day_numbers`
    and `category_numbers` (places in those two), and `blocks` (places in `BLOCKS`).
    """

    days: tuple[date, ...] = ()
    categories: tuple[str, ...] = ()
    paper_rows: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    day_numbers: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    category_numbers: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    blocks: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))

    @cached_property
    def holdings(self) -> Holdings:
        """The days, and the categories that a source told."""
        return Holdings(self.days, frozenset(self.categories) - {UNKNOWN_CATEGORY})

    def rows_within(
        self,
        *,
        days: Collection[date] | None = None,
        categories: Collection[str] | None = None,
        block: Block | None = None,
    ) -> NDArray[np.int64]:
        """The rows of the papers within limits, ascending; None sets none.

        Day and category must be those of one listing; a paper is of the first block that such a listing has.
        """
        rows, blocks = self.paper_rows, self.blocks
        if days is not None or categories is not None:
            fits = np.ones(len(rows), dtype=bool)
            if days is not None:
                fits &= _are_in(self.days, days)[self.day_numbers]
            if categories is not None:
                fits &= _are_in(self.categories, categories)[self.category_numbers]
            rows, blocks = rows[fits], blocks[fits]
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        if block is not None and len(firsts):
            first_blocks = np.minimum.reduceat(blocks, firsts)
            firsts = firsts[first_blocks == BLOCKS.index(block)]
        return rows[firsts].astype(np.int64)


def _are_in(held: Collection[object], wanted: Collection[object]) -> NDArray[np.bool_]:
    those = frozenset(wanted)
    return np.fromiter((one in those for one in held), dtype=bool, count=len(held))
