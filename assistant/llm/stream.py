"""A model's words as they come, read by a thread of their own, so that they always end in time."""

import atexit
import logging
import math
import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from llama_index.core.base.llms.types import ChatMessage, ChatResponse

from assistant.answer import Usage
from assistant.llm.calls import Call, current
from assistant.llm.chunks import UNREADABLE, Chunk
from assistant.llm.refusals import RefusedError
from assistant.llm.settings import Patience
from assistant.llm.waiting import ended_by
from ingest.errors import LlmError, LlmSilentError
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

NOT_REACHED = "cannot be reached; see --llm-url"
BROKE_OFF = "the language model's answer broke off"
_REMEMBERED_SECONDS = 10.0  # an address that swallows packets costs 5 seconds a question; a server may be restarting
_USAGE_SECONDS = 1.0  # what a stream has to close after its last word; some servers keep it open
_JOIN_SECONDS = 5.0  # for all readers together, when the program ends
_LENGTHS = {"length", "max_tokens", "model_length"}
_FILTERS = {"content_filter", "safety", "recitation", "refusal", "prohibited_content", "blocklist"}
_CALLS = {"tool_calls", "function_call", "tool_use"}
_FAILURES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((httpx.ConnectError, httpx.ConnectTimeout), NOT_REACHED),
    ((httpx.TimeoutException,), "fell silent"),
    ((httpx.TransportError,), "broke off"),
)
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Outage:
    """Remembers for some seconds that a server cannot be reached, so that not every question waits for that."""

    def __init__(self, seconds: float = _REMEMBERED_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._reason = ""
        self._until = -math.inf

    def begin(self, reason: str) -> None:
        """The server could not be reached just now."""
        self._reason, self._until = reason, self._clock() + self._seconds

    def check(self) -> None:
        """Let a question pass to the server.

        Raises:
            LlmError: it was not reached a moment ago; the message says when it is asked again.
        """
        if (left := self._until - self._clock()) > 0:
            seconds = math.ceil(left)
            told = f"{seconds} second{'s' * (seconds > 1)}"
            raise LlmError(fill("llm_outage", reason=self._reason, seconds=told))


class LlmStream:
    """The text of a model as it comes, without the thoughts that a server tells apart from it.

    A thread of its own reads them: whatever a server does, the reader is held up no longer than `patience`.
    """

    def __init__(self, llm: "LLM", messages: Sequence[ChatMessage], patience: Patience) -> None:
        self._llm = llm
        self._messages = messages
        self._patience = patience
        self._chunks: queue.SimpleQueue[Chunk | BaseException | None] = queue.SimpleQueue()
        self._call = Call(patience.first_token_seconds)
        self._start = self._first = self._last = 0.0
        self._tokens: tuple[int | None, int | None] = (None, None)
        self._finish = ""
        self._has_call = False
        self.has_text = False
        self.has_thought = False

    def __iter__(self) -> Iterator[str]:
        """Yield pieces of text.

        Raises:
            LlmSilentError: the server cannot be reached.
            LlmError: the model refuses, breaks off or takes too long; the message says which.
        """
        self._start = time.monotonic()
        thread = threading.Thread(target=self._read, name="daybook-llm", daemon=True)
        _readers[thread] = self._call
        thread.start()
        try:
            with ended_by(self._leave):
                while (chunk := self._next()) is not None:
                    if self._note(chunk):
                        yield chunk.text
        finally:
            self._last = time.monotonic()
            self._call.cut()

    @property
    def usage(self) -> Usage:
        """What it took, once it was read; the first word may be of a thought."""
        first = self._first - self._start if self._first else None
        return Usage(self._llm.metadata.model_name, *self._tokens, first, self._last - self._start)

    def why_cut(self, *, has_only_thought: bool) -> str:
        """After the last piece: why it is not the end of an answer; empty where the model said that it was done."""
        if self._finish in _LENGTHS:
            return fill("llm_thinking_length") if has_only_thought else fill("llm_length")
        if self._finish in _FILTERS:
            return "a filter of the language model's server stopped the answer"
        if not self.has_text and (self._has_call or self._finish in _CALLS):
            return "the language model called a tool instead of answering"
        return "" if self._finish else BROKE_OFF

    def _leave(self) -> None:
        self._call.cut()
        self._chunks.put(LlmError("nobody waits for the language model any more"))

    def _note(self, chunk: Chunk) -> bool:
        """Take note of what a chunk says; whether it holds text."""
        if chunk.text or chunk.has_thought or chunk.has_call:
            self._first = self._first or time.monotonic()
        self.has_text = self.has_text or bool(chunk.text.strip())
        self.has_thought = self.has_thought or chunk.has_thought
        self._has_call = self._has_call or chunk.has_call
        self._finish = self._finish or chunk.finish
        prompt, completion = self._tokens
        self._tokens = (chunk.prompt_tokens or prompt, chunk.completion_tokens or completion)
        return bool(chunk.text)

    def _next(self) -> Chunk | None:
        """The next chunk; None after the last. Once its time has passed, what waits to be read is not read."""
        allowed = self._patience.timeout_seconds
        if not self._first:
            allowed = min(self._patience.first_token_seconds, allowed)
        left = self._start + allowed - time.monotonic()
        try:
            chunk = _got(self._chunks, min(left, _USAGE_SECONDS) if self._finish else left)
        except queue.Empty:
            if self._finish:
                return None
            raise LlmError(f"the language model {self._complaint()} within {allowed:g} seconds") from None
        if isinstance(chunk, BaseException):
            raise _told(chunk) from chunk
        return chunk

    def _complaint(self) -> str:
        if not self._first:
            return "did not begin to answer"
        return "did not finish" if self.has_text else "did not finish thinking"

    def _read(self) -> None:
        """Put what the model writes on the queue, then None; or the exception that ended it."""
        current.set(self._call)
        try:
            responses: Any = self._llm.stream_chat(self._messages)
            with closing(responses):
                response = None
                for response in responses:
                    if self._call.is_cut:
                        return
                    self._chunks.put(_chunk_of(response))
            if not _tells_its_end(response):
                self._chunks.put(Chunk(finish="stop"))
            self._chunks.put(None)
        except Exception as error:  # noqa: BLE001 - a server can answer anything, and each client fails in its own way
            _log.debug("the language model failed", exc_info=True)
            self._chunks.put(error)


def _got(waiting: "queue.SimpleQueue[_T]", seconds: float) -> _T:
    """What a queue gives within these seconds.

    Raises:
        queue.Empty: it gave nothing, or no time is left.
    """
    if seconds <= 0:
        raise queue.Empty
    return waiting.get(timeout=seconds)


_readers: "weakref.WeakKeyDictionary[threading.Thread, Call]" = weakref.WeakKeyDictionary()
"""The readers, each with its call."""


@atexit.register
def end_readers() -> None:
    """End all readers: one that still reads when the interpreter goes takes the process with it (SIGABRT)."""
    deadline = time.monotonic() + _JOIN_SECONDS
    readers = [(thread, call) for thread, call in _readers.items() if thread.is_alive()]
    for _, call in readers:
        call.cut()
    for thread, _ in readers:
        thread.join(max(deadline - time.monotonic(), 0.0))


def _chunk_of(response: ChatResponse) -> Chunk:
    """What any model of llama-index streams, as a chunk."""
    raw = response.raw
    if isinstance(raw, Chunk):
        return raw
    choices = getattr(raw, "choices", None) or ()
    finish = next((str(choice.finish_reason) for choice in choices if getattr(choice, "finish_reason", None)), "")
    told = response.additional_kwargs
    prompt, completion = told.get("prompt_tokens"), told.get("completion_tokens")
    return Chunk(
        response.delta or "",
        bool(told.get("thinking_delta")),
        finish=finish.lower(),
        prompt_tokens=prompt if isinstance(prompt, int) else None,
        completion_tokens=completion if isinstance(completion, int) else None,
    )


def _tells_its_end(response: ChatResponse | None) -> bool:
    """Whether a model says when it is done; with others, who ended without an error was."""
    return response is None or isinstance(response.raw, Chunk) or hasattr(response.raw, "choices")


def _told(error: BaseException) -> LlmError:
    """What went wrong, in the words of a person; never a server's own words, which may hold the key."""
    if isinstance(error, LlmError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return RefusedError(status)
    causes = list(_causes(error))
    for kinds, said in _FAILURES:
        if any(isinstance(cause, kinds) for cause in causes):
            kind = LlmSilentError if httpx.ConnectError in kinds else LlmError
            return kind(f"the language model's server {said}")
    return LlmError(f"{UNREADABLE} ({type(error).__name__})")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
