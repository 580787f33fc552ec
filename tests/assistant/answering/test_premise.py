"""Questions that take for granted what an abstract denies, or that two names have to do with each other."""

import pytest

from assistant.answering.premise import named_apart, premise_doubted
from assistant.language.terms import question_terms
from tests.assistant.conftest import stored_paper

PAPER = stored_paper(
    "2101.00003",
    title="WakeMem",
    abstract="Trackers of boats are slow. WakeMem is faster than BerthLink and reduces the memory that boats need.",
)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Why is WakeMem slower than BerthLink?", "“slower”"),
        ("What makes WakeMem increase the memory that boats need?", "“increase”"),
    ],
)
def test_a_false_premise_is_pointed_out(question: str, word: str) -> None:
    assert word in premise_doubted(question, [PAPER])


@pytest.mark.parametrize(
    "question",
    [
        "Why is WakeMem faster than BerthLink?",
        "Why does WakeMem reduce the memory that boats need?",
        "Is WakeMem slower than BerthLink?",
        "Why is WakeMem used in harbours?",
    ],
)
def test_a_true_premise_and_an_open_question_are_left_alone(question: str) -> None:
    assert premise_doubted(question, [PAPER]) == ""


def test_one_paper_that_agrees_is_enough() -> None:
    agreeing = stored_paper("2101.00004", title="BerthLink", abstract="WakeMem is slower than BerthLink in rain.")
    assert premise_doubted("Why is WakeMem slower than BerthLink?", [PAPER, agreeing]) == ""


def apart(question: str) -> str:
    return named_apart(question_terms(question).names, [PAPER])


def test_names_that_no_cited_abstract_brings_together_are_told() -> None:
    told = apart("What HOTA does WakeMem reach on HarbourTrack?")
    assert "“WakeMem”" in told
    assert "“HarbourTrack”" in told


@pytest.mark.parametrize(
    "question",
    [
        "How much faster is WakeMem than BerthLink?",  # one abstract names both
        "How fast is WakeMem?",
    ],
)
def test_names_that_need_not_stand_together_are_left_alone(question: str) -> None:
    assert apart(question) == ""
