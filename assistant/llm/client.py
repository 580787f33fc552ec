"""A language model behind a URL: its settings, and a stream of its words that always ends in time."""

import ipaddress
import logging
import math
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from llama_index.core.base.llms.types import ChatMessage

from assistant.llm.waiting import ended_by
from ingest.errors import InputError, LlmError, LlmSilentError
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_KEY_VARIABLES = ("DAYBOOK_LLM_KEY", "OPENAI_API_KEY")
_NO_KEY = "none"  # servers of one's own ask for no key, but the client wants to send one
_LOCAL_NAMES = ("localhost", "host.docker.internal")
_CONNECT_SECONDS = 5.0
_REMEMBERED_SECONDS = 180.0
_SPARE_SECONDS = 1.0  # the client gives up a little after `LlmStream` has
_NO_SPARE_CONNECTIONS = httpx.Limits(max_keepalive_connections=0)  # each call has one that can be cut
_STATUSES = {
    401: "refuses the key; set DAYBOOK_LLM_KEY",
    403: "refuses the key; set DAYBOOK_LLM_KEY",
    404: "knows no such model or address; see --llm-model and --llm-url",
    429: "is busy",
}
_FAILURES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((httpx.ConnectError, httpx.ConnectTimeout), "cannot be reached; see --llm-url"),
    ((httpx.TimeoutException,), "fell silent"),
    ((httpx.TransportError,), "broke off"),
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a model may take from the question to its first word and to its last."""

    first_token_seconds: float = 30.0
    timeout_seconds: float = 90.0


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Where a language model answers, and how much it may read and write.

    `url` is the base of an OpenAI-compatible server; where it has no path, `/v1` is meant.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    patience: Patience = DEFAULT_PATIENCE
    context_tokens: int = 8192
    answer_tokens: int = 400


def key_from(environment: Mapping[str, str] = os.environ) -> str:
    """The key for the server, from `DAYBOOK_LLM_KEY` or else `OPENAI_API_KEY`; empty where neither is set."""
    return next((environment[name] for name in _KEY_VARIABLES if environment.get(name)), "")


def connect(settings: LlmSettings) -> "LLM":
    """The llama-index model for a server; nothing is sent yet.

    Raises:
        InputError: the URL is none, or no model is named.
    """
    base = _base_url(settings.url)
    if not settings.model.strip():
        raise InputError(f"no model of {settings.url} is named; name one with --llm-model")
    from llama_index.llms.openai_like import OpenAILike  # noqa: PLC0415 - it takes a second to import

    patience = max(settings.patience.first_token_seconds, settings.patience.timeout_seconds)
    limits = httpx.Timeout(patience + _SPARE_SECONDS, connect=_CONNECT_SECONDS)
    client = httpx.Client(
        timeout=limits,
        limits=_NO_SPARE_CONNECTIONS,
        trust_env=not _is_near(base),
        event_hooks={"request": [_follow], "response": [_remember]},
    )
    return OpenAILike(
        model=settings.model,
        api_base=base,
        api_key=settings.key or _NO_KEY,
        context_window=settings.context_tokens,
        max_tokens=settings.answer_tokens,
        temperature=0.0,
        is_chat_model=True,
        max_retries=0,
        timeout=patience + _SPARE_SECONDS,
        http_client=client,
    )


class _Call:
    """The connection and the response of one call, which another thread can cut: its reader hears of it at once."""

    def __init__(self) -> None:
        self.responses: list[httpx.Response] = []
        self._stream: Any = None
        self._is_cut = False

    def follow(self, event: str, told: Mapping[str, Any]) -> None:
        """Take note of a connection; httpcore tells of each step of a request."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._stream = told["return_value"]
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        """End the call, also while it is being made."""
        self._is_cut = True
        if self._stream is not None:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """The clients beneath leave a response open that is not read to its end, and the server goes on writing."""
        for response in self.responses:
            response.close()


_call: ContextVar[_Call | None] = ContextVar("call", default=None)
"""The call that is made in this context."""


def _follow(request: httpx.Request) -> None:
    if (call := _call.get()) is not None:
        request.extensions["trace"] = call.follow


def _remember(response: httpx.Response) -> None:
    if (call := _call.get()) is not None:
        call.responses.append(response)


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise InputError(f"“{url}” is no URL of a language model's server; write it as http://127.0.0.1:11434/v1")
    return url.strip().rstrip("/") + ("" if parts.path.strip("/") else "/v1")


def _is_near(url: str) -> bool:
    """Whether a URL is of this machine, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES


class Outage:
    """Remembers for a while that a server said nothing, so that not every question waits for it."""

    def __init__(self, seconds: float = _REMEMBERED_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._reason = ""
        self._until = -math.inf

    def begin(self, reason: str) -> None:
        """The server said nothing just now."""
        self._reason, self._until = reason, self._clock() + self._seconds

    def check(self) -> None:
        """Let a question pass to the server.

        Raises:
            LlmError: it said nothing a short while ago; the message says when it is asked again.
        """
        left = self._until - self._clock()
        if left > 0:
            raise LlmError(fill("llm_outage", reason=self._reason, minutes=_minutes(left)))


def _minutes(seconds: float) -> str:
    """Seconds as whole minutes, at least one, for a sentence."""
    minutes = max(math.ceil(seconds / 60), 1)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


class LlmStream:
    """The words of a model as they come; `ended_itself` tells afterwards whether it said that it was done.

    A thread of its own reads them: whatever a server does, the reader is held up no longer than `patience`.
    """

    def __init__(self, llm: "LLM", messages: Sequence[ChatMessage], patience: Patience) -> None:
        self._llm = llm
        self._messages = messages
        self._patience = patience
        self._pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        self._call = _Call()
        self._is_left = threading.Event()
        self._has_begun = False
        self.ended_itself = False

    def __iter__(self) -> Iterator[str]:
        """Yield pieces of text.

        Raises:
            LlmSilentError: the server cannot be reached, or says nothing in time.
            LlmError: the model refuses, breaks off or takes too long; the message says which.
        """
        start = time.monotonic()
        seconds, complaint = self._patience.first_token_seconds, "did not begin to answer"
        threading.Thread(target=self._read, name="daybook-llm", daemon=True).start()
        try:
            with ended_by(self._leave):
                while (piece := self._next(start, seconds, complaint)) is not None:
                    self._has_begun = True
                    yield piece
                    seconds, complaint = self._patience.timeout_seconds, "did not finish"
        finally:
            self._is_left.set()
            self._call.cut()

    def _leave(self) -> None:
        self._is_left.set()
        self._pieces.put(LlmError("nobody waits for the language model any more"))

    def _next(self, start: float, seconds: float, complaint: str) -> str | None:
        left = start + min(seconds, self._patience.timeout_seconds) - time.monotonic()
        try:
            piece = self._pieces.get(timeout=max(left, 0.0))
        except queue.Empty:
            raise self._error()(f"the language model {complaint} within {seconds:g} seconds") from None
        if isinstance(piece, BaseException):
            kind = self._error() if _is_unheard(piece) else LlmError
            raise kind(_reason(piece)) from piece
        return piece

    def _error(self) -> type[LlmError]:
        return LlmError if self._has_begun else LlmSilentError

    def _read(self) -> None:
        """Put what the model writes on the queue: text, then None; or the exception that ended it."""
        _call.set(self._call)
        try:
            for response in self._llm.stream_chat(self._messages):
                if self._is_left.is_set():
                    return
                self.ended_itself = self.ended_itself or _says_done(response.raw)
                if response.delta:
                    self._pieces.put(response.delta)
            self._pieces.put(None)
        except Exception as error:  # noqa: BLE001 - a server can answer anything, and each client fails in its own way
            _log.debug("the language model failed", exc_info=True)
            self._pieces.put(error)
        finally:
            self._call.close()


def _says_done(raw: object) -> bool:
    """Whether a chunk of OpenAI's protocol says that the model came to its end by itself."""
    choices = getattr(raw, "choices", None) or ()
    return any(getattr(choice, "finish_reason", None) == "stop" for choice in choices)


def _reason(error: BaseException) -> str:
    """What went wrong, in the words of a person; never a server's own words, which may hold the key."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return f"the language model's server {_STATUSES.get(status, 'failed')} ({status})"
    causes = list(_causes(error))
    for kinds, said in _FAILURES:
        if any(isinstance(cause, kinds) for cause in causes):
            return f"the language model's server {said}"
    return f"the language model's server sent what cannot be read ({type(error).__name__})"


def _is_unheard(error: BaseException) -> bool:
    """Whether nothing came from the server, not even a refusal."""
    return any(isinstance(cause, httpx.TransportError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
