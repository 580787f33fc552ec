"""What changed between two results of a suite: the means with paired intervals, then question by question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.metrics import METRICS, Estimate, estimates
from eval.results import QuestionResult, SuiteResult, read_suite
from eval.suites import SUITES
from ingest.errors import InputError


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question whose ranking changed: the first gold paper's rank, and nDCG@10, before and after."""

    id: str
    question: str
    former_rank: int | None
    rank: int | None
    former_ndcg: float
    ndcg: float

    @property
    def gain(self) -> float:
        """How much better it became, -2 to 2: the gains in 1/rank and in nDCG@10 together."""
        return _reciprocal(self.rank) - _reciprocal(self.former_rank) + self.ndcg - self.former_ndcg


@dataclass(frozen=True, slots=True)
class Comparison:
    """One suite before and after; `differences` are after minus before, paired by question.

    `changes` stand with the most changed first; `unmatched` counts the questions that only one result holds.
    """

    suite: str
    system: str
    former_version: str
    version: str
    questions: int
    unmatched: int
    former: dict[str, float]
    present: dict[str, float]
    differences: dict[str, Estimate]
    changes: tuple[QuestionChange, ...]

    def lines(self) -> list[str]:
        """The comparison for a person."""
        better = [change for change in self.changes if change.gain > 0]
        worse = [change for change in self.changes if change.gain <= 0]
        table = [f"{self.suite}, {self.system}: {self.former_version} → {self.version}, {self.questions} questions"]
        if self.unmatched:
            table.append(f"  {self.unmatched} more questions are in one of the two only, and left out")
        for metric, difference in self.differences.items():
            bounds = f"{difference.mean:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]"
            mark = " *" if difference.is_clear else ""
            table.append(f"  {metric:10} {self.former[metric]:.3f} → {self.present[metric]:.3f}  {bounds}{mark}")
        for name, changes in (("better", better), ("worse", worse)):
            table.append(f"  {name}: {len(changes)}")
            table += [
                f"    {_rank(c.former_rank):>4} → {_rank(c.rank):4} {c.former_ndcg:.2f} → {c.ndcg:.2f}  {c.question}"
                for c in changes
            ]
        return table


def pairs(former: str, present: str, out: Path, *, is_needed: bool = True) -> list[tuple[SuiteResult, SuiteResult]]:
    """The results to compare: two files, or those of all suites that `out` holds of two commits.

    Unless one `is_needed`, two files of another kind or commits without a result give an empty list.

    Raises:
        InputError: there are none, or a file is no result, or the two files are of different suites.
    """
    are_files = Path(former).is_file() or Path(present).is_file()
    if are_files and not is_needed:
        return []
    if are_files:
        one, other = read_suite(Path(former)), read_suite(Path(present))
        if one.suite != other.suite:
            raise InputError(f"{former} is of the suite {one.suite}, {present} of {other.suite}; name two of one suite")
        return [(one, other)]
    found = []
    for suite in SUITES:
        paths = [_path_of(out, suite.name, commit) for commit in (former, present)]
        if paths[0] and paths[1]:
            found.append((read_suite(paths[0]), read_suite(paths[1])))
    if not found and is_needed:
        raise InputError(f"{out} holds no suite measured at both {former} and {present}; name two files or two commits")
    return found


def _path_of(out: Path, suite: str, commit: str) -> Path | None:
    """The file of a suite at a commit, which may be shortened; a clean one before a dirty one."""
    begins = f"retrieval-{suite}-{commit}"
    found = [path for path in out.glob("retrieval-*.json") if path.name.startswith(begins)]
    return min(found, key=lambda path: ("-dirty" in path.stem, path.name), default=None)


def compare(former: SuiteResult, present: SuiteResult, system: str) -> Comparison:
    """Compare one system in two results of a suite.

    Raises:
        InputError: a result holds no such system, or they share no question.
    """
    for result in (former, present):
        if system not in result.systems:
            known = ", ".join(result.systems)
            raise InputError(
                f"the result of {result.suite} at {result.version} has no system {system}; it has: {known}"
            )
    earlier = {one.id: one for one in former.questions}
    both = [(earlier[one.id], one) for one in present.questions if _is_same(earlier.get(one.id), one)]
    if not both:
        raise InputError(f"the two results of {present.suite} share no question")
    before = _values([one for one, _ in both], system)
    after = _values([one for _, one in both], system)
    changes = [_change(one, other, system) for one, other in both]
    changed = [c for c in changes if (c.former_rank, c.former_ndcg) != (c.rank, c.ndcg)]
    return Comparison(
        present.suite,
        system,
        str(former.version),
        str(present.version),
        len(both),
        len(former.questions) + len(present.questions) - 2 * len(both),
        dict(zip(METRICS, before.mean(axis=0).tolist(), strict=True)),
        dict(zip(METRICS, after.mean(axis=0).tolist(), strict=True)),
        dict(zip(METRICS, estimates(after - before), strict=True)),
        tuple(sorted(changed, key=lambda c: -abs(c.gain))),
    )


def _is_same(former: QuestionResult | None, present: QuestionResult) -> bool:
    return former is not None and (former.question, former.gold) == (present.question, present.gold)


def _values(questions: Sequence[QuestionResult], system: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[one.rankings[system].metrics[metric] for metric in METRICS] for one in questions])


def _change(former: QuestionResult, present: QuestionResult, system: str) -> QuestionChange:
    before, after = former.rankings[system], present.rankings[system]
    return QuestionChange(
        present.id,
        present.question,
        before.first_rank,
        after.first_rank,
        before.metrics["nDCG@10"],
        after.metrics["nDCG@10"],
    )


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


def _rank(rank: int | None) -> str:
    return str(rank) if rank else ">100"
