"""The answers that a library keeps of a conversation, and what is exported of one."""

import json
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Citation, Claim, Daybook, NearPaper, Reference
from assistant.conversation.history import History, _plain, find_conversation, is_conversation_id, new_conversation_id
from ingest.errors import InputError
from ingest.library import Library
from tests.assistant.conftest import cited_ids, sample_id
from tests.conftest import WordEmbedder

DAY = date(2021, 1, 4)
ANSWER = Answer(
    "How high do *kites* fly?",
    "On Kites (4 Jan 2021): “Kites fly high.” [1]\n- a line\n1. no list",
    abstained=False,
    claims=(Claim("Kites fly high.", (Citation(1, "2101.00001", "Kites fly high.", 0, 15),)),),
    references=(Reference(1, "2101.00001", "On Kites [draft]", DAY, "https://arxiv.org/pdf/2101.00001"),),
    understood=("on “kites” as before",),
    timings_ms={"total": 1.5},
)


def test_an_answer_survives_its_way_through_json() -> None:
    near = NearPaper("2101.00002", "On Winds", DAY, "https://arxiv.org/pdf/2101.00002")
    for answer in (
        ANSWER,
        Answer("Why?", "No.", abstained=True, nearest=(near,)),
        replace(ANSWER, facts=("3 papers",)),
    ):
        assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


@pytest.mark.parametrize("data", [{}, {"question": "?"}, {**ANSWER.to_dict(), "claims": [{"sentence": "x"}]}])
def test_what_is_no_answer_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no answer"):
        Answer.from_dict(data)


def test_an_older_answer_lacks_what_was_not_written_yet() -> None:
    data = {"question": "Why?", "answer": "So.", "abstained": False}
    assert Answer.from_dict(data) == Answer("Why?", "So.", abstained=False)


def test_a_conversation_is_there_after_the_library_was_closed(library: Library) -> None:
    history = History(library.conversations)
    history.add(ANSWER)
    history.add(replace(ANSWER, question="And winds?"))
    library.close()
    with Library(library.folder, create=False) as opened:
        resumed = History(opened.conversations, history.id)
        assert [answer.question for answer in resumed.answers] == [ANSWER.question, "And winds?"]
        found = find_conversation(opened.conversations, history.id)
        assert found is not None
        assert (found.title, found.answers) == (ANSWER.question, resumed.answers)


def test_a_question_of_broken_unicode_is_kept(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat("What does \ud800 WakeMem \x00 propose?")
    assert len(sample_book.conversation(chat.conversation_id).answers) == 1


def test_two_who_hold_one_conversation_see_each_others_turns(library: Library) -> None:
    one = History(library.conversations)
    one.add(ANSWER)
    other = History(library.conversations, one.id)
    other.add(replace(ANSWER, question="And winds?"))
    one.refresh()
    assert one.answers == other.answers
    assert len(one.answers) == 2


def test_a_conversation_deleted_elsewhere_is_forgotten_and_not_brought_back(library: Library) -> None:
    history = History(library.conversations)
    history.add(ANSWER)
    former = history.id
    library.conversations.delete(former)
    history.refresh()
    assert (history.answers, history.id == former) == ((), False)
    history.add(replace(ANSWER, question="And winds?"))
    assert library.conversations.find(former) is None
    assert [summary.title for summary in library.conversations.listed()] == ["And winds?"]


def test_a_turn_that_is_not_saved_says_so(sample_folder: Path, tmp_path: Path) -> None:
    with Daybook(Library(tmp_path / "library"), WordEmbedder) as book:
        book.ingest([sample_folder])
        chat = book.chat_engine()
        with closing(sqlite3.connect(tmp_path / "library" / "daybook.sqlite3", isolation_level=None)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            *_, answer = chat.talk.stream("What does WakeMem propose?")
            blocker.execute("ROLLBACK")
        *_, saved = chat.talk.stream("What does Vellum propose?")
    assert "could not be saved" in answer.note
    assert "could not be saved" not in saved.note


def test_what_cannot_be_saved_is_kept_here_told_and_saved_with_the_next(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    history = History(library.conversations)
    with closing(sqlite3.connect(library.folder / "daybook.sqlite3", isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.WARNING):
            history.add(ANSWER)
        assert "the answer was not saved" in caplog.text
        assert (history.answers, history.is_saved) == ((ANSWER,), False)
        history.refresh()
        assert history.answers == (ANSWER,)
        blocker.execute("ROLLBACK")
    history.add(replace(ANSWER, question="And winds?"))
    assert history.is_saved
    assert len(library.conversations.turns(history.id)) == 2


def test_a_turn_that_cannot_be_read_is_left_out(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    history = History(library.conversations)
    history.add(ANSWER)
    library.conversations.append(history.id, ["{broken", "[]", '{"question": 1}'], title="x")
    assert History(library.conversations, history.id).answers == (ANSWER,)
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("conversation_id", ["", "last", "1" * 32, "' OR 1=1 --", "\ud800"])
def test_a_conversation_that_is_not_there_is_a_mistake(library: Library, conversation_id: str) -> None:
    with pytest.raises(InputError, match="there is no conversation"):
        History(library.conversations, conversation_id)


def test_ids_are_128_random_bits() -> None:
    ids = {new_conversation_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_conversation_id(made) and len(made) == 32 for made in ids)


def test_an_export_as_markdown_says_what_was_said(library: Library) -> None:
    history = History(library.conversations)
    history.add(ANSWER)
    found = find_conversation(library.conversations, history.id)
    assert found is not None
    lines = found.to_markdown().splitlines()
    assert lines[0] == "# How high do \\*kites\\* fly?"
    assert "*Understood: on “kites” as before*" in lines
    assert "On Kites (4 Jan 2021): “Kites fly high.” \\[1\\]" in lines
    assert "- a line" in lines
    assert "1\\. no list" in lines
    assert "1. On Kites \\[draft\\], 4 Jan 2021, [arXiv:2101.00001](https://arxiv.org/pdf/2101.00001)" in lines
    assert found.to_dict()["turns"] == [ANSWER.to_dict()]


@given(st.text())
def test_no_question_makes_markdown_of_its_own(text: str) -> None:
    shown = _plain(text)
    assert "\n" not in shown
    assert not shown.startswith(("- ", "+ ", "> ", "# "))
    assert "](" not in shown.replace("\\]", "")
    assert "<" not in shown.replace("\\<", "")


# ---- through Daybook


def test_daybook_lists_opens_and_deletes_conversations(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat("How does WakeMem remember lost vessels?")
    assert chat.conversation_id in [summary.id for summary in sample_book.conversations()]
    resumed = sample_book.chat_engine(chat.conversation_id)
    assert [answer.to_dict() for answer in resumed.answers] == [answer.to_dict() for answer in chat.answers]
    *_, answer = resumed.talk.stream("How fast is it?")
    assert cited_ids(answer) == [sample_id(28)]
    assert [kept.question for kept in sample_book.conversation(chat.conversation_id).answers][1] == "How fast is it?"
    sample_book.delete_conversation(chat.conversation_id)
    with pytest.raises(InputError, match="there is no conversation"):
        sample_book.conversation(chat.conversation_id)
    with pytest.raises(InputError, match="there is no conversation"):
        sample_book.delete_conversation(chat.conversation_id)
    with pytest.raises(InputError, match="there is no conversation"):
        sample_book.chat_engine(chat.conversation_id)


@pytest.mark.parametrize("conversation_id", ["", "\ud800", "x" * 10_000])
def test_what_is_no_id_is_the_id_of_nothing(sample_book: Daybook, conversation_id: str) -> None:
    for ask in (sample_book.conversation, sample_book.delete_conversation):
        with pytest.raises(InputError, match="there is no conversation"):
            ask(conversation_id)
