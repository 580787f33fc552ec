"""Each row's checksum: set by every change, and asked for by every reading."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.checksums import TABLES, TOTAL_MASK, columns, holds, row_checksum
from ingest.embedding import DIMENSIONS
from ingest.errors import LibraryDamagedError
from ingest.follows import FollowKind, SeenUpTo
from ingest.library import Library
from ingest.marks import MarkChange
from ingest.paper import Rejection
from ingest.sqlite import made_in_format, migrations, opened_as_stored
from tests.ingest.builders import CODE_LINK, MONDAY, TUESDAY, a_paper, an_entry, prepared, unit_vectors
from tests.ingest.damage import as_damage

FIRST, SECOND, THIRD = unit_vectors(3)
ONE = "2101.00001"
NOTHING_SEEN = SeenUpTo(0, 0, datetime(2021, 1, 4, tzinfo=UTC))


def test_the_checksum_of_a_row_stays_what_it_is() -> None:
    """A library that is kept for years is read by it: another number here makes every library damaged."""
    assert row_checksum("kites", 1, -2, "é", b"\x00", None, 0.5) == 241766083634289468
    assert 0 <= row_checksum("kites") <= TOTAL_MASK


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        ((1,), ("1",)),
        (("1",), (b"1",)),
        ((None,), ("",)),
        ((None,), ()),
        ((0,), (None,)),
        (("i1",), (1,)),
        ((1, 2), (12,)),
        ((1,), (1.0,)),
        (("a;t1:b",), ("a", "b")),
    ],
)
def test_no_two_rows_have_one_checksum(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert row_checksum("kites", *one) != row_checksum("kites", *other)
    assert row_checksum("kites", *one) != row_checksum("winds", *one)


def test_every_table_and_every_column_is_covered() -> None:
    with closing(made_in_format(None, len(migrations()))) as made:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'papers_text%'"
        tables = {name for (name,) in made.execute(query)} - {"sqlite_sequence", "sums"}
        assert tables == set(TABLES)
        for table, names in TABLES.items():
            found = [row[1] for row in made.execute(f"PRAGMA table_info({table})")]
            assert sorted(found) == sorted([*names, "checksum"])
            assert {name for (name,) in made.execute("SELECT name FROM sums")} == set(TABLES)


@pytest.fixture
def full(library: Library) -> Library:
    """A library with rows in every table, after every kind of change."""
    database = library.database
    database.save([prepared(an_entry(a_paper(abstract="Kites fly. They fly high over the sea.")), FIRST, SECOND)])
    database.save([prepared(an_entry(a_paper("2101.00002", "On Winds")), THIRD)])
    database.save([prepared(an_entry(a_paper("2101.00003", "On Waves")), THIRD)])
    database.save([prepared(an_entry(a_paper("2101.00003", "On Waves", "Waves, again.", version=2), TUESDAY), FIRST)])
    database.save([an_entry(a_paper("2101.00002", "On Winds"), TUESDAY, category="cs.LG")])
    database.save_rejections([Rejection("a.md", 3, "no link"), Rejection("a.md", 3, "no link")])
    database.save_fetched_day("cs.CV", MONDAY, 3)
    database.save_fetched_day("cs.CV", MONDAY, 4)
    library.conversations.append("one", ["a", "b"], title="Kites?")
    library.conversations.append("two", ["c"], title="Winds?")
    library.conversations.append("one", ["d"], title="Kites?")
    library.conversations.delete("two")
    database.follows.add(FollowKind.TOPIC, "kites", NOTHING_SEEN)
    database.follows.stop(database.follows.add(FollowKind.NAME, "winds", NOTHING_SEEN).number)
    database.follows.add(FollowKind.AUTHOR, "A. Kite", NOTHING_SEEN)
    database.follows.look([1], database.arrivals(0).upto)
    database.marks.change(ONE, MarkChange(is_starred=True, note="high", tags=("kites",)))
    database.marks.change(ONE, MarkChange(is_read=True))
    database.marks.change("2101.00009", MarkChange(is_hidden=True))
    database.marks.change("2101.00009", MarkChange(is_hidden=False))
    return library


def sums_of(path: Path) -> dict[str, tuple[int, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: (rows, total) for name, rows, total in connection.execute("SELECT * FROM sums")}


def test_every_change_keeps_the_checksums_and_the_sums(full: Library) -> None:
    path = full.folder / "daybook.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            rows = connection.execute(f"SELECT {columns(table)} FROM {table}").fetchall()  # noqa: S608
            assert rows, table
            assert all(holds(table, row) for row in rows), table
            assert sums_of(path)[table] == (len(rows), sum(row[-1] for row in rows) & TOTAL_MASK), table
    assert full.database.problems() == []


READINGS: dict[str, Callable[[Library], object]] = {
    "a paper": lambda library: library.paper(ONE),
    "all papers": lambda library: library.papers(),
    "the papers of a day": lambda library: library.papers(MONDAY),
    "lists": lambda library: library.database.listed([1, 2, 3]),
    "days": lambda library: library.days(),
    "counts": lambda library: library.database.counts([1, 2, 3]),
    "categories": lambda library: library.database.category_counts(),
    "holdings": lambda library: library.database.listings().holdings,
    "limits": lambda library: library.rows_within(days=[MONDAY]).tolist(),
    "code": lambda library: library.rows_within(with_code=False).tolist(),
    "titles": lambda library: library.database.titles(),
    "authors": lambda library: library.database.author_names(),
    "papers of an author": lambda library: library.database.rows_by("Kite").tolist(),
    "the number of papers": lambda library: library.database.paper_count(),
    "sentences": lambda library: library.database.sentences([1, 2, 3]),
    "roles": lambda library: library.database.roled_sentences([1, 2, 3]),
    "vectors": lambda library: library.database.vectors_after(0, DIMENSIONS).vectors.tolist(),
    "new vectors": lambda library: library.database.vectors_after(1, DIMENSIONS).vectors.tolist(),
    "texts": lambda library: list(library.database.texts_after(0)),
    "new texts": lambda library: list(library.database.texts_after(1)),
    "texts found": lambda library: library.database.texts_matching("kites OR winds OR waves"),
    "history": lambda library: library.database.sightings(1),
    "origins": lambda library: library.database.origins([1, 2, 3]),
    "sources": lambda library: library.database.sources(),
    "fetched days": lambda library: library.database.fetched_days("cs.CV"),
    "counters": lambda library: library.database.change_counters(),
    "conversations": lambda library: library.conversations.listed(),
    "conversations of an owner": lambda library: library.conversations.listed(""),
    "conversations of another": lambda library: library.conversations.listed("another"),
    "a conversation": lambda library: library.conversations.find("one", ""),
    "turns": lambda library: library.conversations.turns("one"),
    "new turns": lambda library: library.conversations.turns("one", after=3),
    "what is followed": lambda library: library.database.follows.listed(),
    "what came": lambda library: library.database.arrivals(1).newest_chunks,
    "marks": lambda library: library.database.marks.listed(),
    "hidden papers": lambda library: library.database.marks.hidden(),
}
_OF_ONE = ("conversations", "conversations of an owner", "a conversation")
_CONVERSATIONS = (*_OF_ONE, "conversations of another")
DAMAGES = {
    "UPDATE papers SET abstract = 'Kites fell.' WHERE row = 1": (
        "a paper", "all papers", "the papers of a day", "lists", "titles", "authors", "papers of an author", "texts",
        "texts found", "code",
    ),
    "UPDATE papers SET title = CAST(x'4fff' AS TEXT) WHERE row = 1": ("a paper", "titles", "lists", "texts"),
    "UPDATE papers SET arxiv_id = '2101.00009' WHERE row = 1": ("a paper", "all papers", "titles"),
    "DELETE FROM papers WHERE row = 3": ("the number of papers", "titles", "texts", "lists"),
    "UPDATE listings SET day = '2021-01-14' WHERE paper = 1": (
        "a paper", "days", "counts", "categories", "holdings", "limits", "lists", "all papers",
    ),
    "DELETE FROM listings WHERE paper = 1": ("a paper", "days", "counts", "categories", "holdings", "limits"),
    "UPDATE sentences SET end_offset = 9 WHERE number = 0": ("sentences", "roles"),
    "DELETE FROM sentences WHERE paper = 1 AND number = 0": ("sentences", "roles"),
    "DELETE FROM sentences WHERE paper = 2": ("sentences", "roles"),
    "DELETE FROM sentences WHERE paper = 1 AND number = 1": ("sentences", "roles"),
    "UPDATE chunks SET vector = zeroblob(1536) WHERE row = 2": ("vectors", "new vectors"),
    "DELETE FROM chunks WHERE row = 2": ("vectors", "new vectors", "what came"),
    "UPDATE versions SET abstract = 'Kites fell.' WHERE paper = 1": ("history",),
    "DELETE FROM versions WHERE paper = 1": ("history",),
    "UPDATE origins SET source = 'other' WHERE paper = 1": ("origins", "sources"),
    "UPDATE fetched_days SET papers = 9": ("fetched days",),
    "UPDATE state SET value = 9 WHERE key = 'generation'": ("counters", "days"),
    "DELETE FROM state WHERE key = 'rewrites'": ("counters",),
    "UPDATE conversations SET title = 'x'": (*_CONVERSATIONS, "turns"),
    "UPDATE conversations SET id = 'onf'": (*_CONVERSATIONS, "turns", "new turns"),
    "UPDATE conversations SET owner = 'x'": _CONVERSATIONS,
    "UPDATE conversations SET turns = 2": (*_CONVERSATIONS, "turns", "new turns"),
    "DELETE FROM conversations": (*_CONVERSATIONS, "turns", "new turns"),
    "UPDATE turns SET turn = 'x' WHERE number = 2": ("turns",),
    "DELETE FROM turns WHERE number = 2": ("turns", *_OF_ONE),
    "DELETE FROM turns WHERE number = 3": ("turns", *_OF_ONE),
    "DELETE FROM turns": ("turns", *_OF_ONE),
    "UPDATE turns SET conversation = 'onf' WHERE number = 3": ("turns", *_OF_ONE),
    "UPDATE turns SET number = 7 WHERE number = 3": ("turns", *_OF_ONE, "new turns"),
    "UPDATE follows SET text = 'x' WHERE number = 1": ("what is followed",),
    "UPDATE follows SET seen_chunk = 9 WHERE number = 1": ("what is followed",),
    "DELETE FROM follows WHERE number = 3": ("what is followed",),
    "UPDATE marks SET note = 'x'": ("marks", "hidden papers"),
    "UPDATE marks SET is_hidden = 1": ("marks", "hidden papers"),
    "UPDATE marks SET arxiv_id = '2101.00002'": ("marks", "hidden papers"),
    "DELETE FROM marks": ("marks", "hidden papers"),
    "UPDATE sums SET rows = rows + 1": (
        "vectors", "titles", "days", "the number of papers", "conversations", "conversations of an owner",
        "what is followed", "what came", "marks", "hidden papers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_not_shown_and_the_command_that_mends_is_named(full: Library, damage: str) -> None:
    before = {name: read(full) for name, read in READINGS.items()}
    full.close()
    with as_damage(full.folder / "daybook.sqlite3") as connection:
        connection.execute(damage)
    for name, read in READINGS.items():
        with Library(full.folder) as library:
            if name in DAMAGES[damage]:
                with pytest.raises(LibraryDamagedError, match="is damaged in the library") as raised:
                    read(library)
                assert str(raised.value).endswith(f"mend it: daybook doctor --repair --library {full.folder}")
                assert "\n" not in str(raised.value)
            else:
                with suppress(LibraryDamagedError):  # it says what it said, or nothing
                    assert read(library) == before[name]


def test_the_paper_is_named(full: Library) -> None:
    full.close()
    with as_damage(full.folder / "daybook.sqlite3") as connection:
        connection.execute("UPDATE papers SET url = 'x' WHERE row = 1")
        connection.execute("UPDATE sentences SET end_offset = 9 WHERE paper = 2")
    with Library(full.folder) as library:
        with pytest.raises(LibraryDamagedError, match=r"^arXiv:2101\.00001 is damaged"):
            library.paper(ONE)
        with pytest.raises(LibraryDamagedError, match=r"^what is kept of arXiv:2101\.00002 is damaged"):
            library.sentences([2])


def test_a_broken_block_of_the_text_index_is_not_searched(full: Library) -> None:
    full.database.seal_text_index()
    full.close()
    with as_damage(full.folder / "daybook.sqlite3") as connection:
        connection.execute("UPDATE papers_text_docsize SET sz = x'0101' WHERE id = 1")
    with Library(full.folder) as library, pytest.raises(LibraryDamagedError, match="the text index"):
        library.database.rows_matching("kites")


CHANGES: dict[str, Callable[[Library], object]] = {
    "UPDATE versions SET raw_title = 'x' WHERE paper = 1": lambda library: library.database.save(
        [an_entry(a_paper(abstract="Kites fly. They fly high over the sea."), date(2021, 2, 1))]
    ),
    "UPDATE papers SET url = 'x' WHERE row = 1": lambda library: library.database.save(
        [prepared(an_entry(a_paper(abstract="Another.", version=2)), FIRST)]
    ),
    "UPDATE conversations SET title = 'x'": lambda library: library.conversations.append("one", ["e"], title="x"),
    "UPDATE follows SET text = 'x' WHERE number = 1": lambda library: library.database.follows.look(
        [1, 3], NOTHING_SEEN
    ),
    "UPDATE marks SET note = 'x'": lambda library: library.database.marks.change(ONE, MarkChange(is_read=False)),
    "UPDATE state SET value = value + 1": lambda library: library.database.save([an_entry(a_paper(), TUESDAY)]),
}


@pytest.mark.parametrize("damage", CHANGES)
def test_no_change_makes_a_damaged_row_a_sound_one(full: Library, damage: str) -> None:
    full.close()
    with as_damage(full.folder / "daybook.sqlite3") as connection:
        connection.execute(damage)
    with Library(full.folder) as library:
        before = library.database.problems()
        assert len(before) == 1
        with pytest.raises(LibraryDamagedError, match="damaged"):
            CHANGES[damage](library)
        assert library.database.problems() == before


def test_a_row_may_be_changed_back_into_what_its_checksum_proves(full: Library) -> None:
    path = full.folder / "daybook.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        (title,) = connection.execute("SELECT title FROM papers WHERE row = 1").fetchone()
    full.close()
    with as_damage(path) as connection:
        connection.execute("UPDATE papers SET title = 'x' WHERE row = 1")
    with closing(opened_as_stored(path)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="a row of papers is damaged"):
            connection.execute("UPDATE papers SET title = 'y' WHERE row = 1")
        connection.execute("UPDATE papers SET title = ? WHERE row = 1", (title,))
    with Library(full.folder) as library:
        assert library.database.problems() == []


def test_a_library_of_format_5_gets_its_checksums(tmp_path: Path) -> None:
    path = tmp_path / "daybook.sqlite3"
    vector = np.asarray(FIRST, dtype="<f4").tobytes()
    with closing(made_in_format(path, 5)) as connection:
        connection.execute(
            "INSERT INTO papers (row, arxiv_id, version, title, abstract, url, links) VALUES (1, ?, 0, 'On Kites',"
            " 'Kites fly.', 'https://arxiv.org/abs/2101.00001', ?)",
            (ONE, f'[["{CODE_LINK.url}", true]]'),
        )
        connection.execute("INSERT INTO versions VALUES (1, 0, 'On Kites', 'Kites fly.', 'r', 'r', 's', '2021-01-04')")
        connection.execute("INSERT INTO listings VALUES (1, '2021-01-04', 'cs.CV', 'announced', 'new', 1, 0)")
        connection.execute("INSERT INTO chunks VALUES (7, 1, 0, 0, 10, ?, '2101.00001v0#0')", (vector,))
        connection.execute("INSERT INTO sentences VALUES (1, 0, 0, 10, 'method', 1)")
        connection.execute("INSERT INTO conversations VALUES ('one', '', 'Kites?', 's', 's')")
        connection.execute("INSERT INTO conversations VALUES ('two', '', 'Winds?', 's', 's')")
        connection.executemany(
            "INSERT INTO turns VALUES (?, ?, ?)", [("one", 1, "a"), ("two", 1, "b"), ("two", 2, "c")]
        )
    with Library(tmp_path, create=False) as library:
        assert library.database.problems() == []
        assert {name: rows for name, (rows, _) in sums_of(path).items()} == {
            "papers": 1,
            "versions": 1,
            "listings": 1,
            "origins": 0,
            "chunks": 1,
            "sentences": 1,
            "rejections": 0,
            "fetched_days": 0,
            "conversations": 2,
            "turns": 3,
            "follows": 0,
            "marks": 0,
            "state": 5,
        }
        stored = library.paper(ONE)
        assert stored is not None
        assert (stored.paper.title, stored.paper.links) == ("On Kites", (CODE_LINK,))
        assert library.database.vectors_after(0, DIMENSIONS).vectors.tolist() == [FIRST.tolist()]
        assert (library.conversations.turns("one"), library.conversations.turns("two")) == (["a"], ["b", "c"])
        library.conversations.append("one", ["d"], title="Kites?")
        assert library.conversations.turns("one") == ["a", "d"]
        assert library.database.problems() == []
