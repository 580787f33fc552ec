"""The conversations that a library keeps: their turns as JSON text, which others write and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.checksums import columns, holds
from ingest.errors import InputError
from ingest.sqlite import SqliteFile

SAVING_SECONDS = 2.0
"""How long a turn waits for another writer; ingest holds the file for far less at a time."""
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A kept conversation: its title is the first question; times are UTC."""

    id: str
    title: str
    created: datetime
    updated: datetime
    turn_count: int


class Conversations:
    """Typed access to the conversations of a library. Errors as with `SqliteFile`.

    It needs no writer's lock: each change is one short transaction, beside whoever ingests.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def append(self, conversation: str, turns: Sequence[str], *, title: str, owner: str = "") -> None:
        """Add turns to a conversation, which is made where there is none.

        Raises:
            InputError: the conversation is somebody else's.
        """
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._file.transaction(SAVING_SECONDS) as connection:
            connection.execute(
                "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at WHERE owner = excluded.owner",
                (conversation, owner, title[:_LONGEST_TITLE], now, now),
            )
            kept = connection.execute("SELECT owner FROM conversations WHERE id = ?", (conversation,)).fetchone()
            if kept != (owner,):
                raise InputError(f"the conversation {conversation} is another's; begin a new one")
            for turn in turns:
                connection.execute(
                    "INSERT INTO turns (conversation, number, turn)"
                    " SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM turns WHERE conversation = ?1",
                    (conversation, turn),
                )

    def listed(self, owner: str | None = None) -> list[ConversationSummary]:
        """All conversations, or those of an owner, the one used last first."""
        return self._summaries(*(("", ()) if owner is None else ("WHERE owner = ?", (owner,))))

    def find(self, conversation: str, owner: str | None = None) -> ConversationSummary | None:
        """The conversation of an id, where it is the owner's, if one is named."""
        return next(iter(self._summaries(*_of(conversation, owner))), None)

    def _summaries(self, condition: str, parameters: Sequence[str]) -> list[ConversationSummary]:
        rows = self._file.rows(
            f"SELECT {columns('conversations')}, (SELECT count(*) FROM turns WHERE conversation = id),"  # noqa: S608
            " (SELECT max(number) FROM turns WHERE conversation = id)"
            f" FROM conversations {condition} ORDER BY updated_at DESC, id",
            parameters,
        )
        summaries: list[ConversationSummary] = []
        for *row, turn_count, last_turn in rows:
            if not holds("conversations", row) or turn_count != (last_turn or 0):
                raise self._file.damaged(f"the conversation {row[0]}")
            id_, _, title, made, used, _ = row
            created, updated = (datetime.fromisoformat(time) for time in (made, used))
            summaries.append(ConversationSummary(id_, title, created, updated, turn_count))
        return summaries

    def turns(self, conversation: str, after: int = 0) -> list[str]:
        """The turns of a conversation after a number, in order."""
        rows = self._file.rows(
            f"SELECT {columns('turns')} FROM turns WHERE conversation = ? AND number > ? ORDER BY number",  # noqa: S608
            (conversation, after),
        )
        for place, row in enumerate(rows):
            if not holds("turns", row) or row[1] != after + 1 + place:
                raise self._file.damaged(f"turn {row[1]} of the conversation {conversation}")
        return [turn for _, _, turn, _ in rows]

    def hand_over(self, owner: str, new_owner: str) -> int:
        """Give all conversations of an owner to another; how many there were."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            return connection.execute("UPDATE conversations SET owner = ? WHERE owner = ?", (new_owner, owner)).rowcount

    def delete(self, conversation: str, owner: str | None = None) -> bool:
        """Delete a conversation, of an owner if one is named, and overwrite what it said; whether there was one."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            condition, parameters = _of(conversation, owner)
            deleted = connection.execute(f"DELETE FROM conversations {condition}", parameters)  # noqa: S608 - constants
            return deleted.rowcount > 0


def _of(conversation: str, owner: str | None) -> tuple[str, tuple[str, ...]]:
    if owner is None:
        return "WHERE id = ?", (conversation,)
    return "WHERE id = ? AND owner = ?", (conversation, owner)
