"""Texts in order, in two arrays, so that they can lie in a file and be looked up there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

_BETWEEN = "\n"  # stands in no stem and in no name


class SortedTexts(Sequence[str]):
    """Different texts without line ends, in the order of their letters.

    `letters` uint8 are all of them in UTF-8, each with a line end behind it; `starts` int64 [texts + 1] tell where
    each begins.
    """

    def __init__(self, letters: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self.letters, self.starts = letters, starts
        self._letters, self._starts = letters.data, starts.data  # which give Python's numbers, quickly

    @classmethod
    def of(cls, texts: Iterable[str]) -> "SortedTexts":
        """Some texts, each once."""
        return cls(*packed(sorted(set(texts))))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            first, last, _ = place.indices(len(self))
            return unpacked(self.letters, int(self.starts[first]), int(self.starts[last])) if first < last else []
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._bytes(place).decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def find(self, text: str) -> int | None:
        """The place of a text; None where it is not among them."""
        wanted = text.encode()
        place = self._first_from(wanted)
        return place if place < len(self) and self._bytes(place) == wanted else None

    def beginning(self, letter: str) -> range:
        """The places of all texts that begin with a letter."""
        bounds = (letter, chr(ord(letter) + 1))  # the second may be no letter at all
        return range(*(self._first_from(bound.encode("utf-8", "surrogatepass")) for bound in bounds))

    def _first_from(self, wanted: bytes) -> int:
        """The first place whose text does not come before another; UTF-8 sorts as its letters do."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _bytes(self, place: int) -> bytes:
        return bytes(self._letters[self._starts[place] : self._starts[place + 1] - 1])


def packed(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Texts in two arrays, in their own order: as `SortedTexts` has them."""
    lines = [(text + _BETWEEN).encode() for text in texts]
    starts = np.zeros(len(lines) + 1, dtype=np.int64)
    np.cumsum([len(line) for line in lines], out=starts[1:])
    return np.frombuffer(b"".join(lines), dtype=np.uint8), starts


def unpacked(letters: NDArray[np.uint8], start: int, end: int) -> list[str]:
    """The texts that stand from one letter up to another."""
    return letters[start:end].tobytes().decode().split(_BETWEEN)[:-1]
