"""A language model behind a URL: its settings, and how it is connected."""

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from assistant.llm.settings import LlmSettings
from ingest.errors import InputError

if TYPE_CHECKING:
    from assistant.llm.remote import ServerLlm

_LOCAL_NAMES = ("localhost", "host.docker.internal")
_PASTED = re.compile(r"/(?:chat/completions|completions|models)$")  # what documentation shows a whole URL with
_SPARE_SECONDS = 1.0  # the client gives up a little after `LlmStream` has


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
