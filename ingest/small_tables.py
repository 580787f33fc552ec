"""Tables that are read whole each time: what somebody wrote, held against its checksums and their sum."""

from typing import Any

from ingest.checksums import TOTAL_MASK, columns, holds
from ingest.sqlite import SqliteFile


def whole_rows(file: SqliteFile, table: str, thing: str) -> list[tuple[Any, ...]]:
    """Every row of a table without its checksum, in the order of its key; all as they were saved, none missing.

    Raises:
        LibraryDamagedError: one is not, or is missing; the message calls a row by `thing` and its key.
    """
    rows = file.rows(
        f"SELECT s.rows, s.total, {columns(table, 't.')} FROM sums AS s"  # noqa: S608 - our own names
        f" LEFT JOIN {table} AS t NOT INDEXED ON TRUE WHERE s.name = ?",
        (table,),
    )
    found = [row[2:] for row in rows if row[-1] is not None]
    for row in found:
        if not holds(table, row):
            raise file.damaged(f"the {thing} {row[0]!a}")
    total = sum(row[-1] for row in found) & TOTAL_MASK
    if [(len(found), total)] != [row[:2] for row in rows[:1]]:
        raise file.damaged(f"the table of {table}")
    return sorted(row[:-1] for row in found)
