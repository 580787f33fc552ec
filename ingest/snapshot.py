"""The public arXiv metadata snapshot: one JSON object a line, millions of lines, read as a stream."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from typing import Any

from ingest.identity import Identity, read_identity
from ingest.metadata import Metadata, Place, entry_of
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection

_VERSION = re.compile(r"v?([0-9]{1,4})")


def read_snapshot(lines: Iterable[bytes], file: str, selection: Selection = EVERYTHING) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers, one line at a time; a line that is no paper is a rejection.

    The day of a paper is the day of its first submission (UTC).
    """
    wanted = (selection.category or "").encode()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or wanted not in line:  # most lines are passed over without parsing them
            continue
        result = _read_line(line, file, number, selection)
        if result is not None:
            yield result


def _read_line(line: bytes, file: str, number: int, selection: Selection) -> Entry | Rejection | None:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Rejection(file, number, f"no JSON: {str(error)[:120]}")
    if not isinstance(record, dict):
        return Rejection(file, number, "a line that is no JSON object")
    metadata = Metadata(
        identity=_identity(record),
        raw_title=_text(record, "title"),
        raw_abstract=_text(record, "abstract"),
        comment=_text(record, "comments"),
        categories=_text(record, "categories").split(),
        day=_first_day(record),
        told_id=_text(record, "id"),
    )
    return entry_of(metadata, Place(file, number, number), selection)


def _identity(record: dict[str, Any]) -> Identity | None:
    found = read_identity(_text(record, "id"))
    return found and Identity(found.arxiv_id, _newest_version(record))


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", errors="ignore").decode()  # JSON can spell halves of characters


def _first_day(record: dict[str, Any]) -> date | None:
    try:
        created = parsedate_to_datetime(str(record["versions"][0]["created"]))
        return (created.astimezone(UTC) if created.tzinfo else created).date()
    except (LookupError, TypeError, ValueError, OverflowError):
        pass
    try:
        return date.fromisoformat(_text(record, "update_date"))
    except ValueError:
        return None


def _newest_version(record: dict[str, Any]) -> int:
    try:
        match = _VERSION.fullmatch(str(record["versions"][-1]["version"]))
    except (LookupError, TypeError):
        return 0
    return int(match[1]) if match else 0
