import io
import json
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.face.terminal import InertOutput, json_text
from tests.conftest import PROJECT

CONTROL = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))]
HOSTILE = (
    "# ArXiv cs.CV --Mon, 4 Jan 2021\n"
    "### 1.A \x1b[31mred\x1b[0m kite [ pdf ](\x1b[5mhttps://arxiv.org/abs/2101.00003)\n> It \x1b]0;owned\x07 flies.\n"
    "### 2.No \x1b[5mlink \x9b31m\n"
    "### 3.B [ pdf ](javascript:alert//abs/2101.00002)\n> It flies.\n"
)


@given(st.text(st.sampled_from(CONTROL) | st.characters(exclude_categories=["Cs"])))
def test_no_control_character_is_written_but_the_end_of_a_line(text: str) -> None:
    raw = io.BytesIO()
    output = InertOutput(raw, encoding="utf-8", newline="\n")
    print(text, file=output, flush=True)
    assert not set(raw.getvalue().decode()) & set(CONTROL) - {"\n"}


@given(st.text(st.sampled_from(CONTROL) | st.characters(exclude_categories=["Cs"])))
def test_json_keeps_every_character_and_writes_none_that_commands(text: str) -> None:
    line = json_text({"said": text})
    assert json.loads(line) == {"said": text}
    assert not set(line) & set(CONTROL)


def test_nothing_of_a_hostile_digest_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[2Jb.md"
    file.write_text(HOSTILE, encoding="utf-8")
    library = str(tmp_path / "library")

    def run(*arguments: str) -> bytes:
        command = [sys.executable, "app.py", *arguments, "--library", library]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
        return done.stdout + done.stderr

    outputs = [
        run("ingest", str(file)),
        run("papers"),
        run("papers", "--json"),
        run("papers", "--format", "bibtex"),
        run("remove", "--source", "no\x1b[2Jsuch.md", "--yes"),
    ]
    for output in outputs:
        assert not set(output.decode()) & set(CONTROL) - {"\n"}, output
    assert b"2 new" in outputs[0]
    assert [paper["url"] for paper in json.loads(outputs[2])] == [
        "https://arxiv.org/abs/2101.00003",
        "https://arxiv.org/abs/2101.00002",
    ]
