"""Bytes and lines of a source, bounded: no line, and no stretch without a paper, may grow without end."""

import codecs
import io
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from ingest.paper import Entry, Rejection
from ingest.unpacking import Unpacked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ_ERRORS = (OSError, EOFError, zlib.error)
LONGEST_LINE = 8 << 20
"""Bytes. The longest line of arXiv's snapshot, a collaboration's with 3,000 authors, has 0.3 million."""
_ALLOWANCE = 256 << 20  # bytes without a paper: more than the largest page, feed or day that anyone publishes
_LINE_COST = 128  # bytes that a line counts for beside its own: two million empty lines take as long as 256 MB
_FAILURE_COST = 4096  # bytes that a piece counts for that is no paper: 65,000 of them in a row, and it is no source
_BUFFER_BYTES = 1 << 18
_PEEKED_BYTES = 1 << 16
_GZIP = b"\x1f\x8b"
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_END = re.compile(r"\r\n?|\n")


class Stream:
    """The content of a source: gzip unpacked, UTF-16 as UTF-8, without a byte order mark.

    It ends with an error where too much passes without a paper; readers hand what they read through `counted`.
    """

    def __init__(self, file: BinaryIO) -> None:
        inner: Any = file
        reader = inner if isinstance(file, io.BufferedReader) else io.BufferedReader(inner, _BUFFER_BYTES)
        if reader.peek(2)[:2] == _GZIP:
            reader = io.BufferedReader(Unpacked(reader), _BUFFER_BYTES)
        encoding = _UTF_16.get(reader.peek(2)[:2])
        if encoding:
            reader = io.BufferedReader(_Transcoded(reader, encoding), _BUFFER_BYTES)
        if reader.peek(3).startswith(codecs.BOM_UTF8):
            reader.read(3)
        self._file = reader
        self._left = _ALLOWANCE

    def counted(self, items: Iterator[Entry | Rejection]) -> Iterator[Entry | Rejection]:
        """What was read of one piece; a paper, though it be one that is not wanted, allows as many bytes again."""
        is_paper = None  # where nothing comes, it is a paper that is not wanted
        for item in items:
            is_paper = is_paper or isinstance(item, Entry)
            yield item
        if is_paper is False:
            self.failed()
        else:
            self._left = _ALLOWANCE

    def failed(self) -> None:
        """Count a piece that is no paper."""
        self._left -= _FAILURE_COST

    def start(self) -> str:
        """The first 64 kB at most, without white space before them."""
        return decoded(self._file.peek(_PEEKED_BYTES)[:_PEEKED_BYTES]).lstrip("\ufeff \t\r\n")

    def blocks(self) -> Iterator[bytes]:
        """The bytes in pieces.

        Raises:
            OSError, EOFError, zlib.error: the source cannot be read to its end.
            TooLongError: it goes on for too long without a paper.
        """
        while block := self._file.read1(_BUFFER_BYTES):
            self._spend(len(block) + _LINE_COST * block.count(b"\n"))
            yield block

    def text_blocks(self) -> Iterator[str]:
        """The text in pieces of whole characters; errors as with `blocks`."""
        held = b""
        for block in self.blocks():
            data = held + block
            cut = _character_end(data)
            held = data[cut:]
            yield decoded(data[:cut])
        yield decoded(held)

    def lines_holding(self, wanted: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The lines with some bytes in them, without their ends, each with its number from 1; of none, all lines.

        None stands in place of a line that is too long. Errors as with `blocks`.
        """
        number, held = 1, _HeldLine()
        while block := self._file.read1(_BUFFER_BYTES):
            before, last = number, block.rfind(b"\n")
            place = block.find(b"\n") + 1 if held.count else 0
            if last >= 0 and held.count:
                if held.holds(wanted, block[: place - 1]):
                    yield number, held.line
                number, held = number + 1, _HeldLine()
            while (found := block.find(wanted, place, max(last, 0))) >= 0 and last >= place:
                start = block.rfind(b"\n", place, found) + 1 or place
                end = block.find(b"\n", found)
                number += block.count(b"\n", place, start)
                yield number, block[start:end]
                place, number = end + 1, number + 1
            number += block.count(b"\n", place, last + 1)
            held.add(block[last + 1 :])
            if wanted and block.startswith(b"{", block.find(b"\n") + 1):
                self._left = _ALLOWANCE  # these are papers too, though others
            self._spend(len(block) + _LINE_COST * (number - before))
        if held.count and held.holds(wanted):
            yield number, held.line

    def text_lines(self) -> Iterator[str | None]:
        """The lines as text, without their ends; None in place of one that is too long; errors as with `blocks`."""
        for lines in self._whole_lines():
            if lines is None:
                yield None
            else:
                for line in lines.split(b"\n"):
                    yield from _LINE_END.split(decoded(line).removesuffix("\r"))

    def _whole_lines(self) -> Iterator[bytes | None]:
        """Some lines at a time, without the last one's end; None in place of one that is too long."""
        held: list[bytes] = []
        held_bytes = 0
        for block in self.blocks():
            whole, newline, rest = block.rpartition(b"\n")
            if newline:
                if held_bytes > LONGEST_LINE:
                    _, is_more, whole = whole.partition(b"\n")
                    yield None
                    if is_more:
                        yield whole
                else:
                    yield b"".join([*held, whole])
                held, held_bytes = [], 0
            held_bytes += len(rest)
            if rest and held_bytes <= LONGEST_LINE:
                held.append(rest)
        if held_bytes:
            yield b"".join(held) if held_bytes <= LONGEST_LINE else None

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise TooLongError(
                f"{_ALLOWANCE >> 20} MB, or as much of broken pieces, without a paper; the rest was not read"
            )


class _HeldLine:
    """A line of which the end has not come yet; of one that is too long, only how much there was."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        """More of the line."""
        self.count += len(part)
        if part and self.count <= LONGEST_LINE:
            self._parts.append(part)

    def holds(self, wanted: bytes, end: bytes = b"") -> bool:
        """Whether the line, with its end, is wanted; one that is too long always is: that is to be told."""
        self.add(end)
        return self.line is None or wanted in self.line

    @property
    def line(self) -> bytes | None:
        """The line as far as it has come, None where it is too long."""
        return b"".join(self._parts) if self.count <= LONGEST_LINE else None


class TooLongError(OSError):
    """A source goes on and on without a paper."""


def decoded(data: bytes) -> str:
    """Text of UTF-8; a byte that is none is read as Windows-1252, which such files mostly are."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(errors=_FALLBACK)


def _character_end(data: bytes) -> int:
    """Where the last whole character of UTF-8 ends."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back else len(data)
    return len(data)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_FALLBACK = "daybook-windows-1252"
codecs.register_error(_FALLBACK, _as_windows_1252)


class _Transcoded(io.RawIOBase):
    """Text of another encoding as UTF-8."""

    def __init__(self, inner: BinaryIO, encoding: str) -> None:
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Give as much as the buffer takes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._ready:
            data = self._inner.read(_PEEKED_BYTES)
            self._ready = self._decoder.decode(data, final=not data).encode(errors="replace")
            if not data:
                break
        count = min(len(view), len(self._ready))
        view[:count], self._ready = self._ready[:count], self._ready[count:]
        return count
