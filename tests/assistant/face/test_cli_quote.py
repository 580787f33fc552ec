"""`daybook quote`: a text from a file or a pipe, files of questions, JSON, and what is said of input that is none.

What is quoted is tested in `test_quoting.py`; here words in common decide, but for the last test.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import app
from assistant.face import cli_quote
from assistant.reading.quoting import Quoter
from ingest.embedding import OnnxEmbedding
from tests.assistant.reading.test_quoting import ABSTRACT, OCR, word_quoter

QUESTION = "those who walked daily had how many fewer heart attacks"


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def quoter() -> Quoter:
    return word_quoter()


@pytest.fixture
def say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], quoter: Quoter
) -> Iterator[Callable[..., Said]]:
    """What `daybook quote` says to these arguments, in this process."""
    monkeypatch.setattr(cli_quote, "loaded", lambda *_: quoter)

    def run(*arguments: str, stdin: bytes = b"") -> Said:
        cli_quote._loaded.cache_clear()
        monkeypatch.setattr(sys, "argv", ["daybook", "quote", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            app.main()
        shown = capsys.readouterr()
        return Said(int(ended.value.code or 0), shown.out, shown.err)

    yield run
    cli_quote._loaded.cache_clear()


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_bytes(ABSTRACT.encode())
    return file


@pytest.fixture
def questions_file(tmp_path: Path) -> Callable[..., str]:
    def write(*lines: object) -> str:
        file = tmp_path / "questions.jsonl"
        file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
        return str(file)

    return write


def test_the_quotes_of_a_file_are_printed_best_first(say: Callable[..., Said], text_file: Path) -> None:
    said = say(QUESTION, str(text_file))
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines()[0].startswith("Those who walked daily")


def test_a_question_gives_a_line_of_json_without_an_id(say: Callable[..., Said], text_file: Path) -> None:
    (line,) = say(QUESTION, str(text_file), "--json").lines
    assert list(line) == ["id", "quotes"]
    assert line["id"] is None
    best = line["quotes"][0]
    assert list(best) == ["text", "start", "end", "score"]
    assert best["text"] == ABSTRACT[best["start"] : best["end"]]


def test_the_ends_of_lines_in_a_pipe_are_kept(say: Callable[..., Said]) -> None:
    (line,) = say("call for help", "-", "--json", stdin=OCR.encode()).lines
    (found,) = line["quotes"]
    assert found["text"] == OCR[found["start"] : found["end"]] == "- Call 555-1234 for help"


def test_a_byte_order_mark_is_a_character_of_the_text(say: Callable[..., Said]) -> None:
    (line,) = say("help", "-", "--json", stdin="\ufeffCall for help".encode()).lines
    assert [(one["start"], one["end"]) for one in line["quotes"]] == [(0, 14)]


@pytest.mark.parametrize("quoter", [word_quoter(answered_cut=1e6)])
def test_where_nothing_answers_nothing_is_printed(say: Callable[..., Said], text_file: Path) -> None:
    assert say("Why?", str(text_file)) == Said(0, "", "daybook: no sentence of the text answers this\n")
    assert say("Why?", str(text_file), "--json") == Said(0, '{"id": null, "quotes": []}\n', "")


def test_each_question_of_a_file_is_a_line_in_order(
    say: Callable[..., Said], questions_file: Callable[..., str]
) -> None:
    file = questions_file(
        {"id": "b", "question": QUESTION, "text": ABSTRACT, "title": "Walking"},
        {"id": 1, "question": "call for help", "text": OCR, "title": None, "gold": []},
        {"id": 2, "question": "Why?", "text": ""},
    )
    said = say("--questions", file, "--json")
    assert [line["id"] for line in said.lines] == ["b", 1, 2]
    for line, text in zip(said.lines, (ABSTRACT, OCR, ""), strict=True):
        assert [one["text"] for one in line["quotes"]] == [text[one["start"] : one["end"]] for one in line["quotes"]]
    assert said.lines[2]["quotes"] == []
    assert say("--questions", file) == said


def test_what_cannot_be_printed_is_escaped(say: Callable[..., Said], questions_file: Callable[..., str]) -> None:
    text = "The cat \ud800 sleeps."
    file = questions_file({"id": 1, "question": "cat", "text": ""})
    Path(file).write_text(json.dumps({"id": 1, "question": "cat", "text": text}), encoding="ascii")
    (line,) = say("--questions", file).lines
    assert [one["text"] for one in line["quotes"]] == [text]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "there is no question"),
        (("Why?",), "there is no text"),
        (("", "-"), "the question is empty"),
        (("Why?", "no-such-file"), "the text no-such-file cannot be read"),
        (("Why?", "."), "the text . cannot be read"),
        (("Why?", "-", "--questions", "-"), "there are --questions and a question"),
        (("--title", "A", "--questions", "-"), "there are --questions and a question or a title"),
        (("--questions", "no-such-file"), "the questions no-such-file cannot be read"),
    ],
)
def test_input_that_is_none_is_told_in_one_line(
    say: Callable[..., Said], arguments: tuple[str, ...], message: str
) -> None:
    said = say(*arguments)
    assert (said.status, said.out) == (1, "")
    (line,) = said.err.splitlines()
    assert line.startswith(f"daybook: {message}")


def test_a_text_in_another_encoding_is_told(say: Callable[..., Said]) -> None:
    said = say("Why?", "-", stdin="Größe".encode("cp1252"))
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("daybook: the text - cannot be read")


@pytest.mark.parametrize(
    "line", ['{"id": 1, "question": "a"}', '{"id": 1, "question": "a", "text": 5}', '{"question": "a", "text": "b"}',
             '{"id": 1, "question": "a", "text": "b", "title": ["c"]}', "[]", "Why?", '{"id": 1, "text": "b"}']
)  # fmt: skip
def test_a_line_that_is_no_question_is_named_before_anything_is_printed(say: Callable[..., Said], line: str) -> None:
    good = '{"id": 0, "question": "cat", "text": "The cat sleeps."}'
    said = say("--questions", "-", stdin=f"{good}\n\n{line}\n".encode())
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("daybook: -:3: ")


def test_an_empty_question_of_a_file_is_named(say: Callable[..., Said], questions_file: Callable[..., str]) -> None:
    file = questions_file({"id": "a", "question": "cat", "text": "cat"}, {"id": "b", "question": " ", "text": "cat"})
    said = say("--questions", file)
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("daybook: question b: the question is empty")


@pytest.mark.parametrize("quoter", [word_quoter()])
def test_that_there_is_no_reader_is_told_once(
    say: Callable[..., Said], questions_file: Callable[..., str], quoter: Quoter
) -> None:
    quoter.note = "the reading model is not here"
    line = {"id": 1, "question": "cat", "text": "The cat sleeps."}
    said = say("--questions", questions_file(line, line))
    assert said.err == "daybook: the reading model is not here\n"
    assert len(said.lines) == 2


def test_it_needs_no_library(tmp_path: Path, models_folder: Path, real_embedder: OnnxEmbedding) -> None:  # noqa: ARG001
    daybook = Path(sys.executable).parent / "daybook"
    environment = {
        "DAYBOOK_MODELS": str(models_folder),
        "PIP_NO_INDEX": "1",
        "HOME": str(tmp_path),
        "DAYBOOK_LIBRARY": "",
    }
    done = subprocess.run(
        [str(daybook), "quote", "How many patients were followed?", "-", "--title", "Walking", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        input=ABSTRACT.encode(),
        capture_output=True,
        timeout=120,
        check=True,
    )
    (line,) = done.stdout.decode().splitlines()
    assert json.loads(line)["quotes"][0]["text"] == "We followed 412 patients of two clinics for nine years."
    assert list(tmp_path.iterdir()) == []
