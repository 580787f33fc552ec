"""`daybook eval answers`, the whole: suites and writer chosen, answers measured, a report written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from assistant.llm.settings import LlmSettings, Patience, key_from
from eval.answer_checks import FAULTS
from eval.answer_metrics import Abstention, abstention
from eval.answer_report import write_answer_report
from eval.answer_results import AnswerSuiteResult, shares
from eval.answer_suites import chosen_answer_suites
from eval.answers import DIALOGUES, LLM_WRITER, QUOTING, AnswerBench, abstention_outcomes, measure
from eval.corpora import DEFAULT_WORK, Tell
from eval.results import DEFAULT_OUT, current_version
from eval.suites import data_folder
from ingest.embedding import Embedder
from ingest.errors import InputError

_PATIENCE = Patience(first_token_seconds=300.0, timeout_seconds=600.0)
_SHOWN = ("answered", "abstained", "cites gold", "holds one", "holds all", "in scope", "follow-up right")
_JUDGED = ("own words", "supported", "citation recall", "citation precision", "exact quotes")


@dataclass(frozen=True, slots=True)
class AnswerWish:
    """What to measure: suites by name, or none for all; without `llm` the quoting writer; at most `limit` questions."""

    suites: tuple[str, ...] = ()
    llm: LlmSettings | None = None
    limit: int | None = None
    out: Path | None = None
    work: Path | None = None


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What was measured, and where the report lies."""

    suites: tuple[AnswerSuiteResult, ...]
    abstention: Abstention
    report: Path


def chosen_llm(writer: str, url: str, model: str) -> LlmSettings | None:
    """The language model of a writer's name, None for the quoting one; it gets more time than a user would give it.

    Raises:
        InputError: there is no such writer, or its server or model is not named.
    """
    if writer == QUOTING:
        return None
    if writer != LLM_WRITER:
        raise InputError(f"there is no writer “{writer}”; there are: {QUOTING}, {LLM_WRITER}")
    if not url:
        raise InputError("the writer llm needs a server; name it with --llm-url http://127.0.0.1:8092/v1")
    return LlmSettings(url, model, key_from(), _PATIENCE)


def run_answers(wish: AnswerWish, load_embedder: Callable[[], Embedder], tell: Tell) -> AnswerOutcome:
    """Measure what is wished for, keep each suite's result, and write the report.

    Raises:
        InputError: a suite is unknown, or real data is missing.
    """
    data, version = data_folder(), current_version()
    if data is None:
        tell("there is no real data in DAYBOOK_DATA or ../shared/data: only the invented sample can be asked")
    named = [name for name in wish.suites if name != DIALOGUES]
    suites = chosen_answer_suites(named, data) if named or not wish.suites else []
    out = wish.out or DEFAULT_OUT
    bench = AnswerBench(data, wish.work or DEFAULT_WORK, out, version, load_embedder(), wish.llm, wish.limit, tell)
    with_dialogues = DIALOGUES in wish.suites or (not wish.suites and data is not None)
    results = tuple(measure(suites, bench, with_dialogues=with_dialogues))
    measured = abstention(abstention_outcomes([one for one in results if one.writer == bench.writer]))
    path = out / f"answers-{bench.writer}-{version}.html"
    return AnswerOutcome(results, measured, write_answer_report(path, results, measured, version))


def printed(outcome: AnswerOutcome, *, as_json: bool) -> str:
    """The outcome as text for a terminal, or as JSON without the single questions."""
    if as_json:
        short = replace(outcome, suites=tuple(replace(one, questions=()) for one in outcome.suites))
        return TypeAdapter(AnswerOutcome).dump_json(short).decode()
    parts = ["\n".join(right_lines(outcome.suites)), "\n".join(judged_lines(outcome.suites))] if outcome.suites else []
    if outcome.suites:
        parts.append("\n".join(fault_lines(outcome)))
    return "\n\n".join([*parts, f"the report: {outcome.report.resolve()}"])


def right_lines(results: Sequence[AnswerSuiteResult]) -> list[str]:
    """How right the answers are, a line for each suite, writer and kind."""
    table = [f"{'suite':14} {'writer':21} {'kind':16} {'n':>4} " + " ".join(f"{name:>10.10}" for name in _SHOWN)]
    for result in results:
        for kind in result.kinds:
            count = sum(not kind or one.kind == kind for one in result.questions)
            means = " ".join(f"{mean:>10}" for mean in shares(result, _SHOWN, kind).values())
            table.append(f"{result.suite:14} {result.writer:21} {kind or 'all':16} {count:4} {means}")
    return table


def judged_lines(results: Sequence[AnswerSuiteResult]) -> list[str]:
    """How well the answers are supported, and how long they take, a line for each suite and writer."""
    times = f"{'first p50':>10} {'p95':>8} {'end p50':>9} {'p95':>8} {'floor p95':>10} {'× floor':>8}"
    table = [f"{'suite':14} {'writer':21} " + " ".join(f"{name:>18}" for name in _JUDGED) + f" {times}"]
    for result in results:
        means = " ".join(f"{mean:>18}" for mean in shares(result, _JUDGED).values())
        first, whole = result.first, result.whole
        spent = f"{first.p50:10.1f} {first.p95:8.1f} {whole.p50:9.1f} {whole.p95:8.1f} {whole.floor_p95:10.1f}"
        table.append(f"{result.suite:14} {result.writer:21} {means} {spent} {whole.ratio:8.2f}")
    return table


def fault_lines(outcome: AnswerOutcome) -> list[str]:
    """Every kind of fault with its count, those that were found, and the measures of abstaining."""
    told = []
    for writer in dict.fromkeys(one.writer for one in outcome.suites):
        group = [one for one in outcome.suites if one.writer == writer]
        answers = sum(len(one.questions) for one in group)
        told.append(f"{writer}: {answers} answers, {sum(one.citations for one in group)} citations")
        told += [f"  {kind:22} {sum(one.faults.get(kind, 0) for one in group)}" for kind in FAULTS]
        questions = [(one.suite, asked) for one in group for asked in one.questions]
        if writer == LLM_WRITER:
            told.append(f"  {'replaced by a quote':22} {sum(asked.replaced for _, asked in questions)}")
            told.append(f"  {'answers with a note':22} {sum(bool(asked.note) for _, asked in questions)}")
        told += [f"  {suite}/{asked.id}: {kind}: {text}" for suite, asked in questions for kind, text in asked.faults]
    found = outcome.abstention
    parts = {"precision": found.precision, "recall": found.recall, "answerable refused": found.refused}
    told.append("abstaining: " + ", ".join(f"{name} {_share(value)}" for name, value in parts.items()))
    return told


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
