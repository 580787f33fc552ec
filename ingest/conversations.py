"""The conversations that a library keeps: their turns as JSON text, which others write and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ingest.checksums import TABLES, TOTAL_MASK, columns, holds
from ingest.damage import named
from ingest.errors import InputError
from ingest.sqlite import SqliteFile

SAVING_SECONDS = 2.0
"""How long a turn waits for another writer; ingest holds the file for far less at a time."""
_LONGEST_TITLE = 200
_WIDTH = len(TABLES["conversations"]) + 1
"""How many columns a whole row of a conversation has."""
_ONE = f"SELECT {columns('conversations')}"
_TURN_COUNT = "(SELECT count(*) FROM turns WHERE conversation = id)"
_LAST_TURN = "(SELECT coalesce(max(number), 0) FROM turns WHERE conversation = id)"


class _Kept(NamedTuple):
    """A whole row of a conversation."""

    id: str
    owner: str
    title: str
    created_at: str
    updated_at: str
    turns: int
    checksum: int


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
                "INSERT INTO conversations (id, owner, title, created_at, updated_at, turns) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, turns = turns + excluded.turns"
                " WHERE owner = excluded.owner",
                (conversation, owner, title[:_LONGEST_TITLE], now, now, len(turns)),
            )
            query = f"{_ONE}, {_LAST_TURN} FROM conversations WHERE id = ?"
            *row, last_turn = connection.execute(query, (conversation,)).fetchone()
            kept = self._whole(row)
            if kept.owner != owner:
                raise InputError(f"the conversation {conversation} is another's; begin a new one")
            # Where the last turn is damaged, the number it had stays its own: it may be proved again.
            first = max(kept.turns - len(turns), last_turn) + 1
            connection.executemany(
                "INSERT INTO turns (conversation, number, turn) VALUES (?, ?, ?)",
                ((conversation, number, turn) for number, turn in enumerate(turns, first)),
            )

    def listed(self, owner: str | None = None) -> list[ConversationSummary]:
        """All conversations, or those of an owner, the one used last first.

        All are held against their checksums, as the owner of a damaged one is not known.
        """
        of_owner = "CASE WHEN ?1 IS NULL OR owner = ?1 THEN {} END"
        rows = self._every(f", {of_owner.format(_TURN_COUNT)}, {of_owner.format(_LAST_TURN)}", (owner,))
        chosen = [(row, *counts) for row, *counts in rows if owner is None or row.owner == owner]
        summaries = sorted((self._summary(*one) for one in chosen), key=lambda summary: summary.id)
        return sorted(summaries, key=lambda summary: summary.updated, reverse=True)

    def find(self, conversation: str, owner: str | None = None) -> ConversationSummary | None:
        """The conversation of an id, where it is the owner's, if one is named."""
        query = f"{_ONE}, {_TURN_COUNT}, {_LAST_TURN} FROM conversations WHERE id = ?"
        rows = self._file.rows(query, (conversation,))
        if not rows:
            self._every()  # it may be there, and be damaged
            return None
        *row, turn_count, last_turn = rows[0]
        kept = self._whole(row)
        return self._summary(kept, turn_count, last_turn) if owner in {None, kept.owner} else None

    def turns(self, conversation: str, after: int = 0) -> list[str]:
        """The turns of a conversation after a number, in order."""
        rows = self._file.rows(
            f"SELECT {columns('conversations', 'c.')}, {columns('turns', 't.')} FROM conversations AS c"  # noqa: S608
            " LEFT JOIN turns AS t ON t.conversation = c.id AND t.number > ?2 WHERE c.id = ?1 ORDER BY t.number",
            (conversation, after),
        )
        if not rows:
            self._every()  # it may be there, and be damaged
            return []
        kept = self._whole(rows[0][:_WIDTH])
        turns = [row[_WIDTH:] for row in rows if row[_WIDTH] is not None]
        for number, row in enumerate(turns, after + 1):
            if not holds("turns", row) or row[1] != number:
                raise self._file.damaged(f"turn {row[1]} of the conversation {conversation}")
        if len(turns) != max(kept.turns - after, 0):
            raise self._file.damaged(f"the conversation {conversation}")
        return [turn for _, _, turn, _ in turns]

    def hand_over(self, owner: str, new_owner: str) -> int:
        """Give all conversations of an owner to another; how many there were."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            self._every()
            query = "UPDATE conversations NOT INDEXED SET owner = ? WHERE owner = ?"
            return connection.execute(query, (new_owner, owner)).rowcount

    def delete(self, conversation: str, owner: str | None = None) -> bool:
        """Delete a conversation, of an owner if one is named, and overwrite what it said; whether there was one."""
        with self._file.transaction(SAVING_SECONDS) as connection:
            if self.find(conversation, owner) is None:
                return False
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
            return True

    # ---- what is whole

    def _whole(self, row: Sequence[Any]) -> _Kept:
        """A row of a conversation that is what was saved."""
        if not holds("conversations", row):
            raise self._file.damaged(f"the conversation {named('conversations', tuple(row), {})}")
        return _Kept(*row)

    def _summary(self, kept: _Kept, turn_count: int, last_turn: int) -> ConversationSummary:
        """What is told of a conversation that has all its turns."""
        if not kept.turns == turn_count == last_turn:
            raise self._file.damaged(f"the conversation {kept.id}")
        created, updated = (datetime.fromisoformat(time) for time in (kept.created_at, kept.updated_at))
        return ConversationSummary(kept.id, kept.title, created, updated, kept.turns)

    def _every(self, more: str = "", parameters: Sequence[str | None] = ()) -> list[tuple[Any, ...]]:
        """Every conversation, all of them whole, with more columns: a damaged row may be any that is looked for."""
        rows = self._file.rows(
            f"SELECT s.rows, s.total, {columns('conversations', 'c.')}{more}"  # noqa: S608 - constants
            " FROM sums AS s LEFT JOIN conversations AS c NOT INDEXED ON TRUE WHERE s.name = 'conversations'",
            parameters,
        )
        found = [(self._whole(row[2 : 2 + _WIDTH]), *row[2 + _WIDTH :]) for row in rows if row[2] is not None]
        total = sum(row.checksum for row, *_ in found) & TOTAL_MASK
        if [(len(found), total)] != [row[:2] for row in rows[:1]]:
            raise self._file.damaged("the table of conversations")
        return found
