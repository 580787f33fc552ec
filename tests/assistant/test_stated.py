"""What an abstract states, and what it denies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.stated import denies, states
from ingest.words import stems_of

SENTENCES = [
    "WakeMem: Remembering Lost Vessels",
    "We train on 412 sequences of twelve ports, without any detector.",
    "WakeMem reaches a HOTA of 61.4 at 28 fps.",
    "An entry is kept for every lost vessel.",
]


@pytest.mark.parametrize(
    "question",
    [
        "How many sequences is WakeMem trained on?",
        "How many ports are there?",
        "How fast is WakeMem?",
        "What HOTA does it reach?",
        "Which vessels are kept?",
        "What does WakeMem do?",
        "Which method keeps an entry for lost vessels?",
        "",
    ],
)
def test_what_a_sentence_holds_is_stated(question: str) -> None:
    assert states(question, SENTENCES)


@pytest.mark.parametrize(
    "question",
    [
        "How many cameras were used?",
        "How many vessels were lost?",
        "Who are the authors of WakeMem?",
        "At which university was it made?",
        "Under what licence is it released?",
        "What batch size was it trained with?",
        "On which graphics card was the speed measured?",
        "What MOTA does it reach?",
        "Which optimiser was used?",
        "What camera did they take?",
    ],
)
def test_what_no_sentence_holds_is_not_stated(question: str) -> None:
    assert not states(question, SENTENCES)


def test_a_time_needs_a_number_of_time() -> None:
    assert not states("How long does it need?", ["It keeps 412 entries.", "It is fast."])
    assert states("How long does it need?", ["It needs 3 ms a frame."])


@pytest.mark.parametrize(
    ("question", "is_denied"),
    [
        ("Which detector does WakeMem build on?", True),
        ("Does it work without a detector?", False),  # the question knows
        ("What does it keep for lost vessels?", False),
    ],
)
def test_what_is_only_denied_is_denied(question: str, is_denied: bool) -> None:
    assert denies(question, stems_of(question), SENTENCES[1:]) is is_denied


def test_what_is_also_said_plainly_is_not_denied() -> None:
    assert not denies("Which detector is used?", ["detector"], ["Without a detector it fails.", "A detector is used."])


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_can_be_asked_of_any_sentences(question: str, sentences: list[str]) -> None:
    assert isinstance(states(question, sentences), bool)
    assert isinstance(denies(question, ["vessel"], sentences), bool)
