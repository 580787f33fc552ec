"""What somebody noted of papers: read, starred, hidden, a note, tags; by arXiv id, whatever becomes of the paper."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from ingest.errors import InputError
from ingest.follows import SAVING_SECONDS
from ingest.readable import printable
from ingest.small_tables import whole_rows
from ingest.sqlite import SqliteFile

LONGEST_NOTE = 4000
LONGEST_TAG = 100
_MOST_TAGS = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted of a paper; tags ascend. `changed` is UTC, None where nothing is kept."""

    arxiv_id: str
    is_read: bool = False
    is_starred: bool = False
    is_hidden: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()
    changed: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is noted."""
        return not (self.is_read or self.is_starred or self.is_hidden or self.note or self.tags)


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What is to change of a mark; None leaves it as it is, an empty note takes it away."""

    is_read: bool | None = None
    is_starred: bool | None = None
    is_hidden: bool | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    tags_off: tuple[str, ...] = ()

    def of(self, mark: Mark) -> Mark:
        """A mark after the change.

        Raises:
            InputError: the note or a tag is too long, a tag is empty, or there are too many.
        """
        note = mark.note if self.note is None else printable(self.note)
        if len(note) > LONGEST_NOTE:
            raise InputError(f"the note has {len(note):,} characters; write at most {LONGEST_NOTE:,}")
        added, taken = ([_checked_tag(tag) for tag in tags] for tags in (self.tags, self.tags_off))
        tags = tuple(sorted({*mark.tags, *added} - set(taken)))
        if len(tags) > _MOST_TAGS:
            raise InputError(f"arXiv:{mark.arxiv_id} would have {len(tags)} tags; take some away with --untag")
        return replace(
            mark,
            is_read=mark.is_read if self.is_read is None else self.is_read,
            is_starred=mark.is_starred if self.is_starred is None else self.is_starred,
            is_hidden=mark.is_hidden if self.is_hidden is None else self.is_hidden,
            note=note,
            tags=tags,
        )


def _checked_tag(tag: str) -> str:
    shown = printable(tag)
    if not shown:
        raise InputError("a tag is empty; name one such as --tag thesis")
    if len(shown) > LONGEST_TAG:
        raise InputError(f"the tag “{shown[:20]}…” has {len(shown)} characters; a tag has at most {LONGEST_TAG}")
    return shown


class _Kept(NamedTuple):
    """A row of a mark."""

    arxiv_id: str
    is_read: int
    is_starred: int
    is_hidden: int
    note: str
    tags: str
    changed_at: str

    def mark(self) -> Mark:
        flags = bool(self.is_read), bool(self.is_starred), bool(self.is_hidden)
        return Mark(
            self.arxiv_id, *flags, self.note, tuple(json.loads(self.tags)), datetime.fromisoformat(self.changed_at)
        )


class Marks:
    """Typed access to what was noted of papers. Errors and locks as with `Follows`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def listed(self) -> dict[str, Mark]:
        """All that was noted, by arXiv id."""
        rows = whole_rows(self._file, "marks", "mark of")
        return {kept.arxiv_id: kept.mark() for kept in (_Kept(*row) for row in rows)}

    def hidden(self) -> frozenset[str]:
        """The arXiv ids of the papers that are hidden."""
        return frozenset(arxiv_id for arxiv_id, mark in self.listed().items() if mark.is_hidden)

    def change(self, arxiv_id: str, change: MarkChange) -> Mark:
        """Change what is noted of a paper, and keep nothing where nothing is left.

        Raises:
            InputError: as with `MarkChange.of`; nothing is changed.
        """
        with self._file.transaction(SAVING_SECONDS) as connection:
            former = self.listed().get(arxiv_id, Mark(arxiv_id))
            mark = replace(change.of(former), changed=datetime.now(UTC))
            if mark.is_empty:
                connection.execute("DELETE FROM marks WHERE arxiv_id = ?", (arxiv_id,))
                return replace(mark, changed=None)
            tags = json.dumps(mark.tags, ensure_ascii=False)
            changed = datetime.isoformat(mark.changed or datetime.now(UTC), timespec="microseconds")
            flags = (mark.is_read, mark.is_starred, mark.is_hidden)
            connection.execute(
                "INSERT INTO marks (arxiv_id, is_read, is_starred, is_hidden, note, tags, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (arxiv_id) DO UPDATE SET"
                " (is_read, is_starred, is_hidden, note, tags, changed_at) = (excluded.is_read, excluded.is_starred,"
                " excluded.is_hidden, excluded.note, excluded.tags, excluded.changed_at)",
                (arxiv_id, *flags, mark.note, tags, changed),
            )
            return mark
