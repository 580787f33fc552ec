"""Exact nearest neighbours: every chunk vector scored with two dot products; of very many, those that may be near."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.checksums import TOTAL_MASK
from ingest.database import VectorRows
from ingest.parts import in_parts
from ingest.scores import PaperScores
from ingest.shortlist import NEAREST_PAPERS, Shortlist, highest
from ingest.vector_source import VectorSource
from ingest.whitening import Whitening, whitened_question

SHORTLIST_FROM_CHUNKS = 40_000
"""Up to here all vectors are scored as quickly as a shortlist is drawn up (`daybook eval search-speed`)."""
_MOST_READ = 4000
"""How many papers of a narrow scope are read, at some 2 µs a vector; of a wider one those on a shortlist."""
_ANYWHERE = 32
"""How many of the nearest are scored though they are out of scope: the others are measured against them."""
_ROWS_A_THREAD = 10_000  # below, a thread costs more than it saves
_ROWS_IN_CACHE = 256
"""384 kB: both products find them there. And so few that OpenBLAS starts no threads of its own, which wait for each
other longer than they work where another process has a core."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorPlaces:
    """To whom the vectors of a table belong, all of shape [chunks]; see `VectorRows`."""

    chunk_rows: NDArray[np.int64]
    paper_rows: NDArray[np.int64]
    checksums: NDArray[np.int64]

    def chosen(self, places: NDArray[np.int64]) -> "VectorPlaces":
        """Those at some places."""
        return VectorPlaces(self.chunk_rows[places], self.paper_rows[places], self.checksums[places])

    def with_more(self, more: VectorRows) -> "VectorPlaces":
        """With more at the end."""
        return VectorPlaces(
            np.concatenate([self.chunk_rows, more.chunk_rows]),
            np.concatenate([self.paper_rows, more.paper_rows]),
            np.concatenate([self.checksums, more.checksums]),
        )


class VectorTable:
    """An immutable table of chunk vectors, in the order of their papers' rows.

    Its whitening, unless it is given, is made when it is first needed; so is the shortlist of a table of more than
    `SHORTLIST_FROM_CHUNKS`, of which only the papers that may be near a question are scored. One that `continues`
    another has that one's.
    """

    def __init__(
        self,
        places: VectorPlaces,
        source: VectorSource,
        whitening: Whitening | None = None,
        shortlist: Shortlist | None = None,
        *,
        continues: bool = False,
    ) -> None:
        if (np.diff(places.paper_rows) < 0).any():  # a paper that was rewritten has its chunks at the end
            order = np.argsort(places.paper_rows, kind="stable")
            places, source = places.chosen(order), source.chosen(order)
            whitening = whitening and whitening.chosen(order)
            shortlist = shortlist and shortlist.chosen(order)
        self._places = places
        self._source = source
        self._known_whitening = whitening
        self._known_shortlist = shortlist
        self._continues = continues
        papers = places.paper_rows
        starts = np.flatnonzero(np.diff(papers, prepend=-1))
        self._starts: NDArray[np.int64] = starts
        self._papers: NDArray[np.int64] = papers[starts]
        self._one_chunk_each = len(starts) == len(papers)

    @classmethod
    def of(cls, rows: VectorRows, whitening: Whitening | None = None) -> "VectorTable":
        """A table of vectors in memory."""
        places = VectorPlaces(rows.chunk_rows, rows.paper_rows, rows.checksums)
        return cls(places, VectorSource((rows.vectors,)), whitening)

    @property
    def rows(self) -> VectorRows:
        """All that it holds.

        Raises:
            DamagedBlockError: it lies in a file that is damaged.
        """
        mine = self._places
        return VectorRows(mine.chunk_rows, mine.paper_rows, mine.checksums, self._source.whole())

    @property
    def last_chunk_row(self) -> int:
        """The highest chunk row, 0 where the table is empty."""
        return int(self._places.chunk_rows.max()) if len(self) else 0

    def __len__(self) -> int:
        return len(self._places.chunk_rows)

    @cached_property
    def total(self) -> tuple[int, int]:
        """How many chunks there are, and what the checksums of their rows add up to: SQLite keeps the same."""
        return len(self), int(self._places.checksums.sum()) & TOTAL_MASK  # which wraps at 2**64

    @property
    def has_shortlist(self) -> bool:
        """Whether only the papers that may be near a question are scored."""
        return len(self) > SHORTLIST_FROM_CHUNKS

    def extended(self, more: VectorRows) -> "VectorTable":
        """A table with more rows at its end.

        A shortlist and its whitening are not made anew for them: they stay those of the vectors before.
        """
        if not len(more.chunk_rows):
            return self
        whitening, shortlist = self._known_whitening, self._known_shortlist
        return VectorTable(
            self._places.with_more(more),
            self._source.with_more(more.vectors) if len(self) else VectorSource((more.vectors,)),
            whitening.with_more(more.vectors) if whitening and shortlist else None,
            shortlist and shortlist.with_more(more.vectors),
            continues=shortlist is not None,
        )

    def holding_only(self, chunk_rows: NDArray[np.int64]) -> "VectorTable":
        """A table of those of its vectors that stand in some chunk rows; as with `extended`."""
        stays = np.isin(self._places.chunk_rows, chunk_rows)
        if stays.all():
            return self
        places = np.flatnonzero(stays)
        whitening, shortlist = self._known_whitening, self._known_shortlist
        return VectorTable(
            self._places.chosen(places),
            self._source.chosen(places),
            whitening.chosen(places) if whitening and shortlist else None,
            shortlist and shortlist.chosen(places),
            continues=shortlist is not None,
        )

    def afresh(self) -> "VectorTable":
        """The same vectors, with nothing known of them.

        Raises:
            DamagedBlockError: they lie in a file that is damaged.
        """
        return VectorTable.of(self.rows)

    def scores(
        self,
        query_vector: NDArray[np.float32],
        also: Callable[[], NDArray[np.int64] | None] = lambda: None,
        within: NDArray[np.int64] | None = None,
    ) -> PaperScores:
        """The cosines of each paper's best chunk with a unit vector of shape [dimensions]; rows ascend.

        With a shortlist, of the papers that may be near, of those whose rows `also` gives, and of those near `within`
        some rows, ascending, or all of these where they are few.

        Raises:
            DamagedBlockError: a vector lies in a file that is damaged.
        """
        if not len(self):
            none = np.zeros(0, dtype=np.float32)
            return PaperScores(self._papers, none, none)
        whitened_query = whitened_question(self.whitening.matrix, query_vector)
        if not self.has_shortlist:
            cosines, whitened = _products(self._all, query_vector, whitened_query)
            whitened /= self.whitening.norms
            return PaperScores(self._papers, self._of_papers(cosines), self._of_papers(whitened))
        shortlist = self.shortlist
        spreads = shortlist.moments.spreads(query_vector)
        spread, whitened_spread = spreads
        near = shortlist.products(
            query_vector / np.float32(spread.deviation or 1)
            + whitened_query * np.float32(2 / (whitened_spread.deviation or 1) / self._mean_norm)
        )
        near = self._of_papers(near)
        papers = [highest(near, NEAREST_PAPERS if within is None else _ANYWHERE)]
        if within is not None:
            inside = self._numbers_of(within)
            few = len(inside) <= _MOST_READ
            papers.append(inside if few else inside[highest(near[inside], NEAREST_PAPERS)])
        if (more := also()) is not None:
            papers.append(self._numbers_of(more))
        return shortlist.moments.scores(query_vector, self._chunks_of(np.unique(np.concatenate(papers))), spreads)

    def _of_papers(self, values: Matrix) -> Matrix:
        """Each paper's best chunk's, of a number for each chunk."""
        return values if self._one_chunk_each else np.maximum.reduceat(values, self._starts)

    def _numbers_of(self, paper_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of those of these papers that the table holds."""
        papers = self._papers
        if papers[-1] - papers[0] + 1 == len(papers):  # none is missing
            numbers: NDArray[np.int64] = paper_rows - papers[0]
            is_held = (numbers >= 0) & (numbers < len(papers))
        else:
            numbers = np.minimum(np.searchsorted(papers, paper_rows), len(papers) - 1)
            is_held = papers[numbers] == paper_rows
        return numbers[is_held]

    def _chunks_of(self, numbers: NDArray[np.int64]) -> VectorRows:
        """The chunks of some papers, in their order."""
        places = self._starts[numbers]
        if not self._one_chunk_each:
            ends = np.append(self._starts, len(self))[numbers + 1]
            counts = ends - places
            firsts = np.repeat(places - np.cumsum(counts) + counts, counts)
            places = firsts + np.arange(len(firsts))
        chosen = self._places.chosen(places)
        return VectorRows(chosen.chunk_rows, chosen.paper_rows, chosen.checksums, self._source.at(places))

    def holds_as(self, other: "VectorTable") -> bool:
        """Whether another table holds the same vectors of the same chunks and papers, and whitens them as this one.

        Where this one's whitening and shortlist are those of the vectors before, they are not compared.

        Raises:
            DamagedBlockError: one of them lies in a file that is damaged.
        """
        mine, others = self.rows, other.rows
        return (
            np.array_equal(mine.chunk_rows, others.chunk_rows)
            and np.array_equal(mine.paper_rows, others.paper_rows)
            and np.array_equal(mine.vectors, others.vectors)
            and (not len(self) or self._continues or self.whitening.is_near(other.whitening))
            and (not self.has_shortlist or self._continues or self.shortlist.is_near(other.shortlist))
        )

    def paper_vectors(self, paper_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean chunk vector of each of these papers, shape [papers, dimensions]; zeros where a paper has none.

        Raises:
            DamagedBlockError: one lies in a file that is damaged.
        """
        vectors = np.zeros((len(paper_rows), self._source.dimensions), dtype=np.float32)
        if not len(self) or not len(paper_rows):
            return vectors
        order = np.argsort(paper_rows)
        chunks = self._chunks_of(self._numbers_of(paper_rows[order]))
        places = order[np.searchsorted(paper_rows, chunks.paper_rows, sorter=order)]
        np.add.at(vectors, places, chunks.vectors)
        counts = np.maximum(np.bincount(places, minlength=len(paper_rows)), 1).astype(np.float32)
        vectors /= counts[:, None]
        return vectors

    @cached_property
    def whitening(self) -> Whitening:
        """Of at least one vector."""
        return self._known_whitening or Whitening.of(self._all)

    @cached_property
    def shortlist(self) -> Shortlist:
        """Of at least one vector."""
        return self._known_shortlist or Shortlist.of(self.rows, self.whitening)

    @cached_property
    def _mean_norm(self) -> float:
        """The lengths under the whitening differ by two in a hundred: that much a shortlist may pass over."""
        return float(self.whitening.norms.mean())

    @cached_property
    def _all(self) -> Matrix:
        return self._source.whole()


def _products(vectors: Matrix, one: Matrix, other: Matrix) -> tuple[Matrix, Matrix]:
    """The dot products of all vectors with two, so that each is fetched from memory once; of many, by all cores."""
    queries, products = np.stack([one, other]), np.empty((2, len(vectors)), dtype=np.float32)

    def fill(rows: range) -> None:
        for first in rows[::_ROWS_IN_CACHE]:
            some = slice(first, min(first + _ROWS_IN_CACHE, rows.stop))
            products[:, some] = queries @ vectors[some].T

    in_parts(fill, len(vectors), _ROWS_A_THREAD)
    return products[0], products[1]
