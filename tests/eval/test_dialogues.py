"""How the measurement of conversations counts, over the sample."""

from assistant import Daybook
from eval.dialogues import DialogueTurn, exact_share, measure, read_turns, share_right
from tests.assistant.conftest import sample_id

TURNS = [
    DialogueTurn("a1", "a", "How does WakeMem remember lost vessels?", frozenset({sample_id(28)})),
    DialogueTurn("a2", "a", "How fast is it?", frozenset({sample_id(28)})),
    DialogueTurn("a3", "a", "Was it tried on ADE20K?", frozenset()),
    DialogueTurn("b1", "b", "How fast is it?", frozenset({sample_id(28)}), "own"),
]


def test_turns_are_asked_after_those_of_their_own_conversation(sample_book: Daybook) -> None:
    report = measure(sample_book, TURNS, lambda _: None)
    assert [(result.turn.id, result.place, result.is_right) for result in report.results] == [
        ("a1", 0, True),
        ("a2", 1, True),
        ("a3", 2, True),
        ("b1", 0, False),
    ]
    assert (share_right(report.results), exact_share(report.results[:2])) == (0.75, 1.0)
    lines = report.lines()
    assert lines[0].endswith("3 of 3 (1.000) right")
    assert any(line.startswith("turns (own)") and line.endswith("0 of 1 (0.000) right") for line in lines)
    assert lines[-1].startswith("wrong: b1: How fast is it?")


def test_the_cases_are_whole_conversations() -> None:
    turns = read_turns()
    assert len({turn.id for turn in turns}) == len(turns)
    assert len(list(dict.fromkeys(turn.conversation for turn in turns))) == 48
    assert {turn.set for turn in turns} == {"first", "own"}
