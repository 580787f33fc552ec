"""Fixtures for every test: a small explainable embedder, a library, digests written here, and no network."""

import ipaddress
import os
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

os.environ["HF_HUB_OFFLINE"] = "1"  # before the first import that reads it

from ingest.cross_encoder import READER_FOLDER, CrossEncoder
from ingest.embedding import DIMENSIONS, OnnxEmbedding, Vector
from ingest.errors import ModelUnavailableError
from ingest.library import Library
from ingest.models import DEFAULT_MODELS, EMBEDDING_FOLDER

PROJECT = Path(__file__).resolve().parent.parent

settings.register_profile("daybook", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=3000)
settings.load_profile("daybook")


FETCH_MODELS = f"""
import sys
from pathlib import Path
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
OnnxEmbedding.load(Path(sys.argv[1], "{EMBEDDING_FOLDER}"))
CrossEncoder.load(Path(sys.argv[1]))
"""
FORKING = ("tests/eval/test_crash.py", "tests/eval/test_corruption.py", "tests/eval/test_bitflips.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what loads the real model, so that `-m "not model"` leaves it out; put the tests that fork first.

    Later the process has the threads of the model and of Chroma, whose locks a forked child may wait for forever.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(FORKING))
    for item in items:
        if not {"real_embedder", "real_reader"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("model")


@pytest.fixture(scope="module")
def every_library_is_huge() -> Iterator[None]:
    """Each has an index by Chroma beside it, as only huge ones have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.library.EXACT_SEARCH_CHUNKS", 0)
        yield


# ---- no network


class NetworkReachedError(AssertionError):
    """A test tried to leave this machine; no OSError, so that no code takes it for a network that is down."""


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _refuse_elsewhere(host: object) -> None:
    if not _is_here(host):
        raise NetworkReachedError(f"a test tried to reach {host}")


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection and every name that is not this machine's own, in this process."""
    real_resolve = socket.getaddrinfo

    def guarded(method: str) -> Any:
        real = getattr(socket.socket, method)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                _refuse_elsewhere(address[0])
            return real(self, address)

        return connect

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse_elsewhere(host)
        return real_resolve(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex"):
            patch.setattr(socket.socket, method, guarded(method))
        patch.setattr(socket, "getaddrinfo", resolve)
        yield


# ---- embedders


class WordEmbedder:
    """A bag of words: each lower-case word adds 1 at the place that its CRC-32 names; a unit vector.

    Texts that share words are near, texts that share none are orthogonal (but for words that meet at one place).
    A question is embedded as a text is. `texts` and `questions` hold what was embedded.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.questions: list[str] = []

    def text_vector(self, text: str) -> Vector:
        self.texts.append(text)
        return self._vector(text)

    def question_vector(self, question: str) -> Vector:
        self.questions.append(question)
        return self._vector(question)

    @staticmethod
    def _vector(text: str) -> Vector:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        unit: Vector = vector / np.linalg.norm(vector)
        return unit

    def is_word(self, text: str) -> bool:
        """Words of four letters are known."""
        return len(text) == 4


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The folder that keeps model files: `DAYBOOK_MODELS`, or the user's own.

    A process of its own fetches what is missing: this one reaches no network.
    """
    folder = Path(os.environ.get("DAYBOOK_MODELS") or DEFAULT_MODELS)
    if not all((folder / name).is_dir() for name in (EMBEDDING_FOLDER, READER_FOLDER)):
        subprocess.run([sys.executable, "-c", FETCH_MODELS, folder], check=False)
    return folder


@pytest.fixture(scope="session")
def real_embedder(models_folder: Path) -> OnnxEmbedding:
    """The model that Daybook ships with, fetched on first use."""
    try:
        return OnnxEmbedding.load(models_folder / EMBEDDING_FOLDER)
    except ModelUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def real_reader(models_folder: Path) -> CrossEncoder:
    """The model that reads sentences beside a question, fetched on first use."""
    try:
        return CrossEncoder.load(models_folder)
    except ModelUnavailableError as error:
        pytest.skip(str(error))


# ---- libraries and digests


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(scope="session")
def sample_folder() -> Iterator[Path]:
    """The invented digests that Daybook ships: three days."""
    with as_file(files("ingest").joinpath("sample")) as folder:
        yield folder


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data, which is no part of the project: `DAYBOOK_DATA`, or `../shared/data` beside it."""
    folder = Path(os.environ.get("DAYBOOK_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"there is no real data in {folder}; name its folder in DAYBOOK_DATA")
    return folder


PaperText = tuple[str, str, str]
"""An arXiv id, which may end in a version (`2101.00001v2`), a title, an abstract: raw, as a digest has them."""


def digest_text(
    day: date, papers: Iterable[PaperText], crossed: Iterable[PaperText] = (), *, category: str = "cs.CV"
) -> str:
    """The markdown of a day; the ids of each block must descend, as real ones do."""
    lines = [f"# ArXiv {category} --{day:%a}, {day.day} {day:%b %Y}"]
    for number, (arxiv_id, title, abstract) in enumerate([*papers, *crossed], start=1):
        lines.append(f"### {number}.{title}  [ :arrow_down: ](https://arxiv.org/pdf/{arxiv_id}.pdf)")
        lines.append(f">  {abstract}      ")
    return "\n".join(lines) + "\n"


def write_digest(
    folder: Path,
    day: date,
    papers: Iterable[PaperText],
    crossed: Iterable[PaperText] = (),
    *,
    category: str = "cs.CV",
    name: str = "",
) -> Path:
    """Write a day's digest to `folder`, as `2021-01-04.md` where no other name is given."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{day.isoformat()}.md")
    path.write_text(digest_text(day, papers, crossed, category=category), encoding="utf-8")
    return path
