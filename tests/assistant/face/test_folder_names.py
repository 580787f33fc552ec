"""Every command over a library and digests in a folder whose name holds all signs that mean something elsewhere."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.assistant.face.conftest import Say
from tests.ingest.arxiv_server import arxiv_server
from tests.ingest.feeds import told_papers

NAME = "-100% a%20b? #1 & it's [draft] ünï 論?mode=memory"
QUESTION = "How does WakeMem remember lost vessels?"


def test_every_command_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say_on: Callable[[Path], Say], sample_folder: Path
) -> None:
    (tmp_path / NAME).mkdir()
    digests = shutil.copytree(sample_folder, tmp_path / NAME / "digests")
    say = say_on(tmp_path / NAME / "library")

    def said(*arguments: str) -> str:
        status, out, err = say(*arguments)
        assert status == 0, err
        return out

    assert said("ingest", str(digests)).startswith("42 new")
    monkeypatch.chdir(tmp_path)
    assert said("ingest", "--", f"{NAME}/digests/*.md").startswith("0 new, 0 updated, 42 unchanged")
    for command in ("ask", "search"):
        assert "WakeMem" in said(command, QUESTION)
    assert "WakeMem" in said("day", "2026-11-03")
    assert "WakeMem" in said("compare", "WakeMem", "BerthLink")
    assert "9901.00028" in said("papers", "--library", f"{NAME}/library")
    said("ask", "--conversation", "new", QUESTION)
    assert QUESTION in said("conversations", "show", "last")
    with closing(sqlite3.connect(tmp_path / NAME / "library" / "daybook.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO papers_text (papers_text) VALUES ('delete-all')")
    assert "repaired: the full-text index" in said("doctor", "--repair")
    assert said("doctor") == "all is well\n"
    assert said("remove", "--yes", "--source", f"{NAME}/digests/2026-11-03.md").startswith("14 papers")
    with arxiv_server() as arxiv:
        arxiv.papers = told_papers(3)
        monkeypatch.setenv("DAYBOOK_ARXIV_URL", arxiv.url_format)
        assert said("fetch", "cs.CV", "--since", "2021-01-04", "--until", "2021-01-04").startswith("3 new")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
