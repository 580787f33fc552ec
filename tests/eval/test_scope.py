"""Scope cases: what they allow, what counts as read right, and that most of them are."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.language.days import Period
from assistant.question.scope import Scope, read_scope
from eval.scope import ScopeCase, is_read_right, measure, read_cases
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.listings import Holdings
from ingest.paper import Block
from tests.assistant.conftest import stored_paper

FIRST, SECOND = date(2021, 1, 4), date(2021, 1, 5)
HELD = (FIRST, SECOND)
CASE = ScopeCase("s1", "Which kites?", SECOND)
FIVE_DAYS = (date(2019, 5, 29), date(2020, 4, 2), date(2020, 5, 25), date(2020, 11, 19), date(2021, 4, 22))
CASES = read_cases()
MOST_MISREAD = 0.03  # of the cases; the trained reader has seen them, and misreads .02


def weekdays(first: date, last: date) -> tuple[date, ...]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5)


HOLDINGS = Holdings((*weekdays(date(2019, 1, 3), date(2019, 4, 30)), *FIVE_DAYS), frozenset({"cs.CV"}))


@pytest.mark.parametrize(
    ("case", "scope", "is_right"),
    [
        (CASE, Scope("Which kites?"), True),
        (CASE, Scope("Which kites?", with_code=True), False),
        (CASE, Scope("Which kites?", description="2021"), False),
        (replace(CASE, periods=(Period(FIRST, FIRST),)), Scope("", frozenset({FIRST})), True),
        (replace(CASE, periods=(Period(FIRST, FIRST),)), Scope(""), False),
        (replace(CASE, periods=(Period(FIRST, SECOND),)), Scope("", description="2021"), True),
        (replace(CASE, without=(Period(FIRST, FIRST),)), Scope("", frozenset({SECOND})), True),
        (replace(CASE, arxiv_ids=frozenset({"1"})), Scope("", arxiv_ids=frozenset({"1", "2"})), False),
        (replace(CASE, block=Block.NEW), Scope("", block=Block.NEW), True),
        (replace(CASE, block=Block.NEW), Scope("", block=Block.CROSS_LISTED), False),
    ],
)
def test_what_counts_as_read_right(case: ScopeCase, scope: Scope, is_right: bool) -> None:
    assert is_read_right(case, scope, HELD) is is_right


def test_a_case_allows_papers_by_one_of_their_listings() -> None:
    paper = stored_paper(day=FIRST)
    assert CASE.allows(paper)
    assert replace(CASE, periods=(Period(FIRST, FIRST),), block=Block.NEW, categories=frozenset({"cs.CV"})).allows(
        paper
    )
    for case in (
        replace(CASE, periods=(Period(SECOND, SECOND),)),
        replace(CASE, without=(Period(FIRST, FIRST),)),
        replace(CASE, block=Block.CROSS_LISTED),
        replace(CASE, categories=frozenset({"cs.LG"})),
        replace(CASE, arxiv_ids=frozenset({"2101.00002"})),
        replace(CASE, with_code=True),
    ):
        assert not case.allows(paper)


def test_there_are_enough_cases_and_traps() -> None:
    assert len({case.id for case in CASES}) == len({case.question for case in CASES}) == len(CASES) >= 130
    assert sum(not case.sets_limit for case in CASES) >= 35


def test_nearly_all_cases_are_read_as_people_read_them() -> None:
    wrong = []
    for case in CASES:
        scope = read_scope(case.question, HOLDINGS, case.today)
        if not is_read_right(case, scope, HOLDINGS.days):
            wrong.append(f"{case.id}: {case.question} | {scope.description}")
    assert len(wrong) <= MOST_MISREAD * len(CASES), "\n".join(wrong)


def test_measuring_asks_every_case_and_finds_what_is_outside(
    library: Library, real_embedder: OnnxEmbedding, sample_folder: Path
) -> None:
    Daybook(library, lambda: real_embedder).ingest([sample_folder])
    day = Period(date(2026, 11, 3), date(2026, 11, 3))
    question = "Which papers of 3 November 2026 treat polyp segmentation in colonoscopy video?"
    asked = ScopeCase("a", question, SECOND, periods=(day,))
    misread = ScopeCase("b", "Which papers treat polyps?", SECOND, periods=(day,))
    report = measure(library, real_embedder, [asked, misread, CASE], lambda _: None)
    assert (report.cases, report.cases_without_limit, report.right) == (3, 1, 2)
    assert [line[:2] for line in report.wrong] == ["b:"]
    assert {line[:2] for line in report.outside} == {"b:"}
    assert report.papers_shown > len(report.outside)
    assert "limits read right        2 (0.667)" in report.lines()
