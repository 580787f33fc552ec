"""What a row must be: a checksum over its table, its key and all that it says, kept beside it.

The triggers of migration 0006 set it with every change, so that no writing code can forget it, and keep in `sums` how
many rows a table has and the sum of their checksums, so that a row that vanishes is noticed as well.
"""

import struct
from collections.abc import Iterable, Sequence
from hashlib import blake2b

TABLES: dict[str, tuple[str, ...]] = {
    "papers": (
        *("row", "arxiv_id", "version", "title", "abstract", "url", "links", "is_withdrawn"),
        *("authors", "categories", "submitted"),
    ),
    "versions": ("paper", "version", "title", "abstract", "raw_title", "raw_abstract", "seen_at", "last_day"),
    "listings": ("paper", "day", "category", "basis", "block", "position", "is_told"),
    "origins": ("paper", "source", "day", "category", "basis", "version", "text"),
    "chunks": ("row", "paper", "number", "start_offset", "end_offset", "vector", "chunk_id"),
    "sentences": ("paper", "number", "start_offset", "end_offset", "role", "is_key"),
    "rejections": ("file", "line", "reason", "seen_at"),
    "fetched_days": ("category", "day", "papers", "fetched_at"),
    "conversations": ("id", "owner", "title", "created_at", "updated_at", "turns"),
    "turns": ("conversation", "number", "turn"),
    "follows": ("number", "kind", "text", "created_at", "looked_at", "seen_chunk", "seen_paper"),
    "marks": ("arxiv_id", "is_read", "is_starred", "is_hidden", "note", "tags", "changed_at"),
    "state": ("key", "value"),
}
"""The columns of each table that its checksum covers, in that order; the tables in the order that references need."""

_BYTES = 8
_SPARE_BITS = 2
"""SQLite's integers have 64 bits with their sign: of two numbers of 62 neither the sum nor the difference is too long.

A damaged row passes for a whole one once in 2**62.
"""
TOTAL_MASK = (1 << (8 * _BYTES - _SPARE_BITS)) - 1
"""Which bits of the sum of a table's checksums are kept."""

Value = int | float | str | bytes | None


def row_checksum(table: str, *values: Value) -> int:
    """The checksum of a row of a table, its values in the order of `TABLES`; an integer of 62 bits."""
    return checksum_of(b"".join(message_of(table, values)))


def message_of(table: str, values: Iterable[Value]) -> list[bytes]:
    """What a checksum is taken of: the table, then in two parts each value's type with its length, and its content."""
    parts = [table.encode()]
    for value in values:
        if isinstance(value, int):
            parts += (b";i", b"%d" % value)
        elif isinstance(value, str):
            # Text that a damaged file holds may be no valid UTF-8; it was read with its bad bytes escaped.
            content = value.encode("utf-8", "surrogateescape")
            parts += (b";t%d:" % len(content), content)
        elif isinstance(value, bytes):
            parts += (b";b%d:" % len(value), value)
        elif value is None:
            parts += (b";n", b"")
        else:  # no column holds one, but damage can make a number of anything
            parts += (b";f", struct.pack(">d", value))
    return parts


def checksum_of(message: bytes | bytearray) -> int:
    """The checksum of a message."""
    return int.from_bytes(blake2b(message, digest_size=_BYTES).digest(), "big") >> _SPARE_BITS


def holds(table: str, row: Sequence[Value]) -> bool:
    """Whether a row is what was saved: its values in the order of `TABLES`, then its checksum."""
    return row_checksum(table, *row[:-1]) == row[-1]


def columns(table: str, prefix: str = "") -> str:
    """The columns of a whole row, for a SELECT that `holds` checks; `prefix` names the table in a join."""
    return ", ".join(f"{prefix}{column}" for column in (*TABLES[table], "checksum"))
