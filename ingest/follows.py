"""What somebody follows in a library, and up to which state of it they have looked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ingest.errors import InputError
from ingest.small_tables import whole_rows
from ingest.sqlite import SqliteFile

SAVING_SECONDS = 2.0
"""How long a change waits for another writer, as a turn of a conversation does."""


class FollowKind(StrEnum):
    """What is followed: a topic, what an author writes, a name such as a method's, or the answers to a question."""

    TOPIC = "topic"
    AUTHOR = "author"
    NAME = "name"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class SeenUpTo:
    """A state of the library: its highest row of chunks, which is never used twice, and of papers; when it was (UTC).

    Only what came later has a higher row of chunks. A row of papers may be used again after a paper was taken out.
    """

    chunk_row: int
    paper_row: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Follow:
    """Something that is followed; `number` is its own for ever, `created` is UTC."""

    number: int
    kind: FollowKind
    text: str
    created: datetime
    seen: SeenUpTo


class Follows:
    """Typed access to what is followed. Errors as with `SqliteFile`.

    It needs no writer's lock: each change is one short transaction, beside whoever ingests.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def listed(self) -> list[Follow]:
        """All that is followed, the oldest first."""
        return [
            Follow(
                number,
                FollowKind(kind),
                text,
                datetime.fromisoformat(created),
                SeenUpTo(chunk, paper, datetime.fromisoformat(looked)),
            )
            for number, kind, text, created, looked, chunk, paper in whole_rows(self._file, "follows", "follow")
        ]

    def add(self, kind: FollowKind, text: str, seen: SeenUpTo) -> Follow:
        """Follow something from a state of the library on.

        Raises:
            InputError: it is followed already.
        """
        created = datetime.now(UTC)
        with self._file.transaction(SAVING_SECONDS) as connection:
            for one in self.listed():
                if one.kind is kind and one.text.casefold() == text.casefold():
                    raise InputError(f"the {kind} “{one.text}” is followed already, as number {one.number}")
            cursor = connection.execute(
                "INSERT INTO follows (kind, text, created_at, looked_at, seen_chunk, seen_paper)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (kind, text, _iso(created), _iso(seen.at), seen.chunk_row, seen.paper_row),
            )
            return Follow(int(cursor.lastrowid or 0), kind, text, created, seen)

    def stop(self, number: int) -> Follow | None:
        """Follow something no longer; what it was, None where nothing has that number."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            found = next((one for one in self.listed() if one.number == number), None)
            if found is not None:
                connection.execute("DELETE FROM follows WHERE number = ?", (number,))
            return found

    def look(self, numbers: Collection[int], seen: SeenUpTo) -> None:
        """Mark follows as looked at up to a state of the library; none goes back to an earlier one."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            for one in self.listed():
                if one.number in numbers and one.seen.chunk_row <= seen.chunk_row:
                    connection.execute(
                        "UPDATE follows SET looked_at = ?, seen_chunk = ?, seen_paper = ? WHERE number = ?",
                        (_iso(seen.at), seen.chunk_row, seen.paper_row, one.number),
                    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
