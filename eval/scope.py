"""How well the limits of questions are understood, and whether answers keep to them.

The cases were written for the library of the five days of 2019 to 2021 and of January to April 2019.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from assistant.answer import Answer
from assistant.engine.daybook import Daybook
from assistant.language.days import Period
from assistant.question.scope import Scope, read_scope
from eval.lines import OWN_CASES, json_lines
from eval.reader import reader
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.listings import Holdings
from ingest.paper import Block, StoredPaper

_MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class ScopeCase:
    """A question asked on a day, and the limits that a person reads in it; None and False set none.

    A day may answer if `periods` hold it, where there are any, and `without` do not. `rest`, where given, is the
    question that is left.
    """

    id: str
    question: str
    today: date
    periods: tuple[Period, ...] | None = None
    without: tuple[Period, ...] = ()
    arxiv_ids: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    block: Block | None = None
    with_code: bool | None = None
    rest: str | None = None

    @property
    def sets_limit(self) -> bool:
        """Whether the question sets any limit."""
        return bool(self.periods or self.without or self.arxiv_ids or self.categories or self.block or self.with_code)

    def allows_day(self, day: date) -> bool:
        """Whether papers of a day may answer."""
        is_asked = self.periods is None or any(day in period for period in self.periods)
        return is_asked and not any(day in period for period in self.without)

    def allows(self, stored: StoredPaper) -> bool:
        """Whether a paper may answer."""
        if self.arxiv_ids is not None and stored.paper.arxiv_id not in self.arxiv_ids:
            return False
        if self.with_code is not None and self.with_code != any(link.is_code for link in stored.paper.links):
            return False
        return any(
            self.allows_day(listing.day)
            and (self.categories is None or listing.category in self.categories)
            and (self.block is None or listing.block == self.block)
            for listing in stored.listings
        )


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """What was read and what was answered; `wrong` and `wrong_rests` are lines for a person."""

    cases: int
    cases_without_limit: int
    right: int
    wrong: tuple[str, ...]
    rests: int
    wrong_rests: tuple[str, ...]
    papers_shown: int
    outside: tuple[str, ...]
    median_microseconds: float
    slowest_microseconds: float

    def lines(self) -> list[str]:
        """The report for a person."""
        return [
            f"questions                {self.cases}, of them {self.cases_without_limit} that set no limit",
            f"limits read right        {self.right} ({self.right / max(self.cases, 1):.3f})",
            f"rests as expected        {self.rests - len(self.wrong_rests)} of {self.rests}",
            f"papers cited or nearest  {self.papers_shown}, {len(self.outside)} of them outside of the limits",
            f"reading a question       {self.median_microseconds:.0f} µs, {self.slowest_microseconds:.0f} µs at most",
            *(f"wrong: {line}" for line in self.wrong),
            *(f"rest: {line}" for line in self.wrong_rests),
            *(f"outside: {line}" for line in self.outside),
        ]


def read_cases() -> list[ScopeCase]:
    """The cases that the package brings."""
    return [_case(line) for line in json_lines(OWN_CASES / "scope.jsonl")]


def _case(data: dict[str, Any]) -> ScopeCase:
    expected = data["expected"]
    return ScopeCase(
        data["id"],
        data["question"],
        date.fromisoformat(data["today"]),
        periods=_periods(expected["periods"]) if "periods" in expected else None,
        without=_periods(expected.get("without", ())),
        arxiv_ids=frozenset(expected["ids"]) if "ids" in expected else None,
        categories=frozenset(expected["categories"]) if "categories" in expected else None,
        block=Block(expected["block"]) if "block" in expected else None,
        with_code=expected.get("with_code"),
        rest=data.get("rest"),
    )


def _periods(pairs: Iterable[Sequence[str]]) -> tuple[Period, ...]:
    return tuple(Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs)


def is_read_right(case: ScopeCase, scope: Scope, held: Sequence[date]) -> bool:
    """Whether a scope allows what the case allows of the held days, and sets no limit where the case has none."""
    allowed = frozenset(day for day in held if case.allows_day(day))
    read_days = frozenset(held) if scope.days is None else scope.days
    expected = (allowed, case.arxiv_ids, case.categories, case.block, case.with_code)
    read = (read_days, scope.arxiv_ids, scope.categories, scope.block, scope.with_code)
    return expected == read and (case.sets_limit or (scope.is_open and not scope.description))


def measure(
    library: Library, embedder: Embedder, cases: Sequence[ScopeCase], tell: Callable[[str], None]
) -> ScopeReport:
    """Read every case, then really ask each and look at every paper that is cited or named as near."""
    holdings = library.holdings()
    read = [(case, *_read(case, holdings)) for case in cases]
    tell(f"{len(cases)} questions read; now each is asked")
    shown = [(case, _shown(library, _answer(library, embedder, case))) for case in cases]
    right = [is_read_right(case, scope, holdings.days) for case, scope, _ in read]
    with_rest = [(case, scope) for case, scope, _ in read if case.rest is not None]
    spent = [microseconds for *_, microseconds in read] or [0.0]
    return ScopeReport(
        cases=len(cases),
        cases_without_limit=sum(not case.sets_limit for case in cases),
        right=sum(right),
        wrong=tuple(
            f"{case.id}: {case.question} – read as: {scope.description or 'no limit'}"
            for (case, scope, _), is_right in zip(read, right, strict=True)
            if not is_right
        ),
        rests=len(with_rest),
        wrong_rests=tuple(f"{case.id}: {scope.rest}" for case, scope in with_rest if scope.rest != case.rest),
        papers_shown=sum(len(papers) for _, papers in shown),
        outside=tuple(
            f"{case.id}: arXiv:{stored.paper.arxiv_id}"
            for case, papers in shown
            for stored in papers
            if not case.allows(stored)
        ),
        median_microseconds=median(spent),
        slowest_microseconds=max(spent),
    )


def _read(case: ScopeCase, holdings: Holdings) -> tuple[Scope, float]:
    start = time.perf_counter()
    scope = read_scope(case.question, holdings, case.today)
    return scope, (time.perf_counter() - start) * _MICROSECONDS


def _answer(library: Library, embedder: Embedder, case: ScopeCase) -> Answer:
    return Daybook(library, lambda: embedder, lambda: case.today, load_reader=reader).ask(case.question)


def _shown(library: Library, answer: Answer) -> list[StoredPaper]:
    named = [*(cited.arxiv_id for cited in answer.references), *(near.arxiv_id for near in answer.nearest)]
    return list(library.database.papers_by_id(named).values())
