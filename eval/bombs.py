"""Reads sources of a few megabytes that unpack to two gigabytes, each in a process of its own.

Such a source holds papers, then something that goes on and on, then papers again. Reading it must end in a rejection,
in under 30 s of processor time and 1 GiB of memory; the papers behind are read where the source goes on for less than
the reader allows.
"""

import gzip
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.child import Child, Say
from eval.source_formats import FORMATS
from eval.source_papers import Written, invented_papers
from ingest.paper import Entry
from ingest.sources import find_sources

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
    """One reading; `ended` is not 0 where the process was killed or failed."""

    bomb: str
    file_bytes: int
    seconds: float
    peak_bytes: int
    expected: int
    before: int
    after: int
    rejections: int
    reason: str
    ended: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether it ended as it must; the last paper before may be lost with what stands behind it."""
        is_bounded = self.seconds < SLOWEST_ALLOWED_SECONDS and self.peak_bytes < MOST_MEMORY_BYTES
        return is_bounded and self.ended == 0 and self.rejections > 0 and self.before >= self.expected - 1

    def line(self) -> str:
        """The reading for a terminal."""
        spent = f"{self.file_bytes / 1e6:5.1f} {self.seconds:7.1f} {self.peak_bytes / 1e6:7.0f}"
        ended = f"ended with {self.ended}: " if self.ended else ""
        counts = f"{self.before:6} {self.after:5} {self.rejections:8}"
        return f"{self.bomb:26} {spent} {counts}  {ended}{self.reason[:90]}"


def head_line() -> str:
    """What stands above the readings."""
    spent = f"{'MB':>5} {'seconds':>7} {'peak MB':>7}"
    return f"{'bomb':26} {spent} {'before':>6} {'after':>5} {'rejected':>8}  last rejection"


def measure(size: int, only: str = "") -> Iterator[BombReading]:
    """Read every bomb, or those with `only` in their name, each unpacking to about `size` bytes."""
    for name, bomb in BOMBS.items():
        if only in name:
            with tempfile.TemporaryDirectory() as folder:
                yield _read(name, write_bomb(Path(folder, "bomb"), bomb, size), _PAPERS if bomb.format else 0)


def write_bomb(path: Path, bomb: Bomb, size: int) -> Path:
    """Write a bomb, packed: gzip members one after the other, of which the greater part is the same."""
    papers = invented_papers(2 * _PAPERS, random.Random(0))
    write = FORMATS[bomb.format].write if bomb.format else lambda _: Written((), "", ())
    before, after = (write(some) for some in (papers[:_PAPERS], papers[_PAPERS:]))
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


def _read(name: str, path: Path, expected: int) -> BombReading:
    status, told = Child(lambda say: _say_reading(path, say)).wait()
    size = path.stat().st_size
    if status != 0 or not told:
        reason = told[-1] if told else "no answer"
        return BombReading(name, size, _BROKEN_OFF_SECONDS, 0, expected, 0, 0, 0, reason, status or 1)
    seconds, peak_bytes, *counts = json.loads(told[-1])
    return BombReading(name, size, seconds, peak_bytes, expected, *counts)


def _say_reading(path: Path, say: Say) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_BROKEN_OFF_SECONDS, _BROKEN_OFF_SECONDS))
    (source,) = find_sources([path])
    start, papers, rejections, reason = time.process_time(), [0, 0], 0, ""
    for item in source.items():
        if isinstance(item, Entry):
            papers[papers[0] >= _PAPERS] += 1
        else:
            rejections, reason = rejections + 1, item.reason
    seconds = time.process_time() - start
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE
    say(json.dumps([seconds, peak_bytes, *papers, rejections, reason]))
