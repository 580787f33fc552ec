"""Papers in JSON: one object a line (arXiv's snapshot, bots), an array, one object, or objects within objects."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ingest.formats.json_values import DECODER, Broken, values_in
from ingest.formats.records import Fields, has_id, is_paper, is_whole_paper, items_of_record, plain_fields
from ingest.formats.tables import fields_of_row, is_row_of_paper
from ingest.metadata import Place
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import LONGEST_LINE, Stream, decoded

_DEEPEST = 5  # levels in which papers are looked for
_CODES = re.compile(r'"categories"\s*:\s*"[a-z][a-z-]*(?:\.(?:[A-Z]{2}|[a-z][a-z-]{2,}))?[ "]')


def read_json(
    stream: Stream, file: str, selection: Selection = EVERYTHING, file_day: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers, and what cannot be taken, each with its line.

    `file_day` is the day that the file is named by: the day of papers that have none of their own.
    """
    if _has_object_per_line(stream.start()):
        yield from _read_lines(stream, file, selection, file_day)
    else:
        yield from _read_values(stream, file, selection, file_day)


def _has_object_per_line(start: str) -> bool:
    """Whether each line is an object; of an object over many lines, the second begins with a field or a bracket."""
    first, _, rest = start.partition("\n")
    second = rest.lstrip("\r\n").partition("\n")[0].rstrip()
    following = second[:1]
    goes_on = not following or following.isspace() or following in set('",]}')
    is_array = first.lstrip().startswith("[")
    is_object = following == "{" and len(second) > 1
    return not is_array and (is_object or (first.rstrip().endswith("}") and not goes_on and second != "{"))


def _read_lines(stream: Stream, file: str, selection: Selection, file_day: date | None) -> Iterator[Entry | Rejection]:
    lists_codes = _CODES.search(stream.start()) is not None  # as arXiv's snapshot does: others may name categories
    wanted = (selection.category or "").encode() if lists_codes else b""
    for number, line in stream.lines_holding(wanted):  # most lines of a snapshot are passed over without parsing them
        if line is None:
            yield Rejection(file, number, f"a line of over {LONGEST_LINE >> 20} MB")
        elif line.strip():
            yield from stream.counted(_read_line(decoded(line), Place(file, number, number), selection, file_day))


def _read_line(line: str, place: Place, selection: Selection, file_day: date | None) -> Iterator[Entry | Rejection]:
    """What a line holds; of a broken one, whole papers, which stand there where two lines became one."""
    try:
        value = DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        yield Rejection(place.file, place.line, f"no JSON: {str(error)[:120]}")
        for value, _ in values_in([line], _holds_paper):
            for fields in _papers_in(value):
                if is_whole_paper(fields):
                    yield from items_of_record(fields, place, selection, file_day)
        return
    yield from _items(value, place, selection, file_day)


def _items(value: Any, place: Place, selection: Selection, file_day: date | None) -> Iterator[Entry | Rejection]:
    found = False
    for fields in _papers_in(value):
        found = True
        yield from items_of_record(fields, place, selection, file_day)
    if not found:
        lacks = "it has no two of arXiv id, title, abstract and categories"
        yield Rejection(place.file, place.line, f"{_kind(value)} that holds no paper: {lacks}")


def _is_about_another(value: dict[str, Any], fields: Fields) -> bool:
    """Whether a record without an id of its own has a paper within it, whose title it repeats."""
    within = [child for child in value.values() if isinstance(child, dict) and is_paper(plain_fields(child))]
    return bool(within) and not has_id(fields)


def _holds_paper(value: Any) -> bool:
    return any(True for _ in _papers_in(value))


def _kind(value: object) -> str:
    return "a JSON object" if isinstance(value, dict) else "a JSON array" if isinstance(value, list) else "a JSON value"


def _papers_in(value: Any, depth: int = 0) -> Iterator[Fields]:
    """The records of papers in a value: itself, those in its lists and fields, rows of tables by their ids."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        fields = plain_fields(value)
        if is_whole_paper(fields) and not _is_about_another(value, fields):
            yield fields
            return
        within = [
            found
            for child in value.values()
            if isinstance(child, dict | list)
            for found in _papers_in(child, depth + 1)
        ]
        if is_paper(fields) and not within:
            yield fields
            return
        yield from within
        for child in value.values():
            if isinstance(child, str) and child[:1] == "|" and is_row_of_paper(child):
                yield fields_of_row(child)
    elif isinstance(value, list):
        for child in value:
            yield from _papers_in(child, depth + 1)


# ---- objects over several lines


def _read_values(stream: Stream, file: str, selection: Selection, file_day: date | None) -> Iterator[Entry | Rejection]:
    number = 0
    for value, line in values_in(stream.text_blocks(), _holds_paper):
        number += 1
        if not isinstance(value, Broken):
            yield from stream.counted(_items(value, Place(file, line, number), selection, file_day))
            continue
        stream.failed()
        if value.reason:
            yield Rejection(file, line, f"no JSON: {value.reason[:120]}")
    if not number:
        yield Rejection(file, 1, "JSON that holds no paper")
