"""Damages files of the derived index, and looks for wrong answers, crashes and damage that stays.

Each case copies a library, damages one file of its index folder, and asks in another process: a reader that
prefers the index must name the same best paper as the exact vectors do; then a writer must mend the index,
and Chroma itself must find each paper by its own vector again.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.child import Child, Say
from eval.crash import WordEmbedder
from ingest.embedding import DIMENSIONS, Vector
from ingest.index import ChromaIndex
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.scores import PaperScores

_QUESTIONS = 5
_NEAREST_CHUNKS = 10
_TIE = 1e-4
_INDEX = "chroma"

_NOTICED, _WRONG, _UNREPAIRED, _FINISHED = "noticed", "wrong", "not repaired", "finished"


@dataclass(slots=True)
class CorruptionReport:
    """What the damage did; the lists name the cases: the damage, then the file."""

    cases: int = 0
    noticed: int = 0
    harmless: int = 0
    wrong_answers: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    not_repaired: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every answer was right, no process crashed and all damage was mended."""
        return not (self.wrong_answers or self.crashes or self.not_repaired)


Damage = Callable[[Path, Sequence[Path], random.Random], None]


def measure(
    paths: Sequence[Path], cases: int, seed: int, tell: Callable[[CorruptionReport], None] = lambda _: None
) -> CorruptionReport:
    """Damage the index of a library `cases` times, each time one file of a fresh copy; the papers come from `paths`."""
    report, chance = CorruptionReport(), random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sound, copied = Path(folder) / "sound", Path(folder) / "copy"
        status, lines = Child(lambda _: _make(sound, paths)).wait()
        if status:
            raise RuntimeError("the library could not be made: " + " | ".join(lines[-3:]))
        for _ in range(cases):
            shutil.copytree(sound, copied)
            case = _damage_one(copied / _INDEX, chance)
            _count(case, *Child(lambda say: _examine(copied, say)).wait(), report)
            shutil.rmtree(copied)
            tell(report)
    return report


def _make(folder: Path, paths: Sequence[Path]) -> None:
    with Library(folder, exact_search_chunks=0) as library:
        ingest(paths, library, WordEmbedder())


def _count(case: str, status: int, said: Sequence[str], report: CorruptionReport) -> None:
    report.cases += 1
    if _NOTICED in said:
        report.noticed += 1
    elif not status:
        report.harmless += 1
    if _WRONG in said:
        report.wrong_answers.append(case)
    if status or _FINISHED not in said:
        report.crashes.append(f"{case}: status {status} {' | '.join(said[-2:])}")
    elif _UNREPAIRED in said:
        report.not_repaired.append(case)


# ---- damage


def _damage_one(folder: Path, chance: random.Random) -> str:
    """Damage one file that is not empty, and say how and which."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    name, damage = chance.choice(list(_DAMAGES.items()))
    file = chance.choice(files)
    said = f"{name} {file.name}"
    damage(file, files, chance)
    return said


def _flip(file: Path, _: Sequence[Path], chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def _truncate(file: Path, _: Sequence[Path], chance: random.Random) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: chance.randrange(len(data))])


def _delete(file: Path, _: Sequence[Path], __: random.Random) -> None:
    file.unlink()


def _zero(file: Path, _: Sequence[Path], __: random.Random) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def _swap(file: Path, files: Sequence[Path], chance: random.Random) -> None:
    other = chance.choice([path for path in files if path != file])
    mine, others = file.read_bytes(), other.read_bytes()
    file.write_bytes(others)
    other.write_bytes(mine)


_DAMAGES: dict[str, Damage] = {
    "flip a bit of": _flip,
    "truncate": _truncate,
    "delete": _delete,
    "zero": _zero,
    "swap": _swap,
}


# ---- in another process


def _examine(folder: Path, say: Say) -> None:
    """Say whether the damage is noticed, an answer is wrong, or the index cannot be mended."""
    with Library(folder) as exact:
        rows = exact.database.vectors_after(0, DIMENSIONS)
        places = np.linspace(0, len(rows.vectors) - 1, _QUESTIONS).astype(int)
        questions = [rows.vectors[place] for place in places]
    with Library(folder, exact_search_chunks=0) as reader:
        if not reader.index_is_current():
            say(_NOTICED)
        if not all(_agree(reader.dense_scores(question), _exact(reader, question)) for question in questions):
            say(_WRONG)
    with Library(folder, exact_search_chunks=0) as writer, writer.writer():
        writer.sync_index()
        is_current, answers = writer.index_is_current(), [_exact(writer, question) for question in questions]
    mended = ChromaIndex(folder / _INDEX)
    found = [mended.nearest(question, _NEAREST_CHUNKS) for question in questions]
    if not is_current or not all(map(_agree, found, answers)):
        say(_UNREPAIRED)
    say(_FINISHED)


def _exact(library: Library, question: Vector) -> PaperScores:
    return library.vector_table().scores(question)


def _agree(found: PaperScores, exact: PaperScores) -> bool:
    """Whether the best paper found is a best one by the exact scores."""
    if not len(found.rows):
        return False
    best = int(found.rows[found.scores.argmax()])
    return best in exact.rows[exact.scores >= exact.scores.max() - _TIE]
