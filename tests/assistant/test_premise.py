"""Questions that take for granted what an abstract denies."""

import pytest

from assistant.premise import premise_doubted
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
