"""`daybook compare` on the command line."""

import csv
import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.assistant.face.conftest import Say


@pytest.fixture
def say(say_on: Callable[[Path], Say], sample_library_folder: Path) -> Say:
    """What a command says: its exit status, output and errors."""
    return partial(say_on(sample_library_folder), "compare")


def test_two_papers_are_put_side_by_side(say: Say) -> None:
    status, out, err = say("WakeMem", "BerthLink")
    assert (status, err) == (0, "")
    assert out.startswith("[1] WakeMem: Remembering Vessels Through Minutes of Occlusion\n")
    assert "not stated in the abstract" in out
    assert "https://github.com/daybook-sample/berthlink" in out


@pytest.mark.parametrize("name", ["markdown", "csv", "latex", "json"])
def test_every_format_names_both_papers(say: Say, name: str) -> None:
    status, out, _ = say("WakeMem", "BerthLink", "--format", name, "--aspect", "speed", "--aspect", "data")
    assert status == 0
    assert "9901.00028" in out
    assert "9901.00037" in out
    assert "speed" in out


def test_json_and_csv_can_be_read(say: Say) -> None:
    data = json.loads(say("WakeMem", "BerthLink", "--json")[1])
    assert [row["name"] for row in data["rows"]] == ["WakeMem", "BerthLink"]
    rows = list(csv.reader(io.StringIO(say("WakeMem", "BerthLink", "--format", "csv")[1])))
    assert len({len(row) for row in rows}) == 1


def test_a_topic_has_its_days(say: Say) -> None:
    status, out, err = say("--topic", "polyp segmentation", "--since", "2026-11-02", "--until", "2026-11-03", "--json")
    assert status == 0
    assert {row["paper"]["day"] for row in json.loads(out)["rows"]} <= {"2026-11-02", "2026-11-03"}
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "name two papers or more, or a topic with --topic"),
        (("WakeMem", "--topic", "tracking"), "name two papers or more, or a topic with --topic"),
        (("WakeMem",), "a comparison needs from 2 to 20 papers; there are 1"),
        (("WakeMem", "BerthLink", "--since", "2026-11-02"), "--since and --until go with --topic"),
        (("--topic", "tracking", "--since", "soon"), "“soon” is no day; write it as 2020-05-25"),
        (("WakeMem", "PriorGAN"), "the library holds no paper that “PriorGAN” surely names"),
        (("WakeMem", "BerthLink", "--aspect", " "), "an aspect is empty"),
        (("", "BerthLink"), "the question is empty"),
    ],
)
def test_what_can_be_mended_is_said_in_a_line(say: Say, arguments: tuple[str, ...], line: str) -> None:
    status, out, err = say(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(f"daybook: {line}")
    assert "Traceback" not in err
