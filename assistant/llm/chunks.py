"""What a server streams, in whatever dialect of OpenAI's protocol, as chunks of one shape.

Libraries that read server-sent events join the data of lines without an empty line between them, want the right
Content-Type and know no plain JSON; real servers send all three. So each line of `data:` is read by itself.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from assistant.llm.refusals import error_in
from ingest.errors import LlmError

UNREADABLE = "the language model's server sent what cannot be read"
_DONE = "[DONE]"
_MOST_BYTES = 4 << 20  # of one line, or of a body that is no stream: a thousand times an answer
_FIELDS = {"", "id", "retry"}  # of an event, without a meaning here; a comment has no name
_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_text", "reasoning_details", "thinking", "thoughts")
_TEXT_PARTS = {"text", "output_text", None}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a model's answer, and what is said about it; `finish` is the server's word for why it ended."""

    text: str = ""
    has_thought: bool = False
    has_call: bool = False
    finish: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def read_chunks(stream: Iterator[bytes]) -> Iterator[Chunk]:
    """The chunks of a response's body.

    Raises:
        LlmError: it is no answer, or holds an error.
    """
    event, rest, is_begun = "", StringIO(), False
    for line in _lines(stream):
        name, colon, value = line.partition(":")
        if name == "data" and colon:
            if value.strip() == _DONE:
                yield Chunk(finish="stop")
                return
            for data in _objects(value.strip(), is_error=event == "error"):
                chunk = _chunk(data, is_begun=is_begun, is_error=event == "error")
                is_begun = is_begun or bool(chunk.text)
                yield chunk
        elif not line.strip():
            event = ""
        elif name == "event":
            event = value.strip()
        elif name not in _FIELDS and not is_begun:
            rest.write(f"{line}\n")
            if rest.tell() > _MOST_BYTES:
                raise LlmError(UNREADABLE)
    yield from _plain(rest.getvalue(), is_begun=is_begun)


def _lines(stream: Iterator[bytes]) -> Iterator[str]:
    """The lines of a body; httpx's own also end at U+2028 and the like, which may stand within JSON."""
    buffer = b""
    for data in stream:
        *complete, buffer = (buffer + data).split(b"\n")
        for line in complete:
            yield line.decode("utf-8-sig", "replace").rstrip("\r")
        if len(buffer) > _MOST_BYTES:
            raise LlmError(UNREADABLE)
    if buffer:
        yield buffer.decode("utf-8-sig", "replace").rstrip("\r")


def _objects(value: str, *, is_error: bool) -> Iterator[dict[str, object]]:
    """The object in a line of data; what is none is passed over, as `ping` may be, unless it means to be one."""
    try:
        data = json.loads(value) if value else None
    except ValueError:
        if value.startswith("{"):
            raise LlmError(UNREADABLE) from None
        data = {"message": value} if is_error else None
    if isinstance(data, dict):
        yield data


def _plain(body: str, *, is_begun: bool) -> Iterator[Chunk]:
    """The answer in a body that is no stream of events."""
    body = body.strip()
    if not body or is_begun:
        return
    if body.startswith("<"):
        raise LlmError("the language model's server sent a web page instead of an answer; see --llm-url")
    try:
        data = json.loads(body)
    except ValueError:
        raise LlmError(UNREADABLE) from None
    if not isinstance(data, dict) or not (error_in(data, is_begun=False) or data.get("choices")):
        raise LlmError(UNREADABLE)
    yield _chunk(data, is_begun=False)


def _chunk(data: dict[str, object], *, is_begun: bool, is_error: bool = False) -> Chunk:
    if error := error_in(data, is_begun=is_begun, is_error=is_error):
        raise error
    prompt_tokens, completion_tokens = _usage(data)
    choices = data.get("choices") or []
    if not isinstance(choices, list):
        raise LlmError(UNREADABLE)
    choice = choices[0] if choices else {}
    if not isinstance(choice, dict):
        raise LlmError(UNREADABLE)
    whole = None if is_begun else choice.get("message")  # some send the whole answer once more at its end
    message = choice.get("delta") or whole or {}
    if not isinstance(message, dict):
        raise LlmError(UNREADABLE)
    text, has_thought = _content(message.get("content") or choice.get("text"))
    finish = choice.get("finish_reason")
    return Chunk(
        text,
        has_thought or any(message.get(name) for name in _THOUGHTS),
        bool(message.get("tool_calls") or message.get("function_call")),
        finish.lower() if isinstance(finish, str) else "refusal" if message.get("refusal") else "",
        prompt_tokens,
        completion_tokens,
    )


def _content(content: object) -> tuple[str, bool]:
    """The text of a message and whether it holds a thought; it may come in parts, each of a type."""
    if isinstance(content, str):
        return content, False
    if not isinstance(content, list):
        return "", False
    texts, has_thought = [], False
    for part in content:
        if isinstance(part, dict) and part.get("type") in _TEXT_PARTS:
            part = part.get("text")  # noqa: PLW2901 - the same part, without its wrapping
        if isinstance(part, str):
            texts.append(part)
        else:
            has_thought = has_thought or isinstance(part, dict)
    return "".join(texts), has_thought


def _usage(data: dict[str, object]) -> tuple[int | None, int | None]:
    groq = data.get("x_groq")
    usage = data.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None)
    if not isinstance(usage, dict):
        return None, None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return prompt if isinstance(prompt, int) else None, completion if isinstance(completion, int) else None
