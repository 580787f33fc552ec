"""How fast and how large: ingest beside the bare embedding rate, a cold answer, a second ingest, peak memory."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from ingest.chunking import embedded_text, split_chunks
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.paper import Entry
from ingest.pipeline import ingest
from ingest.sources import find_sources

_QUESTION = "Which papers are about segmentation?"
_MEGABYTE = 1024 * 1024
_KILOBYTES_PER_MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """What one whole process took."""

    seconds: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """Medians over the rounds; rates are papers a second, `ratio` is ingest over bare of the same round."""

    papers: int
    rounds: int
    bare_rate: float
    ingest_rate: float
    ratio: float
    first_ingest: ProcessCost
    second_ingest: ProcessCost
    cold_answer: ProcessCost
    library_megabytes: float

    def lines(self) -> list[str]:
        """The report for a person."""
        return [
            f"papers                   {self.papers}",
            f"bare embedding           {self.bare_rate:.1f} papers/s (median of {self.rounds})",
            f"ingest, end to end       {self.ingest_rate:.1f} papers/s, {self.ratio:.3f} of the bare rate",
            f"first ingest, process    {self.first_ingest.seconds:.1f} s, {self.first_ingest.peak_megabytes:.0f} MB",
            f"second ingest, process   {self.second_ingest.seconds:.1f} s, {self.second_ingest.peak_megabytes:.0f} MB",
            f"cold answer, process     {self.cold_answer.seconds:.2f} s, {self.cold_answer.peak_megabytes:.0f} MB",
            f"library on disk          {self.library_megabytes:.1f} MB",
        ]


def measure(paths: Sequence[Path], embedder: OnnxEmbedding, rounds: int, tell: Callable[[str], None]) -> SpeedReport:
    """Measure with alternating rounds of bare embedding and ingest, then with whole processes of `daybook`."""
    items = [item for source in find_sources(paths) for item in source.items()]
    papers = [item.paper for item in items if isinstance(item, Entry)]
    texts = [embedded_text(paper, chunk) for paper in papers for chunk in split_chunks(paper)]
    bare, whole = [], []
    for number in range(1, rounds + 1):
        tell(f"round {number} of {rounds}")
        bare.append(len(papers) / _seconds(lambda: list(embedder.text_vectors(texts))))
        with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
            whole.append(len(papers) / _seconds(lambda library=library: ingest(paths, library, embedder)))  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        command = ["ingest", *map(str, paths), "--library", folder]
        first, second = _process_cost(command), _process_cost(command)
        answer = _process_cost(["ask", _QUESTION, "--library", folder])
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / _MEGABYTE
    ratios = [w / b for w, b in zip(whole, bare, strict=True)]
    return SpeedReport(
        len(papers), rounds, median(bare), median(whole), median(ratios), first, second, answer, round(size, 1)
    )


def as_data(report: SpeedReport) -> dict[str, object]:
    """The report as JSON-ready data."""
    return asdict(report)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# Started from a small process of its own: the kernel counts a parent's memory as its child's until the child runs.
_LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _process_cost(arguments: Sequence[str]) -> ProcessCost:
    daybook = str(Path(sys.executable).parent / "daybook")
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, daybook, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    seconds, peak = launched.stdout.split()
    unit = _MEGABYTE if sys.platform == "darwin" else _KILOBYTES_PER_MEGABYTE
    return ProcessCost(float(seconds), int(peak) / unit)
