"""`daybook fetch` as people run it, with a server on this machine in arXiv's place."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import app
from ingest.embedding import OnnxEmbedding
from tests.assistant.face.test_cli import DAYBOOK, Run, run_daybook
from tests.ingest.arxiv_server import ArxivServer, arxiv_server, stall, status
from tests.ingest.feeds import NOON, Told, told_papers

PERIOD = ("--since", "2021-01-04", "--until", "2021-01-05")


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with arxiv_server() as server:
        yield server


@pytest.fixture
def environment(real_embedder: OnnxEmbedding, models_folder: Path) -> dict[str, str]:  # noqa: ARG001 - it is there now
    return {"DAYBOOK_MODELS": str(models_folder), "HF_HUB_OFFLINE": "1"}


def run_fetch(arxiv: ArxivServer, folder: Path, environment: dict[str, str], *arguments: str) -> Run:
    return run_daybook("fetch", *arguments, folder=folder, environment=at(arxiv, folder, environment))


@pytest.fixture
def fetch_here(
    arxiv: ArxivServer,
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Run]:
    """The same in this process, which spares a start."""

    def run(*arguments: str) -> Run:
        for name, value in at(arxiv, tmp_path, environment).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["daybook", "fetch", *arguments])
        with pytest.raises(SystemExit) as ended:
            app.main()
        shown = capsys.readouterr()
        return Run(arguments, int(str(ended.value.code)), shown.out, shown.err)

    return run


def at(arxiv: ArxivServer, folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which arXiv is a server on this machine."""
    return {
        **environment,
        "DAYBOOK_ARXIV_URL": arxiv.url_format,
        "DAYBOOK_ARXIV_FEED_URL": arxiv.feed_url_format,
        "DAYBOOK_LIBRARY": str(folder / "library"),
    }


def test_fetched_papers_come_into_the_library_once(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    arxiv.papers = told_papers(3)
    run = run_fetch(arxiv, tmp_path, environment, "cs.CV", *PERIOD, "--json")
    counts = {"new": 3, "updated": 0, "unchanged": 0, "embedded": 3, "rejected_count": 0, "rejected": []}
    assert (run.returncode, json.loads(run.stdout)) == (0, counts)
    assert run.stderr.splitlines() == [
        "daybook: 2021-01-04  3 papers",
        "daybook: 2021-01-05  arXiv has no papers of this day",
    ]
    assert arxiv.pages == [("20210104", 0), ("20210105", 0), ("20210105", 0)], "an empty day is looked at twice"
    assert min(arxiv.pauses) >= 3
    listed = run_daybook("days", "--library", str(tmp_path / "library"), folder=tmp_path, environment=environment)
    assert listed.stdout.split()[:5] == ["2021-01-04", "3", "new", "0", "cross-listed"]

    again = run_fetch(arxiv, tmp_path, environment, "cs.CV", *PERIOD)
    assert (again.returncode, again.stdout) == (0, "0 new, 0 updated, 0 unchanged, 0 rejected\n")
    assert again.stderr.splitlines() == [
        "daybook: 2021-01-04  3 papers (fetched before)",
        "daybook: 2021-01-05  arXiv has no papers of this day (fetched before)",
    ]
    assert len(arxiv.asked) == 3


def test_the_last_days_up_to_yesterday_are_fetched(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    arxiv.papers = told_papers(2, NOON)
    before = datetime.now(UTC).date()
    run = run_fetch(arxiv, tmp_path, environment, "cs.CV", "--days", "1")
    assert run.returncode == 0
    assert arxiv.asked[0].day in {f"{day - timedelta(days=1):%Y%m%d}" for day in (before, datetime.now(UTC).date())}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (400, "daybook: arXiv answered with status 400; run the same later\n"),
        (403, "daybook: arXiv answered with status 403; run the same later\n"),
    ],
)
def test_a_refusal_is_one_line(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str], code: int, told: str
) -> None:
    arxiv.always = status(code)
    run = run_fetch(arxiv, tmp_path, environment, "cs.CV", *PERIOD)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("kites",), "arXiv has no category “kites”; name one such as cs.CV"),
        (
            ("cv",),
            "arXiv has no category “cv”; name one such as cs.CV (Computer Vision and Pattern Recognition), math.",
        ),
        (("cs.CV", "--until", "2999-01-01"), "2999-01-01 is yet to come; arXiv has papers up to today, 2"),
        (("cs.CV", *PERIOD, "--days", "2"), "there are --since, --until and --days; give two of them"),
        (("cs", "--days", "2"), "cs is an archive; days back are of its categories: name one such as cs.AI"),
    ],
)
def test_what_cannot_be_fetched_is_refused_before_arxiv_is_asked(
    arxiv: ArxivServer, fetch_here: Callable[..., Run], arguments: tuple[str, ...], told: str
) -> None:
    run = fetch_here(*arguments)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"daybook: {told}")
    assert run.stderr.count("\n") == 1
    assert (arxiv.asked, arxiv.feeds_asked) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        (("--since", "2021-01-04", "--days", "2"), "20210104", "20210105"),
        (("--until", "2021-01-05", "--days", "1"), "20210105", "20210105"),
    ],
)
def test_two_of_three_options_make_a_period(
    arxiv: ArxivServer, fetch_here: Callable[..., Run], arguments: tuple[str, ...], first: str, last: str
) -> None:
    arxiv.papers = [*told_papers(1, NOON), *told_papers(1, NOON + timedelta(days=1), first=2)]
    assert fetch_here("cs.cv", *arguments).returncode == 0
    assert [asked.day for asked in arxiv.asked] == sorted({first, last})
    assert {asked.category for asked in arxiv.asked} == {"cs.CV"}


def test_a_day_that_is_not_whole_is_told_in_one_line(arxiv: ArxivServer, fetch_here: Callable[..., Run]) -> None:
    arxiv.papers = told_papers(3)
    arxiv.failures = [lambda handler, right: handler.reply(200, right.replace(b"totalResults>3<", b"totalResults>2<"))]
    run = fetch_here("cs.CV", "--until", "2021-01-04", "--days", "1")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines() == [
        "daybook: 2021-01-04  3 papers (perhaps not all)",
        "daybook: arXiv gave 3 papers of 2021-01-04 and said that there are 2; they are kept, run the same later",
    ]


# ---- today's announcement


def test_without_days_todays_announcement_comes_into_the_library(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    arxiv.announced = [
        (Told("2101.00001", "On Kites", "They fly."), "new"),
        (Told("2101.00002", "On Winds", "They blow.", categories=("cs.RO", "cs.CV")), "cross"),
        (Told("2003.00003", "On Rain", "It falls.", 3), "replace"),
    ]
    run = run_fetch(arxiv, tmp_path, environment, "CS.cv")
    assert (run.returncode, run.stdout) == (0, "3 new, 0 updated, 0 unchanged, 0 rejected\n")
    assert run.stderr == "daybook: 2021-01-05  1 new, 1 cross-listed, 1 replaced\n"
    assert (arxiv.feeds_asked, arxiv.asked) == (["cs.CV"], [])


def test_an_announcement_of_nothing_is_told_as_that(fetch_here: Callable[..., Run]) -> None:
    run = fetch_here("cs.CV")
    assert (run.returncode, run.stdout) == (0, "0 new, 0 updated, 0 unchanged, 0 rejected\n")
    assert run.stderr == (
        "daybook: arXiv announces nothing in cs.CV today, as on weekends and holidays; --days 3 takes days back\n"
    )


# ---- a terminal, and its keys

INTERRUPTED = "daybook: interrupted; what was saved is safe, and the same command goes on from here"


@contextmanager
def fetching(
    arxiv: ArxivServer, folder: Path, environment: Mapping[str, str], *arguments: str, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """A fetch under way; it is killed at the end, if it is still there."""
    command = [str(DAYBOOK), "fetch", *arguments]
    variables = {**os.environ, "PYTHONIOENCODING": "utf-8", **at(arxiv, folder, environment)}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=stderr, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def test_control_c_between_days_loses_none_and_the_same_command_goes_on(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    arxiv.papers = [*told_papers(3), *told_papers(2, NOON + timedelta(days=1), first=4)]
    with fetching(arxiv, tmp_path, environment, "cs.CV", *PERIOD) as child:
        assert child.stderr is not None
        assert child.stderr.readline() == "daybook: 2021-01-04  3 papers\n"
        child.send_signal(signal.SIGINT)
        assert child.stderr.read().splitlines()[-1] == INTERRUPTED
        assert child.wait(60) == 130
    arxiv.asked.clear()
    again = run_fetch(arxiv, tmp_path, environment, "cs.CV", *PERIOD)
    assert again.stderr.splitlines() == [
        "daybook: 2021-01-04  3 papers (fetched before)",
        "daybook: 2021-01-05  2 papers",
    ]
    assert again.stdout.startswith("2 new, ")
    assert arxiv.pages == [("20210105", 0)]


@pytest.mark.parametrize("arguments", [(), PERIOD])
def test_control_c_while_nothing_answers(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    arxiv.always = stall(60)
    with fetching(arxiv, tmp_path, environment, "cs.CV", *arguments) as child:
        while not (arxiv.asked or arxiv.feeds_asked) and child.poll() is None:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=240)
    assert (child.returncode, output, errors.splitlines()) == (130, "", [INTERRUPTED])


def test_a_terminal_is_told_what_is_asked_what_came_and_what_is_waited_for(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    arxiv.papers, arxiv.failures = told_papers(3), [status(429, Retry_After="4")]
    ours, theirs = pty.openpty()
    day = ("--since", "2021-01-04", "--until", "2021-01-04")
    with fetching(arxiv, tmp_path, environment, "cs.CV", *day, stderr=theirs) as child:
        os.close(theirs)
        told = b""
        with suppress(OSError):  # so a terminal ends that nobody writes to any more
            while chunk := os.read(ours, 4096):
                told += chunk
        os.close(ours)
        assert child.wait(60) == 0
    assert told.decode().splitlines() == [
        "daybook: fetching cs.CV of 2021-01-04 to 2021-01-04",
        "daybook: asking arXiv for cs.CV of 2021-01-04 …",
        "daybook: arXiv asks to wait 4 s",
        "daybook: 3 of 3 papers",
        "daybook: 2021-01-04  3 papers",
    ]
