"""The library's truth: one SQLite file. The only file that imports sqlite3."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import LibraryError, LibraryTooNewError
from ingest.paper import Block, Entry, Link, Listing, Paper, Rejection, Span, StoredPaper

SCHEMA_VERSION = 1
_BUSY_TIMEOUT_SECONDS = 10
_PARAMETERS_PER_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class PreparedPaper:
    """An entry with all that is derived from its text: spans of chunks, their vectors, spans of sentences."""

    entry: Entry
    chunks: Sequence[Span]
    vectors: Sequence[NDArray[np.float32]]
    sentences: Sequence[Span]


@dataclass(frozen=True, slots=True)
class DaySummary:
    """How many papers a day's digest lists."""

    day: date
    new: int
    cross_listed: int


@dataclass(frozen=True, slots=True)
class VectorRows:
    """Chunk vectors in the order of their rows: `vectors` is float32 of shape [chunks, dimensions]."""

    chunk_rows: NDArray[np.int64]
    paper_rows: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Database:
    """Typed access to the SQLite file; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with self._errors_told():
            self._prepare()

    def _prepare(self) -> None:
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA_VERSION:
            self.close()
            raise LibraryTooNewError(
                f"the library {self._path.parent} has format {found}, this Daybook reads up to {SCHEMA_VERSION}; "
                "upgrade Daybook"
            )
        if found == 0:
            schema = files("ingest").joinpath("schema.sql").read_text(encoding="utf-8")
            self._connection.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"the library file {self._path} cannot be used: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._errors_told():
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._errors_told():
            return self._connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()

    # ---- writing

    def save(self, changes: Sequence[PreparedPaper | Entry]) -> None:
        """Save a batch in one transaction; what it held is acknowledged when this returns.

        A `PreparedPaper` brings new text; a bare `Entry` adds its listing, and its text to the history.
        """
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as connection:
            rewrites = 0
            for change in changes:
                entry = change.entry if isinstance(change, PreparedPaper) else change
                row = _paper_row(connection, entry.paper.arxiv_id)
                if isinstance(change, PreparedPaper):
                    rewrites += row is not None
                    row = _save_text(connection, row, change)
                if row is None:
                    raise ValueError(f"{entry.paper.arxiv_id} has no text in the library yet")
                _save_listing(connection, row, entry, seen_at)
            connection.execute("UPDATE state SET value = value + 1 WHERE key = 'generation'")
            connection.execute("UPDATE state SET value = value + ? WHERE key = 'rewrites'", (rewrites,))

    def save_rejections(self, rejections: Iterable[Rejection]) -> None:
        """Keep what was rejected and why."""
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(rejection.file, rejection.line, rejection.reason, seen_at) for rejection in rejections]
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO rejections VALUES (?, ?, ?, ?)", rows)

    # ---- reading

    def change_counters(self) -> tuple[int, int]:
        """(generation, rewrites): the first moves with every commit, the second when chunks were replaced."""
        values = dict(self._rows("SELECT key, value FROM state"))
        return values["generation"], values["rewrites"]

    def paper_count(self) -> int:
        """How many papers the library holds."""
        count: int = self._rows("SELECT count(*) FROM papers")[0][0]
        return count

    def papers_by_id(self, arxiv_ids: Sequence[str]) -> dict[str, StoredPaper]:
        """The stored papers among these arXiv ids."""
        return {stored.paper.arxiv_id: stored for stored in self._papers("arxiv_id", arxiv_ids)}

    def papers_by_row(self, rows: Sequence[int]) -> dict[int, StoredPaper]:
        """The stored papers of these rows."""
        return {stored.row: stored for stored in self._papers("row", rows)}

    def text_was_seen(self, row: int, paper: Paper) -> bool:
        """Whether the history of a paper holds this title and abstract."""
        found = self._rows(
            "SELECT 1 FROM versions WHERE paper = ? AND title = ? AND abstract = ? LIMIT 1",
            (row, paper.title, paper.abstract),
        )
        return bool(found)

    def papers_of_day(self, day: date | None) -> list[StoredPaper]:
        """The papers listed on a day, in its order; every paper, newest day first, where it is None."""
        condition = "WHERE day = ?" if day else ""
        rows = self._rows(
            f"SELECT paper FROM listings {condition} ORDER BY day DESC, category, position",
            (day.isoformat(),) if day else (),
        )
        order = list(dict.fromkeys(row for (row,) in rows))
        found = self.papers_by_row(order)
        return [found[row] for row in order]

    def _papers(self, column: str, values: Sequence[str] | Sequence[int]) -> Iterator[StoredPaper]:
        for first in range(0, len(values), _PARAMETERS_PER_STATEMENT):
            some = values[first : first + _PARAMETERS_PER_STATEMENT]
            rows = self._rows(
                "SELECT row, arxiv_id, version, title, abstract, url, links, day, category, block, position"
                f" FROM papers JOIN listings ON paper = row WHERE {column} IN ({_marks(some)})"
                " ORDER BY row, day, category",
                some,
            )
            for _, listed in groupby(rows, key=lambda row: row[0]):
                yield _stored_paper(list(listed))

    def days(self) -> list[DaySummary]:
        """The days that the library holds, newest first."""
        rows = self._rows(
            "SELECT day, count(DISTINCT paper) FILTER (WHERE block = 'new'),"
            " count(DISTINCT paper) FILTER (WHERE block <> 'new') FROM listings GROUP BY day ORDER BY day DESC"
        )
        return [DaySummary(date.fromisoformat(day), new, crossed) for day, new, crossed in rows]

    def sentences(self, paper_rows: Sequence[int]) -> dict[int, list[Span]]:
        """The sentence spans of the abstracts of these papers."""
        rows = self._rows(
            "SELECT paper, start_offset, end_offset FROM sentences"
            f" WHERE paper IN ({_marks(paper_rows)}) ORDER BY paper, number",
            paper_rows,
        )
        spans: dict[int, list[Span]] = {row: [] for row in paper_rows}
        for paper, start, end in rows:
            spans[paper].append(Span(start, end))
        return spans

    def vectors_after(self, chunk_row: int, dimensions: int) -> VectorRows:
        """All chunk vectors of rows above `chunk_row`."""
        rows = self._rows("SELECT row, paper, vector FROM chunks WHERE row > ? ORDER BY row", (chunk_row,))
        joined = b"".join(vector for _, _, vector in rows)
        return VectorRows(
            np.array([row for row, _, _ in rows], dtype=np.int64),
            np.array([paper for _, paper, _ in rows], dtype=np.int64),
            np.frombuffer(joined, dtype="<f4").reshape(len(rows), dimensions),
        )

    def last_chunk_row(self) -> int:
        """The highest chunk row, 0 where there is none."""
        row: int = self._rows("SELECT coalesce(max(row), 0) FROM chunks")[0][0]
        return row

    def chunk_ids(self, after: int = 0) -> dict[int, str]:
        """The deterministic ids of the chunks above a row: arXiv id, version, number of the chunk."""
        rows = self._rows(
            "SELECT chunks.row, arxiv_id || 'v' || version || '#' || number FROM chunks"
            " JOIN papers ON papers.row = paper WHERE chunks.row > ? ORDER BY chunks.row",
            (after,),
        )
        return dict(rows)

    def lexical_scores(self, match: str, limit: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The best papers for an FTS5 expression: rows and BM25 scores (higher is better), best first."""
        rows = self._rows(
            "SELECT rowid, -bm25(papers_text, 2.0, 1.0) FROM papers_text WHERE papers_text MATCH ?"
            " ORDER BY rank LIMIT ?",
            (match, limit),
        )
        return np.array([row for row, _ in rows], dtype=np.int64), np.array([score for _, score in rows])

    def rows_matching(self, match: str) -> list[int]:
        """The rows of all papers that match an FTS5 expression."""
        return [row for (row,) in self._rows("SELECT rowid FROM papers_text WHERE papers_text MATCH ?", (match,))]

    def document_counts(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many papers each stem stands; stems that stand in none are left out."""
        rows = self._rows(
            f"SELECT term, doc FROM papers_vocabulary WHERE term IN ({_marks(stems)})",
            stems,
        )
        return dict(rows)

    def stems_between(self, first: str, last: str) -> list[str]:
        """The stems of the library's vocabulary from `first` up to, and without, `last`."""
        query = "SELECT term FROM papers_vocabulary WHERE term >= ? AND term < ?"
        return [term for (term,) in self._rows(query, (first, last))]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _paper_row(connection: sqlite3.Connection, arxiv_id: str) -> int | None:
    found = connection.execute("SELECT row FROM papers WHERE arxiv_id = ?", (arxiv_id,)).fetchone()
    return found and int(found[0])


def _save_text(connection: sqlite3.Connection, row: int | None, prepared: PreparedPaper) -> int:
    paper = prepared.entry.paper
    links = json.dumps([[link.url, link.is_code] for link in paper.links])
    values = (paper.version, paper.title, paper.abstract, paper.url, links)
    if row is None:
        cursor = connection.execute(
            "INSERT INTO papers (version, title, abstract, url, links, arxiv_id) VALUES (?, ?, ?, ?, ?, ?)",
            (*values, paper.arxiv_id),
        )
        row = int(cursor.lastrowid or 0)
    else:
        connection.execute(
            "UPDATE papers SET version = ?, title = ?, abstract = ?, url = ?, links = ? WHERE row = ?",
            (*values, row),
        )
        connection.execute("DELETE FROM chunks WHERE paper = ?", (row,))
        connection.execute("DELETE FROM sentences WHERE paper = ?", (row,))
    connection.executemany(
        "INSERT INTO chunks (paper, number, start_offset, end_offset, vector) VALUES (?, ?, ?, ?, ?)",
        [
            (row, number, chunk.start, chunk.end, vector.astype("<f4").tobytes())
            for number, (chunk, vector) in enumerate(zip(prepared.chunks, prepared.vectors, strict=True))
        ],
    )
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?)",
        [(row, number, span.start, span.end) for number, span in enumerate(prepared.sentences)],
    )
    return row


def _save_listing(connection: sqlite3.Connection, row: int, entry: Entry, seen_at: str) -> None:
    paper, listing = entry.paper, entry.listing
    connection.execute(
        "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row, paper.version, paper.title, paper.abstract, entry.raw_title, entry.raw_abstract, seen_at),
    )
    connection.execute(
        "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?)",
        (row, listing.day.isoformat(), listing.category, listing.block, listing.position),
    )


def _stored_paper(rows: list[tuple[Any, ...]]) -> StoredPaper:
    row, arxiv_id, version, title, abstract, url, links = rows[0][:7]
    listings = tuple(
        Listing(date.fromisoformat(day), category, Block(block), position)
        for *_, day, category, block, position in rows
    )
    paper = Paper(arxiv_id, title, abstract, url, version, tuple(Link(u, bool(c)) for u, c in json.loads(links)))
    return StoredPaper(row, paper, listings)
