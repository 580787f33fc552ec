"""Files and folders that a user names, read one at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.digest import looks_like_digest, parse_digest
from ingest.errors import InputError
from ingest.paper import Entry, Rejection

_SUFFIXES = {".md", ".markdown", ".txt"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What one file holds: papers, and what could not be taken of it."""

    path: Path
    entries: list[Entry]
    rejections: list[Rejection]


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and the text files below the folders named.

    Raises:
        InputError: a path does not exist, or a folder holds no text file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
            if not inside:
                raise InputError(f"the folder {path} holds no .md or .txt file; name one with digests")
            found.extend(inside)
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"{path} does not exist; name a digest or a folder of digests")
    return list(dict.fromkeys(found))


def read_files(files: Iterable[Path]) -> Iterator[SourceFile]:
    """Read and parse one file after another; one that is no digest is a rejection, not an error."""
    for path in files:
        try:
            text = _decode(path.read_bytes())
        except OSError as error:
            yield SourceFile(path, [], [Rejection(str(path), 0, f"cannot be read: {error.strerror}")])
            continue
        if not looks_like_digest(text):
            reason = "no digest: there is no heading such as “# ArXiv cs.CV --Mon, 25 May 2020”"
            yield SourceFile(path, [], [Rejection(str(path), 1, reason)])
            continue
        parsed = parse_digest(text, str(path))
        yield SourceFile(path, parsed.entries, parsed.rejections)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
