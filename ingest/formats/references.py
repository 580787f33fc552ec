"""What reference managers export: BibTeX and RIS; CSL JSON is read as JSON."""

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry as Model

from ingest.formats.kinds import BIBTEX_ENTRY, RIS_RECORD
from ingest.formats.records import Fields, items_of_record, plain_fields
from ingest.metadata import Place
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import Stream

_NO_ENTRY = frozenset({"comment", "preamble", "string"})
_STRING = re.compile(r"\s*@\s*string\s*[{(]\s*([\w:-]{1,100})\s*=", re.IGNORECASE)
_MOST_STRINGS = 2_000
_LONGEST_STRING = 2_000
_MOST_CHARACTERS = 1 << 20  # of an entry: several times the longest, the authors of a collaboration among them
_TOO_LONG = f"an entry of over {_MOST_CHARACTERS >> 20} million characters"
_BRACE = re.compile(r"(?<!\\)[{}]")
_MATH = re.compile(r"(?<!\\)(\$(?:[^$\\]|\\.)*\$)")
_SIGNS = {
    "textless": "<", "textgreater": ">", "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~",
    "textbar": "|", "textquotedbl": '"',
}  # fmt: skip
_NAMED_SIGN = re.compile(rf"\{{\\({'|'.join(_SIGNS)})(?:\{{\}})?\}}|\\({'|'.join(_SIGNS)})(?:\{{\}}|(?![A-Za-z]))")
_ESCAPED_MATH = re.compile(r"\\\$[^$]{0,500}\\[_{][^$]{0,500}\\\$")
_ESCAPE = re.compile(r"\\([#$%&_{}])|[{}]")

_RECORD_END = re.compile(r"^ER {1,2}-.*$", re.MULTILINE)
_BEHIND_RECORD = re.compile(r"^ER {1,2}-.*\n\s*\S", re.MULTILINE)

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it cannot read, a rejection says


# ---- BibTeX


def read_bibtex(
    stream: Stream, file: str, selection: Selection = EVERYTHING, _: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers, and the entries that cannot be taken, each with its line."""
    strings: dict[str, str] = {}
    number = 0
    for text, line in _slices(stream, BIBTEX_ENTRY, is_long_entry=True):
        begin = BIBTEX_ENTRY.match(text)
        if (string := _STRING.match(text)) and len(strings) < _MOST_STRINGS:
            strings[string[1]] = text[:_LONGEST_STRING]
        is_none = begin is None or begin[1].lower() in _NO_ENTRY
        if is_none and len(text) <= _MOST_CHARACTERS:
            continue
        number += 1
        for fields in _entries_of_bibtex(text, strings):
            yield from stream.counted(items_of_record(fields, Place(file, line, number), selection))


def _entries_of_bibtex(text: str, strings: Mapping[str, str]) -> list[Fields | str]:
    """The fields of the entries that begin in a line, or what is wrong; `strings` are abbreviations by name."""
    if len(text) > _MOST_CHARACTERS:
        return [_TOO_LONG]
    used = "\n".join(string for name, string in strings.items() if name in text)
    read = parse_string(f"{used}\n{text}")
    broken = [str(block.raw) for block in read.failed_blocks] or ([] if read.entries else [text])
    told = [f"an entry of BibTeX that is broken: “{raw.strip()[:60].splitlines()[0]}”" for raw in broken]
    return [*map(_fields_of_bibtex, read.entries), *told]


def _fields_of_bibtex(entry: Model) -> Fields:
    fields = {field.key: _plain_value(str(field.value)) for field in entry.fields}
    authors = {key: re.split(r"\s+and\s+", fields[key]) for key in ("author", "Author") if key in fields}
    return plain_fields({**fields, **authors})


def _plain_value(value: str) -> str:
    """A value as it was before it was written as BibTeX.

    Zotero escapes the signs of formulas too, so that no formula is left; such a value is the LaTeX that it came from.
    """
    has_formulas = _MATH.search(value) is not None
    if has_formulas or not (_NAMED_SIGN.search(value) or _ESCAPED_MATH.search(value)):
        return _unbraced(value)
    parts = _NAMED_SIGN.split(value)  # a text, then a sign in braces or None, a sign without or None, a text, and so on
    signs = [_SIGNS[one or other] for one, other in zip(parts[1::3], parts[2::3], strict=True)]
    texts = [_ESCAPE.sub(lambda match: match[1] or "", part) for part in parts[::3]]
    return "".join(text + sign for text, sign in zip(texts, [*signs, ""], strict=True))


def _unbraced(value: str) -> str:
    """A value without the braces that keep capitals; those of formulas and of commands are LaTeX's."""
    if "\\" not in value:
        return "".join(part if part.startswith("$") else _BRACE.sub("", part) for part in _MATH.split(value))
    return re.sub(r"(?<![\\\w^_}\]])\{([^{}\\$]*)\}", r"\1", value)


# ---- RIS


def read_ris(
    stream: Stream, file: str, selection: Selection = EVERYTHING, _: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers, and the records that cannot be taken, each with its line."""
    number = 0
    for text, line in _slices(stream, RIS_RECORD, is_long_entry=False):
        if not RIS_RECORD.match(text):
            continue
        number += 1
        yield from stream.counted(items_of_record(_fields_of_ris(text), Place(file, line, number), selection))
        if _BEHIND_RECORD.search(text):
            yield Rejection(
                file, line, "text behind the end of a record of RIS, perhaps a record without its beginning"
            )


def _fields_of_ris(text: str) -> Fields | str:
    """The fields of a record, or what is wrong with it; one without its end is read as far as it goes."""
    if len(text) > _MOST_CHARACTERS:
        return _TOO_LONG
    end = _RECORD_END.search(text)
    ended = text[: end.end()] if end else f"{text.rstrip()}\nER  - \n"
    try:
        record: dict[str, Any] = rispy.loads(ended)[0]
    except (OSError, ValueError, LookupError) as error:
        return f"a record of RIS that is broken: {str(error)[:120]}"
    links = record.get("urls", [])
    return plain_fields({**record, "title": record.get("primary_title") or record.get("title"), "links": links})


def _slices(stream: Stream, begins: re.Pattern[str], *, is_long_entry: bool) -> Iterator[tuple[str, int]]:
    """The text of a stream, cut before every line that begins an entry, each with its line.

    What is longer than any entry is given up to where that is certain; `is_long_entry` says whether a line that is
    too long to be read is taken to begin one.
    """
    held: list[str] = []
    begun, characters = 1, 0
    for number, line in enumerate(stream.text_lines(), start=1):
        text = " " * (_MOST_CHARACTERS + 1) if line is None else line
        if (line is None and is_long_entry) or begins.match(text[:_LONGEST_STRING]):
            if held:
                yield "\n".join(held), begun
            held, begun, characters = [], number, 0
        if characters <= _MOST_CHARACTERS:
            held.append(text)
            characters += len(text) + 1
    if held:
        yield "\n".join(held), begun
