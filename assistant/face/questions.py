"""Files of questions: one JSON object a line."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import InputError


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a file; those that share a `conversation` are its turns, in the file's order."""

    id: str | int
    question: str
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """A question of a file about the text that stands beside it; `title` says what the text is about."""

    id: str | int
    question: str
    text: str
    title: str = ""


def read_questions(file: Path) -> list[AskedQuestion]:
    """Read all questions of a file, or of standard input where it is `-`.

    Raises:
        InputError: the file cannot be read, or a line is no question; the message names the line.
    """
    found = []
    for place, record in _records(file):
        if not isinstance(record.get("question"), str) or "id" not in record:
            raise InputError(f'{place}: needs {{"id": …, "question": "…"}}')
        conversation = record.get("conversation")
        found.append(
            AskedQuestion(record["id"], record["question"], None if conversation is None else str(conversation))
        )
    return found


def read_text_questions(file: Path) -> list[TextQuestion]:
    """Read all questions of a file with their texts, or of standard input where it is `-`.

    Raises:
        InputError: the file cannot be read, or a line is no question with a text; the message names the line.
    """
    found = []
    for place, record in _records(file):
        told: list[Any] = [record.get("question"), record.get("text"), record.get("title") or ""]
        if not all(isinstance(one, str) for one in told) or "id" not in record:
            raise InputError(f'{place}: needs {{"id": …, "question": "…", "text": "…"}}, and may have a "title": "…"')
        found.append(TextQuestion(record["id"], *told))
    return found


def _records(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file with their places in it."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the questions {file} cannot be read: {error}") from error
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            place = f"{file}:{number}"
            yield place, _record(line, place)


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record: Any = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: no JSON ({error}); write one object a line") from None
    if not isinstance(record, dict):
        raise InputError(f"{place}: no JSON object; write one object a line")
    return record
