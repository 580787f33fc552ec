"""What a measurement found, as data, and the files that keep it: one for each suite and commit."""

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from eval.metrics import Estimate
from ingest.errors import InputError

DEFAULT_OUT = Path("eval") / "results"
FLOOR = "floor"
SHOWN_PAPERS = 10
_DIRTY = "-dirty"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Version:
    """The commit that was measured; dirty where files differ from it."""

    commit: str
    is_dirty: bool

    def __str__(self) -> str:
        return self.commit + _DIRTY * self.is_dirty


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from a question to its ranked papers, and those of the floor, measured in turns with it.

    The floor is the least that an exact search can take: embedding the question, one dot product over all vectors.
    """

    p50: float
    p95: float
    floor_p50: float
    floor_p95: float

    @property
    def ratio(self) -> float:
        """How many times the floor's p95 the system's is."""
        return self.p95 / self.floor_p95


@dataclass(frozen=True, slots=True)
class Ranking:
    """How one system ranked the papers for one question; a rank of None is below the hundredth place."""

    top: tuple[str, ...]
    first_rank: int | None
    gold_ranks: dict[str, int | None]
    metrics: dict[str, float]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question, the papers that answer it with their grades, and each system's ranking."""

    id: str
    question: str
    gold: dict[str, float]
    day: date | None
    floor_milliseconds: float
    rankings: dict[str, Ranking]


@dataclass(frozen=True, slots=True)
class SystemResult:
    """The means of one system with their intervals; `behind` is how far below Daybook each is, paired."""

    metrics: dict[str, Estimate]
    behind: dict[str, Estimate]
    latency: Latency


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """All that was measured of one suite; `titles` names every paper that the rankings show."""

    suite: str
    about: str
    library: str
    library_about: str
    papers: int
    is_day_limited: bool
    version: Version
    made_at: str
    resamples: int
    systems: dict[str, SystemResult]
    questions: tuple[QuestionResult, ...]
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class SizeLatency:
    """How fast Daybook searches a library of some size."""

    papers: int
    questions: int
    latency: Latency


@dataclass(frozen=True, slots=True)
class LatencyResult:
    """The latency of search in libraries of several sizes."""

    version: Version
    made_at: str
    sizes: tuple[SizeLatency, ...]


# ---- files


def current_version() -> Version:
    """The commit that this code stands on; `unversioned` outside a repository."""
    folder = Path(str(files("eval"))).parent
    try:
        commit = _git(folder, "rev-parse", "--short=10", "HEAD").strip()
        return Version(commit, bool(_git(folder, "status", "--porcelain").strip()))
    except (OSError, subprocess.CalledProcessError):
        return Version("unversioned", is_dirty=True)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def suite_path(out: Path, suite: str, version: object) -> Path:
    """The file of a suite's result."""
    return out / f"retrieval-{suite}-{version}.json"


def latency_path(out: Path, version: object) -> Path:
    """The file of the latencies by size of library."""
    return out / f"latency-{version}.json"


def write_result(path: Path, result: object) -> None:
    """Write a result, a dataclass, whole: a reader finds all of it, or the former one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(TypeAdapter(type(result)).dump_json(result, indent=1))
    unfinished.replace(path)


def read_suite(path: Path) -> SuiteResult:
    """Read a suite's result.

    Raises:
        InputError: the file is not there, or is no such result.
    """
    return read_result(path, TypeAdapter(SuiteResult))


def read_latency(path: Path) -> LatencyResult:
    """Read the latencies by size. Errors as with `read_suite`."""
    return read_result(path, TypeAdapter(LatencyResult))


def read_result(path: Path, adapter: TypeAdapter[Result], command: str = "retrieval") -> Result:
    """Read a result of a command of `daybook eval`. Errors as with `read_suite`."""
    try:
        return adapter.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{path} is no result of daybook eval {command}: {place}: {first['msg']}") from error


# ---- latency


def latency(milliseconds: Sequence[float], floors: Sequence[float]) -> Latency:
    """The percentiles of a system's times and of the floor's."""
    p50, p95 = np.percentile(milliseconds, [50, 95])
    floor_p50, floor_p95 = np.percentile(floors, [50, 95])
    return Latency(float(p50), float(p95), float(floor_p50), float(floor_p95))


def latencies_by_library(results: Iterable[SuiteResult]) -> Mapping[str, Mapping[str, Latency]]:
    """For each library, the latency of every system over the questions of all its suites."""
    questions: dict[str, list[QuestionResult]] = {}
    systems: dict[str, list[str]] = {}
    for result in results:
        questions.setdefault(result.library, []).extend(result.questions)
        systems.setdefault(result.library, list(result.systems))
    return {
        library: {
            name: latency([one.rankings[name].milliseconds for one in asked], [one.floor_milliseconds for one in asked])
            for name in systems[library]
        }
        for library, asked in questions.items()
    }


def without_questions(result: SuiteResult) -> SuiteResult:
    """The result without what it holds of each question."""
    return replace(result, questions=(), titles={})
