"""The lexical index: which paper holds which word how often."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import LibraryError
from ingest.mapped import DamagedBlockError, MappedArray
from ingest.names import FoundName, KeptNames, KnownName, find_names, with_papers, without
from ingest.sorted_texts import SortedTexts, packed
from ingest.words import stems_of

TITLE_WEIGHT = 2
"""A word of the title counts as often."""
_K1 = 1.2
_B = 0.75
_MOST_COUNTED = int(np.iinfo(np.uint16).max)  # a paper that holds a word more often scores the same
_STEMS_KEPT = 20_000  # where they stand, once they were looked up
_LETTERS_KEPT = 64

Postings = NDArray[Any] | MappedArray
"""In memory, or in a file of which only what is asked for is read."""


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of a paper as the index reads it."""

    row: int
    title: str
    abstract: str


@dataclass(frozen=True)
class LexicalTable:
    """An immutable index of stems.

    `rows` [papers] are the papers in ascending order, `lengths` [papers] their words. The postings of a stem stand in
    `places` and `counts` [postings] from one of `starts` [stems + 1] to the next: a place in `rows`, and how often
    the paper holds the stem. `names` are those of methods, data sets and the like, by their keys. `last_chunk_row`
    tells up to which chunk the library was read, `removals` how many papers had been taken out of it by then.
    `anew` makes the same index from the papers, where its postings lie in a file and are found damaged.
    """

    last_chunk_row: int = 0
    vocabulary: SortedTexts = field(default_factory=lambda: SortedTexts.of(()))
    starts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lengths: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    places: Postings = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    counts: Postings = field(default_factory=lambda: np.zeros(0, dtype=np.uint16))
    names: Mapping[str, KnownName] = field(default_factory=dict)
    removals: int = 0
    anew: "Callable[[], LexicalTable] | None" = None

    def extended(self, papers: Iterable[PaperText], last_chunk_row: int) -> "LexicalTable":
        """A new index with more papers, or with new texts of those that it holds.

        Raises:
            DamagedBlockError: its postings lie in a file that is damaged.
        """
        read = _read(papers)
        rows = np.array(read.rows, dtype=np.int64)
        changed = frozenset(np.intersect1d(rows, self.rows).tolist())
        kept = self._without(rows)
        vocabulary = SortedTexts.of([*kept.vocabulary, *read.numbers])
        number_of = {stem: number for number, stem in enumerate(vocabulary)}
        held = np.repeat(_numbers(kept.vocabulary, number_of), np.diff(kept.starts))
        terms = np.concatenate([held, _numbers(read.numbers, number_of)[np.frombuffer(read.terms, dtype=np.int32)]])
        by_term = np.argsort(terms, kind="stable")
        all_rows = np.concatenate([kept.rows, rows])
        order = np.argsort(all_rows, kind="stable")
        place_of = np.empty(len(order), dtype=np.int32)
        place_of[order] = np.arange(len(order))
        new_places = np.repeat(place_of[len(kept.rows) :], read.sizes)
        places = np.concatenate([place_of[kept.places[:]], new_places])
        return LexicalTable(
            last_chunk_row,
            vocabulary,
            np.cumsum([0, *np.bincount(terms, minlength=len(vocabulary))], dtype=np.int64),
            all_rows[order],
            np.concatenate([kept.lengths, np.array(read.lengths, dtype=np.float32)])[order],
            places[by_term],
            np.concatenate([kept.counts[:], np.frombuffer(read.counts, dtype=np.uint16)])[by_term],
            with_papers(without(self.names, changed), read.names),
            self.removals,
        )

    def holding_only(self, rows: NDArray[np.int64], removals: int) -> "LexicalTable":
        """A new index of those of its papers that stand in ascending rows, after so many removals.

        Raises:
            DamagedBlockError: its postings lie in a file that is damaged.
        """
        gone = np.setdiff1d(self.rows, rows, assume_unique=True)
        names = without(self.names, frozenset(gone.tolist()))
        return replace(self._without(gone), names=names, removals=removals)

    def _without(self, rows: NDArray[np.int64]) -> "LexicalTable":
        """The index without the postings and rows of some papers; its places are the old rows' new places."""
        is_gone = np.isin(self.rows, rows)
        if not is_gone.any():
            return self
        places = self.places[:]
        stays = ~is_gone[places]
        terms = np.repeat(np.arange(len(self.vocabulary)), np.diff(self.starts))[stays]
        documents = np.bincount(terms, minlength=len(self.vocabulary))
        stems = [stem for stem, count in zip(self.vocabulary, documents.tolist(), strict=True) if count]
        new_place = np.cumsum(~is_gone) - 1
        return LexicalTable(
            self.last_chunk_row,
            SortedTexts(*packed(stems)),
            np.cumsum([0, *documents[documents > 0]], dtype=np.int64),
            self.rows[~is_gone],
            self.lengths[~is_gone],
            new_place[places[stays]].astype(np.int32),
            self.counts[:][stays],
        )

    def __len__(self) -> int:
        return len(self.rows)

    def document_count(self, stem: str) -> int:
        """In how many papers a stem stands."""
        start, end = self._range(stem)
        return end - start

    def postings(self, stem: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The places of the papers that hold a stem, and how often they do."""
        start, end = self._range(stem)
        try:
            return self.places[start:end], self.counts[start:end].astype(np.float32)
        except DamagedBlockError:
            return self._made_anew.postings(stem)

    @cached_property
    def _made_anew(self) -> "LexicalTable":
        """The same index, from the papers.

        Raises:
            LibraryError: they have changed since.
        """
        made = self.anew() if self.anew else None
        if made is None or not np.array_equal(made.rows, self.rows):
            raise LibraryError("the index of words is damaged, and the library changes meanwhile; run the same again")
        return made

    def counts_of(self, stem: str) -> NDArray[np.float32]:
        """How often every paper holds a stem, a word of the title counted double, shape [papers]."""
        places, held = self.postings(stem)
        counts = np.zeros(len(self.rows), dtype=np.float32)
        counts[places] = held
        return counts

    def holds_as(self, other: "LexicalTable") -> bool:
        """Whether another index holds papers in the same rows, as long, with the same stems as often, and names.

        Raises:
            DamagedBlockError: its postings lie in a file that is damaged.
        """
        return (
            np.array_equal(self.rows, other.rows)
            and np.array_equal(self.lengths, other.lengths)
            and self.document_counts() == other.document_counts()
            and all(map(np.array_equal, _in_order(self), _in_order(other)))
            and set(self.names) == set(other.names)
        )

    def document_counts(self) -> dict[str, int]:
        """In how many papers each stem stands."""
        return dict(zip(self.vocabulary, np.diff(self.starts).tolist(), strict=True))

    def bm25(self, stems: Iterable[str]) -> NDArray[np.float32]:
        """The BM25 (Robertson and Zaragoza 2009; k1 1.2, b 0.75) of every paper for different stems, shape [papers].

        The inverse document frequency is Lucene's, which is never negative.
        """
        scores = np.zeros(len(self.rows), dtype=np.float32)
        for stem in stems:
            places, counts = self.postings(stem)
            weight = np.float32(self.inverse_document_frequency(stem))
            scores[places] += weight * ((_K1 + 1) * counts / (counts + self._norms[places]))
        return scores

    def share(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """The share that every paper holds of different stems, by inverse document frequency, shape [papers]."""
        held = np.zeros(len(self.rows), dtype=np.float32)
        for stem in stems:
            places, _ = self.postings(stem)
            held[places] += np.float32(self.inverse_document_frequency(stem))
        return held / max(sum(map(self.inverse_document_frequency, stems)), 1e-6)

    def highest_bm25(self, stems: Iterable[str]) -> float:
        """The BM25 of a paper in which all of some different stems stand without end."""
        return sum((_K1 + 1) * self.inverse_document_frequency(stem) for stem in stems)

    def inverse_document_frequency(self, stem: str) -> float:
        """How much a stem tells: the logarithm of one over the share of papers that hold it, smoothed."""
        count = self.document_count(stem)
        return float(np.log1p((len(self.rows) - count + 0.5) / (count + 0.5)))

    def stems_beginning(self, letter: str) -> list[str]:
        """The stems that begin with a letter, in order."""
        return self._stems_beginning(letter)

    @cached_property
    def _stems_beginning(self) -> Callable[[str], list[str]]:
        return lru_cache(_LETTERS_KEPT)(partial(_beginning, self.vocabulary))

    def names_beginning(self, letter: str) -> list[str]:
        """The keys of the names that begin with a letter or digit, in order."""
        return self._names_beginning(letter)

    @cached_property
    def _names_beginning(self) -> Callable[[str], list[str]]:
        keys = self.names.names if isinstance(self.names, KeptNames) else SortedTexts.of(self.names)
        return lru_cache(_LETTERS_KEPT)(partial(_beginning, keys))

    def _range(self, stem: str) -> tuple[int, int]:
        return self._ranges(stem)

    @cached_property
    def _ranges(self) -> Callable[[str], tuple[int, int]]:
        return lru_cache(_STEMS_KEPT)(partial(_range_of, self.vocabulary, self.starts))

    @cached_property
    def _norms(self) -> NDArray[np.float32]:
        """What stands below how often each paper holds a stem, shape [papers]."""
        relative = self.lengths * (len(self.lengths) / max(float(self.lengths.sum()), 1.0))
        norms: NDArray[np.float32] = (_K1 * (1 - _B + _B * relative)).astype(np.float32)
        return norms


def _in_order(words: LexicalTable) -> tuple[NDArray[Any], NDArray[Any]]:
    """The places and counts of all stems, those of each in the order of its places."""
    terms = np.repeat(np.arange(len(words.vocabulary)), np.diff(words.starts))
    places = words.places[:]
    order = np.lexsort((places, terms))
    return places[order], words.counts[:][order]


@dataclass(slots=True)
class _Read:
    """Papers as they are read: a number for each stem, and by paper how many stems it has, which, and how often."""

    rows: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    terms: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[int]" = field(default_factory=lambda: array("H"))
    numbers: dict[str, int] = field(default_factory=dict)
    names: dict[str, FoundName] = field(default_factory=dict)


def _read(papers: Iterable[PaperText]) -> _Read:
    """The stems and names of papers, one after the other, so that a million take no more than their postings."""
    read = _Read()
    numbers = read.numbers
    for paper in papers:
        held = _counts_in(paper)
        read.rows.append(paper.row)
        read.lengths.append(held.total())
        read.sizes.append(len(held))
        read.terms.extend([numbers.setdefault(stem, len(numbers)) for stem in held])
        read.counts.extend([min(count, _MOST_COUNTED) for count in held.values()])
        find_names(read.names, paper.row, f"{paper.title}\n{paper.abstract}")
    return read


def _counts_in(paper: PaperText) -> Counter[str]:
    """How often a paper holds each stem, a word of the title counted double."""
    held = Counter(stems_of(paper.abstract))
    for stem in stems_of(paper.title):
        held[stem] += TITLE_WEIGHT
    return held


def _numbers(stems: Iterable[str], number_of: Mapping[str, int]) -> NDArray[np.int32]:
    return np.array([number_of[stem] for stem in stems], dtype=np.int32)


def _range_of(vocabulary: SortedTexts, starts: NDArray[np.int64], stem: str) -> tuple[int, int]:
    number = vocabulary.find(stem)
    return (0, 0) if number is None else (int(starts[number]), int(starts[number + 1]))


def _beginning(texts: SortedTexts, letter: str) -> list[str]:
    places = texts.beginning(letter)
    return texts[places.start : places.stop]
