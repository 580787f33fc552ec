"""Lets the disk fail at every write point of ingests, removals, migrations, repairs and conversations.

Each seed is one trial: of one mode, with one workload, at one write point. Seeds go through the write points of a
workload in an order of their own, so that many seeds meet all of them. A seed gives the same trial again. Acknowledged
papers are looked up, answers compared, and the library is whole again after the same ingest, or it is a failure.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eval.faults_lab import Lab, Outcome
from eval.faults_schedule import Course, course, schedule
from eval.faults_trials import crash, live, lying
from eval.faults_workloads import WORKLOADS, Workload
from eval.results import current_version

_MEMORY = Path("/dev/shm")  # noqa: S108 - what a crash leaves is worked out, so no real disk has to be waited for
_SCHEDULE = "schedule"
_TRIALS: dict[str, Callable[[Lab, Workload, int, random.Random], Outcome]] = {
    "crash": crash,
    "live": live,
    "lying": lying,
}
_SHARES = {"crash": 12, "live": 5, "lying": 4}
"""How many trials of a round are of which mode, for each workload: a loss of power has the most ways to end."""
_INDEXED_SHARES = {"crash": 1, "live": 1}
"""As above with the vector index, of which a trial takes twenty times as long."""
_SCHEDULES = 4
_STRIDE = 7919
"""A prime above the number of operations of any workload: its multiples go through all of them, far apart."""


def _round() -> list[tuple[str, Workload | None]]:
    """The modes and workloads of a round of seeds, mixed; a schedule has a workload of its own."""
    slots: list[tuple[str, Workload | None]] = [(_SCHEDULE, None)] * _SCHEDULES
    for workload in WORKLOADS:
        shares = _INDEXED_SHARES if workload.is_indexed else _SHARES
        slots += [(mode, workload) for mode, share in shares.items() for _ in range(share)]
    random.Random(0).shuffle(slots)
    return slots


_ROUND = _round()


@dataclass(frozen=True, slots=True)
class Slot:
    """What a seed tries: a mode, a workload (none for a schedule), and the how manieth such trial it is, from 0."""

    mode: str
    workload: Workload | None
    turn: int

    @property
    def name(self) -> str:
        """The mode and the workload."""
        return f"{self.mode} {self.workload.name}" if self.workload else self.mode


def slot_of(seed: int) -> Slot:
    """What a seed tries."""
    rounds, place = divmod(seed, len(_ROUND))
    this = _ROUND[place]
    return Slot(*this, rounds * _ROUND.count(this) + _ROUND[:place].count(this))


@dataclass(slots=True)
class FaultReport:
    """What the faults did: `by_point` counts them by slot and kind of write point, `endings` those of a disk that lied.

    `hit` holds the operations of each workload that failed at least once, `operations` how many it has. `failures`
    name papers lost, wrong answers and crashes, `silent` damage under a lying disk that nothing told of; each with
    the seed that gives it again.
    """

    commit: str = ""
    faults: int = 0
    seconds: float = 0.0
    by_point: dict[str, Counter[str]] = field(default_factory=dict)
    endings: Counter[str] = field(default_factory=Counter)
    hit: dict[str, set[int]] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, nothing said wrong, nothing silent, and no person needed."""
        return not (self.failures or self.silent)

    def count(self, slot: Slot, outcome: Outcome) -> None:
        """Take an outcome in."""
        points = outcome.points or (outcome.point,)
        self.faults += len(points)
        self.by_point.setdefault(slot.name, Counter()).update(points)
        if outcome.ending:
            self.endings[outcome.ending] += 1
        if slot.workload:
            self.hit.setdefault(slot.workload.name, set()).add(outcome.operation)

    def as_data(self) -> dict[str, object]:
        """The report as JSON has it."""
        return {
            "commit": self.commit,
            "faults": self.faults,
            "seconds": round(self.seconds, 1),
            "by_point": {name: dict(points.most_common()) for name, points in sorted(self.by_point.items())},
            "points_hit": {name: [len(hit), self.operations[name]] for name, hit in sorted(self.hit.items())},
            "endings_of_lies": dict(self.endings.most_common()),
            "failures": self.failures,
            "silent": self.silent,
        }

    def lines(self) -> list[str]:
        """The report for a person."""
        rate = self.faults / max(self.seconds, 1e-9)
        lines = [f"{self.faults} faults in {self.seconds:.0f} s ({rate:.0f} a second), commit {self.commit}", ""]
        totals = Counter[str]()
        for name, points in sorted(self.by_point.items()):
            lines.append(f"{name:18} {points.total():6}")
            totals.update(points)
        lines += ["", *(f"{point:32} {count:6} {count / self.faults:6.1%}" for point, count in totals.most_common())]
        lines += ["", "write points that failed at least once:"]
        lines += [f"  {name:12} {len(hit)} of {self.operations[name]}" for name, hit in sorted(self.hit.items())]
        lines += ["", "a disk that lied:", *(f"  {ending}: {count}" for ending, count in self.endings.most_common())]
        lines += ["", f"failures {len(self.failures)}, silent damage {len(self.silent)}"]
        return [*lines, *(f"failure: {one}" for one in self.failures), *(f"silent: {one}" for one in self.silent)]


def measure(seeds: Iterable[int], only: str = "", tell: Callable[[FaultReport], None] = lambda _: None) -> FaultReport:
    """Make the trials of these seeds; of those alone that have `only` in their mode and workload.

    Raises:
        InputError: no layer can be put under this Python's SQLite.
    """
    report = FaultReport(str(current_version()))
    start = time.perf_counter()
    with _lab() as lab:
        courses: list[Course] = []
        for seed in seeds:
            slot = slot_of(seed)
            if only in slot.name:
                _try(seed, slot, lab, courses, report)
                report.seconds = time.perf_counter() - start
                tell(report)
    return report


@contextmanager
def _lab() -> Iterator[Lab]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Lab(Path(folder))


def _try(seed: int, slot: Slot, lab: Lab, courses: list[Course], report: FaultReport) -> None:
    chance = random.Random(seed)
    again = f"{slot.name}; again: daybook eval faults --seeds 1 --from {seed} (commit {report.commit})"
    try:
        if slot.workload is None:
            if not courses:
                courses.append(course(lab))
            outcome = schedule(lab, courses[0], chance)
        else:
            report.operations[slot.workload.name] = len(lab.recording(slot.workload).trace.operations)
            outcome = _TRIALS[slot.mode](lab, slot.workload, slot.turn * _STRIDE, chance)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        report.failures.append(f"{type(error).__name__}: {error} in {again}")
        return
    report.count(slot, outcome)
    if outcome.problem:
        found = report.silent if outcome.ending == "silent" else report.failures
        found.append(f"{outcome.problem} ({outcome.how} at {outcome.point}, operation {outcome.operation}) in {again}")
