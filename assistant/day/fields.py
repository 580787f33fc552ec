"""Fields of research and words that tell them: a help for labels that no paper of a day may write out.

`fields.txt` holds a field a line, with its cues. A field is one label among those of the papers' own phrases.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.day.phrases import Stems
from ingest.words import stems_of


@dataclass(frozen=True, slots=True)
class Field:
    """A field's name, and the phrases (by their stems) that tell a paper is of it; its name is one of them."""

    label: str
    cues: tuple[Stems, ...]


@cache
def known_fields() -> tuple[Field, ...]:
    """The fields that Daybook brings."""
    text = files("assistant").joinpath("day/fields.txt").read_text(encoding="utf-8")
    return tuple(_field(line) for line in text.splitlines() if line.strip())


def _field(line: str) -> Field:
    label, _, cues = line.partition(": ")
    return Field(label, tuple(dict.fromkeys(tuple(stems_of(cue)) for cue in (label, *cues.split(", ")))))


def field_named(text: str) -> Field | None:
    """The field that a text names, by its label."""
    wanted = tuple(stems_of(text))
    return next((field for field in known_fields() if wanted == tuple(stems_of(field.label))), None)
