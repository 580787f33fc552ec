"""Libraries and digests in folders whose names hold signs that mean something to SQLite's URIs, patterns or shells."""

import os
from pathlib import Path

import pytest

from ingest.doctor import examine
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.removal import removal_of_source, take_out
from ingest.sources import find_sources
from tests.conftest import WordEmbedder, write_digest
from tests.ingest.builders import MONDAY

pytestmark = pytest.mark.usefixtures("every_library_is_huge")

NAMES = [
    "100%", "a%20b", "what?", "a?mode=memory", "number #1", "this & that", "it's", 'the "new" one', "[draft] {1}",
    "ünïcödé 論文", "-dash", "file:x", ":memory:", "~nobody", " ends with a space ", "x" * 255,
]  # fmt: skip
POSIX_NAMES = ["two\nlines", "back\\slash", "*"]
PAPERS = [("2101.00002", "On Winds", "They blow."), ("2101.00001", "On Kites", "They fly.")]


@pytest.mark.parametrize("name", [*NAMES, *(POSIX_NAMES if os.name == "posix" else [])])
def test_a_library_of_any_name_is_written_read_mended_and_written_again(
    tmp_path: Path, name: str, embedder: WordEmbedder
) -> None:
    folder, digests = tmp_path / name / "library", tmp_path / name / "digests"
    digest = write_digest(digests, MONDAY, PAPERS)
    with Library(folder) as library:
        assert ingest([digest], library, embedder).new == 2
        library.conversations.append("1" * 32, ["a"], title="one")
        (folder / "chroma" / "manifest.json").unlink()
        (folder / "search.words").unlink()
        (folder / "search.vectors").unlink()
    with Library(folder, create=False, exact_search_chunks=0) as library:
        assert [finding.is_repaired for finding in examine(library, lambda: embedder)] == [True]
        assert list(examine(library, None)) == []
        scores = library.dense_scores(embedder.question_vector("kites fly"))
        assert library._index_answers, "Chroma was asked"
        assert len(scores.rows) == 2
        assert library.conversations.turns("1" * 32) == ["a"]
        take_out(removal_of_source(str(digest), library), library, lambda: embedder)
        assert library.papers() == []
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing was written anywhere else"
    assert sorted(path.name for path in (tmp_path / name).iterdir()) == ["digests", "library"]


def test_a_relative_folder_that_looks_like_a_uri_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Library(Path("file:daybook?mode=memory")) as library:
        library.conversations.append("1" * 32, ["a"], title="one")
    with Library(Path("file:daybook?mode=memory"), create=False) as library:
        assert library.conversations.turns("1" * 32) == ["a"]


def test_a_pattern_below_a_folder_with_brackets_is_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = write_digest(tmp_path / "[draft] 1", MONDAY, PAPERS)
    assert [source.path for source in find_sources([digest.with_name("*.md")])] == [digest]
    assert [source.path for source in find_sources([tmp_path / "[[]draft* 1" / "*.md"])] == [digest]
    monkeypatch.chdir(digest.parent)
    assert [source.path.name for source in find_sources([Path("2021*")])] == [digest.name]


def test_a_folder_that_sqlite_cannot_open_is_told_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["x" * 200] * 3)
    with pytest.raises(LibraryError, match="bytes, SQLite takes 470; name a shorter one") as raised:
        Library(folder)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_folder_is_written_and_read(tmp_path: Path, embedder: WordEmbedder) -> None:
    folder = tmp_path
    while (left := 470 - len(os.fsencode(folder))) > 1:
        folder /= "x" * min(left - 1, 100)
    digest = write_digest(tmp_path / "digests", MONDAY, PAPERS)
    with Library(folder) as library:
        assert ingest([digest], library, embedder).new == 2
        assert list(examine(library, None)) == []


@pytest.mark.skipif(os.name != "posix", reason="names are text here")
def test_names_that_are_no_text_are_kept_as_text_or_refused(tmp_path: Path, embedder: WordEmbedder) -> None:
    name = os.fsdecode(b"caf\xe9")
    try:
        digest = write_digest(tmp_path / name, MONDAY, PAPERS)
    except OSError:
        pytest.skip("this file system takes no such name")
    (tmp_path / name / "empty.md").touch()
    with Library(tmp_path / "library") as library:
        report = ingest([tmp_path / name], library, embedder)
        assert (report.new, [rejection.file for rejection in report.rejected]) == (
            2,
            [str(tmp_path / r"caf\xe9" / "empty.md")],
        )
        assert library.database.sources() == [str(tmp_path / r"caf\xe9" / digest.name)]
        assert len(removal_of_source(str(digest), library).gone) == 2
    with pytest.raises(LibraryError, match="is no text; name another") as raised:
        Library(tmp_path / name / "library")
    assert str(raised.value).isascii()
