"""A comparison written down: for a terminal, as Markdown, CSV, LaTeX or JSON."""

import csv
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.answer import Claim
from assistant.answer.citation import Reference
from assistant.answer.table import Cell, NumberLine
from assistant.answering.contract import markers, reference_line
from assistant.comparing.build import Comparison
from assistant.comparing.reading import marked
from assistant.language.markdown import escaped_in_markdown as _plain
from ingest.latex.source import as_latex
from prompts import fill

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = 100
_LATEX_RAGGED = r"\raggedright\hspace{0pt}"  # or TeX would not divide the first word of a cell
_LATEX_BEGIN = r"\begin{tabular}{@{}p{0.22\textwidth}@{\hspace{0.03\textwidth}}p{0.7\textwidth}@{}}"
_LONG_WORD = re.compile(r"(\S{25,})")
_PIECES = re.compile(r"[^/.?&=#_:;,-]{1,20}[/.?&=#_:;,-]*|[/.?&=#_:;,-]+")


class TableFormat(StrEnum):
    """What a comparison is written as."""

    TABLE = "table"
    MARKDOWN = "markdown"
    CSV = "csv"
    LATEX = "latex"
    JSON = "json"


def written(comparison: Comparison, as_format: TableFormat) -> str:
    """The comparison in a format, without a line end after it."""
    return _WRITERS[as_format](comparison)


# ---- for people


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a comparison is told, and in which order: `lead` before all, the columns of `first` before the others.

    With `only`, no other columns are told.
    """

    first: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()


def as_text(comparison: Comparison, selection: Selection = Selection()) -> str:
    """The comparison as lines of text, without the list of papers."""
    table = comparison.table
    wanted = selection.only or table.columns
    order = dict.fromkeys((*selection.first, *(column for column in table.columns if column in wanted)))
    blocks = ["\n".join(filter(None, [*selection.lead, *map(_sentence, comparison.said)]))]
    blocks += [_column_text(comparison, column) for column in order]
    blocks += [_numbers_text(table.numbers, [note for note in table.notes if note not in selection.lead])]
    return "\n\n".join(filter(None, blocks))


def _column_text(comparison: Comparison, column: str) -> str:
    """A line for each paper that states something of a column, and one for all the others."""
    place = comparison.table.columns.index(column)
    stated = [row for row in comparison.table.rows if row.cells[place].is_stated]
    unstated = "".join(f"[{row.paper.number}]" for row in comparison.table.rows if not row.cells[place].is_stated)
    lines = [f"- {marked(row.name, row.paper)} [{row.paper.number}]: {_cell_text(row.cells[place])}" for row in stated]
    lines += [f"- {unstated}: {fill('compare_not_stated')}"] if unstated else []
    return "\n".join([f"{column.capitalize() if column.islower() else column}:", *lines])


def _cell_text(cell: Cell) -> str:
    if not cell.is_stated:
        return fill("compare_not_stated")
    return " ".join([*(f"“{quote.quote}”" for quote in cell.quotes), *cell.links])


def _numbers_text(numbers: Sequence[NumberLine], notes: Sequence[str]) -> str:
    lines = [*map(_number_line, numbers), *notes]
    return "\n".join(["Numbers side by side:", *(f"- {line}" for line in lines)]) if lines else ""


def _number_line(line: NumberLine) -> str:
    where = f"{line.metric} on {line.dataset}" if line.dataset else line.metric
    return f"{where}: {_values_text(line)}. {line.reason}"


def _values_text(line: NumberLine) -> str:
    shown = (f"{v.value} ({v.setting})" if v.setting else v.value for v in line.values)
    return "; ".join(f"{text} [{v.citation.number}]" for text, v in zip(shown, line.values, strict=True))


def _sentence(claim: Claim) -> str:
    return f"{claim.sentence} {markers(claim)}"


def _as_table(comparison: Comparison) -> str:
    """For a terminal: the papers, then a block for each column, wrapped."""
    papers = "\n".join(reference_line(paper) for paper in comparison.references)
    wrapped = [_wrapped(line) for line in as_text(comparison).split("\n")]
    return "\n".join([papers, "", *wrapped])


def _wrapped(line: str) -> str:
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _as_markdown(comparison: Comparison) -> str:
    table = comparison.table
    head = ["paper", *map(_plain, table.columns)]
    rows = [
        [
            f"[{row.paper.number}] {_plain(marked(row.paper.title, row.paper))}",
            *(_plain(_cell_text(cell)) for cell in row.cells),
        ]
        for row in table.rows
    ]
    lines = [*_markdown_table(head, rows), ""]
    if table.numbers:
        lines += [*_markdown_table(["metric", "data", "values", "better"], [_number_row(n) for n in table.numbers]), ""]
    lines += [_plain(_sentence(claim)) for claim in comparison.said]
    lines += [_plain(note) for note in table.notes]
    lines += ["", *(_markdown_reference(paper) for paper in comparison.references)]
    return "\n".join(lines)


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for line in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(line)} |"


def _number_row(line: NumberLine) -> list[str]:
    best = next((f"[{v.citation.number}] " for v in line.values if v.citation.arxiv_id == line.better), "")
    better = f"{best}{line.reason}"
    return [_plain(text) for text in (line.metric, line.dataset or "–", _values_text(line), better)]


def _markdown_reference(paper: Reference) -> str:
    return f"{paper.number}. {_plain(paper.title)}, {paper.dated}, [arXiv:{paper.arxiv_id}]({paper.url})"


# ---- for programs


def _as_csv(comparison: Comparison) -> str:
    """A row a paper; several quotes of a cell stand in lines of their own.

    An id has “arXiv:” before it: programs read one of digits as a number, and lose the zero at its end.
    """
    table = comparison.table
    shown = io.StringIO()
    writer = csv.writer(shown, lineterminator="\n")
    writer.writerow([_inert(text) for text in ("arxiv_id", "title", "day", "url", *table.columns)])
    for row in table.rows:
        paper = row.paper
        about = (f"arXiv:{paper.arxiv_id}", marked(paper.title, paper), paper.day.isoformat(), paper.url)
        writer.writerow([_inert(text) for text in (*about, *(_csv_cell(cell) for cell in row.cells))])
    return shown.getvalue().rstrip("\n")


def _csv_cell(cell: Cell) -> str:
    return "\n".join([*(quote.quote for quote in cell.quotes), *cell.links]) or fill("compare_not_stated")


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_RUN_BY_SPREADSHEETS) else text


def _as_latex(comparison: Comparison) -> str:
    r"""Tables for `\input`, for each column what each paper says of it; they need no package.

    Beside each other on a page, columns would be of one word a line. Each row is a table of its own, so that pages
    may end between any two.
    """
    table = comparison.table
    names = [f"[{row.paper.number}] {row.name}" for row in table.rows]
    parts = [("papers", [_latex_paper(row.paper) for row in table.rows])]
    for place, column in enumerate(table.columns):
        parts.append((column, [_latex_cell(row.cells[place]) for row in table.rows]))
    return "\n\n".join(
        _latex_row("" if number else head, name, cell)
        for head, cells in parts
        for number, (name, cell) in enumerate(zip(names, cells, strict=True))
    )


def _latex_row(head: str, name: str, cell: str) -> str:
    """A row, below the head of its part where it is the first of that."""
    title = f"{_LATEX_RAGGED}\\rule{{0pt}}{{3.5ex}}\\textbf{{{_latex_breakable(head)}}}"
    above = [f"\\multicolumn{{2}}{{@{{}}p{{0.95\\textwidth}}@{{}}}}{{{title}}} \\\\", "\\hline"]
    row = f"{_LATEX_RAGGED}{_latex_breakable(name)} & {_LATEX_RAGGED}{cell} \\tabularnewline"
    return "\n".join([_LATEX_BEGIN, *(above if head else ()), row, r"\end{tabular}"])


def _latex_paper(paper: Reference) -> str:
    return f"{_latex_breakable(marked(paper.title, paper))} (arXiv:{as_latex(paper.arxiv_id)})"


def _latex_cell(cell: Cell) -> str:
    if not cell.is_stated:
        return f"\\textit{{{fill('compare_not_stated')}}}"
    return " ".join(
        [*(f"``{_latex_breakable(quote.quote)}''" for quote in cell.quotes), *map(_latex_breakable, cell.links)]
    )


def _latex_breakable(text: str) -> str:
    """A text as LaTeX whose very long words, such as links, may go on in the next line."""
    return "".join(
        r"\allowbreak{}".join(map(as_latex, _PIECES.findall(part))) if place % 2 else as_latex(part)
        for place, part in enumerate(_LONG_WORD.split(text))
    )


def as_data(comparison: Comparison) -> dict[str, object]:
    """The comparison as JSON-ready data."""
    said = [
        {"sentence": claim.sentence, "papers": list(dict.fromkeys(c.arxiv_id for c in claim.citations)),
         "quotes": [citation.quote for citation in claim.citations]}
        for claim in comparison.said
    ]  # fmt: skip
    return {"understood": list(comparison.understood), **comparison.table.to_dict(), "said": said}


def _as_json(comparison: Comparison) -> str:
    return json.dumps(as_data(comparison), ensure_ascii=False)


_WRITERS: Mapping[TableFormat, Callable[[Comparison], str]] = {
    TableFormat.TABLE: _as_table,
    TableFormat.MARKDOWN: _as_markdown,
    TableFormat.CSV: _as_csv,
    TableFormat.LATEX: _as_latex,
    TableFormat.JSON: _as_json,
}
