"""Files of our own on the disk, beside SQLite's: written whole, synced, put in each other's place.

They are for their owner alone, whatever the umask: a library tells what somebody reads and asks.

Every change that Daybook itself makes to a file of a library goes through here, so that a full or a dying disk
can be tried at each of them.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

OWNERS_FILE, OWNERS_FOLDER = 0o600, 0o700
"""Modes, on systems that have such."""

Piece = bytes | memoryview
_PIECE_BYTES = 1 << 20


def write_whole(path: Path, *pieces: Piece) -> None:
    """Write a file that appears whole or not at all, and stays when this returns.

    Raises:
        OSError: the disk is full; a file that was there is left as it was.
    """
    following = path.with_name(path.name + ".next")
    try:
        write(following, *pieces)
        sync_file(following)
        replace(following, path)
        sync_folder(path.parent)
    except OSError:
        remove(following)
        raise


def write(path: Path, *pieces: Piece) -> None:
    """Write a file; it may be torn or lost until it and its folder are synced."""
    _write(path, pieces)


def make_file(path: Path) -> None:
    """Make an empty file where there is none.

    Raises:
        OSError: it cannot be made.
    """
    with suppress(FileExistsError):
        _make_file(path)


def copy_file(path: Path, target: Path) -> None:
    """Copy a file; the copy may be torn or lost until it and its folder are synced."""
    _write(target, _pieces_of(path))


def _pieces_of(path: Path) -> Iterator[Piece]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def remove(path: Path) -> None:
    """Take a file away, where it is there."""
    _remove(path)


def replace(path: Path, target: Path) -> None:
    """Put a file or a folder in the place of another, at once; a folder only where there is none."""
    _rename(path, target)


def remove_tree(folder: Path) -> None:
    """Take a folder away with all that is in it, as far as that goes."""
    _remove_tree(folder)


def copy_tree(folder: Path, target: Path, leaving_out: str) -> None:
    """Copy a folder, but for files of one name."""
    _copy_tree(folder, target, leaving_out)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it; each stays in its own when this returns, where the system can see to that.

    Raises:
        OSError: it cannot be made, or a file has its name.
    """
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    for one in reversed(missing):
        _make_folder(one)
        with suppress(OSError):  # not every system lets a folder be synced
            sync_folder(one.parent)


def sync_file(path: Path) -> None:
    """See the content of a file on the disk."""
    with path.open("rb") as file:
        _sync(file.fileno(), path)


def sync_folder(path: Path) -> None:
    """See on the disk which files a folder holds."""
    if os.name != "posix":  # elsewhere a folder cannot be synced, and need not be
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        _sync(descriptor, path)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """See everything in a folder on the disk."""
    for path in folder.rglob("*"):
        sync_folder(path) if path.is_dir() else sync_file(path)
    sync_folder(folder)


# ---- what is done to the disk: nothing else in here changes it


def _write(path: Path, pieces: Iterable[Piece]) -> None:
    with open(path, "wb", opener=_private) as out:
        out.writelines(pieces)


def _make_file(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNERS_FILE))


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, OWNERS_FILE)


def _sync(descriptor: int, _: Path) -> None:
    os.fsync(descriptor)


def _rename(path: Path, target: Path) -> None:
    path.replace(target)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _copy_tree(folder: Path, target: Path, leaving_out: str) -> None:
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(leaving_out))


def _make_folder(folder: Path) -> None:
    folder.mkdir(OWNERS_FOLDER, exist_ok=True)
