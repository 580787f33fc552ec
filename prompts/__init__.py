"""Prompt texts and fixed phrases, as files with named `$variables`."""

from functools import cache
from importlib.resources import files
from string import Template


class MissingVariablesError(ValueError):
    """A text was filled without some of its variables; the message names each."""


def fill(name: str, **variables: object) -> str:
    """The text `name` with its variables filled.

    Raises:
        MissingVariablesError: naming every variable that was not given.
        ValueError: naming a variable that the text does not have.
    """
    template = _template(name)
    wanted = set(template.get_identifiers())
    if missing := sorted(wanted - variables.keys()):
        raise MissingVariablesError(f"prompts/{name}.txt needs {', '.join(missing)}")
    if unknown := sorted(variables.keys() - wanted):
        raise ValueError(f"prompts/{name}.txt has no {', '.join(unknown)}")
    return template.substitute(variables)


@cache
def _template(name: str) -> Template:
    return Template(files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n"))
