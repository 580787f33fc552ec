"""A server in a process of its own, and two browsers that are at its page."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.engine.daybook import Daybook
from ingest.library import Library
from tests.assistant.face.ui.serving import HELD, Server, browser_at, served
from tests.conftest import WordEmbedder


@pytest.fixture(scope="session")
def word_library(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library of the sample with the word embedder's vectors."""
    folder = tmp_path_factory.mktemp("word") / "library"
    with Daybook(Library(folder), WordEmbedder) as book:
        book.ingest([sample_folder])
    return folder


@pytest.fixture(scope="session")
def server(word_library: Path) -> Iterator[Server]:
    """A server that can be made to hold answers back; each test brings browsers of its own."""
    with served(word_library, setup=HELD) as running:
        yield running


@pytest.fixture
def browser(server: Server) -> Iterator[httpx.Client]:
    """A browser that has not been here."""
    with browser_at(server.address) as opened:
        yield opened


@pytest.fixture
def stranger(server: Server) -> Iterator[httpx.Client]:
    """Another one."""
    with browser_at(server.address) as opened:
        yield opened
