from datetime import date
from pathlib import Path

import pytest

from ingest.errors import InputError
from ingest.sources import find_files, read_files
from tests.conftest import digest_text, write_digest

DAY = date(2021, 1, 4)
PAPERS = [("2101.00002", "On Lévy Kites", "They fly at 24°."), ("2101.00001", "On Winds", "They blow – “hard”.")]


def test_a_folder_stands_for_the_text_files_below_it(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "c/d.MARKDOWN", "c/kite.pdf", "c/notes"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text", encoding="utf-8")
    assert find_files([tmp_path]) == [tmp_path / "a.txt", tmp_path / "b.md", tmp_path / "c/d.MARKDOWN"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    file = write_digest(tmp_path, DAY, PAPERS)
    assert find_files([file, tmp_path, file]) == [file]


def test_a_file_that_is_named_is_read_whatever_its_ending(tmp_path: Path) -> None:
    file = write_digest(tmp_path, DAY, PAPERS, name="digest.of.monday")
    assert find_files([file]) == [file]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no-such-digest\.md does not exist"):
        find_files([tmp_path / "no-such-digest.md"])


def test_a_folder_without_digests_is_named(tmp_path: Path) -> None:
    (tmp_path / "kite.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match=str(tmp_path)):
        find_files([tmp_path])


def test_every_file_gives_its_papers(sample_folder: Path) -> None:
    sources = list(read_files(find_files([sample_folder])))
    assert [source.path.name for source in sources] == ["2026-11-02.md", "2026-11-03.md", "2026-11-04.md"]
    assert [len(source.entries) for source in sources] == [
        source.path.read_text(encoding="utf-8").count("\n### ") for source in sources
    ]
    assert [source.rejections for source in sources] == [[], [], []]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_old_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "digest.md"
    file.write_bytes(digest_text(DAY, PAPERS).encode(encoding))
    (source,) = read_files([file])
    assert [(e.paper.title, e.paper.abstract) for e in source.entries] == [(title, text) for _, title, text in PAPERS]


def test_one_broken_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "digest.md"
    file.write_bytes(digest_text(DAY, PAPERS).encode().replace(b"hard", b"h\xffrd"))
    (source,) = read_files([file])
    assert [entry.paper.title for entry in source.entries] == ["On Lévy Kites", "On Winds"]
    assert source.entries[0].paper.abstract == "They fly at 24°."


@pytest.mark.parametrize("data", [b"", b"# My notes\n", b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)) * 40])
def test_what_is_no_digest_is_told_and_the_next_file_is_read(tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "a.md"
    other.write_bytes(data)
    digest = write_digest(tmp_path, DAY, PAPERS, name="b.md")
    first, second = read_files([other, digest])
    (rejection,) = first.rejections
    assert (rejection.file, rejection.line, first.entries) == (str(other), 1, [])
    assert "no digest" in rejection.reason
    assert len(second.entries) == 2


def test_a_file_that_cannot_be_read_is_told_and_the_next_file_is_read(tmp_path: Path) -> None:
    gone = tmp_path / "gone.md"
    digest = write_digest(tmp_path, DAY, PAPERS)
    first, second = read_files([gone, digest])
    (rejection,) = first.rejections
    assert rejection.file == str(gone)
    assert "cannot be read: No such file" in rejection.reason
    assert len(second.entries) == 2
