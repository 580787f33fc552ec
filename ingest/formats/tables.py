"""Papers in tables: CSV with named columns, and the tables and headings that daily bots keep in Markdown."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ingest.formats.records import Fields, has_id, is_paper, items_of_record, plain_fields
from ingest.identity import told_identity
from ingest.metadata import LONGEST_ABSTRACT, Place
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import LONGEST_LINE, Stream

_DELIMITERS = (",", "\t", ";")
_NEW_ROW = re.compile(r'"?(?:arXiv:)?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"?[,;\t]')
_MOST_ROW_LINES = 500  # of a quoted field with line breaks
_MOST_ROW_CHARACTERS = 1 << 20
_LINK = re.compile(r"\[([^\[\]]{0,1000})\]\(\s*<?([^()\s<>]{1,1000})>?\s*\)")
_EMPHASIS = re.compile(r"^[*_`\s]+|[*_`\s]+$")
_WITHOUT_PAPER = ("publishdate", "date", "author", "code")  # columns
_LEAST_SIGNS = 3  # of a row: four columns, though one sign be missing
_ROW = re.compile(r"\s*\|.*\|\s*")
_RULE = re.compile(r"[\s|:-]+")
_LONGEST_RULE = 200
_TOLD = 80
_CUT_HEADING = re.compile(r"#{2,4}\s*\[\d+\]\s*\[")
_BOT_COLUMNS = ("publishdate", "title", "authors", "pdf", "code")
_HEADED = re.compile(r"#{2,4}\s*(?:\[\d+\]|\d+\.)?\s*\[(?P<title>.{1,2000})\]\((?P<link>[^()\s]{1,1000})\)\s*")
_LABEL = re.compile(
    r"\*{0,2}(Main category|Category|Categories|Abstract|Summary|Comments?|Authors?|Date|Published)\*{0,2}\s*:"
    r"\s*\*{0,2}\s*(.*)",
    re.IGNORECASE,
)
_ITALIC = re.compile(r"[*_]([^*_].*[^*_]|[^*_])[*_]")
_TAG = re.compile(r"</?(?:details|summary|div|p|br|a)\b[^<>]{0,300}>", re.IGNORECASE)


# ---- CSV


def is_table(start: str) -> bool:
    """Whether a text begins with a row of column names that a paper has."""
    header = start.partition("\n")[0].rstrip("\r")
    try:
        columns = next(csv.reader([header], delimiter=_delimiter(header)), [])
    except csv.Error:
        return False
    return is_paper(plain_fields(dict.fromkeys(columns)))


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def read_csv(
    stream: Stream, file: str, selection: Selection = EVERYTHING, file_day: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers, and the rows that cannot be taken, each with its line."""
    csv.field_size_limit(LONGEST_LINE)
    lines = enumerate(stream.text_lines(), start=1)
    header = next((text for _, text in lines if text), "")
    delimiter = _delimiter(header)
    columns = [key for name in _values(header, delimiter) for key in plain_fields({name: None})]
    for number, (row, line) in enumerate(_rows(lines, delimiter, columns), start=1):
        fields = _fields_of_csv(row, delimiter, columns)
        yield from stream.counted(items_of_record(fields, Place(file, line, number), selection, file_day))


def _values(row: str, delimiter: str) -> list[str]:
    """The fields of a row.

    Raises:
        csv.Error: its quotes do not fit.
    """
    return next(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter, strict=True), [])


def _fields_of_csv(row: str, delimiter: str, columns: Sequence[str]) -> Fields | str:
    """A row by its columns, or why it is none."""
    try:
        values = _values(row, delimiter)
    except csv.Error as error:
        return f"a row that is broken: {error}"
    if len(values) != len(columns):
        return f"a row with {len(values)} fields where there are {len(columns)} columns"
    return dict(zip(columns, values, strict=True))


def _rows(lines: Iterable[tuple[int, str | None]], delimiter: str, columns: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The rows with their lines; one may go over several lines while its quotes are open, but not into the next row."""
    held: list[str] = []
    begun = quotes = characters = 0
    for number, line in lines:
        text = " " * _MOST_ROW_CHARACTERS if line is None else line
        is_full = len(held) > _MOST_ROW_LINES or characters > _MOST_ROW_CHARACTERS
        if held and (is_full or _is_next_row(text, delimiter, columns)):
            yield "\n".join(held), begun
            held = []
        if not held:
            begun, quotes, characters = number, 0, 0
        if text or held:
            held.append(text)
            quotes += text.count('"')
            characters += len(text)
        if held and quotes % 2 == 0:
            yield "\n".join(held), begun
            held = []
    if held:
        yield "\n".join(held), begun


def _is_next_row(line: str, delimiter: str, columns: Sequence[str]) -> bool:
    """Whether a line begins a row though quotes are open: it begins with an id, or is a whole row that has one."""
    if _NEW_ROW.match(line):
        return True
    if line.count(delimiter) < len(columns) - 1:
        return False
    fields = _fields_of_csv(line, delimiter, columns)
    return not isinstance(fields, str) and has_id(fields)


# ---- Markdown of bots


def fields_of_row(row: str, columns: Sequence[str] = _BOT_COLUMNS) -> Fields:
    """A row of a bot's table by its columns; of a link, the address.

    Where the link to the paper stands in a column that holds none, the cells are not those of their columns: a row
    with a sign too many or too few is left with its links.
    """
    cells = [
        _unescaped(cell.strip()) for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    ]
    fields = dict(zip(columns, cells, strict=False))
    links = [link for cell in cells for link in _addresses(cell)]
    linked = next((key for key, cell in fields.items() if any(map(told_identity, _addresses(cell)))), "")
    if not linked or linked.startswith(_WITHOUT_PAPER):
        return {"links": links}
    plain = {key: _EMPHASIS.sub("", _LINK.sub(lambda match: match[1], cell)) for key, cell in fields.items()}
    code = [link for key, cell in fields.items() if key.startswith("code") for link in _addresses(cell)]
    return {**plain, "links": links, "pdf": plain.get("pdf", ""), "code": code}


def _unescaped(cell: str) -> str:
    """A cell without the escapes of the signs that part cells; in a formula they may be the norm of LaTeX."""
    return cell if "$" in cell else cell.replace("\\|", "|")


def _addresses(cell: str) -> list[str]:
    return [match[2] for match in _LINK.finditer(cell)]


def has_bot_papers(lines: Iterable[str | None]) -> bool:
    """Whether a text has a row of a table, or a heading, with a link to a paper on arXiv."""
    return any(is_row_of_paper(line) or _headed(line) for line in lines if line)


def is_row_of_paper(line: str) -> bool:
    """Whether a line is a row with a link to a paper; the sign at its beginning or its end may be missing."""
    is_row = line.count("|") >= _LEAST_SIGNS and line.lstrip().startswith(("|", "*"))
    return is_row and any(told_identity(match[2]) for match in _LINK.finditer(line))


def _headed(line: str) -> re.Match[str] | None:
    match = _HEADED.fullmatch(line.strip())
    return match if match and told_identity(match["link"]) else None


def read_bot_markdown(
    stream: Stream, file: str, selection: Selection = EVERYTHING, file_day: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of the tables and of the headings of a text, and what cannot be taken."""
    for number, (fields, line) in enumerate(_records_of_bots(stream.text_lines()), start=1):
        yield from stream.counted(items_of_record(fields, Place(file, line, number), selection, file_day))


def _records_of_bots(lines: Iterable[str | None]) -> Iterator[tuple[Fields, int]]:
    """The rows of the tables and what stands below the headings, each as a record with its line."""
    columns: Sequence[str] = _BOT_COLUMNS
    in_code, in_table, headed = False, False, _Headed()
    for number, line in enumerate(lines, start=1):
        if line is None:
            headed.spoil()
            continue
        text = line
        in_code ^= text.startswith(("```", "~~~"))
        heading = None if in_code else _headed(text)
        is_row = not in_code and text.count("|") > 1 and _ROW.fullmatch(text) is not None
        is_paper_row = not in_code and is_row_of_paper(text)
        if headed.fields and (heading or is_paper_row or text.startswith("#")):
            yield headed.fields, headed.line
            headed = _Headed()
        if heading:
            headed = _Headed(heading, number)
        elif is_paper_row:
            yield fields_of_row(text, columns), number
        elif is_row and (named := _columns_of(text)):
            columns, in_table = named, True
        elif headed.fields:
            headed.take(text)
        elif not in_code and (_CUT_HEADING.match(text) or (in_table and text.startswith("|") and not _is_rule(text))):
            yield {"title": text.strip("|#* ")[:_TOLD]}, number
        in_table = in_table and bool(text.strip())
    if headed.fields:
        yield headed.fields, headed.line


def _is_rule(row: str) -> bool:
    """Whether a row is the line below the names of the columns."""
    return _RULE.fullmatch(row[:_LONGEST_RULE]) is not None


def _columns_of(row: str) -> Sequence[str]:
    """The columns that the head of a table names; none where a row is no head."""
    keys = [key for cell in row.strip().strip("|").split("|") for key in plain_fields({cell: None})]
    return keys if {"title", "papertitle"} & set(keys) else []


class _Headed:
    """A paper below a heading that links to it, its fields as labels in lines of their own."""

    def __init__(self, heading: re.Match[str] | None = None, line: int = 0) -> None:
        self.line = line
        self.fields: dict[str, str] = {"title": heading["title"], "url": heading["link"]} if heading else {}
        self._open = ""

    def spoil(self) -> None:
        """Leave the paper without its title: a line of it was too long to be read."""
        self.fields.pop("title", None)

    def take(self, line: str) -> None:
        """Read a line below the heading: a label, the authors in italics, or more of what was begun."""
        text = _TAG.sub(" ", line).strip()
        italic = _ITALIC.fullmatch(text)
        if match := _LABEL.match(text):
            self._open = next(iter(plain_fields({match[1]: None})))
            self.fields[self._open] = match[2]
        elif italic and "authors" not in self.fields:
            self.fields["authors"] = italic[1]
        elif self._open == "abstract" and text and len(self.fields["abstract"]) <= LONGEST_ABSTRACT:
            self.fields["abstract"] += f"\n{text}"
        if "</details" in line.lower():
            self._open = ""
