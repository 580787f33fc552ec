"""The command line for kept conversations."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.assistant.face.conftest import Say

QUESTION = "How does WakeMem remember lost vessels?"


@pytest.fixture
def library(sample_library_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_library_folder, tmp_path / "library")
    with closing(sqlite3.connect(tmp_path / "library" / "daybook.sqlite3")) as connection:
        connection.executescript("DELETE FROM turns; DELETE FROM conversations;")
    return tmp_path / "library"


@pytest.fixture
def say(say_on: Callable[[Path], Say], library: Path) -> Say:
    """What a command says: its exit status, output and errors."""
    return say_on(library)


@pytest.fixture
def begun(say: Say) -> str:
    """The id of a conversation of two turns."""
    status, _, errors = say("ask", "--conversation", "new", QUESTION)
    assert (status, errors.startswith("daybook: conversation ")) == (0, True)
    conversation_id = errors.split()[2]
    status, output, _ = say("ask", "--conversation", "last", "--json", "How fast is it?")
    told = json.loads(output)
    assert (status, told["conversation"], told["understood"]) == (0, conversation_id, ["about “WakeMem”"])
    assert "34 FPS" in told["answer"]
    return conversation_id


def test_a_conversation_is_listed_and_shown(say: Say, begun: str) -> None:
    status, output, _ = say("conversations")
    assert (status, output.split()[0], output.strip().endswith(QUESTION)) == (0, begun[:8], True)
    (listed,) = json.loads(say("conversations", "--json")[1])
    assert (listed["id"], listed["title"], listed["turns"]) == (begun, QUESTION, 2)
    shown = say("conversations", "show", begun[:6])[1]
    assert shown.startswith(f"> {QUESTION}\n")
    assert "> How fast is it?\n(understood: about “WakeMem”)\n" in shown
    assert len(json.loads(say("conversations", "show", "last", "--json")[1])["turns"]) == 2


def test_a_conversation_is_exported(say: Say, begun: str, tmp_path: Path) -> None:
    assert say("conversations", "export", begun)[1].startswith(f"# {QUESTION}\n")
    file = tmp_path / "kept.json"
    assert say("conversations", "export", begun, "--format", "json", "--output", str(file)) == (0, "", "")
    exported = file.read_text(encoding="utf-8")
    assert [turn["question"] for turn in json.loads(exported)["turns"]] == [QUESTION, "How fast is it?"]
    assert json.loads(say("conversations", "show", begun, "--json")[1])["id"] == begun
    for text in (exported, say("conversations", "export", begun)[1]):
        assert begun[:8] not in text
    status, _, errors = say("conversations", "export", begun, "--output", str(tmp_path / "none" / "kept.md"))
    assert (status, "cannot be written" in errors) == (1, True)


def test_a_conversation_is_deleted_once_it_is_confirmed(say: Say, begun: str) -> None:
    status, _, errors = say("conversations", "delete", begun)
    assert (status, "--yes" in errors) == (1, True)
    assert say("conversations", "delete", begun, "--yes") == (0, "1 deleted\n", "")
    assert say("conversations") == (0, "", "")
    assert say("conversations", "delete", "--all") == (0, "there are no conversations\n", "")


def test_all_conversations_are_deleted(say: Say, begun: str) -> None:  # noqa: ARG001 - it begins one
    say("ask", "--conversation", "new", QUESTION)
    assert say("conversations", "delete", "--all", "--yes") == (0, "2 deleted\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("conversations", "show", "abc"), "there is no conversation “abc”"),
        (("conversations", "show", "last"), "there is no conversation yet"),
        (("conversations", "delete"), "name the conversations to delete, or --all"),
        (("ask", "--conversation", "nowhere", "Why?"), "there is no conversation “nowhere”"),
        (("ask", "--conversation", "new", "--questions", "-"), "give one of them"),
    ],
)
def test_a_mistake_is_one_line(say: Say, arguments: tuple[str, ...], told: str) -> None:
    status, output, errors = say(*arguments)
    assert (status, output, len(errors.splitlines())) == (1, "", 1)
    assert told in errors


def test_a_locked_library_answers_and_says_that_nothing_was_saved(say: Say, library: Path) -> None:
    with closing(sqlite3.connect(library / "daybook.sqlite3", isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        status, output, errors = say("ask", "--conversation", "new", QUESTION)
        blocker.execute("ROLLBACK")
    assert (status, "WakeMem" in output) == (0, True)
    assert "daybook: the answer was not saved: " in errors
    assert say("conversations")[1] == ""
