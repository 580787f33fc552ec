import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.checksums import row_checksum
from ingest.damage import problems_of
from ingest.database import Database
from ingest.errors import LibraryError, LibraryTooNewError
from ingest.sqlite import SqliteFile, made_in_format, migrations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "daybook.sqlite3"


def shape_of(path: Path) -> list[tuple[Any, ...]]:
    """The tables, indexes and triggers of a file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


def format_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return found


def test_a_commit_is_on_the_disk_before_it_is_told(path: Path) -> None:
    with closing(SqliteFile(path)) as file:
        assert file.rows("PRAGMA journal_mode") == [("wal",)]
        assert file.rows("PRAGMA synchronous") == [(3,)]  # EXTRA
        assert file.rows("PRAGMA foreign_keys") == [(1,)]


def write_and_fail(file: SqliteFile) -> None:
    with file.transaction() as connection:
        connection.execute("UPDATE state SET value = 7")
        connection.execute("INSERT INTO nowhere VALUES (1)")


def test_a_transaction_is_whole_or_nothing(path: Path) -> None:
    with closing(SqliteFile(path)) as file:
        with pytest.raises(LibraryError, match="nowhere"):
            write_and_fail(file)
        assert file.rows("SELECT value FROM state WHERE value = 7") == []
        with file.transaction() as connection:
            connection.execute("UPDATE state SET value = 7")
        assert file.rows("SELECT DISTINCT value FROM state") == [(7,)]


class InterruptedConnection:
    """A connection during whose first BEGIN a person pressed Ctrl-C: Python raises as the call returns."""

    def __init__(self, real: sqlite3.Connection) -> None:
        self._real = real

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        cursor = self._real.execute(statement, *parameters)
        if statement.startswith("BEGIN"):
            raise KeyboardInterrupt
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_control_c_as_a_transaction_begins_leaves_none_open(path: Path) -> None:
    with closing(SqliteFile(path)) as file:
        real = file._connection
        file._local.connection = InterruptedConnection(real)
        with pytest.raises(KeyboardInterrupt), file.transaction():
            pytest.fail("the transaction did not begin")
        file._local.connection = real
        with file.transaction() as connection:
            connection.execute("UPDATE state SET value = 7")
        assert file.rows("SELECT DISTINCT value FROM state") == [(7,)]


def test_a_file_of_a_newer_daybook_is_refused_and_left_alone(path: Path) -> None:
    newer = len(migrations()) + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newer}")
    before = path.read_bytes()
    with pytest.raises(LibraryTooNewError, match=rf"has format {newer}.*upgrade Daybook"):
        SqliteFile(path)
    assert path.read_bytes()[100:] == before[100:]
    assert format_of(path) == newer


def test_a_library_of_every_older_format_is_brought_up_to_date(tmp_path: Path, path: Path) -> None:
    SqliteFile(path).close()
    assert format_of(path) == len(migrations())
    for number in range(1, len(migrations())):
        older = tmp_path / f"{number}.sqlite3"
        made_in_format(older, number).close()
        SqliteFile(older).close()
        assert shape_of(older) == shape_of(path)
        assert format_of(older) == len(migrations())


def test_a_paper_of_the_first_format_is_read_with_the_newest(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(migrations()[0] + "PRAGMA user_version = 1;")
        connection.executescript(
            """
            INSERT INTO papers VALUES (1, '2101.00001', 2, 'On Kites', 'They fly.', 'https://arxiv.org/abs/x', '[]');
            INSERT INTO versions VALUES (1, 2, 'On Kites', 'They fly.', 'raw', 'raw', '2021-01-04T00:00:00+00:00');
            INSERT INTO listings VALUES (1, '2021-01-04', 'cs.CV', 'new', 1);
            INSERT INTO chunks VALUES (1, 1, 0, 0, 9, zeroblob(1536));
            """
        )
    with closing(Database(path)) as database:
        stored = database.papers_by_id(["2101.00001"])["2101.00001"]
        assert (stored.paper.title, stored.paper.version, stored.day.isoformat()) == ("On Kites", 2, "2021-01-04")
        assert database.chunk_ids() == {1: "2101.00001v2#0"}
        assert [(s.version, s.last_day) for s in database.sightings(1)] == [(2, "2021-01-04")]
        assert database.rows_matching("kite") == [1]


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = migrations()
    broken = [*scripts, "CREATE TABLE kites (name TEXT) STRICT;\nINSERT INTO nowhere VALUES (1);\n"]
    monkeypatch.setattr("ingest.sqlite.migrations", lambda: broken)
    with pytest.raises(LibraryError, match="nowhere"):
        SqliteFile(path)
    assert shape_of(path) == []
    monkeypatch.undo()
    SqliteFile(path).close()
    assert format_of(path) == len(scripts)


def test_a_new_library_may_be_opened_by_two_at_once(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as first, ThreadPoolExecutor(1) as pool:
        first.create_function("row_checksum", -1, row_checksum)
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("BEGIN IMMEDIATE")
        second = pool.submit(SqliteFile, path)
        time.sleep(0.3)  # the second has found the file empty and waits for its turn
        for statement in split_statements("".join(migrations())):
            first.execute(statement)
        first.execute(f"PRAGMA user_version = {len(migrations())}")
        first.execute("COMMIT")
        second.result().close()


def split_statements(script: str) -> list[str]:
    """The statements of a script, triggers whole."""
    statements, begun = [], ""
    for line in script.splitlines():
        begun += line + "\n"
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return statements


def test_a_damaged_page_is_told(path: Path) -> None:
    with closing(SqliteFile(path)) as file, file.transaction() as connection:
        insert = "INSERT INTO rejections (file, line, reason, seen_at) VALUES (?, 1, 'x', 'y')"
        connection.executemany(insert, [(f"{n:0100}",) for n in range(2000)])
    assert problems(path) == []
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    assert problems(path) != []


def problems(path: Path) -> list[str]:
    with closing(SqliteFile(path)) as file, file.as_stored() as connection:
        return problems_of(connection)
