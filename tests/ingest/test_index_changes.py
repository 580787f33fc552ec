"""An index in use is never changed: its readers keep answering right, whatever happens beside them."""

import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from ingest.errors import LibraryError
from ingest.index import ChromaIndex, IndexRow
from ingest.library import Library
from ingest.scores import PaperScores
from tests.ingest.builders import indexed_library, many_prepared, unit_vectors

pytestmark = pytest.mark.usefixtures("every_library_is_huge")

COUNT = 150
VECTORS = unit_vectors(COUNT)
LATER = unit_vectors(20, seed=1)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 150 papers and its index, closed; copy it before changing it."""
    return indexed_library(tmp_path_factory.mktemp("indexed") / "library", VECTORS)


@pytest.fixture
def folder(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "library"))


def indexing(folder: Path) -> Library:
    """A library that asks its index, however small it is."""
    return Library(folder, exact_search_chunks=0)


def best(found: PaperScores) -> int:
    return int(found.rows[found.scores.argmax()])


def add(library: Library, number: int) -> None:
    """Bring one more paper and the index up to it; `number` counts from 1."""
    library.save(many_prepared([LATER[number - 1]], first=COUNT + number))
    library.sync_index()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_sound(folder: Path, count: int) -> None:
    """The index is current and finds every paper by its own vector."""
    index = ChromaIndex(folder / "chroma")
    manifest = index.manifest()
    assert manifest is not None
    assert manifest.count == count
    vectors = [*VECTORS, *LATER][:count]
    assert [best(index.nearest(vector, 3)) for vector in vectors] == list(range(1, count + 1))
    index.close()


@pytest.mark.parametrize("count", [1, 2, 99, 150])
def test_reading_an_index_changes_none_of_its_files(library: Library, count: int) -> None:
    """Below Chroma's own threshold of 1,000 it would write to its vector files whenever it opens them."""
    library.save(many_prepared(VECTORS[:count]))
    library.sync_index()
    for _ in range(3):
        index = ChromaIndex(library.folder / "chroma")
        assert best(index.nearest(VECTORS[0], 1)) == 1
        index.close()
        assert library.index_is_current()


# ---- readers beside a writer


def test_readers_answer_right_while_the_index_changes_and_after(folder: Path) -> None:
    is_done = threading.Event()
    wrong: list[int] = []

    def read(reader: Library) -> int:
        count = 0
        while not is_done.is_set():
            place = count % COUNT
            if (row := best(reader.dense_scores(VECTORS[place]))) != place + 1:
                wrong.append(row)
            count += 1
        return count

    with indexing(folder) as reader, indexing(folder) as writer, ThreadPoolExecutor(2) as pool:
        readings = [pool.submit(read, reader) for _ in range(2)]
        try:
            for number in range(1, 7):
                add(writer, number)
                assert best(writer.dense_scores(LATER[number - 1])) == COUNT + number
                assert best(reader.dense_scores(LATER[number - 1])) == COUNT + number
        finally:
            is_done.set()
        assert all(reading.result() > 0 for reading in readings)
    assert wrong == []
    assert_sound(folder, COUNT + 6)


def test_two_libraries_of_one_process_do_not_share_what_chroma_opened(folder: Path) -> None:
    """Chroma gives all clients of a path the files that the first one opened, however old."""
    with indexing(folder) as one, indexing(folder) as other:
        for number in (1, 2, 3):
            assert best(one.dense_scores(VECTORS[3])) == best(other.dense_scores(VECTORS[3])) == 4
            add(one, number)
            for library in (one, other):
                assert library._index_serves()
                assert best(library._index().nearest(LATER[number - 1], 3)) == COUNT + number


def test_a_reader_takes_up_the_index_again_as_soon_as_it_has_caught_up(folder: Path) -> None:
    with indexing(folder) as reader, indexing(folder) as writer:
        assert reader._index_serves()
        writer.save(many_prepared(LATER[:1], first=COUNT + 1))
        assert not reader._index_serves()
        assert best(reader.dense_scores(LATER[0])) == COUNT + 1, "the exact vectors answer"
        writer.sync_index()
        assert reader._index_serves()


def test_an_index_that_breaks_under_a_reader_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> PaperScores:
        raise LibraryError("the index cannot be read")

    monkeypatch.setattr(ChromaIndex, "nearest", breaks)
    with indexing(folder) as reader:
        assert best(reader.dense_scores(VECTORS[3])) == 4


def test_an_index_that_vanishes_under_a_reader_is_passed_over(folder: Path) -> None:
    with indexing(folder) as reader:
        assert best(reader.dense_scores(VECTORS[3])) == 4
        shutil.rmtree(folder / "chroma")
        assert best(reader.dense_scores(VECTORS[4])) == 5
    assert not (folder / "chroma").exists(), "a reader makes no index"


def test_files_that_cannot_be_read_are_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database " * 999)
    with pytest.raises(LibraryError, match="cannot be read") as raised:
        ChromaIndex(tmp_path).nearest(VECTORS[0], 1)
    assert "\n" not in str(raised.value)


# ---- changes that break off


def breaks_off() -> Iterator[IndexRow]:
    yield IndexRow("2101.99999v0#0", 99999, LATER[0])
    raise KeyboardInterrupt


@pytest.mark.parametrize("is_new", [True, False], ids=["replace", "extend"])
def test_a_change_that_breaks_off_leaves_every_byte_as_it_was(folder: Path, is_new: bool) -> None:
    before = contents(folder / "chroma")
    with Library(folder) as library:
        change = library._index().replace if is_new else partial(library._index().extend, keep=None)
        with pytest.raises(KeyboardInterrupt):
            change(breaks_off(), last_chunk_row=99999, rewrites=0)
        assert contents(folder / "chroma") == before
        add(library, 1)
    assert_sound(folder, COUNT + 1)
    assert [path.name for path in folder.glob("chroma*")] == ["chroma"]


@pytest.mark.parametrize("name", ["chroma.next", "chroma.old"])
def test_what_a_killed_change_left_is_harmless(folder: Path, name: str) -> None:
    left = Path(shutil.copytree(folder / "chroma", folder / name))
    for path in left.glob("*/*.bin"):
        path.write_bytes(b"half")
    with indexing(folder) as library:
        assert library._index_serves()
        assert best(library.dense_scores(VECTORS[3])) == 4
        add(library, 1)
    assert_sound(folder, COUNT + 1)
    assert not left.exists()


def test_a_change_killed_between_its_renames_is_made_again(folder: Path) -> None:
    (folder / "chroma").rename(folder / "chroma.old")
    with Library(folder) as library:
        library.sync_index()
    assert_sound(folder, COUNT)


# ---- what a manifest vouches for


@pytest.mark.parametrize("text", ["{}", "{", '{"manifest": 1, "hash": 2}', '{"manifest": {}, "hash": ""}', "null"])
def test_a_broken_manifest_vouches_for_nothing(folder: Path, text: str) -> None:
    (folder / "chroma" / "manifest.json").write_text(text, encoding="utf-8")
    assert ChromaIndex(folder / "chroma").manifest() is None


@pytest.mark.parametrize("field", ["last_chunk_row", "rewrites", "count"])
@pytest.mark.parametrize("change", [-8, 8])
def test_a_manifest_with_another_number_is_not_believed(folder: Path, field: str, change: int) -> None:
    path = folder / "chroma" / "manifest.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["manifest"][field] += change
    path.write_text(json.dumps(kept), encoding="utf-8")
    with Library(folder) as library:
        assert not library.index_is_current()
        library.sync_index()
        assert library.index_is_current()
    assert_sound(folder, COUNT)


def test_the_index_of_a_later_state_is_made_anew(folder: Path, tmp_path: Path) -> None:
    """The library file was put back from a copy; the index beside it holds papers that came after."""
    kept = Path(shutil.copy(folder / "daybook.sqlite3", tmp_path))
    with Library(folder) as library:
        add(library, 1)
    shutil.copy(kept, folder / "daybook.sqlite3")
    with Library(folder) as library:
        assert not library.index_is_current()
        library.sync_index()
        assert library.index_is_current()
    assert_sound(folder, COUNT)


def test_an_index_of_a_state_that_is_gone_is_not_taken_for_that_of_the_next(folder: Path, tmp_path: Path) -> None:
    """The library file was put back from a copy; then as many papers came as its indexes had held beyond it."""
    kept = Path(shutil.copy(folder / "daybook.sqlite3", tmp_path))
    with indexing(folder) as library, library.writer():
        add(library, 1)
    shutil.copy(kept, folder / "daybook.sqlite3")
    with indexing(folder) as library, library.writer():
        assert library.is_behind()
        library.save(many_prepared([LATER[7]], first=COUNT + 99))
        library.sync_index()
        assert best(library.dense_scores(LATER[7])) == COUNT + 1
        assert library.lexical_index_is_sound()
    with indexing(folder) as library:
        assert library._index_serves()
        assert best(library._index().nearest(LATER[7], 3)) == COUNT + 1
        assert not library.is_behind()
