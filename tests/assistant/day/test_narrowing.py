"""A theme that someone follows narrows a page to the papers on it."""

from pathlib import Path

import pytest

from assistant import Daybook
from assistant.language.days import Period
from ingest.errors import InputError
from ingest.library import Library
from tests.assistant.conftest import SAMPLE_DAYS, sample_id
from tests.assistant.day.conftest import MONDAY
from tests.conftest import WordEmbedder, write_digest

SAMPLE = Period(SAMPLE_DAYS[-1], SAMPLE_DAYS[0])


def on_theme(book: Daybook, theme: str, period: Period) -> list[str]:
    return sorted(paper.stored.paper.arxiv_id for paper in book.day(period, theme=theme).papers)


def test_a_theme_keeps_the_papers_that_say_its_words(days_book: Daybook) -> None:
    page = days_book.day(Period(MONDAY, MONDAY), theme="sourdough bread")
    assert [theme.label for theme in page.themes] == ["Sourdough bread"]
    assert on_theme(days_book, "sourdough bread", Period(MONDAY, MONDAY)) == ["2101.00001", "2101.00002", "2101.00003"]
    assert page.opening[0] == "Of 4 Jan 2021, 3 papers are shown as on sourdough bread: 3 new, 0 cross-listed."


def test_a_theme_that_is_a_field_finds_papers_by_its_cues(sample_book: Daybook) -> None:
    found = on_theme(sample_book, "medical imaging", SAMPLE)
    assert {sample_id(1), sample_id(10), sample_id(12), sample_id(17), sample_id(25)} <= set(found)
    assert sample_id(13) not in found  # vessels in ports
    assert len(found) < 12


def test_a_word_by_itself_must_stand_there_as_it_is(tmp_path: Path) -> None:
    papers = [
        ("2101.00003", "Seeing with Transformers", "We see."),
        ("2101.00002", "A Transformation of Images", "It is transformed by a transform."),
        ("2101.00001", "Bread", "A transformer bakes. The transformer is warm."),
    ]
    write_digest(tmp_path / "digests", MONDAY, papers)
    with Daybook(Library(tmp_path / "library"), WordEmbedder) as book:
        book.ingest([tmp_path / "digests"])
        found = on_theme(book, "transformers", Period(MONDAY, MONDAY))
    assert "2101.00003" in found
    assert "2101.00002" not in found


@pytest.mark.parametrize("theme", ["volcano eruptions", "quantum chromodynamics"])
def test_a_theme_that_no_paper_is_on_is_said(days_book: Daybook, theme: str) -> None:
    with pytest.raises(InputError, match=f"none of the 8 papers is on “{theme}”"):
        days_book.day(Period(MONDAY, MONDAY), theme=theme)


@pytest.mark.parametrize("theme", ["the", "new papers", "?"])
def test_words_that_say_nothing_are_no_theme(days_book: Daybook, theme: str) -> None:
    with pytest.raises(InputError, match="is no theme"):
        days_book.day(Period(MONDAY, MONDAY), theme=theme)
