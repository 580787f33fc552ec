"""Where a table finds its vectors: in memory, or in a file of which only what is asked for is read."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.mapped import MappedArray

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VectorSource:
    """Vectors of shape [vectors, dimensions]: those of some parts, one part after the other, in another order at will.

    `order` has the place of each among those of the parts; None where that is the same.
    """

    parts: tuple[Matrix | MappedArray, ...]
    order: Places | None = None

    def at(self, places: Places) -> Matrix:
        """The vectors at some places, in their order.

        Raises:
            DamagedBlockError: they lie in a file that is damaged.
        """
        if self.order is not None:
            places = self.order[places]
        found = np.empty((len(places), self.dimensions), dtype=np.float32)
        for first, part in self._firsts():
            inside = (places >= first) & (places < first + len(part))
            of_part = places[inside] - first
            found[inside] = part.at(of_part) if isinstance(part, MappedArray) else part[of_part]
        return found

    def whole(self) -> Matrix:
        """All of them.

        Raises:
            DamagedBlockError: they lie in a file that is damaged.
        """
        parts = [part.whole() if isinstance(part, MappedArray) else part for part in self.parts]
        vectors = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return vectors if self.order is None else vectors[self.order]

    def chosen(self, places: Places) -> "VectorSource":
        """Those at some places, in their order."""
        return VectorSource(self.parts, places if self.order is None else self.order[places])

    def with_more(self, more: Matrix) -> "VectorSource":
        """With more at the end."""
        held = sum(map(len, self.parts))
        added = None if self.order is None else np.concatenate([self.order, held + np.arange(len(more))])
        return VectorSource((*self.parts, more), added)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self.parts[0].shape[1]

    def _firsts(self) -> Iterator[tuple[int, Matrix | MappedArray]]:
        first = 0
        for part in self.parts:
            yield first, part
            first += len(part)
