import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import LibraryDamagedError, LibraryError, LibraryLockedError, LibraryTooNewError
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.sqlite import migrations
from tests.conftest import WordEmbedder, write_digest
from tests.ingest.builders import MONDAY, TUESDAY, a_paper, an_entry, many_prepared, prepared, unit_vectors
from tests.ingest.processes import line_of, python, tell

FIRST, SECOND, THIRD = unit_vectors(3)

READER = """
import sys
from pathlib import Path
from ingest.library import Library
from tests.conftest import WordEmbedder
with Library(Path(sys.argv[1]), create=False) as library:
    for question in sys.stdin:
        found = library.dense_scores(WordEmbedder().question_vector(question))
        rows = [int(row) for row, score in zip(found.rows, found.scores) if score > 0.9]
        papers = library.database.papers_by_row(rows).values()
        print(len(library.papers()), *[stored.paper.arxiv_id for stored in papers])
"""

WRITER = """
import sys
from pathlib import Path
from ingest.library import Library
with Library(Path(sys.argv[1])) as library, library.writer():
    print("writing")
    sys.stdin.readline()
"""


# ---- opening


def test_a_library_is_made_where_there_is_none(tmp_path: Path) -> None:
    with Library(tmp_path / "a" / "b") as library:
        assert library.papers() == []
    with Library(tmp_path / "a" / "b", create=False) as library:
        assert library.days() == []


def test_without_create_a_missing_library_is_an_error_that_tells_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="daybook ingest PATH --library"):
        Library(tmp_path / "nothing", create=False)
    assert not (tmp_path / "nothing").exists()


def test_a_folder_that_cannot_be_made_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "library"):
        with pytest.raises(LibraryError, match="cannot be used") as raised:
            Library(folder)
        assert "\n" not in str(raised.value)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Library(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "daybook.sqlite3")) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 5}")
    with pytest.raises(LibraryTooNewError, match=f"has format {len(migrations()) + 5}"):
        Library(tmp_path, create=False)


def test_what_was_saved_is_there_after_closing(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.save([prepared(an_entry(a_paper()), FIRST)])
    with Library(tmp_path, create=False) as library:
        stored = library.paper("2101.00001")
        assert stored is not None
        assert stored.paper == a_paper()
        assert library.paper("2101.00002") is None
        assert library.papers(MONDAY) == [stored]
        assert library.papers(TUESDAY) == []
        assert np.array_equal(library.dense_scores(FIRST).rows, [stored.row])


# ---- one writer


def test_a_second_process_that_would_write_is_refused_at_once_and_told_who_writes(library: Library) -> None:
    with python(WRITER, library.folder) as child:
        assert line_of(child) == "writing"
        with pytest.raises(LibraryLockedError, match=rf"written by process {child.pid};"), library.writer():
            pytest.fail("two writers")
        assert library.papers() == []  # reading goes on; and the writer, who was not waited for, still writes
        tell(child, "end")
        assert child.wait(10) == 0
    with library.writer():
        library.save([prepared(an_entry(a_paper()), FIRST)])


REFUSED = """
import sys
from pathlib import Path
from ingest.library import Library
with Library(Path(sys.argv[1])) as library:
    try:
        with library.writer():
            print("two writers")
    except Exception as error:
        print("refused:", error)
"""


def test_five_processes_that_would_write_are_each_refused_at_once_and_told_who_writes(library: Library) -> None:
    with library.writer():
        for _ in range(5):
            with python(REFUSED, library.folder) as child:
                said = line_of(child)
                assert said.startswith("refused: ")
                assert f"written by process {os.getpid()};" in said
                assert child.wait(10) == 0


def test_an_ingest_beside_another_is_refused_before_anything_is_embedded(
    library: Library, embedder: WordEmbedder, sample_folder: Path
) -> None:
    with python(WRITER, library.folder) as child:
        line_of(child)
        with pytest.raises(LibraryLockedError, match=str(child.pid)):
            ingest([sample_folder], library, embedder)
    assert embedder.texts == []


def test_the_right_to_write_of_a_killed_process_is_free(library: Library) -> None:
    with python(WRITER, library.folder) as child:
        line_of(child)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        with library.writer():
            library.save([prepared(an_entry(a_paper()), FIRST)])
    assert len(library.papers()) == 1


def test_a_second_writer_in_one_process_is_refused_too(library: Library) -> None:
    with (
        library.writer(),
        Library(library.folder) as other,
        pytest.raises(LibraryLockedError, match=f"process {os.getpid()};"),
        other.writer(),
    ):
        pytest.fail("two writers")
    with library.writer():
        pass


def test_the_right_to_write_is_given_back_after_an_error(library: Library) -> None:
    with pytest.raises(ZeroDivisionError), library.writer():
        _ = 1 / 0
    with library.writer():
        pass


# ---- what readers see


def test_a_reader_in_another_process_finds_new_and_changed_papers(
    library: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    def bring(day_number: int, *papers: tuple[str, str, str]) -> None:
        day = MONDAY.replace(day=day_number)
        ingest([write_digest(tmp_path / "digests", day, papers)], library, embedder)

    bring(4, ("2101.00001", "kites fly", ""))
    with python(READER, library.folder) as reader:
        tell(reader, "kites fly")
        assert line_of(reader) == "1 2101.00001"
        bring(5, ("2101.00002", "winds blow", ""))
        tell(reader, "winds blow")
        assert line_of(reader) == "2 2101.00002"
        bring(6, ("2101.00001", "balloons rise", ""))
        tell(reader, "balloons rise")
        assert line_of(reader) == "2 2101.00001"
        tell(reader, "kites fly")
        assert line_of(reader) == "2", "the old text is not found any more"


def test_the_vector_table_follows_every_commit(library: Library) -> None:
    assert len(library.vector_table()) == 0
    library.save([prepared(an_entry(a_paper()), FIRST, SECOND)])
    first = library.vector_table()
    assert len(first) == 2
    assert library.vector_table() is first, "nothing changed, nothing is read"
    library.save([prepared(an_entry(a_paper("2101.00002")), THIRD)])
    assert len(library.vector_table()) == 3
    assert len(first) == 2
    library.save([prepared(an_entry(a_paper(abstract="Another.")), THIRD)])
    assert len(library.vector_table()) == 2
    assert sorted(library.dense_scores(FIRST).rows.tolist()) == [1, 2]
    assert float(library.dense_scores(FIRST).scores.max()) < 0.5


def test_a_paper_has_the_score_of_its_best_chunk(library: Library) -> None:
    library.save(
        [prepared(an_entry(a_paper("2101.00001")), FIRST, SECOND), prepared(an_entry(a_paper("2101.00002")), THIRD)]
    )
    for query, row in ((FIRST, 1), (SECOND, 1), (THIRD, 2)):
        found = library.dense_scores(query)
        assert dict(zip(found.rows.tolist(), found.scores.round(3).tolist(), strict=True))[row] == 1
        assert found.rows.tolist() == [1, 2]


def test_many_threads_may_ask_while_papers_arrive(library: Library) -> None:
    library.save(many_prepared([FIRST]))
    with ThreadPoolExecutor(4) as pool:
        for number in range(2, 40):
            library.save(many_prepared([SECOND], first=number))
            sizes = {len(found.rows) for found in pool.map(library.dense_scores, [FIRST] * 4)}
            assert sizes == {number}


def test_papers_of_one_place_stand_in_the_order_of_their_ids_whichever_came_first(tmp_path: Path) -> None:
    entries = [an_entry(a_paper(arxiv_id, arxiv_id), position=1) for arxiv_id in ("2101.00002", "2101.00001")]
    for name, arrived in (("one", entries), ("other", entries[::-1])):
        with Library(tmp_path / name) as library, library.writer():
            for entry in arrived:
                library.save([prepared(entry, FIRST)])
            rows = [stored.row for stored in library.papers()]
            orders = [
                [stored.paper.arxiv_id for stored in library.papers()],
                [stored.paper.arxiv_id for stored in library.papers(MONDAY)],
                [listed.arxiv_id for listed in library.database.listed(rows)],
            ]
        assert orders == [["2101.00001", "2101.00002"]] * 3


def test_a_count_of_chunks_that_was_lowered_is_damage_and_no_empty_library(tmp_path: Path) -> None:
    with Library(tmp_path) as library, library.writer():
        library.save(many_prepared([FIRST, SECOND]))
        library.sync_index()
    with closing(sqlite3.connect(tmp_path / "daybook.sqlite3")) as connection, connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'chunks'")
    with Library(tmp_path) as library, pytest.raises(LibraryDamagedError, match="the table of chunks"):
        library.lexical_table()
