"""The libraries that questions are asked of: built once by ordinary ingestion, used again while they are current."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import platformdirs

from eval.suites import scifact_ids
from ingest.chunking import CHUNK_TOKENS
from ingest.cleaning import clean
from ingest.embedding import Embedder
from ingest.errors import InputError
from ingest.library import Library
from ingest.models import BGE_SMALL_WEIGHTS
from ingest.paper import Block, Entry, Listing, Paper, Rejection
from ingest.pipeline import Ingestion, IngestReport
from ingest.sources import find_sources
from ingest.sqlite import migrations

Tell = Callable[[str], None]
DEFAULT_WORK = Path(platformdirs.user_cache_dir("daybook")) / "eval"
_COMPLETE = "complete"
_DATABASE = "daybook.sqlite3"
_TOLD_EVERY_PAPERS = 512
_SCIFACT_DAY = date(2020, 1, 1)
_OF_SCITLDR = 1774  # so that there are 10,302 papers in all, the size at which others were measured


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers for a library: folders of digests, in BEIR's form, or of SciTLDR; `about` names them to a reader."""

    name: str
    about: str
    folders: tuple[str, ...]


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("five-days", "283 papers of five real cs.CV digests, 2019 to 2021", ("digests",)),
        Corpus("all-days", "3,345 papers: the five digests and 84 more days of 2019", ("digests", "digests_2019")),
        Corpus("scifact", "5,183 abstracts of biomedicine (SciFact)", ("scifact/beir",)),
        Corpus(
            "ten-thousand",
            "10,302 papers: all days, SciFact and some of SciTLDR, to measure time alone",
            ("digests", "digests_2019", "scifact/beir", "scitldr"),
        ),
        Corpus("sample", "42 invented papers that come with Daybook", ()),
    )
}


def library_folder(corpus: Corpus, data: Path | None, work: Path, embedder: Embedder, tell: Tell) -> Path:
    """The folder of the library of a corpus, complete; what an interrupted run had built is kept and gone on with.

    Its name ends in a fingerprint of the papers' texts, the model and the formats, so it is never out of date.

    Raises:
        InputError: the papers are not there.
    """
    items = list(corpus_items(corpus, data))
    entries = [item for item in items if isinstance(item, Entry)]
    folder = work / f"{corpus.name}-{_fingerprint(entries, embedder)}"
    if (folder / _COMPLETE).exists():
        return folder
    remove_former(folder, corpus.name)
    _build(folder, items, len(entries), embedder, lambda done: tell(f"library {corpus.name}: {done}"))
    (folder / _COMPLETE).touch()
    return folder


def remove_former(folder: Path, name: str) -> None:
    """Remove the libraries of the same papers that `folder` takes the place of: no folder but what was built here."""
    for former in folder.parent.glob(f"{name}-*"):
        is_ours = re.fullmatch(re.escape(name) + r"-[0-9a-f]{12}", former.name) and (former / _DATABASE).exists()
        if is_ours and former != folder:
            shutil.rmtree(former)


def _build(folder: Path, items: Sequence[Entry | Rejection], total: int, embedder: Embedder, tell: Tell) -> None:
    told = 0

    def show(report: IngestReport) -> None:
        nonlocal told
        if report.papers - told >= _TOLD_EVERY_PAPERS or report.papers >= total:
            told = report.papers
            tell(f"{told} of {total} papers")

    with Library(folder) as library, library.writer():
        Ingestion(library, embedder, IngestReport(), show).take(items)


def _fingerprint(entries: Sequence[Entry], embedder: Embedder) -> str:
    digest = hashlib.blake2b(digest_size=6)
    told = (type(embedder).__name__, BGE_SMALL_WEIGHTS.sha256, CHUNK_TOKENS, len(migrations()))
    digest.update(repr(told).encode())
    for entry in entries:
        paper = entry.paper
        digest.update(repr((paper.arxiv_id, paper.title, paper.abstract, entry.listing)).encode())
    return digest.hexdigest()


# ---- the papers


def corpus_items(corpus: Corpus, data: Path | None) -> Iterator[Entry | Rejection]:
    """The papers of a corpus, as an ingest reads them.

    Raises:
        InputError: they are not there.
    """
    if not corpus.folders:
        folders = [Path(str(files("ingest").joinpath("sample")))]
    elif data is None:
        raise InputError(f"the library {corpus.name} needs real data; name its folder in DAYBOOK_DATA")
    else:
        folders = [data / name for name in corpus.folders]
    for folder in folders:
        if (folder / "corpus.jsonl").exists():
            yield from _beir_entries(folder)
        elif folder.name == "scitldr":
            yield from _scitldr_entries(folder)
        else:
            for source in find_sources([folder]):
                yield from source.items()


def _scitldr_entries(folder: Path) -> Iterator[Entry]:
    """The first abstracts of SciTLDR as papers of one day."""
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[:_OF_SCITLDR], start=1):
        told = json.loads(line)
        text = " ".join(told["source"])
        paper = Paper(f"scitldr/{number:07}", clean(told["title"]).text, clean(text).text, "https://arxiv.org")
        yield Entry(paper, Listing(_SCIFACT_DAY, "scitldr", Block.NEW, number), paper.title, text, number)


def _beir_entries(folder: Path) -> Iterator[Entry]:
    """The documents of a corpus in BEIR's form as papers that were all listed on one day."""
    try:
        ids = scifact_ids(folder)
        lines = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"the documents in {folder} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        document = json.loads(line)
        arxiv_id = ids[document["_id"]]
        title, abstract = clean(document["title"]).text, clean(document["text"]).text
        paper = Paper(arxiv_id, title, abstract, f"https://arxiv.org/abs/{arxiv_id}")
        listing = Listing(_SCIFACT_DAY, "scifact", Block.NEW, number)
        yield Entry(paper, listing, document["title"], document["text"], number)
