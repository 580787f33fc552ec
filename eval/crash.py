"""Kills ingests, and the repairs after them, at random moments, and looks for papers that were lost.

Each round forks a process that ingests; it is killed at a random moment. The papers it had acknowledged
are then looked up in SQLite by another process. After a third of the kills the next process, which must
repair what it finds, is killed as well. When a library is complete, every paper must be found by its own
title, in the exact vectors and in Chroma, and a new library begins.
"""

import random
import signal
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.child import Child, Say
from ingest.database import PreparedPaper
from ingest.embedding import DIMENSIONS, Vector
from ingest.index import ChromaIndex  # noqa: F401 - imported once, before the processes fork
from ingest.library import Library
from ingest.paper import Entry
from ingest.pipeline import ingest
from ingest.sources import find_sources

_SHORTEST_SECONDS = 0.005
_KILLED_IN_REPAIR = 1 / 3
_TIE = 1e-4


class WordEmbedder:
    """A stand-in for the embedding model, so that a kill hits storage rather than arithmetic.

    A text's vector counts its hashed words; a title finds its own paper because its words are in it.
    """

    def text_vector(self, text: str) -> Vector:
        """The unit vector of a text, float32 of shape [384]."""
        counts = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in text.lower().split():
            counts[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        norm = float(np.linalg.norm(counts))
        return counts / np.float32(norm) if norm else np.full(DIMENSIONS, DIMENSIONS**-0.5, dtype=np.float32)

    def question_vector(self, question: str) -> Vector:
        """The same as for a text."""
        return self.text_vector(question)

    def is_word(self, text: str) -> bool:  # noqa: ARG002
        """No word is known better than another."""
        return False


@dataclass(slots=True)
class CrashReport:
    """What the kills did; `lost` names acknowledged papers that were gone, `unfindable` papers by title."""

    kills: int = 0
    kills_in_repair: int = 0
    libraries_completed: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    unfindable: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost and nothing failed."""
        return not (self.lost or self.unfindable or self.failures)


class _AcknowledgingLibrary(Library):
    """Says which papers are saved, as soon as they are."""

    def __init__(self, folder: Path, acknowledge: Callable[[str], None]) -> None:
        super().__init__(folder, exact_search_chunks=0)
        self._acknowledge = acknowledge

    def save(self, changes: Sequence[PreparedPaper | Entry]) -> None:
        super().save(changes)
        for change in changes:
            entry = change.entry if isinstance(change, PreparedPaper) else change
            self._acknowledge(entry.paper.arxiv_id)


def measure(
    paths: Sequence[Path], kills: int, seed: int, tell: Callable[[CrashReport], None] = lambda _: None
) -> CrashReport:
    """Kill `kills` times, over as many libraries as that takes; the papers come from `paths`."""
    report = CrashReport()
    trial = _Trial(paths, kills, random.Random(seed), report, tell)
    while report.kills < kills and report.is_clean:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            trial.run(Path(folder))
        report.libraries_completed += 1
    return report


class _Trial:
    """Kills the making of one library after the other."""

    def __init__(
        self,
        paths: Sequence[Path],
        kills: int,
        chance: random.Random,
        report: CrashReport,
        tell: Callable[[CrashReport], None],
    ) -> None:
        self._paths, self._kills, self._chance, self._report, self._tell = paths, kills, chance, report, tell
        items = [item for source in find_sources(paths) for item in source.items()]
        self._titles = {item.paper.arxiv_id: item.paper.title for item in items if isinstance(item, Entry)}
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            Child(lambda say: _ingest(Path(folder), paths, say)).wait()
            self._whole_seconds = time.perf_counter() - start

    def run(self, folder: Path) -> None:
        """Ingest into a folder, killed again and again, until the library is complete."""
        acknowledged: set[str] = set()
        is_complete = False
        while not is_complete and not self._report.failures:
            child = Child(lambda say: _ingest(folder, self._paths, say))
            is_killed = self._maybe_kill(child, self._whole_seconds)
            is_complete = not is_killed
            acknowledged.update(self._result(child))
            self._report.acknowledged += len(acknowledged)
            if is_killed and self._chance.random() < _KILLED_IN_REPAIR:
                repairing = Child(lambda _: _repair(folder))
                self._report.kills_in_repair += self._maybe_kill(repairing, self._whole_seconds / 3)
                self._result(repairing)
            self._report.lost.extend(self._result(Child(lambda say: _say_missing(folder, acknowledged, say))))
            self._tell(self._report)
        self._report.unfindable.extend(self._result(Child(lambda say: _say_unfindable(folder, self._titles, say))))

    def _maybe_kill(self, child: Child, within_seconds: float) -> bool:
        if self._report.kills >= self._kills:
            return False
        is_killed = child.kill_after(self._chance.uniform(_SHORTEST_SECONDS, within_seconds))
        self._report.kills += is_killed
        return is_killed

    def _result(self, child: Child) -> list[str]:
        """What a process said; a failure that is not our kill is noted."""
        status, lines = child.wait()
        if status not in {0, -signal.SIGKILL}:
            self._report.failures.append(f"status {status}: {' | '.join(lines[-3:])}")
        return lines


def _ingest(folder: Path, paths: Iterable[Path], say: Say) -> None:
    with _AcknowledgingLibrary(folder, say) as library:
        ingest(paths, library, WordEmbedder())


def _repair(folder: Path) -> None:
    with Library(folder, exact_search_chunks=0) as library, library.writer():
        library.sync_index()


def _say_missing(folder: Path, acknowledged: Iterable[str], say: Say) -> None:
    """Say which acknowledged papers are not there, or not whole."""
    with Library(folder) as library:
        wanted = sorted(acknowledged)
        held = library.database.papers_by_id(wanted)
        damaged = set(library.database.papers_to_prepare(DIMENSIONS)) | set(library.database.problems())
        for arxiv_id in {*wanted} - held.keys() | damaged:
            say(arxiv_id)


def _say_unfindable(folder: Path, titles: Mapping[str, str], say: Say) -> None:
    """Say which papers the vectors of their own texts do not find, exactly and in Chroma."""
    with Library(folder) as exact, Library(folder, exact_search_chunks=0) as indexed:
        if not indexed.index_is_current():
            say("the index is not current")
        for stored in exact.papers():
            query = WordEmbedder().text_vector(stored.paper.text)
            for library in (exact, indexed):
                found = library.dense_scores(query)
                best = found.rows[found.scores >= found.scores.max() - _TIE]
                if stored.row not in best:
                    say(stored.paper.arxiv_id)
        for arxiv_id in titles.keys() - {stored.paper.arxiv_id for stored in exact.papers()}:
            say(arxiv_id)
