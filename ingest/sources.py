"""What a user names to be ingested, read as a stream; formats are told apart by content, not by name."""

import glob
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ingest.atom import read_atom
from ingest.digest import looks_like_digest, parse_digest
from ingest.errors import InputError
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.snapshot import read_snapshot
from ingest.unpacking import Unpacked

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
_SNIFFED_BYTES = 4096
_LARGEST_TEXT_BYTES = 256 * 1024 * 1024
_BUFFER_BYTES = 1 << 18
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_READ_ERRORS = (OSError, EOFError, zlib.error)


@dataclass(slots=True)
class Source:
    """One file, or standard input; `was_named` tells a file that the user named from one found in a folder."""

    path: Path
    was_named: bool
    size_bytes: int = 0
    _file: BinaryIO | None = field(default=None, repr=False)

    @property
    def is_standard_input(self) -> bool:
        """Whether this is standard input."""
        return str(self.path) == STANDARD_INPUT

    @property
    def bytes_read(self) -> int:
        """How far the file has been read; 0 for standard input and for pipes."""
        if self._file is None or not self.size_bytes:
            return 0
        return self.size_bytes if self._file.closed else self._file.tell()

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        inner: Any = sys.stdin.buffer if self.is_standard_input else self.path.open("rb")
        file = io.BufferedReader(
            inner, _BUFFER_BYTES
        )  # fills itself, where a pipe gives too few bytes to know a format
        try:
            yield file
        finally:
            if self.is_standard_input:
                file.detach()  # the stream stays open for others
            else:
                file.close()

    def items(self, selection: Selection = EVERYTHING) -> Iterator[Entry | Rejection]:
        """Yield the wanted papers, and what could not be taken; a file that cannot be read is a rejection."""
        name = str(self.path)
        try:
            with self._open() as self._file:
                yield from _items(self._file, name, selection)
        except _READ_ERRORS as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            yield Rejection(name, 0, f"cannot be read to its end: {reason}")


def find_sources(paths: Iterable[Path | str]) -> list[Source]:
    """The files to read: those named, the files below the folders named, those that a pattern fits, `-`.

    Raises:
        InputError: a path does not exist, a pattern fits nothing, or a folder holds no file.
    """
    found: dict[Path, Source] = {}
    for path in map(Path, paths):
        try:
            sources = _sources_at(path)
        except OSError as error:
            raise InputError(f"{path} cannot be looked up ({error.strerror}); name another") from error
        for source in sources:
            known = found.setdefault(source.path if source.is_standard_input else source.path.resolve(), source)
            known.was_named = known.was_named or source.was_named
    return list(found.values())


def _sources_at(path: Path) -> list[Source]:
    if str(path) == STANDARD_INPUT:
        return [Source(path, was_named=True)]
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p.relative_to(path))]
        if not inside:
            raise InputError(f"the folder {path} holds no file; name one with digests")
        return [Source(p, was_named=False, size_bytes=p.stat().st_size) for p in inside]
    if path.exists():
        return [Source(path, was_named=True, size_bytes=path.stat().st_size if path.is_file() else 0)]
    fitting = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute patterns too
    if not fitting:
        raise InputError(f"{path} does not exist; name a digest or a folder of digests")
    return [source for p in fitting for source in _sources_at(p)]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _items(file: BinaryIO, name: str, selection: Selection) -> Iterator[Entry | Rejection]:
    if _peek(file).startswith(_GZIP):
        file = io.BufferedReader(Unpacked(file), _BUFFER_BYTES)
    start = _as_utf_8(_peek(file)).lstrip()
    if start.startswith(b"{") and not _peek(file).startswith(_UTF_16_MARKS):
        yield from read_snapshot(file, name, selection)
        return
    data, error = _read_text(file)
    if len(data) > _LARGEST_TEXT_BYTES:
        yield Rejection(name, 0, f"a text of over {_LARGEST_TEXT_BYTES >> 20} MB that is no metadata snapshot")
    elif start.startswith(b"{"):
        yield from read_snapshot(_as_utf_8(data).splitlines(), name, selection)
    elif start.startswith(b"<"):
        yield from read_atom(data, name, selection)
    else:
        text = _decode(data)
        yield from _digest_items(_before_cut(text) if error else text, name, selection)
    if error:
        raise error


def _read_text(stream: BinaryIO) -> tuple[bytes, Exception | None]:
    """The bytes of a stream, a few more than the largest text at most, and the error that cuts them off."""
    chunks: list[bytes] = []
    left = _LARGEST_TEXT_BYTES + 1
    try:
        while left > 0 and (chunk := stream.read1(min(left, _BUFFER_BYTES))):  # type: ignore[attr-defined]
            chunks.append(chunk)
            left -= len(chunk)
    except _READ_ERRORS as error:
        return b"".join(chunks), error
    return b"".join(chunks), None


def _before_cut(text: str) -> str:
    """A digest that is cut off, without the paper or heading in which that happens."""
    return text[: max(text.rfind("\n#"), text.rfind("\r#")) + 1]


def _digest_items(text: str, name: str, selection: Selection) -> Iterator[Entry | Rejection]:
    if not looks_like_digest(text):
        reason = "no digest: there is no heading such as “# ArXiv cs.CV --Mon, 25 May 2020”"
        yield Rejection(name, 1, reason)
        return
    parsed = parse_digest(text, name)
    yield from parsed.rejections
    for entry in parsed.entries:
        if selection.listing([entry.listing.category], entry.listing.day, entry.listing.position):
            yield entry


def _peek(stream: BinaryIO) -> bytes:
    return stream.peek(_SNIFFED_BYTES)[:_SNIFFED_BYTES] if isinstance(stream, io.BufferedReader) else b""


def _decode(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _as_utf_8(data: bytes) -> bytes:
    """The same text in UTF-8 without a byte order mark."""
    is_utf_16 = data.startswith(_UTF_16_MARKS)
    return data.decode("utf-16", errors="replace").encode() if is_utf_16 else data.removeprefix(b"\xef\xbb\xbf")
