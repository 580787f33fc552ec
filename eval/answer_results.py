"""What a measurement of answers found, as data, and the files that keep it: one for each suite, writer and commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from eval.metrics import Estimate, estimate
from eval.results import Latency, Version, read_result

MEASURES = {
    "answered": "Of questions with an answer, the share that got one.",
    "abstained": "Of questions without an answer, the share that was refused.",
    "cites gold": "Of questions with a known paper, the share whose answer cites one such; a refusal counts 0.",
    "holds one": "Of questions with known numbers or words, the share whose answer holds one and cites a gold paper.",
    "holds all": "The same of numbers, all of them.",
    "own words": "The share of an answer's sentences that are no quote.",
    "supported": "The share of an answer's sentences that the judge finds supported by their quotes.",
    "citation recall": "ALCE: the share of sentences that their citations together entail, by the judge.",
    "citation precision": "ALCE: the share of citations that are needed where they stand, by the judge.",
    "exact quotes": "The share of an answer's citations whose quote is the abstract's text, as SQLite holds it.",
    "follow-up right": "Of turns of conversations, the share that cites all expected papers, or rightly abstains.",
    "in scope": "Of answers to questions with limits, the share that cites nothing outside of them.",
}
"""What is measured of each question, where it applies, each from 0 to 1; and what it means."""


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question, what was answered, and how good that is; `values` holds those of `MEASURES` that apply."""

    id: str
    kind: str
    question: str
    is_answerable: bool | None
    abstained: bool
    text: str
    cited: tuple[str, ...]
    citations: int
    replaced: int
    note: str
    faults: tuple[tuple[str, str], ...]
    unsupported: tuple[str, ...]
    values: dict[str, float]
    first_milliseconds: float
    milliseconds: float
    floor_milliseconds: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over the questions to which a measure applies, with its interval."""

    questions: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class AnswerSuiteResult:
    """All that was measured of one suite with one writer; `kinds` are the means of each kind, "" of all."""

    suite: str
    about: str
    library: str
    papers: int
    writer: str
    judge: str
    version: Version
    made_at: str
    kinds: dict[str, dict[str, Mean]]
    faults: dict[str, int]
    citations: int
    first: Latency
    whole: Latency
    questions: tuple[AnsweredQuestion, ...]


def means_by_kind(questions: Sequence[AnsweredQuestion]) -> dict[str, dict[str, Mean]]:
    """The means of all questions under "", then of each kind where there are several."""
    kinds = list(dict.fromkeys(one.kind for one in questions))
    groups: dict[str, Sequence[AnsweredQuestion]] = {"": questions}
    if len(kinds) > 1:
        groups |= {kind: [one for one in questions if one.kind == kind] for kind in kinds}
    return {name: _means(group) for name, group in groups.items()}


def _means(questions: Sequence[AnsweredQuestion]) -> dict[str, Mean]:
    values = {measure: [one.values[measure] for one in questions if measure in one.values] for measure in MEASURES}
    return {measure: Mean(len(found), estimate(found)) for measure, found in values.items() if found}


def fault_counts(questions: Sequence[AnsweredQuestion]) -> dict[str, int]:
    """How often each kind of fault was found."""
    kinds = [kind for one in questions for kind, _ in one.faults]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


# ---- files


def answer_path(out: Path, suite: str, writer: str, version: object) -> Path:
    """The file of a suite's result."""
    return out / f"answers-{suite}-{writer}-{version}.json"


def read_answers(path: Path) -> AnswerSuiteResult:
    """Read a suite's result.

    Raises:
        InputError: the file is not there, or is no such result.
    """
    return read_result(path, TypeAdapter(AnswerSuiteResult), "answers")


def shares(result: AnswerSuiteResult, measures: Sequence[str], kind: str = "") -> Mapping[str, str]:
    """Means of a kind as text, a dash where a measure does not apply."""
    found = result.kinds[kind]
    return {name: f"{found[name].estimate.mean:.3f}" if name in found else "–" for name in measures}
