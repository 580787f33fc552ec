"""Trying a language model's server: one clear line for each thing that may be wrong with it."""

import json
import time
from contextlib import suppress

import pytest

from assistant.face.ui.turns import LentTurn, Slots
from assistant.llm import remote
from assistant.llm.probe import Check, Probe, probe
from assistant.llm.settings import LlmSettings, Patience
from assistant.llm.waiting import lent
from tests.assistant.llm import fake_llm as fake
from tests.assistant.llm.test_llm_writing import SHORT

GREEN = "The lighthouse of Skarn is painted green [2]."
NOT_TRIED = Check(None, "not tried")


def offering(*names: str) -> fake.Reply:
    return fake.whole({"data": [{"id": name} for name in names]})


def tried(reply: fake.Reply, models: fake.Reply | None = None) -> Probe:
    with fake.fake_llm(reply) as server:
        server.models = models
        return probe(LlmSettings(server.url, "kitten", "secret-key", SHORT))


def test_a_server_that_does_all() -> None:
    def reply(handler: fake.Handler) -> None:
        counted = {"choices": [], "usage": {"prompt_tokens": 300, "completion_tokens": 10}}
        fake.streaming(*map(fake.chunk, GREEN), fake.chunk(finish="stop"), counted)(handler)

    found = tried(reply, offering("kitten", "cat"))
    assert [check.holds for check in found.checks] == [True] * 4
    assert found.has_model.line == "it has the model kitten"
    assert found.first_token_seconds is not None
    assert found.tokens_per_second is not None
    assert found.tokens_per_second > 10


def test_a_server_that_is_not_there() -> None:
    with fake.fake_llm(fake.saying("")) as server:
        url = server.url
    found = probe(LlmSettings(url, "kitten"))
    assert found.reachable == Check(False, "the language model's server cannot be reached; see --llm-url")
    assert found.checks[1:] == (NOT_TRIED,) * 3


@pytest.mark.parametrize(
    ("models", "holds", "line"),
    [
        (None, None, "the server does not tell which models it has"),
        (fake.whole([]), None, "the server does not tell which models it has"),
        (fake.sending(b"<html>"), None, "the server does not tell which models it has"),
        (offering("kitten:latest"), True, "it has the model kitten"),
        (offering(), False, "the server does not name the model kitten; it names none"),
        (
            offering("a", "b\x1b[2J", "secret-key"),
            False,
            "the server does not name the model kitten; it offers a, b[2J",
        ),
        (offering(*"abcdefg"), False, "the server does not name the model kitten; it offers a, b, c, d, e …"),
    ],
)
def test_the_model_is_looked_for(models: fake.Reply | None, holds: bool | None, line: str) -> None:
    assert tried(fake.saying(GREEN), models).has_model == Check(holds, line)


@pytest.mark.parametrize(
    ("reply", "streams", "holds", "line"),
    [
        (fake.saying(GREEN), True, True, "it answers from numbered sentences and cites them"),
        (
            fake.saying("It is painted green."),
            True,
            False,
            "it answers, but does not cite the sentence it answers from",
        ),
        (fake.saying("I am a cat."), True, False, "it did not answer a plain question from numbered sentences"),
        (fake.saying(f"<think>{GREEN}</think>"), True, False, "it did not answer a plain question"),
        (
            fake.whole({"choices": [{"message": {"content": GREEN}, "finish_reason": "stop"}]}),
            False,
            True,
            "it answers",
        ),
        (fake.failing(401), None, False, "refuses the key; set DAYBOOK_LLM_KEY (401)"),
        (fake.never_answering, None, False, "did not begin to answer within 0.5 seconds"),
    ],
)
def test_a_made_up_question_is_asked(reply: fake.Reply, streams: bool | None, holds: bool, line: str) -> None:
    found = tried(reply, offering("kitten"))
    assert (found.streams.holds, found.obeys.holds) == (streams, holds)
    assert line in found.obeys.line


def test_no_word_of_a_library_is_sent() -> None:
    with fake.fake_llm(fake.saying(GREEN)) as server:
        probe(LlmSettings(server.url, "kitten", patience=SHORT))
        assert "Skarn" in json.dumps(server.asked)
        assert server.paths == ["/v1/models", "/v1/chat/completions"]


def dripping(handler: fake.Handler) -> None:
    """A server that sends a byte of a list now and then, so that no read takes long: 15 seconds."""
    handler.begin(kind="application/json")
    with suppress(ConnectionError):
        for _ in range(150):
            handler.raw(b" ")
            handler.fake.left.wait(0.1)


def test_a_list_of_models_that_never_ends_is_not_waited_for() -> None:
    start = time.monotonic()
    found = tried(fake.saying(GREEN), dripping)
    assert time.monotonic() - start < 8
    assert found.has_model == Check(None, "the server does not tell which models it has")
    assert found.reachable.holds
    assert found.obeys.holds


def test_a_list_of_models_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(fake.saying(GREEN), offering("kitten", "cat" * 1000)).has_model.holds
    monkeypatch.setattr(remote, "_MOST_LISTED", 100)
    assert tried(fake.saying(GREEN), offering("kitten", "cat" * 1000)).has_model.holds is None


def test_who_leaves_ends_the_wait_for_a_list() -> None:
    slots = Slots(1)
    turn = LentTurn(slots)

    def leaving(handler: fake.Handler) -> None:
        turn.leave()
        dripping(handler)

    start = time.monotonic()
    with fake.fake_llm(fake.never_answering) as server, lent(turn):
        server.models = leaving
        found = probe(LlmSettings(server.url, "kitten", patience=Patience(12, 12)))
        assert time.monotonic() - start < 8
    assert found.has_model.holds is None
    assert found.obeys.line == "nobody waits for the language model any more"
