"""The run: every suite's questions through every system, each suite's result kept as soon as it is complete."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import numpy as np

from eval.corpora import CORPORA, Tell, library_folder
from eval.llama import llama_systems
from eval.metrics import METRICS, RESAMPLES, estimates, first_rank, score
from eval.results import (
    SHOWN_PAPERS,
    QuestionResult,
    Ranking,
    SuiteResult,
    SystemResult,
    Version,
    latency,
    read_suite,
    suite_path,
    write_result,
)
from eval.suites import Case, Suite
from eval.systems import DAYBOOK, PaperTable, Ranker, own_systems
from ingest.embedding import Embedder
from ingest.errors import InputError
from ingest.library import Library

_DEPTH = 100
_USERS_LIMIT = 10
_TOLD_EVERY_QUESTIONS = 50
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a run finds the real data, keeps libraries and results, and what it measures."""

    data: Path | None
    work: Path
    out: Path
    version: Version
    embedder: Embedder
    tell: Tell


@dataclass(frozen=True, slots=True)
class Contest:
    """The systems over one library, and the floor under them."""

    systems: Mapping[str, Ranker]
    titles: Mapping[str, str]
    floor: Callable[[str], object]


def measure(suites: Sequence[Suite], bench: Bench, *, again: bool) -> Iterator[SuiteResult]:
    """The results of the suites, library by library; a clean commit's are read where they were measured before.

    Raises:
        InputError: questions or papers are not there, or the extra `eval` is not installed.
    """
    kept = {} if again or bench.version.is_dirty else _kept(suites, bench)
    places = {name: place for place, name in enumerate(CORPORA)}
    ordered = sorted(suites, key=lambda suite: places[suite.library])
    for library, grouped in groupby(ordered, key=lambda suite: suite.library):
        group = list(grouped)
        yield from (kept[suite.name] for suite in group if suite.name in kept)
        missing = [(suite, suite.cases(bench.data)) for suite in group if suite.name not in kept]
        if not missing:
            continue
        with _contest(library, bench) as contest:
            for suite, cases in missing:
                result = measure_suite(suite, cases, contest, bench)
                write_result(suite_path(bench.out, suite.name, bench.version), result)
                yield result


def _kept(suites: Sequence[Suite], bench: Bench) -> dict[str, SuiteResult]:
    paths = {suite.name: suite_path(bench.out, suite.name, bench.version) for suite in suites}
    kept = {name: read_suite(path) for name, path in paths.items() if path.exists()}
    if kept:
        bench.tell(f"measured before, with --again anew: {', '.join(kept)}")
    return kept


@contextmanager
def _contest(library_name: str, bench: Bench) -> Iterator[Contest]:
    folder = library_folder(CORPORA[library_name], bench.data, bench.work, bench.embedder, bench.tell)
    bench.tell(f"library {library_name}: setting up the systems")
    with Library(folder, create=False) as library, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as chroma:
        table = PaperTable(library)
        yield Contest(
            {**own_systems(library, bench.embedder, table), **llama_systems(table, bench.embedder, Path(chroma))},
            {paper.arxiv_id: paper.title for paper in table.papers},
            lambda question: table.vectors @ bench.embedder.question_vector(question),
        )


# ---- one suite


def measure_suite(suite: Suite, cases: Sequence[Case], contest: Contest, bench: Bench) -> SuiteResult:
    """Ask every system every question of a suite.

    Raises:
        InputError: a case names a paper that the library does not hold.
    """
    for case in cases:
        if unknown := case.gold.keys() - contest.titles.keys():
            raise InputError(f"{suite.name}: {case.id} expects papers that are not in {suite.library}: {unknown}")
    _ask_and_time(cases[0].question, contest, 0)  # so that nothing is loaded while the clock runs
    questions = []
    for number, case in enumerate(cases):
        questions.append(_ask(case, contest, number))
        if (number + 1) % _TOLD_EVERY_QUESTIONS == 0 or number + 1 == len(cases):
            bench.tell(f"{suite.name}: {number + 1} of {len(cases)} questions")
    shown = {paper for one in questions for ranking in one.rankings.values() for paper in ranking.top}
    shown.update(paper for case in cases for paper in case.gold)
    return SuiteResult(
        suite.name,
        suite.about,
        suite.library,
        CORPORA[suite.library].about,
        len(contest.titles),
        suite.is_day_limited,
        bench.version,
        datetime.now(UTC).isoformat(timespec="seconds"),
        RESAMPLES,
        system_results(questions),
        tuple(questions),
        {paper: contest.titles[paper] for paper in sorted(shown)},
    )


def _ask(case: Case, contest: Contest, number: int) -> QuestionResult:
    """Time every system as a user would wait for it, then see its hundred best papers."""
    floor, milliseconds = _ask_and_time(case.question, contest, number)
    rankings = {}
    for name, system in contest.systems.items():
        found = system.rank(case.question, _DEPTH)
        places = {paper: place for place, paper in enumerate(found, start=1)}
        rankings[name] = Ranking(
            tuple(found[:SHOWN_PAPERS]),
            first_rank(found, case.gold),
            {paper: places.get(paper) for paper, grade in case.gold.items() if grade > 0},
            {metric: round(value, 6) for metric, value in score(found, case.gold).items()},
            milliseconds[name],
        )
    return QuestionResult(case.id, case.question, case.gold, case.day, floor, rankings)


def _ask_and_time(question: str, contest: Contest, turn: int) -> tuple[float, dict[str, float]]:
    """The milliseconds of the floor and of each system; who is first changes from turn to turn."""
    works: list[tuple[str, Callable[[], object]]] = [("", lambda: contest.floor(question))]
    works += [
        (name, lambda system=system: system.rank(question, _USERS_LIMIT))  # type: ignore[misc]
        for name, system in contest.systems.items()
    ]
    first = turn % len(works)
    taken = {}
    for name, work in works[first:] + works[:first]:
        start = time.perf_counter()
        work()
        taken[name] = round((time.perf_counter() - start) * _MILLISECONDS, 3)
    return taken.pop(""), taken


# ---- what the questions say together


def system_results(questions: Sequence[QuestionResult]) -> dict[str, SystemResult]:
    """Each system's means over the questions, and how far behind Daybook it is."""
    names, floors = list(questions[0].rankings), [one.floor_milliseconds for one in questions]
    values = {name: _values(questions, name) for name in names}
    columns = [values[name] for name in names] + [values[DAYBOOK] - values[name] for name in names]
    found = iter(estimates(np.hstack(columns)))
    metrics = {name: {metric: next(found) for metric in METRICS} for name in names}
    behind = {name: {metric: next(found) for metric in METRICS} for name in names}
    return {
        name: SystemResult(
            metrics[name],
            {} if name == DAYBOOK else behind[name],
            latency([one.rankings[name].milliseconds for one in questions], floors),
        )
        for name in names
    }


def _values(questions: Sequence[QuestionResult], system: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The metrics of one system, of shape [questions, metrics]."""
    return np.array([[one.rankings[system].metrics[metric] for metric in METRICS] for one in questions])


# ---- for a terminal


def lines(results: Sequence[SuiteResult]) -> list[str]:
    """The means as a table, a line for each suite and system."""
    shown = ["hit@1", "MRR@10", "nDCG@10", "recall@100"]
    table = [
        f"{'suite':18} {'system':20} " + " ".join(f"{name:>10}" for name in shown) + f" {'p95 ms':>8} {'/floor':>7}"
    ]
    for result in results:
        for name, system in result.systems.items():
            means = " ".join(f"{system.metrics[metric].mean:10.3f}" for metric in shown)
            cost = f"{system.latency.p95:8.1f} {system.latency.ratio:7.2f}"
            table.append(f"{result.suite:18} {name:20} {means} {cost}")
        table.append("")
    return table[:-1]
