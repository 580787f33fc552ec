"""What changed between two results of a suite of answers: paired means, then the answers that got better or worse."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.answer_results import MEASURES, AnsweredQuestion, AnswerSuiteResult, read_answers
from eval.compare import Comparison, compare, pairs
from eval.metrics import Estimate, estimate
from ingest.errors import InputError

_BEGINS = "answers-"


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question whose answer is measured otherwise than before: each measure before and after."""

    id: str
    question: str
    changed: dict[str, tuple[float, float]]

    @property
    def gain(self) -> float:
        """All changes together; above 0 where it became better."""
        return sum(after - before for before, after in self.changed.values())


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """One suite and writer before and after; `differences` are after minus before, paired by question."""

    suite: str
    former_writer: str
    writer: str
    former_version: str
    version: str
    questions: int
    former: dict[str, float]
    present: dict[str, float]
    differences: dict[str, Estimate]
    changes: tuple[AnswerChange, ...]

    def lines(self) -> list[str]:
        """The comparison for a person."""
        head = f"answers {self.suite}: {self.former_writer} {self.former_version} → {self.writer} {self.version}"
        table = [f"{head}, {self.questions} questions"]
        for measure, difference in self.differences.items():
            bounds = f"{difference.mean:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]"
            mark = " *" if difference.is_clear else ""
            table.append(f"  {measure:18} {self.former[measure]:.3f} → {self.present[measure]:.3f}  {bounds}{mark}")
        for change in self.changes:
            told = ", ".join(f"{name} {one:.2f} → {other:.2f}" for name, (one, other) in change.changed.items())
            table.append(f"  {'better' if change.gain > 0 else 'worse '} {change.id}: {change.question} ({told})")
        return table


def comparisons(former: str, present: str, system: str, out: Path) -> list[Comparison | AnswerComparison]:
    """All comparisons of two files or two commits: of rankings, of one system, and of answers.

    Raises:
        InputError: there is nothing to compare.
    """
    answered = [compare_answers(one, other) for one, other in answer_pairs(former, present, out)]
    searched = pairs(former, present, out, is_needed=not answered)
    return [*(compare(one, other, system) for one, other in searched), *answered]


def answer_pairs(former: str, present: str, out: Path) -> list[tuple[AnswerSuiteResult, AnswerSuiteResult]]:
    """The results to compare: two files of answers, or those that `out` holds of two commits; empty where none are.

    Raises:
        InputError: a file is no result of answers, or the two are of different suites.
    """
    files = [Path(name) for name in (former, present)]
    if any(path.is_file() and path.name.startswith(_BEGINS) for path in files):
        one, other = (read_answers(path) for path in files)
        if one.suite != other.suite:
            raise InputError(f"{former} is of the suite {one.suite}, {present} of {other.suite}; name two of one suite")
        return [(one, other)]
    earlier = {_key(path, former): path for path in _of_commit(out, former)}
    later = {_key(path, present): path for path in _of_commit(out, present)}
    return [(read_answers(earlier[key]), read_answers(later[key])) for key in sorted(earlier.keys() & later.keys())]


def _of_commit(out: Path, commit: str) -> list[Path]:
    """The files of a commit, a clean one after the dirty one, so that it takes its place."""
    found = [path for path in out.glob(f"{_BEGINS}*.json") if f"-{commit}" in path.stem]
    return sorted(found, key=lambda path: "-dirty" not in path.stem)


def _key(path: Path, commit: str) -> str:
    """The suite and the writer of a file's name."""
    return path.stem.partition(f"-{commit}")[0]


def compare_answers(former: AnswerSuiteResult, present: AnswerSuiteResult) -> AnswerComparison:
    """Compare two results of a suite, by the same questions and the measures that apply in both.

    Raises:
        InputError: they share no question.
    """
    earlier = {one.id: one for one in former.questions}
    both = [(earlier[one.id], one) for one in present.questions if _is_same(earlier.get(one.id), one)]
    if not both:
        raise InputError(f"the two results of {present.suite} share no question")
    values = {name: _paired(both, name) for name in MEASURES}
    shared = {name: found for name, found in values.items() if found}
    changes = [AnswerChange(one.id, one.question, _changed(before.values, one.values)) for before, one in both]
    return AnswerComparison(
        present.suite,
        former.writer,
        present.writer,
        str(former.version),
        str(present.version),
        len(both),
        {name: sum(before for before, _ in found) / len(found) for name, found in shared.items()},
        {name: sum(after for _, after in found) / len(found) for name, found in shared.items()},
        {name: estimate([after - before for before, after in found]) for name, found in shared.items()},
        tuple(sorted((c for c in changes if c.changed), key=lambda c: -abs(c.gain))),
    )


def _is_same(former: AnsweredQuestion | None, present: AnsweredQuestion) -> bool:
    return former is not None and former.question == present.question


def _paired(both: list[tuple[AnsweredQuestion, AnsweredQuestion]], name: str) -> list[tuple[float, float]]:
    return [
        (one.values[name], other.values[name]) for one, other in both if name in one.values and name in other.values
    ]


def _changed(former: Mapping[str, float], present: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    shared = [name for name in former if name in present and former[name] != present[name]]
    return {name: (former[name], present[name]) for name in shared}
