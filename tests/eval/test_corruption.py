import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import ingest.index
from eval.corruption import measure
from ingest.index import ChromaIndex
from ingest.library import Library

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_no_damage_gives_a_wrong_answer_or_stays(sample_folder: Path) -> None:
    told: list[int] = []
    report = measure([sample_folder], 10, 1, lambda report: told.append(report.cases))
    assert (report.wrong_answers, report.crashes, report.not_repaired) == ([], [], [])
    assert report.is_clean
    assert (report.cases, report.noticed + report.harmless) == (10, 10)
    assert report.noticed > 5
    assert told == list(range(1, 11))


def test_a_manifest_that_checks_no_file_is_found_out(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.index, "_file_hashes", lambda _: {})
    report = measure([sample_folder], 12, 1)
    assert report.not_repaired or report.crashes or report.wrong_answers
    assert not report.is_clean


def crash(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def do_nothing(*_: object) -> None:
    pass


@pytest.mark.parametrize(("instead", "found"), [(crash, "crashes"), (do_nothing, "not_repaired")])
def test_a_crash_or_a_repair_left_out_is_found_out(
    sample_folder: Path, monkeypatch: pytest.MonkeyPatch, instead: Callable[..., None], found: str
) -> None:
    """The library is made before the first reading of a manifest that is there."""
    real = Library.sync_index

    def sync_index(self: Library) -> None:
        instead() if (self.folder / "chroma").exists() else real(self)

    monkeypatch.setattr(Library, "sync_index", sync_index)
    report = measure([sample_folder], 4, 1)
    assert getattr(report, found)
    assert not report.is_clean


def test_an_index_that_answers_wrong_is_found_out(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "_index_serves", lambda _: True)
    real = ChromaIndex.nearest
    monkeypatch.setattr(ChromaIndex, "nearest", lambda self, vector, limit: real(self, -vector, limit))
    assert measure([sample_folder], 2, 1).wrong_answers
