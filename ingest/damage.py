"""Which rows of a library are not what was saved, and what a damaged row was, where that can be proved."""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

from ingest.checksums import TABLES, TOTAL_MASK, Value, checksum_of, columns, holds, message_of
from ingest.sqlite import DATABASE_ERRORS, Connection, made_in_format, migrations

Row = tuple[Value, ...]
"""The values of a row in the order of `TABLES`, then its checksum."""
_INTEGER_BYTES = (1, 2, 3, 4, 6, 8)
"""In how many bytes SQLite keeps an integer; its sign is the first bit of them."""
_PROBLEMS_TOLD = 20
_ROWS_TOLD = 3


@dataclass(slots=True)
class TableState:
    """What a scan of a table found: how many rows, how their checksums add up, and those that are damaged."""

    rows: int = 0
    total: int = 0
    damaged: list[Row] = field(default_factory=list)

    def count(self, table: str, row: Row) -> bool:
        """Count a row that was found; whether it is what was saved."""
        self.rows += 1
        if isinstance(row[-1], int):
            self.total = (self.total + row[-1]) & TOTAL_MASK
        if is_whole := holds(table, row):
            return is_whole
        self.damaged.append(row)
        return False


def problems_of(connection: Connection) -> list[str]:
    """What is wrong with a library's file, read as stored: its structure, its schema, its rows; each in one line.

    Where the structure is damaged nothing else is looked at: what can be read is told when it is mended.
    """
    try:
        structure = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_PROBLEMS_TOLD})")]
        if structure != ["ok"]:
            return [_one_line(problem) for problem in structure]
        return [*_schema_problems(connection), *_row_problems(connection)]
    except DATABASE_ERRORS as error:
        return [_one_line(str(error))]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _schema_problems(connection: Connection) -> Iterator[str]:
    newest = len(migrations())
    with closing(made_in_format(None, newest)) as sound:
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        if connection.execute(query).fetchall() != sound.execute(query).fetchall():
            yield "the tables, indexes or triggers are not those that Daybook makes"
    if connection.execute("PRAGMA user_version").fetchone() != (newest,):
        yield f"the file does not say that it is of format {newest}"


def _row_problems(connection: Connection) -> Iterator[str]:
    names: dict[Value, str] = dict(connection.execute("SELECT row, arxiv_id FROM papers"))
    for table in TABLES:
        state = TableState()
        for row in connection.execute(f"SELECT {columns(table)} FROM {table} NOT INDEXED"):  # noqa: S608 - our names
            state.count(table, row)
        if state.damaged:
            told = list(dict.fromkeys(named(table, row, names) for row in state.damaged))
            some = ", ".join(told[:_ROWS_TOLD]) + (" …" if len(told) > _ROWS_TOLD else "")
            yield f"{len(state.damaged)} rows of {table} are not what was saved: {some}"
        if (found := shortfall(table, state, sum_of(connection, table))) is not None:
            yield found.problem
    yield from _conversation_problems(connection)
    for table, *_ in connection.execute("PRAGMA foreign_key_check").fetchall()[:_PROBLEMS_TOLD]:
        yield f"a row of {table} points to no paper"
    (sequence,) = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'chunks'"
    ).fetchone()
    if sequence < connection.execute("SELECT coalesce(max(row), 0) FROM chunks").fetchone()[0]:
        yield "the counter of chunks is lower than their rows"


def _conversation_problems(connection: Connection) -> Iterator[str]:
    """Conversations that are refused for their turns, though every row is what was saved."""
    query = (
        "SELECT id FROM conversations WHERE (turns, turns) IS NOT (SELECT count(*), coalesce(max(number), 0)"
        " FROM turns WHERE conversation = id) ORDER BY id"
    )
    for (conversation,) in connection.execute(query).fetchall()[:_PROBLEMS_TOLD]:
        yield f"the conversation {_printable(conversation)} has not the turns that it must have"


def sum_of(connection: Connection, table: str) -> tuple[int, int] | None:
    """How many rows a table has and how their checksums add up, as kept; None where that cannot be read."""
    with suppress(*DATABASE_ERRORS):
        kept = connection.execute("SELECT rows, total FROM sums WHERE name = ?", (table,)).fetchone()
        return kept and (kept[0], kept[1])
    return None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a table has other than was saved; `is_loss` is False where only what is kept of its count is damaged."""

    problem: str
    is_loss: bool


def shortfall(table: str, state: TableState, kept: tuple[int, int] | None) -> Shortfall | None:
    """How a table differs from what is kept of it; None where it does not.

    A row that is lost changes the count and the sum: where one of the two still fits, the other is damaged itself.
    """
    if kept is None or _is_damaged_sum(state, kept):
        return Shortfall(f"what is kept of how many rows {table} has is damaged", is_loss=False)
    missing = kept[0] - state.rows
    if missing > 0:
        return Shortfall(f"{missing} rows of {table} are missing", is_loss=True)
    if missing < 0:
        return Shortfall(f"{-missing} rows of {table} were not saved by Daybook", is_loss=True)
    if kept[1] == state.total or state.damaged:  # damaged rows are told, and what they added is not known
        return None
    return Shortfall(f"rows of {table} are missing, and others in their place", is_loss=True)


def _is_damaged_sum(state: TableState, kept: tuple[int, int]) -> bool:
    if state.damaged:
        return False
    if kept[0] != state.rows:
        return kept[1] == state.total
    return (kept[1] ^ state.total).bit_count() == 1


def named(table: str, row: Row, names: dict[Value, str]) -> str:
    """Whose a row is, for a person: a paper by its arXiv id, as far as that can be told."""
    values = dict(zip(TABLES[table], row, strict=False))
    if table == "papers":
        return f"arXiv:{_printable(values['arxiv_id'])}"
    if "paper" in values:
        return f"arXiv:{_printable(names[values['paper']])}" if values["paper"] in names else "of a paper unknown"
    return _printable(row[0])


def _printable(value: Value) -> str:
    text = str(value)
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:80]


# ---- what a damaged row was


def proved(table: str, row: Row) -> Row | None:
    """The row of which one bit was flipped: its checksum holds, no other's would. None where it is not one bit."""
    values, checksum = row[:-1], row[-1]
    if not isinstance(checksum, int):
        return None
    computed = checksum_of(b"".join(message_of(table, values)))
    if (computed ^ checksum).bit_count() == 1:
        return (*values, computed)
    for place, value in enumerate(values):
        found: Value = None
        if isinstance(value, int):
            found = _integer(table, values, place, checksum)
        elif isinstance(value, str | bytes):
            found = _content(table, values, place, checksum)
        if found is not None:
            return (*values[:place], found, *values[place + 1 :], checksum)
    return None


def _integer(table: str, values: Sequence[Value], place: int, checksum: int) -> int | None:
    value = values[place]
    assert isinstance(value, int)  # noqa: S101 - for the type checker
    for size in _INTEGER_BYTES:
        with suppress(OverflowError):
            stored = bytearray(value.to_bytes(size, "big", signed=True))
            for bit in range(8 * size):
                stored[bit // 8] ^= 1 << bit % 8
                other = int.from_bytes(stored, "big", signed=True)
                stored[bit // 8] ^= 1 << bit % 8
                if holds(table, (*values[:place], other, *values[place + 1 :], checksum)):
                    return other
    return None


def _content(table: str, values: Sequence[Value], place: int, checksum: int) -> str | bytes | None:
    """The content with one bit flipped that the checksum proves."""
    parts = message_of(table, values)
    message = bytearray(b"".join(parts))
    start = sum(map(len, parts[: 2 * place + 2]))  # the table, then two parts of each value
    content = memoryview(message)[start : start + len(parts[2 * place + 2])]
    for position in range(len(content)):
        for bit in range(8):
            content[position] ^= 1 << bit
            if checksum_of(message) == checksum:
                found = bytes(content)
                return found if isinstance(values[place], bytes) else found.decode("utf-8", "surrogateescape")
            content[position] ^= 1 << bit
    return None
