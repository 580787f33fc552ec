"""The command line for quoting any text: `daybook quote …`."""

import json
import sys
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import typer

from assistant.engine.engines import checked_question
from assistant.face.cli_options import JsonOption, models_folder
from assistant.face.questions import TextQuestion, read_text_questions
from assistant.face.terminal import json_text, tell, tell_on_terminal
from assistant.reading.quoting import Quote, Quoter, loaded
from ingest.errors import InputError


def quote_command(
    question: Annotated[str | None, typer.Argument(help="What is asked, or a claim.")] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A text in UTF-8; - is stdin.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="What the text is about.")] = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions", metavar="FILE", help='JSON lines {"id", "question", "text"[, "title"]}; - is stdin.'
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the sentences of any text that answer a question, best first and verbatim; nothing where none does.

    No library is needed. With --json, a quote has its offsets in characters of the text, and a score from 0 to 1.
    Each question of a file gives a line of JSON.
    """
    if questions is None:
        asked = _one(question, file, title)
        found = _loaded().quotes(asked.question, asked.text, asked.title)
        if as_json:
            _print_json(None, found)
        elif not found:
            tell("no sentence of the text answers this")
        else:
            print("\n".join(one.text for one in found))
        return
    if question is not None or title is not None:
        raise InputError("there are --questions and a question or a title; the file has them all")
    for asked in [_checked(one) for one in read_text_questions(questions)]:
        _print_json(asked.id, _loaded().quotes(asked.question, asked.text, asked.title))


def _one(question: str | None, file: Path | None, title: str | None) -> TextQuestion:
    if question is None:
        raise InputError("there is no question; give one and a text, or a file with --questions")
    if file is None:
        raise InputError("there is no text; name its file, or - for standard input")
    return TextQuestion("", checked_question(question), _read(file), title or "")


def _read(file: Path) -> str:
    """A text as it is: no end of a line is changed, or offsets would not be those of the file."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the text {file} cannot be read: {error}") from error


def _checked(asked: TextQuestion) -> TextQuestion:
    """A question of a file that can be asked; the message for one that cannot names its id."""
    try:
        return replace(asked, question=checked_question(asked.question))
    except InputError as error:
        raise InputError(f"question {asked.id}: {error}") from error


@lru_cache(maxsize=1)
def _loaded() -> Quoter:
    """The quoter, whose models are loaded when the first text is read; it is told once if there is no reader."""
    quoter = loaded(models_folder(), tell_on_terminal)
    if quoter.note:
        tell(quoter.note)
    return quoter


def _print_json(question_id: str | int | None, quotes: list[Quote]) -> None:
    """A line for a question; characters that the terminal or the pipe cannot show are escaped, so all is verbatim."""
    found = [asdict(one) | {"score": round(one.score, 4)} for one in quotes]
    line = json_text({"id": question_id, "quotes": found})
    try:
        line.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        line = json.dumps({"id": question_id, "quotes": found})
    print(line, flush=True)
