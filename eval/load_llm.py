"""A language model on this machine that takes as long as one says, behind OpenAI's protocol."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_EVIDENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class SlowLlm:
    """Says the first sentence that it was shown, word by word, over `seconds`."""

    seconds: float
    url: str = ""
    asked: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, on one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # the reader has left
            head = await reader.readuntil(b"\r\n\r\n")
            found = _LENGTH.search(head)
            body = json.loads(await reader.readexactly(int(found[1]))) if found else {}
            self.asked += bool(body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            words = _words(body)
            for word in words:
                writer.write(chunk({"content": word}, None))
                await writer.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.left.wait(), self.seconds / len(words))
                if self.left.is_set():
                    break
            writer.write(chunk({}, "stop") + b"data: [DONE]\n\n")
            await writer.drain()
        writer.close()


def _words(body: dict[str, Any]) -> list[str]:
    prompt = str(body["messages"][-1]["content"]) if body.get("messages") else ""
    shown = _EVIDENCE.search(prompt)
    said = f"{shown[2].rstrip('.')} [{shown[1]}]." if shown else "NOT IN THESE SENTENCES"
    return [f"{word} " for word in said.split()]


def chunk(delta: dict[str, str], reason: str | None) -> bytes:
    """An event of OpenAI's protocol."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    told = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "fake", "choices": [choice]}
    return f"data: {json.dumps(told)}\n\n".encode()


@asynccontextmanager
async def slow_llm(seconds: float) -> AsyncIterator[SlowLlm]:
    """The model, until the context ends."""
    model = SlowLlm(seconds)
    server = await asyncio.start_server(model.answer, "127.0.0.1", 0)
    model.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield model
    finally:
        model.left.set()
        server.close()
