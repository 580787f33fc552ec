"""`daybook remove`, and what the listing commands say of days and authors, in this process, through the same `main`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.face import cli_remove
from ingest.library import Library
from ingest.paper import Basis, Block
from tests.assistant.face.conftest import Say
from tests.assistant.told import FRIDAY, TUESDAY, WEDNESDAY, at, save, told_paper


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Wednesday: kelp and reef, which Tuesday has as well. Friday: tide, submitted, and withdrawn since."""
    with Library(tmp_path / "library") as library:
        save(library, told_paper("2608.01001", "KelpPlan", authors=["A. Author"]), at(WEDNESDAY, block=Block.REPLACED))
        save(library, told_paper("2608.01002", "ReefSpeak"), at(WEDNESDAY), at(TUESDAY))
        save(library, told_paper("2608.02001", "TideLens", is_withdrawn=True), at(FRIDAY, basis=Basis.SUBMITTED))
    return tmp_path / "library"


@pytest.fixture
def say(say_on: Callable[[Path], Say], folder: Path) -> Say:
    """What a command says: its exit status, output and errors."""
    return say_on(folder)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A person who answers; what was asked."""
    asked: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(cli_remove, "is_at_a_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    return asked


def ids(folder: Path) -> list[str]:
    with Library(folder) as library:
        return sorted(stored.paper.arxiv_id for stored in library.papers())


def test_without_a_yes_nothing_goes(say: Say, folder: Path) -> None:
    status, output, errors = say("remove", "2026-08-12")
    assert (status, output) == (1, "")
    assert errors == "daybook: taking out 2 papers of 2026-08-12 needs a yes; say it with --yes\n"
    assert len(ids(folder)) == 3


def test_with_a_yes_it_goes(say: Say, folder: Path) -> None:
    expected = "1 paper taken out; 1 paper had something else to stay by\n"
    assert say("remove", "2026-08-12", "--yes") == (0, expected, "")
    assert ids(folder) == ["2608.01002", "2608.02001"]
    assert say("remove", "arXiv:2608.01002v1", "--yes") == (0, "1 paper taken out\n", "")
    assert ids(folder) == ["2608.02001"]


def test_a_person_sees_what_goes_and_what_stays_and_is_asked(say: Say, folder: Path, at_a_terminal: list[str]) -> None:
    status, output, errors = say("remove", "2026-08-12")
    assert (status, output) == (1, "nothing was taken out\n")
    assert errors.splitlines() == [
        "2 papers of 2026-08-12: 1 would go, 1 would stay",
        "- “KelpPlan” (arXiv:2608.01001) goes",
        "- “ReefSpeak” (arXiv:2608.01002) stays: it is also of 11 Aug 2026 (cs.CV)",
    ]
    assert len(ids(folder)) == 3
    assert say("remove", "2026-08-12")[0] == 0
    assert at_a_terminal == ["Take this out of the library?"] * 2
    assert len(ids(folder)) == 2


def test_a_source_is_taken_out(say: Say, folder: Path) -> None:
    assert say("remove", "--source", "/told", "--yes")[:2] == (0, "3 papers taken out\n")
    assert ids(folder) == []
    assert "the library is empty" in say("ask", "What is new?")[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name what to take out"),
        (("2608.01001", "--source", "/told"), "name what to take out"),
        (("yesterday",), "“yesterday” is no arXiv id and no day"),
        (("2608.09999",), "holds no paper arXiv:2608.09999"),
        (("2026-08-20",), "the nearest it holds: "),
        (("--source", "tolt"), "knows no paper from tolt; the nearest known: /told"),
    ],
)
def test_what_cannot_be_taken_out_is_told_in_one_line(say: Say, arguments: tuple[str, ...], told: str) -> None:
    status, output, errors = say("remove", *arguments, "--yes")
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert told in errors


# ---- what the library holds


def test_days_say_what_is_replaced_and_what_is_no_announcement(say: Say) -> None:
    assert [line.split(maxsplit=1) for line in say("days")[1].splitlines()] == [
        ["2026-08-12", "1 new     0 cross-listed     1 replaced"],
        ["2026-08-11", "1 new     0 cross-listed"],
        ["2026-08-07", "1 new     0 cross-listed  (1 not announced on it)"],
    ]


def test_papers_say_what_their_day_is_and_who_wrote_them(say: Say) -> None:
    lines = say("papers")[1].splitlines()
    assert lines[-1].endswith("submitted 7 Aug 2026, withdrawn  TideLens")
    assert say("papers", "--day", "2026-08-12")[1].count("12 Aug 2026") == 2
    assert [line.split()[0] for line in say("papers", "--author", "author")[1].splitlines()] == ["2608.01001"]
    assert "the nearest names are A. Author" in say("papers", "--author", "B. Author")[2]


def test_the_other_commands_take_an_author(say: Say) -> None:
    assert "KelpPlan" in say("day", "2026-08-12", "--author", "author")[1]
    assert [line.split()[-1] for line in say("search", "boats", "--author", "author")[1].splitlines()] == ["KelpPlan"]
    assert "1 paper (by author)" in say("ask", "How many papers are there?", "--author", "author")[1]
