"""Prompts as files, and the messages of `messages.toml`, with named `$variables`."""

import tomllib
from functools import cache
from importlib.resources import files
from string import Template

_MESSAGES = "messages.toml"


class MissingVariablesError(ValueError):
    """A text was filled without some of its variables; the message names each."""


def fill(name: str, **variables: object) -> str:
    """The message or prompt `name` with its variables filled.

    Raises:
        MissingVariablesError: naming every variable that was not given.
        ValueError: naming a variable that the text does not have.
    """
    template = _template(name)
    wanted = set(template.get_identifiers())
    if missing := sorted(wanted - variables.keys()):
        raise MissingVariablesError(f"the text {name} in prompts needs {', '.join(missing)}")
    if unknown := sorted(variables.keys() - wanted):
        raise ValueError(f"the text {name} in prompts has no {', '.join(unknown)}")
    return template.substitute(variables)


@cache
def messages() -> dict[str, str]:
    """All messages by name, as they stand in their file."""
    return tomllib.loads(files(__name__).joinpath(_MESSAGES).read_text(encoding="utf-8"))


@cache
def _template(name: str) -> Template:
    message = messages().get(name)
    return Template(message or files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n"))
