"""The library's truth: what the SQLite file holds, as our nouns."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.checksums import TABLES, TOTAL_MASK, Value, columns, holds, row_checksum
from ingest.conversations import Conversations
from ingest.damage import problems_of
from ingest.errors import LibraryError
from ingest.follows import Follows, SeenUpTo
from ingest.lexical import PaperText
from ingest.listings import BLOCKS, Listings
from ingest.marks import Marks
from ingest.paper import (
    UNKNOWN_CATEGORY,
    Basis,
    Block,
    Entry,
    Link,
    Listing,
    Paper,
    Rejection,
    Role,
    Sentence,
    Span,
    StoredPaper,
)
from ingest.sqlite import Connection, SqliteFile

_PARAMETERS_PER_STATEMENT = 500
_TEXT_INDEX = ("papers_text_config", "papers_text_data", "papers_text_docsize", "papers_text_idx")
"""The tables in which SQLite keeps the text index."""
_COUNTERS = frozenset({"generation", "rewrites", "removals", "sealed_text", "sealed_generation"})
_IS_TEXT = "WHERE paper = ? AND version = ? AND title = ? AND abstract = ?"


def _rank_of(block: str) -> str:
    return f"CASE {block} WHEN 'new' THEN 0 WHEN 'cross-listed' THEN 1 ELSE 2 END"


_BLOCK_RANK = _rank_of("block")


@dataclass(frozen=True, slots=True)
class Derived:
    """All that is derived from a paper's text: spans of chunks, their vectors, its sentences."""

    paper: Paper
    chunks: Sequence[Span]
    vectors: Sequence[NDArray[np.float32]]
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class PreparedPaper:
    """An entry that brings new text, with all that is derived from it."""

    entry: Entry
    derived: Derived


@dataclass(frozen=True, slots=True)
class Sighting:
    """A text seen of a paper: in which version, and on which day it was listed last (ISO 8601, or empty)."""

    version: int
    title: str
    abstract: str
    last_day: str


def standing(sightings: Sequence[Sighting]) -> Sighting:
    """The text that stands, of all that were seen of a paper."""
    return max(sightings, key=lambda s: (bool(s.abstract), s.version, s.last_day, s.title, s.abstract))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The papers that are new or have a new text since a state of the library, and the state after them.

    `newest_chunks` has the highest chunk row of each, by the row of the paper.
    """

    upto: SeenUpTo
    newest_chunks: dict[int, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which file, or which fetch, brought a paper under a listing and in a version."""

    source: str
    day: str  # ISO 8601
    category: str
    basis: str
    version: int
    text: str  # `text_hash` of what it said


def origin_of(entry: Entry) -> Origin:
    """The origin that an entry adds to its paper."""
    paper, listing = entry.paper, entry.listing
    said = text_hash(paper.title, paper.abstract)
    return Origin(entry.source, listing.day.isoformat(), listing.category, listing.basis, paper.version, said)


def text_hash(title: str, abstract: str) -> str:
    """What stands for a text in an origin."""
    return hashlib.blake2b(f"{title}\n{abstract}".encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Takeout:
    """What is to be taken out of the library, all of it at once.

    `papers` are rows that go wholly. `listings` (day, category, basis), `origins` and `texts` go from papers that
    stay, each under its row; `days` are fetched anew when they are asked for. `restored` are texts that stand again
    in the place of one that goes, `versions` the version that stands of papers whose text stays; `last_days` when a
    text that stays was listed last.
    """

    papers: tuple[int, ...] = ()
    listings: tuple[tuple[int, str, str, str], ...] = ()
    origins: tuple[tuple[int, Origin], ...] = ()
    texts: tuple[tuple[int, Sighting], ...] = ()
    last_days: tuple[tuple[int, Sighting], ...] = ()
    restored: tuple[Derived, ...] = ()
    versions: tuple[tuple[int, int], ...] = ()
    days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DaySummary:
    """How many papers a day has, each counted once: what is new in one category is not cross-listed by another.

    `unannounced` are those among them of which the day is no announcement's: they were submitted or changed on it, or,
    `within_month`, only the month is known of which it is the first.
    """

    day: date
    new: int
    cross_listed: int
    replaced: int = 0
    unannounced: int = 0
    within_month: int = 0

    @property
    def is_a_day(self) -> bool:
        """Whether it is the day of any of its papers, and not only the first of their month."""
        return self.within_month < self.papers

    @property
    def papers(self) -> int:
        """How many papers the day has."""
        return self.new + self.cross_listed + self.replaced


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper at one place of a day's digest."""

    row: int
    arxiv_id: str
    title: str
    url: str
    listing: Listing
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class VectorRows:
    """Chunk vectors in the order of their rows: `vectors` is float32 of shape [chunks, dimensions].

    `checksums` [chunks] are those of the rows of chunks that they come from.
    """

    chunk_rows: NDArray[np.int64]
    paper_rows: NDArray[np.int64]
    checksums: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Database:
    """Typed access to the SQLite file. Errors as with `SqliteFile`."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path)
        self._rows = self._file.rows
        self._trusted: dict[str, int] = {}
        self._counted_papers = (-1, 0)
        self._known_state: tuple[Sequence[Sequence[Value]], dict[str, int]] = ([], {})
        self.conversations = Conversations(self._file)
        self.follows = Follows(self._file)
        self.marks = Marks(self._file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def is_read_only(self) -> bool:
        """Whether the library can only be read."""
        return self._file.is_read_only

    def need_writable(self) -> None:
        """Raise a LibraryError where the library cannot be written."""
        self._file.need_writable()

    # ---- writing

    def save(self, changes: Sequence[PreparedPaper | Entry]) -> None:
        """Save a batch in one transaction; what it held is acknowledged when this returns.

        A `PreparedPaper` brings new text; a bare `Entry` adds its listing, and its text to the history.
        """
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.transaction() as connection:
            rewrites = 0
            for change in changes:
                entry = change.entry if isinstance(change, PreparedPaper) else change
                row = _paper_row(connection, entry.paper.arxiv_id)
                if isinstance(change, PreparedPaper):
                    rewrites += row is not None
                    row = _save_text(connection, row, _still_withdrawn(connection, row, change.derived))
                if row is None:
                    raise ValueError(f"{entry.paper.arxiv_id} has no text in the library yet")
                _save_listing(connection, row, entry, seen_at)
                _save_metadata(connection, row, entry.paper)
            _count_change(connection, rewrites)

    def save_origins(self, entries: Iterable[Entry]) -> None:
        """Keep where papers came from that are known already, and their text where damage took it out of the history.

        What the library says does not change by it.
        """
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.transaction() as connection:
            for entry in entries:
                row = _paper_row(connection, entry.paper.arxiv_id)
                if row is not None:
                    _save_sighting(connection, row, entry, seen_at)
                    _save_origin(connection, row, entry)

    def save_rejections(self, rejections: Iterable[Rejection]) -> None:
        """Keep what was rejected and why."""
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(rejection.file, rejection.line, rejection.reason, seen_at) for rejection in rejections]
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO rejections (file, line, reason, seen_at) VALUES (?, ?, ?, ?)", rows
            )

    def save_fetched_day(self, category: str, day: date, papers: int) -> None:
        """Note that a day of a category was fetched in full."""
        fetched_at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO fetched_days (category, day, papers, fetched_at) VALUES (?, ?, ?, ?)",
                (category, day.isoformat(), papers, fetched_at),
            )

    def replace_derived(self, derived: Sequence[Derived]) -> None:
        """Replace all that is derived from the text of papers that the library holds."""
        with self._file.transaction() as connection:
            for one in derived:
                row = _paper_row(connection, one.paper.arxiv_id)
                if row is not None:
                    _save_derived(connection, row, one)
            _count_change(connection, rewrites=len(derived))

    def take_out(self, takeout: Takeout) -> None:
        """Take papers, listings and texts out, in one transaction; what else was derived from them goes with them."""
        with self._file.transaction() as connection:
            for row, day, category, basis in takeout.listings:
                connection.execute(
                    "DELETE FROM listings WHERE paper = ? AND day = ? AND category = ? AND basis = ?",
                    (row, day, category, basis),
                )
            for row, origin in takeout.origins:
                connection.execute(
                    "DELETE FROM origins WHERE paper = ? AND source = ? AND day = ? AND category = ? AND basis = ?"
                    " AND version = ? AND text = ?",
                    (row, *astuple(origin)),
                )
            for row, text in takeout.texts:
                connection.execute(f"DELETE FROM versions {_IS_TEXT}", (row, text.version, text.title, text.abstract))
            for row, text in takeout.last_days:
                values = (text.last_day, row, text.version, text.title, text.abstract)
                connection.execute(f"UPDATE versions SET last_day = ? {_IS_TEXT}", values)
            for derived in takeout.restored:
                _save_text(connection, _paper_row(connection, derived.paper.arxiv_id), derived)
            for row, version in takeout.versions:
                connection.execute("UPDATE papers SET version = ? WHERE row = ?", (version, row))
            for table in ("chunks", "sentences", "versions", "listings", "origins"):
                connection.executemany(f"DELETE FROM {table} WHERE paper = ?", [(row,) for row in takeout.papers])
            connection.executemany("DELETE FROM papers WHERE row = ?", [(row,) for row in takeout.papers])
            connection.executemany("DELETE FROM fetched_days WHERE day = ?", [(day,) for day in takeout.days])
            _count_change(connection, len(takeout.papers) + len(takeout.restored), removals=len(takeout.papers))

    def rebuild_text_index(self) -> None:
        """Make the text index anew from the papers."""
        with self._file.transaction() as connection:
            connection.execute("INSERT INTO papers_text (papers_text) VALUES ('rebuild')")
        self._seal_text_index()

    def seal_text_index(self) -> None:
        """Keep how the blocks of the text index add up, so that readers notice damage; SQLite keeps no such thing."""
        state = self._state()
        if state["sealed_generation"] != state["generation"]:
            self._seal_text_index()

    def _seal_text_index(self) -> None:
        generation, _ = self.change_counters()
        with self._file.transaction() as connection:
            for key, value in {"sealed_text": self._text_index_total(), "sealed_generation": generation}.items():
                connection.execute("UPDATE state SET value = ? WHERE key = ?", (value, key))

    # ---- what is read is what was saved

    def _whole(self, table: str, rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
        """Rows of all columns, each as it was saved; the place of `paper` in them tells whose they are."""
        for row in rows:
            if not holds(table, row):
                raise self._damaged(table, row)
            yield row

    def _damaged(self, table: str, row: Sequence[Value]) -> LibraryError:
        if table == "papers":
            return self._file.damaged(f"arXiv:{row[1]!s}")
        if "paper" in TABLES[table]:
            found = self._rows("SELECT arxiv_id FROM papers WHERE row = ?", (row[TABLES[table].index("paper")],))
            return self._file.damaged(f"what is kept of arXiv:{found[0][0]}" if found else f"a row of {table}")
        return self._file.damaged(f"a row of {table}")

    def _whole_table(self, table: str) -> list[Sequence[Value]]:
        """Every row of a table as it was saved, none missing, in the order in which the table stands."""
        with self._file.snapshot():
            rows = list(self._whole(table, self._rows(f"SELECT {columns(table)} FROM {table} NOT INDEXED")))
            kept = self._rows("SELECT rows, total FROM sums WHERE name = ?", (table,))
        if kept != [(len(rows), sum(row[-1] for row in rows if isinstance(row[-1], int)) & TOTAL_MASK)]:
            raise self._file.damaged(f"the table of {table}")
        return rows

    def _trust(self, *tables: str) -> None:
        """See once after each change that tables are whole, and that their indexes say the same.

        For what is counted and looked up by SQLite itself, so that the rows do not pass through our hands.
        """
        generation, _ = self.change_counters()
        for table in tables:
            if self._trusted.get(table) == generation:
                continue
            if table == "papers_text":
                if not self._text_index_is_as_sealed():
                    raise self._file.damaged("the text index")
            else:
                self._whole_table(table)
                if self._rows(f"PRAGMA integrity_check({table})") != [("ok",)]:
                    raise self._file.damaged(f"the index of {table}")
            self._trusted[table] = generation

    def _trust_once(self, *tables: str) -> None:
        """See once that tables and their indexes are whole: where nothing is found, that may be damage."""
        self._trust(*(table for table in tables if table not in self._trusted))

    def _text_index_is_as_sealed(self) -> bool:
        state = self._state()
        return state["sealed_generation"] != state["generation"] or state["sealed_text"] == self._text_index_total()

    def _text_index_total(self) -> int:
        rows = ((table, *row) for table in _TEXT_INDEX for row in self._rows(f"SELECT * FROM {table}"))
        return sum(row_checksum(*row) for row in rows) & TOTAL_MASK

    def _state(self) -> dict[str, int]:
        """The counters that move with changes."""
        rows = self._rows(f"SELECT {columns('state')} FROM state")
        known, values = self._known_state
        if rows == known:  # asked for several times a question
            return values
        whole: Iterable[Any] = self._whole("state", rows)
        values = {key: value for key, value, _ in whole}
        if missing := _COUNTERS - values.keys():
            raise self._file.damaged(f"the counter of {min(missing)}")
        self._known_state = rows, values
        return values

    # ---- checking

    def problems(self) -> list[str]:
        """What is wrong with the file: its structure, its schema, its rows."""
        with self._file.as_stored() as connection:
            return problems_of(connection)

    def text_index_is_sound(self) -> bool:
        """Whether the lexical index says what the papers say."""
        check = "INSERT INTO papers_text (papers_text, rank) VALUES ('integrity-check', 1)"
        return self._file.is_sound(check) and self._text_index_is_as_sealed()

    def papers_to_prepare(self, dimensions: int) -> list[str]:
        """The arXiv ids of papers whose chunks, vectors or sentences are missing or have the wrong size."""
        rows = self._rows(
            "SELECT arxiv_id FROM papers WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE paper = papers.row)"
            " OR EXISTS (SELECT 1 FROM chunks WHERE paper = papers.row"
            "            AND (length(vector) <> ? OR end_offset > length(abstract)))"
            " OR (abstract <> '' AND NOT EXISTS (SELECT 1 FROM sentences WHERE paper = papers.row))"
            " OR EXISTS (SELECT 1 FROM sentences WHERE paper = papers.row AND end_offset > length(abstract))",
            (4 * dimensions,),
        )
        return [arxiv_id for (arxiv_id,) in rows]

    # ---- reading

    def fetched_days(self, category: str) -> dict[date, tuple[int, datetime]]:
        """The days of a category that were fetched in full: how many papers each had, and when it was fetched."""
        rows = self._rows(f"SELECT {columns('fetched_days')} FROM fetched_days WHERE category = ?", (category,))
        whole: Iterable[Any] = self._whole("fetched_days", rows)
        return {date.fromisoformat(d): (papers, datetime.fromisoformat(at)) for _, d, papers, at, _ in whole}

    def change_counters(self) -> tuple[int, int]:
        """(generation, rewrites): the first moves with every commit, the second when chunks were replaced."""
        values = self._state()
        return values["generation"], values["rewrites"]

    def removals(self) -> int:
        """How many papers were ever taken out."""
        return self._state()["removals"]

    def paper_count(self) -> int:
        """How many papers the library holds; they are counted once after each change."""
        generation, _ = self.change_counters()
        if self._counted_papers[0] != generation:
            self._counted_papers = generation, self._check_count("papers")
        return self._counted_papers[1]

    def papers_by_id(self, arxiv_ids: Sequence[str]) -> dict[str, StoredPaper]:
        """The stored papers among these arXiv ids."""
        return self._found(arxiv_ids, {stored.paper.arxiv_id: stored for stored in self._papers("arxiv_id", arxiv_ids)})

    def papers_by_row(self, rows: Sequence[int]) -> dict[int, StoredPaper]:
        """The stored papers of these rows."""
        return self._found(rows, {stored.row: stored for stored in self._papers("row", rows)})

    def _found(self, wanted: Collection[Any], papers: dict[Any, StoredPaper]) -> dict[Any, StoredPaper]:
        if papers.keys() != set(wanted):
            self._trust_once("papers", "listings")
        return papers

    def sightings(self, row: int) -> list[Sighting]:
        """Every text seen of a paper."""
        self._trust_once("versions")
        rows = self._rows(f"SELECT {columns('versions')} FROM versions WHERE paper = ?", (row,))
        whole: Iterable[Any] = self._whole("versions", rows)
        return [Sighting(version, title, abstract, day) for _, version, title, abstract, *_, day, _ in whole]

    def dated_sightings(self, rows: Sequence[int]) -> dict[int, list[tuple[datetime, Sighting]]]:
        """Every text seen of these papers, and when this library got it first (UTC), the oldest first."""
        query = f"SELECT {columns('versions')} FROM versions WHERE paper IN (SELECT value FROM json_each(?))"
        whole: Iterable[Any] = self._whole("versions", self._rows(query, (json.dumps(list(rows)),)))
        found: dict[int, list[tuple[datetime, Sighting]]] = {row: [] for row in rows}
        for paper, version, title, abstract, _, _, seen_at, last_day, _ in whole:
            found[paper].append((datetime.fromisoformat(seen_at), Sighting(version, title, abstract, last_day)))
        if not all(found.values()):  # a paper without any is taken out, or they are hidden by a damaged page
            self._trust_once("versions")
        return {row: sorted(texts, key=lambda text: text[0]) for row, texts in found.items()}

    def arrivals(self, after_chunk: int) -> Arrivals:
        """The papers that are new or have a new text since a chunk row; what was made anew of one is among them."""
        with self._file.snapshot():
            chunk_row = self.last_chunk_row()
            self._check_count("chunks")
            papers = self._rows("SELECT coalesce(max(row), 0) FROM papers")[0][0]
            found = self._rows("SELECT paper, max(row) FROM chunks WHERE row > ? GROUP BY paper", (after_chunk,))
        return Arrivals(SeenUpTo(chunk_row, papers, datetime.now(UTC)), dict(found))

    def origins(self, rows: Sequence[int]) -> dict[int, set[Origin]]:
        """Where each of these papers came from; nothing of what an older Daybook brought in."""
        self._trust_once("origins")
        query = f"SELECT {columns('origins')} FROM origins WHERE paper IN (SELECT value FROM json_each(?))"
        whole: Iterable[Any] = self._whole("origins", self._rows(query, (json.dumps(list(rows)),)))
        origins: dict[int, set[Origin]] = {row: set() for row in rows}
        for paper, *origin, _ in whole:
            origins[paper].add(Origin(*origin))
        return origins

    def sources(self) -> list[str]:
        """Every file or fetch that is known to have brought a paper."""
        self._trust("origins")
        return [source for (source,) in self._rows("SELECT DISTINCT source FROM origins ORDER BY source")]

    def rows_from(self, source: str) -> list[int]:
        """The rows of the papers that a source brought, whether or not others did as well."""
        self._trust("origins")
        return [row for (row,) in self._rows("SELECT DISTINCT paper FROM origins WHERE source = ?", (source,))]

    def papers_of_unknown_origin(self) -> int:
        """How many papers an older Daybook brought in, which did not keep from where."""
        self._trust("origins")
        query = "SELECT count(*) FROM papers WHERE row NOT IN (SELECT paper FROM origins)"
        count: int = self._rows(query)[0][0]
        return count

    def papers_of_day(self, day: date | None) -> list[StoredPaper]:
        """The papers listed on a day, in its order; every paper, newest day first, where it is None."""
        self._trust("listings")
        condition = "WHERE day = ?" if day else ""
        rows = self._rows(
            f"SELECT paper FROM listings LEFT JOIN papers ON papers.row = paper {condition}"
            f" ORDER BY day DESC, {_BLOCK_RANK}, category, position, arxiv_id",
            (day.isoformat(),) if day else (),
        )
        order = list(dict.fromkeys(row for (row,) in rows))
        found = self.papers_by_row(order)
        return [found[row] for row in order]

    def _papers(self, column: str, values: Sequence[str] | Sequence[int]) -> Iterator[StoredPaper]:
        for first in range(0, len(values), _PARAMETERS_PER_STATEMENT):
            some = values[first : first + _PARAMETERS_PER_STATEMENT]
            rows = self._rows(
                f"SELECT {columns('papers', 'p.')}, {columns('listings', 'l.')}"
                f" FROM papers AS p JOIN listings AS l ON l.paper = p.row WHERE p.{column} IN ({_marks(some)})"
                " ORDER BY p.row, l.basis, l.day, l.category",  # the bases sort as they are preferred: announced first
                some,
            )
            for _, listed in groupby(rows, key=lambda row: row[0]):
                yield self._stored_paper(list(listed))

    def _stored_paper(self, rows: Sequence[Sequence[Value]]) -> StoredPaper:
        """The paper of rows that hold all columns of it, and of a listing."""
        paper_columns = len(TABLES["papers"]) + 1
        (paper,) = self._whole("papers", [rows[0][:paper_columns]])
        return _stored_paper(paper, list(self._whole("listings", (row[paper_columns:] for row in rows))))

    def days(self, rows: Iterable[int] | None = None, categories: Iterable[str] | None = None) -> list[DaySummary]:
        """The days that the library holds, newest first; those of some papers, or listings, where they are limited."""
        self._trust("listings")
        listed, parameters = _listing_limits(None, categories, rows=rows)
        found = self._rows(
            "SELECT day, sum(rank = 0), sum(rank = 1), sum(rank = 2), sum(basis <> 'announced'),"
            " sum(basis = 'within-month') FROM"
            f" (SELECT day, paper, min({_BLOCK_RANK}) AS rank, min(basis) AS basis FROM listings"
            f" WHERE {listed} GROUP BY day, paper) GROUP BY day ORDER BY day DESC",
            parameters,
        )
        return [DaySummary(date.fromisoformat(day), *counts) for day, *counts in found]

    def counts(
        self, rows: Iterable[int], *, days: Iterable[date] | None = None, categories: Iterable[str] | None = None
    ) -> dict[tuple[Block, Basis], int]:
        """How many of these papers are of each block, each counted once by its listings within the limits.

        What is new in one is new, whatever others say; an announcement's day goes before others.
        """
        self._trust("listings")
        listed, parameters = _listing_limits(days, categories, rows=rows)
        found = self._rows(
            "SELECT rank, basis, count(*) FROM"
            f" (SELECT min({_BLOCK_RANK}) AS rank, min(basis) AS basis FROM listings WHERE {listed} GROUP BY paper)"
            " GROUP BY rank, basis",
            parameters,
        )
        return {(BLOCKS[rank], Basis(basis)): count for rank, basis, count in found}

    def listings(self) -> Listings:
        """All listings."""
        self._trust("listings")
        found = self._rows(f"SELECT paper, day, category, {_BLOCK_RANK} FROM listings ORDER BY paper")
        days, categories = sorted({row[1] for row in found}), sorted({row[2] for row in found})
        day_numbers, category_numbers = ({one: n for n, one in enumerate(held)} for held in (days, categories))
        return Listings(
            tuple(map(date.fromisoformat, days)),
            tuple(categories),
            np.array([row for row, *_ in found], dtype=np.int32),
            np.array([day_numbers[day] for _, day, *_ in found], dtype=np.int32),
            np.array([category_numbers[category] for _, _, category, _ in found], dtype=np.int16),
            np.array([block for *_, block in found], dtype=np.int8),
        )

    def rows_of(self, arxiv_ids: Iterable[str]) -> NDArray[np.int64]:
        """The rows of those of these papers that the library holds, ascending."""
        self._trust("papers")
        query = "SELECT row FROM papers WHERE arxiv_id IN (SELECT value FROM json_each(?)) ORDER BY row"
        return self._numbers(query, (json.dumps(list(arxiv_ids)),))

    def rows_with_code(self) -> NDArray[np.int64]:
        """The rows of the papers with a link to a code host, ascending."""
        self._trust("papers")
        has_code = "links <> '[]' AND EXISTS (SELECT 1 FROM json_each(links) WHERE json_extract(value, '$[1]'))"
        return self._numbers(f"SELECT row FROM papers WHERE {has_code} ORDER BY row")

    def listed(
        self,
        rows: Iterable[int],
        *,
        days: Iterable[date] | None = None,
        categories: Iterable[str] | None = None,
        block: Block | None = None,
    ) -> list[ListedPaper]:
        """Each of these papers once, newest day first; of a day the new first, then the cross-listed, as listed.

        Limits are those of one listing; of several listings that fit, the first in that order stands.
        """
        self._trust("listings")
        limits, parameters = _listing_limits(days, categories, block, rows=rows)
        found = self._rows(
            "SELECT paper, day, category, block, position, basis FROM listings LEFT JOIN papers ON papers.row = paper"
            f" WHERE {limits} ORDER BY day DESC, {_BLOCK_RANK}, category, position, arxiv_id",
            parameters,
        )
        listings: dict[int, Listing] = {}
        for row, day, category, in_block, position, basis in found:
            listings.setdefault(
                row, Listing(date.fromisoformat(day), category, Block(in_block), position, Basis(basis))
            )
        query = f"SELECT {columns('papers')} FROM papers WHERE row IN (SELECT value FROM json_each(?))"
        whole: Iterable[Any] = self._whole("papers", self._rows(query, (json.dumps(list(listings)),)))
        papers = {
            row: ListedPaper(row, arxiv_id, title, url, listings[row], bool(is_withdrawn))
            for row, arxiv_id, _, title, _, url, _, is_withdrawn, *_ in whole
        }
        if papers.keys() != listings.keys():
            self._trust_once("papers")
        return [papers[row] for row in listings if row in papers]

    def titles(self) -> list[tuple[str, str]]:
        """The arXiv id and the title of every paper."""
        self._trust("papers")
        return [(arxiv_id, title) for arxiv_id, title in self._rows("SELECT arxiv_id, title FROM papers ORDER BY row")]

    def texts_matching(self, match: str) -> list[PaperText]:
        """The texts of all papers that match an FTS5 expression."""
        matching = self.rows_matching(match)
        query = f"SELECT {columns('papers')} FROM papers WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
        rows = self._rows(query, (json.dumps(matching),))
        if len(rows) != len(matching):
            self._trust_once("papers")
        return list(map(_text_of, self._whole("papers", rows)))

    def category_counts(
        self, rows: Iterable[int] | None = None, days: Iterable[date] | None = None
    ) -> dict[frozenset[str], int]:
        """How many papers are listed in just these categories, in none where no source told it: all add up."""
        self._trust("listings")
        listed, parameters = _listing_limits(days, None, rows=rows)
        found = self._rows(
            "SELECT categories, count(*) FROM (SELECT group_concat(category, ' ') AS categories FROM"
            f" (SELECT DISTINCT paper, category FROM listings WHERE {listed} ORDER BY paper, category) GROUP BY paper)"
            " GROUP BY categories ORDER BY categories",
            parameters,
        )
        counts: dict[frozenset[str], int] = {}
        for categories, count in found:
            those = frozenset(categories.split(" ")) - {UNKNOWN_CATEGORY}
            counts[those] = counts.get(those, 0) + count
        return counts

    def rows_by(self, author: str) -> NDArray[np.int64]:
        """The rows of the papers that an author wrote, ascending; the name is read as by `names_an_author`."""
        self._trust("papers")
        query = "SELECT row FROM papers WHERE authors <> '[]' AND names_an_author(authors, ?) ORDER BY row"
        return self._numbers(query, (author,))

    def author_names(self) -> set[str]:
        """Everyone who is known to have written a paper of the library."""
        self._trust("papers")
        query = "SELECT DISTINCT value FROM papers, json_each(authors) WHERE authors <> '[]'"
        return {name for (name,) in self._rows(query)}

    def sentences(self, paper_rows: Sequence[int]) -> dict[int, list[Span]]:
        """The sentence spans of the abstracts of these papers."""
        spans: dict[int, list[Span]] = {row: [] for row in paper_rows}
        for paper, _, start, end, _, _, _ in self._sentence_rows(paper_rows):
            spans[paper].append(Span(start, end))
        return spans

    def roled_sentences(self, paper_rows: Sequence[int]) -> dict[int, list[Sentence]]:
        """The sentences of these papers with their roles, none of a paper that was stored without."""
        found: dict[int, list[Sentence]] = {row: [] for row in paper_rows}
        for paper, _, start, end, role, is_key, _ in self._sentence_rows(paper_rows):
            if role is not None:
                found[paper].append(Sentence(Span(start, end), Role(role), bool(is_key)))
        return found

    def _sentence_rows(self, paper_rows: Sequence[int]) -> Iterator[Any]:
        """The sentences of papers, each paper's in order, none left out between."""
        query = f"SELECT {columns('sentences')} FROM sentences WHERE paper IN (SELECT value FROM json_each(?))"
        rows = self._rows(f"{query} ORDER BY paper, number", (json.dumps([int(row) for row in paper_rows]),))
        before: tuple[Value, Value] = (None, -1)
        for row in self._whole("sentences", rows):
            if row[1] != (int(before[1] or 0) + 1 if row[0] == before[0] else 0):
                raise self._damaged("sentences", row)
            before = (row[0], row[1])
            yield row
        ends = {row[0]: row[3] for row in rows}
        query = "SELECT row, length(abstract) FROM papers WHERE row IN (SELECT value FROM json_each(?))"
        lengths = self._rows(query, (json.dumps([int(row) for row in paper_rows]),))
        if any(ends.get(row, 0) != length for row, length in lengths):  # the last ones may be hidden by a damaged page
            self._trust_once("sentences")

    def vectors_after(self, chunk_row: int, dimensions: int) -> VectorRows:
        """All chunk vectors of rows above `chunk_row`."""
        rows: list[Any] = self._rows_after("chunks", chunk_row, "WHERE row > ? ORDER BY row")
        return _vector_rows(rows, dimensions)

    def texts_after(self, chunk_row: int) -> Iterator[PaperText]:
        """The papers that are new or have a new text since a chunk row."""
        return map(
            _text_of,
            self._rows_after("papers", chunk_row, "WHERE row IN (SELECT paper FROM chunks WHERE row > ?) ORDER BY row"),
        )

    def _rows_after(self, table: str, chunk_row: int, condition: str) -> list[Sequence[Value]]:
        """The rows of a table that fulfil a condition on a chunk's row; all, and none missing, after no chunk."""
        if not chunk_row:
            return self._whole_table(table)
        with self._file.snapshot():
            for counted in ("papers", "chunks"):
                self._check_count(counted)
            rows = self._rows(f"SELECT {columns(table)} FROM {table} {condition}", (chunk_row,))
        return list(self._whole(table, rows))

    def _numbers(self, query: str, parameters: Sequence[Value] = ()) -> NDArray[np.int64]:
        """What a query of one column of whole numbers finds."""
        return np.array([number for (number,) in self._rows(query, parameters)], dtype=np.int64)

    def _check_count(self, table: str) -> int:
        """How many rows a table has, as many as were saved."""
        query = f"SELECT count(*), (SELECT rows FROM sums WHERE name = ?) FROM {table}"
        count, kept = self._rows(query, (table,))[0]
        if count != kept:
            raise self._file.damaged(f"the table of {table}")
        return int(count)

    def last_chunk_row(self) -> int:
        """The highest chunk row that there ever was, 0 where there was none; what is taken out does not lower it."""
        counted = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'chunks')"
        row, held = self._rows(f"SELECT {counted}, (SELECT coalesce(max(row), 0) FROM chunks)")[0]
        if not isinstance(row, int) or row < held:
            raise self._file.damaged("the table of chunks")
        return row

    def total_of(self, table: str) -> tuple[int, int]:
        """How many rows a table has, and what their checksums add up to: what has the same says the same."""
        found = self._rows("SELECT rows, total FROM sums WHERE name = ?", (table,))
        if not found:
            raise self._file.damaged(f"the table of {table}")
        rows, total = found[0]
        return rows, total

    def chunk_rows(self) -> NDArray[np.int64]:
        """The rows of all chunks, ascending."""
        return self._numbers("SELECT row FROM chunks ORDER BY row")

    def paper_rows(self) -> NDArray[np.int64]:
        """The rows of all papers, ascending."""
        return self._numbers("SELECT row FROM papers ORDER BY row")

    def chunk_ids(self, after: int = 0) -> dict[int, str]:
        """The deterministic ids of the chunks above a row: arXiv id, version, number of the chunk."""
        rows = self._rows("SELECT row, chunk_id FROM chunks WHERE row > ? ORDER BY row", (after,))
        return dict(rows)

    def chunk_checksums(self) -> list[tuple[int, int, int]]:
        """The row, the paper and the checksum of every chunk, ascending."""
        with self._file.snapshot():
            self._check_count("chunks")
            return [(r, p, c) for r, p, c in self._rows("SELECT row, paper, checksum FROM chunks ORDER BY row")]

    def chunk_sample(self, count: int) -> list[int]:
        """The rows of some chunks, spread evenly; at most `count`."""
        last = self.last_chunk_row()
        query = "SELECT row FROM chunks WHERE row > ? ORDER BY row LIMIT 1"
        found = (self._rows(query, (last * place // count,)) for place in range(count))
        return sorted({row for rows in found for (row,) in rows})

    def vectors_of_chunks(self, chunk_rows: Collection[int], dimensions: int) -> VectorRows:
        """The vectors of these chunks, ascending."""
        return self._vectors_of("row", chunk_rows, dimensions)

    def vectors_of_papers(self, paper_rows: Collection[int], dimensions: int) -> VectorRows:
        """The vectors of all chunks of these papers, in the order of the papers."""
        return self._vectors_of("paper", paper_rows, dimensions)

    def _vectors_of(self, column: str, values: Collection[int], dimensions: int) -> VectorRows:
        query = f"SELECT {columns('chunks')} FROM chunks WHERE {column} IN (SELECT value FROM json_each(?))"
        found: list[Any] = list(self._whole("chunks", self._rows(query, (json.dumps(sorted(map(int, values))),))))
        place = 0 if column == "row" else 1
        if {row[place] for row in found} != set(values):  # taken out meanwhile, or hidden by a damaged page
            self._trust_once("chunks")
        found.sort(key=lambda row: (row[place], row[0]))
        return _vector_rows(found, dimensions)

    def rows_matching(self, match: str) -> list[int]:
        """The rows of all papers that match an FTS5 expression."""
        self._trust("papers_text")
        return [row for (row,) in self._rows("SELECT rowid FROM papers_text WHERE papers_text MATCH ?", (match,))]


def _vector_rows(rows: Sequence[Sequence[Any]], dimensions: int) -> VectorRows:
    """The rows of the table of chunks as arrays."""
    return VectorRows(
        np.array([row for row, *_ in rows], dtype=np.int64),
        np.array([paper for _, paper, *_ in rows], dtype=np.int64),
        np.array([checksum for *_, checksum in rows], dtype=np.int64),
        np.frombuffer(b"".join(vector for *_, vector, _, _ in rows), dtype="<f4").reshape(len(rows), dimensions),
    )


def _listing_limits(
    days: Iterable[date] | None,
    categories: Iterable[str] | None,
    block: Block | None = None,
    rows: Iterable[int] | None = None,
) -> tuple[str, list[str | int]]:
    """A condition on a listing and its parameters, none where nothing is limited."""
    limits: dict[str, Sequence[str | int]] = {}
    if rows is not None:
        limits["paper"] = [int(row) for row in rows]
    if days is not None:
        limits["day"] = [day.isoformat() for day in days]
    if categories is not None:
        limits["category"] = list(categories)
    if block is not None:
        limits["block"] = [block]
    condition = " AND ".join(f"{column} IN (SELECT value FROM json_each(?))" for column in limits) or "true"
    return condition, [json.dumps(list(values)) for values in limits.values()]


def _count_change(connection: Connection, rewrites: int, removals: int = 0) -> None:
    for key, count in {"generation": 1, "rewrites": rewrites, "removals": removals}.items():
        connection.execute("UPDATE state SET value = value + ? WHERE key = ?", (count, key))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _paper_row(connection: Connection, arxiv_id: str) -> int | None:
    found = connection.execute("SELECT row FROM papers WHERE arxiv_id = ?", (arxiv_id,)).fetchone()
    return found and int(found[0])


def _save_text(connection: Connection, row: int | None, derived: Derived) -> int:
    paper = derived.paper
    links = _links_json(with_links(paper.links, _links_beside_text(connection, row)))
    values = (paper.version, paper.title, paper.abstract, paper.url, links, paper.is_withdrawn)
    if row is None:
        cursor = connection.execute(
            "INSERT INTO papers (version, title, abstract, url, links, is_withdrawn, arxiv_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*values, paper.arxiv_id),
        )
        row = int(cursor.lastrowid or 0)
    else:
        connection.execute(
            "UPDATE papers SET version = ?, title = ?, abstract = ?, url = ?, links = ?, is_withdrawn = ?"
            " WHERE row = ?",
            (*values, row),
        )
    _save_derived(connection, row, derived)
    return row


def _save_derived(connection: Connection, row: int, derived: Derived) -> None:
    connection.execute("DELETE FROM chunks WHERE paper = ?", (row,))
    connection.execute("DELETE FROM sentences WHERE paper = ?", (row,))
    chunks = enumerate(zip(derived.chunks, derived.vectors, strict=True))
    connection.executemany(
        "INSERT INTO chunks (paper, number, start_offset, end_offset, vector, chunk_id) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (row, number, chunk.start, chunk.end, vector.astype("<f4").tobytes(), _chunk_id(derived.paper, number))
            for number, (chunk, vector) in chunks
        ],
    )
    connection.executemany(
        "INSERT INTO sentences (paper, number, start_offset, end_offset, role, is_key) VALUES (?, ?, ?, ?, ?, ?)",
        [(row, number, s.span.start, s.span.end, s.role, s.is_key) for number, s in enumerate(derived.sentences)],
    )


def _chunk_id(paper: Paper, number: int) -> str:
    return f"{paper.arxiv_id}v{paper.version}#{number}"


def _save_listing(connection: Connection, row: int, entry: Entry, seen_at: str) -> None:
    listing = entry.listing
    _save_sighting(connection, row, entry, seen_at)
    connection.execute(
        "INSERT INTO listings (paper, day, category, basis, block, position, is_told) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (paper, day, category, basis)"
        " DO UPDATE SET block = excluded.block, position = excluded.position, is_told = excluded.is_told"
        f" WHERE (excluded.is_told, {_rank_of('excluded.block')}) > (is_told, {_rank_of('block')})",  # `Listing.weight`
        (
            row,
            listing.day.isoformat(),
            listing.category,
            listing.basis,
            listing.block,
            listing.position,
            listing.is_told,
        ),
    )
    _save_origin(connection, row, entry)


def _save_sighting(connection: Connection, row: int, entry: Entry, seen_at: str) -> None:
    paper, day = entry.paper, entry.listing.day.isoformat()
    text = (row, paper.version, paper.title, paper.abstract)
    if connection.execute(f"SELECT 1 FROM versions {_IS_TEXT}", text).fetchone():
        connection.execute(f"UPDATE versions SET last_day = ? {_IS_TEXT} AND last_day < ?", (day, *text, day))
        return
    connection.execute(
        "INSERT INTO versions (paper, version, title, abstract, raw_title, raw_abstract, seen_at, last_day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*text, entry.raw_title, entry.raw_abstract, seen_at, day),
    )


def _save_origin(connection: Connection, row: int, entry: Entry) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO origins (paper, source, day, category, basis, version, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row, *astuple(origin_of(entry))),
    )


def _save_metadata(connection: Connection, row: int, paper: Paper) -> None:
    """Keep what this source tells besides the text; a newer version that brings the same text changes nothing else."""
    if paper.is_withdrawn:  # a mail or a listing says so of a new version without its abstract
        connection.execute(
            "UPDATE papers SET is_withdrawn = 1 WHERE row = ? AND (version <= ? OR ? = 0)",
            (row, paper.version, paper.version),
        )
    connection.execute(
        "UPDATE papers SET version = ?, is_withdrawn = ? WHERE row = ? AND title = ? AND abstract = ?"
        " AND (version < ? OR (version = ? AND is_withdrawn < ?))",
        (*(paper.version, paper.is_withdrawn), row, *(paper.title, paper.abstract), *[paper.version] * 2,
         paper.is_withdrawn),
    )  # fmt: skip
    if links := [link for link in paper.links if not link.stands_in(paper.abstract)]:
        (known_links,) = connection.execute("SELECT links FROM papers WHERE row = ?", (row,)).fetchone()
        merged_links = with_links(_links(known_links), links)
        connection.execute("UPDATE papers SET links = ? WHERE row = ?", (_links_json(merged_links), row))
    told = connection.execute("SELECT authors, categories, submitted FROM papers WHERE row = ?", (row,)).fetchone()
    known = _metadata(*told)
    merged = fuller(known, Particulars(paper.authors, paper.categories, paper.submitted))
    if merged != known:
        submitted = merged.submitted.isoformat() if merged.submitted else ""
        connection.execute(
            "UPDATE papers SET authors = ?, categories = ?, submitted = ? WHERE row = ?",
            (_json(merged.authors), _json(merged.categories), submitted, row),
        )


@dataclass(frozen=True, slots=True)
class Particulars:
    """What sources tell of a paper besides its text; fields as those of `Paper`."""

    authors: tuple[str, ...]
    categories: tuple[str, ...]
    submitted: date | None


def fuller(one: Particulars, other: Particulars) -> Particulars:
    """Of two sources the fuller lists and the earlier day, whichever was read first."""

    def fullness(names: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        return len(names), sum(map(len, names)), names

    return Particulars(
        max(one.authors, other.authors, key=fullness),
        max(one.categories, other.categories, key=fullness),
        min((day for day in (one.submitted, other.submitted) if day), default=None),
    )


def _metadata(authors: str, categories: str, submitted: str) -> Particulars:
    day = date.fromisoformat(submitted) if submitted else None
    return Particulars(tuple(_list(authors)), tuple(_list(categories)), day)


def _still_withdrawn(connection: Connection, row: int | None, derived: Derived) -> Derived:
    """What is withdrawn stays so, whatever text comes, until a higher version comes."""
    paper = derived.paper
    query = "SELECT 1 FROM papers WHERE row = ? AND is_withdrawn = 1 AND version >= ?"
    is_withdrawn = connection.execute(query, (row, paper.version)).fetchone() is not None
    return replace(derived, paper=replace(paper, is_withdrawn=True)) if is_withdrawn else derived


def _links_beside_text(connection: Connection, row: int | None) -> list[Link]:
    """The links of a stored paper that its sources told beside its text."""
    found = connection.execute("SELECT links, abstract FROM papers WHERE row = ?", (row,)).fetchone()
    return [link for link in _links(found[0]) if not link.stands_in(found[1])] if found else []


def with_links(known: Sequence[Link], told: Iterable[Link]) -> tuple[Link, ...]:
    """Links with those that are told beside a text, in an order that does not depend on which came first."""
    return (*known, *sorted((link for link in set(told) if link not in known), key=lambda link: link.url))


def _links(stored: str) -> tuple[Link, ...]:
    return tuple(Link(url, bool(is_code)) for url, is_code in _list(stored))


def _list(stored: str) -> list[Any]:
    """A list that is kept as JSON; most are empty."""
    found: list[Any] = [] if stored == "[]" else json.loads(stored)
    return found


def _links_json(links: Iterable[Link]) -> str:
    return json.dumps([[link.url, link.is_code] for link in links])


def _json(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)


def _text_of(stored: Sequence[Any]) -> PaperText:
    row, _, _, title, abstract, *_ = stored
    return PaperText(row, title, abstract)


def _stored_paper(stored: Sequence[Any], listed: Sequence[Sequence[Any]]) -> StoredPaper:
    """The paper of a row of papers, and of rows of listings."""
    row, arxiv_id, version, title, abstract, url, links, is_withdrawn, *told, _ = stored
    listings = tuple(
        Listing(date.fromisoformat(day), category, Block(block), position, Basis(basis), bool(is_told))
        for _, day, category, basis, block, position, is_told, _ in listed
    )
    known = _metadata(*told)
    paper = Paper(
        *(arxiv_id, title, abstract, url, version, _links(links), bool(is_withdrawn)),
        *(known.authors, known.categories, known.submitted),
    )
    return StoredPaper(row, paper, listings)
