"""How exactly questions about the library itself are answered, and whether others are left alone.

What is expected was counted in the digests' raw files, not by the library.
"""

import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dateutil import parser

from assistant.answer import Answer
from assistant.engine.plan import plan
from assistant.facts import answer_facts
from assistant.finding.retrieval import HybridRetriever
from eval.lines import OWN_CASES, json_lines
from ingest.embedding import Embedder
from ingest.library import Library

_ASIDE = re.compile(r"\([^()]*\)|“[^”]*”")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_DAY = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
_NO = re.compile(r"No\b|The library does not hold|There is no\b")
_TIMINGS = 3


@dataclass(frozen=True, slots=True)
class ExactCase:
    """A question over a corpus, and what its exact answer states; `expected` is None for a question of another kind.

    `count` is the first number, `numbers` stand too, `days` (ISO 8601) are all that are named, `ids` all papers in
    order, `says` are texts, and `yes` tells whether the library holds what is asked for.
    """

    id: str
    library: str
    question: str
    expected: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ExactReport:
    """What was answered; `wrong` and `hijacked` are lines for a person."""

    questions: int
    wrong: tuple[str, ...]
    traps: int
    hijacked: tuple[str, ...]
    p95_embeddings: float

    def lines(self) -> list[str]:
        """The report for a person."""
        right, alone = self.questions - len(self.wrong), self.traps - len(self.hijacked)
        return [
            f"exact questions          {self.questions}",
            f"answered exactly         {right} ({right / max(self.questions, 1):.3f})",
            f"other questions          {self.traps}",
            f"left alone               {alone} ({alone / max(self.traps, 1):.3f})",
            f"time, p95                {self.p95_embeddings:.2f} question embeddings",
            *(f"wrong: {line}" for line in self.wrong),
            *(f"hijacked: {line}" for line in self.hijacked),
        ]


def read_cases() -> list[ExactCase]:
    """The cases that the package brings."""
    return [ExactCase(**line) for line in json_lines(OWN_CASES / "exact.jsonl")]


def measure(
    libraries: Mapping[str, Library], embedder: Embedder, cases: Sequence[ExactCase], tell: Callable[[str], None]
) -> ExactReport:
    """Ask every case of its library, by the corpus's name."""
    answered = [(case, *_asked(libraries[case.library], embedder, case)) for case in cases]
    tell(f"{len(cases)} questions asked")
    exact = [(case, answer) for case, answer, _ in answered if case.expected is not None]
    traps = [(case, answer) for case, answer, _ in answered if case.expected is None]
    spent = sorted(spent for case, _, spent in answered if case.expected is not None) or [0.0]
    embedding = statistics.median(_milliseconds(partial(embedder.question_vector, case.question)) for case in cases)
    return ExactReport(
        questions=len(exact),
        wrong=tuple(f"{case.id}: {case.question} – {_shown(a)}" for case, a in exact if not is_right(case, a)),
        traps=len(traps),
        hijacked=tuple(f"{case.id}: {case.question} – {_shown(a)}" for case, a in traps if a is not None),
        p95_embeddings=spent[int(len(spent) * 0.95)] / embedding,
    )


def _asked(library: Library, embedder: Embedder, case: ExactCase) -> tuple[Answer | None, float]:
    """The answer, None where the question is read as another job's, and the milliseconds that both took at best."""
    best = float("inf")
    answer = None
    for _ in range(_TIMINGS):
        retriever = HybridRetriever(library, embedder)  # a new one each time: it keeps the vectors of questions
        start = time.perf_counter()
        answer = _answered(library, retriever, case.question)
        best = min(best, (time.perf_counter() - start) * 1000)
    return answer, best


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _answered(library: Library, retriever: HybridRetriever, question: str) -> Answer | None:
    planned = plan(question, (), retriever, library)
    if planned.read.job != "facts" or planned.read.wish is None:
        return None
    return answer_facts(question, planned.read.scope, planned.read.wish, library)


def _shown(answer: Answer | None) -> str:
    return "not answered" if answer is None else " ".join(answer.text.split())[:160]


def is_right(case: ExactCase, answer: Answer | None) -> bool:
    """Whether an answer states exactly what is expected."""
    if answer is None or case.expected is None:
        return answer is None and case.expected is None
    said = " ".join(answer.facts) or answer.text
    numbers = [float(number.replace(",", "")) for number in _NUMBER.findall(_ASIDE.sub("", _DAY.sub("", said)))]
    checks: dict[str, Callable[[Any], bool]] = {
        "count": lambda count: numbers[:1] == [count],
        "numbers": lambda wanted: set(wanted) <= set(numbers),
        "days": lambda wanted: sorted(_days(said)) == sorted(wanted),
        "ids": lambda wanted: [paper.arxiv_id for paper in answer.references] == wanted,
        "says": lambda wanted: all(text in said for text in wanted),
        "yes": lambda held: held is not (answer.abstained or _NO.match(said) is not None),
    }
    return all(checks[name](wanted) for name, wanted in case.expected.items())


def _days(text: str) -> set[str]:
    return {parser.parse(day).date().isoformat() for day in _DAY.findall(text)}
