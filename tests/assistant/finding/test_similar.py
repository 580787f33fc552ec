"""Papers like a paper: the nearest by their stored vectors."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant import Daybook
from ingest.errors import InputError
from ingest.library import Library
from ingest.marks import MarkChange
from tests.assistant.conftest import SAMPLE_PAPERS, sample_id

VESSELS = (sample_id(13), sample_id(28), sample_id(37))
"""The three papers of the sample that are on vessels in ports."""


def no_model() -> Any:
    raise AssertionError("a model was loaded")


@pytest.fixture
def book(sample_library_folder: Path, tmp_path: Path) -> Daybook:
    """The sample without any model."""
    return Daybook(Library(shutil.copytree(sample_library_folder, tmp_path / "library")), no_model)


@pytest.mark.parametrize("arxiv_id", VESSELS)
def test_the_papers_on_the_same_subject_come_first(book: Daybook, arxiv_id: str) -> None:
    found = [result.arxiv_id for result in book.similar(arxiv_id, 2)]
    assert sorted([arxiv_id, *found]) == sorted(VESSELS)


def test_all_others_are_ranked_and_cosines_are_told(book: Daybook) -> None:
    found = book.similar(VESSELS[0], 100)
    ids = [result.arxiv_id for result in found]
    assert len(set(ids)) == len(ids) == SAMPLE_PAPERS - 1
    assert VESSELS[0] not in ids
    assert all(-1 <= result.score < 1 for result in found)


def test_hidden_papers_are_left_out(book: Daybook) -> None:
    book.mark(VESSELS[1], MarkChange(is_hidden=True))
    book.mark("9901.00001", MarkChange(is_starred=True))
    found = {result.arxiv_id for result in book.similar(VESSELS[0], 100)}
    assert VESSELS[1] not in found
    assert len(found) == SAMPLE_PAPERS - 2


def test_what_is_not_held_or_not_asked_for_is_said(book: Daybook) -> None:
    with pytest.raises(InputError, match=r"the library holds no paper arXiv:2101\.00001"):
        book.similar("2101.00001")
    with pytest.raises(InputError, match="ask for at least 1 paper"):
        book.similar(VESSELS[0], 0)
