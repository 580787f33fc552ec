"""Comparisons of papers of the real digests: exact quotes of the right paper, whatever the abstracts hold."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.comparing.build import as_answer
from assistant.comparing.formats import TableFormat, as_text, written
from eval.answer_checks import faults, held_papers
from ingest.library import Library
from tests.conftest import WordEmbedder


@pytest.fixture(scope="module")
def real_days(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    with Daybook(Library(tmp_path_factory.mktemp("real") / "library"), WordEmbedder) as book:
        book.ingest([data_folder / "digests"])
        yield book


def test_every_paper_can_be_compared_and_every_cell_is_its_own(real_days: Daybook) -> None:
    held = held_papers(real_days.library.folder)
    ids = sorted(held)
    random.Random(0).shuffle(ids)  # noqa: S311 - any order will do
    groups = [ids[start : start + 8] for start in range(0, len(ids) - 8, 8)]
    assert len(groups) > 30
    for group in groups:
        comparison = real_days.compare(*group, aspects=["speed", "supervision"])
        for row in comparison.table.rows:
            for quote in (quote for cell in row.cells for quote in cell.quotes):
                assert held[row.paper.arxiv_id].abstract[quote.start : quote.end] == quote.quote
        answer = as_answer(comparison, "Compare them.", as_text(comparison))
        assert faults(answer.to_dict(), held, frozenset(group)) == []
        for as_format in TableFormat:
            assert written(comparison, as_format)
