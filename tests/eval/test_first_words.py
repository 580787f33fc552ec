"""The wait for a model's first words, over the sample and a real server of canned sentences."""

import pytest

from assistant import Daybook
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings
from eval.first_words import ENGINES_OWN, WaitReport, measure
from ingest.errors import InputError
from tests.assistant.llm import fake_llm as fake

ASKED = "How does WakeMem remember lost vessels?"
SAID = "WakeMem keeps an entry for every lost vessel [1]."
COUNTED = {"choices": [], "usage": {"prompt_tokens": 700, "completion_tokens": 12}}


def measured(book: Daybook, *chunks: object) -> WaitReport:
    with fake.fake_llm(fake.streaming(*chunks)) as server:
        llm = connect(LlmSettings(server.url, "a-model"))
        book.use(LlmSettings(server.url, "a-model"))
        try:
            return measure([ASKED], book, llm, "a-model", print)
        finally:
            book.use(None)


def test_all_are_waited_for_and_the_prompts_are_equal(sample_book: Daybook) -> None:
    report = measured(sample_book, fake.chunk(SAID), fake.chunk(finish="stop"), COUNTED)
    (one,) = report.waited
    assert one.own_words is not None
    assert 0 < one.quote < one.own_words
    assert one.daybook_tokens == 700
    assert abs(one.equal_tokens - 700) < 200
    assert one.equal_tokens != one.default_tokens
    assert ENGINES_OWN * 100 < one.default_tokens < 700 + ENGINES_OWN * 300
    assert report.lines()[0] == "a-model, 1 questions, 1 with a sentence in its own words"


def test_a_model_that_only_quotes_has_no_words_of_its_own(sample_book: Daybook) -> None:
    (one,) = measured(sample_book, fake.chunk("Nothing is so [1]."), fake.chunk(finish="stop"), COUNTED).waited
    assert one.own_words is None


def test_where_no_model_answers_nothing_is_measured(sample_book: Daybook) -> None:
    with pytest.raises(InputError, match="no question was answered by the model"):
        measured(sample_book, fake.chunk(finish="stop"))
