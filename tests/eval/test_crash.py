import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import eval.crash
from eval.crash import CrashReport, measure
from ingest.database import Database, PreparedPaper
from ingest.library import Library
from ingest.paper import Entry

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_kills_lose_nothing(sample_folder: Path) -> None:
    told: list[int] = []

    def tell(report: CrashReport) -> None:
        told.append(report.kills)

    report = measure([sample_folder], 20, 1, tell)
    assert (report.lost, report.unfindable, report.failures) == ([], [], [])
    assert report.is_clean
    assert report.kills >= 20
    assert report.libraries_completed > 0
    assert report.acknowledged > 0
    assert told == sorted(told)


def test_a_library_that_acknowledges_before_it_commits_is_found_out(
    sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def acknowledge_first(self: eval.crash._AcknowledgingLibrary, changes: Sequence[PreparedPaper | Entry]) -> None:
        for change in changes:
            entry = change.entry if isinstance(change, PreparedPaper) else change
            self._acknowledge(entry.paper.arxiv_id)
        time.sleep(0.05)  # as a slow disk would
        Library.save(self, changes)

    monkeypatch.setattr(eval.crash._AcknowledgingLibrary, "save", acknowledge_first)
    report = measure([sample_folder], 40, 1)
    assert report.lost
    assert not report.is_clean


def test_a_paper_that_is_not_whole_is_found_out(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.database._save_derived", lambda *_: None)
    report = measure([sample_folder], 5, 1)
    assert report.lost


def test_an_index_that_is_never_made_is_found_out(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "sync_index", lambda _: None)
    report = measure([sample_folder], 1, 1)
    assert "the index is not current" in report.unfindable


def test_a_process_that_fails_by_itself_is_found_out(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the disk broke")

    monkeypatch.setattr(Database, "save", fails)
    report = measure([sample_folder], 1, 1)
    assert any("the disk broke" in failure for failure in report.failures)


def test_the_command_tells_the_figures(sample_folder: Path) -> None:
    command = [sys.executable, "app.py", "eval", "crash", str(sample_folder), "--kills", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "looked up, 0 lost" in done.stdout
