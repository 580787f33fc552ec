"""The nouns of the faults: operations on the disk, how they fail, and the trace that a piece of work leaves."""

import errno
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    FOLDER = "make folder"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    SYNC_FOLDER = "sync folder"
    RENAME = "rename"
    DELETE = "delete"
    SHARED_MEMORY = "shared memory"  # SQLite's index of the log beside it: grown, never synced, never kept


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on a file below the root, whose path is relative; a size for `TRUNCATE`, a target for `RENAME`.

    What somebody else did behind our back is `foreign`: it can be lost, but cannot be made to fail.
    """

    kind: Kind
    path: str
    offset: int = 0
    content: bytes = b""
    size: int = 0
    target: str = ""
    is_foreign: bool = False

    @property
    def point(self) -> str:
        """What kind of write point it is: the operation, and on which of the library's files."""
        return f"{self.kind} {_what(self.path)}"


def _what(path: str) -> str:
    name = Path(path).name
    if any(part.startswith("chroma") for part in Path(path).parts):
        return "the manifest" if name.startswith("manifest.json") else "the vector index"
    for ending, what in (
        (".sqlite3", "the database"),
        ("-wal", "the log"),
        ("-journal", "the journal"),
        ("-shm", "the log's index"),
    ):
        if name.endswith(ending):
            return what
    known = {
        "search.listings": "the listings",
        "writer.pid": "the writer's number",
        "search.words": "the index of words",
        "search.vectors": "the vectors",
    }
    return known.get(name.removesuffix(".next"), "the folder")


class Fault(StrEnum):
    """How an operation fails."""

    BROKEN = "EIO"
    FULL = "ENOSPC"

    def error(self, path: str) -> OSError:
        """The same as Python tells it."""
        number = errno.EIO if self is Fault.BROKEN else errno.ENOSPC
        return OSError(number, f"a {self} was injected", path)


@dataclass(slots=True)
class Trace:
    """The operations in their order; `acknowledged` tells for each acknowledgement how many stood before it."""

    operations: list[Operation] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)

    def acknowledge(self) -> None:
        """What was written so far has been promised to somebody."""
        self.acknowledged.append(len(self.operations))

    def acknowledged_before(self, operation: int) -> int:
        """How many acknowledgements stood before an operation."""
        return sum(number <= operation for number in self.acknowledged)
