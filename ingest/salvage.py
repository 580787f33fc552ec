"""Makes a new library file of all that a damaged one still proves to hold, and puts the damaged one aside.

copy → header and schema as they must be → rows, past broken pages → those whose checksum holds, or whose one flipped
bit is found → what belongs together → a file on the disk → in the place of the damaged one, which is kept
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingest.checksums import TABLES, Value, columns, holds
from ingest.damage import Row, TableState, named, problems_of, proved, shortfall, sum_of
from ingest.database import text_hash
from ingest.errors import LibraryError, LibraryLockedError
from ingest.files import copy_file, remove, replace, sync_file, sync_folder
from ingest.paper import Paper
from ingest.sentences import split_sentences
from ingest.sqlite import DATABASE_ERRORS, Connection, made_in_format, migrations, opened_as_stored

_SEARCHED_AT_MOST = 500
"""Rows for whose flipped bit is looked for, a tenth of a second each; more are no flipped bits."""
_MAGIC = b"SQLite format 3\x00"
_HEADER = _MAGIC + bytes([0x10, 0x00, 1, 1, 0, 64, 32, 32])
"""How every file begins that Daybook makes: pages of 4,096 bytes, no write-ahead log needed to read the copy."""
_SCHEMA_FORMAT_AT, _ENCODING_AT, _USER_VERSION_AT = 44, 56, 60
"""Where the header keeps the format of the schema (4), the encoding of text (1, UTF-8) and the library's format."""
_PARTS = ("versions", "listings", "origins", "chunks", "sentences")
"""The tables whose rows belong to a paper."""
_DERIVED = frozenset({"chunks", "sentences"})
_MADE_ANEW = _DERIVED | {"state"}
"""Tables of which nothing that is lost is lost for good."""
_TOLD = 5


@dataclass(slots=True)
class Salvage:
    """What was mended, and what was lost with the way to bring it back; `aside` is where the damaged file is kept."""

    aside: Path
    mended: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def salvage(path: Path) -> Salvage:
    """Put a file in the place of a damaged one that holds all of it that can be proved. Needs the library's `writer`.

    A process that dies on the way leaves the damaged file where it was, or the new one.

    Raises:
        LibraryLockedError: another process has the file open.
        LibraryError: the disk is full, or nothing of the file can be read.
    """
    try:
        return _salvaged(path)
    except (OSError, *DATABASE_ERRORS) as error:
        raise LibraryError(
            f"the damaged file {path} could not be mended ({error}); it is as it was: "
            "free some disk space and run the same again"
        ) from error


def _salvaged(path: Path) -> Salvage:
    _use_alone(path)
    copy, following = (path.with_name(f"{path.name}.{name}") for name in ("copy", "mending"))
    report = Salvage(path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"))
    try:
        for stale in (copy, following):
            _remove(stale)
        _copy_files(path, copy)
        number = _readable(copy)
        with closing(opened_as_stored(copy)) as damaged, closing(made_in_format(following, number)) as made:
            made.execute("BEGIN")
            _Salvaging(damaged, made, report).take_all()
            if _is_empty(made):
                if not _is_of_sqlite(path):
                    raise LibraryError(f"nothing of {path} can be read; move it away, and ingest your sources again")
                report.lost.append("nothing of it can be read; ingest your sources again")
            made.execute("COMMIT")
        sync_file(following)
        _copy_files(path, report.aside)
        sync_folder(path.parent)
        for beside in _beside(path):
            remove(beside)
        replace(following, path)
        sync_folder(path.parent)
    finally:
        for stale in (copy, following):
            _remove(stale)
    return report


def _is_empty(made: Connection) -> bool:
    return not any(
        made.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608 - our own names
        for table in {"papers", "conversations", "follows", "marks"}.intersection(_tables(made))
    )


def _is_of_sqlite(path: Path) -> bool:
    """Whether a file begins as SQLite's do, or lost just that beginning; any other is none that a library put there."""
    with path.open("rb") as file:
        beginning = file.read(len(_MAGIC))
    return beginning == _MAGIC or not any(beginning)


def only_the_format_is_wrong(path: Path) -> bool:
    """Whether a file that calls itself newer is of this format in all else: then that number is damaged."""
    with closing(opened_as_stored(path)) as connection:
        return len(problems_of(connection)) == 1 and _format_of(connection) == len(migrations())


# ---- files


def _use_alone(path: Path) -> None:
    """Bring what a write-ahead log holds into the file, so that the file alone is all there is, and ours alone.

    Where the file is too broken for that, its log cannot be read either, and is put aside with it.
    """
    try:
        with closing(opened_as_stored(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except DATABASE_ERRORS as error:
        if "locked" in str(error):
            raise LibraryLockedError(
                f"the library {path.parent} is open in another program; close it (daybook serve) to mend the file"
            ) from error


def _beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm", "-journal")]


def _copy_files(path: Path, to: Path) -> None:
    for one, other in zip((path, *_beside(path)), (to, *_beside(to)), strict=True):
        if one.exists() and not one.name.endswith("-shm"):
            copy_file(one, other)
            sync_file(other)


def _remove(path: Path) -> None:
    for one in (path, *_beside(path)):
        remove(one)


# ---- header and schema


def _readable(copy: Path) -> int:
    """Make the copy one that SQLite can open; the format that it is of: the newest of which it has all columns."""
    newest = len(migrations())
    with suppress(*DATABASE_ERRORS), closing(opened_as_stored(copy)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (number := _format_of(connection)) is not None:
            return number
    _mend_header(copy)
    with suppress(*DATABASE_ERRORS):
        _mend_schema(copy, newest)
    return newest


def _format_of(connection: Connection) -> int | None:
    for number in range(len(migrations()), 0, -1):
        with closing(made_in_format(None, number)) as made:
            if all(_columns(connection, name) == _columns(made, name) for name in _tables(made)):
                return number
    return None


def _tables(made: Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'papers\\_%' ESCAPE '\\'"
    return [name for (name,) in made.execute(query) if not name.startswith("sqlite_")]


def _columns(connection: Connection, table: str) -> list[Value]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _mend_header(copy: Path) -> None:
    with copy.open("r+b") as file:
        file.write(_HEADER)
        for place, value in ((_SCHEMA_FORMAT_AT, 4), (_ENCODING_AT, 1), (_USER_VERSION_AT, len(migrations()))):
            file.seek(place)
            file.write(value.to_bytes(4, "big"))


def _mend_schema(copy: Path, number: int) -> None:
    """Write the schema of a format over that of the copy; only where its tables begin cannot be known."""
    with closing(made_in_format(None, number)) as made:
        sound = made.execute("SELECT type, name, tbl_name, sql, rowid FROM sqlite_master").fetchall()
    with closing(opened_as_stored(copy)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany(
            "UPDATE sqlite_master SET (type, name, tbl_name, sql) = (?, ?, ?, ?) WHERE rowid = ?", sound
        )


# ---- rows


def rows_past_damage(connection: Connection, table: str, shown: str) -> Iterator[Row]:
    """All rows of a table that can be read, in no order, some perhaps twice: forwards, backwards, and by number."""
    try:
        yield from connection.execute(f"SELECT {shown} FROM {table} NOT INDEXED")  # noqa: S608 - our own names
        return
    except DATABASE_ERRORS:
        pass
    order = _ORDERS.get(table, "rowid")
    backwards = ", ".join(f"{column} DESC" for column in order.split(", "))
    with suppress(*DATABASE_ERRORS):
        yield from connection.execute(f"SELECT {shown} FROM {table} ORDER BY {backwards}")  # noqa: S608
    first = order.partition(",")[0]
    for number in range(1, _highest(connection, table, first) + 1):
        with suppress(*DATABASE_ERRORS):
            yield from connection.execute(f"SELECT {shown} FROM {table} WHERE {first} = ?", (number,))  # noqa: S608


_ORDERS = {
    "listings": "paper, day, category, basis",
    "sentences": "paper, number",
    "origins": "source, paper, day, category, basis, version, text",
    "rejections": "file, line, reason",
    "fetched_days": "category, day",
    "conversations": "id",
    "turns": "conversation, number",
    "marks": "arxiv_id",
    "state": "key",
}
"""In which order the tables stand that have no numbers of rows."""


def _highest(connection: Connection, table: str, column: str) -> int:
    """The highest number that a column of rows can have, 0 where it holds none."""
    for query in (
        f"SELECT max({column}) FROM {table}",  # noqa: S608 - our own names
        "SELECT max(row) FROM papers",
        "SELECT max(rowid) FROM versions",
    ):
        with suppress(*DATABASE_ERRORS):
            (highest,) = connection.execute(query).fetchone()
            return min(highest, _HIGHEST_PROBED) if isinstance(highest, int) else 0
    return 0


_HIGHEST_PROBED = 5_000_000
"""A row number beyond is damage itself: a library of all of arXiv has three million papers."""


class _Salvaging:
    """One salvage: rows of the damaged file on their way into the one that is made."""

    def __init__(self, damaged: Connection, made: Connection, report: Salvage) -> None:
        self._damaged = damaged
        self._made = made
        self._report = report
        self._names: dict[Value, str] = {}
        self._unproved: dict[str, list[Row]] = {}
        self._derived_is_whole = True

    def take_all(self) -> None:
        """Bring over every table, then see that what is there belongs together."""
        if not _columns(self._made, "sums"):
            self._take_unchecked()
            return
        self._made.execute("DELETE FROM state")
        held = _tables(self._made)  # an older format lacks the newest
        for table in TABLES:
            if table in held:
                self._take(table)
        self._restore_texts()
        self._take_state()
        self._number_turns()
        self._count_turns()
        self._leave_out_papers()
        self._leave_out_origins()
        self._clear_derived()
        self._tell_unproved()

    def _take(self, table: str) -> None:
        state, seen = TableState(), set[int]()
        for row in rows_past_damage(self._damaged, table, columns(table)):
            if (key := hash(row)) in seen:
                continue
            seen.add(key)
            if state.count(table, row):
                self._put(table, row)
        left: list[Row] = []
        for number, row in enumerate(state.damaged):
            proof = proved(table, row) if number < _SEARCHED_AT_MOST else None
            if proof is None or not self._put(table, proof):
                left.append(row)
        if table == "papers":
            self._names |= dict(self._made.execute("SELECT row, arxiv_id FROM papers"))
        if mended := len(state.damaged) - len(left):
            self._report.mended.append(f"{mended} rows of {table} had a flipped bit, which their checksums prove")
        self._unproved[table] = left
        if (found := shortfall(table, state, sum_of(self._damaged, table))) is not None:
            is_loss = found.is_loss and table not in _MADE_ANEW
            self._derived_is_whole = self._derived_is_whole and table not in _DERIVED
            back = "; ingest your sources again" if is_loss else ""
            (self._report.lost if is_loss else self._report.mended).append(f"{found.problem}{back}")

    def _put(self, table: str, row: Row) -> bool:
        """Put a row into the new file, once; its checksum is made anew there, and is the same."""
        marks = ", ".join("?" * len(TABLES[table]))
        put = f"INSERT OR IGNORE INTO {table} ({', '.join(TABLES[table])}) VALUES ({marks})"  # noqa: S608 - our names
        return self._made.execute(put, row[:-1]).rowcount > 0

    def _take_unchecked(self) -> None:
        """A file of an older format has no checksums: all that is text and numbers is believed."""
        for table in _tables(self._made):
            if table == "papers_text":
                continue
            names = _columns(self._made, table)
            shown = ", ".join(map(str, names))
            put = f"INSERT OR REPLACE INTO {table} ({shown}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
            if table == "state":  # a file that was migrated in part counts what its format does not know yet
                put = "UPDATE state SET value = ?2 WHERE key = ?1"
            lost = 0
            for row in rows_past_damage(self._damaged, table, shown):
                try:
                    self._made.execute(put, row)
                except (*DATABASE_ERRORS, UnicodeEncodeError):
                    lost += 1
            if lost:
                self._report.lost.append(f"{lost} rows of {table} could not be read; ingest your sources again")
        if _columns(self._made, "turns"):
            self._number_turns()

    # ---- what can be told from elsewhere

    def _restore_texts(self) -> None:
        """A paper's text stands also in its history: where one is damaged, the other is tried against its checksum."""
        for table, other in (("papers", "versions"), ("versions", "papers")):
            left = []
            for row in self._unproved[table]:
                found = next((one for one in self._with_texts(table, row, other) if holds(table, one)), None)
                if found is None:
                    left.append(row)
                    continue
                self._put(table, found)
                self._names |= dict(self._made.execute("SELECT row, arxiv_id FROM papers"))
                self._report.mended.append(f"the text of {named(table, found, self._names)} is as it was saved")
            self._unproved[table] = left

    def _with_texts(self, table: str, row: Row, other: str) -> Iterator[Row]:
        names = TABLES[table]
        at = [names.index(name) for name in ("title", "abstract")]
        column = "paper" if other == "versions" else "row"
        owner = row[names.index("row" if table == "papers" else "paper")]
        if not isinstance(owner, int):
            return
        for texts in self._made.execute(f"SELECT title, abstract FROM {other} WHERE {column} = ?", (owner,)):  # noqa: S608
            changed = list(row)
            for place, text in zip(at, texts, strict=True):
                changed[place] = text
            yield tuple(changed)

    def _take_state(self) -> None:
        """Every counter moves on, so that whatever is kept elsewhere is looked at again."""
        kept = dict(self._made.execute("SELECT key, value FROM state"))
        now = int(time.time())  # more than any counter can be that is lost
        for key in ("generation", "rewrites", "removals"):
            self._made.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (key, kept.get(key, now) + 1))
        for key, value in (("sealed_text", 0), ("sealed_generation", -1)):
            self._made.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (key, value))
        self._unproved["state"] = []
        with suppress(*DATABASE_ERRORS):
            highest = self._damaged.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'chunks'").fetchone()[0]
            if isinstance(highest, int) and 0 < highest < _HIGHEST_PROBED:
                self._made.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'chunks'", (highest,))

    # ---- what belongs together

    def _number_turns(self) -> None:
        """Turns without their conversation go; those that are left are counted from 1 again."""
        self._made.execute("DELETE FROM turns WHERE conversation NOT IN (SELECT id FROM conversations)")
        query = (
            "SELECT conversation, number, row_number() OVER (PARTITION BY conversation ORDER BY number) FROM turns"
            " ORDER BY conversation, number"
        )
        for conversation, number, place in self._made.execute(query).fetchall():
            if number != place:
                self._made.execute(
                    "UPDATE turns SET number = ? WHERE conversation = ? AND number = ?", (place, conversation, number)
                )

    def _count_turns(self) -> None:
        """A conversation has the turns that are left; it is named where more are lost than the damaged rows tell."""
        left_out = Counter(row[0] for row in self._unproved["turns"])
        query = "SELECT id, turns, (SELECT count(*) FROM turns WHERE conversation = id) FROM conversations ORDER BY id"
        for conversation, saved, count in self._made.execute(query).fetchall():
            if saved == count:
                continue
            self._made.execute("UPDATE conversations SET turns = ? WHERE id = ?", (count, conversation))
            if (missing := saved - count - left_out[conversation]) > 0:
                whose = named("conversations", (conversation,), self._names)
                self._report.lost.append(
                    f"{missing} turns of the conversation {whose} are missing; {_WAYS_BACK['turns']}"
                )

    def _leave_out_papers(self) -> None:
        """A paper without its text, its history or its listings goes wholly, to be ingested again."""
        query = (
            "SELECT row FROM papers WHERE row NOT IN (SELECT paper FROM listings)"
            " OR NOT EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = papers.row"
            "                AND v.title = papers.title AND v.abstract = papers.abstract)"
        )
        gone = {row for (row,) in self._made.execute(query)}
        for table in _PARTS:
            query = f"SELECT DISTINCT paper FROM {table} WHERE paper NOT IN (SELECT row FROM papers)"  # noqa: S608
            gone |= {row for (row,) in self._made.execute(query)}
        gone |= {row[0] for row in self._unproved["papers"] if isinstance(row[0], int) and row[0] not in self._names}
        for row in sorted(gone):
            self._report.lost.append(f"arXiv:{self._name_of(row)} is damaged and was taken out; {self._way_back(row)}")
            for table in _PARTS:
                self._made.execute(f"DELETE FROM {table} WHERE paper = ?", (row,))  # noqa: S608
            self._made.execute("DELETE FROM papers WHERE row = ?", (row,))
        self._unproved["papers"] = []

    def _name_of(self, row: int) -> str:
        """The arXiv id of a paper whose row may be lost: its chunks are named after it."""
        if row in self._names:
            return self._names[row]
        found = self._made.execute("SELECT chunk_id FROM chunks WHERE paper = ?", (row,)).fetchone()
        damaged = next((str(one[1]) for one in self._unproved["papers"] if one[0] == row), "")
        return str(found[0]).rpartition("v")[0] if found else f"{damaged or 'unknown'} (its id may be damaged)"

    def _way_back(self, row: Value) -> str:
        """What brings a paper back: the files that brought it."""
        sources = [s for (s,) in self._made.execute("SELECT DISTINCT source FROM origins WHERE paper = ?", (row,))]
        return _way_back(sources)

    def _leave_out_origins(self) -> None:
        """An origin whose text or listing is lost goes too, so that its file brings them back when it is ingested."""
        texts = {
            (paper, version, text_hash(title, abstract))
            for paper, version, title, abstract in self._made.execute(
                "SELECT paper, version, title, abstract FROM versions"
            )
        }
        query = "SELECT paper, version, text, source FROM origins"
        for paper, version, text, source in self._made.execute(query).fetchall():
            if (paper, version, text) not in texts:
                self._made.execute(
                    "DELETE FROM origins WHERE paper = ? AND version = ? AND text = ?", (paper, version, text)
                )
                self._report.lost.append(
                    f"a text of {named('origins', (paper,), self._names)} is lost; {_way_back([source])}"
                )

    def _clear_derived(self) -> None:
        """Where parts of papers are lost, all parts of those papers go, to be made anew."""
        if self._derived_is_whole and not any(self._unproved[table] for table in _DERIVED):
            return
        from ingest.chunking import split_chunks  # noqa: PLC0415 - it imports llama-index, and little is ever salvaged

        query = (
            "SELECT row, arxiv_id, title, abstract, (SELECT count(*) FROM chunks WHERE paper = row),"
            " (SELECT count(*) FROM sentences WHERE paper = row) FROM papers"
        )
        for row, arxiv_id, title, abstract, chunks, sentences in self._made.execute(query).fetchall():
            paper = Paper(arxiv_id, title, abstract, url="")
            if (chunks, sentences) != (len(split_chunks(paper)), len(split_sentences(abstract))):
                for table in _DERIVED:
                    self._made.execute(f"DELETE FROM {table} WHERE paper = ?", (row,))  # noqa: S608

    def _tell_unproved(self) -> None:
        for table, rows in self._unproved.items():
            for row in rows[:_TOLD]:
                if table in _DERIVED:
                    continue
                whose = named(table, row, self._names)
                paper = row[TABLES[table].index("paper")] if "paper" in TABLES[table] else None
                back = self._way_back(paper) if paper is not None else _WAYS_BACK.get(table, "")
                self._report.lost.append(f"a row of {table} is damaged and was left out: {whose}; {back}")
            if len(rows) > _TOLD and table not in _DERIVED:
                self._report.lost.append(f"{len(rows) - _TOLD} more rows of {table} are damaged and were left out")
            if rows and table in _DERIVED:
                self._report.mended.append(f"{len(rows)} rows of {table} were damaged, and are made anew")


_WAYS_BACK = {
    "fetched_days": "it is fetched again when you ask for it",
    "rejections": "it only told why something was not taken",
    "conversations": "the conversation is lost",
    "turns": "what was said there is lost",
    "follows": "follow it again: daybook follow",
    "marks": "mark the paper again: daybook mark",
}


def _way_back(sources: Iterable[str]) -> str:
    files = " ".join(sorted(sources)[:_TOLD])
    return f"ingest again: daybook ingest {files}" if files else "ingest the sources that brought it again"
