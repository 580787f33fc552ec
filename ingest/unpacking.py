"""Gzip as a stream that gives all there is before it breaks."""

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP_WINDOW = 31  # zlib's number for a gzip header and any window
_READ_BYTES = 1 << 16
_PADDING = b"\0"


class Unpacked(io.RawIOBase):
    """The content of a gzip file, members one after the other.

    `gzip.GzipFile` loses what it has unpacked when the file breaks off; this gives it first, and then fails.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._member = zlib.decompressobj(_GZIP_WINDOW)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Unpack as much as the buffer takes; 0 at the end.

        Raises:
            EOFError: the file breaks off.
            zlib.error: its data are damaged.
        """
        view = memoryview(buffer).cast("B")
        while packed := self._next_packed():
            unpacked = self._member.decompress(packed, len(view))
            if unpacked:
                break
        else:
            unpacked = self._member.decompress(b"", len(view))
            if not unpacked and not self._member.eof:
                raise EOFError("the gzip file breaks off")
        view[: len(unpacked)] = unpacked
        return len(unpacked)

    def _next_packed(self) -> bytes:
        """Packed bytes for the present member, or for one that begins with them; none at the end of the file."""
        if not self._member.eof:
            return self._member.unconsumed_tail or self._packed.read(_READ_BYTES)
        rest = self._member.unused_data.lstrip(_PADDING)
        while not rest and (packed := self._packed.read(_READ_BYTES)):
            rest = packed.lstrip(_PADDING)
        if rest:
            self._member = zlib.decompressobj(_GZIP_WINDOW)
        return rest
