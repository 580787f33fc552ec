"""Arrays in a file that is mapped into memory: read where they are used, and no block of them unchecked.

A file begins with a header, sealed by a hash: of what kind the file is, from which state of the library it was made,
where each array lies, and a CRC-32 of each block. Only the header is read when the file is opened; a block is checked
when it is first asked for. Such a file can always be made anew, so one that is not what it says is not used.
"""

import hashlib
import json
import mmap
import os
import zlib
from collections.abc import Iterator, Mapping
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
_BLOCKS_A_THREAD = 64  # below that a thread costs more than it saves


class DamagedBlockError(Exception):
    """A block is not what was written; whoever reads the file makes it anew."""


class MappedArray:
    """An array of a file; a part is checked when it is first asked for."""

    def __init__(self, array: NDArray[Any], content: memoryview, checksums: list[int]) -> None:
        self._array = array
        self._content = content
        self._checksums = checksums
        self._is_checked = bytearray(len(checksums))

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, part: slice) -> NDArray[Any]:
        """A part of the array, from a place to another.

        Raises:
            DamagedBlockError: it is not what was written.
        """
        start, end, _ = part.indices(len(self._array))
        if start < end:
            row_bytes = len(self._content) // len(self._array)
            self._check(range(start * row_bytes // _BLOCK_BYTES, -(-end * row_bytes // _BLOCK_BYTES)))
        return self._array[part]

    def whole(self) -> NDArray[Any]:
        """All of the array; a large one is checked by all cores.

        Raises:
            DamagedBlockError: it is not what was written.
        """
        in_parts(self._check, len(self._checksums), _BLOCKS_A_THREAD)
        return self._array

    def _check(self, blocks: range) -> None:
        for number in blocks:
            if not self._is_checked[number]:
                block = self._content[number * _BLOCK_BYTES : (number + 1) * _BLOCK_BYTES]
                if zlib.crc32(block) != self._checksums[number]:
                    raise DamagedBlockError
                self._is_checked[number] = 1


class MappedFile:
    """A file of arrays; `state` is what its maker said of the library that it was made from."""

    def __init__(self, content: mmap.mmap, header: Mapping[str, Any], first_byte: int) -> None:
        self.state: dict[str, Any] = header["state"]
        self._arrays = {}
        view = memoryview(content)
        for name, kind, shape, offset, checksums in header["arrays"]:
            items, start = prod(shape), first_byte + offset
            array = np.frombuffer(content, dtype=kind, count=items, offset=start).reshape(shape)
            self._arrays[name] = MappedArray(array, view[start : start + array.nbytes], checksums)

    @classmethod
    def open(cls, file: Path, kind: str) -> Self | None:
        """A file, mapped; None where there is none, or none of this kind and as long as it was written."""
        try:
            with file.open("rb") as opened:
                header = _header_of(opened, kind)
                if header is None or os.fstat(opened.fileno()).st_size != opened.tell() + header["bytes"]:
                    return None
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
                return cls(content, header, opened.tell())
        except (OSError, ValueError):
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


def write_arrays(file: Path, kind: str, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep arrays, of a dimension or more; the file appears whole or not at all.

    Raises:
        OSError: the disk is full.
    """
    told: list[object] = []
    pieces: list[Piece] = []
    offset = 0
    for name, array in arrays.items():
        content = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
        told.append([name, array.dtype.str, list(array.shape), offset, list(_checksums(content))])
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


def _checksums(content: Piece) -> Iterator[int]:
    for start in range(0, len(content), _BLOCK_BYTES):
        yield zlib.crc32(content[start : start + _BLOCK_BYTES])


def _seal(header: bytes) -> bytes:
    return hashlib.blake2b(header, digest_size=_SEAL_BYTES).digest()
