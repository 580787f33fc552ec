"""The library on disk: the SQLite truth, the vectors in memory, the derived index, one writer at a time."""

import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ingest.chroma_address import ChromaAddress
from ingest.conversations import Conversations
from ingest.conversations_file import ConversationsFile
from ingest.database import Database, DaySummary, PreparedPaper, Takeout
from ingest.embedding import DIMENSIONS, Vector
from ingest.errors import LibraryDamagedError, LibraryError, LibraryLockedError
from ingest.files import OWNERS_FILE, make_folder, remove, write
from ingest.lexical import LexicalTable
from ingest.lexical_file import counters_in, kept_words, save_words
from ingest.listings import Holdings, Listings
from ingest.listings_file import kept_listings, save_listings
from ingest.manifest import MANIFEST, read_manifest
from ingest.mapped import DamagedBlockError
from ingest.paper import Block, Entry, Rejection, Sentence, Span, StoredPaper
from ingest.private import tighten
from ingest.roles import read_sentences
from ingest.salvage import Salvage, salvage
from ingest.scores import PaperScores
from ingest.served import ServedVectors
from ingest.vector_file import kept_vectors, save_vectors, total_in
from ingest.vectors import VectorTable

if TYPE_CHECKING:
    from ingest.index import ChromaIndex

_Result = TypeVar("_Result")
_DATABASE = "daybook.sqlite3"
_LOCK = "writer.lock"
_HOLDER = "writer.pid"
_INDEX = "chroma"
_INDEX_FOLDERS = (_INDEX, f"{_INDEX}.next", f"{_INDEX}.old")
"""Chroma's, the one being made, and the former while they change places."""
_WORDS = "search.words"
_VECTORS = "search.vectors"
_LISTINGS = "search.listings"
_FORMER_FILES = ("lexical.npz", "search.holdings")
_OWN_NAMES = ("daybook.", "writer.", "search.", "lexical.", "chroma")
"""How the names of all files and folders begin that Daybook makes in a library."""
_LONGEST_FOLDER_BYTES = 470
"""SQLite opens paths of up to 512 bytes; the longest below a library is `/chroma.next/chroma.sqlite3-journal`."""
_NEAREST_CHUNKS = 1000
_TRIES = 2  # to bring vectors up to date while a writer commits
EXACT_SEARCH_CHUNKS = 2_000_000
"""Up to here the library's own vectors are searched: as fast as Chroma, in half the memory, and what Chroma misses is
found (docs/decisions/0001). Above, there is an index by Chroma, too."""


def library_file(folder: Path) -> Path:
    """The file of a library that is the truth."""
    return folder / _DATABASE


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the right to write into a library's folder.

    Raises:
        LibraryLockedError: another process holds it; the message says which.
        LibraryError: the folder cannot be written.
    """
    lock = FileLock(folder / _LOCK, timeout=0, mode=OWNERS_FILE)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryLockedError(
            f"the library {folder} is being written by process {_holder(folder)}; wait for it to end"
        ) from None
    except OSError as error:
        raise LibraryError(
            f"the library {folder} cannot be written by you: {error.strerror}; name another with --library"
        ) from error
    try:
        with suppress(OSError):  # a full disk must not keep out the one who could mend it
            write(folder / _HOLDER, str(os.getpid()).encode())
        yield
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    try:
        return (folder / _HOLDER).read_text(encoding="utf-8") or "unknown"
    except OSError:
        return "unknown"


class Library:
    """A folder that holds papers, for its owner alone. Any number of readers, one writer.

    A folder that cannot be written is read. With `chroma`, the vectors are on that server too, which is asked for what
    is near; with `conversations`, these are in that file, which is made where there is none.

    Raises:
        LibraryError: the folder cannot be made or its file is no library, or without `create`, it holds none.
        LibraryTooNewError: a newer Daybook wrote it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = True,
        exact_search_chunks: int | None = None,
        chroma: ChromaAddress | None = None,
        conversations: Path | None = None,
    ) -> None:
        self.folder = folder
        self._exact_search_chunks = EXACT_SEARCH_CHUNKS if exact_search_chunks is None else exact_search_chunks
        _check_name(folder)
        try:
            if not create and not (folder / _DATABASE).exists():
                raise LibraryError(f"there is no library in {folder}; make one: daybook ingest PATH --library {folder}")
            make_folder(folder)
        except OSError as error:
            raise LibraryError(f"the library folder {folder} cannot be used: {error.strerror}; name another") from error
        self._database = Database(folder / _DATABASE)
        if not self.is_read_only:
            tighten(folder, lambda name: name.startswith(_OWN_NAMES))
        self._table_lock = threading.Lock()
        self._table: VectorTable | None = None
        self._table_counters = (-1, -1)
        self._words: LexicalTable | None = None
        self._words_generation = -1
        self._listings_of = (-1, Listings())
        self._index_state: tuple[object, ...] = ()
        self._index_answers = False
        self._chroma: ChromaIndex | None = None
        self._was_behind = False
        self._served = None if chroma is None else ServedVectors(chroma, folder, lambda: self._database)
        self._conversations = None if conversations is None else ConversationsFile(conversations)

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release every file."""
        self._database.close()
        self._table = self._words = None  # which are mapped
        for opened in (self._chroma, self._served, self._conversations):
            if opened is not None:
                opened.close()

    @property
    def is_read_only(self) -> bool:
        """Whether the library can only be read: its folder cannot be written by this user, or its disk is full."""
        return self._database.is_read_only

    # ---- writing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the right to write.

        Raises:
            LibraryLockedError: another process holds it; the message says which.
            LibraryError: the library cannot be written, or an index of a later state cannot be taken away.
        """
        self._database.need_writable()
        with writing(self.folder):
            self._drop_later_indexes()
            yield

    def salvage(self) -> Salvage:
        """Put a file in the place of a damaged one that holds all of it that can be proved. Needs `writer`.

        Raises:
            LibraryLockedError: another process has the file open.
        """
        self.close()
        try:
            return salvage(self.folder / _DATABASE)
        finally:
            self._database = Database(self.folder / _DATABASE)
            self._table = self._words = None
            self._table_counters, self._words_generation, self._listings_of = (-1, -1), -1, (-1, Listings())

    def _drop_later_indexes(self) -> None:
        """Before anything is saved: what an index tells of a later state would be taken for the next one's."""
        with suppress(LibraryDamagedError):  # then nothing can be saved before the file is mended
            if self.is_behind():
                self._was_behind = True
                _take_away(self.folder / _WORDS)
                _take_away(self.folder / _INDEX / MANIFEST)

    def is_behind(self) -> bool:
        """Whether an index tells of more than SQLite holds, or did when `writer` was taken, which drops such an index.

        What had been saved last is gone then: the disk did not keep it, or the file was put back from a copy.
        """
        words_newest, words_removals = counters_in(self.folder / _WORDS)
        manifest = read_manifest(self.folder / _INDEX)
        newest, removals = self._database.last_chunk_row(), self._database.removals()  # after: a writer may be at work
        _, rewrites = self._database.change_counters()
        is_later = words_newest > newest or words_removals > removals
        is_later |= manifest is not None and (manifest.last_chunk_row > newest or manifest.rewrites > rewrites)
        return self._was_behind or is_later

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
            LibraryError: the disk is full, or a Chroma server does not take the vectors; the papers are safe.
        """
        if self._has_index:
            self._sync_vector_index()
        elif self._served is None:
            self._drop_vector_index()
        self.sync_search_files()
        self._database.seal_text_index()
        if self._served is not None:  # last: it may fail while all is well here
            self._served.sync()

    def sync_search_files(self) -> None:
        """Bring the files that a search maps up to what SQLite holds, making anew what is damaged. Needs `writer`."""
        self._sync_vectors()
        self._sync_lexical_index()
        self._sync_listings()
        for name in _FORMER_FILES:
            with suppress(OSError):
                remove(self.folder / name)

    def _sync_listings(self) -> None:
        file, total = self.folder / _LISTINGS, self._database.total_of("listings")
        if kept_listings(file, total) is None:
            with suppress(OSError):  # without the file, a reader asks SQLite
                save_listings(self._database.listings(), total, file)

    def _sync_vectors(self) -> None:
        file = self.folder / _VECTORS
        if total_in(file) == self._database.total_of("chunks") and kept_vectors(file, check_all=True) is not None:
            return
        table = self._with_vectors(VectorTable.afresh)
        with suppress(OSError):  # without the file, a reader reads the vectors from SQLite
            if not len(table):
                remove(file)
                return
            save_vectors(table, file)
            with self._table_lock:
                self._table = kept_vectors(file) or table

    def _sync_lexical_index(self) -> None:
        file = self.folder / _WORDS
        generation, _ = self._database.change_counters()
        kept = kept_words(file, self._lexical_table_anew, check_all=True)
        words = self._lexical_table_anew() if kept is None else self._newest_words(kept)
        with self._table_lock:
            self._words, self._words_generation = words, generation
        if kept is None or (kept.last_chunk_row, kept.removals) != (words.last_chunk_row, words.removals):
            with suppress(OSError):  # without the file, a reader makes the index anew
                save_words(words, file)

    @property
    def _has_index(self) -> bool:
        """Whether there is an index by Chroma beside the library: none where it is not read."""
        return self._served is None and self._database.last_chunk_row() > self._exact_search_chunks

    def _drop_vector_index(self) -> None:
        """Take away the index that an older Daybook made."""
        for name in _INDEX_FOLDERS:
            shutil.rmtree(self.folder / name, ignore_errors=True)

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
        """Whether the derived index is undamaged and holds what SQLite holds.

        Raises:
            ChromaServerError: it is on a Chroma server that cannot be asked.
        """
        if self._served is not None:
            return self._served.is_current()
        if not self._has_index:
            return True
        manifest = self._index().manifest()
        _, rewrites = self._database.change_counters()
        current = (self._database.last_chunk_row(), rewrites)
        return manifest is not None and (manifest.last_chunk_row, manifest.rewrites) == current

    @property
    def index_name(self) -> str:
        """What the derived index is called in a line for a person."""
        return "the vector index" if self._served is None else self._served.name

    def _index(self) -> "ChromaIndex":
        if self._chroma is None:
            from ingest.index import ChromaIndex  # noqa: PLC0415 - as above

            self._chroma = ChromaIndex(self.folder / _INDEX)
        return self._chroma

    def dense_scores(
        self,
        query_vector: Vector,
        also: Callable[[], NDArray[np.int64] | None] = lambda: None,
        within: NDArray[np.int64] | None = None,
    ) -> PaperScores:
        """The cosine of every paper with a unit vector; in a large library, or on a Chroma server, of some.

        These are the papers that may be near, those whose rows `also` gives, and, near or not, those `within` some rows
        or the nearest of them. What is told of a paper is exact; only a huge library's own index tells it nearly.
        """
        if self._served is not None and (found := self._served.scores(query_vector, also, within)) is not None:
            return found
        if self._has_index and self._index_serves():
            with suppress(LibraryError):  # a writer may just be putting another index in its place
                return self._index().nearest(query_vector, _NEAREST_CHUNKS)
        return self._with_vectors(lambda table: table.scores(query_vector, also, within))

    def paper_vectors(self, paper_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean chunk vector of each of these papers, shape [papers, dimensions]; zeros where a paper has none."""
        return self._with_vectors(lambda table: table.paper_vectors(paper_rows))

    def _with_vectors(self, work: Callable[[VectorTable], _Result]) -> _Result:
        """Do some work with all vectors; with those of SQLite where the file of them is found damaged."""
        try:
            return work(self.vector_table())
        except DamagedBlockError:
            with self._table_lock:
                self._table_counters = self._database.change_counters()
                self._table = VectorTable.of(self._database.vectors_after(0, DIMENSIONS))
                return work(self._table)

    def _index_serves(self) -> bool:
        """Whether the index may answer; checked again, and its files opened again, after every change."""
        if self.is_read_only:  # Chroma writes to what it opens
            return False
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
            self._table, self._table_counters = self._newest_vectors(), counters
            return self._table

    def _newest_vectors(self) -> VectorTable:
        """The vectors of memory or of the file, brought up to date; of SQLite where they do not lead there."""
        total, file, table = self._database.total_of("chunks"), self.folder / _VECTORS, self._table
        if table is None or (table.total != total and total_in(file) == total):
            table = kept_vectors(file) or table
        for _ in range(_TRIES):
            if table is None:
                break
            if table.total != total:
                table = table.holding_only(self._database.chunk_rows())
                table = table.extended(self._database.vectors_after(table.last_chunk_row, DIMENSIONS))
                total = self._database.total_of("chunks")
            if table.total == total:
                return table
        return VectorTable.of(self._database.vectors_after(0, DIMENSIONS))

    def lexical_table(self) -> LexicalTable:
        """The words of every paper, up to the newest commit of any process."""
        generation, _ = self._database.change_counters()
        if generation == self._words_generation and self._words is not None:
            return self._words
        with self._table_lock:
            kept = self._words or kept_words(self.folder / _WORDS, self._lexical_table_anew)
            try:
                words = self._newest_words(kept or LexicalTable())
            except DamagedBlockError:
                words = self._lexical_table_anew()
            self._words, self._words_generation = words, generation
            return words

    def _newest_words(self, words: LexicalTable) -> LexicalTable:
        """An index of words, brought up to date."""
        newest, removals = self._database.last_chunk_row(), self._database.removals()
        if words.last_chunk_row > newest or words.removals > removals:  # the file was put back from a copy
            words = LexicalTable()
        if words.removals != removals:
            words = words.holding_only(self._database.paper_rows(), removals)
        if words.last_chunk_row < newest:
            words = words.extended(self._database.texts_after(words.last_chunk_row), newest)
        return words

    def lexical_index_is_sound(self) -> bool:
        """Whether the index of words says what the papers say."""
        try:
            return self.lexical_table().holds_as(self._lexical_table_anew())
        except DamagedBlockError:
            return False

    def rebuild_lexical_index(self) -> None:
        """Make the index of words anew from the papers. Needs `writer`.

        Raises:
            LibraryError: the one that is there cannot be taken away.
        """
        self._words = None
        file = self.folder / _WORDS
        _take_away(file)
        with suppress(OSError):  # without the file, a reader makes the index anew
            save_words(self._lexical_table_anew(), file)

    def vectors_are_sound(self) -> bool:
        """Whether the vectors that are searched are those of SQLite, and whitened as they must be."""
        try:
            return self.vector_table().holds_as(VectorTable.of(self._database.vectors_after(0, DIMENSIONS)))
        except DamagedBlockError:
            return False

    def rebuild_vectors(self) -> None:
        """Make the file of vectors anew from SQLite. Needs `writer`.

        Raises:
            LibraryError: the one that is there cannot be taken away.
        """
        self._table = None
        _take_away(self.folder / _VECTORS)
        self._sync_vectors()

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
        return self._database.conversations if self._conversations is None else self._conversations.conversations

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
        return self._listings().holdings

    def rows_within(
        self,
        *,
        days: Collection[date] | None = None,
        categories: Collection[str] | None = None,
        block: Block | None = None,
        arxiv_ids: Collection[str] | None = None,
        with_code: bool | None = None,
    ) -> NDArray[np.int64]:
        """The rows of the papers within limits, ascending; None sets none.

        Day and category must be those of one listing; a paper is of the first block, of new, cross-listed and
        replaced, that such a listing has. With code are papers with a link to a code host, without it the others.
        """
        rows = self._listings().rows_within(days=days, categories=categories, block=block)
        if arxiv_ids is not None:
            rows = np.intersect1d(rows, self._database.rows_of(arxiv_ids), assume_unique=True)
        if with_code is not None:
            keep = np.intersect1d if with_code else np.setdiff1d
            rows = keep(rows, self._database.rows_with_code(), assume_unique=True)
        return rows

    def _listings(self) -> Listings:
        """Every listing, up to the newest commit of any process."""
        generation, _ = self._database.change_counters()
        if generation != self._listings_of[0]:
            kept = kept_listings(self.folder / _LISTINGS, self._database.total_of("listings"))
            self._listings_of = (generation, kept or self._database.listings())
        return self._listings_of[1]


def _check_name(folder: Path) -> None:
    """Refuse the few folders that SQLite or Chroma cannot open.

    Raises:
        LibraryError: the path is too long, or is no text.
    """
    name = os.fsencode(folder.absolute())
    if len(name) > _LONGEST_FOLDER_BYTES:
        raise LibraryError(
            f"the path of the library folder has {len(name)} bytes, SQLite takes {_LONGEST_FOLDER_BYTES}; "
            f"name a shorter one than {folder}"
        )
    if name.decode(errors="replace").encode() != name:
        raise LibraryError(f"the name of the library folder {str(folder)!a} is no text; name another with --library")


def _take_away(file: Path) -> None:
    try:
        remove(file)
    except OSError as error:
        raise LibraryError(f"{file} is out of date and cannot be removed: {error.strerror}; remove it") from error
