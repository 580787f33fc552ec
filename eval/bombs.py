"""Ingests sources of a few megabytes that unpack to two gigabytes, each in a process and a library of its own.

Such a source holds papers, then something that goes on and on, then papers again; another source is named after it.
Ingesting both must end with a rejection, in under 30 s of processor time and 1 GiB of memory, and save the papers of
the other source; the papers behind are saved where the source goes on for less than the reader allows.
"""

import gzip
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.child import Child, Say
from eval.source_formats import FORMATS
from eval.source_papers import InventedPaper, Written, invented_papers
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.pipeline import IngestReport, ingest

SLOWEST_ALLOWED_SECONDS = 30
MOST_MEMORY_BYTES = 1 << 30
_CHUNK_BYTES = 4 << 20
_KIBIBYTE = 1024
_BROKEN_OFF_SECONDS = 120  # of processor time
_PAPERS = 4


@dataclass(frozen=True, slots=True)
class Bomb:
    """What stands after the papers of a format, over and over; `opening` once before it, `closing` once behind it.

    Where no format is named there are no papers.
    """

    format: str
    repeated: str
    opening: str = ""
    closing: str = "\n"


_TEXT = "kelp and tides "
BOMBS: Mapping[str, Bomb] = {
    "one line of spaces": Bomb("JSON lines", " "),
    "one line of {": Bomb("JSON lines", "{"),
    "one line of [": Bomb("JSON lines", "["),
    "empty lines": Bomb("JSON lines", "\n"),
    "empty lines, digest": Bomb("digest, ascending", "\n"),
    "empty lines, feed": Bomb("Atom, API", "\n"),
    "empty lines, CSV": Bomb("CSV", "\n"),
    "empty lines, BibTeX": Bomb("BibTeX", "\n"),
    "empty lines, table": Bomb("bot table", "\n"),
    "empty lines, mail": Bomb("mail", "\n"),
    "<, feed": Bomb("Atom, API", "<"),
    "<, page": Bomb("listing page", "<"),
    "<h1>, page": Bomb("listing page", "<h1>"),
    "short lines, digest": Bomb("digest, ascending", "ab\n"),
    "abstract, digest": Bomb("digest, ascending", _TEXT, "### 9.On Kelp [ pdf ](https://arxiv.org/pdf/2608.1.pdf)\n> "),
    "abstract, feed": Bomb("Atom, API", _TEXT, "<entry><title>Kelp</title><summary>", "</summary></entry>"),
    "abstract, page": Bomb("listing page", _TEXT, '<dt><a href="/abs/2608.00001">x</a></dt><dd><p class="mathjax">'),
    "abstract, JSON line": Bomb("JSON lines", _TEXT, '{"id": "2608.00001", "abstract": "', '"}\n'),
    "abstract, JSON array": Bomb("JSON array", _TEXT, ', {"id": "2608.00001", "abstract": "', '"}'),
    "abstract, CSV": Bomb("CSV", _TEXT, '2608.00001,Kelp,"', '",,,\n'),
    "abstract lines, CSV": Bomb("CSV", f"{_TEXT}\n", '2608.00001,Kelp,"', '",,,\n'),
    "abstract, BibTeX": Bomb("BibTeX", _TEXT, "@misc{kelp, title = {Kelp}, abstract = {", "}}\n"),
    "abstract lines, BibTeX": Bomb("BibTeX", f"{_TEXT}\n", "@misc{kelp, title = {Kelp}, abstract = {", "}}\n"),
    "abstract, RIS": Bomb("RIS", _TEXT, "TY  - Preprint\nAB  - ", "\nER  - \n"),
    "abstract, mail": Bomb("mail", _TEXT, "\\\\\narXiv:2608.00001\nTitle: Kelp\n\\\\\n  ", f"\n{'-' * 78}\n"),
    "abstract lines, mail": Bomb(
        "mail", f"{_TEXT}\n", "\\\\\narXiv:2608.00001\nTitle: Kelp\n\\\\\n  ", f"\n{'-' * 78}\n"
    ),
    "abstract, headings": Bomb(
        "bot headings", f"{_TEXT}\n", "### [9] [Kelp](https://arxiv.org/abs/2608.00001)\nAbstract: "
    ),
    "comment without end": Bomb("Atom, API", _TEXT, "<!--", ""),
    "nested objects": Bomb("JSON array", '{"a":', ", ", ""),
    "nested arrays": Bomb("JSON array", "[", ", ", ""),
    "nested objects, lines": Bomb("JSON lines", '{"a":\n'),
    "nested tags": Bomb("Atom, API", "<b>", "<entry><title>", "</title></entry>"),
    "tiny entries, lines": Bomb("JSON lines", "{\n"),
    "tiny entries, array": Bomb("JSON array", '{"a":1', ", ", ""),
    "tiny objects, array": Bomb("JSON array", '{"a":1},', ", ", ""),
    "tiny entries, feed": Bomb("Atom, API", "<entry>"),
    "tiny whole entries, feed": Bomb("Atom, API", "<entry></entry>"),
    "tiny entries, page": Bomb("listing page", "<dt>"),
    "tiny entries, digest": Bomb("digest, ascending", "### x\n"),
    "tiny entries, CSV": Bomb("CSV", "a\n"),
    "open quotes, CSV": Bomb("CSV", '"\n'),
    "tiny entries, table": Bomb("bot table", "|a|b|c|[x](http://arxiv.org/abs/2608.1)|\n"),
    "tiny entries, BibTeX": Bomb("BibTeX", "@misc{a,\n"),
    "tiny entries, RIS": Bomb("RIS", "TY  -\n"),
    "spaces alone": Bomb("", " "),
    "empty lines alone": Bomb("", "\n"),
    "{ alone": Bomb("", "{"),
    "[ alone": Bomb("", "["),
    "< alone": Bomb("", "<"),
    "comments alone": Bomb("", "<!---->"),
    "tiny entries, mail": Bomb("mail", f"\\\\\narXiv:x\nTitle: y\n{'-' * 20}\n"),
}


@dataclass(frozen=True, slots=True)
class BombReading:
    """One ingest: papers saved from before and behind the bomb, and of the source named after it.

    `ended` is not 0 where the process was killed or failed.
    """

    bomb: str
    file_bytes: int
    seconds: float
    peak_bytes: int
    expected: int
    before: int
    behind: int
    next_source: int
    rejections: int
    reason: str
    ended: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether it ended as it must; the last paper before may be lost with what stands behind it."""
        is_bounded = self.seconds < SLOWEST_ALLOWED_SECONDS and self.peak_bytes < MOST_MEMORY_BYTES
        is_saved = self.before >= self.expected - 1 and self.next_source == _PAPERS
        return is_bounded and is_saved and self.ended == 0 and self.rejections > 0

    def line(self) -> str:
        """The reading for a terminal."""
        spent = f"{self.file_bytes / 1e6:5.1f} {self.seconds:7.1f} {self.peak_bytes / 1e6:7.0f}"
        ended = f"ended with {self.ended}: " if self.ended else ""
        counts = f"{self.before:6} {self.behind:6} {self.next_source:4} {self.rejections:8}"
        return f"{self.bomb:26} {spent} {counts}  {ended}{self.reason[:90]}"


def head_line() -> str:
    """What stands above the readings."""
    spent = f"{'MB':>5} {'seconds':>7} {'peak MB':>7}"
    return f"{'bomb':26} {spent} {'before':>6} {'behind':>6} {'next':>4} {'rejected':>8}  last rejection"


def measure(size: int, load: Callable[[], Embedder], only: str = "") -> Iterator[BombReading]:
    """Ingest every bomb, or those with `only` in their name, each unpacking to about `size` bytes.

    `load` is called in the process of each bomb.
    """
    for name, bomb in BOMBS.items():
        if only in name:
            with tempfile.TemporaryDirectory() as folder:
                yield _measured(name, bomb, size, Path(folder), load)


def write_bomb(path: Path, bomb: Bomb, size: int) -> Path:
    """Write a bomb, packed: gzip members one after the other, of which the greater part is the same."""
    papers = _papers()
    write = FORMATS[bomb.format].write if bomb.format else lambda _: Written((), "", ())
    before, after = (write(some) for some in (papers[:_PAPERS], papers[_PAPERS : 2 * _PAPERS]))
    chunk = gzip.compress((bomb.repeated * (_CHUNK_BYTES // len(bomb.repeated))).encode())
    with path.open("wb") as file:
        file.write(
            gzip.compress((before.head + before.joint.join(before.entries) + before.joint + bomb.opening).encode())
        )
        for _ in range(max(1, size // _CHUNK_BYTES)):
            file.write(chunk)
        behind = bomb.closing + before.joint + after.joint.join(after.entries) + after.tail
        file.write(gzip.compress(behind.encode()))
    return path


def _papers() -> Sequence[InventedPaper]:
    """Those before a bomb, those behind it, those of the next source."""
    return invented_papers(3 * _PAPERS, random.Random(0))


def ingest_bomb(folder: Path, bomb: Bomb, size: int, embedder: Embedder) -> tuple[IngestReport, list[int]]:
    """Ingest a bomb and another source in one go, into a library in `folder`.

    Gives the report, and of the papers before the bomb, behind it and of the other source how many are saved.
    """
    written = FORMATS["digest, ascending"].write(_papers()[2 * _PAPERS :])
    (folder / "next.md").write_bytes(written.data())
    paths = [write_bomb(folder / "bomb", bomb, size), folder / "next.md"]
    with Library(folder / "library") as library:
        report = ingest(paths, library, embedder)
        held = library.database.papers_by_id([paper.arxiv_id for paper in _papers()])
    saved = [paper.arxiv_id in held for paper in _papers()]
    return report, [sum(saved[start : start + _PAPERS]) for start in range(0, 3 * _PAPERS, _PAPERS)]


def _measured(name: str, bomb: Bomb, size: int, folder: Path, load: Callable[[], Embedder]) -> BombReading:
    expected = _PAPERS if bomb.format else 0
    status, told = Child(lambda say: _say_reading(folder, bomb, size, load(), say)).wait()
    file_bytes = (folder / "bomb").stat().st_size
    if status != 0 or not told:
        reason = told[-1] if told else "no answer"
        return BombReading(name, file_bytes, _BROKEN_OFF_SECONDS, 0, expected, 0, 0, 0, 0, reason, status or 1)
    seconds, peak_bytes, *counts = json.loads(told[-1])
    return BombReading(name, file_bytes, seconds, peak_bytes, expected, *counts)


def _say_reading(folder: Path, bomb: Bomb, size: int, embedder: Embedder, say: Say) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_BROKEN_OFF_SECONDS, _BROKEN_OFF_SECONDS))
    start = time.process_time()
    report, saved = ingest_bomb(folder, bomb, size, embedder)
    seconds = time.process_time() - start
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE
    reason = report.rejected[-1].reason if report.rejected else ""
    say(json.dumps([seconds, peak_bytes, *saved, report.rejected_count, reason]))
