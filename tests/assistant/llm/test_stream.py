"""What a model's stream costs, and that a program which leaves one ends in order."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import MockLLM
from pydantic import PrivateAttr

from assistant.answer import Usage
from assistant.answering.contract import DraftClaim, Note
from assistant.llm.client import connect
from assistant.llm.settings import Patience
from assistant.llm.stream import LlmStream
from assistant.llm.writing import LlmWriter
from ingest.errors import LlmError
from tests.assistant.llm import fake_llm as fake
from tests.assistant.llm.test_llm_writing import AMPLE, EVIDENCE, QUESTION, QUOTES, SHORT, settings
from tests.conftest import PROJECT

BARK = "BarkFormer finds dogs by their bark."
PAUSE = 2.0  # seconds, of which a busy machine may take half


def usage_of(reply: fake.Reply) -> Usage:
    with fake.fake_llm(reply) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        list(writer.write(QUESTION, EVIDENCE))
        assert writer.usage is not None
        return writer.usage


def test_an_answer_tells_what_it_cost() -> None:
    def reply(handler: fake.Handler) -> None:
        handler.begin()
        time.sleep(0.2)
        handler.send("BarkFormer finds dogs ")
        time.sleep(PAUSE)
        handler.send("by their bark [3].")
        fake.streaming(
            fake.chunk(finish="stop"), {"choices": [], "usage": {"prompt_tokens": 300, "completion_tokens": 11}}
        )(handler)

    usage = usage_of(reply)
    assert (usage.prompt_tokens, usage.completion_tokens) == (300, 11)
    assert usage.first_token_seconds is not None
    assert 0.2 <= usage.first_token_seconds < usage.seconds - PAUSE / 2


def test_a_thought_is_a_first_word_too() -> None:
    def reply(handler: fake.Handler) -> None:
        handler.begin()
        handler._event(fake.chunk(reasoning="hm"))
        time.sleep(PAUSE)
        handler.send("BarkFormer finds dogs by their bark [3].")
        handler.end()

    usage = usage_of(reply)
    assert usage.first_token_seconds is not None
    assert usage.first_token_seconds < usage.seconds - PAUSE / 2


def test_what_a_server_does_not_count_is_not_known() -> None:
    usage = usage_of(fake.saying("BarkFormer finds dogs by their bark [3]."))
    assert (usage.prompt_tokens, usage.completion_tokens) == (None, None)
    usage = usage_of(fake.failing(500))
    assert usage.first_token_seconds is None
    assert usage.seconds > 0


def test_nothing_is_told_of_an_answer_that_no_model_wrote() -> None:
    with fake.fake_llm(fake.saying(BARK)) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        assert writer.usage is None
        list(writer.write(QUESTION, EVIDENCE))
        assert writer.usage
        list(writer.write(QUESTION, ()))
        assert writer.usage is None


class OtherLlm(MockLLM):
    """A model of llama-index that streams these responses."""

    _responses: list[Any] = PrivateAttr()

    def __init__(self, responses: list[Any]) -> None:
        super().__init__(max_tokens=400)
        self._responses = responses

    def stream_chat(self, messages: Sequence[ChatMessage], **_: Any) -> Iterator[ChatResponse]:  # type: ignore[override]
        assert messages
        for delta, raw, told in self._responses:
            message = ChatMessage(role=MessageRole.ASSISTANT, content=delta)
            yield ChatResponse(message=message, delta=delta, raw=raw, additional_kwargs=told)


def ended(reason: str | None) -> SimpleNamespace:
    return SimpleNamespace(choices=[SimpleNamespace(finish_reason=reason)])


@pytest.mark.parametrize(
    ("responses", "note"),
    [
        ([("BarkFormer finds ", None, {}), ("dogs by their bark", None, {})], ""),
        ([("BarkFormer finds dogs by their bark", ended("stop"), {})], ""),
        ([("BarkFormer finds dogs by their bark", ended(None), {})], "broke off"),
        ([("BarkFormer finds dogs by their bark [3]. It r", ended("length"), {})], "reached its limit of tokens"),
        ([(None, None, {"thinking_delta": "hm"})], "thought, but wrote nothing"),
    ],
)
def test_any_model_of_llama_index_is_read_through_its_own_stream(responses: list[Any], note: str) -> None:
    drafts = list(LlmWriter(OtherLlm(responses), patience=AMPLE).write(QUESTION, EVIDENCE))
    assert note in "".join(draft.text for draft in drafts if isinstance(draft, Note))
    assert bool(note) == any(isinstance(draft, Note) for draft in drafts)


def test_the_tokens_of_any_model_are_told_where_it_counts_them() -> None:
    llm = OtherLlm([("Dogs.", None, {"prompt_tokens": 5, "completion_tokens": 2})])
    stream = LlmStream(llm, [ChatMessage(content="?")], SHORT)
    assert list(stream) == ["Dogs."]
    assert (stream.usage.prompt_tokens, stream.usage.completion_tokens) == (5, 2)


LEAVING = """
    import sys
    from llama_index.core.base.llms.types import ChatMessage
    from assistant.llm.client import connect
    from assistant.llm.settings import LlmSettings, Patience
    from assistant.llm.stream import LlmStream
    stream = iter(LlmStream(connect(LlmSettings(sys.argv[1], "m")), [ChatMessage(content="?")], Patience(20, 40)))
    next(stream)
    LEAVE
    print("left")
"""


@pytest.mark.parametrize("leave", ["stream.close()", "pass"])
def test_a_program_that_leaves_a_stream_ends_in_order(leave: str) -> None:
    """It was aborted (134) two times of two where the reader was still inside of compiled code at the end."""

    def reply(handler: fake.Handler) -> None:
        handler.begin()
        while not handler.fake.left.is_set():
            handler.send("BarkFormer finds dogs by their bark [3]. ")

    code = textwrap.dedent(LEAVING).replace("LEAVE", leave)
    with fake.fake_llm(reply) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, server.url], cwd=PROJECT, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")


def test_a_program_that_leaves_a_mute_server_ends_at_once() -> None:
    """The reader is cut, not waited for; what is registered first is done last."""
    code = textwrap.dedent(LEAVING).replace(
        "next(stream)", "import threading; threading.Thread(target=next, args=(stream,), daemon=True).start(); wait(1)"
    )
    code = code.replace("LEAVE", "left.append(clock())")
    last = "atexit.register(lambda: print(clock() - left[0] < 4))"
    code = f"import atexit\nfrom time import monotonic as clock, sleep as wait\nleft = []\n{last}\n{code}"
    with fake.fake_llm(fake.never_answering) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, server.url], cwd=PROJECT, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (0, "left\nTrue\n")


def test_quotes_are_what_a_model_that_fails_leaves() -> None:
    class Failing(MockLLM):
        def stream_chat(self, messages: Sequence[ChatMessage], **_: Any) -> Iterator[ChatResponse]:  # type: ignore[override]
            raise ValueError(f"secret-key {messages}")

    drafts = list(LlmWriter(Failing(max_tokens=400), patience=AMPLE).write(QUESTION, EVIDENCE))
    assert [draft.sentence for draft in drafts if isinstance(draft, DraftClaim)] == QUOTES
    assert [draft.text for draft in drafts if isinstance(draft, Note)] == [
        "Quotes stand here for what a language model would have written:"
        " the language model's server sent what cannot be read (ValueError)."
    ]


def test_what_waits_to_be_read_is_not_read_once_time_is_over() -> None:
    pieces = iter(LlmStream(OtherLlm([("Dogs. ", None, {})] * 50), [ChatMessage(content="?")], Patience(20, 2)))
    assert next(pieces) == "Dogs. "
    time.sleep(2.1)
    with pytest.raises(LlmError, match="did not finish within 2 seconds"):
        next(pieces)
