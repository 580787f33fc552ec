"""The way of the data into the library: files → entries → what is new → chunks and vectors → saved."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from pathlib import Path

from ingest.chunking import embedded_text, split_chunks
from ingest.database import PreparedPaper
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.paper import Entry, Rejection, StoredPaper
from ingest.sentences import split_sentences
from ingest.sources import SourceFile, find_files, read_files

_BATCH_PAPERS = 32

Progress = Callable[["IngestReport"], None]


@dataclass(slots=True)
class IngestReport:
    """What an ingest did; `embedded` counts chunks, the others papers and files."""

    files_total: int = 0
    files_read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    embedded: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    files_without_papers: list[str] = field(default_factory=list)


class _Change(Enum):
    NEW = auto()
    TEXT = auto()
    LISTING = auto()
    NONE = auto()


def ingest(
    paths: Iterable[Path], library: Library, embedder: Embedder, progress: Progress = lambda _: None
) -> IngestReport:
    """Bring files and folders into the library; what is there already is neither embedded nor written again.

    Every batch is safe once saved, so an interrupted ingest loses nothing and goes on when it is run again.

    Raises:
        InputError: a path does not exist, or a folder holds no digest.
        LibraryLockedError: another process is writing to the library.
    """
    files = find_files(paths)
    report = IngestReport(files_total=len(files))
    with library.writer():
        try:
            _ingest_files(read_files(files), library, embedder, report, progress)
        finally:
            library.sync_index()
    return report


def _ingest_files(
    files: Iterator[SourceFile],
    library: Library,
    embedder: Embedder,
    report: IngestReport,
    progress: Progress,
) -> None:
    pool = ThreadPoolExecutor(os.cpu_count())
    waiting: deque[_Batch] = deque()

    def save_oldest() -> None:
        waiting.popleft().save(library, report)
        progress(report)

    try:
        for batch in _batches(_entries(files, library, report)):
            ids = {entry.paper.arxiv_id for entry in batch}
            while waiting and (len(waiting) > 1 or any(ids & other.ids for other in waiting)):
                save_oldest()
            waiting.append(_Batch(batch, library, embedder, pool, report))
        while waiting:
            save_oldest()
    finally:
        pool.shutdown(cancel_futures=True)


def _entries(files: Iterator[SourceFile], library: Library, report: IngestReport) -> Iterator[Entry]:
    for file in files:
        report.files_read += 1
        report.rejected.extend(file.rejections)
        if file.rejections:
            library.save_rejections(file.rejections)
        if not file.entries:
            report.files_without_papers.append(str(file.path))
        yield from file.entries


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Batches in which no paper stands twice."""
    held: list[Entry] = []
    while batch := held + list(islice(entries, _BATCH_PAPERS - len(held))):
        held, seen, distinct = [], set(), []
        for entry in batch:
            if entry.paper.arxiv_id in seen:
                held.append(entry)
            else:
                seen.add(entry.paper.arxiv_id)
                distinct.append(entry)
        yield distinct


class _Batch:
    """Some entries on their way: compared with the library, their embedding under way."""

    def __init__(
        self,
        entries: Sequence[Entry],
        library: Library,
        embedder: Embedder,
        pool: ThreadPoolExecutor,
        report: IngestReport,
    ) -> None:
        self.ids = {entry.paper.arxiv_id for entry in entries}
        stored = library.database.papers_by_id(sorted(self.ids))
        self._changes: list[tuple[_Change, Future[PreparedPaper] | Entry]] = []
        for entry in entries:
            change = _change(entry, stored.get(entry.paper.arxiv_id), library)
            if change is _Change.NONE:
                report.unchanged += 1
            elif change is _Change.LISTING:
                self._changes.append((change, entry))
            else:
                self._changes.append((change, pool.submit(_prepare, entry, embedder)))

    def save(self, library: Library, report: IngestReport) -> None:
        """Wait for the vectors and save the batch in one transaction."""
        changes = [item.result() if isinstance(item, Future) else item for _, item in self._changes]
        if not changes:
            return
        library.save(changes)
        for (change, _), saved in zip(self._changes, changes, strict=True):
            report.new += change is _Change.NEW
            report.updated += change is not _Change.NEW
            report.embedded += len(saved.chunks) if isinstance(saved, PreparedPaper) else 0


def _change(entry: Entry, stored: StoredPaper | None, library: Library) -> _Change:
    """What an entry brings that the library does not hold yet.

    A text that was seen before never replaces the one that took its place, and an older version or
    an older day never replaces a newer one; so ingesting the same files in any order ends the same.
    """
    if stored is None:
        return _Change.NEW
    paper, listing = entry.paper, entry.listing
    listed = any((o.day, o.category) == (listing.day, listing.category) for o in stored.listings)
    same_text = (paper.title, paper.abstract) == (stored.paper.title, stored.paper.abstract)
    if same_text or library.database.text_was_seen(stored.row, paper):
        return _Change.NONE if listed else _Change.LISTING
    newest_day = max(o.day for o in stored.listings)
    is_newer = (paper.version, listing.day) >= (stored.paper.version, newest_day)
    return _Change.TEXT if is_newer else _Change.LISTING


def _prepare(entry: Entry, embedder: Embedder) -> PreparedPaper:
    paper = entry.paper
    chunks = split_chunks(paper)
    vectors = [embedder.text_vector(embedded_text(paper, chunk)) for chunk in chunks]
    return PreparedPaper(entry, chunks, vectors, split_sentences(paper.abstract))
