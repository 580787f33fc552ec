"""The options that name a language model, on the command line and in the environment."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.face.terminal import is_at_a_terminal
from assistant.llm.kept import KEPT_FILE, is_same_server, kept_llm, shown_url
from assistant.llm.settings import DEFAULT_PATIENCE, KEY_VARIABLES, LlmSettings, Patience
from ingest.errors import InputError

LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        envvar="DAYBOOK_LLM",
        metavar="local|FILE|quotes",
        help="A model on this machine: local, or a GGUF; or quotes, and none writes.",
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
LIMIT_VARIABLES = {
    "first_token_seconds": _TIMEOUT,
    "timeout_seconds": _TIMEOUT,
    "context_tokens": _CONTEXT,
    "answer_tokens": _ANSWER,
    "thinking_tokens": _THINKING,
}
"""The variables that set limits, by what they set."""
QUOTES = "quotes"
"""What `--llm` names where no model is to write, whatever else is set."""


@dataclass(frozen=True, slots=True)
class LlmChoice:
    """What a person said of a language model: one of this machine, or a server's by URL and name."""

    llm: str | None
    url: str | None
    model: str | None
    yes: bool = False


@dataclass(frozen=True, slots=True)
class LlmSetup:
    """Who is to write: a server's model, or one of this machine by what `--llm` names; neither, and quotes do.

    `kept` names the settings that come from the library's folder, `key_from` the variable or file that has the key.
    """

    settings: LlmSettings | None = None
    local: str = ""
    kept: frozenset[str] = frozenset()
    key_from: str = ""


def llm_setup(choice: LlmChoice, library: Path) -> LlmSetup:
    """What is set: options and the environment go before what is kept in the library's folder.

    A kept key goes to the server that it was kept for alone, and no other key goes to a server that is kept.

    Raises:
        InputError: the choice cannot be kept, or what is kept cannot be read; the message says why.
    """
    if choice.llm == QUOTES:
        return LlmSetup()
    if choice.llm and choice.url:
        raise InputError(f"there are --llm {choice.llm} and --llm-url {shown_url(choice.url)}; give one of them")
    if choice.llm and not choice.model:
        return LlmSetup(local=choice.llm)
    kept = None if choice.llm else kept_llm(library)
    if choice.model and not choice.url and kept is None:
        raise InputError(f"there is --llm-model {choice.model} without a server; name it with --llm-url")
    if not choice.url and kept is None:
        return LlmSetup()
    return _of_server(choice, kept)


def _of_server(choice: LlmChoice, kept: LlmSettings | None) -> LlmSetup:
    url = choice.url or (kept.url if kept else "")
    of_kept = kept if kept and is_same_server(url, kept.url) else llm_limits()
    key, key_from = _key(of_kept.key, is_named=bool(choice.url))
    from_file = {"url": not choice.url, "model": not choice.model, "key": key_from == KEPT_FILE}
    settings = replace(llm_limits(), url=url, model=choice.model or of_kept.model, key=key)
    return LlmSetup(settings, kept=frozenset(name for name, is_kept in from_file.items() if is_kept), key_from=key_from)


def _key(kept: str, *, is_named: bool) -> tuple[str, str]:
    """The key and where it is from. A key of the environment goes only to a server that is named by a person.

    A library's folder may come from somebody else, and what is kept there must not draw that key.
    """
    named = [(os.environ.get(name, ""), name) for name in KEY_VARIABLES] if is_named else []
    return next((pair for pair in (*named, (kept, KEPT_FILE)) if pair[0]), ("", ""))


def llm_folder(models: Path) -> Path:
    """The folder of large models among those of all."""
    return models / "llm"


def llm_limits() -> LlmSettings:
    """What the environment sets of limits, without a server."""
    of_server = LlmSettings("", "", patience=_patience())
    return _limited(replace(of_server, context_tokens=_tokens(_CONTEXT, of_server.context_tokens)))


@contextmanager
def chosen_llm(
    choice: LlmChoice, models: Path, library: Path, tell: Callable[[str], None]
) -> Iterator[LlmSettings | None]:
    """The language model that a person chose, served for as long as the context lasts; None where none was.

    Raises:
        InputError: the choice cannot be kept; the message says why.
        ModelUnavailableError: the model cannot be had.
        LlmError: the model cannot be served.
    """
    setup = llm_setup(choice, library)
    if setup.local:
        from assistant.llm.local import local_model, serving  # noqa: PLC0415 - most have none, and it fetches

        path = local_model(setup.local, llm_folder(models), lambda asked: choice.yes or _agreed(asked), tell)
        tell(f"starting the language model {path.name}")
        with serving(path, llm_limits().patience) as settings:
            yield _limited(settings)
    else:
        yield setup.settings


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
