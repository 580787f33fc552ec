"""`daybook eval retrieval`, the whole: suites chosen, systems measured, the report written."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from eval import latency, retrieval
from eval.corpora import DEFAULT_WORK, Tell
from eval.llama import need_extra
from eval.report import write_report
from eval.results import (
    DEFAULT_OUT,
    LatencyResult,
    SuiteResult,
    Version,
    current_version,
    latency_path,
    read_latency,
    read_suite,
    suite_path,
    without_questions,
)
from eval.suites import SUITES, chosen_suites, data_folder
from ingest.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure: suites by name, or none for all; the size of the largest library searched for speed."""

    suites: tuple[str, ...] = ()
    latency_papers: int | None = None
    again: bool = False
    out: Path | None = None
    work: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured, and where the report lies."""

    suites: tuple[SuiteResult, ...]
    latency: LatencyResult | None
    report: Path


def run(wish: Wish, load_embedder: Callable[[], Embedder], tell: Tell) -> Outcome:
    """Measure what is wished for and write the report of this commit.

    Raises:
        InputError: a suite is unknown, real data or the extra `eval` is missing, or a file is not what it must be.
    """
    need_extra()
    data, version = data_folder(), current_version()
    if data is None:
        tell("there is no real data in DAYBOOK_DATA or ../shared/data: only the suite `sample` can be run")
    only_latency = wish.latency_papers is not None and not wish.suites
    suites = [] if only_latency else chosen_suites(list(wish.suites), data)
    out = wish.out or DEFAULT_OUT
    bench = retrieval.Bench(data, wish.work or DEFAULT_WORK, out, version, load_embedder(), tell)
    found = list(retrieval.measure(suites, bench, again=wish.again))
    speeds = latency.measure(wish.latency_papers, bench) if wish.latency_papers else None
    shown, shown_speeds = (found, speeds) if version.is_dirty else _of_commit(out, version)
    report = write_report(out / f"retrieval-{version}.html", in_order(shown), shown_speeds, version)
    return Outcome(tuple(in_order(found)), speeds, report)


def in_order(results: Sequence[SuiteResult]) -> list[SuiteResult]:
    """Results in the order of the table of suites."""
    places = {suite.name: place for place, suite in enumerate(SUITES)}
    return sorted(results, key=lambda result: places[result.suite])


def _of_commit(out: Path, version: Version) -> tuple[list[SuiteResult], LatencyResult | None]:
    """All that is kept of a clean commit, from this run and those before."""
    paths = [suite_path(out, suite.name, version) for suite in SUITES]
    speeds = latency_path(out, version)
    return [read_suite(path) for path in paths if path.exists()], read_latency(speeds) if speeds.exists() else None


def printed(outcome: Outcome, *, as_json: bool) -> str:
    """The outcome as text for a terminal, or as JSON."""
    if as_json:
        suites = [without_questions(result) for result in outcome.suites]
        told = TypeAdapter(Outcome).dump_python(Outcome(tuple(suites), outcome.latency, outcome.report), mode="json")
        return json.dumps(told, ensure_ascii=False)
    parts = []
    if outcome.suites:
        parts.append("\n".join(retrieval.lines(outcome.suites)))
    if outcome.latency:
        parts.append("\n".join(latency.lines(outcome.latency)))
    return "\n\n".join([*parts, f"the report: {outcome.report.resolve()}"])
