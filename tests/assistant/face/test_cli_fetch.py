"""`daybook fetch` as people run it, with a server on this machine in arXiv's place."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.embedding import OnnxEmbedding
from tests.assistant.face.test_cli import Run, run_daybook
from tests.ingest.arxiv_server import ArxivServer, arxiv_server, status
from tests.ingest.feeds import NOON, told_papers

PERIOD = ("--since", "2021-01-04", "--until", "2021-01-05")


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with arxiv_server() as server:
        yield server


@pytest.fixture
def environment(real_embedder: OnnxEmbedding, models_folder: Path) -> dict[str, str]:  # noqa: ARG001 - it is there now
    return {"DAYBOOK_MODELS": str(models_folder), "HF_HUB_OFFLINE": "1"}


def run_fetch(arxiv: ArxivServer, folder: Path, environment: dict[str, str], *arguments: str) -> Run:
    environment = {**environment, "DAYBOOK_ARXIV_URL": arxiv.url_format, "DAYBOOK_LIBRARY": str(folder / "library")}
    return run_daybook("fetch", *arguments, folder=folder, environment=environment)


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
    assert arxiv.pages == [("20210104", 0), ("20210105", 0)]
    assert min(arxiv.pauses) >= 3
    listed = run_daybook("days", "--library", str(tmp_path / "library"), folder=tmp_path, environment=environment)
    assert listed.stdout.split() == ["2021-01-04", "3", "new", "0", "cross-listed"]

    again = run_fetch(arxiv, tmp_path, environment, "cs.CV", *PERIOD)
    assert (again.returncode, again.stdout) == (0, "0 new, 0 updated, 0 unchanged, 0 rejected\n")
    assert again.stderr.splitlines() == [
        "daybook: 2021-01-04  3 papers (fetched before)",
        "daybook: 2021-01-05  arXiv has no papers of this day (fetched before)",
    ]
    assert len(arxiv.asked) == 2


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
        (400, "daybook: arXiv does not accept the category “kites”; name one such as cs.CV\n"),
        (403, "daybook: arXiv answered with status 403; run the same later\n"),
    ],
)
def test_a_refusal_is_one_line(
    arxiv: ArxivServer, tmp_path: Path, environment: dict[str, str], code: int, told: str
) -> None:
    arxiv.always = status(code)
    run = run_fetch(arxiv, tmp_path, environment, "kites", *PERIOD)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", told)
