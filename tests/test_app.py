"""The entry: errors that a person can mend are one line, and importing it stays light."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import app
from ingest.library import Library
from tests.conftest import PROJECT


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit status of `daybook` with these arguments, in this process."""
    monkeypatch.setattr(sys, "argv", ["daybook", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_an_error_that_can_be_mended_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status = run_main(monkeypatch, "papers", "--library", str(tmp_path / "none"))
    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    (line,) = shown.err.splitlines()
    assert line.startswith(f"daybook: there is no library in {tmp_path / 'none'}")


def test_what_works_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    assert run_main(monkeypatch, "days", "--json", "--library", str(library.folder)) == 0
    assert capsys.readouterr().out == "[]\n"


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def defect() -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(app, "cli", defect)  # no command has a defect that could be had on demand
    with pytest.raises(ZeroDivisionError, match="a defect"):
        app.main()


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_the_commands_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    run_main(monkeypatch, *arguments)
    shown = capsys.readouterr()
    for command in ("ingest", "search", "ask", "papers", "days", "serve"):
        assert f"\n  {command} " in shown.out + shown.err


@pytest.mark.parametrize(
    "arguments", [["search", "x", "--limit", "0"], ["serve", "--port", "70000"], ["nonsense"], ["days", "--nonsense"]]
)
def test_an_option_that_is_wrong_is_told_with_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run_main(monkeypatch, *arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Error: " in shown.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "there is no question; give one, or a file with --questions"),
        (["search"], "there is no question; give one, or a file with --questions"),
        (["ask", "What is new?", "--questions", "q.jsonl"], "there are a question and --questions; give one of them"),
        (["search", "--questions", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["ask", "What is new?"], "is empty; bring digests in"),
        (["papers", "--day", "25 May 2020"], "“25 May 2020” is no day; write it as 2020-05-25"),
    ],
)
def test_arguments_that_do_not_go_together_are_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    library: Library,
    arguments: list[str],
    told: str,
) -> None:
    assert run_main(monkeypatch, *arguments, "--library", str(library.folder)) == 1
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line.startswith("daybook: ")
    assert told in line
    assert shown.out == ""


def test_the_file_by_itself_opens_the_chat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Seen by how it fails: over a library that cannot be opened there is no page to serve."""
    (tmp_path / "file").write_text("text", encoding="utf-8")
    monkeypatch.setenv("DAYBOOK_LIBRARY", str(tmp_path / "file"))
    monkeypatch.setattr(sys, "argv", ["app.py"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PROJECT / "app.py"), run_name="__main__")
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("daybook: ")
    assert sys.argv == ["app.py", "serve"]


LOOK = """
import os, sys
import app
heavy = {"gradio", "chromadb", "torch", "transformers"} & set(sys.modules)
print(os.environ["HF_HUB_OFFLINE"], sorted(heavy))
"""


@pytest.mark.parametrize(("set_before", "seen"), [(None, "1"), ("0", "0")])
def test_a_fresh_start_asks_no_hub_unless_told_to_and_imports_nothing_heavy(set_before: str | None, seen: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    if set_before is not None:
        environment["HF_HUB_OFFLINE"] = set_before
    run = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout == f"{seen} []\n"
