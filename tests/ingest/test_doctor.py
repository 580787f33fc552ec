import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.doctor import Finding, examine
from ingest.errors import LibraryError
from ingest.lexical import LexicalTable, PaperText
from ingest.lexical_file import kept_words, save_words
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.removal import removal_of_paper, take_out
from ingest.sqlite import opened_as_stored
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("every_library_is_huge")

KITES = "9901.00013"
"""A paper of the sample."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Path:
    """A library with the sample, closed; copy it before changing it."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Library(folder) as library:
        ingest([sample_folder], library, WordEmbedder())
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "library"))


def findings(folder: Path, embedder: WordEmbedder | None = None) -> list[Finding]:
    with Library(folder) as library, library.writer():
        return list(examine(library, (lambda: embedder) if embedder else None))


def run(folder: Path, statement: str) -> None:
    """Change what the library holds as Daybook would: its checksums follow."""
    with closing(opened_as_stored(folder / "daybook.sqlite3")) as connection:
        connection.execute(statement)


def state_of(folder: Path) -> list[object]:
    """All that is derived from the papers, as read."""
    with Library(folder) as library:
        rows = library.database.vectors_after(0, 384)
        vectors = sorted(zip(rows.paper_rows.tolist(), map(bytes, rows.vectors), strict=True))
        papers = library.papers()
        sentences = library.sentences([stored.row for stored in papers])
        return [papers, vectors, sentences, library.database.rows_matching("harbour OR vessel OR dataset")]


def assert_mended(folder: Path, made: Path, problem: str) -> None:
    """The damage is told without being mended; mended; and then nothing is found."""
    before = state_of(made)
    assert [f.is_repaired for f in findings(folder) if problem in f.problem] == [False]
    assert [f.is_repaired for f in findings(folder) if problem in f.problem] == [False], "looking changes nothing"
    assert [f.is_repaired for f in findings(folder, WordEmbedder()) if problem in f.problem] == [True]
    assert findings(folder) == []
    assert state_of(folder) == before


def test_in_a_sound_library_nothing_is_found(folder: Path) -> None:
    embedder = WordEmbedder()
    assert findings(folder) == findings(folder, embedder) == []
    with Library(folder, exact_search_chunks=0) as library:
        assert len(library.dense_scores(embedder.question_vector("kites")).rows)
    assert findings(folder) == [], "a search through the index damages nothing"
    assert embedder.texts == []


def test_in_an_empty_library_nothing_is_wrong_but_the_index_to_be_made(tmp_path: Path) -> None:
    findings(tmp_path, WordEmbedder())
    assert findings(tmp_path) == []


def test_a_broken_full_text_index_is_made_anew(folder: Path, made: Path) -> None:
    run(folder, "UPDATE papers_text_data SET block = zeroblob(length(block)) WHERE id > 10")
    assert_mended(folder, made, "full-text index")


def test_a_full_text_index_that_lacks_a_paper_is_made_anew(folder: Path, made: Path) -> None:
    run(
        folder,
        "INSERT INTO papers_text (papers_text, rowid, title, abstract)"
        " SELECT 'delete', row, title, abstract FROM papers WHERE row = 3",
    )
    assert_mended(folder, made, "full-text index")


def test_an_index_of_other_words_is_made_anew(folder: Path, made: Path) -> None:
    file = folder / "search.words"
    words = kept_words(file, LexicalTable)
    assert words is not None
    other = PaperText(2, "Another title", "Of another library.")
    save_words(words.extended([other], words.last_chunk_row), file)
    assert_mended(folder, made, "index of words")


DAMAGES = {
    "no chunks": "DELETE FROM chunks WHERE paper = 2",
    "no sentences": "DELETE FROM sentences WHERE paper = 2",
    "a short vector": "UPDATE chunks SET vector = substr(vector, 1, 100) WHERE paper = 2",
    "an empty vector": "UPDATE chunks SET vector = x'' WHERE paper = 2",
    "a chunk past the end": "UPDATE chunks SET end_offset = 99999 WHERE paper = 2",
    "a sentence past the end": "UPDATE sentences SET end_offset = 99999 WHERE paper = 2",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_missing_or_wrong_parts_of_a_paper_are_made_anew(folder: Path, made: Path, damage: str) -> None:
    run(folder, DAMAGES[damage])
    assert_mended(folder, made, "1 papers lack chunks, vectors or sentences")


@pytest.mark.parametrize(
    "vector", [np.zeros(384), np.ones(384), np.full(384, np.nan), np.full(384, np.inf)], ids=["0", "long", "nan", "inf"]
)
def test_a_vector_that_is_no_unit_vector_is_made_anew(folder: Path, made: Path, vector: np.ndarray) -> None:
    run(folder, f"UPDATE chunks SET vector = x'{vector.astype('<f4').tobytes().hex()}' WHERE paper = 2")  # noqa: S608
    assert_mended(folder, made, "1 papers have vectors")


def test_vectors_of_both_kinds_are_mended_at_once(folder: Path, made: Path) -> None:
    run(folder, DAMAGES["a short vector"])
    run(folder, "UPDATE chunks SET vector = zeroblob(1536) WHERE paper = 3")
    assert [f.is_repaired for f in findings(folder, WordEmbedder())] == [True, True, True]  # and the index follows
    assert findings(folder) == []
    assert state_of(folder) == state_of(made)


def test_only_what_is_damaged_is_embedded_again(folder: Path) -> None:
    run(folder, DAMAGES["no chunks"])
    embedder = WordEmbedder()
    findings(folder, embedder)
    assert len(embedder.texts) == 1


def delete_index(folder: Path) -> None:
    shutil.rmtree(folder / "chroma")


def damage_index(folder: Path) -> None:
    for path in (folder / "chroma").glob("*/data_level0.bin"):
        path.write_bytes(bytes(path.stat().st_size))


def delete_manifest(folder: Path) -> None:
    (folder / "chroma" / "manifest.json").unlink()


def add_a_paper(folder: Path) -> None:
    """A crash came after the commit and before the index followed."""
    run(folder, "UPDATE state SET value = value + 1")


@pytest.mark.parametrize("damage", [delete_index, damage_index, delete_manifest, add_a_paper])
def test_a_missing_damaged_or_stale_index_is_made_anew(
    folder: Path, made: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder)
    assert_mended(folder, made, "the vector index")


def test_a_row_that_points_nowhere_is_told(folder: Path) -> None:
    run(folder, "INSERT INTO sentences (paper, number, start_offset, end_offset) VALUES (777, 0, 0, 1)")
    (found,) = findings(folder)
    assert "a row of sentences points to no paper" in found.problem


def test_a_library_put_back_from_a_copy_is_told_of(folder: Path, tmp_path: Path, embedder: WordEmbedder) -> None:
    """What a disk that does not keep its word leaves looks the same: an earlier file, beside later indexes."""
    problem = "what was saved last is gone"
    kept = Path(shutil.copy(folder / "daybook.sqlite3", tmp_path))
    with Library(folder) as library, library.writer():
        take_out(removal_of_paper(KITES, library), library, lambda: embedder)
    assert not [finding for finding in findings(folder) if problem in finding.problem]
    shutil.copy(kept, folder / "daybook.sqlite3")
    with Library(folder) as library:
        assert [f.is_repaired for f in examine(library, None) if problem in f.problem] == [False]
    assert [f.is_repaired for f in findings(folder, embedder) if problem in f.problem] == [False]
    assert findings(folder) == []


def test_an_index_of_words_that_cannot_be_saved_is_taken_away(
    folder: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge_words(folder)

    def breaks(*_: object) -> None:
        raise OSError("the disk broke")

    with monkeypatch.context() as patch:
        patch.setattr("ingest.files._rename", breaks)
        assert [finding.is_repaired for finding in findings(folder, embedder)] == [True]
    assert findings(folder) == []
    forge_words(folder)
    monkeypatch.setattr("ingest.files._remove", breaks)
    with pytest.raises(LibraryError, match="is out of date and cannot be removed"):
        findings(folder, embedder)


def forge_words(folder: Path) -> None:
    """An index of words that is whole, and wrong."""
    with Library(folder) as library:
        words = library.lexical_table()
    save_words(replace(words, lengths=words.lengths + 1), folder / "search.words")
