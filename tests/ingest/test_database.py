import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ingest.database import Database, DaySummary, Sighting
from ingest.embedding import DIMENSIONS
from ingest.errors import LibraryError
from ingest.lexical import PaperText
from ingest.library import Library
from ingest.paper import Block, Listing, Rejection, Span
from ingest.sentences import split_sentences
from tests.ingest.builders import (
    CODE_LINK,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    a_paper,
    an_entry,
    many_prepared,
    prepared,
    unit_vectors,
)

FIRST, SECOND, THIRD = unit_vectors(3)


@pytest.fixture
def database(library: Library) -> Database:
    return library.database


def kept_rows(library: Library, query: str) -> list[tuple[object, ...]]:
    """What the file itself holds, read by SQLite alone."""
    with closing(sqlite3.connect(library.folder / "daybook.sqlite3")) as connection:
        return connection.execute(query).fetchall()


# ---- saving and reading back


def test_a_paper_is_read_back_as_it_was_saved(database: Database) -> None:
    paper = replace(a_paper(abstract="Kites fly “high” 😀. Winds blow over the sea.", version=3), links=(CODE_LINK,))
    entry = an_entry(paper, block=Block.CROSS_LISTED, position=7, category="cs.LG")
    database.save([prepared(entry, FIRST, SECOND)])
    stored = database.papers_by_id(["2101.00001", "9999.99999"])["2101.00001"]
    assert stored.paper == paper
    assert stored.listings == (Listing(MONDAY, "cs.LG", Block.CROSS_LISTED, 7),)
    assert database.papers_by_row([stored.row, 12345]) == {stored.row: stored}
    assert database.paper_count() == 1
    sentences = database.sentences([stored.row])[stored.row]
    assert sentences == split_sentences(paper.abstract)
    assert len(sentences) > 1


def test_vectors_come_back_bit_by_bit(database: Database) -> None:
    database.save(
        [prepared(an_entry(a_paper("2101.00001")), FIRST, SECOND), prepared(an_entry(a_paper("2101.00002")), THIRD)]
    )
    rows = database.vectors_after(0, DIMENSIONS)
    assert np.array_equal(rows.vectors, np.stack([FIRST, SECOND, THIRD]))
    assert rows.paper_rows.tolist() == [1, 1, 2]
    assert rows.chunk_rows.tolist() == sorted(set(rows.chunk_rows.tolist()))
    assert database.last_chunk_row() == rows.chunk_rows[-1]
    later = database.vectors_after(int(rows.chunk_rows[1]), DIMENSIONS)
    assert np.array_equal(later.vectors, [THIRD])


def test_an_empty_library_answers_every_reading(database: Database) -> None:
    assert (database.paper_count(), database.days(), database.papers_of_day(None)) == (0, [], [])
    assert database.vectors_after(0, DIMENSIONS).vectors.shape == (0, DIMENSIONS)
    assert (database.last_chunk_row(), database.chunk_ids(), database.papers_by_id([])) == (0, {}, {})
    assert (database.rows_matching("kite"), list(database.texts_after(0))) == ([], [])


def test_more_papers_than_one_statement_holds_are_read(database: Database) -> None:
    database.save(many_prepared([FIRST] * 1201))
    ids = [f"2101.{number:05}" for number in range(1, 1202)]
    assert set(database.papers_by_id(ids)) == set(ids)
    assert len(database.papers_of_day(MONDAY)) == 1201


def test_a_chunk_is_named_by_paper_version_and_number(database: Database) -> None:
    database.save(
        [
            prepared(an_entry(a_paper("2101.00001", version=2)), FIRST, SECOND),
            prepared(an_entry(a_paper("cs/0601001")), THIRD),
        ]
    )
    ids = database.chunk_ids()
    assert list(ids.values()) == ["2101.00001v2#0", "2101.00001v2#1", "cs/0601001v0#0"]
    assert list(database.chunk_ids(after=min(ids)).values()) == ["2101.00001v2#1", "cs/0601001v0#0"]


# ---- days and listings


def test_a_second_listing_leaves_the_text_and_adds_a_day(database: Database) -> None:
    database.save([prepared(an_entry(a_paper(), TUESDAY), FIRST)])
    database.save([an_entry(a_paper(), MONDAY, Block.CROSS_LISTED, category="cs.LG")])
    stored = database.papers_by_id(["2101.00001"])["2101.00001"]
    assert [(x.day, x.block) for x in stored.listings] == [(MONDAY, Block.CROSS_LISTED), (TUESDAY, Block.NEW)]
    assert stored.day == MONDAY
    assert len(database.vectors_after(0, DIMENSIONS).vectors) == 1


def test_days_count_new_and_cross_listed_papers(database: Database) -> None:
    entries = [
        an_entry(a_paper("2101.00001"), MONDAY, position=1),
        an_entry(a_paper("2101.00002"), MONDAY, position=2),
        an_entry(a_paper("2101.00003"), MONDAY, Block.CROSS_LISTED, 3),
        an_entry(a_paper("2101.00004"), WEDNESDAY, Block.CROSS_LISTED, 1),
    ]
    database.save([prepared(entry, FIRST) for entry in entries])
    database.save([an_entry(a_paper("2101.00001"), WEDNESDAY, position=2)])
    assert database.days() == [DaySummary(WEDNESDAY, 1, 1), DaySummary(MONDAY, 2, 1)]


def test_the_papers_of_a_day_stand_in_its_order_and_all_papers_newest_day_first(database: Database) -> None:
    days = [
        (TUESDAY, 2, "2101.00001"),
        (MONDAY, 1, "2101.00002"),
        (TUESDAY, 1, "2101.00003"),
        (MONDAY, 2, "2101.00004"),
    ]
    database.save([prepared(an_entry(a_paper(name), day, position=position), FIRST) for day, position, name in days])

    def ids(day: date | None) -> list[str]:
        return [stored.paper.arxiv_id for stored in database.papers_of_day(day)]

    assert ids(MONDAY) == ["2101.00002", "2101.00004"]
    assert ids(TUESDAY) == ["2101.00003", "2101.00001"]
    assert ids(WEDNESDAY) == []
    assert ids(None) == ["2101.00003", "2101.00001", "2101.00002", "2101.00004"]


# ---- changes


def test_a_new_text_takes_the_place_of_the_old_one_and_both_are_history(library: Library, database: Database) -> None:
    old, new = a_paper(abstract="Old kites. They fell down."), a_paper(abstract="New kites.", version=2)
    database.save([prepared(an_entry(old), FIRST, SECOND)])
    before = database.last_chunk_row()
    database.save([prepared(an_entry(new, TUESDAY), THIRD)])
    stored = database.papers_by_id(["2101.00001"])["2101.00001"]
    assert stored.paper == new
    assert [listing.day for listing in stored.listings] == [MONDAY, TUESDAY]
    assert np.array_equal(database.vectors_after(0, DIMENSIONS).vectors, [THIRD])
    assert database.last_chunk_row() > before, "a row number is never used twice"
    assert database.sentences([stored.row])[stored.row] == [Span(0, 10)]
    assert database.sightings(stored.row) == [
        Sighting(0, old.title, old.abstract, MONDAY.isoformat()),
        Sighting(2, new.title, new.abstract, TUESDAY.isoformat()),
    ]
    assert kept_rows(library, "SELECT version, raw_abstract FROM versions ORDER BY version") == [
        (0, "raw Old kites. They fell down."),
        (2, "raw New kites."),
    ]


def test_a_text_is_in_the_history_once_as_it_was_first_read(library: Library, database: Database) -> None:
    first = an_entry(a_paper())
    database.save([prepared(first, FIRST)])
    database.save([replace(first, raw_abstract="another markup", listing=replace(first.listing, day=TUESDAY))])
    assert kept_rows(library, "SELECT raw_abstract FROM versions") == [(first.raw_abstract,)]


def test_the_lexical_index_follows_the_text(database: Database) -> None:
    database.save([prepared(an_entry(a_paper(title="Kites", abstract="Flying over harbours.")), FIRST)])
    database.save([prepared(an_entry(a_paper("2101.00002", "Winds", "They blow; a kite is lifted.")), SECOND)])
    assert database.rows_matching("kite") == [1, 2]
    read = database.last_chunk_row()
    database.save([prepared(an_entry(a_paper(title="Balloons", abstract="Gliding over harbours.")), THIRD)])
    assert database.rows_matching("kite") == [2]
    assert database.rows_matching("flying") == []
    assert database.rows_matching("gliding AND balloon") == [1]
    assert list(database.texts_after(read)) == [PaperText(1, "Balloons", "Gliding over harbours.")]
    assert [text.row for text in database.texts_after(0)] == [1, 2]


def test_counters_tell_commits_from_rewrites(database: Database) -> None:
    assert database.change_counters() == (0, 0)
    database.save([prepared(an_entry(a_paper()), FIRST), prepared(an_entry(a_paper("2101.00002")), SECOND)])
    assert database.change_counters() == (1, 0)
    database.save([an_entry(a_paper(), TUESDAY)])
    assert database.change_counters() == (2, 0)
    database.save([prepared(an_entry(a_paper(abstract="Another.")), THIRD)])
    assert database.change_counters() == (3, 1)


def test_a_batch_is_saved_whole_or_not_at_all(database: Database) -> None:
    unknown = an_entry(a_paper("2101.00002"))
    with pytest.raises(ValueError, match=r"2101\.00002 has no text"):
        database.save([prepared(an_entry(a_paper()), FIRST), unknown])
    assert (database.paper_count(), database.change_counters()) == (0, (0, 0))
    database.save([prepared(an_entry(a_paper()), FIRST)])
    assert database.paper_count() == 1


def test_rejections_are_kept_once(library: Library, database: Database) -> None:
    rejections = [Rejection("a.md", 3, "no link"), Rejection("a.md", 3, "no title"), Rejection("b.md", 3, "no link")]
    database.save_rejections(rejections)
    database.save_rejections(rejections[:1])
    rows = kept_rows(library, "SELECT file, line, reason FROM rejections ORDER BY file, reason")
    assert rows == [(r.file, r.line, r.reason) for r in rejections]


# ---- the file


def test_threads_read_while_one_writes(database: Database) -> None:
    batches = [many_prepared([FIRST] * 10, first=1 + 10 * number) for number in range(20)]
    done = threading.Event()
    counts: list[int] = []

    def read() -> None:
        while not done.is_set():
            counts.append(database.paper_count())

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for batch in batches:
            database.save(batch)
        done.set()
        for reader in readers:
            reader.result()
    assert database.paper_count() == 200
    assert {count % 10 for count in counts} <= {0}, "a reader saw a part of a batch"


@pytest.mark.parametrize(
    "data", [b"this is no library\n" * 100, b"SQLite format 3\x00" + b"\xff" * 4000], ids=["text", "broken"]
)
def test_a_file_that_is_no_library_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "daybook.sqlite3"
    path.write_bytes(data)
    with pytest.raises(LibraryError) as raised:
        Database(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == data


def test_a_library_damaged_later_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "daybook.sqlite3"
    database = Database(path)
    database.save(many_prepared(unit_vectors(200)))
    database.close()
    with path.open("r+b") as file:
        file.truncate(60_000)
    with pytest.raises(LibraryError, match=r"daybook\.sqlite3 cannot be used"):
        Database(path).vectors_after(0, DIMENSIONS)
