"""Comparisons as data: every cell is a quote of its own paper, or nothing."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Daybook
from assistant.answer import Citation
from assistant.answer.table import COLUMNS, Cell, ComparisonTable
from assistant.comparing.build import MOST_PAPERS, Comparison, as_answer, columns_for
from assistant.comparing.formats import as_text
from assistant.comparing.reading import ReadSentence, trimmed
from eval.answer_checks import faults, held_papers
from ingest.errors import InputError
from ingest.paper import Role, Span
from tests.assistant.comparing.conftest import FORMULA, GULL, KITE, OWL, SWAN
from tests.conftest import write_digest


def quoted(comparison: Comparison, arxiv_id: str, column: str) -> list[str]:
    return [quote.quote for quote in comparison.table.cell(arxiv_id, column).quotes]


def test_a_row_a_paper_in_the_order_that_was_asked_for(birds: Daybook) -> None:
    comparison = birds.compare(GULL, KITE)
    assert [row.paper.arxiv_id for row in comparison.table.rows] == [GULL, KITE]
    assert [row.paper.number for row in comparison.table.rows] == [1, 2]
    assert [row.name for row in comparison.table.rows] == ["GullNet", "KiteNet"]
    assert comparison.table.columns == COLUMNS


def test_each_cell_quotes_what_its_column_asks_for(birds: Daybook) -> None:
    comparison = birds.compare(KITE, OWL)
    small = "Tracking kites from the ground is difficult because they are small."
    assert quoted(comparison, KITE, "problem") == [small, "existing trackers lose kites in clouds."]
    assert quoted(comparison, KITE, "method") == ["we propose KiteNet, a recurrent network that remembers the wind."]
    reached = "Experiments show that KiteNet reaches 61.2% accuracy on the SkyBench test set and runs at 40 FPS."
    assert quoted(comparison, KITE, "data") == ["SkyBench test set"]
    assert quoted(comparison, KITE, "results") == [reached]
    assert comparison.table.cell(KITE, "code") == Cell(links=("https://github.com/kites/kites",))


def test_what_an_abstract_does_not_state_is_empty(birds: Daybook) -> None:
    comparison = birds.compare(KITE, OWL)
    assert not comparison.table.cell(OWL, "data").is_stated
    assert quoted(comparison, OWL, "code") == ["Our code will be released."]


def test_every_quote_is_an_exact_span_of_its_own_papers_abstract(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL, OWL, FORMULA, SWAN, aspects=["speed", "loss function"])
    held = held_papers(birds.library.folder)
    quotes = [
        (row.paper.arxiv_id, quote) for row in comparison.table.rows for cell in row.cells for quote in cell.quotes
    ]
    assert len(quotes) > 15
    for arxiv_id, quote in quotes:
        assert quote.arxiv_id == arxiv_id
        assert held[arxiv_id].abstract[quote.start : quote.end] == quote.quote


def test_a_table_whose_cell_quotes_another_paper_cannot_be(birds: Daybook) -> None:
    table = birds.compare(KITE, GULL).table
    first, second = table.rows
    swapped = replace(first, cells=second.cells)
    with pytest.raises(ValueError, match=f"a cell of {KITE} quotes {GULL}"):
        replace(table, rows=(swapped, second))
    with pytest.raises(ValueError, match="cells"):
        replace(table, rows=(replace(first, cells=first.cells[:1]), second))


def test_the_answer_keeps_the_contract(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL, OWL)
    answer = as_answer(comparison, "Compare them.", as_text(comparison))
    assert faults(answer.to_dict(), held_papers(birds.library.folder), None) == []
    assert {c.arxiv_id for claim in answer.claims for c in claim.citations} == {KITE, GULL, OWL}


def test_an_answer_with_a_table_is_kept_whole_and_an_old_one_is_still_read(birds: Daybook) -> None:
    comparison = birds.compare(KITE, SWAN)
    answer = as_answer(comparison, "Compare them.", as_text(comparison))
    data = json.loads(json.dumps(answer.to_dict()))
    assert replace(Answer.from_dict(data), timings_ms={}) == replace(answer, timings_ms={})
    del data["table"]
    assert Answer.from_dict(data).table is None
    with pytest.raises(ValueError, match="no answer"):
        Answer.from_dict({**data, "table": {"columns": []}})


def test_a_table_survives_being_written_and_read(birds: Daybook) -> None:
    table = birds.compare(KITE, GULL, SWAN, aspects=["speed"]).table
    assert table.numbers
    assert ComparisonTable.from_dict(json.loads(json.dumps(table.to_dict()))) == table


def test_aspects_are_columns_unless_there_is_one_for_them() -> None:
    assert columns_for(["speed", "Results", "data sets", " loss  function ", "speed"]) == (
        *COLUMNS,
        "speed",
        "loss function",
    )
    with pytest.raises(InputError, match="an aspect is empty"):
        columns_for(["  "])


def test_too_few_or_too_many_papers_are_one_clear_line(birds: Daybook) -> None:
    kite = birds.library.papers()[:1]
    with pytest.raises(InputError, match=r"from 2 to 20 papers; there are 1"):
        birds.comparer.compare([*kite, *kite])
    many = [replace(kite[0], row=kite[0].row) for _ in range(MOST_PAPERS)]
    assert len({stored.row for stored in many}) == 1  # the same paper again is one


def test_there_is_no_cell_of_another_row_or_column(birds: Daybook) -> None:
    table = birds.compare(KITE, GULL).table
    with pytest.raises(KeyError):
        table.cell(OWL, "data")
    with pytest.raises(KeyError):
        table.cell(KITE, "speed")


def test_a_sentence_of_the_comparison_cites_every_paper_it_names(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL)
    shared = next(claim for claim in comparison.said if "SkyBench" in claim.sentence and "Both" in claim.sentence)
    assert {citation.arxiv_id for citation in shared.citations} == {KITE, GULL}
    assert all("SkyBench" in citation.quote for citation in shared.citations)
    assert isinstance(shared.citations[0], Citation)


def test_a_paper_without_an_abstract_is_named_and_compared_with_nothing(tmp_path: Path, sample_book: Daybook) -> None:
    lamps = [("2104.00002", "LampNet: Lamps", "We propose LampNet."), ("2104.00001", "ShineNet: Shine", "")]
    write_digest(tmp_path / "digests", date(2021, 4, 22), lamps)
    with Daybook(Daybook.open(tmp_path / "library").library, lambda: sample_book.embedder) as book:
        book.ingest([tmp_path / "digests"])
        with pytest.raises(InputError, match="ShineNet"):
            book.compare("2104.00002", "2104.00001")
        assert book.ask("Compare LampNet and ShineNet").table is None


def test_a_sentence_that_is_only_an_opening_is_quoted_whole() -> None:
    sentence = ReadSentence(0, Span(0, 8), "However,", Role.BACKGROUND)
    assert trimmed(sentence) == Span(0, 8)
