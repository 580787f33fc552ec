"""`daybook eval answers`: whole answers of a writer, checked against SQLite, judged and timed, suite by suite."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from assistant.engine.daybook import Daybook
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings
from eval.answer_checks import held_papers
from eval.answer_looking import Outside, Timed, baseline_looked_at, looked_at
from eval.answer_results import (
    AnsweredQuestion,
    AnswerSuiteResult,
    answer_path,
    fault_counts,
    means_by_kind,
)
from eval.answer_suites import AnswerCase, AnswerSuite
from eval.citation_engine import BASELINE, CitedText, by_passages, citation_engine
from eval.corpora import CORPORA, Tell, library_folder
from eval.dialogues import measure as measure_dialogues
from eval.dialogues import read_turns
from eval.judging import JUDGE, SentenceJudge
from eval.reader import reader
from eval.results import Version, latency, write_result
from ingest.embedding import DIMENSIONS, Embedder
from ingest.library import Library

QUOTING, LLM_WRITER = "quoting", "llm"
DIALOGUES = "dialogues"
_TOLD_EVERY_QUESTIONS = 50
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class AnswerBench:
    """Where a run finds the real data and keeps libraries and results, what it measures, and how many questions.

    Without `llm` the quoting writer is measured.
    """

    data: Path | None
    work: Path
    out: Path
    version: Version
    embedder: Embedder
    llm: LlmSettings | None
    limit: int | None
    tell: Tell

    @property
    def writer(self) -> str:
        """The name of the writer that is measured."""
        return LLM_WRITER if self.llm else QUOTING


class Ground:
    """An open library and all that answers over it are measured with."""

    def __init__(self, library: Library, folder: Path, bench: AnswerBench) -> None:
        self.library = library
        self.outside = Outside(held_papers(folder), library.papers(), SentenceJudge(bench.embedder))
        self.bench = bench
        self.baseline = citation_engine(library, bench.embedder, connect(bench.llm)) if bench.llm else None
        self._books: dict[date | None, Daybook] = {}
        self._vectors = library.database.vectors_after(0, DIMENSIONS).vectors

    def book(self, today: date | None = None) -> Daybook:
        """Daybook over the library with the writer that is measured, on some day."""
        if today not in self._books:
            bench, day = self.bench, (lambda: today) if today else date.today
            self._books[today] = Daybook(self.library, lambda: bench.embedder, day, bench.llm, load_reader=reader)
        return self._books[today]

    def floor(self, question: str) -> object:
        """The least that an exact search takes: one embedding, one dot product over all vectors."""
        return self._vectors @ self.bench.embedder.question_vector(question)


def measure(suites: Sequence[AnswerSuite], bench: AnswerBench, *, with_dialogues: bool) -> Iterator[AnswerSuiteResult]:
    """The results of the suites, library by library, each kept in its file as soon as it is complete.

    Raises:
        InputError: questions or papers are not there.
    """
    places = {name: place for place, name in enumerate(CORPORA)}
    for library, group in groupby(sorted(suites, key=lambda suite: places[suite.library]), lambda s: s.library):
        with ground_of(library, bench) as ground:
            for suite in group:
                yield from (_kept(bench, result) for result in measure_suite(suite, ground, bench))
    if with_dialogues:
        with ground_of("five-days", bench) as ground:
            yield _kept(bench, _dialogues(ground, bench))


@contextmanager
def ground_of(library: str, bench: AnswerBench) -> Iterator[Ground]:
    """The library of a name, open."""
    folder = library_folder(CORPORA[library], bench.data, bench.work, bench.embedder, bench.tell)
    with Library(folder, create=False) as opened:
        yield Ground(opened, folder, bench)


def _kept(bench: AnswerBench, result: AnswerSuiteResult) -> AnswerSuiteResult:
    write_result(answer_path(bench.out, result.suite, result.writer, bench.version), result)
    return result


def spread(cases: Sequence[AnswerCase], limit: int | None) -> list[AnswerCase]:
    """At most `limit` cases, spread evenly over all of them, so that every kind has its share."""
    if limit is None or limit >= len(cases):
        return list(cases)
    return [cases[place * len(cases) // limit] for place in range(limit)]


def measure_suite(suite: AnswerSuite, ground: Ground, bench: AnswerBench) -> list[AnswerSuiteResult]:
    """Ask every question of a suite, look at the answer from outside, and time it.

    With a language model the baseline is asked too, question by question in turns, and has a result of its own.
    """
    cases = spread(suite.cases(bench.data), bench.limit)
    ask_and_time(ground, cases[0], 0)  # so that nothing is loaded while the clock runs
    questions: list[AnsweredQuestion] = []
    others: list[AnsweredQuestion] = []
    for number, case in enumerate(cases, start=1):
        questions.append(looked_at(case, ask_and_time(ground, case, number), ground.outside))
        if ground.baseline is not None:
            others.append(_of_baseline(case, ground, ground.baseline))
        if number % _TOLD_EVERY_QUESTIONS == 0 or number == len(cases):
            bench.tell(f"{suite.name}: {number} of {len(cases)} questions")
    measured = [(bench.writer, questions), (BASELINE, others)]
    return [_result(suite.name, suite.about, suite.library, ground, who, asked) for who, asked in measured if asked]


def _of_baseline(case: AnswerCase, ground: Ground, ask: Callable[[str], CitedText]) -> AnsweredQuestion:
    start = time.perf_counter()
    read = ask(case.question)
    whole = (time.perf_counter() - start) * _MILLISECONDS
    floor = _milliseconds(lambda: ground.floor(case.question))
    return baseline_looked_at(case, read, (whole, floor), by_passages(ground.outside.judge))


def ask_and_time(ground: Ground, case: AnswerCase, turn: int) -> Timed:
    """Answer a question as a user would wait for it; the floor is timed before or after it, in turns."""
    floor = _milliseconds(lambda: ground.floor(case.question)) if turn % 2 else 0.0
    start = time.perf_counter()
    growing = ground.book(case.scope.today if case.scope else None).stream(case.question)
    answer = next(growing)
    first = (time.perf_counter() - start) * _MILLISECONDS
    *_, answer = (answer, *growing)
    whole = (time.perf_counter() - start) * _MILLISECONDS
    return Timed(answer, first, whole, floor or _milliseconds(lambda: ground.floor(case.question)))


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * _MILLISECONDS


# ---- the whole


def _dialogues(ground: Ground, bench: AnswerBench) -> AnswerSuiteResult:
    """The conversations, each turn after Daybook's own answers; right where all expected papers are cited."""
    report = measure_dialogues(ground.book(), read_turns(), bench.tell)
    questions = []
    for result in report.results:
        turn = result.turn
        kind = "follow-up" if result.place else "first"
        case = AnswerCase(turn.id, kind, turn.question, bool(turn.gold), turn.gold)
        whole, floor = result.answer.timings_ms.get("total", 0.0), _milliseconds(partial(ground.floor, turn.question))
        asked = looked_at(case, Timed(result.answer, whole, whole, floor), ground.outside)
        questions.append(replace(asked, values={**asked.values, "follow-up right": float(result.is_right)}))
    about = "Conversations: every turn after the answers before it."
    return _result(DIALOGUES, about, "five-days", ground, bench.writer, questions)


def _result(  # noqa: PLR0913, PLR0917 - the parts of one record
    suite: str, about: str, library: str, ground: Ground, writer: str, questions: Sequence[AnsweredQuestion]
) -> AnswerSuiteResult:
    floors = [one.floor_milliseconds for one in questions]
    return AnswerSuiteResult(
        suite,
        about,
        library,
        len(ground.outside.papers),
        writer,
        JUDGE,
        ground.bench.version,
        datetime.now(UTC).isoformat(timespec="seconds"),
        means_by_kind(questions),
        fault_counts(questions),
        sum(one.citations for one in questions),
        latency([one.first_milliseconds for one in questions], floors),
        latency([one.milliseconds for one in questions], floors),
        tuple(questions),
    )


def abstention_outcomes(results: Sequence[AnswerSuiteResult]) -> list[tuple[bool, bool]]:
    """Whether each question has an answer and whether it was refused, where the former is known."""
    return [
        (one.is_answerable, one.abstained)
        for result in results
        for one in result.questions
        if one.is_answerable is not None
    ]
