"""The files of vectors and words that a search reads: whole, damaged, torn, stale, of another library, read-only."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest.database import Database, Takeout
from ingest.errors import LibraryError
from ingest.lexical import LexicalTable, PaperText
from ingest.lexical_file import counters_in, kept_words, save_words
from ingest.library import Library
from ingest.mapped import MappedArray, MappedFile
from ingest.vector_file import kept_vectors, save_vectors, total_in
from ingest.vectors import VectorTable
from tests.ingest.builders import a_paper, an_entry, many_prepared, prepared, unit_vectors, vector_rows
from tests.ordinary import run_ordinary

COUNT = 60
VECTORS = unit_vectors(COUNT)
LATER = unit_vectors(5, seed=1)
FILES = ("search.vectors", "search.words")
ALL_FILES = (*FILES, "search.listings")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of sixty papers with both files, and without Chroma's."""
    folder = tmp_path_factory.mktemp("search") / "library"
    with Library(folder) as library, library.writer():
        library.save(many_prepared(VECTORS))
        library.sync_search_files()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "library"))


@pytest.fixture
def from_sqlite(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """Which tables were read whole from SQLite, and after which chunk its vectors and texts."""
    read: list[tuple[str, object]] = []
    for name in ("vectors_after", "texts_after", "_whole_table"):

        def reading(
            self: Database, row: object, *rest: object, name: str = name, of: object = getattr(Database, name)
        ) -> object:
            read.append((name, row))
            return of(self, row, *rest)  # type: ignore[operator]

        monkeypatch.setattr(Database, name, reading)
    return read


def answers(library: Library) -> tuple[object, ...]:
    """What a search is made of, for a few questions."""
    words = library.lexical_table()
    scores = [library.dense_scores(vector) for vector in (VECTORS[3], LATER[0])]
    return (
        [found.rows.tolist() for found in scores],
        [found.scores.round(4).tolist() for found in scores],
        [found.whitened.round(3).tolist() for found in scores],
        words.rows.tolist(),
        words.bm25(["paper", "7", "abstract"]).round(4).tolist(),
        words.document_counts(),
        library.holdings(),
    )


def truth(folder: Path) -> tuple[object, ...]:
    """The same, without the files."""
    for name in ALL_FILES:
        (folder / name).unlink(missing_ok=True)
    with Library(folder) as library:
        return answers(library)


def test_a_search_reads_files_and_nothing_of_sqlite(folder: Path, from_sqlite: list[tuple[str, object]]) -> None:
    with Library(folder) as library:
        found = answers(library)
        assert isinstance(library.lexical_table().places, MappedArray)
        assert not library.vector_table().rows.vectors.flags.owndata
    assert from_sqlite == []
    assert found == truth(folder)
    assert sorted(from_sqlite, key=str) == [
        *(("_whole_table", table) for table in ("chunks", "listings", "papers")),
        *(("texts_after", 0), ("vectors_after", 0)),
    ]


@pytest.mark.parametrize("name", ALL_FILES)
@pytest.mark.parametrize("part", range(12))
def test_a_flipped_bit_changes_no_answer_and_the_next_ingest_mends_it(
    folder: Path, tmp_path: Path, name: str, part: int
) -> None:
    file = folder / name
    content = bytearray(file.read_bytes())
    content[(len(content) - 1) * part // 11] ^= 16
    file.write_bytes(content)
    expected = truth(Path(shutil.copytree(folder, tmp_path / "copy")))
    with Library(folder) as library:
        assert answers(library) == expected
    with Library(folder) as library, library.writer():
        library.sync_search_files()
    with Library(folder) as library:
        assert answers(library) == expected
    assert whole(folder) == [True, True]


def whole(folder: Path) -> list[bool]:
    """Whether each file is as it was written."""
    with Library(folder) as library:
        words = kept_words(folder / "search.words", library.lexical_table, check_all=True)
    return [kept_vectors(folder / "search.vectors") is not None, words is not None]


def _make_a_folder_of(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "torn": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "torn, as long": lambda file: file.write_bytes(
        file.read_bytes()[: file.stat().st_size // 2].ljust(file.stat().st_size, b"\0")
    ),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "a folder": _make_a_folder_of,
    "the other file": lambda file: shutil.copy(file.with_name(FILES[file.name == FILES[0]]), file),
    "of an older Daybook": lambda file: file.rename(file.with_name("lexical.npz")),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_what_was_written_changes_no_answer(folder: Path, name: str, damage: str) -> None:
    DAMAGES[damage](folder / name)
    with Library(folder) as library:
        found = answers(library)
        assert library.lexical_index_is_sound()
        assert library.vectors_are_sound()
    if (folder / name).is_dir():
        (folder / name).rmdir()
    with Library(folder) as library, library.writer():
        library.sync_search_files()
    assert whole(folder) == [True, True]
    assert not (folder / "lexical.npz").exists()
    assert found == truth(folder)


def test_the_files_of_another_library_are_not_believed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with Library(other) as library, library.writer():
        library.save(many_prepared([*VECTORS[1:], VECTORS[0]]))
        library.sync_search_files()
    shutil.copy(other / "search.vectors", folder / "search.vectors")
    with Library(folder) as library:
        found = answers(library)
    assert found == truth(folder)


def test_what_came_since_is_read_from_sqlite_and_nothing_else(
    folder: Path, from_sqlite: list[tuple[str, object]]
) -> None:
    with Library(folder) as library, library.writer():
        library.save(many_prepared(LATER[:1], first=COUNT + 1))
    with Library(folder) as library:
        found = answers(library)
    assert [one for one in from_sqlite if one != ("_whole_table", "listings")] == [
        ("texts_after", COUNT),
        ("vectors_after", COUNT),
    ]
    assert found == truth(folder)


def test_replaced_and_removed_papers_are_dropped_from_what_the_file_holds(
    folder: Path, from_sqlite: list[tuple[str, object]]
) -> None:
    with Library(folder) as library, library.writer():
        library.save([prepared(an_entry(a_paper("2101.00004", abstract="Anew.", version=2)), LATER[0], LATER[1])])
        library.database.take_out(_takeout(9, 10))
        reader = Library(folder)
        found = answers(reader)
        reader.close()
    assert [one for one in from_sqlite if one != ("_whole_table", "listings")] == [
        ("texts_after", COUNT),
        ("vectors_after", COUNT),
    ]
    assert found == truth(folder)


def _takeout(*rows: int) -> Takeout:
    return Takeout(papers=rows)


def test_a_reader_follows_a_writer_to_its_new_files(folder: Path) -> None:
    with Library(folder) as reader, Library(folder) as writer:
        before = answers(reader)
        with writer.writer():
            for number in (1, 2):
                writer.save(many_prepared(LATER[number : number + 1], first=COUNT + number))
                assert answers(reader) == answers(writer) != before
                writer.sync_search_files()
                assert answers(reader) == answers(writer)
        with Library(folder) as fresh:
            assert answers(reader) == answers(fresh)
        assert total_in(folder / "search.vectors") == reader.database.total_of("chunks")
        assert counters_in(folder / "search.words") == (COUNT + 2, 0)


def test_a_library_put_back_from_a_copy_is_not_searched_with_later_files(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    with Library(folder) as library, library.writer():
        library.save(many_prepared(LATER, first=COUNT + 1))
        library.sync_search_files()
    for name in FILES:
        shutil.copy(folder / name, copy / name)
    with Library(copy) as library:
        found = answers(library)
        with library.writer():
            library.save(many_prepared(LATER[::-1], first=COUNT + 1))  # as many, and others
        after = answers(library)
    with Library(copy) as library:
        assert answers(library) == after
    assert after == truth(copy)
    shutil.copy(folder / "search.vectors", copy / "search.vectors")
    with Library(copy) as library:
        assert answers(library) == after, "as many vectors of as many papers, yet others"
    assert found != after


_READS = """
import sys
from mmap import mmap
from pathlib import Path
import numpy as np
from ingest.library import Library
from ingest.mapped import MappedArray
with Library(Path(sys.argv[1])) as library:
    words = library.lexical_table()
    print(library.is_read_only, isinstance(words.places, MappedArray), words.document_count("paper"))
    memory = library.vector_table().rows.vectors
    while isinstance(memory, np.ndarray):
        memory = memory.base
    print(len(library.vector_table()), isinstance(getattr(memory, "obj", memory), mmap))
"""


@pytest.mark.parametrize("has_files", [True, False])
def test_a_folder_that_may_only_be_read_is_searched_with_its_files_and_without(folder: Path, has_files: bool) -> None:
    for name in () if has_files else ALL_FILES:
        (folder / name).unlink()
    before = sorted(path.name for path in folder.iterdir() if not path.name.startswith("daybook."))
    folder.chmod(0o500)
    try:
        said = run_ordinary(_READS, folder)
    finally:
        folder.chmod(0o700)
    assert said.stdout.split() == ["True", str(has_files), str(COUNT), str(COUNT), str(has_files)], said.stderr
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith("daybook.")) == before


def test_a_reader_writes_no_file(folder: Path) -> None:
    for name in FILES:
        (folder / name).unlink()
    with Library(folder) as library:
        answers(library)
    assert not any((folder / name).exists() for name in FILES)


def test_a_full_disk_keeps_the_files_that_were_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [(folder / name).read_bytes() for name in FILES]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Library(folder) as library, library.writer():
        library.save(many_prepared(LATER, first=COUNT + 1))
        monkeypatch.setattr("ingest.files._write", full)
        library.sync_search_files()
        found = answers(library)
        monkeypatch.undo()
    assert [(folder / name).read_bytes() for name in FILES] == before
    with Library(folder) as library:
        assert answers(library) == found
    assert found == truth(folder)


def test_an_emptied_library_keeps_no_vectors(folder: Path) -> None:
    with Library(folder) as library, library.writer():
        library.take_out(_takeout(*range(1, COUNT + 1)))
        library.sync_search_files()
        assert len(library.vector_table()) == len(library.lexical_table()) == 0
    assert not (folder / "search.vectors").exists()


def test_a_paper_with_several_chunks_is_the_same_again(tmp_path: Path) -> None:
    papers, vectors = [5, 2, 5, 9], unit_vectors(4)
    table = VectorTable.of(vector_rows(papers, vectors))
    save_vectors(table, tmp_path / "file")
    again = kept_vectors(tmp_path / "file")
    assert again is not None
    assert again.holds_as(table)
    assert (again.total, again.last_chunk_row) == (table.total, 4)
    one, other = again.scores(vectors[2]), table.scores(vectors[2])
    assert np.array_equal(one.scores, other.scores)
    assert np.array_equal(one.whitened, other.whitened)
    assert np.array_equal(again.paper_vectors(np.array([9, 5])), table.paper_vectors(np.array([9, 5])))


def test_other_vectors_or_another_whitening_are_not_the_same() -> None:
    table = VectorTable.of(vector_rows([1, 2, 3], unit_vectors(3)))
    assert not table.holds_as(VectorTable.of(vector_rows([1, 2, 4], unit_vectors(3))))
    assert not table.holds_as(VectorTable.of(vector_rows([1, 2, 3], unit_vectors(3, seed=1))))
    assert not table.holds_as(VectorTable.of(table.rows, VectorTable.of(vector_rows([1], unit_vectors(1))).whitening))


# ---- words alone

KITES = PaperText(3, "KiteNet", "A kite flies over the harbour; kites are light.")
BOATS = PaperText(2, "Boats", "Boats lie in the harbour with ÜberNet.")


@pytest.fixture
def words() -> LexicalTable:
    return LexicalTable().extended([KITES, BOATS], 17)


def test_a_saved_index_of_words_is_the_same_again(tmp_path: Path, words: LexicalTable) -> None:
    file = tmp_path / "search.words"
    save_words(words, file)
    again = kept_words(file, lambda: words)
    assert again is not None
    assert again.holds_as(words)
    assert words.holds_as(again)
    assert (again.last_chunk_row, list(again.vocabulary)) == (17, list(words.vocabulary))
    assert again.bm25(["kite", "harbor"]).tolist() == words.bm25(["kite", "harbor"]).tolist()
    assert dict(again.names) == dict(words.names) != {}
    assert ("kitenet" in again.names, "boatnet" in again.names, again.names.get("boatnet")) == (True, False, None)
    assert again.names_beginning("k") == words.names_beginning("k") == ["kitenet"]
    assert [path.name for path in tmp_path.iterdir()] == ["search.words"]
    assert again.extended([PaperText(4, "More", "More kites.")], 18).document_count("kite") == 2


def test_an_empty_index_of_words_can_be_saved(tmp_path: Path) -> None:
    save_words(LexicalTable(), tmp_path / "search.words")
    again = kept_words(tmp_path / "search.words", LexicalTable)
    assert again is not None
    assert (len(again), list(again.vocabulary), len(again.names)) == (0, [], 0)


def test_damaged_postings_are_made_anew_when_they_are_asked_for(tmp_path: Path, words: LexicalTable) -> None:
    file = tmp_path / "search.words"
    save_words(words, file)
    _damage(file, "places")
    made: list[LexicalTable] = []

    def anew() -> LexicalTable:
        made.append(words)
        return words

    again = kept_words(file, anew)
    assert again is not None
    assert (again.document_count("kite"), made) == (1, [])
    assert again.bm25(["kite", "harbor"]).tolist() == words.bm25(["kite", "harbor"]).tolist()
    assert again.counts_of("kite").tolist() == words.counts_of("kite").tolist()
    assert made == [words], "once"
    assert kept_words(file, anew, check_all=True) is None


def test_damaged_postings_of_a_library_that_has_changed_since_end_in_a_line(
    tmp_path: Path, words: LexicalTable
) -> None:
    file = tmp_path / "search.words"
    save_words(words, file)
    _damage(file, "places")
    again = kept_words(file, lambda: words.extended([PaperText(4, "More", "More kites.")], 18))
    assert again is not None
    with pytest.raises(LibraryError, match="run the same again"):
        again.bm25(["kite"])


def _damage(file: Path, name: str) -> None:
    """Flip a bit of an array."""
    kept = MappedFile.open(file, "words 3")
    assert kept is not None
    wanted = kept[name].whole().tobytes()
    content = bytearray(file.read_bytes())
    content[bytes(content).index(wanted)] ^= 1
    file.write_bytes(content)
