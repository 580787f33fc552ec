"""How fast, and in how much memory, a metadata snapshot of a million papers is read.

The snapshot is written by this file: invented words in the form of arXiv's lines, one paper in a hundred in
the category that is looked for. Each reading has a process of its own, so that its peak of memory is its own.
"""

import gzip
import json
import os
import random
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.child import Child, Say
from ingest.paper import Entry
from ingest.selection import Selection
from ingest.sources import find_sources

_WANTED = "cs.CV"
_OTHERS = ("hep-th", "astro-ph.GA", "math.CO", "cs.LG cs.CL", "cond-mat.mes-hall quant-ph")
_WANTED_EVERY = 100
_ABSTRACT_CHARACTERS = 800
_KIBIBYTE = 1024
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a snapshot."""

    file: str
    file_bytes: int
    papers: int
    seconds: float
    peak_bytes: int


def write_snapshot(path: Path, lines: int, seed: int = 0) -> None:
    """Write a snapshot, packed where the name ends in `.gz`."""
    packed = gzip.open(path, "wb", compresslevel=1) if path.suffix == ".gz" else path.open("wb")  # noqa: SIM115
    with packed as file:
        for line in _lines(lines, random.Random(seed)):
            file.write(line)


def measure(folder: Path, lines: int) -> list[Reading]:
    """Write a snapshot to a folder, plain and packed, and read each; what is there already is not written again."""
    readings = []
    for name in (f"snapshot-{lines}.json", f"snapshot-{lines}.json.gz"):
        path = folder / name
        if not path.exists():
            unfinished = path.with_name("unfinished-" + name)
            write_snapshot(unfinished, lines)
            unfinished.rename(path)
        readings.append(_read(path))
    return readings


def _read(path: Path) -> Reading:
    status, told = Child(lambda say: _say_reading(path, say)).wait()
    if status != 0:
        raise RuntimeError(f"reading {path} ended with {status}: {told}")
    papers, seconds, peak_bytes = json.loads(told[0])
    return Reading(path.name, path.stat().st_size, papers, seconds, peak_bytes)


def _say_reading(path: Path, say: Say) -> None:
    (source,) = find_sources([path])
    start = time.perf_counter()
    papers = sum(isinstance(item, Entry) for item in source.items(Selection(category=_WANTED)))
    seconds = time.perf_counter() - start
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE
    say(json.dumps([papers, seconds, peak_bytes]))


def _lines(count: int, chance: random.Random) -> Iterator[bytes]:
    """Lines of about 1.2 kB each."""
    words = ["".join(chance.choices("aeioulnrstdm", k=chance.randint(2, 11))) for _ in range(5000)]
    abstracts = [_prose(words, chance) for _ in range(1000)]
    for number in range(count):
        year, month = 15 + number // 120_000, 1 + number // 10_000 % 12  # since 2015 ids have five digits
        record = {
            "id": f"{year:02}{month:02}.{1 + number % 10_000:05}",
            "submitter": "A. Writer",
            "authors": "A. Writer, B. Reader",
            "title": " ".join(chance.choices(words, k=8)).capitalize(),
            "comments": "8 pages, 3 figures",
            "journal-ref": None,
            "doi": None,
            "report-no": None,
            "categories": _WANTED if number % _WANTED_EVERY == 0 else chance.choice(_OTHERS),
            "license": None,
            "abstract": f"  {number} {chance.choice(abstracts)}\n",
            "versions": [{"version": "v1", "created": f"2 {_MONTHS[month - 1]} 20{year:02} 19:18:42 GMT"}],
            "update_date": f"20{year:02}-{month:02}-03",
            "authors_parsed": [["Writer", "A.", ""], ["Reader", "B.", ""]],
        }
        yield json.dumps(record).encode() + b"\n"


def _prose(words: list[str], chance: random.Random) -> str:
    text = ""
    while len(text) < _ABSTRACT_CHARACTERS:
        text += " ".join(chance.choices(words, k=14)).capitalize() + ". "
    return text


def default_folder() -> Path:
    """Where snapshots are written."""
    return Path(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 - a large file that may stay for the next run
