"""A language model behind a URL, as a part of llama-index that speaks the dialects of real servers."""

import json
import logging
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import httpx
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from pydantic import Field, PrivateAttr

from assistant.llm.calls import Call, current
from assistant.llm.chunks import Chunk, read_chunks
from assistant.llm.dialect import Dialect, room_to_think
from assistant.llm.refusals import RefusedError, refusal_of
from assistant.llm.waiting import ended_by, waiting

_CONNECT_SECONDS = 5.0
_NO_SPARE_CONNECTIONS = httpx.Limits(max_keepalive_connections=0)  # each call has one that can be cut
_MOST_WAITS = 2  # for a busy server
_LONGEST_WAIT_SECONDS = 30.0  # where no call says how long whoever asked has patience
_MOST_READ = 1 << 16  # bytes of a refusal
_MOST_LISTED = 4 << 20  # bytes of a list of models; that of a server with hundreds has half of one million


class ServerLlm(CustomLLM):
    """A model of an OpenAI-compatible server: how that wants to be asked is learned, and remembered.

    Each `ChatResponse` that it streams has its `Chunk` as `raw`.
    """

    model: str
    base_url: str = Field(repr=False)  # may hold a name and a password
    query: str = Field(default="", repr=False)  # may hold a key
    context_tokens: int
    answer_tokens: int
    thinking_tokens: int
    _client: httpx.Client = PrivateAttr()
    _dialect: Dialect = PrivateAttr(default_factory=Dialect)

    def __init__(self, *, key: str, timeout_seconds: float, trust_env: bool, **fields: Any) -> None:
        super().__init__(**fields)
        keys = {"Authorization": f"Bearer {key}"} if key else {}
        if key and "api-version" in self.query:  # Azure's own header
            keys["api-key"] = key
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells whole URLs, with what is secret in them
        self._client = httpx.Client(
            headers=keys,
            timeout=httpx.Timeout(timeout_seconds, connect=_CONNECT_SECONDS),
            limits=_NO_SPARE_CONNECTIONS,
            trust_env=trust_env,
        )

    @property
    def metadata(self) -> LLMMetadata:
        """How much the model reads and writes."""
        return LLMMetadata(
            context_window=self.context_tokens,
            num_output=self.answer_tokens,
            is_chat_model=True,
            model_name=self.model,
        )

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponseGen:
        """The answer as it comes.

        Raises:
            LlmError: the server refuses, or sends no answer.
            httpx.HTTPError: it cannot be reached, or breaks off.
        """

        def responses() -> ChatResponseGen:
            text = ""
            with closing(self.chunks(messages)) as chunks:
                for chunk in chunks:
                    text += chunk.text
                    message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
                    yield ChatResponse(message=message, delta=chunk.text, raw=chunk)

        return responses()

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
        """The whole answer, thoughts that stand in its text among it."""
        text = "".join(chunk.text for chunk in self.chunks(messages))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:  # noqa: ARG002 - llama-index's
        """The whole answer to a prompt."""
        return CompletionResponse(text=self.chat(_asked(prompt)).message.content or "")

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:  # noqa: ARG002
        """The answer to a prompt as it comes."""

        def responses() -> CompletionResponseGen:
            for response in self.stream_chat(_asked(prompt)):
                yield CompletionResponse(text=response.message.content or "", delta=response.delta)

        return responses()

    def chunks(self, messages: Sequence[ChatMessage]) -> Generator[Chunk, None, None]:
        """The answer in chunks: asked for in the server's dialect, and again where it is busy for a short while.

        What the server refused is left out from then on, once an answer has come without it.
        """
        waits, dialect = 0, self._dialect
        learned: Dialect | None = None
        while True:
            try:
                yield from self._asked_once(dialect, learned, messages)
            except RefusedError as refusal:
                if refusal.wait_seconds is not None and waits < _MOST_WAITS and _has_waited(refusal.wait_seconds):
                    waits += 1
                elif (other := dialect.after(refusal)) is not None and not _is_cut():
                    dialect, learned = other, (learned or self._dialect).learned(refusal)
                else:
                    raise
            else:
                return

    def _asked_once(
        self, dialect: Dialect, learned: Dialect | None, messages: Sequence[ChatMessage]
    ) -> Iterator[Chunk]:
        """The answer as it is asked for in a dialect; `learned` is the server's from then on, once it speaks."""
        room = room_to_think(messages, self.context_tokens, self.answer_tokens)
        body = dialect.body(self.model, messages, self.answer_tokens, min(self.thinking_tokens, room))
        with self._response("POST", "/chat/completions", body) as response:
            for chunk in read_chunks(response.iter_bytes()):
                if learned is not None and (chunk.text or chunk.has_thought):
                    self._dialect = learned
                yield chunk

    def models(self, patience_seconds: float) -> list[str]:
        """The names of the models that the server offers, where it tells them in time.

        Raises:
            RefusedError: it does not tell them.
            httpx.HTTPError: it cannot be reached.
            ValueError: it tells something else, too much, or not in time.
        """
        with _cut_after(patience_seconds) as call:
            try:
                with self._response("GET", "/models") as response:
                    told = b"".join(_first(response.iter_bytes(), _MOST_LISTED))[:_MOST_LISTED]
            except httpx.HTTPError:
                if call.is_cut:
                    raise ValueError("no list of models in time") from None
                raise
        data = json.loads(told or b"{}")
        listed = data.get("data") if isinstance(data, dict) else None
        if not isinstance(listed, list):
            raise ValueError("no list of models")
        return [str(model["id"]) for model in listed if isinstance(model, dict) and "id" in model]

    def _response(self, method: str, path: str, body: object = None) -> "closing[httpx.Response]":
        """A response, to be read and closed.

        Raises:
            RefusedError: it is none of success.
        """
        call = current.get()
        request = self._client.build_request(
            method,
            f"{self.base_url}{path}{self.query}",
            json=body,
            extensions={"trace": call.follow} if call else {},
        )
        response = self._client.send(request, stream=True)
        if not response.is_success:
            with closing(response):
                told = b"".join(_first(response.iter_bytes(), _MOST_READ)).decode("utf-8", "replace")
            raise refusal_of(response.status_code, told, response.headers)
        return closing(response)


def _asked(prompt: str) -> list[ChatMessage]:
    return [ChatMessage(role=MessageRole.USER, content=prompt)]


def _first(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        most -= len(piece)
        if most <= 0:
            return


@contextmanager
def _cut_after(seconds: float) -> Iterator[Call]:
    """Around a call that ends after so many seconds, whatever comes, or once nobody is there for it."""
    call = Call(seconds)
    timer = threading.Timer(seconds, call.cut)
    timer.daemon = True
    timer.start()
    token = current.set(call)
    try:
        with waiting(), ended_by(call.cut):
            yield call
    finally:
        current.reset(token)
        timer.cancel()


def _has_waited(seconds: float) -> bool:
    """Wait for a busy server, where whoever asked has the patience; whether that was so."""
    call = current.get() or Call(_LONGEST_WAIT_SECONDS)
    return call.has_waited(seconds)


def _is_cut() -> bool:
    call = current.get()
    return call is not None and call.is_cut
