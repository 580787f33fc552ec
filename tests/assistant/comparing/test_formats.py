"""A comparison written down, with cells that would like to be more than text."""

import csv
import io
import json

from assistant import Daybook
from assistant.answer.table import COLUMNS
from assistant.comparing.formats import Selection, TableFormat, as_text, written
from tests.assistant.comparing.conftest import FORMULA, GULL, KITE, OWL


def test_csv_has_a_row_a_paper_and_no_cell_that_a_spreadsheet_runs(birds: Daybook) -> None:
    comparison = birds.compare(KITE, FORMULA)
    head, kite, formula = csv.reader(io.StringIO(written(comparison, TableFormat.CSV)))
    assert head == ["arxiv_id", "title", "day", "url", *COLUMNS]
    assert (kite[0], kite[2]) == (KITE, "2021-01-04")
    assert formula[1] == "'=SUM(A1): 50% Off & Under_Scores"
    assert formula[4].startswith("'=HYPERLINK")
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in (*kite, *formula))
    assert "not stated in the abstract" in formula


def test_latex_is_escaped_and_balanced(birds: Daybook) -> None:
    latex = written(birds.compare(KITE, FORMULA), TableFormat.LATEX)
    assert r"=SUM(A1): 50\% Off \& Under\_Scores" in latex
    assert r"\$ sign" in latex
    rows = [line for line in latex.splitlines() if line.endswith(r"\\")]
    assert len(rows) == 3
    for row in rows:
        assert row.replace(r"\&", "").count("&") == len(COLUMNS)
    assert latex.count("{") == latex.count("}")
    assert r"\textit{not stated in the abstract}" in latex


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
