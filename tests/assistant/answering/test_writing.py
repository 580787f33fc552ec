"""The quoting writer says nothing of its own."""

from assistant.answering.contract import AnswerBuilder
from assistant.answering.writing import QuotingWriter, Writer
from tests.assistant.conftest import evidence_from, stored_paper

CATS = stored_paper("2101.00003", abstract="Cats purr at night. They sleep by day.")
DOGS = stored_paper("2101.00002", abstract="Dogs bark at noon.")
EVIDENCE = (evidence_from(DOGS), evidence_from(CATS, 20, 38), evidence_from(CATS, 0, 19))


def test_every_piece_of_evidence_is_quoted_once_in_its_order() -> None:
    drafts = list(QuotingWriter().write("Who?", EVIDENCE))
    assert [draft.sentence for draft in drafts] == [
        "Dogs bark at noon.",
        "They sleep by day.",
        "Cats purr at night.",
    ]
    assert [draft.evidence for draft in drafts] == [(piece,) for piece in EVIDENCE]


def test_what_it_writes_keeps_the_contract() -> None:
    builder = AnswerBuilder("Who?", [CATS, DOGS])
    for draft in QuotingWriter().write("Who?", EVIDENCE):
        builder.add(draft)
    assert len(builder.answer().claims) == len(EVIDENCE)


def test_it_writes_nothing_without_evidence() -> None:
    assert list(QuotingWriter().write("Who?", ())) == []


def test_it_is_a_writer() -> None:
    assert isinstance(QuotingWriter(), Writer)
    assert not isinstance(object(), Writer)
