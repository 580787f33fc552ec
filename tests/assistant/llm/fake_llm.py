"""A server on this machine that speaks OpenAI's protocol and behaves as a test says."""

import json
import select
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


@dataclass
class FakeLlm:
    """What a server was asked, and how it answers; `left` is set when the test ends, so that no reply outlasts it."""

    url: str
    reply: Reply
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    paths: list[str] = field(default_factory=list)
    models: Reply | None = None

    @property
    def prompt(self) -> str:
        """All that the model was shown in the newest request."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])


class Handler(BaseHTTPRequestHandler):
    """One request for a chat completion."""

    fake: FakeLlm

    def do_GET(self) -> None:
        self.fake.paths.append(self.path)
        if self.fake.models is None:
            self.send_error(404)
        else:
            self.fake.models(self)

    def do_POST(self) -> None:
        self.fake.paths.append(self.path)
        if self.path.partition("?")[0] != "/v1/chat/completions":
            self.send_error(404)
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.asked.append(body)
        self.fake.keys.append(self.headers["Authorization"])
        with suppress(ConnectionError):  # the reader has left
            self.fake.reply(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    # ---- what replies are made of

    def begin(
        self, status: int = 200, kind: str = "text/event-stream", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, text: str) -> None:
        """A chunk of the stream."""
        self._event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def end(self, reason: str = "stop") -> None:
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self.raw(b"data: [DONE]\n\n")

    def _event(self, data: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "fake", **data}
        self.raw(f"data: {json.dumps(chunk)}\n\n".encode())

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()


def saying(text: str) -> Reply:
    """A model that says a text, a few characters at a time."""

    def reply(handler: Handler) -> None:
        handler.begin()
        for place in range(0, len(text), 7):
            handler.send(text[place : place + 7])
        handler.end()

    return reply


def chunk(content: object = None, finish: str | None = None, **delta: object) -> dict[str, Any]:
    """A chunk of a stream as most servers send it."""
    told = {**({} if content is None else {"content": content}), **delta}
    return {"id": "1", "choices": [{"index": 0, "delta": told, "finish_reason": finish}]}


def streaming(*chunks: object) -> Reply:
    """A server that streams these objects, and then says that it is done."""

    def reply(handler: Handler) -> None:
        handler.begin()
        for data in chunks:
            handler.raw(f"data: {json.dumps(data)}\n\n".encode())
        handler.raw(b"data: [DONE]\n\n")

    return reply


def whole(data: object, kind: str = "application/json") -> Reply:
    """A server that sends one JSON object, whatever it was asked for."""

    def reply(handler: Handler) -> None:
        handler.begin(kind=kind)
        handler.raw(json.dumps(data, indent=1).encode())

    return reply


def refusing(
    is_refused: Callable[[dict[str, Any]], object], message: str, text: str, status: int = 400, **error: object
) -> Reply:
    """A server that says a text, and refuses requests of some kind."""

    def reply(handler: Handler) -> None:
        if is_refused(handler.fake.asked[-1]):
            handler.begin(status, "application/json")
            handler.raw(json.dumps({"error": {"message": message, **error}}).encode())
        else:
            saying(text)(handler)

    return reply


def busy(times: int, text: str, **headers: str) -> Reply:
    """A server that is busy so many times, then says a text."""

    def reply(handler: Handler) -> None:
        if len(handler.fake.asked) <= times:
            handler.begin(429, "application/json", {name.replace("_", "-"): value for name, value in headers.items()})
        else:
            saying(text)(handler)

    return reply


def only_for(prompt: str, text: str) -> Reply:
    """A model that says a text when it is shown exactly this prompt, and fails for every other."""

    def reply(handler: Handler) -> None:
        if handler.fake.prompt != prompt:
            handler.send_error(400)
            return
        saying(text)(handler)

    return reply


def breaking_off(text: str) -> Reply:
    """A server that closes the connection after a text, without a word."""

    def reply(handler: Handler) -> None:
        handler.begin()
        handler.send(text)

    return reply


def failing(status: int) -> Reply:
    """A server that refuses, and says the key in doing so."""

    def reply(handler: Handler) -> None:
        handler.begin(status, "application/json")
        handler.raw(json.dumps({"error": {"message": f"no: {handler.headers['Authorization']}"}}).encode())

    return reply


def sending(data: bytes) -> Reply:
    """A server that sends these bytes for a stream."""

    def reply(handler: Handler) -> None:
        handler.begin()
        handler.raw(data)

    return reply


def never_beginning(handler: Handler) -> None:
    """A server that keeps the connection alive and says nothing."""
    handler.begin()
    while not handler.fake.left.wait(0.05):
        handler.raw(b": still here\n\n")


def never_answering(handler: Handler) -> None:
    """A server that takes the question and is never heard of again."""
    handler.fake.left.wait(30)


def never_ending(handler: Handler) -> None:
    """A model that talks for ever, without an end of a sentence."""
    handler.begin()
    while not handler.fake.left.is_set():
        handler.send("and on ")


def stopping_after(text: str) -> Reply:
    """A model that falls silent after a text, its connection open."""

    def reply(handler: Handler) -> None:
        handler.begin()
        handler.send(text)
        handler.fake.left.wait(30)

    return reply


@contextmanager
def fake_llm(reply: Reply) -> Iterator[FakeLlm]:
    """A server that answers as `reply` does, until the context ends."""

    class BoundHandler(Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), BoundHandler) as server:
        server.daemon_threads = False
        BoundHandler.fake = fake = FakeLlm(f"http://127.0.0.1:{server.server_port}", reply)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield fake
        finally:
            fake.left.set()
            server.shutdown()
            thread.join()


@dataclass
class Hold:
    """A model that says nothing until it is `released`, then a text; `hung_up` is set for whom a reader leaves."""

    text: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def __call__(self, handler: Handler) -> None:
        handler.begin()
        while not self.released.wait(0.02):
            if handler.fake.left.is_set():
                return
            if select.select([handler.connection], [], [], 0)[0]:  # its end, as no second request comes
                self.hung_up.set()
                return
        saying(self.text)(handler)
