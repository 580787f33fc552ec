"""The lexical index: which paper holds which word how often, in memory, kept in a file that can be made anew."""

import hashlib
import io
import json
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.files import write_whole
from ingest.names import KnownName, with_paper, without
from ingest.words import stems_of

TITLE_WEIGHT = 2
"""A word of the title counts as often."""
_K1 = 1.2
_B = 0.75
_CHECKSUM_BYTES = 16
_FORMAT = b"daybook words 2"
"""Goes into the checksum: a file whose words were read otherwise is not believed."""
_FIELDS = ("rows", "lengths", "terms", "places", "counts")


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of a paper as the index reads it."""

    row: int
    title: str
    abstract: str


@dataclass(frozen=True)
class LexicalTable:
    """An immutable index of stems.

    `rows` [papers] are the papers in ascending order, `lengths` [papers] their words. A posting is an entry of
    `terms`, `places` and `counts` [postings]: the number of a stem in `vocabulary`, a place in `rows`, and how
    often the paper holds the stem; postings stand in the order of their terms. `names` are those of methods, data
    sets and the like, by their keys. `last_chunk_row` tells up to which chunk the library was read, `removals`
    how many papers had been taken out of it by then.
    """

    last_chunk_row: int = 0
    vocabulary: dict[str, int] = field(default_factory=dict)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lengths: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    terms: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    places: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    counts: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    names: dict[str, KnownName] = field(default_factory=dict)
    removals: int = 0

    def extended(self, papers: Iterable[PaperText], last_chunk_row: int) -> "LexicalTable":
        """A new index with more papers, or with new texts of those that it holds."""
        papers = sorted(papers, key=lambda paper: paper.row)
        vocabulary = dict(self.vocabulary)
        names = without(self.names, frozenset(paper.row for paper in papers).intersection(self.rows.tolist()))
        rows, lengths, terms, counts = [], [], [], []
        for paper in papers:
            with_paper(names, paper.row, f"{paper.title}\n{paper.abstract}")
            held = Counter(stems_of(paper.abstract))
            for stem in stems_of(paper.title):
                held[stem] += TITLE_WEIGHT
            rows.append(paper.row)
            lengths.append(held.total())
            terms.append([vocabulary.setdefault(stem, len(vocabulary)) for stem in held])
            counts.append(list(held.values()))
        kept = self._without(rows)
        all_rows = np.concatenate([kept.rows, np.array(rows, dtype=np.int64)])
        order = np.argsort(all_rows, kind="stable")
        place_of = np.empty_like(order)
        place_of[order] = np.arange(len(order))
        sizes = [len(some) for some in terms]
        places = np.concatenate([place_of[kept.places], np.repeat(place_of[len(kept.rows) :], sizes)])
        all_terms = np.concatenate([kept.terms, *(np.array(some, dtype=np.int32) for some in terms)])
        by_term = np.argsort(all_terms, kind="stable")
        all_counts = np.concatenate([kept.counts, *(np.array(some, dtype=np.float32) for some in counts)])
        return LexicalTable(
            last_chunk_row,
            vocabulary,
            all_rows[order],
            np.concatenate([kept.lengths, np.array(lengths, dtype=np.float32)])[order],
            all_terms[by_term],
            places[by_term].astype(np.int32),
            all_counts[by_term],
            names,
            self.removals,
        )

    def holding_only(self, rows: NDArray[np.int64], removals: int) -> "LexicalTable":
        """A new index of those of its papers that stand in ascending rows, after so many removals."""
        gone = np.setdiff1d(self.rows, rows, assume_unique=True)
        names = without(self.names, frozenset(gone.tolist()))
        return replace(self._without(gone.tolist()), names=names, removals=removals)

    def _without(self, rows: Sequence[int]) -> "LexicalTable":
        """The index without the postings and rows of some papers; its places are the old rows' new places."""
        is_gone = np.isin(self.rows, np.array(rows, dtype=np.int64))
        if not is_gone.any():
            return self
        new_place = np.cumsum(~is_gone) - 1
        stays = ~is_gone[self.places]
        return LexicalTable(
            self.last_chunk_row,
            self.vocabulary,
            self.rows[~is_gone],
            self.lengths[~is_gone],
            self.terms[stays],
            new_place[self.places[stays]].astype(np.int32),
            self.counts[stays],
        )

    def __len__(self) -> int:
        return len(self.rows)

    def document_count(self, stem: str) -> int:
        """In how many papers a stem stands."""
        start, end = self._range(stem)
        return end - start

    def counts_of(self, stem: str) -> NDArray[np.float32]:
        """How often every paper holds a stem, a word of the title counted double, shape [papers]."""
        start, end = self._range(stem)
        counts = np.zeros(len(self.rows), dtype=np.float32)
        counts[self.places[start:end]] = self.counts[start:end]
        return counts

    def holds_as(self, other: "LexicalTable") -> bool:
        """Whether another index holds papers in the same rows, as long, and each stem as often."""
        return (
            np.array_equal(self.rows, other.rows)
            and np.array_equal(self.lengths, other.lengths)
            and self.document_counts() == other.document_counts()
        )

    def document_counts(self) -> dict[str, int]:
        """In how many papers each stem stands."""
        return {stem: count for stem in self.vocabulary if (count := self.document_count(stem))}

    def bm25(self, stems: Iterable[str]) -> NDArray[np.float32]:
        """The BM25 (Robertson and Zaragoza 2009; k1 1.2, b 0.75) of every paper for different stems, shape [papers].

        The inverse document frequency is Lucene's, which is never negative.
        """
        scores = np.zeros(len(self.rows), dtype=np.float32)
        for stem in stems:
            start, end = self._range(stem)
            weight = np.float32(self.inverse_document_frequency(stem))
            scores[self.places[start:end]] += weight * self._impacts[start:end]
        return scores

    def share(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """The share that every paper holds of different stems, by inverse document frequency, shape [papers]."""
        held = np.zeros(len(self.rows), dtype=np.float32)
        for stem in stems:
            start, end = self._range(stem)
            held[self.places[start:end]] += np.float32(self.inverse_document_frequency(stem))
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
        if letter not in self._beginning:
            first, end = (bisect_left(self._sorted, bound) for bound in (letter, chr(ord(letter) + 1)))
            self._beginning[letter] = [s for s in self._sorted[first:end] if self.document_count(s)]
        return self._beginning[letter]

    def names_beginning(self, letter: str) -> list[str]:
        """The keys of the names that begin with a letter or digit."""
        return self._names_beginning.get(letter, [])

    @cached_property
    def _names_beginning(self) -> dict[str, list[str]]:
        beginning: dict[str, list[str]] = {}
        for key in self.names:
            beginning.setdefault(key[0], []).append(key)
        return beginning

    def _range(self, stem: str) -> tuple[int, int]:
        number = self.vocabulary.get(stem)
        return (0, 0) if number is None else (int(self._starts[number]), int(self._starts[number + 1]))

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.searchsorted(self.terms, np.arange(len(self.vocabulary) + 1))

    @cached_property
    def _impacts(self) -> NDArray[np.float32]:
        """What each posting adds to a score, before its stem's weight."""
        relative = self.lengths * (len(self.lengths) / max(float(self.lengths.sum()), 1.0))
        norms = (_K1 * (1 - _B + _B * relative)).astype(np.float32)
        impacts: NDArray[np.float32] = (_K1 + 1) * self.counts / (self.counts + norms[self.places])
        return impacts

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.vocabulary)

    @cached_property
    def _beginning(self) -> dict[str, list[str]]:
        return {}

    def save(self, file: Path) -> None:
        """Keep the index; the file appears whole or not at all.

        Raises:
            OSError: the disk is full.
        """
        packed = io.BytesIO()
        words = np.frombuffer("\n".join(self.vocabulary).encode(), dtype=np.uint8)
        names = json.dumps([[key, name.text, name.rows] for key, name in self.names.items()]).encode()
        arrays = {name: getattr(self, name) for name in _FIELDS}
        np.savez(
            packed,
            words=words,
            names=np.frombuffer(names, dtype=np.uint8),
            last_chunk_row=np.int64(self.last_chunk_row),
            removals=np.int64(self.removals),
            **arrays,
        )
        content = packed.getbuffer()
        write_whole(file, _checksum(content), content)

    @classmethod
    def load(cls, file: Path) -> Self | None:
        """The index that a file keeps; None where it is absent or not as it was saved."""
        with suppress(OSError, ValueError, KeyError, EOFError):
            raw = memoryview(file.read_bytes())
            content = raw[_CHECKSUM_BYTES:]
            if _checksum(content) == raw[:_CHECKSUM_BYTES]:
                with np.load(io.BytesIO(content), allow_pickle=False) as kept:
                    words = kept["words"].tobytes().decode()
                    vocabulary = {word: number for number, word in enumerate(words.split("\n") if words else ())}
                    names = json.loads(kept["names"].tobytes())
                    return cls(
                        int(kept["last_chunk_row"]),
                        vocabulary,
                        **{name: kept[name] for name in _FIELDS},
                        names={key: KnownName(text, tuple(rows)) for key, text, rows in names},
                        removals=int(kept["removals"]) if "removals" in kept else 0,  # an older Daybook removes none
                    )
        return None

    @staticmethod
    def counters(file: Path) -> tuple[int, int]:
        """The last chunk row and the removals that a file tells of; zeros where it tells of none."""
        try:
            with file.open("rb") as raw:
                raw.seek(_CHECKSUM_BYTES)
                with np.load(raw, allow_pickle=False) as kept:  # which checks a sum of each entry that it reads
                    return int(kept["last_chunk_row"]), int(kept["removals"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return (0, 0)


def _checksum(content: memoryview) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECKSUM_BYTES, person=_FORMAT).digest()
