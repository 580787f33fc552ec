"""Settings of a language model, and one test against a real one where its address is given."""

import logging
import os

import pytest
from llama_index.core.llms import LLM, MockLLM

from assistant import Daybook
from assistant.answering.writing import QuotingWriter
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings, key_from
from assistant.llm.writing import LlmWriter
from ingest.errors import InputError
from tests.assistant.conftest import cited_ids
from tests.assistant.llm import fake_llm as fake

REAL = "DAYBOOK_TEST_LLM_URL"
ONE_PAPER = "How does WakeMem remember lost vessels?"


@pytest.mark.parametrize(
    ("url", "base", "query"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1", ""),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1", ""),
        ("https://models.example/openai/v1/", "https://models.example/openai/v1", ""),
        (" http://[::1]:8000/v1 ", "http://[::1]:8000/v1", ""),
        ("http://127.0.0.1:1/v1/chat/completions", "http://127.0.0.1:1/v1", ""),
        ("http://127.0.0.1:1/v1/models/", "http://127.0.0.1:1/v1", ""),
        ("https://a.example/d/m/chat/completions?api-version=3", "https://a.example/d/m", "?api-version=3"),
        ("https://a.example/?api-version=3", "https://a.example/v1", "?api-version=3"),
    ],
)
def test_a_server_is_named_by_its_base(url: str, base: str, query: str) -> None:
    llm = connect(LlmSettings(url, " kitten "))
    assert isinstance(llm, LLM)
    assert (llm.base_url, llm.query, llm.model) == (base, query, "kitten")
    assert llm.metadata.is_chat_model


@pytest.mark.parametrize("key", ["kitten\nmouse", "kätzchen"])
def test_a_key_that_cannot_be_sent_is_told_and_not_shown(key: str) -> None:
    with pytest.raises(InputError, match="see DAYBOOK_LLM_KEY") as told:
        connect(LlmSettings("http://127.0.0.1", "kitten", key))
    assert key not in str(told.value)


@pytest.mark.parametrize("url", ["", "127.0.0.1:11434", "ftp://127.0.0.1", "http://", "http://[", "http://a:99999"])
def test_what_is_no_url_is_told_in_one_line(url: str) -> None:
    with pytest.raises(InputError, match="is no URL of a language model's server; write it as"):
        connect(LlmSettings(url, "kitten"))


def test_a_server_needs_the_name_of_a_model() -> None:
    with pytest.raises(InputError, match=r"no model of .* is named; name one with --llm-model"):
        connect(LlmSettings("http://127.0.0.1", " "))


def test_the_key_is_of_the_environment_and_not_shown() -> None:
    assert key_from({"DAYBOOK_LLM_KEY": "a", "OPENAI_API_KEY": "b"}) == "a"
    assert key_from({"DAYBOOK_LLM_KEY": "", "OPENAI_API_KEY": "b"}) == "b"
    assert key_from({}) == ""
    assert "hidden" not in repr(LlmSettings("http://127.0.0.1", "kitten", "hidden"))


def test_a_book_writes_with_the_model_it_is_given(word_book: Daybook) -> None:
    with fake.fake_llm(fake.failing(500)) as server:
        book = Daybook(word_book.library, lambda: word_book.embedder, llm=LlmSettings(server.url, "kitten"))
        assert isinstance(book.writer, LlmWriter)
        assert "failed (500)" in book.ask(ONE_PAPER).note
    assert isinstance(word_book.writer, QuotingWriter)


def test_any_model_of_llama_index_can_write(word_book: Daybook) -> None:
    """This one repeats what it is told, prompt and all: none of that is an answer, but for the sentences themselves."""
    book = Daybook(word_book.library, lambda: word_book.embedder, llm=MockLLM(max_tokens=400))
    answer = book.ask(ONE_PAPER)
    quoted = word_book.ask(ONE_PAPER)
    assert cited_ids(answer) == cited_ids(quoted)
    assert answer.note


def test_a_real_model_is_held_to_the_contract(sample_book: Daybook) -> None:
    url = os.environ.get(REAL)
    if not url:
        pytest.skip(f"no real language model: name a server's URL in {REAL}")
    book = Daybook(
        sample_book.library,
        lambda: sample_book.embedder,
        llm=LlmSettings(url, os.environ.get("DAYBOOK_TEST_LLM_MODEL", "any")),
    )
    for question in (ONE_PAPER, "Compare WakeMem and BerthLink", "Which papers are about polyp segmentation?"):
        answer = book.ask(question)
        assert answer.claims
        assert set(cited_ids(answer)) <= set(cited_ids(sample_book.ask(question)))
        for claim in answer.claims:
            assert claim.citations
            assert not claim.is_replaced or claim.sentence == claim.citations[0].quote
            for citation in claim.citations:
                stored = sample_book.library.paper(citation.arxiv_id)
                assert stored is not None
                assert stored.paper.abstract[citation.start : citation.end] == citation.quote


def test_a_secret_in_a_url_is_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with fake.fake_llm(fake.saying("Dogs.")) as server, caplog.at_level(logging.INFO):
        settings = LlmSettings(f"{server.url}/v1?key=secret-key", "kitten")
        llm = connect(settings)
        assert llm.complete("?").text == "Dogs."
        assert server.paths == ["/v1/chat/completions?key=secret-key"]
    assert "secret-key" not in f"{settings!r} {llm!r} {llm} {caplog.text}"
