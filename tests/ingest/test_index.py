import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from chromadb import Collection

import ingest.index
from ingest.embedding import Vector
from ingest.errors import LibraryError
from ingest.index import ChromaIndex, IndexRow
from ingest.library import Library
from ingest.manifest import Manifest
from tests.ingest.builders import TUESDAY, a_paper, an_entry, indexed_library, many_prepared, prepared, unit_vectors
from tests.ingest.processes import line_of, python, tell

pytestmark = pytest.mark.usefixtures("every_library_is_huge")

COUNT = 1200
"""More than the 1,000 writes after which Chroma writes its vector files."""
VECTORS = unit_vectors(COUNT)
LATER = unit_vectors(40, seed=1)

READER = """
import sys
from pathlib import Path
import numpy as np
from ingest.library import Library
from ingest.manifest import Manifest
with Library(Path(sys.argv[1]), create=False, exact_search_chunks=0) as library:
    for line in sys.stdin:
        query = np.array([float(x) for x in line.split()], dtype=np.float32)
        print(library.dense_scores(query).rows[0])
"""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 1,200 papers and its index, closed; copy it before changing it."""
    return indexed_library(tmp_path_factory.mktemp("indexed") / "library", VECTORS)


@pytest.fixture
def copied(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "library"))


@pytest.fixture
def large(copied: Path) -> Iterator[Library]:
    """A library of 1,200 papers, open."""
    with Library(copied) as opened:
        yield opened


def index_of(library: Library) -> ChromaIndex:
    return library._index()


def lost(index: ChromaIndex, vectors: list[Vector], rows: list[int]) -> list[int]:
    """The rows whose own vector does not find them first."""
    found = [index.nearest(vector, 1).rows.tolist() for vector in vectors]
    return [row for row, first in zip(rows, found, strict=True) if first != [row]]


SAMPLE = range(0, COUNT, 13)


def assert_finds_every_sampled_paper(library: Library) -> None:
    index = index_of(library)
    assert lost(index, [VECTORS[n] for n in SAMPLE], [n + 1 for n in SAMPLE]) == []


def vector_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "chroma").glob("*/*.bin") if path.stat().st_size)


# ---- in step with the library


def test_each_vector_finds_its_own_paper_with_its_cosine(large: Library) -> None:
    assert_finds_every_sampled_paper(large)
    found = index_of(large).nearest(VECTORS[5], 10)
    exact = dict(
        zip(
            *(a.tolist() for a in (large.vector_table().scores(VECTORS[5]).rows, np.stack(VECTORS) @ VECTORS[5])),
            strict=True,
        )
    )
    assert [exact[row] for row in found.rows.tolist()] == pytest.approx(found.scores.tolist(), abs=1e-4)
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_a_paper_of_several_chunks_is_found_once_by_its_best(library: Library) -> None:
    library.save([prepared(an_entry(a_paper()), *LATER[:3]), prepared(an_entry(a_paper("2101.00002")), LATER[3])])
    library.sync_index()
    found = index_of(library).nearest(LATER[1], 10)
    assert sorted(found.rows.tolist()) == [1, 2]
    assert found.rows[0] == 1
    assert found.scores[0] == pytest.approx(1, abs=1e-4)


def test_an_index_in_step_is_left_as_it_is(large: Library, copied: Path) -> None:
    before = (copied / "chroma" / "manifest.json").stat().st_mtime_ns
    large.sync_index()
    assert (copied / "chroma" / "manifest.json").stat().st_mtime_ns == before


def test_new_papers_are_added_to_the_old(large: Library, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    real = ingest.index._upsert

    def upsert(collection: Collection, rows: Sequence[IndexRow]) -> None:
        brought.extend(row.chunk_id for row in rows)
        real(collection, rows)

    monkeypatch.setattr(ingest.index, "_upsert", upsert)
    large.save(many_prepared(LATER, first=COUNT + 1))
    large.sync_index()
    assert len(brought) == len(LATER), "only what is new is brought"
    assert lost(index_of(large), LATER, list(range(COUNT + 1, COUNT + 1 + len(LATER)))) == []
    assert_finds_every_sampled_paper(large)
    assert manifest_of(copied).count == COUNT + len(LATER)


def test_a_paper_with_a_new_text_is_found_by_the_new_text_only(large: Library, copied: Path) -> None:
    large.save([prepared(an_entry(a_paper("2101.00006", abstract="Another."), TUESDAY), LATER[0])])
    large.sync_index()
    found = index_of(large).nearest(LATER[0], 1)
    assert (found.rows.tolist(), found.scores.tolist()) == ([6], pytest.approx([1], abs=1e-4))
    assert float(index_of(large).nearest(VECTORS[5], 1).scores[0]) < 0.5
    assert_finds_every_other(large, 5)
    assert manifest_of(copied).count == COUNT


def assert_finds_every_other(library: Library, changed: int) -> None:
    others = [n for n in SAMPLE if n != changed]
    assert lost(index_of(library), [VECTORS[n] for n in others], [n + 1 for n in others]) == []


def test_chunks_that_a_new_text_no_longer_has_are_dropped(library: Library) -> None:
    library.save([prepared(an_entry(a_paper()), *LATER[:3])])
    library.sync_index()
    library.save([prepared(an_entry(a_paper(abstract="Short.", version=2)), LATER[4])])
    library.sync_index()
    assert index_of(library).nearest(LATER[2], 10).scores.tolist() == pytest.approx(
        [float(LATER[2] @ LATER[4])], abs=1e-4
    )


def test_only_a_huge_library_is_searched_by_its_index(copied: Path) -> None:
    with Library(copied, exact_search_chunks=COUNT) as library:
        assert len(library.dense_scores(VECTORS[3]).rows) == COUNT
    with Library(copied, exact_search_chunks=COUNT - 1) as library:
        found = library.dense_scores(VECTORS[3])
        assert found.rows[0] == 4
        assert len(found.rows) < COUNT


def test_a_huge_library_is_searched_exactly_while_its_index_is_not_in_step(copied: Path) -> None:
    with Library(copied, exact_search_chunks=0) as library:
        library.save(many_prepared(LATER[:1], first=COUNT + 1))
        found = library.dense_scores(LATER[0])
        assert len(found.rows) == COUNT + 1
        assert found.rows[found.scores.argmax()] == COUNT + 1
        library.sync_index()
        found = library.dense_scores(LATER[0])
        assert found.rows[0] == COUNT + 1
        assert len(found.rows) < COUNT


# ---- damage


def manifest_of(folder: Path) -> Manifest:
    manifest = ChromaIndex(folder / "chroma").manifest()
    assert manifest is not None
    return manifest


def assert_heals(folder: Path) -> None:
    """The damage is seen, and one call mends it."""
    assert ChromaIndex(folder / "chroma").manifest() is None
    with Library(folder) as library:
        library.sync_index()
        assert_finds_every_sampled_paper(library)
        assert manifest_of(folder).count == COUNT
        assert index_of(library).manifest() is not None


def test_a_deleted_index_is_built_again(copied: Path) -> None:
    shutil.rmtree(copied / "chroma")
    assert_heals(copied)


def test_a_deleted_folder_of_vectors_is_built_again(copied: Path) -> None:
    for path in vector_files(copied):
        shutil.rmtree(path.parent, ignore_errors=True)
    assert_heals(copied)


@pytest.mark.parametrize(
    ("damage", "number"),
    [("deleted", 0), ("truncated", 0), ("flipped", 0), ("flipped", 1), ("flipped", 2), ("flipped", 3)],
)
def test_a_damaged_vector_file_is_built_again(copied: Path, damage: str, number: int) -> None:
    path = vector_files(copied)[number]
    data = bytearray(path.read_bytes())
    if damage == "deleted":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    else:
        data[len(data) // 2] ^= 0x40
        path.write_bytes(data)
    assert_heals(copied)


@pytest.mark.parametrize("text", ["", "[]", '{"last_chunk_row": 1}'])
def test_a_broken_manifest_vouches_for_nothing(copied: Path, text: str) -> None:
    (copied / "chroma" / "manifest.json").write_text(text, encoding="utf-8")
    assert_heals(copied)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_change_that_did_not_end_leaves_the_index_as_it_was(
    large: Library, copied: Path, error: type[BaseException]
) -> None:
    def breaks_off() -> Iterator[IndexRow]:
        yield IndexRow("2101.99999v0#0", 99999, LATER[0])
        raise error

    before = manifest_of(copied)
    with pytest.raises((KeyboardInterrupt, LibraryError)):
        index_of(large).extend(breaks_off(), None, last_chunk_row=99999, rewrites=0)
    large.close()
    assert manifest_of(copied) == before
    assert error is KeyboardInterrupt or not (copied / "chroma.next").exists()
    with Library(copied) as library:
        assert 99999 not in index_of(library).nearest(LATER[0], 10).rows
        library.save(many_prepared(LATER[:1], first=COUNT + 1))
        library.sync_index()
        assert index_of(library).nearest(LATER[0], 1).rows.tolist() == [COUNT + 1]
        assert_finds_every_sampled_paper(library)


def test_an_index_that_cannot_be_written_is_told_in_one_line_and_the_old_one_serves(copied: Path) -> None:
    (copied / "chroma.next").write_text("in the way", encoding="utf-8")
    with Library(copied) as library:
        library.save(many_prepared(LATER[:1], first=COUNT + 1))
        with pytest.raises(LibraryError, match="your papers are safe") as raised:
            library.sync_index()
        assert "\n" not in str(raised.value)
        assert manifest_of(copied).last_chunk_row == COUNT
        assert_finds_every_sampled_paper(library)
        assert len(library.papers()) == COUNT + 1


@pytest.mark.parametrize("damage", ["deleted", "emptied", "overwritten"])
def test_a_damaged_chroma_database_is_built_again(copied: Path, damage: str) -> None:
    path = copied / "chroma" / "chroma.sqlite3"
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "emptied" else b"no database " * 9999)
    with Library(copied) as library:
        library.sync_index()
        assert_finds_every_sampled_paper(library)


def test_a_reader_in_another_process_finds_new_papers_through_the_index(large: Library) -> None:
    def spoken(vector: Vector) -> str:
        return " ".join(map(str, vector.tolist()))

    with python(READER, large.folder) as reader:
        tell(reader, spoken(VECTORS[7]))
        assert line_of(reader) == "8"
        large.save(many_prepared(LATER[:1], first=COUNT + 1))
        large.sync_index()
        tell(reader, spoken(LATER[0]))
        assert line_of(reader) == str(COUNT + 1)


def test_an_index_that_no_search_reads_is_taken_away_and_nothing_else(copied: Path) -> None:
    own = copied / "chroma-notes" / "mine.txt"
    own.parent.mkdir()
    own.write_text("kept")
    (copied / "chroma.next").mkdir()
    with Library(copied, exact_search_chunks=COUNT) as library, library.writer():
        library.sync_index()
        assert library.index_is_current()
        assert len(library.dense_scores(VECTORS[3]).rows) == COUNT
    assert sorted(path.name for path in copied.glob("chroma*")) == ["chroma-notes"]
    assert own.read_text() == "kept"
