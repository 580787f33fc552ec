"""The SQLite file: connections, transactions, migrations. The only file that imports sqlite3."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingest.authors import names_an_author
from ingest.errors import LibraryError, LibraryTooNewError

Connection = sqlite3.Connection

_BUSY_TIMEOUT_SECONDS = 10
_FULL_DISK_BYTES = 256 * 1024
"""With less space an I/O error means that there was no room for SQLite's files beside the library's."""
_NOT_WRITABLE = ("readonly", "unable to open")
_SETTINGS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


def migrations() -> list[str]:
    """The scripts that make a library, oldest first; a library's format is how many have run."""
    folder = files("ingest") / "migrations"
    scripts = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


class SqliteFile:
    """A SQLite file in WAL mode; each thread has its own connection.

    Raises:
        LibraryError: the file is no SQLite file, is damaged, or the disk is full.
        LibraryTooNewError: a newer Daybook wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
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
            with self._transaction() as connection:
                for number, script in enumerate(scripts[self._format() :], start=self._format() + 1):
                    _run_script(connection, script)
                    connection.execute(f"PRAGMA user_version = {number}")

    def _format(self) -> int:
        found: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        return found

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        """A connection; one that only reads where the folder or the file may not be written."""
        try:
            connection = self._opened(str(self.path))
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.OperationalError as error:
            if not any(told in str(error) for told in _NOT_WRITABLE) or not self.path.is_file():
                raise
            return self._connect_to_read()
        return connection

    def _connect_to_read(self) -> sqlite3.Connection:
        """Beside a writer its files are read with it; where there is none, the file alone, which nobody changes."""
        options = "mode=ro" if self.path.with_name(f"{self.path.name}-wal").exists() else "mode=ro&immutable=1"
        connection = self._opened(f"{self.path.absolute().as_uri()}?{options}")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection

    def _opened(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            name,
            timeout=_BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=name.startswith("file:"),
        )
        connection.create_function("names_an_author", 2, names_an_author, deterministic=True)
        self._connections.append(connection)
        return connection

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if "full" in str(error) or ("I/O" in str(error) and self._free_bytes() < _FULL_DISK_BYTES):
                raise LibraryError(
                    f"the disk of {self.path.parent} is full; free some space and run the same again: "
                    "what was saved is safe"
                ) from error
            raise LibraryError(
                f"the library file {self.path} cannot be used: {error}; check it with: daybook doctor"
            ) from error

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self.path.parent).free
        except OSError:
            return 0

    @contextmanager
    def transaction(self, wait_seconds: float = _BUSY_TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        """Write; everything is on the disk when the block ends, or nothing is. Another writer is waited for."""
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

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._errors_told():
            return self._connection.execute(query, parameters).fetchall()

    def problems(self) -> list[str]:
        """What SQLite itself finds wrong with the file and its references; empty where all is well."""
        try:
            found = [row[0] for row in self._connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [*found, *(f"a row of {table} points to no paper" for table, *_ in broken)]

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()


def _run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script inside the transaction that is open (`executescript` would commit it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def content_of_foreign_file(path: Path, passed_over: frozenset[str]) -> Iterator[bytes]:
    """Every row of a SQLite file that is not ours, in a fixed order, without the tables to pass over.

    Raises:
        LibraryError: the file is damaged.
    """
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
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
