"""Fields of research and words that tell them: a help for labels that no paper of a day may write out.

`fields.txt` holds a field a line, with its cues, below the wider field that it is of. A field is one label among those
of the papers' own phrases; a wider one takes in fields that have a paper each.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.day.phrases import Stems
from ingest.words import stems_of


@dataclass(frozen=True, slots=True)
class Field:
    """A field's name, and the phrases (by their stems) that tell a paper is of it; its name is one of them.

    `wider` names the field that it is of.
    """

    label: str
    cues: tuple[Stems, ...]
    wider: str = ""


@cache
def known_fields() -> tuple[Field, ...]:
    """The fields that Daybook brings."""
    text = files("assistant").joinpath("day/fields.txt").read_text(encoding="utf-8")
    fields: list[Field] = []
    wider = ""
    for line in text.splitlines():
        if line.startswith("# "):
            wider = line.removeprefix("# ")
        elif line.strip():
            fields.append(_field(line, wider))
    return tuple(fields)


def _field(line: str, wider: str) -> Field:
    label, _, cues = line.partition(": ")
    return Field(label, tuple(dict.fromkeys(tuple(stems_of(cue)) for cue in (label, *cues.split(", ")))), wider)


@cache
def wider_fields() -> tuple[Field, ...]:
    """The wider fields, each with the cues of all that it takes in."""
    cues: dict[str, list[Stems]] = {}
    for field in known_fields():
        cues.setdefault(field.wider, []).extend(field.cues)
    return tuple(Field(name, tuple(dict.fromkeys(found))) for name, found in cues.items())


def field_named(text: str) -> Field | None:
    """The field that a text names, by its label."""
    wanted = tuple(stems_of(text))
    return next((field for field in known_fields() if wanted == tuple(stems_of(field.label))), None)
