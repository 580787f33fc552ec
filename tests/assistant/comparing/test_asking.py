"""Comparisons in chat: what is taken, and what is left to retrieval."""

import pytest

from assistant import Answer, Daybook
from eval.compare_cases import read_cases
from tests.assistant.comparing.conftest import GULL, KITE, SWAN
from tests.assistant.conftest import cited_ids, sample_id


def compared(answer: Answer) -> list[str]:
    assert answer.table is not None, answer.text
    return [row.paper.arxiv_id for row in answer.table.rows]


@pytest.mark.parametrize(
    "question",
    [
        "How do KiteNet and GullNet differ?",
        "Compare KiteNet with GullNet.",
        "KiteNet vs GullNet",
        "What is the difference between KiteNet and GullNet?",
        f"Compare {KITE} and {GULL}",
        f"How does KiteNet differ from the flock tracker ({GULL})?",
        "kitenet or gullnet, which one would you take?",
        "so what sets KiteNet apart from the one that follows gulls in flocks?",
    ],
)
def test_a_comparison_of_two_named_papers_is_a_table(real_birds: Daybook, question: str) -> None:
    answer = real_birds.ask(question)
    assert compared(answer) == [KITE, GULL]
    assert cited_ids(answer) == [KITE, GULL]
    assert answer.kind == "quoted"


def test_three_papers_are_compared_too(real_birds: Daybook) -> None:
    assert compared(real_birds.ask("Compare KiteNet, GullNet and SwanNet.")) == [KITE, GULL, SWAN]


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("Compare KiteNet and SwanNet by speed.", "speed"),
        ("Compare KiteNet and SwanNet in terms of training data", "training data"),
        ("How do KiteNet and SwanNet differ in their speed?", "speed"),
    ],
)
def test_an_aspect_is_a_column_and_told_first(real_birds: Daybook, question: str, aspect: str) -> None:
    answer = real_birds.ask(question)
    assert answer.table is not None
    assert answer.table.columns[-1] == aspect
    assert answer.text.index(f"{aspect.capitalize()}:") < answer.text.index("Problem:")


def test_which_is_better_is_answered_where_it_may_be(real_birds: Daybook) -> None:
    answer = real_birds.ask("Which reports the better accuracy, KiteNet or GullNet?")
    assert answer.text.startswith("GullNet reports the better accuracy on SkyBench, 64.0% accuracy")


@pytest.mark.parametrize(
    "question", ["Which reports the higher PSNR, KiteNet or GullNet?", "KiteNet or SwanNet: which is faster?"]
)
def test_no_winner_is_called_where_none_may_be(real_birds: Daybook, question: str) -> None:
    answer = real_birds.ask(question)
    assert answer.table is not None
    assert answer.text.startswith("No better one is called for ")


@pytest.mark.parametrize(
    "question",
    [
        "What does KiteNet propose?",
        "Which papers compare trackers?",
        "Compare KiteNet with PriorGAN.",
        "How do kites differ from birds?",
        "Which is more popular, tea or coffee?",
        "",
    ],
)
def test_other_questions_are_left_to_retrieval(real_birds: Daybook, question: str) -> None:
    if question:
        assert real_birds.ask(question).table is None


def test_a_paper_that_is_not_held_is_not_taken_for_another(sample_book: Daybook) -> None:
    assert sample_book.ask("how do wakemem and zebranet differ in training data").table is None
    assert sample_book.ask("how do wakemem and berthlink differ in training data").table is not None


@pytest.mark.parametrize(
    "question",
    ["How does WakeMem compare to previous trackers?", "WakeMem accuracy", "How fast is BerthLink, and why?"],
)
def test_a_question_about_one_paper_is_left_to_retrieval(sample_book: Daybook, question: str) -> None:
    assert sample_book.ask(question).table is None


def test_what_was_shown_before_can_be_compared(sample_book: Daybook) -> None:
    first = sample_book.ask("What does WakeMem propose?")
    second = sample_book.ask("What does BerthLink propose?", [first])
    answer = sample_book.ask("Compare it with the first.", [first, second])
    assert set(compared(answer)) == {sample_id(28), sample_id(37)}
    assert any("WakeMem" in line for line in answer.understood)
    again = sample_book.ask("And their speed?", [first, second, answer])
    assert not again.abstained


def test_a_topic_with_days_and_an_aspect(sample_book: Daybook) -> None:
    answer = sample_book.ask("Compare the polyp segmentation papers of November 2026 by speed")
    assert set(compared(answer)) == {sample_id(12), sample_id(25)}
    assert answer.table is not None
    assert answer.table.columns[-1] == "speed"


def test_the_cases_are_whole() -> None:
    cases = read_cases()
    assert len(cases) >= 60
    assert len({case.id for case in cases}) == len(cases)
    assert all(case.library in {"five-days", "all-days"} and len(case.papers) > 1 for case in cases)
    assert all({arxiv_id for arxiv_id, _ in case.cells} == set(case.papers) for case in cases)
