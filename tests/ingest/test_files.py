"""Files of our own appear whole or not at all, and stay."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import files
from ingest.files import make_folder, remove, sync_tree, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to the disk, in its order; it is done."""
    said: list[str] = []

    def told(name: str, real: Callable[..., None]) -> Callable[..., None]:
        def do(*arguments: object) -> None:
            path = next(argument for argument in arguments if isinstance(argument, Path))
            said.append(f"{name} {path.name}")
            real(*arguments)

        return do

    for name in ("_write", "_sync", "_rename", "_remove", "_make_folder"):
        monkeypatch.setattr(files, name, told(name.strip("_"), getattr(files, name)))
    return said


def test_a_file_is_synced_before_it_has_its_name_and_its_folder_after(tmp_path: Path, done: list[str]) -> None:
    write_whole(tmp_path / "a", b"one", memoryview(b" two"))
    assert (tmp_path / "a").read_bytes() == b"one two"
    assert done == ["write a.next", "sync a.next", "rename a.next", f"sync {tmp_path.name}"]


@pytest.mark.parametrize("breaks", ["_write", "_sync", "_rename"])
def test_a_file_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    write_whole(tmp_path / "a", b"before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(files, breaks, full)
    with pytest.raises(OSError, match="no space"):
        write_whole(tmp_path / "a", b"after")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"before")


def test_folders_are_made_and_synced_into_those_above_them(tmp_path: Path, done: list[str]) -> None:
    make_folder(tmp_path / "one" / "two")
    make_folder(tmp_path / "one" / "two")
    assert done == ["make_folder one", f"sync {tmp_path.name}", "make_folder two", "sync one"]


def test_a_folder_that_cannot_be_synced_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EINVAL, "no such thing here")

    monkeypatch.setattr(files, "_sync", refuses)
    make_folder(tmp_path / "one")
    assert names(tmp_path) == ["one"]


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a file")
    with pytest.raises(OSError, match="exists"):
        make_folder(tmp_path / "one")


def test_everything_in_a_folder_is_synced(tmp_path: Path, done: list[str]) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "in/b"):
        (tmp_path / name).write_text("text")
    sync_tree(tmp_path)
    assert sorted(done) == sorted(["sync a", "sync in", "sync b", f"sync {tmp_path.name}"])


def test_what_is_not_there_is_removed_without_a_word(tmp_path: Path) -> None:
    remove(tmp_path / "nothing")
