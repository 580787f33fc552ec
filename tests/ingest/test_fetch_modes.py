"""Every way in which an invented arXiv API misbehaves, and what becomes of its day; the API is no part of the project.

It ends by itself; each of its modes counts its requests, so each is fetched once.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.arxiv_source import ArxivSource
from ingest.errors import SourceUnavailableError
from ingest.fetch import FetchedDay, fetch
from ingest.library import Library
from ingest.paper import Basis
from ingest.pipeline import Ingestion, IngestReport
from tests.conftest import WordEmbedder

DAY = date(2026, 8, 11)
LIFE_SECONDS = 300
SOON = 0.002
LATER = "; they are kept, run the same later"


@pytest.fixture(scope="module")
def fake_arxiv(data_folder: Path) -> Iterator[str]:
    """Where the invented API answers."""
    script = data_folder.parent / "cases" / "24" / "fake_arxiv.py"
    if not script.is_file():
        pytest.skip(f"there is no invented API in {script}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(script), str(port), str(LIFE_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the invented API does not answer")


class Outcome(NamedTuple):
    papers: int
    told: str = ""  # empty where the day is closed
    waited: int = 0  # seconds, as the server asked


OUTCOMES = {
    "right": Outcome(150),
    "redirect": Outcome(150),
    "redirect_page2": Outcome(150),
    "dup": Outcome(140, f"arXiv gave 140 of the 150 papers of 2026-08-11{LATER}"),
    "short": Outcome(150),
    "lasttrunc": Outcome(120, f"arXiv gave 120 of the 150 papers of 2026-08-11{LATER}"),
    "emptyonce": Outcome(150),
    "zerofirst": Outcome(150),
    "ratelimit": Outcome(150, waited=4),
    "ratelimit200": Outcome(150),
    "html": Outcome(150),
    "big": Outcome(
        100,
        "arXiv has 10,050 papers of cs.CV of 2026-08-11 and gives out 10,000 at most;"
        " the first 100 are kept, fetch narrower categories for the others",
    ),
    "versions": Outcome(1),
    "lower": Outcome(3),
    "nototal": Outcome(100, f"arXiv gave 100 papers of 2026-08-11 and did not say how many there are{LATER}"),
}


@pytest.mark.parametrize("mode", OUTCOMES)
def test_a_day_is_closed_only_with_proof(fake_arxiv: str, library: Library, embedder: WordEmbedder, mode: str) -> None:
    outcome = OUTCOMES[mode]
    waits: list[float] = []
    source = ArxivSource(f"{fake_arxiv}/{mode}/api/query?{{}}", SOON)
    source.pause = waits.append
    ingestion = Ingestion(library, embedder, IngestReport())
    if outcome.told:
        with pytest.raises(SourceUnavailableError) as raised:
            fetch(source, "cs.cv", [DAY], ingestion)
        assert str(raised.value) == outcome.told
    else:
        assert fetch(source, "cs.cv", [DAY], ingestion) == [FetchedDay(DAY, outcome.papers, was_fetched_before=False)]
    stored = library.papers()
    assert len(stored) == outcome.papers
    assert {(paper.day, paper.basis) for paper in stored} == {(DAY, Basis.SUBMITTED)}
    assert set(library.database.fetched_days("cs.CV")) == (set() if outcome.told else {DAY})
    assert round(max(waits, default=0)) == outcome.waited
