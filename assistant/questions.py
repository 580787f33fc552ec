"""Files of questions: one JSON object a line."""

import json
import sys
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


def read_questions(file: Path) -> list[AskedQuestion]:
    """Read all questions of a file, or of standard input where it is `-`.

    Raises:
        InputError: the file cannot be read, or a line is no question; the message names the line.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the questions {file} cannot be read: {error}") from error
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    return [_read_line(line, f"{file}:{number}") for number, line in lines if line.strip()]


def _read_line(line: str, place: str) -> AskedQuestion:
    try:
        record: Any = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: no JSON ({error}); write one object a line") from None
    if not isinstance(record, dict) or not isinstance(record.get("question"), str) or "id" not in record:
        raise InputError(f'{place}: needs {{"id": …, "question": "…"}}')
    conversation = record.get("conversation")
    return AskedQuestion(record["id"], record["question"], None if conversation is None else str(conversation))
