"""The sides of a comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parts import sides_of


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare WakeMem with BerthLink.", ("WakeMem", "BerthLink")),
        ("Contrast polyp segmentation and the counting of cells", ("polyp segmentation", "the counting of cells")),
        ("What is the difference between WakeMem and BerthLink?", ("WakeMem", "BerthLink")),
        ("How do WakeMem and BerthLink differ in what they remember?", ("WakeMem", "BerthLink")),
        ("How does WakeMem compare to trackers with memory and flow?", ("WakeMem", "trackers with memory and flow")),
        ("How is WakeMem different from BerthLink?", ("WakeMem", "BerthLink")),
        ("What sets WakeMem apart from BerthLink?", ("WakeMem", "BerthLink")),
        ("What do WakeMem and BerthLink do differently?", ("WakeMem", "BerthLink")),
        ("Which is faster, WakeMem or the harbour tracker?", ("WakeMem", "the harbour tracker")),
        ("WakeMem vs. BerthLink: which remembers longer?", ("WakeMem", "BerthLink")),
        ("WakeMem or BerthLink: which is smaller?", ("WakeMem", "BerthLink")),
    ],
)
def test_the_sides_of_a_comparison_are_told_apart(question: str, sides: tuple[str, str]) -> None:
    assert sides_of(question) == sides


@pytest.mark.parametrize(
    "question",
    [
        "Which papers forecast where cars or other road users move?",
        "Which papers compare trackers?",
        "Compare the papers that improve tracking with memory.",
        "Compare it with the first.",
        "How do networks remember vessels and find them again?",
        "What is new in tracking and segmentation?",
        "How much smaller is WakeMem, and was it compared with others?",
        "",
    ],
)
def test_a_question_that_compares_nothing_named_has_no_sides(question: str) -> None:
    assert sides_of(question) == ()


@given(st.text(max_size=80))
def test_any_text_has_two_sides_or_none(question: str) -> None:
    sides = sides_of(f"compare {question} with {question} or {question}?")
    assert len(sides) in {0, 2}
    assert all(side and side in f"compare {question} with {question} or {question}?" for side in sides)
