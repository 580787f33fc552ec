"""Which papers of a large source are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.paper import Block, Listing


@dataclass(frozen=True, slots=True)
class Selection:
    """A category and a period, both ends included; None sets no limit."""

    category: str | None = None
    since: date | None = None
    until: date | None = None

    def listing(self, categories: Sequence[str], day: date, position: int) -> Listing | None:
        """Where a paper with these categories, the primary one first, stands; None where it is not wanted."""
        category = self.category or categories[0]
        if category not in categories or (self.since and day < self.since) or (self.until and day > self.until):
            return None
        block = Block.NEW if category == categories[0] else Block.CROSS_LISTED
        return Listing(day, category, block, position)


EVERYTHING = Selection()
