"""The writer can be changed at any time, also while an answer is under way."""

import threading

import pytest

from assistant import Answer, Daybook
from assistant.answering.writing import QuotingWriter
from assistant.llm.settings import LlmSettings
from assistant.llm.writing import LlmWriter
from ingest.errors import InputError
from tests.assistant.llm import fake_llm as fake

ASKED = "How does WakeMem remember lost vessels?"


@pytest.fixture
def book(word_book: Daybook) -> Daybook:
    """A book of its own over the sample."""
    return Daybook(word_book.library, lambda: word_book.embedder)


def test_another_writer_writes_from_the_next_answer_on(book: Daybook) -> None:
    assert isinstance(book.writer, QuotingWriter)
    assert book.writing.model == ""
    quoted = book.ask(ASKED)
    assert quoted.usage is None
    with fake.fake_llm(fake.failing(500)) as server:
        settings = LlmSettings(server.url, " kitten ", "key")
        book.use(settings)
        assert isinstance(book.writer, LlmWriter)
        assert (book.writing.model, book.writing.settings) == ("kitten", settings)
        assert "failed (500)" in book.ask(ASKED).note
    book.use(None)
    assert (book.ask(ASKED).text, book.ask(ASKED).note) == (quoted.text, quoted.note)


def test_a_conversation_goes_on_with_the_new_writer(book: Daybook) -> None:
    engine = book.chat_engine()
    engine.chat(ASKED)
    with fake.fake_llm(fake.failing(500)) as server:
        book.use(LlmSettings(server.url, "kitten"))
        assert "failed (500)" in (engine.chat(ASKED).metadata or {})["answer"].note


def test_an_answer_under_way_keeps_its_own(book: Daybook) -> None:
    quote = book.ask(ASKED).claims[0].sentence
    with fake.fake_llm(fake.Hold(f"{quote} [1]")) as server:
        book.use(LlmSettings(server.url, "kitten"))
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(book.ask(ASKED)))
        asking.start()
        while not server.asked:
            asking.join(0.02)
        book.use(None)
        assert book.ask(ASKED).usage is None
        assert isinstance(server.reply, fake.Hold)
        server.reply.released.set()
        asking.join()
    (answer,) = answers
    assert answer.note == ""
    assert answer.usage is not None
    assert answer.usage.model == "kitten"


def test_what_cannot_be_used_leaves_the_writer_as_it_was(book: Daybook) -> None:
    before = book.writing
    with pytest.raises(InputError, match="is no URL"):
        book.use(LlmSettings("ftp://127.0.0.1", "kitten"))
    with pytest.raises(InputError, match="no model"):
        book.use(LlmSettings("http://127.0.0.1", ""))
    assert book.writing is before
