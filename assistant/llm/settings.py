"""Where a language model answers, how much it may read and write, and how long it may take."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_VARIABLES = ("DAYBOOK_LLM_KEY", "OPENAI_API_KEY")
"""What may hold the key, the first before the second."""


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
