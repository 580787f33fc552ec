"""The SQLite file: connections, transactions, migrations. The only file that imports sqlite3."""

import os
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.authors import names_an_author
from ingest.checksums import row_checksum
from ingest.errors import LibraryDamagedError, LibraryError, LibraryTooNewError
from ingest.files import make_file
from ingest.private import TemporaryFolder

Connection = sqlite3.Connection
DATABASE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises; the second where it quotes a damaged schema that is no text."""

_BUSY_TIMEOUT_SECONDS = 10
_FULL_DISK_BYTES = 256 * 1024
"""With less space an I/O error means that there was no room for SQLite's files beside the library's."""
_NOT_WRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
_NO_FILES_BESIDE = (*_NOT_WRITABLE, "SQLITE_FULL", "SQLITE_IOERR")
"""How the names of errors begin where SQLite may not, or cannot, make the files beside the library's."""
_TRIES_TO_READ = 20  # beside a writer whose locks cannot be seen: it commits a few times a second
_MEGABYTE = 1_000_000
_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
)
"""EXTRA is FULL to a log; where the file could not be given one, it also keeps the end of a transaction. Recursive
triggers: without them a REPLACE takes a row out without the trigger that counts it out."""
_FIRST_READ = "SELECT 1 FROM sqlite_master"
_OWN_INDEX_OF_THE_LOG = "PRAGMA locking_mode = EXCLUSIVE"  # in memory, where none can be made beside it
_DAMAGED_TEXT = ("UTF-8", "user-defined function", "is damaged")
"""In errors of SQLite: text that is no text, alone or in a row whose checksum is asked for, and our triggers' word."""


def migrations() -> list[str]:
    """The scripts that make a library, oldest first; a library's format is how many have run."""
    folder = files("ingest") / "migrations"
    scripts = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


@contextmanager
def _interrupt_held() -> Iterator[None]:
    """Keep Ctrl-C until SQLite has done what it is at.

    Raised within a function of ours that SQLite calls, a KeyboardInterrupt would reach us as an error of that function,
    which is how a damaged row is told. It is raised in the main thread alone, and where nobody else handles the signal.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    held: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if held:
            raise KeyboardInterrupt


class SqliteFile:
    """A SQLite file in WAL mode; each thread has its own connection.

    Where the file or its folder may not be written, or the disk is full, it is read, and nothing is written beside it;
    of an older format, a copy among the temporary files is brought up to date and read in its place.

    Raises:
        LibraryError: the file is no SQLite file, is damaged, or may not be read; or there is none and none can be made.
        LibraryTooNewError: a newer Daybook wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copy: TemporaryFolder | None = None
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        try:
            self._migrate(migrations())
        except BaseException:
            self.close()
            raise

    def _migrate(self, scripts: Sequence[str]) -> None:
        with self._errors_told():
            found = self._format()
            if found > len(scripts):
                raise LibraryTooNewError(
                    f"the library {self.path.parent} has format {found}, this Daybook reads up to {len(scripts)}; "
                    "upgrade Daybook"
                )
            if found == len(scripts):
                return
            if self._local.hindrance:
                self._read_a_copy()
            with self._transaction() as connection:
                for number, script in enumerate(scripts[self._format() :], start=self._format() + 1):
                    _run_script(connection, script)
                    connection.execute(f"PRAGMA user_version = {number}")

    def _format(self) -> int:
        found: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        return found

    # ---- connecting

    @property
    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and not self._is_as_read():
            self._disconnect()
            connection = None
        if connection is None:
            connection = self._connect()
            self._connections.append(connection)
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        """A connection; `hindrance` says why it only reads, `read_state` what must last where no lock guards it."""
        self._local.read_state = None
        self._local.hindrance = "" if self._may_be_written() and self._copy is None else self._not_writable()
        if self._copy is not None:
            return _opened_to_write(self._copy.path / self.path.name)
        if self._local.hindrance and not self.path.exists():
            raise LibraryError(self._local.hindrance)
        if not self._local.hindrance:
            try:
                return _opened_to_write(self.path)
            except sqlite3.OperationalError as error:
                if not _size(self.path) or not (
                    self._is_full(error) or error.sqlite_errorname.startswith(_NOT_WRITABLE)
                ):
                    raise
                self._local.hindrance = self._full() if self._is_full(error) else self._not_writable()
            except OSError as error:
                raise LibraryError(f"{self._not_writable()} ({error.strerror})") from error
        connection, self._local.read_state = _opened_to_read(self.path)
        return connection

    def _may_be_written(self) -> bool:
        return all(os.access(place, os.W_OK) for place in (self.path, self.path.parent) if place.exists())

    def _is_as_read(self) -> bool:
        """Whether what this thread reads is still what the file says."""
        return self._local.read_state is None or self._local.read_state == _state(self.path)

    def _disconnect(self) -> None:
        connection: sqlite3.Connection = self._local.connection
        self._local.connection = None
        self._connections.remove(connection)
        connection.close()

    @property
    def is_read_only(self) -> bool:
        """Whether this thread can only read the library."""
        with self._errors_told():
            _ = self._connection
        return bool(self._local.hindrance)

    def need_writable(self) -> None:
        """See whether the library can be written; perhaps it can again.

        Raises:
            LibraryError: it cannot; the message says why.
        """
        if self.is_read_only and self._copy is None:
            self._disconnect()
        if self.is_read_only:
            raise LibraryError(self._local.hindrance)

    # ---- copies

    def _read_a_copy(self) -> None:
        """From now on read, and bring up to date, a copy that goes when the file is closed."""
        self._copy = self._copied()
        self._disconnect()

    def _copied(self) -> TemporaryFolder:
        """A folder with the file as it is now."""
        connection = self._connection
        try:
            folder = TemporaryFolder()
            with closing(_opened_to_write(folder.path / self.path.name)) as target:
                connection.backup(target)
        except (OSError, sqlite3.OperationalError) as error:
            needed = (_size(self.path) + _size(_log_of(self.path))) / _MEGABYTE
            raise LibraryError(
                f"{self._local.hindrance}; and a copy to read it from cannot be made in {tempfile.gettempdir()} "
                f"({error}): name a folder with {needed:.0f} MB free in TMPDIR"
            ) from error
        if not self._is_as_read():
            raise LibraryError(self._changing())
        return folder

    @contextmanager
    def _scratch(self) -> Iterator[sqlite3.Connection]:
        """A connection that may write what nobody keeps: where the file cannot be written, to a copy of it."""
        if self._copy is not None or not self.is_read_only:
            with self._transaction() as connection:
                yield connection
            return
        folder = self._copied()
        try:
            with closing(_opened_to_write(folder.path / self.path.name)) as connection:
                yield connection
        finally:
            folder.close()

    # ---- errors

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            with _interrupt_held():
                yield
        except sqlite3.DatabaseError as error:
            if self._is_full(error):
                raise LibraryError(self._full()) from error
            if self.path.exists() and not os.access(self.path, os.R_OK):
                raise LibraryError(
                    f"the library file {self.path} cannot be read by you; ask whose it is, or name another library"
                ) from error
            if any(told in str(error) for told in _DAMAGED_TEXT):
                raise self.damaged("what was to be read or changed") from error
            raise LibraryError(
                f"the library file {self.path} cannot be used: {error}; check it with: daybook doctor"
            ) from error
        except UnicodeDecodeError as error:  # SQLite quotes a damaged schema that is no text
            raise self.damaged("the schema") from error

    def damaged(self, what: str) -> LibraryDamagedError:
        """The error that tells of something that is not as it was saved."""
        return LibraryDamagedError(
            f"{what} is damaged in the library {self.path.parent}, and not used; "
            f"mend it: daybook doctor --repair --library {self.path.parent}"
        )

    def _is_full(self, error: sqlite3.DatabaseError) -> bool:
        told = str(error)
        return "full" in told or ("I/O" in told and self._free_bytes() < _FULL_DISK_BYTES)

    def _full(self) -> str:
        return f"the disk of {self.path.parent} is full; free some space and run the same again: what was saved is safe"

    def _not_writable(self) -> str:
        return f"the library {self.path.parent} cannot be written by you; name another with --library"

    def _changing(self) -> str:
        return f"the library {self.path.parent} is being written by another and cannot be read meanwhile; try again"

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self.path.parent).free
        except OSError:
            return 0

    @contextmanager
    def transaction(self, wait_seconds: float = _BUSY_TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        """Write; everything is on the disk when the block ends, or nothing is. Another writer is waited for."""
        self.need_writable()
        with self._errors_told(), self._transaction(wait_seconds) as connection:
            yield connection

    @contextmanager
    def _transaction(self, wait_seconds: float = _BUSY_TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        try:
            connection.execute(f"PRAGMA busy_timeout = {int(wait_seconds * 1000)}")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_SECONDS * 1000}")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread reads within is of one moment."""
        with self._errors_told():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._errors_told():
            for _ in range(_TRIES_TO_READ):
                connection = self._connection
                try:
                    found = connection.execute(query, parameters).fetchall()
                except sqlite3.DatabaseError:
                    if self._is_as_read():
                        raise
                else:
                    if self._is_as_read():
                        return found
        raise LibraryError(self._changing())

    def is_sound(self, check: str) -> bool:
        """Whether a statement that checks something, and may have to write for it, finds no damage."""
        with self._errors_told(), self._scratch() as connection:
            try:
                connection.execute(check)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:  # the rest of the code says where
                    raise
                return False
        return True

    @contextmanager
    def as_stored(self) -> Iterator[sqlite3.Connection]:
        """A connection beside the others that reads text as its bytes are, see `opened_as_stored`."""
        with self._errors_told(), closing(self._connect()) as connection:
            connection.text_factory = _text_as_stored
            yield connection

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()
        if self._copy is not None:
            self._copy.close()


_text_as_stored = partial(str, encoding="utf-8", errors="surrogateescape")


def opened_as_stored(path: Path) -> Connection:
    """A connection to a file that may be damaged: bytes of text that are no UTF-8 stand as lone surrogates."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = _text_as_stored
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.create_function("row_checksum", -1, row_checksum, deterministic=True)
    return connection


def made_in_format(path: Path | None, number: int) -> Connection:
    """A connection to a new file, in memory where there is no path, of an empty library of a format.

    References between its rows are not held, and nothing is on the disk before it is closed.
    """
    if path is not None:
        make_file(path)
    connection = opened_as_stored(path or Path(":memory:"))
    connection.execute("BEGIN")
    for script in migrations()[:number]:
        _run_script(connection, script)
    connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")
    return connection


def is_damage(error: LibraryError) -> bool:
    """Whether a library could not be used because its file is damaged, not because of another program or the disk."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    return isinstance(error, LibraryDamagedError) or (code is not None and code & 0xFF in _CODES_OF_DAMAGE)


_CODES_OF_DAMAGE = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
)
"""The first two are what a migration meets in a file whose format number is damaged, or that lacks a table."""


def _run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script inside the transaction that is open (`executescript` would commit it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


# ---- opening


def _opened_to_write(path: Path) -> sqlite3.Connection:
    """A connection to a file, made where there is none; SQLite gives the files beside it the same mode."""
    make_file(path)
    return _opened(path, "mode=rw", *_SETTINGS)


def _opened_to_read(path: Path) -> tuple[sqlite3.Connection, object]:
    """A connection that only reads, beside a writer too; and a state of the file that must last, where no lock does.

    Without the right to write, SQLite reads its log of changes only where there is an index of it, and takes no lock
    where there is neither. So the log is read without locks, or where there is none, the file alone.
    """
    state = _state(path)
    try:
        return _opened(path, "mode=ro", _FIRST_READ), None
    except sqlite3.OperationalError as error:
        if not path.is_file() or not error.sqlite_errorname.startswith(_NO_FILES_BESIDE):
            raise
    if not _size(_log_of(path)):
        return _opened(path, "mode=ro&immutable=1", _FIRST_READ), state
    return _opened(path, "mode=ro&vfs=unix-none", _OWN_INDEX_OF_THE_LOG, _FIRST_READ), state


def _opened(path: Path, options: str, *statements: str) -> sqlite3.Connection:
    """A connection on which some statements have run: SQLite opens a file only when it is read."""
    connection = sqlite3.connect(
        _uri(path, options), timeout=_BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        connection.create_function("names_an_author", 2, names_an_author, deterministic=True)
        connection.create_function("row_checksum", -1, row_checksum, deterministic=True)
        for statement in statements:
            connection.execute(statement).fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _uri(path: Path, options: str) -> str:
    """What SQLite takes for a path with any signs in it; on Windows too, where one begins with a drive or a server."""
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place))}?{options}"


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _state(path: Path) -> tuple[tuple[int, int, int] | None, ...]:
    """What differs after every change of a file or its log."""
    return tuple(_stamp(one) for one in (path, _log_of(path)))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns


def content_of_foreign_file(path: Path, passed_over: frozenset[str]) -> Iterator[bytes]:
    """Every row of a SQLite file that is not ours, in a fixed order, without the tables to pass over.

    Raises:
        LibraryError: the file is damaged.
    """
    try:
        connection, _ = _opened_to_read(path)
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"{path}: {error}") from error
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise LibraryError(f"{path} is damaged")
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(set(names) - passed_over):
            yield name.encode()
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield repr(row).encode()
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"{path}: {error}") from error
    finally:
        connection.close()
