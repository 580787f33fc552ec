"""A library that somebody follows, and how papers come to it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from tests.conftest import PaperText, write_digest

MONDAY, TUESDAY, WEDNESDAY = date(2021, 1, 4), date(2021, 1, 5), date(2021, 1, 6)
BREAD = "We bake sourdough bread at home. The sourdough bread rises for nine hours."
KITES: PaperText = ("2101.00001", "Kites at Sea", "We fly kites at sea. The kites stay up for 9 hours.")
LOAVES: PaperText = ("2101.00002", "LoafNet: Sourdough Bread at Home", BREAD)

Come = Callable[..., None]
"""Papers come to a library: a day, then papers, newest id first; `name` is that of the digest."""


@pytest.fixture
def come(book: Daybook, tmp_path: Path) -> Come:
    def come(day: date, *papers: PaperText, name: str = "") -> None:
        book.ingest([write_digest(tmp_path / "digests", day, papers, name=name)])

    return come


def new_ids(book: Daybook) -> list[list[str]]:
    """The arXiv ids of what is new for each follow."""
    return [[paper.stored.paper.arxiv_id for paper in one.papers] for one in book.news().follows]
