"""What is done to a library while the disk fails: ingests, removals, migrations, repairs, conversations."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import ingest.pipeline
import ingest.sqlite
from eval.crash import WordEmbedder
from ingest.database import PreparedPaper, Takeout
from ingest.doctor import Finding, examine
from ingest.lexical import LexicalTable
from ingest.lexical_file import kept_words, save_words
from ingest.library import EXACT_SEARCH_CHUNKS, Library
from ingest.paper import Entry
from ingest.pipeline import IngestReport
from ingest.removal import removal_of_day, removal_of_paper, take_out
from ingest.roles import read_sentences
from ingest.sqlite import SqliteFile, migrations

FOLDER = "library"
"""The name of the library below the folder that is watched, so that its own name can be lost too."""
DATABASE = "daybook.sqlite3"
WORDS = "search.words"
_CHECKPOINT_PAGES = 40
"""After so many pages the log is brought into the database, and then written from its beginning again: SQLite does so
after 1,000, which libraries as small as these never reach."""
_TALK, _OTHER_TALK = "harbours", "rivers"

Acknowledge = Callable[[], None]
Result = TypeVar("Result")


def _nobody() -> None:
    """Nobody waits for an acknowledgement."""


class FaultyLibrary(Library):
    """Acknowledges what was saved; has a vector index only if it is asked for: Chroma takes too long to make one."""

    def __init__(self, folder: Path, acknowledge: Acknowledge = _nobody, *, is_indexed: bool = False) -> None:
        self._acknowledge, self._is_indexed = acknowledge, is_indexed
        super().__init__(folder, exact_search_chunks=0 if is_indexed else EXACT_SEARCH_CHUNKS)

    def save(self, changes: Sequence[PreparedPaper | Entry]) -> None:
        """As every library, and acknowledged."""
        super().save(changes)
        self._acknowledge()

    def take_out(self, takeout: Takeout) -> None:
        """As every library, and acknowledged."""
        super().take_out(takeout)
        self._acknowledge()

    def index_is_current(self) -> bool:
        """As every library, if it has one."""
        return not self._is_indexed or super().index_is_current()

    def _sync_vector_index(self) -> None:
        if self._is_indexed:
            super()._sync_vector_index()


def talk(library: Library, conversation: str, turn: str, acknowledge: Acknowledge = _nobody) -> None:
    """Keep a turn of a conversation."""
    library.conversations.append(conversation, [turn], title="About papers")
    acknowledge()


class _AtOnce(Executor):
    """Does everything when it is asked to: threads would only wait for each other."""

    def __init__(self, _: int | None) -> None:
        pass

    def submit(self, work: Callable[..., Result], /, *arguments: Any, **named: Any) -> Future[Result]:
        """The result, as it would come later."""
        future = Future[Result]()
        future.set_result(work(*arguments, **named))
        return future


@contextmanager
def quickened() -> Iterator[None]:
    """Bring the log into the database often, and prepare papers in this thread, each text's sentences only once."""
    settings = (*ingest.sqlite._SETTINGS, f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")  # noqa: SLF001
    with (
        patch("ingest.sqlite._SETTINGS", settings),
        patch("ingest.pipeline.read_sentences", _sentences_once),
        patch("ingest.pipeline.ThreadPoolExecutor", _AtOnce),
        patch("ingest.sqlite.migrations", _migrations_once),
    ):
        yield


_sentences_once = lru_cache(read_sentences)
_migrations_once = lru_cache(migrations)


def bring_in(library: Library, sources: Sequence[Path]) -> IngestReport:
    """Ingest digests."""
    return ingest.pipeline.ingest(sources, library, WordEmbedder())


def look_over(library: Library) -> list[Finding]:
    """What the doctor finds, and mends where that can be."""
    with library.writer():
        return list(examine(library, WordEmbedder))


@dataclass(frozen=True, slots=True)
class Workload:
    """`prepare` makes the folder that it begins with; `run` works on it, and says when something was acknowledged.

    `sources` are the digests, in the order of their days.
    """

    name: str
    prepare: Callable[[Path, Sequence[Path]], None]
    run: Callable[[Path, Sequence[Path], Acknowledge], None]
    is_indexed: bool = False
    is_damaged: bool = False  # it begins with damage that only the doctor mends


# ---- what is there before


def _nothing(_: Path, __: Sequence[Path]) -> None:
    """There is no library yet."""


def _one_day(folder: Path, sources: Sequence[Path]) -> None:
    with FaultyLibrary(folder) as library:
        bring_in(library, sources[:1])
        talk(library, _TALK, "1")


def _all_days(folder: Path, sources: Sequence[Path]) -> None:
    with FaultyLibrary(folder) as library:
        bring_in(library, sources)
        talk(library, _TALK, "1")
        talk(library, _OTHER_TALK, "1")


def _of_format(number: int) -> Callable[[Path, Sequence[Path]], None]:
    """A library of the first two days as a Daybook of an older format left it."""

    def prepare(folder: Path, sources: Sequence[Path]) -> None:
        newest = folder.with_name("newest")
        with FaultyLibrary(newest) as library:
            bring_in(library, sources[:2])
        folder.mkdir()
        scripts = migrations()[:number]
        with patch("ingest.sqlite.migrations", lambda: scripts):
            file = SqliteFile(folder / DATABASE)
        other = SqliteFile(newest / DATABASE)
        _copy_rows(other, file)
        other.close()
        file.close()
        for path in newest.iterdir():
            path.unlink()
        newest.rmdir()

    return prepare


_COPIED = ("papers", "versions", "listings", "chunks", "sentences")


def _copy_rows(newest: SqliteFile, old: SqliteFile) -> None:
    with old.transaction() as connection:
        connection.execute("UPDATE state SET value = 3 WHERE key = 'generation'")
        for table in _COPIED:
            columns = [name for (name,) in old.rows(f"SELECT name FROM pragma_table_info('{table}')")]  # noqa: S608
            known = {name for (name,) in newest.rows(f"SELECT name FROM pragma_table_info('{table}')")}  # noqa: S608
            names = ", ".join(name for name in columns if name in known)
            for row in newest.rows(f"SELECT {names} FROM {table}"):  # noqa: S608
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608


def _damaged(folder: Path, sources: Sequence[Path]) -> None:
    """A library whose derived parts are damaged: the sentences of a paper, the vector of another, both word indexes."""
    _all_days(folder, sources)
    file = SqliteFile(folder / DATABASE)
    with file.transaction() as connection:
        connection.execute("DELETE FROM sentences WHERE paper = 2")
        connection.execute("DELETE FROM chunks WHERE paper = 3")
        connection.execute("UPDATE chunks SET vector = zeroblob(length(vector)) WHERE paper = 4")
        connection.execute("INSERT INTO papers_text (papers_text) VALUES ('delete-all')")
    file.close()
    _forge_lexical_index(folder)


def _forge_lexical_index(folder: Path) -> None:
    """An index of words that is whole, and wrong: it counts every word once more."""
    kept = kept_words(folder / WORDS, LexicalTable)
    if kept is None:
        raise ValueError("there is no index of words to forge")
    save_words(replace(kept, counts=kept.counts[:] + 1, lengths=kept.lengths + 7), folder / WORDS)


# ---- what is done


def _ingest_days(folder: Path, sources: Sequence[Path], acknowledge: Acknowledge) -> None:
    """A day by itself, then two at once; the library is closed between them."""
    for some in (sources[:1], sources[1:]):
        with FaultyLibrary(folder, acknowledge) as library:
            bring_in(library, some)


def _take_out_and_back(folder: Path, sources: Sequence[Path], acknowledge: Acknowledge) -> None:
    """Take out a paper and a day, and bring the day back."""
    with FaultyLibrary(folder, acknowledge) as library:
        with library.writer():
            take_out(removal_of_paper("2101.00013", library), library, WordEmbedder)
            take_out(removal_of_day(date(2021, 1, 6), library), library, WordEmbedder)
        talk(library, _TALK, "2", acknowledge)
        library.conversations.delete(_OTHER_TALK)
        acknowledge()
        bring_in(library, sources[2:])


def _open_and_ingest(folder: Path, sources: Sequence[Path], acknowledge: Acknowledge) -> None:
    """Open a library of an older format, and bring the last day in."""
    with FaultyLibrary(folder, acknowledge):
        pass
    with FaultyLibrary(folder, acknowledge) as library:
        bring_in(library, sources[2:])


def _repair(folder: Path, _: Sequence[Path], acknowledge: Acknowledge) -> None:
    """Let the doctor mend; each finding is told after it was."""
    with FaultyLibrary(folder) as library, library.writer():
        for _finding in examine(library, WordEmbedder):
            acknowledge()


def _talk_beside(folder: Path, sources: Sequence[Path], acknowledge: Acknowledge) -> None:
    """Keep turns of conversations, as the server does, between the batches of an ingest."""
    with FaultyLibrary(folder, acknowledge) as server, FaultyLibrary(folder, acknowledge) as library:
        turns = iter(range(2, 100))

        def progress(_: IngestReport) -> None:
            talk(server, _TALK, str(next(turns)), acknowledge)
            talk(server, _OTHER_TALK, str(next(turns)), acknowledge)

        ingest.pipeline.ingest(sources[1:], library, WordEmbedder(), progress)


def _index_days(folder: Path, sources: Sequence[Path], acknowledge: Acknowledge) -> None:
    """A day, and the others, with a vector index that is made, and then made anew in a copy."""
    for some in (sources[:1], sources[1:]):
        with FaultyLibrary(folder, acknowledge, is_indexed=True) as library:
            bring_in(library, some)


WORKLOADS = (
    Workload("ingest", _nothing, _ingest_days),
    Workload("remove", _all_days, _take_out_and_back),
    Workload("migrate-1", _of_format(1), _open_and_ingest),
    Workload("migrate-3", _of_format(3), _open_and_ingest),
    Workload("migrate-4", _of_format(4), _open_and_ingest),
    Workload("repair", _damaged, _repair, is_damaged=True),
    Workload("talk", _one_day, _talk_beside),
    Workload("index", _nothing, _index_days, is_indexed=True),
)
