"""What comes of the questions of one conversation."""

import logging
from collections.abc import Iterator

import pytest

from assistant.answer import Answer
from assistant.face.ui.dialogue import DEFECT, MOST_TURNS, Dialogue, Turn
from ingest.errors import InputError


class EchoEngine:
    """Answers a question with each of its words in turn; "fail" is a defect, "wrong" a mistake of the user."""

    conversation_id = "echo"

    def stream(self, message: str) -> Iterator[Answer]:
        words = message.split()
        for count in range(1, len(words) + 1):
            yield Answer(message, " ".join(words[:count]), abstained=False)
            if words[count - 1] == "fail":
                raise RuntimeError("secret detail")
            if words[count - 1] == "wrong":
                raise InputError("ask otherwise")


def texts(dialogue: Dialogue, question: str) -> list[str]:
    return [turn.answer.text if turn.answer else turn.problem for turn in dialogue.ask(question)]


def test_a_turn_grows_from_the_question_to_the_answer() -> None:
    dialogue = Dialogue(EchoEngine)
    assert texts(dialogue, "do kites fly") == ["", "do", "do kites", "do kites fly"]
    assert [turn.question for turn in dialogue.turns] == ["do kites fly"]


def test_one_engine_holds_the_whole_conversation() -> None:
    begun: list[EchoEngine] = []

    def begin() -> EchoEngine:
        begun.append(EchoEngine())
        return begun[-1]

    dialogue = Dialogue(begin)
    assert not begun
    texts(dialogue, "one")
    texts(dialogue, "two")
    assert (len(begun), len(dialogue.turns)) == (1, 2)


def test_a_mistake_of_the_user_is_told_and_the_question_kept() -> None:
    dialogue = Dialogue(EchoEngine)
    texts(dialogue, "this is wrong")
    assert dialogue.turns == (Turn("this is wrong", problem="ask otherwise"),)


def test_a_defect_is_told_neutrally_and_logged_in_full(caplog: pytest.LogCaptureFixture) -> None:
    dialogue = Dialogue(EchoEngine)
    with caplog.at_level(logging.ERROR):
        assert texts(dialogue, "please fail")[-1] == DEFECT
    assert "secret detail" in caplog.text
    assert texts(dialogue, "again")[-1] == "again"


def test_an_engine_that_cannot_begin_is_tried_again() -> None:
    def begin() -> EchoEngine:
        if not failures:
            return EchoEngine()
        raise failures.pop()

    failures = [InputError("the library is empty")]
    dialogue = Dialogue(begin)
    assert texts(dialogue, "one")[-1] == "the library is empty"
    assert texts(dialogue, "one")[-1] == "one"


def test_what_is_said_of_an_empty_question_ends_with_the_next() -> None:
    dialogue = Dialogue(EchoEngine)
    texts(dialogue, " ")
    texts(dialogue, "one")
    assert [turn.question for turn in dialogue.turns] == ["one"]


def test_a_conversation_ends_somewhere() -> None:
    dialogue = Dialogue(EchoEngine)
    for number in range(MOST_TURNS + 3):
        texts(dialogue, str(number))
    assert len(dialogue.turns) == MOST_TURNS + 1
    assert dialogue.turns[-1] == Turn(
        str(MOST_TURNS + 2), problem=f"this conversation has {MOST_TURNS} questions; begin a new one"
    )
