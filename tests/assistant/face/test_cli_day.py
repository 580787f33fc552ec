"""`daybook day`, in this process, through the same `main`."""

import json
from datetime import date
from pathlib import Path

import pytest

import app
from assistant.face.cli_day import read_period
from assistant.language.days import Period
from ingest.errors import InputError
from tests.assistant.day.conftest import days_folder

__all__ = ["days_folder"]
HELD = (date(2021, 1, 4), date(2021, 1, 5), date(2021, 1, 8))


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["daybook", "day", *arguments, "--library", str(folder)])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "arguments", [("2021-01-04",), ("4 Jan 2021",), ("--since", "2021-01-03", "--until", "2021-01-04")]
)
def test_a_day_is_printed_as_markdown(
    days_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(days_folder, monkeypatch, *arguments) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("# 4 Jan 2021\n\nThe library holds 8 papers of 4 Jan 2021: 6 new, 2 cross-listed.")
    assert shown.err == ""


def test_without_a_day_it_is_the_newest(
    days_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(days_folder, monkeypatch, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["days"] == ["2021-01-08"]


def test_a_theme_and_a_category_narrow_it(
    days_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(days_folder, monkeypatch, "2021-01-04", "--theme", "sourdough bread", "--category", "cs.CV") == 0
    assert "## Sourdough bread (3)" in capsys.readouterr().out


def test_html_is_one_file(
    days_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(days_folder, monkeypatch, "2021-01-04", "--format", "html") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("<!DOCTYPE html>")
    assert shown.endswith("</html>\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2021-01-06",), "no papers of 6 Jan 2021; the nearest it holds: 5 Jan 2021 (2021-01-05) and 8 Jan 2021"),
        (("2021-02-30",), "“2021-02-30” is no day"),
        (("tomorrowish",), "“tomorrowish” is no day; write it as 2020-05-25"),
        (("2021-01-04", "--since", "2021-01-01"), "give the one or the other"),
        (("--since", "2021-01-08", "--until", "2021-01-04"), "ends on 2021-01-04 before it begins"),
        (("--since", "yesteryear"), "“yesteryear” is no day"),
        (("2021-01-04", "--theme", "volcanoes"), "is on “volcanoes”"),
        (("--category", "math.CO"), "its categories are cs.CV, cs.RO"),
    ],
)
def test_bad_input_is_one_clear_line(
    days_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    assert run(days_folder, monkeypatch, *arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert shown.err.startswith("daybook: ")
    assert shown.err.count("\n") == 1


def test_open_periods() -> None:
    assert read_period(None, "2021-01-05", None, HELD) == Period.since(date(2021, 1, 5))
    assert read_period(None, None, "2021-01-05", HELD) == Period.until(date(2021, 1, 5))
    assert read_period(None, None, None, HELD) is None
    with pytest.raises(InputError):
        read_period("4 Jan 2021 and 8 Jan 2021", None, None, HELD)
