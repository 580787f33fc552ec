"""What a question asks for, and which sentences tell it."""

import pytest

from assistant.asking import Aim, aims_of, asks_speed, gives_speed, is_background


@pytest.mark.parametrize("question", ["Is WakeMem or BerthLink faster?", "How fast is it?", "What is its frame rate?"])
def test_a_question_of_speed_wants_a_number(question: str) -> None:
    assert asks_speed(question)
    assert Aim.NUMBER in aims_of(question)


def test_a_question_why_wants_no_figure() -> None:
    assert not asks_speed("Why is WakeMem faster than BerthLink?")


@pytest.mark.parametrize(
    ("text", "is_given"),
    [
        ("It runs at 34.5 FPS.", True),
        ("A frame takes 12 ms.", True),
        ("It is 3x faster than BerthLink.", True),
        ("It is fast.", False),
        ("It finds 34 boats.", False),
    ],
)
def test_a_speed_is_a_figure_of_time(text: str, is_given: bool) -> None:
    assert gives_speed(text) is is_given


def test_a_contrast_with_a_figure_is_a_result_and_not_background() -> None:
    assert is_background("While boats are common, they are rarely tracked.")
    assert not is_background("While in the outer harbour, the errors grow to 50-60 pixels.")
    assert is_background("Recent trackers reach 12% on boats.")
