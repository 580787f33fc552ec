"""Follow-ups of exact questions."""

from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Daybook
from assistant.exact.again import asked_again
from tests.conftest import write_digest


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, sample_book: Daybook) -> Daybook:
    folder: Path = tmp_path_factory.mktemp("again")
    kites = [(f"2104.0000{n}", f"Kites {n}", "We fly kites on WindNet.") for n in (3, 2, 9)]
    boats = [(f"2105.0000{n}", f"Boats {n}", "We sail boats.") for n in (2, 1)]
    write_digest(folder / "digests", date(2021, 4, 22), kites[:2], kites[2:])
    write_digest(folder / "digests", date(2021, 5, 3), boats)
    book = Daybook(Daybook.open(folder / "library").library, lambda: sample_book.embedder)
    book.ingest([folder / "digests"])
    return book


def talk(book: Daybook, *questions: str) -> Answer:
    history: list[Answer] = []
    for question in questions:
        history.append(book.ask(question, history))
    return history[-1]


def test_another_day_is_counted_too_and_a_year_is_kept(book: Daybook) -> None:
    answer = talk(book, "How many papers on 22 April 2021?", "and on 3 May?")
    assert answer.facts == ("The library holds 2 papers (3 May 2021): 2 new, 0 cross-listed.",)
    assert answer.question == "and on 3 May?"
    assert answer.understood == ("read “and on 3 May?” as “How many papers (3 May 2021)?”",)


def test_a_day_that_is_not_held_does_not_end_the_thread(book: Daybook) -> None:
    answer = talk(book, "How many papers on 22 April 2021?", "and on 4 May?", "what about 3 May 2021?")
    assert "2 papers (3 May 2021)" in answer.text


def test_a_part_is_counted_and_listed(book: Daybook) -> None:
    questions = "How many papers on 22 April 2021?", "How many of them are cross-listed?", "Which ones?"
    assert "1 cross-listed paper (22 Apr 2021)" in talk(book, *questions[:2]).text
    assert [paper.title for paper in talk(book, *questions).references] == ["Kites 9"]


def test_what_mentions_is_listed(book: Daybook) -> None:
    answer = talk(book, "How many papers mention WindNet?", "and on 22 April 2021?", "which?")
    assert len(answer.references) == 3


def test_another_question_is_no_follow_up(book: Daybook) -> None:
    history = [book.ask("How many papers on 22 April 2021?")]
    for question in ("What do kites fly on?", "How many kites were flown on 3 May 2021?", "Which papers are on boats?"):
        assert asked_again(question, history, book.retriever.understood) is None
    assert asked_again("and on 3 May?", [book.ask("What is WindNet used for?")], book.retriever.understood) is None


def test_after_until_the_year_is_that_of_its_end(book: Daybook) -> None:
    answer = talk(book, "How many papers were listed until 3 May 2021?", "and on 22 April?")
    assert answer.facts[0].startswith("The library holds 3 papers (22 Apr 2021)")
