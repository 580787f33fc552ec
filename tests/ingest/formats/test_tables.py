import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.tables import fields_of_row, has_bot_papers, is_table
from ingest.paper import Basis
from tests.ingest.formats.invented import items_in

LINK = "[2605.13741](http://arxiv.org/abs/2605.13741)"
HEAD = "|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n"


def csv_of(rows: list[list[str]], delimiter: str = ",", newline: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue().encode()


# ---- CSV


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")), min_size=1, max_size=4),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_abstract_in_quotes_comes_through(abstracts: list[str], delimiter: str) -> None:
    """Line breaks, quotes, delimiters, and the separators of other systems among them."""
    rows = [[f"2101.{n:05}", f"Kite {n}", abstract] for n, abstract in enumerate(abstracts, start=1)]
    entries, rejections = items_in(csv_of([["id", "title", "abstract"], *rows], delimiter))
    expected = ["" if abstract.isspace() else abstract for abstract in abstracts]
    assert ([entry.raw_abstract for entry in entries], rejections) == (expected, [])


def test_columns_may_stand_in_any_order_under_other_names() -> None:
    rows = [
        ["Title", "Published", "arXiv ID", "Summary", "n"],
        ["Kites", "2021-01-04", "2101.00001v2", "They fly.", "1"],
    ]
    (entry,), _ = items_in(csv_of(rows))
    assert (entry.paper.arxiv_id, entry.paper.version, entry.paper.abstract) == ("2101.00001", 2, "They fly.")
    assert (entry.listing.day, entry.listing.basis) == (date(2021, 1, 4), Basis.SUBMITTED)


@pytest.mark.parametrize("header", ["id,title,abstract", "title,abstract,id"])
def test_an_open_quote_costs_only_its_row(header: str) -> None:
    order = header.split(",")
    rows = [{"id": f"2101.{n:05}", "title": f"K {n}", "abstract": "They fly."} for n in range(1, 4)]
    lines = [",".join(row[key] for key in order) for row in rows]
    lines[1] = lines[1].replace("They", '"They').replace(",K", ',"K', 1) if order[0] == "id" else '"' + lines[1]
    entries, (rejection,) = items_in("\n".join([header, *lines]).encode())
    assert [entry.paper.arxiv_id for entry in entries] == ["2101.00001", "2101.00003"]
    assert rejection.line == 3


def test_a_row_with_fields_too_many_or_too_few_is_told() -> None:
    text = "id,title,abstract\n2101.00001,K,a,b\n2101.00002,K\n2101.00003,K,a\n"
    entries, rejections = items_in(text.encode())
    assert [entry.paper.arxiv_id for entry in entries] == ["2101.00003"]
    assert [(r.line, r.reason) for r in rejections] == [
        (2, "a row with 4 fields where there are 3 columns"),
        (3, "a row with 2 fields where there are 3 columns"),
    ]


def test_a_row_that_goes_on_without_end_is_told_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.tables._MOST_ROW_CHARACTERS", 1000)
    text = 'id,title,abstract\n2101.00001,K,"' + "they fly\n" * 300 + "\n2101.00002,K,a\n"
    entries, rejections = items_in(text.encode())
    assert ([entry.paper.arxiv_id for entry in entries], rejections[0].line) == (["2101.00002"], 2)


@pytest.mark.parametrize(
    ("header", "is_one"), [("id,title", True), ('"id";"title"', True), ("a,b", False), ("", False)]
)
def test_a_table_has_two_columns_that_papers_have(header: str, is_one: bool) -> None:
    assert is_table(header + "\n") is is_one


# ---- tables of bots


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (f"|**2026-05-13**|**On Kites**|A. Author et.al.|{LINK}|null|", "On Kites"),
        (f"**2026-05-13**|**On Kites**|A. Author et.al.|{LINK}|null|", "On Kites"),
        (f"|**2026-05-13**|**On Kites**|A. Author et.al.|{LINK}|null", "On Kites"),
        (f"||**On Kites**|A. Author et.al.|{LINK}||", "On Kites"),
        (f"|**2026-05-13**|**On \\| Kites**|A. Author et.al.|{LINK}|null|", "On | Kites"),
        (f"|**2026-05-13**|**On | Kites**|A. Author et.al.|{LINK}|null|", None),
        (f"|**2026-05-13**|**On Kites**A. Author et.al.|{LINK}|null|", None),
        ("|**2026-05-13**|**On Kites**|A. Author et.al.|null|null|", None),
    ],
)
def test_a_row_gives_its_title_or_none_but_never_a_part_of_it(row: str, title: str | None) -> None:
    assert fields_of_row(row).get("title") == title
    entries, rejections = items_in((HEAD + row + "\n" + HEAD.splitlines()[1]).encode() if title else
                                   (HEAD + row + f"\n|2026-05-13|B|C|{LINK}|null|\n").encode())  # fmt: skip
    assert (len(entries), len(rejections)) == ((1, 0) if title else (1, 1))


def test_the_columns_are_those_that_a_table_names() -> None:
    text = f"| Title | Date | Link |\n| --- | --- | --- |\n| On Kites | 2026-05-13 | {LINK} |\n"
    (entry,), _ = items_in(text.encode())
    assert (entry.paper.title, entry.listing.day) == ("On Kites", date(2026, 5, 13))


def test_a_table_in_a_block_of_code_is_an_example() -> None:
    row = f"|2026-05-13|On Kites|A|{LINK}|null|\n"
    entries, _ = items_in(f"{HEAD}{row}\n```\n{row}```\n".encode())
    assert len(entries) == 1


def test_another_table_beside_it_is_no_matter() -> None:
    row = f"|2026-05-13|On Kites|A|{LINK}|null|\n"
    entries, rejections = items_in(f"{HEAD}{row}\n|Badge|Of|\n|---|---|\n|x|y|\n".encode())
    assert (len(entries), rejections) == (1, [])


def test_headings_give_papers_with_what_stands_below() -> None:
    text = (
        "# cs.GT\n\n### [1] [On [Kites]](https://arxiv.org/abs/2101.00001v3)\n*A. Author, B. Author*\n\n"
        "Main category: cs.GT\n\n<details>\n<summary>Details</summary>\nAbstract: They fly.\nFar.\n</details>\n\n"
        "### [2] [On Winds](https://arx\n\nAbstract: They blow.\n"
    )
    (entry,), (rejection,) = items_in(text.encode())
    paper = entry.paper
    assert (paper.title, paper.version, paper.abstract) == ("On [Kites]", 3, "They fly. Far.")
    assert (paper.authors, paper.categories) == (("A. Author", "B. Author"), ("cs.GT",))
    assert rejection.line == 14


def test_a_text_without_papers_is_no_table() -> None:
    assert not has_bot_papers(["|a|b|c|[x](https://x.org)|", "### [1] [Kites](https://x.org)", ""])
