"""The command line for who writes: `daybook llm` shows what is set and tests it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY
from assistant.face.cli_llm import (
    LIMIT_VARIABLES,
    LlmChoice,
    LlmModelOption,
    LlmOption,
    LlmSetup,
    LlmUrlOption,
    llm_folder,
    llm_limits,
    llm_setup,
)
from assistant.face.cli_options import JsonOption, LibraryOption, models_folder
from assistant.face.terminal import json_text, tell_on_terminal
from assistant.face.trying import Trial, tried
from assistant.llm.kept import KEPT_FILE, forget_llm, shown_url
from assistant.llm.local import LOCAL, local_model, serving
from assistant.llm.settings import LlmSettings
from ingest.errors import DaybookError
from ingest.large_models import QWEN_CODER, is_fetched

_NOTHING_SET = "No language model is set: answers are made of quotes."
_HOW = (
    "Set one with --llm-url URL --llm-model NAME, in DAYBOOK_LLM_URL and DAYBOOK_LLM_MODEL (a key in DAYBOOK_LLM_KEY),"
    " on the page of daybook serve under “Writer”, or take a small one of this machine with --llm local."
)
_NOT_FETCHED = "it is not here yet and so not tested; ask and serve fetch it once, after asking"


@dataclass(frozen=True, slots=True)
class SetValue:
    """One setting, and where it comes from; of a key only whether there is one."""

    name: str
    value: str | float | bool
    origin: str

    def to_text(self) -> str:
        """The line for a terminal."""
        value = {True: "set", False: "not set"}[self.value] if isinstance(self.value, bool) else f"{self.value}"
        return f"{self.name.replace('_', ' '):<20}  {value}" + (f"  ({self.origin})" if self.origin else "")


def llm_command(
    context: typer.Context,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    forget: Annotated[bool, typer.Option("--forget", help="Take away what the page keeps in the library.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Show which language model writes and where each setting comes from, and test it; a key is never shown.

    Options and the environment go before what the page keeps in the library. A model of this machine is tested where
    its file is here: nothing is fetched. The exit status is 1 where the test fails.
    """
    if forget:
        _forget(library, as_json=as_json)
        return
    setup = llm_setup(LlmChoice(llm, llm_url, llm_model), library)
    values = _values(setup, context)
    if not as_json:
        print("\n".join(value.to_text() for value in values) or _NOTHING_SET, flush=True)
    trial = _trial(setup)
    if as_json:
        data = {"writer": _kind(setup), "settings": [asdict(value) for value in values]}
        print(json_text({**data, "test": None if trial is None else trial.to_dict()}), flush=True)
    else:
        _print_trial(setup, trial)
    if trial is not None and trial.problem:
        raise typer.Exit(1)


def _kind(setup: LlmSetup) -> str:
    return "server" if setup.settings else "local" if setup.local else "quotes"


def _forget(library: Path, *, as_json: bool) -> None:
    """Take away what is kept; a page that is open goes on with what it uses."""
    was_there = forget_llm(library)
    if as_json:
        print(json_text({"forgotten": was_there}))
    else:
        print("forgotten; a page that runs goes on with it until it is stopped" if was_there else "nothing was kept")


# ---- what is set


def _values(setup: LlmSetup, context: typer.Context) -> list[SetValue]:
    if setup.local:
        limits = [
            limit for limit in _limits(llm_limits()) if limit.name != "context_tokens"
        ]  # which Daybook's server sets
        return [SetValue("llm", setup.local, _origin(context, "llm")), *limits]
    settings = setup.settings
    if settings is None:
        return []
    url, model = (KEPT_FILE if name in setup.kept else _origin(context, f"llm_{name}") for name in ("url", "model"))
    return [
        SetValue("url", shown_url(settings.url), url),
        SetValue("model", settings.model, model if settings.model else ""),
        SetValue("key", bool(settings.key), setup.key_from),
        *_limits(settings),
    ]


def _origin(context: typer.Context, name: str) -> str:
    """The option or the variable that a value comes from."""
    source = context.get_parameter_source(name)
    is_option = source is not None and source.name == "COMMANDLINE"
    variable = next(str(parameter.envvar) for parameter in context.command.params if parameter.name == name)
    return f"--{name.replace('_', '-')}" if is_option else variable


def _limits(settings: LlmSettings) -> list[SetValue]:
    """The limits in seconds and tokens, each with its variable where that is set."""
    values = {**asdict(settings.patience), **{name: getattr(settings, name) for name in _TOKENS}}
    return [
        SetValue(name, value, variable if os.environ.get(variable) else "default")
        for name, value in values.items()
        for variable in [LIMIT_VARIABLES.get(name, "")]
    ]


_TOKENS = ("context_tokens", "answer_tokens", "thinking_tokens")


# ---- the test


def _trial(setup: LlmSetup) -> Trial | None:
    """What came of a test; None where there is nothing to test."""
    try:
        with _served(setup) as settings:
            return None if settings is None else tried(settings)
    except DaybookError as error:
        return Trial(problem=str(error))


@contextmanager
def _served(setup: LlmSetup) -> Iterator[LlmSettings | None]:
    """The server to test: the one that is set, or one for a model of this machine where its file is here."""
    if not setup.local or not _is_here(setup):
        yield setup.settings
        return
    path = local_model(setup.local, llm_folder(models_folder()), lambda _: False)
    tell_on_terminal(f"starting the language model {path.name}")
    with serving(path, llm_limits().patience) as settings:
        yield settings


def _is_here(setup: LlmSetup) -> bool:
    return setup.local != LOCAL or is_fetched(QWEN_CODER, llm_folder(models_folder()))


def _print_trial(setup: LlmSetup, trial: Trial | None) -> None:
    if trial is None:
        print(f"{QWEN_CODER.name}: {_NOT_FETCHED} ({QWEN_CODER.megabytes:,} MB)" if setup.local else _HOW)
        return
    print("\n" + "\n".join(line.to_text() for line in trial.lines) if trial.lines else "")
    print(trial.problem if trial.problem else "This model can write.")
