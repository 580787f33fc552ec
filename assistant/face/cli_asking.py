"""What commands that take a question share: the question, a file of them, and what is told besides."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.answer.bibliography import BibliographyFormat
from assistant.face.cli_bibliography import PrintFormat, bibliography_format
from assistant.face.questions import AskedQuestion, read_questions
from ingest.errors import InputError

QuestionsOption = Annotated[
    Path | None,
    typer.Option("--questions", metavar="FILE", help='JSON lines {"id", "question"[, "conversation"]}; - is stdin.'),
]


def for_managers_of(as_format: PrintFormat, questions: Path | None, *, as_json: bool) -> BibliographyFormat | None:
    """The format for reference managers, which takes one question at a time.

    Raises:
        InputError: there is a file of questions.
    """
    found = bibliography_format(as_format, as_json=as_json)
    if found is not None and questions is not None:
        raise InputError(f"the questions of a file are answered in lines of JSON; leave out --format {found.value}")
    return found


def understood_line(understood: tuple[str, ...]) -> str:
    """What was understood of a question, for a person."""
    return f"understood: {'; '.join(understood)}"


def needed(question: str | None) -> str:
    """The question of a command.

    Raises:
        InputError: there is none.
    """
    if question is None:
        raise InputError("there is no question; give one, or a file with --questions")
    return question


def read_file(question: str | None, file: Path) -> list[AskedQuestion]:
    """The questions of a file, where there is no other question.

    Raises:
        InputError: there is, or the file cannot be read.
    """
    if question is not None:
        raise InputError("there are a question and --questions; give one of them")
    return read_questions(file)
