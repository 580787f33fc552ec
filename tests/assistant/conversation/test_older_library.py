"""A library and a conversation that an older Daybook made (239a43b, over the invented papers) open and go on."""

import lzma
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.conftest import PROJECT

MADE = PROJECT / "tests" / "data" / "library_239a43b.sqlite3.xz"
THIRD = date(2026, 11, 3)


@pytest.fixture
def old(tmp_path: Path, real_embedder: OnnxEmbedding) -> Iterator[Daybook]:
    (tmp_path / "daybook.sqlite3").write_bytes(lzma.decompress(MADE.read_bytes()))
    with Library(tmp_path) as library:
        yield Daybook(library, lambda: real_embedder, today=lambda: date(2026, 11, 5))


def test_its_papers_are_all_there_and_found(old: Daybook) -> None:
    assert len(old.papers()) == 42
    assert old.ask("Which papers are about polyps?").references
    assert "42 papers" in old.ask("How many papers are there?").text


def test_its_conversation_goes_on(old: Daybook) -> None:
    (kept,) = old.conversations()
    engine = old.chat_engine(kept.id)
    asked = [answer.question for answer in engine.answers]
    assert asked == ["How many papers are there of 2 November 2026?", "Which papers are about polyps?"]
    shown = {reference.arxiv_id for reference in engine.answers[-1].references}
    assert shown
    *_, answer = engine.talk.stream("what does the second one propose?")
    assert {reference.arxiv_id for reference in answer.references} <= shown
    *_, answer = engine.talk.stream("And how many papers of 3 November 2026?")
    of_that_day = old.papers(THIRD)
    assert f"{len(of_that_day)} papers" in answer.text
    assert len(old.chat_engine(kept.id).answers) == 4
