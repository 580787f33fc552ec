"""A comparison written down, with cells that would like to be more than text."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from assistant import Daybook
from assistant.answer import Citation, Reference
from assistant.answer.table import COLUMNS, Cell, ComparisonTable, Row
from assistant.comparing.build import Comparison
from assistant.comparing.formats import Selection, TableFormat, as_text, written
from tests.assistant.comparing.conftest import FORMULA, GULL, KITE, OWL
from tests.typesetting import needs_latex, typeset

IDS = ["2104.10510", "2104.10520", "0704.0010"]
SIGNS = "ℝ x₂ α Δ é Ø 50% a_b c&d #1 ~ ^ \\ { } $ < > | \" ' — “q” 中"
LINK = "https://github.com/kites/" + "a_very-long%20name/" * 8
Row_ = dict[str, Any]


def nasty(*, count: int = len(IDS), columns: tuple[str, ...] = COLUMNS) -> Comparison:
    """Papers with ids that look like numbers, and cells of all that a format could trip over."""
    rows = []
    for number in range(1, count + 1):
        arxiv_id = IDS[number - 1] if count <= len(IDS) else f"2104.{number:05}"
        about = Reference(number, arxiv_id, f'A "Title", {SIGNS}; {number}', date(2021, 4, 22), "https://arxiv.org/abs")
        texts = [f"{SIGNS} " + "A long sentence on kites. " * 12, '=SUM(A1), "quoted"; and\tmore', "-1.50", "plain"]
        cells = [Cell((Citation(number, arxiv_id, text, 0, len(text)),)) for text in texts]
        filled = [*cells, Cell(links=(LINK, LINK)), *[Cell()] * len(columns)][: len(columns)]
        rows.append(Row(about, f"Name_{number}", tuple(filled)))
    return Comparison(ComparisonTable(columns, tuple(rows)), ())


def read_by_pandas(file: Path) -> list[Row_]:
    return [dict(row) for row in pd.read_csv(file).to_dict("records")]


def read_by_polars(file: Path) -> list[Row_]:
    return pl.read_csv(file).to_dicts()


def read_by_duckdb(file: Path) -> list[Row_]:
    found = duckdb.connect().execute("SELECT * FROM read_csv(?)", [str(file)])
    names = [about[0] for about in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


READERS = [read_by_pandas, read_by_polars, read_by_duckdb]


@pytest.mark.parametrize("read", READERS)
def test_csv_is_read_with_the_defaults_of_a_program(read: Callable[[Path], list[Row_]], tmp_path: Path) -> None:
    comparison = nasty()
    file = tmp_path / "comparison.csv"
    file.write_text(written(comparison, TableFormat.CSV) + "\n", encoding="utf-8")
    rows = read(file)
    assert [row["arxiv_id"] for row in rows] == [f"arXiv:{arxiv_id}" for arxiv_id in IDS]
    assert [row["title"] for row in rows] == [row.paper.title for row in comparison.table.rows]
    assert rows[0]["problem"] == comparison.table.rows[0].cells[0].quotes[0].quote
    assert rows[0]["code"] == f"{LINK}\n{LINK}"
    assert [str(row["day"])[:10] for row in rows] == ["2021-04-22"] * 3


def test_csv_has_a_row_a_paper_and_no_cell_that_a_spreadsheet_runs(birds: Daybook) -> None:
    comparison = birds.compare(KITE, FORMULA)
    head, kite, formula = csv.reader(io.StringIO(written(comparison, TableFormat.CSV)))
    assert head == ["arxiv_id", "title", "day", "url", *COLUMNS]
    assert (kite[0], kite[2]) == (f"arXiv:{KITE}", "2021-01-04")
    assert formula[1] == "'=SUM(A1): 50% Off & Under_Scores"
    assert formula[4].startswith("'=HYPERLINK")
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in (*kite, *formula))
    assert "not stated in the abstract" in formula


def test_latex_is_escaped_and_balanced(birds: Daybook) -> None:
    latex = written(birds.compare(KITE, FORMULA), TableFormat.LATEX)
    assert r"=SUM(A1): 50\% Off \& Under\_Scores" in latex
    assert r"\$ sign" in latex
    assert latex.count("{") == latex.count("}")
    assert r"\textit{not stated in the abstract}" in latex


def test_latex_tells_of_each_column_what_each_paper_says(birds: Daybook) -> None:
    latex = written(birds.compare(KITE, FORMULA, aspects=["sea state"]), TableFormat.LATEX)
    rows = [line for line in latex.splitlines() if line.endswith(r"\tabularnewline")]
    assert len(rows) == 2 * (1 + len(COLUMNS) + 1)
    assert all(row.replace(r"\&", "").count("&") == 1 for row in rows)
    heads = [latex.index(rf"\textbf{{{name}}}") for name in ("papers", *COLUMNS, "sea state")]
    assert heads == sorted(heads)
    assert latex.count(r"\textbf{") == len(heads)


@needs_latex
def test_latex_is_set_without_a_package_and_stays_on_the_page(tmp_path: Path) -> None:
    columns = (*COLUMNS, f"my aspect {SIGNS}", "a_long_aspect/" * 9)
    shown = typeset(tmp_path, written(nasty(columns=columns), TableFormat.LATEX))
    assert shown.errors == []
    assert shown.points_too_wide < 1
    assert "Underfull" not in shown.log  # no line is stretched until it is hard to read
    assert shown.pages > 1


@needs_latex
def test_latex_of_many_papers_goes_over_pages(tmp_path: Path) -> None:
    shown = typeset(tmp_path, written(nasty(count=20), TableFormat.LATEX))
    assert (shown.errors, shown.points_too_high) == ([], 0)
    assert shown.pages > 5


def test_markdown_rows_have_as_many_cells_as_the_head(birds: Daybook) -> None:
    markdown = written(birds.compare(KITE, GULL, FORMULA), TableFormat.MARKDOWN)
    tables = [line.replace(r"\|", "") for line in markdown.splitlines() if line.startswith("|")]
    assert [line.count("|") for line in tables[:5]] == [len(COLUMNS) + 2] * 5
    assert r"a \| bar and a \$ sign" in markdown
    assert f"[arXiv:{KITE}](https://arxiv.org/pdf/{KITE}.pdf)" in markdown


def test_json_holds_all_of_it(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL)
    data = json.loads(written(comparison, TableFormat.JSON))
    assert [row["paper"]["arxiv_id"] for row in data["rows"]] == [KITE, GULL]
    assert data["numbers"][0]["better"] == GULL
    assert data["said"][0]["papers"] == [GULL, KITE]


def test_the_text_says_what_is_not_stated_once(birds: Daybook) -> None:
    text = as_text(birds.compare(KITE, GULL, OWL))
    code = text[text.index("Code:") :]
    assert "- KiteNet [1]: https://github.com/kites/kites" in code
    assert "- [2]: not stated in the abstract" in code


def test_the_table_is_readable_in_a_terminal(birds: Daybook) -> None:
    lines = written(birds.compare(KITE, GULL), TableFormat.TABLE).splitlines()
    assert lines[0] == "[1] KiteNet: Tracking Kites in Wind"
    assert max(map(len, lines)) <= 100
    assert "Problem:" in lines


def test_a_selection_comes_first_or_alone(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL, aspects=["mAP"])
    text = as_text(comparison, Selection(first=("mAP",), only=("mAP", "results"), lead=("First.",)))
    assert text.startswith("First.\n")
    assert text.index("mAP:") < text.index("Results:")
    assert "Problem:" not in text
