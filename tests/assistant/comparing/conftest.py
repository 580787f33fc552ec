"""A library of invented papers that can be compared."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.comparing.reading import ReadPaper, read_papers
from ingest.embedding import Embedder, OnnxEmbedding
from ingest.library import Library
from tests.conftest import WordEmbedder, write_digest

FIRST, SECOND = date(2021, 1, 4), date(2021, 1, 5)
KITE, GULL, OWL, FORMULA, SWAN = (f"2101.0000{number}" for number in range(1, 6))
PAPERS = (
    (
        KITE,
        "KiteNet: Tracking Kites in Wind",
        "Tracking kites from the ground is difficult because they are small. However, existing trackers lose kites in"
        " clouds. In this paper, we propose KiteNet, a recurrent network that remembers the wind. It is trained on"
        " 5,200 videos of kites. Experiments show that KiteNet reaches 61.2% accuracy on the SkyBench test set and runs"
        " at 40 FPS. Code is available at https://github.com/kites/kites",
    ),
    (
        GULL,
        "GullNet: Following Gulls",
        "Gulls fly in flocks, and current trackers cannot tell them apart. We present GullNet, which follows the flock"
        " as a whole. GullNet achieves 64.0% accuracy on the SkyBench test set, and outperforms previous trackers.",
    ),
    (
        OWL,
        "On Losses for Owls",
        "Owls are hard to see at night. We study how a loss function helps tracking owls. Our method outperforms the"
        " previous losses by a large margin. Our code will be released.",
    ),
    (
        FORMULA,
        "=SUM(A1): 50% Off & Under_Scores",
        "=HYPERLINK is a problem of tables. We propose @pipes, a method with a | bar and a $ sign. It improves 50% of"
        " results.",
    ),
)
LATER = (
    (
        SWAN,
        "SwanNet: Tracking Swans",
        "Swans are white, which makes tracking them in snow a challenge. We introduce SwanNet, a network for tracking"
        " swans. SwanNet improves accuracy by 3.1% over the former best on SkyBench, and has 4.2M parameters.",
    ),
)


@pytest.fixture(scope="session")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    """Five invented papers of two days, for reading only."""
    yield from _book(tmp_path_factory.mktemp("birds"), WordEmbedder)


@pytest.fixture(scope="session")
def real_birds(real_embedder: OnnxEmbedding, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    """The same with the real model: whether a question compares papers was learned with that."""
    yield from _book(tmp_path_factory.mktemp("birds"), lambda: real_embedder)


def _book(folder: Path, load_embedder: Callable[[], Embedder]) -> Iterator[Daybook]:
    write_digest(folder / "digests", FIRST, PAPERS)
    write_digest(folder / "digests", SECOND, LATER)
    with Daybook(Library(folder / "library"), load_embedder) as book:
        book.ingest([folder / "digests"])
        yield book


def read(book: Daybook, arxiv_id: str) -> ReadPaper:
    """A paper as a comparison reads it."""
    stored = book.library.paper(arxiv_id)
    assert stored is not None
    return read_papers([stored], book.library)[0]
