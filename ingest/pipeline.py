"""The way of the data into the library: files → entries → what is new → chunks and vectors → saved."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import islice
from pathlib import Path

from ingest.chunking import embedded_text, split_chunks
from ingest.database import Derived, Origin, Particulars, PreparedPaper, Sighting, fuller, origin_of, standing
from ingest.embedding import Embedder
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.paper import Entry, Paper, Rejection, StoredPaper
from ingest.roles import read_sentences
from ingest.selection import EVERYTHING, Selection
from ingest.sources import Source, find_sources

_BATCH_PAPERS = 32
_REJECTIONS_SHOWN = 1000

Progress = Callable[["IngestReport"], None]


@dataclass(slots=True)
class IngestReport:
    """What an ingest did; `embedded` counts chunks, the others papers, sources, rejections and bytes.

    `rejected` holds the first rejections; the library keeps all of them.
    """

    files_total: int = 0
    files_read: int = 0
    bytes_total: int = 0
    bytes_read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    embedded: int = 0
    rejected_count: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    files_without_papers: list[str] = field(default_factory=list)

    @property
    def papers(self) -> int:
        """How many papers have been dealt with."""
        return self.new + self.updated + self.unchanged


class _Change(Enum):
    NEW = auto()
    TEXT = auto()
    LISTING = auto()  # or what else a source tells besides the text
    ORIGIN = auto()  # nothing new, from another source
    NONE = auto()


def ingest(
    paths: Iterable[Path | str],
    library: Library,
    embedder: Embedder,
    progress: Progress = lambda _: None,
    selection: Selection = EVERYTHING,
) -> IngestReport:
    """Bring sources into the library; what is there already is neither embedded nor written again.

    Every batch is safe once saved, so an interrupted ingest loses nothing and goes on when it is run again.

    Raises:
        InputError: a path does not exist, or a folder holds no file.
        LibraryLockedError: another process is writing to the library.
        LibraryError: the disk is full; what was saved is safe.
    """
    sources = find_sources(paths)
    report = IngestReport(files_total=len(sources), bytes_total=sum(source.size_bytes for source in sources))
    with library.writer():
        Ingestion(library, embedder, report, progress).take(_read(sources, report, selection))
    return report


def _read(sources: Sequence[Source], report: IngestReport, selection: Selection) -> Iterator[Entry | Rejection]:
    done_bytes = 0
    for source in sources:
        has_papers = has_rejections = False
        origin = source.origin
        for item in source.items(selection):
            has_papers = has_papers or isinstance(item, Entry)
            has_rejections = has_rejections or isinstance(item, Rejection)
            report.bytes_read = done_bytes + source.bytes_read
            yield replace(item, source=origin) if isinstance(item, Entry) else item
        done_bytes += source.size_bytes
        report.bytes_read = done_bytes
        report.files_read += 1
        if source.was_named and has_rejections and not has_papers:
            report.files_without_papers.append(str(source.path))


@dataclass(slots=True)
class Ingestion:
    """Brings papers into a library, counting in `report`; the caller holds the library's `writer`."""

    library: Library
    embedder: Embedder
    report: IngestReport
    progress: Progress = lambda _: None

    def take(self, items: Iterable[Entry | Rejection]) -> None:
        """Bring in papers and keep rejections; then bring the derived index up to date."""
        pool = ThreadPoolExecutor(os.cpu_count())
        waiting: deque[_Batch] = deque()
        try:
            for entries in _batches(self._entries(items)):
                batch = _Batch(entries, self, pool)
                while waiting and (len(waiting) > 1 or any(batch.ids & other.ids for other in waiting)):
                    self._save(waiting.popleft())
                batch.begin()
                waiting.append(batch)
            while waiting:
                self._save(waiting.popleft())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            with suppress(LibraryError):  # the first error is the one to tell
                self.library.sync_index()
            raise
        pool.shutdown()
        self.library.sync_index()
        self.progress(self.report)

    def _entries(self, items: Iterable[Entry | Rejection]) -> Iterator[Entry]:
        """The papers among the items; rejections are counted and kept on the way."""
        unsaved: list[Rejection] = []
        for item in items:
            if isinstance(item, Entry):
                yield item
                continue
            unsaved.append(item)
            if len(unsaved) == _REJECTIONS_SHOWN:
                self._reject(unsaved)
                unsaved = []
        if unsaved:
            self._reject(unsaved)

    def _reject(self, rejections: Sequence[Rejection]) -> None:
        self.library.save_rejections(rejections)
        self.report.rejected_count += len(rejections)
        self.report.rejected.extend(rejections[: _REJECTIONS_SHOWN - len(self.report.rejected)])

    def _save(self, batch: "_Batch") -> None:
        batch.save()
        self.progress(self.report)


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
    """Some entries on their way: compared with the library, their embedding under way, saved."""

    def __init__(self, entries: Sequence[Entry], ingestion: Ingestion, pool: ThreadPoolExecutor) -> None:
        self.ids = {entry.paper.arxiv_id for entry in entries}
        self._entries = entries
        self._ingestion = ingestion
        self._pool = pool
        self._changes: list[tuple[_Change, Future[PreparedPaper] | Entry]] = []

    def begin(self) -> None:
        """Compare with what the library holds now, and begin to embed what is new."""
        library = self._ingestion.library
        stored = library.database.papers_by_id(sorted(self.ids))
        origins = library.database.origins([paper.row for paper in stored.values()])
        for entry in self._entries:
            known = stored.get(entry.paper.arxiv_id)
            change = _change(entry, known, library, origins[known.row] if known else set())
            if change in {_Change.NONE, _Change.ORIGIN}:
                self._ingestion.report.unchanged += 1
            if change in {_Change.LISTING, _Change.ORIGIN}:
                self._changes.append((change, entry))
            elif change is not _Change.NONE:
                self._changes.append((change, self._pool.submit(_prepare_entry, entry, self._ingestion.embedder)))

    def save(self) -> None:
        """Wait for the vectors and save the batch in one transaction."""
        changes = [item.result() if isinstance(item, Future) else item for _, item in self._changes]
        if not changes:
            return
        if all(change is _Change.ORIGIN for change, _ in self._changes):
            self._ingestion.library.save_origins([change for change in changes if isinstance(change, Entry)])
        else:
            self._ingestion.library.save(changes)
        report = self._ingestion.report
        for (change, _), saved in zip(self._changes, changes, strict=True):
            report.new += change is _Change.NEW
            report.updated += change in {_Change.TEXT, _Change.LISTING}
            report.embedded += len(saved.derived.chunks) if isinstance(saved, PreparedPaper) else 0


def _change(entry: Entry, stored: StoredPaper | None, library: Library, origins: set[Origin]) -> _Change:
    """What an entry brings that the library does not hold yet.

    Of all texts seen of a paper, one with an abstract stands before one without, then the one with the highest
    version, then the one listed on the latest day, and then the greater one. So ingesting the same files in any
    order, any number of times, ends the same.
    """
    if stored is None:
        return _Change.NEW
    paper, listing = entry.paper, entry.listing
    place = (listing.day, listing.category, listing.basis)
    known = [o for o in stored.listings if (o.day, o.category, o.basis) == place]
    is_told = any(o.weight >= listing.weight for o in known) and _adds_nothing(paper, stored.paper)
    is_standing_text = (paper.title, paper.abstract) == (stored.paper.title, stored.paper.abstract)
    nothing = _Change.NONE if origin_of(entry) in origins else _Change.ORIGIN
    if is_told and is_standing_text and paper.version <= stored.paper.version:
        return nothing
    seen = library.database.sightings(stored.row)
    this = Sighting(paper.version, paper.title, paper.abstract, listing.day.isoformat())
    stands = standing([*seen, this])
    if not is_standing_text and (stands.title, stands.abstract) == (paper.title, paper.abstract):
        return _Change.TEXT
    was_seen = any(replace(this, last_day=old.last_day) == old and this.last_day <= old.last_day for old in seen)
    return nothing if is_told and was_seen else _Change.LISTING


def _adds_nothing(paper: Paper, stored: Paper) -> bool:
    """Whether a source tells nothing of authors, categories, submission, withdrawal or links that is not known."""
    known = Particulars(stored.authors, stored.categories, stored.submitted)
    is_of_this_version = paper.version >= stored.version or not paper.version
    is_withdrawal = paper.is_withdrawn and not stored.is_withdrawn and is_of_this_version
    has_link = any(link not in stored.links and not link.stands_in(paper.abstract) for link in paper.links)
    return (
        not (is_withdrawal or has_link)
        and fuller(known, Particulars(paper.authors, paper.categories, paper.submitted)) == known
    )


def _prepare_entry(entry: Entry, embedder: Embedder) -> PreparedPaper:
    return PreparedPaper(entry, prepare(entry.paper, embedder))


def prepare(paper: Paper, embedder: Embedder) -> Derived:
    """Derive from a paper's text all that the library keeps beside it."""
    chunks = split_chunks(paper)
    vectors = [embedder.text_vector(embedded_text(paper, chunk)) for chunk in chunks]
    return Derived(paper, chunks, vectors, read_sentences(paper))
