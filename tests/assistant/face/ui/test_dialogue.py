"""What comes of the questions of one conversation."""

import logging
from collections.abc import Iterator

import pytest

from assistant.answer import Answer
from assistant.face.ui.dialogue import DEFECT, MOST_TURNS, Dialogue, Turn
from assistant.face.ui.dialogues import LiveDialogues
from ingest.errors import InputError


class EchoEngine:
    """Answers a question with each of its words in turn; "fail" is a defect, "wrong" a mistake of the user."""

    conversation_id = "echo"
    is_saved = True

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


def test_a_question_whose_asker_left_was_not_asked() -> None:
    dialogue = Dialogue(EchoEngine)
    texts(dialogue, "one")
    steps = dialogue.ask("two words")
    assert [next(steps).answer, next(steps).answer is not None] == [None, True]
    steps.close()
    assert [turn.question for turn in dialogue.turns] == ["one"]
    assert dialogue.next_number == 2


class Unsaved(EchoEngine):
    """A conversation that no library keeps."""

    is_saved = False


class TestLiveDialogues:
    def begun(self, engine: type[EchoEngine], name: str) -> Dialogue:
        dialogue = Dialogue(type("Named", (engine,), {"conversation_id": name}))
        texts(dialogue, "one")
        return dialogue

    def test_those_used_last_are_kept(self) -> None:
        live = LiveDialogues(most_live=2, most_unsaved=1)
        dialogues = [self.begun(EchoEngine, name) for name in "abc"]
        for dialogue in dialogues[:2]:
            live.keep("me", dialogue)
        assert live.find("me", "a") is dialogues[0]
        live.keep("me", dialogues[2])
        assert [live.find("me", name) is None for name in "abc"] == [False, True, False]
        assert live.find("you", "a") is None

    def test_what_no_library_keeps_is_kept_longer_and_not_for_ever(self) -> None:
        live = LiveDialogues(most_live=1, most_unsaved=1)
        live.keep("me", self.begun(Unsaved, "unsaved"))
        live.keep("me", self.begun(EchoEngine, "saved"))
        assert [live.find("me", name) is None for name in ("unsaved", "saved")] == [False, True]
        for name in "abcd":
            live.keep("me", self.begun(Unsaved, name))
        assert len(live) == 2

    def test_a_conversation_that_got_another_id_is_found_under_that(self) -> None:
        live = LiveDialogues()
        dialogue = self.begun(EchoEngine, "a")
        live.keep("me", dialogue)
        dialogue._engine.conversation_id = "b"  # type: ignore[union-attr, misc]
        live.keep("me", dialogue)
        assert (live.find("me", "a"), live.find("me", "b"), len(live)) == (None, dialogue, 1)
        live.drop("me", "b")
        assert len(live) == 0
