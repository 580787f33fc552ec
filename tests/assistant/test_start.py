"""What a command imports: a person waits for all of it, each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.face.cli import _COMMANDS, loaded
from tests.conftest import PROJECT

LOOK = """
import sys
before = set(sys.modules)
import app
sys.argv[0] = "daybook"
try:
    app.main()
finally:
    roots = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
    print("imported", *sorted(root for root in roots if not root.startswith("_")), file=sys.stderr)
"""
OURS = {"app", "assistant", "ingest"}
OF_TYPER = {"typer", "annotated_doc", "shellingham"}
OF_ARGUMENTS = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
"""What Typer reads the arguments of a command with."""
OF_ANSWERS = {"numpy", "onnxruntime", "tokenizers", "Stemmer", "rapidfuzz", "dateutil", "filelock", "platformdirs"}
THEIRS = {"cython_runtime", "six"}
"""What some of those import."""


def imported(arguments: list[str], environment: dict[str, str]) -> set[str]:
    """The packages that a command imports beside Python's own."""
    run = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout
    return set(run.stderr.split("imported", 1)[1].split())


def test_the_help_imports_nothing_but_what_reads_a_command_line() -> None:
    assert imported(["--help"], dict(os.environ)) <= OURS | OF_TYPER


@pytest.mark.model
@pytest.mark.parametrize(
    "command", [["ask", "What does KerbFirst predict?"], ["search", "polyps"], ["day"], ["similar", "9901.00028"]]
)
def test_an_answer_imports_only_what_finds_and_reads(
    command: list[str],
    sample_library_folder: Path,
    models_folder: Path,
) -> None:
    environment = {**os.environ, "DAYBOOK_MODELS": str(models_folder)}
    found = imported([*command, "--library", str(sample_library_folder)], environment)
    assert found <= OURS | OF_TYPER | OF_ARGUMENTS | OF_ANSWERS | THEIRS | {"prompts"}
    assert "numpy" in found


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_is_listed_as_it_says_of_itself(name: str) -> None:
    line, _ = _COMMANDS[name]
    assert (loaded(name).help or "").split("\n\n")[0].replace("\n", " ") == line
