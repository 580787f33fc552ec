"""Comparisons as HTML, of papers whose texts are as bad as they can be."""

from dataclasses import replace

import pytest

from assistant.answer import Answer, Claim
from assistant.answer.citation import Citation
from assistant.answer.table import COLUMNS, Cell, ComparisonTable, Measured, NumberLine, Row
from assistant.comparing.build import Comparison
from assistant.face.ui.compare_markup import chips_html, comparison_html, saving_html, too_few_html
from assistant.face.ui.markup import answer_html
from assistant.face.ui.pieces import listed_problem_html
from tests.assistant.face.ui.reading import HOSTILE, attributes_of, links_of, tags_of, text_of
from tests.assistant.face.ui.test_markup import OWN_ATTRIBUTES, OWN_TAGS, reference, stored


def quote_of(number: int, text: str) -> Citation:
    return Citation(number, f"2101.0000{number}", text, 0, len(text))


def comparison_of(one: str = "Kites fly well.", other: str = "Dogs bark.", notes: tuple[str, ...] = ()) -> Comparison:
    rows = []
    for number, text in ((1, one), (2, other)):
        paper = reference(stored(f"2101.0000{number}", f"Paper {number}"), number)
        empty = (Cell(),) * (len(COLUMNS) - 2)
        code = Cell(links=(f"https://github.com/kites/{number}",))
        rows.append(Row(paper, f"P{number}", (Cell((quote_of(number, text),)), *empty, code)))
    values = tuple(Measured(f"{number}0.5%", "clean", quote_of(number, "x")) for number in (1, 2))
    line = NumberLine("Skies", "accuracy", values, "2101.00002", "The same metric.")
    said = Claim("Both move.", (quote_of(1, one), quote_of(2, other)))
    return Comparison(ComparisonTable(COLUMNS, tuple(rows), (line,), notes), (said,))


def answer_of(comparison: Comparison, text: str = "Both move. [1][2]") -> Answer:
    cells = [Claim(q.quote, (q,)) for row in comparison.table.rows for cell in row.cells for q in cell.quotes]
    return Answer(
        "Which is better?",
        text,
        abstained=False,
        claims=(*cells, *comparison.said),
        references=comparison.references,
        table=comparison.table,
    )


class TestTable:
    def test_a_row_a_paper_and_a_marker_a_quote(self) -> None:
        html = comparison_html(comparison_of(), 0)
        assert text_of(html).startswith("Both move. [1][2]PaperProblemMethodDataResultsCode[1] Paper 1")
        assert text_of(html).count("“Kites fly well.” [1]") == 1
        assert html.count('class="unstated"') == 6
        assert "github.com/kites/2" in text_of(html)

    def test_numbers_stand_under_their_papers(self) -> None:
        shown = text_of(comparison_html(comparison_of(), 0))
        assert "Numbers side by side[1][2]Which is better" in shown
        assert "accuracy on Skies10.5% clean20.5% clean[2]. The same metric." in shown

    def test_without_numbers_the_note_says_so(self) -> None:
        found = comparison_of(notes=("No two of them.",))
        html = comparison_html(replace(found, table=replace(found.table, numbers=())), 0)
        assert "No two of them." in text_of(html)
        assert "Numbers" not in text_of(html)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_is_text(self, text: str) -> None:
        found = comparison_of(text, text, (text,))
        row = replace(found.table.rows[0], name=text, paper=replace(found.references[0], title=text, url=text))
        row = replace(row, cells=(*row.cells[:-1], Cell(links=(text,)), Cell()))
        other = replace(found.table.rows[1], cells=(*found.table.rows[1].cells, Cell()))
        line = NumberLine(text, text, (Measured(text, text, quote_of(1, text)),), "", text)
        table = ComparisonTable((*COLUMNS, text), (row, other), (line,), (text,))
        hostile = replace(found, table=table, said=(replace(found.said[0], sentence=text),))
        for html in (comparison_html(hostile, 0), answer_html(answer_of(hostile, text), 1)):
            assert "\n" not in html
            assert set(tags_of(html)) <= OWN_TAGS
            assert attributes_of(html) <= OWN_ATTRIBUTES
            leaving = [link for link in links_of(html) if not link.startswith("#source-")]
            assert all(
                link.startswith(("https://github.com/kites/", "https://arxiv.org/pdf/", "paper/2101"))
                for link in leaving
            )


class TestInAnAnswer:
    def test_no_quote_of_a_cell_stands_twice(self) -> None:
        html = answer_html(answer_of(comparison_of()), 2)
        assert text_of(html).count("Kites fly well.") == 1
        assert text_of(html).startswith("Both move. [1][2]Paper")
        assert 'value="2101&#46;00001 2101&#46;00002"' in html
        assert "#source-2-1" in links_of(html)

    def test_what_the_text_says_first_stands_first(self) -> None:
        html = answer_html(answer_of(comparison_of(), "No better one.\nBoth move. [1][2]\n\nProblem:\n- P1"), 1)
        assert text_of(html).startswith("No better one.Both move. [1][2]Paper")

    def test_a_text_that_begins_with_a_column_has_nothing_to_say_first(self) -> None:
        assert text_of(answer_html(answer_of(comparison_of(), "Problem:\n- P1 [1]"), 1)).startswith("Both move.")


class TestChosen:
    def test_each_paper_can_be_taken_out(self) -> None:
        html = chips_html([stored(title="Kite: Flying"), stored("2101.00002", "Dogs")])
        assert text_of(html) == "Kite×Dogs×remove all"
        assert html.count('class="remove"') == 2
        assert chips_html([], 7) == '<ul class="chips of-7"></ul>'

    def test_too_few_say_how_to_go_on(self) -> None:
        assert "Press “compare” beside a paper" in text_of(too_few_html(0))
        assert "Add another" in text_of(too_few_html(1))

    def test_it_is_saved_with_its_papers_and_columns(self) -> None:
        assert links_of(saving_html(["2101.00001", "cs/0101001"], ['a&"b'])) == [
            f"own/comparison.{ending}?paper=2101.00001&paper=cs%2F0101001&column=a%26%22b"
            for ending in ("md", "csv", "tex", "bib", "ris", "json")
        ]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_titles_are_text(self, text: str) -> None:
        html = chips_html([stored(title=text, abstract=text)]) + listed_problem_html(f"no {text}\n- {text} (arXiv:1)")
        assert set(tags_of(html)) <= OWN_TAGS
        assert attributes_of(html) <= OWN_ATTRIBUTES
        assert links_of(html) == []

    def test_the_papers_of_a_problem_can_be_taken(self) -> None:
        html = listed_problem_html("none is sure:\n- Kites (fast) (4 Jan 2021, arXiv:2101.00001)\n- and more")
        assert text_of(html) == "None is sure:- Kites (fast) (4 Jan 2021, arXiv:2101.00001) compare- and more"
        assert html.count('value="2101&#46;00001"') == 1
