"""`--format bibtex|ris|csl` of the commands that print papers, in this process, through the same `main`."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from tests.assistant.conftest import SAMPLE_PAPERS, sample_id
from tests.assistant.face.conftest import Say

COMMANDS: dict[str, tuple[tuple[str, ...], set[int]]] = {
    "papers": (("papers", "--day", "2026-11-02"), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}),
    "ask": (("ask", "What accuracy does WakeMem reach for hidden vessels?"), {28}),
    "search": (("search", "WakeMem", "--limit", "1"), {28}),
    "day": (("day", "2026-11-02", "--theme", "vessels"), {13}),
    "compare": (("compare", "WakeMem", "BerthLink"), {28, 37}),
}


@pytest.fixture
def say(say_on: Callable[[Path], Say], sample_library_folder: Path) -> Say:
    """What a command says: its exit status, output and errors."""
    return say_on(sample_library_folder)


def read_ids(text: str, as_format: str) -> list[str]:
    """The arXiv ids that a program reads."""
    if as_format == "bibtex":
        return [str(entry["eprint"]) for entry in parse_string(text).entries]
    if as_format == "ris":
        return [item["accession_number"].removeprefix("arXiv:") for item in rispy.loads(text)]
    return [item["number"].removeprefix("arXiv:") for item in json.loads(text)]


@pytest.mark.parametrize("as_format", ["bibtex", "ris", "csl"])
@pytest.mark.parametrize("name", COMMANDS)
def test_the_papers_of_a_command_are_written(say: Say, name: str, as_format: str) -> None:
    command, numbers = COMMANDS[name]
    status, out, err = say(*command, "--format", as_format)
    assert (status, err) == (0, "")
    found = read_ids(out, as_format)
    assert len(found) == len(set(found))
    assert set(found) == {sample_id(number) for number in numbers}


def test_a_whole_library_is_written(say: Say) -> None:
    assert len(read_ids(say("papers", "--format", "bibtex")[1], "bibtex")) == SAMPLE_PAPERS


@pytest.mark.parametrize(
    ("question", "as_format", "empty", "why"),
    [
        ("What is the boiling point of ethanol?", "bibtex", "", "the library does not hold an answer to this"),
        ("How many GPUs did training WakeMem take?", "ris", "", "no abstract states this outright"),
        ("How many papers does the library hold?", "csl", "[]\n", "the answer rests on no paper"),
    ],
)
def test_where_nothing_is_cited_the_file_is_empty(
    say: Say, question: str, as_format: str, empty: str, why: str
) -> None:
    status, out, err = say("ask", question, "--format", as_format)
    assert (status, out) == (0, empty)
    assert err.startswith(f"daybook: nothing is cited: {why}")
    assert err.count("\n") == 1


def test_of_a_day_without_papers_it_is_said(say: Say) -> None:
    assert say("papers", "--day", "2020-01-01", "--format", "ris") == (0, "", "daybook: there is no paper to write\n")


def test_what_was_understood_is_no_part_of_the_file(say: Say) -> None:
    status, out, err = say("search", "polyps of 3 November 2026", "--format", "csl")
    assert (status, err) == (0, "daybook: understood: 3 Nov 2026\n")
    assert read_ids(out, "csl")


@pytest.mark.parametrize("command", [COMMANDS[name][0] for name in ("papers", "ask", "search")], ids=str)
def test_json_is_a_format_as_well(say: Say, command: tuple[str, ...]) -> None:
    def timeless(text: str) -> str:
        return re.sub(r'"timings_ms": \{[^}]*\}', "", text)

    assert timeless(say(*command, "--format", "json")[1]) == timeless(say(*command, "--json")[1])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("papers", "--json", "--format", "ris"), "there are --json and --format ris; give one of them"),
        (("ask", "x", "--json", "--format", "csl"), "there are --json and --format csl; give one of them"),
        (("compare", "WakeMem", "BerthLink", "--json", "--format", "csl"), "there are --json and --format csl"),
        (("ask", "--questions", "-", "--format", "bibtex"), "the questions of a file are answered in lines of JSON"),
        (("search", "--questions", "-", "--format", "ris"), "the questions of a file are answered in lines of JSON"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_line(say: Say, arguments: tuple[str, ...], line: str) -> None:
    status, out, err = say(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(f"daybook: {line}")


def test_the_file_is_utf_8_whatever_the_terminal_is(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    terminal = io.TextIOWrapper(file, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    say("papers", "--format", "csl")
    terminal.flush()
    assert not file.getvalue().isascii()
    assert len(json.loads(file.getvalue().decode("utf-8"))) == SAMPLE_PAPERS
