"""Arrays in a file that is mapped into memory: read where they are used, and no block of them unchecked.

A file begins with a header, sealed by a hash: of what kind the file is, from which state of the library it was made,
where each array lies, and a CRC-32 of each block. Only the header is read when the file is opened; a block is checked
when it is first asked for. Such a file can always be made anew, so one that is not what it says is not used.

What is wanted whole is mapped. What is wanted in parts is read into memory of its own: of a large file the pages that
many questions touched would else stay with the process, and one that a disk cannot deliver is an error, not its end.
"""

import hashlib
import json
import mmap
import os
import threading
import weakref
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from ingest.files import Piece, write_whole
from ingest.parts import in_parts

_MAGIC = b"daybook arrays 1"
_SEAL_BYTES = 16
_LENGTH_BYTES = 8
_PREFIX_BYTES = len(_MAGIC) + _LENGTH_BYTES + _SEAL_BYTES
_ALIGNMENT = 64  # a cache line
_BLOCK_BYTES = 1 << 16
"""Checked in 30 µs: small beside an answer, for the one block that a rare word needs, and 23,000 sums a million
vectors."""
_BY_ROW = "by row"
_BLOCKS_A_THREAD = 64  # below that a thread costs more than it saves


class DamagedBlockError(Exception):
    """A block is not what was written; whoever reads the file makes it anew."""


class MappedArray:
    """An array of a file, shape [rows, …]; a part is checked when it is first asked for."""

    def __init__(self, array: NDArray[Any], stored: "_Stored", checksums: Sequence[int], block_bytes: int) -> None:
        self._array = array
        self._stored = stored
        self._checksums = checksums
        self._block_bytes = block_bytes
        self._is_checked = bytearray(len(checksums))

    def __len__(self) -> int:
        return len(self._array)

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the whole array."""
        return self._array.shape

    def __getitem__(self, part: slice) -> NDArray[Any]:
        """A part of the array, from a place to another; read anew.

        Raises:
            DamagedBlockError: it is not what was written, or cannot be read.
        """
        start, end, _ = part.indices(len(self._array))
        if start >= end:
            return self._array[:0]
        row_bytes, size = self._row_bytes, self._block_bytes
        first, last = start * row_bytes, end * row_bytes
        blocks = range(first // size, -(-last // size))
        if self._is_checked.find(0, blocks.start, blocks.stop) < 0:
            content = memoryview(self._stored.read(first, last))
        else:
            offset = blocks.start * size
            around = memoryview(self._stored.read(offset, min(blocks.stop * size, self._array.nbytes)))
            for number in blocks:
                self._check(number, around[number * size - offset : (number + 1) * size - offset])
            content = around[first - offset : last - offset]
        return np.frombuffer(content, dtype=self._array.dtype).reshape(end - start, *self.shape[1:])

    def at(self, places: NDArray[np.int64]) -> NDArray[Any]:
        """The rows at some places, of an array whose blocks are its rows; each is read anew, and checked.

        Raises:
            DamagedBlockError: one is not what was written, or cannot be read.
        """
        rows = np.empty((len(places), *self.shape[1:]), dtype=self._array.dtype)
        content, size = rows.data.cast("B"), self._row_bytes
        for number, place in enumerate(places.tolist()):
            row = content[number * size : (number + 1) * size]
            self._stored.read_into(row, place * size)
            if zlib.crc32(row) != self._checksums[place]:
                raise DamagedBlockError
        return rows

    def whole(self) -> NDArray[Any]:
        """All of the array, mapped; a large one is checked by all cores.

        Raises:
            DamagedBlockError: it is not what was written.
        """
        in_parts(self._check_mapped, len(self._checksums), _BLOCKS_A_THREAD)
        return self._array

    @property
    def _row_bytes(self) -> int:
        return self._array.nbytes // len(self._array)

    def _check_mapped(self, blocks: range) -> None:
        content = self._array.data.cast("B") if self._array.size else memoryview(b"")
        for number in blocks:
            self._check(number, content[number * self._block_bytes : (number + 1) * self._block_bytes])

    def _check(self, number: int, block: memoryview) -> None:
        if not self._is_checked[number]:
            if zlib.crc32(block) != self._checksums[number]:
                raise DamagedBlockError
            self._is_checked[number] = 1


class _Stored:
    """Where an array lies in a file; several threads may read."""

    def __init__(self, opened: "_Opened", first_byte: int) -> None:
        self._opened = opened
        self._first_byte = first_byte

    def read(self, start: int, end: int) -> bytearray:
        content = bytearray(end - start)
        self.read_into(memoryview(content), start)
        return content

    def read_into(self, target: memoryview, start: int) -> None:
        """Fill `target` with the bytes from `start` on.

        Raises:
            DamagedBlockError: they cannot be read.
        """
        with self._opened.lock:
            try:
                self._opened.file.seek(self._first_byte + start)
                is_whole = self._opened.file.readinto(target) == len(target)
            except OSError as error:
                raise DamagedBlockError from error
        if not is_whole:
            raise DamagedBlockError


class _Opened:
    """An open file, closed when nothing uses it any more."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.lock = threading.Lock()
        weakref.finalize(self, file.close)


class MappedFile:
    """A file of arrays; `state` is what its maker said of the library that it was made from."""

    def __init__(self, content: mmap.mmap, file: FileIO, header: Mapping[str, Any], first_byte: int) -> None:
        self.state: dict[str, Any] = header["state"]
        self._arrays: dict[str, MappedArray] = {}
        opened = _Opened(file)
        for name, kind, shape, offset, checksums in header["arrays"]:
            items, start = prod(shape), first_byte + offset
            array = np.frombuffer(content, dtype=kind, count=items, offset=start).reshape(shape)
            stored = _Stored(opened, start)
            if checksums == _BY_ROW:
                sums: Sequence[int] = self._arrays[_sums_of(name)].whole()  # type: ignore[assignment]
                self._arrays[name] = MappedArray(array, stored, sums, max(array.nbytes // max(len(array), 1), 1))
            else:
                self._arrays[name] = MappedArray(array, stored, checksums, _BLOCK_BYTES)

    @classmethod
    def open(cls, file: Path, kind: str) -> Self | None:
        """A file, mapped; None where there is none, or none of this kind and as long as it was written."""
        opened = None
        try:
            opened = file.open("rb", buffering=0)
            header = _header_of(opened, kind)
            if header is not None and os.fstat(opened.fileno()).st_size == opened.tell() + header["bytes"]:
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
                found, opened = cls(content, opened, header, opened.tell()), None
                return found
        except (OSError, ValueError, DamagedBlockError):
            pass
        finally:
            if opened is not None:
                opened.close()
        return None

    def __getitem__(self, name: str) -> MappedArray:
        return self._arrays[name]

    def check(self) -> None:
        """Check every block.

        Raises:
            DamagedBlockError: one is not what was written.
        """
        for array in self._arrays.values():
            array.whole()


def state_of(file: Path, kind: str) -> dict[str, Any] | None:
    """What the header of a file tells of the library; None where there is no such file, or its header is damaged."""
    try:
        with file.open("rb") as opened:
            header = _header_of(opened, kind)
    except OSError:
        return None
    return None if header is None else header["state"]


def write_arrays(
    file: Path,
    kind: str,
    state: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    by_row: Collection[str] = (),
) -> None:
    """Keep arrays, of a dimension or more; the file appears whole or not at all.

    Each row of the arrays `by_row` is a block of its own, whose checksums are an array before it.

    Raises:
        OSError: the disk is full.
    """
    told: list[object] = []
    pieces: list[Piece] = []
    offset = 0
    for name, array in _with_sums(arrays, by_row):
        content = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
        checksums = _BY_ROW if name in by_row else list(_checksums(content, _BLOCK_BYTES))
        told.append([name, array.dtype.str, list(array.shape), offset, checksums])
        padding = bytes(-len(content) % _ALIGNMENT)
        pieces += [content, padding]
        offset += len(content) + len(padding)
    header = json.dumps({"kind": kind, "state": dict(state), "arrays": told, "bytes": offset}).encode()
    header += b" " * (-(len(header) + _PREFIX_BYTES) % _ALIGNMENT)
    prefix = (_MAGIC, len(header).to_bytes(_LENGTH_BYTES, "little"), _seal(header))
    write_whole(file, *prefix, header, *pieces)


def _header_of(opened: BinaryIO, kind: str) -> dict[str, Any] | None:
    """The header of a file of a kind, which is then read up to its first array."""
    prefix = opened.read(_PREFIX_BYTES)
    if len(prefix) < _PREFIX_BYTES or not prefix.startswith(_MAGIC):
        return None
    length = int.from_bytes(prefix[len(_MAGIC) : -_SEAL_BYTES], "little")
    if length > os.fstat(opened.fileno()).st_size:  # a damaged length must not ask for more memory than there is
        return None
    content = opened.read(length)
    if _seal(content) != prefix[-_SEAL_BYTES:]:
        return None
    header: dict[str, Any] = json.loads(content)
    return header if header["kind"] == kind else None


def _with_sums(arrays: Mapping[str, NDArray[Any]], by_row: Collection[str]) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, array in arrays.items():
        if name in by_row:
            content = np.ascontiguousarray(array).data.cast("B")
            sums = np.fromiter(_checksums(content, len(content) // len(array)), dtype=np.uint32, count=len(array))
            yield _sums_of(name), sums
        yield name, array


def _sums_of(name: str) -> str:
    return f"sums of {name}"


def _checksums(content: Piece, block_bytes: int) -> Iterator[int]:
    for start in range(0, len(content), block_bytes):
        yield zlib.crc32(content[start : start + block_bytes])


def _seal(header: bytes) -> bytes:
    return hashlib.blake2b(header, digest_size=_SEAL_BYTES).digest()
