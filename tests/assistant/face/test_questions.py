"""Files of questions."""

import io
import json
import sys
from pathlib import Path

import pytest

from assistant.face.questions import AskedQuestion, read_questions
from ingest.errors import InputError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


def test_each_line_is_a_question(file: Path) -> None:
    file.write_text(
        '{"id": "a", "question": "What is new?"}\n'
        '{"id": 2, "question": "And then?", "conversation": "c", "gold": []}\n'
        '{"id": "x", "question": "Why?", "conversation": 7}\n',
        encoding="utf-8",
    )
    assert read_questions(file) == [
        AskedQuestion("a", "What is new?"),
        AskedQuestion(2, "And then?", "c"),
        AskedQuestion("x", "Why?", "7"),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_blank_lines_a_byte_order_mark_and_a_missing_last_newline_do_no_harm(file: Path, newline: str) -> None:
    lines = ["", '{"id": 1, "question": "Größe?"}', "   ", "\t", '{"id": 2, "question": "漢字"}']
    file.write_bytes(b"\xef\xbb\xbf" + newline.join(lines).encode())
    assert read_questions(file) == [AskedQuestion(1, "Größe?"), AskedQuestion(2, "漢字")]


def test_a_line_ends_only_at_a_newline(file: Path) -> None:
    question = "one\u2028two\x85three\x0cfour"
    file.write_text(json.dumps({"id": 1, "question": question}, ensure_ascii=False), encoding="utf-8")
    assert read_questions(file) == [AskedQuestion(1, question)]


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_questions_has_none(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert read_questions(file) == []


@pytest.mark.parametrize(
    "line",
    [
        "What is new?",
        '{"id": 1, "question": "What',
        '{"id": 1, "question": "a"} {"id": 2, "question": "b"}',
        '["id", "question"]',
        '"question"',
        "null",
        '{"question": "What is new?"}',
        '{"id": 1}',
        '{"id": 1, "question": null}',
        '{"id": 1, "question": ["What is new?"]}',
    ],
)
def test_a_line_that_is_no_question_is_named(file: Path, line: str) -> None:
    file.write_text(f'{{"id": 0, "question": "Fine?"}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_questions(file)
    assert str(error.value).startswith(f"{file}:3: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(InputError, match=r"questions\.jsonl cannot be read"):
        read_questions(file)


def test_a_file_in_another_encoding_is_named(file: Path) -> None:
    file.write_bytes('{"id": 1, "question": "Größe?"}'.encode("cp1252"))
    with pytest.raises(InputError, match=r"questions\.jsonl cannot be read"):
        read_questions(file)


def _give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    _give_stdin(monkeypatch, '\n{"id": 1, "question": "Größe?"}\n'.encode())
    assert read_questions(Path("-")) == [AskedQuestion(1, "Größe?")]
    _give_stdin(monkeypatch, b'{"id": 1}')
    with pytest.raises(InputError, match=r"^-:1: "):
        read_questions(Path("-"))


def test_a_byte_order_mark_does_no_harm_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    _give_stdin(monkeypatch, b'\xef\xbb\xbf{"id": 1, "question": "What?"}')
    assert read_questions(Path("-")) == [AskedQuestion(1, "What?")]
