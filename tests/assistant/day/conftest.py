"""Books over invented digests of a few days."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.assistant.conftest import sample_book, sample_library_folder, word_book
from tests.conftest import PaperText, write_digest

__all__ = ["sample_book", "sample_library_folder", "word_book"]

MONDAY, TUESDAY, FRIDAY = date(2021, 1, 4), date(2021, 1, 5), date(2021, 1, 8)
KITES: list[PaperText] = [
    (
        f"2101.0000{number}",
        f"{name}: Kite Line Tracking in {place}",
        f"Kites drift. We present {name}, a kite line tracking method for {place}. Kite line tracking is fast.",
    )
    for number, (name, place) in enumerate([("LineUp", "Gusts"), ("KiteEye", "Fog"), ("TugNet", "Rain")], start=4)
]
BREAD: list[PaperText] = [
    (
        f"2101.0000{number}",
        f"{name} for Sourdough Bread Baking",
        f"Dough rises. We study sourdough bread baking with {name}. Sourdough bread baking takes {number} hours.",
    )
    for number, name in enumerate(["Ovens", "Yeast Counts", "Crust Cameras"], start=1)
]
CROSSED: list[PaperText] = [
    ("2101.00009", "Kite Line Tracking at Sea", "We test kite line tracking at sea; see https://github.com/kites/sea."),
    ("2101.00008", "A Title and Nothing Else", ""),
]


@pytest.fixture(scope="session")
def days_folder(tmp_path_factory: pytest.TempPathFactory, real_embedder: OnnxEmbedding) -> Path:
    """The closed library of three days; a kite paper of Monday is cross-listed on Tuesday."""
    digests = tmp_path_factory.mktemp("days")
    write_digest(digests, MONDAY, [*KITES[::-1], *BREAD[::-1]], CROSSED)
    write_digest(digests, TUESDAY, [("2012.00020", "Bread Alone", "We bake bread.")], KITES[:1])
    write_digest(digests, FRIDAY, [("2101.00030", "Kite Line Tracking Again", "It is tried again.")], category="cs.RO")
    folder = tmp_path_factory.mktemp("books") / "library"
    with Daybook(Library(folder), lambda: real_embedder) as book:
        book.ingest([digests])
    return folder


@pytest.fixture
def days_book(days_folder: Path, real_embedder: OnnxEmbedding) -> Iterator[Daybook]:
    """The three days, for reading only, asked on the Saturday after them."""
    with Daybook(Library(days_folder), lambda: real_embedder, today=lambda: date(2021, 1, 9)) as book:
        yield book
