"""The days that a question names limit what is searched, and nothing else does."""

from datetime import date

import pytest

from assistant import Daybook
from tests.assistant.conftest import SAMPLE_DAYS, SAMPLE_PAPERS

THIRD = date(2026, 11, 3)


def days_found(book: Daybook, question: str) -> set[date]:
    return {result.day for result in book.search(question, 2 * SAMPLE_PAPERS)}


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-03",
        "2026-11-3",
        "3.11.2026",
        "03.11.2026",
        "3 November 2026",
        "3 november, 2026",
        "3 Nov 2026",
        "3 Nov. 2026",
        "3rd of November 2026",
        "November 3, 2026",
        "NOVEMBER 3 2026",
        "Nov 3rd, 2026",
    ],
)
@pytest.mark.parametrize("question", ["What was new on {}?", "{}: polyps", "polyps ({})"])
def test_a_day_in_any_form_limits_the_search(word_book: Daybook, day: str, question: str) -> None:
    assert days_found(word_book, question.format(day)) == {THIRD}


MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("form", ["9 {} 2026", "{} 9, 2026"])
def test_every_month_is_known_long_and_short(word_book: Daybook, number: int, form: str) -> None:
    month = MONTHS[number - 1]
    for spelt in {month, month[:3]}:
        answer = word_book.ask(f"Which polyps were found on {form.format(spelt)}?")
        assert answer.abstained
        assert f"9 {month[:3]} 2026" in answer.text


def test_a_day_holds_all_its_papers(word_book: Daybook) -> None:
    found = word_book.search("polyps of 2026-11-02", SAMPLE_PAPERS)
    assert {result.arxiv_id for result in found} == {
        stored.paper.arxiv_id for stored in word_book.papers(date(2026, 11, 2))
    }


def test_several_days_are_searched_together(word_book: Daybook) -> None:
    assert days_found(word_book, "polyps on 2 Nov 2026 and on 2026-11-04") == {date(2026, 11, 2), date(2026, 11, 4)}
    assert days_found(word_book, "polyps on 4.11.2026 or November 5, 2026") == {date(2026, 11, 4)}


@pytest.mark.parametrize("day", ["5 November 2026", "2025-11-03", "3.11.2062"])
def test_a_day_that_is_not_held_has_no_papers(word_book: Daybook, day: str) -> None:
    assert word_book.search(f"polyps on {day}") == []


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "2026-11-00", "31 June 2026", "32 November 2026", "0.11.2026", "Feb 29, 2026"]
)
def test_an_impossible_day_is_no_day(word_book: Daybook, day: str) -> None:
    assert days_found(word_book, f"polyps on {day}") == set(SAMPLE_DAYS)
    assert days_found(word_book, f"polyps on {day} or 2026-11-03") == {THIRD}


@pytest.mark.parametrize(
    "question",
    [
        "an error of 3.14",
        "layers of 1024-2048-4 units",
        "a budget of 8/255",
        "version 1.2.3 of PyTorch 2.9.1",
        "arXiv 9901.00031",
        "2611.12026 and 2611.2026",
        "112.11.2026 or 3.11.20261",
        "images of 640x192 in 2026",
        "the 36-epoch schedule of ResNet-50",
        "May we use 3 views of 2026 scenes?",
        "marching 3 days, 2026 steps",
        "November 2026 and 3 November",
        "12026-11-03 2026-11-034 2026-11",
    ],
)
def test_other_numbers_set_no_limit(word_book: Daybook, question: str) -> None:
    assert len(word_book.search(question, 2 * SAMPLE_PAPERS)) == SAMPLE_PAPERS


def test_the_day_itself_is_not_searched_for(word_book: Daybook) -> None:
    everything = word_book.search("polyp segmentation", SAMPLE_PAPERS)
    scores = {result.arxiv_id: result.score for result in everything if result.day == THIRD}
    found = word_book.search("2026-11-03: polyp segmentation", SAMPLE_PAPERS)
    assert {result.arxiv_id: result.score for result in found} == scores
