"""The library on disk: the SQLite truth, the vectors in memory, the derived index, one writer at a time."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ingest.conversations import Conversations
from ingest.database import Database, DaySummary, Holdings, PreparedPaper, Takeout
from ingest.embedding import DIMENSIONS, Vector
from ingest.errors import LibraryError, LibraryLockedError
from ingest.lexical import LexicalTable
from ingest.paper import Entry, Rejection, Sentence, Span, StoredPaper
from ingest.roles import read_sentences
from ingest.vectors import PaperScores, VectorTable

if TYPE_CHECKING:
    from ingest.index import ChromaIndex

_DATABASE = "daybook.sqlite3"
_LOCK = "writer.lock"
_HOLDER = "writer.pid"
_INDEX = "chroma"
_LEXICAL_INDEX = "lexical.npz"
_NEAREST_CHUNKS = 1000
EXACT_SEARCH_CHUNKS = 250_000
"""Up to here a dot product over all vectors is as fast as Chroma, and finds what Chroma misses."""


class Library:
    """A folder that holds papers. Any number of readers, one writer.

    Raises:
        LibraryError: the folder cannot be made or its file is no library, or without `create`, it holds none.
        LibraryTooNewError: a newer Daybook wrote it.
    """

    def __init__(self, folder: Path, *, create: bool = True, exact_search_chunks: int = EXACT_SEARCH_CHUNKS) -> None:
        self.folder = folder
        self._exact_search_chunks = exact_search_chunks
        if not create and not (folder / _DATABASE).exists():
            raise LibraryError(f"there is no library in {folder}; make one: daybook ingest PATH --library {folder}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"the library folder {folder} cannot be used: {error.strerror}; name another") from error
        self._database = Database(folder / _DATABASE)
        self._table_lock = threading.Lock()
        self._table: VectorTable | None = None
        self._table_counters = (-1, -1)
        self._words: LexicalTable | None = None
        self._words_generation = -1
        self._holdings_of = (-1, Holdings())
        self._index_state: tuple[object, ...] = ()
        self._index_answers = False
        self._chroma: ChromaIndex | None = None

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release every file."""
        self._database.close()
        if self._chroma is not None:
            self._chroma.close()

    # ---- writing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the right to write.

        Raises:
            LibraryLockedError: another process holds it; the message says which.
        """
        lock = FileLock(self.folder / _LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryLockedError(
                f"the library {self.folder} is being written by process {self._holder()}; wait for it to end"
            ) from None
        try:
            with suppress(OSError):  # a full disk must not keep out the one who could mend it
                (self.folder / _HOLDER).write_text(str(os.getpid()), encoding="utf-8")
            yield
        finally:
            lock.release()

    def _holder(self) -> str:
        try:
            return (self.folder / _HOLDER).read_text(encoding="utf-8") or "unknown"
        except OSError:
            return "unknown"

    def save(self, changes: Sequence[PreparedPaper | Entry]) -> None:
        """Save a batch; every paper of it is safe when this returns. Needs `writer`."""
        self._database.save(changes)

    def take_out(self, takeout: Takeout) -> None:
        """Take papers out; every index in memory notices, in this and in other processes. Needs `writer`."""
        self._database.take_out(takeout)

    def save_origins(self, entries: Sequence[Entry]) -> None:
        """Keep where papers came from that are known already. Needs `writer`."""
        self._database.save_origins(entries)

    def save_rejections(self, rejections: Sequence[Rejection]) -> None:
        """Keep what was rejected and why. Needs `writer`."""
        self._database.save_rejections(rejections)

    def sync_index(self) -> None:
        """Bring the derived indexes up to what SQLite holds, building anew what is damaged. Needs `writer`.

        Raises:
            LibraryError: the disk is full; the papers are safe.
        """
        self._sync_vector_index()
        self._sync_lexical_index()

    def _sync_lexical_index(self) -> None:
        file = self.folder / _LEXICAL_INDEX
        kept = LexicalTable.load(file)
        with self._table_lock:
            self._words = self._words or kept
        words = self.lexical_table()
        if kept is None or (kept.last_chunk_row, kept.removals) != (words.last_chunk_row, words.removals):
            with suppress(OSError):  # without the file, a reader makes the index anew
                words.save(file)

    def _sync_vector_index(self) -> None:
        from ingest.index import IndexRow  # noqa: PLC0415 - chromadb is slow to import, small libraries do without

        index = self._index()
        manifest = index.manifest()
        _, rewrites = self._database.change_counters()
        if manifest and (manifest.last_chunk_row > self._database.last_chunk_row() or manifest.rewrites > rewrites):
            manifest = None  # the index of a later state: the library file was put back from a copy
        last_row = manifest.last_chunk_row if manifest else 0
        fresh = self._database.vectors_after(last_row, DIMENSIONS)
        is_rewritten = manifest is not None and manifest.rewrites != rewrites
        if manifest is not None and not len(fresh.chunk_rows) and not is_rewritten:
            return
        ids = self._database.chunk_ids(0 if is_rewritten else last_row)
        rows = [
            IndexRow(ids[int(row)], int(paper), vector)
            for row, paper, vector in zip(fresh.chunk_rows, fresh.paper_rows, fresh.vectors, strict=True)
        ]
        newest = self._database.last_chunk_row()
        if manifest is None:
            index.replace(rows, last_chunk_row=newest, rewrites=rewrites)
        else:
            keep = frozenset(ids.values()) if is_rewritten else None
            index.extend(rows, keep, last_chunk_row=newest, rewrites=rewrites)

    def index_is_current(self) -> bool:
        """Whether the derived index is undamaged and holds what SQLite holds."""
        manifest = self._index().manifest()
        _, rewrites = self._database.change_counters()
        current = (self._database.last_chunk_row(), rewrites)
        return manifest is not None and (manifest.last_chunk_row, manifest.rewrites) == current

    def _index(self) -> "ChromaIndex":
        if self._chroma is None:
            from ingest.index import ChromaIndex  # noqa: PLC0415 - as above

            self._chroma = ChromaIndex(self.folder / _INDEX)
        return self._chroma

    def dense_scores(self, query_vector: Vector) -> PaperScores:
        """The cosine of every paper with a unit vector; of the nearest only, approximately, in a huge library."""
        if self._database.last_chunk_row() > self._exact_search_chunks and self._index_serves():
            with suppress(LibraryError):  # a writer may just be putting another index in its place
                return self._index().nearest(query_vector, _NEAREST_CHUNKS)
        return self.vector_table().scores(query_vector)

    def _index_serves(self) -> bool:
        """Whether the index may answer; checked again, and its files opened again, after every change."""
        with self._table_lock:
            state = (self._database.change_counters(), self._index().stamp())
            if state != self._index_state:
                self._index().close()
                self._index_answers, self._index_state = self.index_is_current(), state
            return self._index_answers

    def vector_table(self) -> VectorTable:
        """Every chunk vector, up to the newest commit of any process."""
        counters = self._database.change_counters()
        if counters == self._table_counters and self._table is not None:
            return self._table
        with self._table_lock:
            if self._table is not None and counters[1] == self._table_counters[1]:
                self._table = self._table.extended(self._database.vectors_after(self._table.last_chunk_row, DIMENSIONS))
            else:
                self._table = VectorTable(self._database.vectors_after(0, DIMENSIONS))
            self._table_counters = counters
            return self._table

    def lexical_table(self) -> LexicalTable:
        """The words of every paper, up to the newest commit of any process."""
        generation, _ = self._database.change_counters()
        if generation == self._words_generation and self._words is not None:
            return self._words
        with self._table_lock:
            words = self._words or LexicalTable.load(self.folder / _LEXICAL_INDEX) or LexicalTable()
            newest, removals = self._database.last_chunk_row(), self._database.removals()
            if words.last_chunk_row > newest or words.removals > removals:  # the file was put back from a copy
                words = LexicalTable()
            if words.removals != removals:
                words = words.holding_only(self._database.paper_rows(), removals)
            if words.last_chunk_row < newest:
                words = words.extended(self._database.texts_after(words.last_chunk_row), newest)
            self._words, self._words_generation = words, generation
            return words

    def lexical_index_is_sound(self) -> bool:
        """Whether the index of words says what the papers say."""
        return self.lexical_table().holds_as(self._lexical_table_anew())

    def rebuild_lexical_index(self) -> None:
        """Make the index of words anew from the papers. Needs `writer`."""
        self._words = None
        with suppress(OSError):
            self._lexical_table_anew().save(self.folder / _LEXICAL_INDEX)

    def _lexical_table_anew(self) -> LexicalTable:
        newest, removals = self._database.last_chunk_row(), self._database.removals()
        return LexicalTable(removals=removals).extended(self._database.texts_after(0), newest)

    @property
    def database(self) -> Database:
        """The truth, for reading."""
        return self._database

    @property
    def conversations(self) -> Conversations:
        """The conversations that are kept."""
        return self._database.conversations

    def paper(self, arxiv_id: str) -> StoredPaper | None:
        """The paper with an arXiv id."""
        return self._database.papers_by_id([arxiv_id]).get(arxiv_id)

    def papers(self, day: date | None = None) -> list[StoredPaper]:
        """The papers of a day in its order, or all of them."""
        return self._database.papers_of_day(day)

    def days(self) -> list[DaySummary]:
        """The days that the library holds, newest first."""
        return self._database.days()

    def sentences(self, paper_rows: Sequence[int]) -> dict[int, list[Span]]:
        """The sentence spans of the abstracts of these papers."""
        return self._database.sentences(paper_rows)

    def roled_sentences(self, paper_rows: Sequence[int]) -> dict[int, list[Sentence]]:
        """The sentences of these papers with their roles; what an older Daybook stored without is read now."""
        kept = self._database.roled_sentences(paper_rows)
        without = [row for row, sentences in kept.items() if not sentences]
        for row, stored in self._database.papers_by_row(without).items():
            kept[row] = read_sentences(stored.paper)
        return kept

    def holdings(self) -> Holdings:
        """The days and categories that the library holds, up to the newest commit of any process."""
        generation, _ = self._database.change_counters()
        if generation != self._holdings_of[0]:
            self._holdings_of = (generation, self._database.holdings())
        return self._holdings_of[1]
