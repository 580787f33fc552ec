"""A language model behind a URL: its settings, and how it is connected."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from ingest.errors import InputError

if TYPE_CHECKING:
    from assistant.llm.remote import ServerLlm

KEY_VARIABLES = ("DAYBOOK_LLM_KEY", "OPENAI_API_KEY")
"""What may hold the key, the first before the second."""
_LOCAL_NAMES = ("localhost", "host.docker.internal")
_PASTED = re.compile(r"/(?:chat/completions|completions|models)$")  # what documentation shows a whole URL with
_SPARE_SECONDS = 1.0  # the client gives up a little after `LlmStream` has


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a model may take from the question to its first word and to its last."""

    first_token_seconds: float = 30.0
    timeout_seconds: float = 90.0


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Where a language model answers, and how much it may read and write.

    `url` is the base of an OpenAI-compatible server; where it has no path, `/v1` is meant; its query is kept.
    An answer has at most `answer_tokens`; a model that thinks first may think for `thinking_tokens` more.
    """

    url: str = field(repr=False)  # may hold a name, a password or a key
    model: str
    key: str = field(default="", repr=False)
    patience: Patience = DEFAULT_PATIENCE
    context_tokens: int = 8192
    answer_tokens: int = 400
    thinking_tokens: int = 4096


def key_from(environment: Mapping[str, str] = os.environ) -> str:
    """The key for the server, from `DAYBOOK_LLM_KEY` or else `OPENAI_API_KEY`; empty where neither is set."""
    return next((environment[name] for name in KEY_VARIABLES if environment.get(name)), "")


def connect(settings: LlmSettings) -> "ServerLlm":
    """The llama-index model for a server; nothing is sent yet.

    Raises:
        InputError: the URL is none, no model is named, or the key cannot be sent.
    """
    base, query = _base_url(settings.url)
    if not settings.model.strip():
        raise InputError(f"no model of {settings.url} is named; name one with --llm-model")
    key = settings.key.strip()
    if not (key.isascii() and key.isprintable()):
        raise InputError("the key of the language model holds a character that no key has; see DAYBOOK_LLM_KEY")
    from assistant.llm.remote import ServerLlm  # noqa: PLC0415 - only who has a model pays for its client

    patience = max(settings.patience.first_token_seconds, settings.patience.timeout_seconds)
    return ServerLlm(
        model=settings.model.strip(),
        base_url=base,
        query=query,
        context_tokens=settings.context_tokens,
        answer_tokens=settings.answer_tokens,
        thinking_tokens=settings.thinking_tokens,
        key=key,
        timeout_seconds=patience + _SPARE_SECONDS,
        trust_env=not _is_near(base),
    )


def _base_url(url: str) -> tuple[str, str]:
    """The base of a server's addresses, and the query that each of them has."""
    try:
        parts = urlsplit(url.strip())
        httpx.URL(url.strip())
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        is_url = False
    if not is_url:
        raise InputError(f"“{url}” is no URL of a language model's server; write it as http://127.0.0.1:11434/v1")
    path = _PASTED.sub("", parts.path.rstrip("/"))
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}", f"?{parts.query}" if parts.query else ""


def _is_near(url: str) -> bool:
    """Whether a URL is of this machine, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES
