"""A library as the first Daybook left it, with rows in every table, in the hands of this one."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.database import Database, Sighting
from ingest.embedding import DIMENSIONS
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.paper import Block, Listing, Span
from ingest.pipeline import ingest
from ingest.sqlite import migrations
from tests.conftest import WordEmbedder, write_digest
from tests.ingest.builders import CODE_LINK, MONDAY, TUESDAY, a_paper, an_entry, prepared, unit_vectors

FIRST, SECOND, THIRD = unit_vectors(3)
NEWEST = len(migrations())
LINKS = f'[["{CODE_LINK.url}", true]]'
KITES, WINDS = "Kites fly high.", "Winds blow hard."
REJECTION = ("a.md", 3, "no link", "2021-01-04T09:00:00+00:00")
ROWS: list[tuple[str, tuple[Any, ...]]] = [
    ("papers", (1, "2101.00001", 2, "On Kites", KITES, "https://arxiv.org/pdf/2101.00001", LINKS)),
    ("papers", (2, "2101.00002", 0, "On Winds", WINDS, "https://arxiv.org/pdf/2101.00002", "[]")),
    ("versions", (1, 1, "Kites", "Kites fly.", "raw Kites", "raw Kites fly.", "2021-01-04T09:00:00+00:00")),
    ("versions", (1, 2, "On Kites", KITES, "raw On Kites", f"raw {KITES}", "2021-01-05T09:00:00+00:00")),
    ("versions", (2, 0, "On Winds", WINDS, "raw On Winds", f"raw {WINDS}", "2021-01-05T09:00:00+00:00")),
    ("listings", (1, "2021-01-04", "cs.CV", "new", 1)),
    ("listings", (1, "2021-01-05", "cs.LG", "cross-listed", 2)),
    ("listings", (2, "2021-01-05", "cs.CV", "new", 1)),
    ("chunks", (4, 1, 0, 0, 9, FIRST.tobytes())),
    ("chunks", (5, 1, 1, 10, 15, SECOND.tobytes())),
    ("chunks", (7, 2, 0, 0, 16, THIRD.tobytes())),
    ("sentences", (1, 0, 0, 15)),
    ("sentences", (2, 0, 0, 16)),
    ("rejections", REJECTION),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a library of format 1."""
    path = tmp_path / "daybook.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(migrations()[0])
        for table, row in ROWS:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        connection.execute("UPDATE state SET value = 5 WHERE key = 'generation'")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    return path


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What the file holds, read by SQLite alone."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_papers_listings_and_links_are_kept(path: Path) -> None:
    with closing(Database(path)) as database:
        kites = database.papers_by_id(["2101.00001"])["2101.00001"]
        assert (kites.paper.version, kites.paper.abstract, kites.paper.is_withdrawn) == (2, KITES, False)
        assert kites.paper.links == (CODE_LINK,)
        listings = (Listing(MONDAY, "cs.CV", Block.NEW, 1), Listing(TUESDAY, "cs.LG", Block.CROSS_LISTED, 2))
        assert kites.listings == listings
        assert (database.paper_count(), database.change_counters()) == (2, (5, 0))


def test_chunks_vectors_sentences_and_words_are_kept(path: Path) -> None:
    with closing(Database(path)) as database:
        rows = database.vectors_after(0, DIMENSIONS)
        assert rows.chunk_rows.tolist() == [4, 5, 7]
        assert np.array_equal(rows.vectors, [FIRST, SECOND, THIRD])
        assert database.chunk_ids() == {4: "2101.00001v2#0", 5: "2101.00001v2#1", 7: "2101.00002v0#0"}
        assert database.sentences([1, 2]) == {1: [Span(0, 15)], 2: [Span(0, 16)]}
        assert (database.rows_matching("kite"), database.rows_matching("blow")) == ([1], [2])
        assert (database.problems(), database.text_index_is_sound()) == ([], True)
        assert database.papers_to_prepare(DIMENSIONS) == []


def test_the_history_and_the_rejections_are_kept(path: Path) -> None:
    with closing(Database(path)) as database:
        old, new = Sighting(1, "Kites", "Kites fly.", ""), Sighting(2, "On Kites", KITES, "2021-01-05")
        assert database.sightings(1) == [old, new]
        assert database.fetched_days("cs.CV") == {}
    assert rows_of(path, "PRAGMA user_version") == [(NEWEST,)]
    assert rows_of(path, "SELECT file, line, reason, seen_at FROM rejections") == [REJECTION]
    assert rows_of(path, "SELECT raw_title, seen_at FROM versions WHERE paper = 1 ORDER BY version") == [
        ("raw Kites", "2021-01-04T09:00:00+00:00"),
        ("raw On Kites", "2021-01-05T09:00:00+00:00"),
    ]


def test_new_papers_and_new_texts_are_taken(path: Path) -> None:
    with closing(Database(path)) as database:
        database.save([prepared(an_entry(a_paper("2101.00003")), FIRST)])
        database.save([prepared(an_entry(a_paper("2101.00001", abstract="Balloons.", version=3), TUESDAY), SECOND)])
        assert database.paper_count() == 3
        assert (database.rows_matching("balloon"), database.rows_matching("fly")) == ([1], [])
        assert list(database.chunk_ids().values()) == ["2101.00002v0#0", "2101.00003v0#0", "2101.00001v3#0"]
        assert min(database.chunk_ids()) == 7, "a row number is never used twice"


def test_what_it_holds_is_not_embedded_again(path: Path, embedder: WordEmbedder) -> None:
    papers = [("2101.00002", "On Winds", WINDS), ("2101.00001v2", "On Kites", KITES)]
    digest = write_digest(path.parent / "digests", TUESDAY, papers)
    with Library(path.parent) as library:
        report = ingest([digest], library, embedder)
    assert (report.new, report.embedded, embedder.texts) == (0, 0, [])


@pytest.mark.parametrize("broken", ["NOT SQL;", "INSERT INTO nowhere VALUES (1);"])
def test_a_migration_that_breaks_off_leaves_format_1(path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    before = rows_of(path, "SELECT sql FROM sqlite_master ORDER BY name")
    scripts = [*migrations(), "CREATE TABLE another (x INTEGER);\n" + broken]
    with monkeypatch.context() as patch:
        patch.setattr("ingest.sqlite.migrations", lambda: scripts)
        with pytest.raises(LibraryError, match="cannot be used") as raised:
            Database(path)
    assert "\n" not in str(raised.value)
    assert rows_of(path, "PRAGMA user_version") == [(1,)]
    assert rows_of(path, "SELECT sql FROM sqlite_master ORDER BY name") == before
    with closing(Database(path)) as database:
        assert database.paper_count() == 2


def test_control_c_in_a_migration_leaves_format_1(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(connection: sqlite3.Connection, _: str) -> None:
        connection.execute("DROP TABLE rejections")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ingest.sqlite._run_script", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Database(path)
    assert rows_of(path, "PRAGMA user_version") == [(1,)]
    assert rows_of(path, "SELECT file, line, reason, seen_at FROM rejections") == [REJECTION]
    Database(path).close()
    assert rows_of(path, "PRAGMA user_version") == [(NEWEST,)]
