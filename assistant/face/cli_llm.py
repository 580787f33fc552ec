"""The options that name a language model, on the command line and in the environment."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.face.terminal import is_at_a_terminal
from assistant.llm.client import DEFAULT_PATIENCE, LlmSettings, Patience, key_from
from assistant.llm.local import local_model, serving
from ingest.errors import InputError

LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm", envvar="DAYBOOK_LLM", metavar="local|FILE", help="A model on this machine: local, or a GGUF."
    ),
]
LlmUrlOption = Annotated[
    str | None,
    typer.Option("--llm-url", envvar="DAYBOOK_LLM_URL", metavar="URL", help="An OpenAI-compatible server that writes."),
]
LlmModelOption = Annotated[
    str | None,
    typer.Option(
        "--llm-model", envvar="DAYBOOK_LLM_MODEL", metavar="NAME", help="The model that the server is to use."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Fetch a large model without asking.")]
_TIMEOUT = "DAYBOOK_LLM_TIMEOUT"
_ANSWER, _THINKING = "DAYBOOK_LLM_TOKENS", "DAYBOOK_LLM_THINKING_TOKENS"
_CONTEXT = "DAYBOOK_LLM_CONTEXT"
_MOST_DIGITS = 7  # no model reads ten million tokens
_LLM_FOLDER = "llm"


@dataclass(frozen=True, slots=True)
class LlmChoice:
    """What a person said of a language model: one of this machine, or a server's by URL and name."""

    llm: str | None
    url: str | None
    model: str | None
    yes: bool


@contextmanager
def chosen_llm(choice: LlmChoice, models: Path, tell: Callable[[str], None]) -> Iterator[LlmSettings | None]:
    """The language model that a person chose, served for as long as the context lasts; None where none was.

    Raises:
        InputError: the choice cannot be kept; the message says why.
        ModelUnavailableError: the model cannot be had.
        LlmError: the model cannot be served.
    """
    if choice.llm and choice.url:
        raise InputError(f"there are --llm {choice.llm} and --llm-url {choice.url}; give one of them")
    if choice.model and not choice.url:
        raise InputError(f"there is --llm-model {choice.model} without a server; name it with --llm-url")
    if choice.url:
        asked = LlmSettings(choice.url, choice.model or "", key_from(os.environ), _patience())
        yield _limited(replace(asked, context_tokens=_tokens(_CONTEXT, asked.context_tokens)))
    elif choice.llm:
        path = local_model(choice.llm, models / _LLM_FOLDER, lambda asked: choice.yes or _agreed(asked), tell)
        tell(f"starting the language model {path.name}")
        with serving(path, _patience()) as settings:
            yield _limited(settings)
    else:
        yield None


def _agreed(question: str) -> bool:
    """Ask a person; where there is none to ask, nothing is fetched."""
    if not is_at_a_terminal():
        raise InputError(f"{question.removesuffix('?')}: say yes to it with --yes")
    return typer.confirm(question, err=True)


def _limited(settings: LlmSettings) -> LlmSettings:
    """The settings with the limits that the environment sets."""
    return replace(
        settings,
        answer_tokens=_tokens(_ANSWER, settings.answer_tokens),
        thinking_tokens=_tokens(_THINKING, settings.thinking_tokens, least=0),
    )


def _tokens(variable: str, default: int, least: int = 1) -> int:
    """How many tokens a variable of the environment allows."""
    text = os.environ.get(variable)
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) >= least):
        raise InputError(f"{variable} is “{text}”; write a number of tokens such as {default}")
    return int(text)


def _patience() -> Patience:
    """How long a model may take in all, from the environment, where it is set there."""
    text = os.environ.get(_TIMEOUT)
    if not text:
        return DEFAULT_PATIENCE
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise InputError(f"{_TIMEOUT} is “{text}”; write a number of seconds such as 90")
    return replace(DEFAULT_PATIENCE, timeout_seconds=seconds, first_token_seconds=seconds)
