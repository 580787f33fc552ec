"""How a question is read as a whole: its job, what else it may be for, and a job that is named before it."""

from datetime import date

import pytest

from assistant import Daybook
from assistant.engine.plan import Planned, plan
from assistant.question.question import JOBS
from ingest.library import Library


def planned(book: Daybook, question: str) -> Planned:
    return plan(question, (), book.finder, book.library)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_is_named_is_done(sample_book: Daybook, job: str) -> None:
    read = planned(sample_book, f"{job}: polyps on 3 November 2026")
    assert (read.read.job, read.other) == (job, None)
    assert read.read.scope.days == frozenset({date(2026, 11, 3)})


def test_a_colon_within_a_question_names_no_job(sample_book: Daybook) -> None:
    assert planned(sample_book, "Segmentation: which papers are on it?").read.scope.rest.startswith("Segmentation:")
    assert planned(sample_book, "list:").read.text == "list:"


def test_what_is_unsure_is_offered_as_another_job_and_that_is_done_when_asked(sample_book: Daybook) -> None:
    for question in ("polyps 3 November 2026", "cross-lists, gist", "vessels then?", "ships, week of 2 Nov 2026"):
        read = planned(sample_book, question)
        if read.other is None:
            continue
        answer = sample_book.ask(question)
        if answer.job == read.other:
            continue
        assert f"“{read.other}: {question}”" in answer.note
        assert planned(sample_book, f"{read.other}: {question}").read.job == read.other
        return
    pytest.fail("none of these is unsure; write others")


def test_what_is_sure_offers_nothing(sample_book: Daybook) -> None:
    assert planned(sample_book, "How many papers are there?").other is None
    assert "If you want" not in sample_book.ask("How many papers are there?").note


@pytest.mark.parametrize("signs", ["^", "?!", "…", "😀"])
def test_signs_alone_get_help(sample_book: Daybook, signs: str) -> None:
    assert sample_book.ask(signs).job == "help"


def test_a_library_that_ends_long_ago_is_spoken_of_from_its_newest_day(sample_book: Daybook) -> None:
    for today, days in ((date(2026, 11, 5), {date(2026, 11, 4)}), (date(2027, 6, 1), {date(2026, 11, 3)})):
        with Library(sample_book.library.folder) as library:
            book = Daybook(library, lambda: sample_book.embedder, lambda today=today: today)  # type: ignore[misc]
            assert planned(book, "papers of yesterday").read.scope.days == frozenset(days)
