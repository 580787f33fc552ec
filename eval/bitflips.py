"""Flips single bits of a library's file, and looks for damage that is shown, overlooked or mended into a lie.

Each flip is made in a copy and looked at in another process. Before anything is repaired, every part of the library
must say what it said, or that it is damaged; the doctor must find something wherever a part does not say what it did;
after its repair nothing may be other than it was but what it names as lost; and when the sources are ingested again,
all that came from them must be there again.
"""

import json
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import as_file, files
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from eval.child import Child, Say
from eval.crash import WordEmbedder
from eval.faults_workloads import FaultyLibrary
from eval.whole_reading import KNOWN_CONVERSATIONS, KNOWN_IDS, ONLY_KEPT, REFUSED, Reading, read_all, silent, texts_of
from ingest.doctor import Finding, examine, made_readable
from ingest.errors import LibraryError
from ingest.library import library_file
from ingest.pipeline import ingest
from ingest.removal import removal_of_paper, take_out
from ingest.sqlite import SqliteFile

LONGEST_SECONDS = 120
"""A process that takes longer on a file of half a megabyte does not end."""
_PAGE_BYTES = 4096
_TURNS, _CONVERSATIONS = 4, 3
_LATER = """# ArXiv cs.CV --Thu, 5 Nov 2026
### 1.HarbourTrack, Revised: Vessels in Busy Ports, Again  [ pdf ](https://arxiv.org/pdf/9901.00013v2.pdf)
>  HarbourTrack is measured anew with 36 trackers; the strongest obtains 51.2 HOTA.
### 2.Kites Without a Link
>  Nobody says which paper this is.
"""
_RECORD = {
    "id": "9901.00050",
    "title": "Kites Over Harbours",
    "authors": "Ada Kite, Bo Vessel",
    "abstract": "Kites are flown over harbours to see vessels; the error rate falls to 3.1%.",
    "categories": "cs.CV cs.RO",
    "versions": [{"version": "v1", "created": "Wed, 4 Nov 2026 10:00:00 GMT"}],
}


@dataclass(slots=True)
class BitflipReport:
    """What the flips did; the lists name them. `refused` counts those after which something was not read."""

    flips: int = 0
    noticed: int = 0
    refused: int = 0
    harmless: int = 0
    mended: int = 0
    silent: list[str] = field(default_factory=list)
    texts_quoted: list[str] = field(default_factory=list)
    overlooked: list[str] = field(default_factory=list)
    wrongly_repaired: list[str] = field(default_factory=list)
    not_restored: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """Every flip that did harm, with its harm."""
        kinds = {
            "a damaged text was quoted": self.texts_quoted,
            "silently other": self.silent,
            "overlooked": self.overlooked,
            "wrongly repaired": self.wrongly_repaired,
            "not restored": self.not_restored,
            "crashed": self.crashes,
        }
        return [f"{kind}: {flip}" for kind, flips in kinds.items() for flip in flips]


@dataclass(frozen=True, slots=True)
class _Sound:
    """The library before any flip: its folder, its sources, what it says, and once its sources are ingested again."""

    folder: Path
    sources: tuple[Path, ...]
    reading: Reading
    texts: dict[str, tuple[str, str]]
    restored: Reading


def measure(
    flips: int, seed: int, *, by_table: bool = False, tell: Callable[[BitflipReport], None] = lambda _: None
) -> BitflipReport:
    """Flip a bit at `flips` random places of the file, each in a fresh copy; `by_table`: of each table as often."""
    report, chance = BitflipReport(), random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, _sample() as sample:
        folder = Path(name)
        sound = _made(folder, sample)
        content = library_file(sound.folder).read_bytes()
        places = _places_by_table(sound.folder) if by_table else [range(len(content))]
        for _ in range(flips):
            place, bit = chance.choice(chance.choice(places)), chance.randrange(8)
            copied = folder / "copied"
            shutil.copytree(sound.folder, copied)
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            library_file(copied).write_bytes(damaged)
            child = Child(lambda say, copied=copied: _examine(copied, sound, say))  # type: ignore[misc]
            _count(f"bit {bit} of byte {place}", *child.wait(), report)
            shutil.rmtree(copied)
            tell(report)
    return report


@contextmanager
def _sample() -> Iterator[Path]:
    with as_file(files("ingest") / "sample") as folder:
        yield folder


def _made(folder: Path, sample: Path) -> _Sound:
    """A library with rows in every table, closed."""
    later, records = folder / "later.md", folder / "records.json"
    later.write_text(_LATER, encoding="utf-8")
    records.write_text(json.dumps(_RECORD) + "\n", encoding="utf-8")
    made, sources = folder / "made", (sample, later, records)
    with FaultyLibrary(made) as library:
        ingest(sources, library, WordEmbedder())
        KNOWN_IDS[:] = sorted(stored.paper.arxiv_id for stored in library.papers())
        for arxiv_id in KNOWN_IDS[3:5]:
            with library.writer():
                take_out(removal_of_paper(arxiv_id, library), library, WordEmbedder)
        for day in range(1, 4):
            library.database.save_fetched_day("cs.CV", date(2026, 11, day), 10 + day)
        KNOWN_CONVERSATIONS[:] = [(f"conversation-{number}", str(number)) for number in range(_CONVERSATIONS)]
        for number, (conversation, owner) in enumerate(KNOWN_CONVERSATIONS):
            turns = [json.dumps({"question": f"What is {number}.{turn}?"}) for turn in range(_TURNS)]
            library.conversations.append(conversation, turns, title=f"What is {number}?", owner=owner)
    again = folder / "again"
    shutil.copytree(made, again)
    with FaultyLibrary(made) as library:
        reading, texts = read_all(library), texts_of(library)
    with FaultyLibrary(again) as library:
        ingest(sources, library, WordEmbedder())
        restored = read_all(library)
    if REFUSED in {*reading.values(), *restored.values()}:
        raise RuntimeError("the library is refused before anything is damaged")
    return _Sound(made, sources, reading, texts, restored)


def _places_by_table(folder: Path) -> list[Sequence[int]]:
    """The bytes of the pages of each table and index."""
    with closing(SqliteFile(library_file(folder))) as file:
        found = file.rows("SELECT name, pageno FROM dbstat ORDER BY name, pageno")  # pages count from 1
    return [
        [byte for _, page in of_table for byte in range((page - 1) * _PAGE_BYTES, page * _PAGE_BYTES)]
        for _, of_table in groupby(found, key=itemgetter(0))
    ]


# ---- in another process

_SAYS_OTHER, _QUOTES, _REFUSES, _FOUND, _MENDED = "other", "quotes", "refuses", "found", "mended"
_REPAIRED_WRONG, _NOT_RESTORED, _FINISHED = "wrong", "not restored", "finished"


def _examine(folder: Path, sound: _Sound, say: Say) -> None:
    """Say what a damaged library says, what the doctor finds, and what is left after its repair."""
    signal.alarm(LONGEST_SECONDS)
    _look(folder, sound, say)
    found = _doctor(folder, repair=False)
    if found:
        say(f"{_FOUND} {found[0].problem[:100]}")
    repaired = _doctor(folder, repair=True)
    lost = [finding.problem for finding in repaired if not finding.is_repaired]
    if found and not lost:
        say(_MENDED)
    with FaultyLibrary(folder) as library:
        reading, texts = read_all(library), texts_of(library)
    other = [name for name, value in reading.items() if value != sound.reading[name]]
    wrong = [one for one, text in texts.items() if text != sound.texts.get(one)]
    if wrong or (other and not lost) or _doctor(folder, repair=False):
        say(f"{_REPAIRED_WRONG} {wrong or other} {lost[:1]} {_doctor(folder, repair=False)[:1]}")
    with FaultyLibrary(folder) as library:
        ingest(sound.sources, library, WordEmbedder())
        reading = read_all(library)
    other = [name for name in reading if reading[name] != sound.restored[name]]
    if set(other) - ONLY_KEPT:
        say(f"{_NOT_RESTORED} {other} {lost[:2]}")
    say(_FINISHED)


def _look(folder: Path, sound: _Sound, say: Say) -> None:
    try:
        with FaultyLibrary(folder) as library:
            reading, texts = read_all(library), texts_of(library)
    except LibraryError:
        say(_REFUSES)
        return
    if REFUSED in reading.values():
        say(_REFUSES)
    for name in silent(sound.reading, reading):
        say(f"{_SAYS_OTHER} {name}")
    if wrong := [one for one, text in texts.items() if text != sound.texts.get(one)]:
        say(f"{_QUOTES} {wrong}")


def _doctor(folder: Path, *, repair: bool) -> list[Finding]:
    found = made_readable(folder, repair=repair)
    if any(not finding.is_repaired for finding in found[:1]):
        return found
    with FaultyLibrary(folder) as library, library.writer():
        return found + list(examine(library, WordEmbedder if repair else None))


def _count(flip: str, status: int, said: Sequence[str], report: BitflipReport) -> None:
    def words(beginning: str) -> list[str]:
        return [line.removeprefix(beginning).strip() for line in said if line.startswith(beginning)]

    report.flips += 1
    if status or _FINISHED not in said:
        report.crashes.append(f"{flip}: status {status} {' | '.join(said[-3:])}")
    found, other, refuses = words(_FOUND), words(_SAYS_OTHER), words(_REFUSES)
    report.noticed += bool(found)
    report.refused += bool(refuses)
    report.mended += bool(words(_MENDED))
    report.harmless += not (found or other or refuses or status)
    told = f"{flip}: {', '.join(other)} {found[:1]}"
    if words(_QUOTES):
        report.texts_quoted.append(told)
    if other:
        report.silent.append(told)
    if not found and (other or refuses):
        report.overlooked.append(told)
    report.wrongly_repaired += [f"{flip}: {line} {found[:1]}" for line in words(_REPAIRED_WRONG)]
    report.not_restored += [f"{flip}: {line} {found[:1]}" for line in words(_NOT_RESTORED)]
