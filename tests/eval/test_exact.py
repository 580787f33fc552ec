"""Exact cases: what counts as right, and that the measurement counts it."""

from datetime import date
from typing import Any

import pytest

from assistant import Answer, Daybook, Reference
from eval.exact import ExactCase, is_right, measure, read_cases
from ingest.embedding import OnnxEmbedding
from ingest.library import Library

CASES = read_cases()
REFERENCES = tuple(Reference(n, f"2101.0000{n}", "T", date(2021, 1, 4), "https://arxiv.org") for n in (1, 2))
ANSWER = Answer(
    "Q",
    "",
    abstained=False,
    facts=("The library holds 42 papers (4 Jan 2021): 30 new. See “9 Lives”.",),
    references=REFERENCES,
)


@pytest.mark.parametrize(
    ("expected", "is_so"),
    [
        ({"count": 42}, True),
        ({"count": 30}, False),
        ({"count": 9}, False),
        ({"count": 42, "numbers": [30]}, True),
        ({"numbers": [31]}, False),
        ({"days": ["2021-01-04"]}, True),
        ({"days": ["2021-01-05"]}, False),
        ({"ids": ["2101.00001", "2101.00002"]}, True),
        ({"ids": ["2101.00002", "2101.00001"]}, False),
        ({"ids": ["2101.00001"]}, False),
        ({"says": ["Lives"]}, True),
        ({"says": ["Deaths"]}, False),
        ({"yes": True}, True),
        ({"yes": False}, False),
    ],
)
def test_what_counts_as_right(expected: dict[str, Any], is_so: bool) -> None:
    case = ExactCase("e", "five-days", "Q", expected)
    assert is_right(case, ANSWER) is is_so
    assert not is_right(case, None)


def test_a_trap_is_right_where_it_is_left_alone() -> None:
    case = ExactCase("e", "five-days", "Q", None)
    assert is_right(case, None)
    assert not is_right(case, ANSWER)


def test_there_are_enough_cases_and_traps() -> None:
    assert len({case.id for case in CASES}) == len({case.question for case in CASES}) == len(CASES) >= 150
    assert sum(case.expected is None for case in CASES) >= 35


def test_measuring_tells_wrong_answers_and_hijacked_questions(
    library: Library, sample_folder: Any, real_embedder: OnnxEmbedding
) -> None:
    Daybook(library, lambda: real_embedder).ingest([sample_folder])
    cases = [
        ExactCase("a", "sample", "How many papers are there?", {"count": 42}),
        ExactCase("b", "sample", "How many papers are there?", {"count": 41}),
        ExactCase("c", "sample", "How many papers are in the library?", None),
        ExactCase("d", "sample", "How does WakeMem remember lost vessels?", None),
    ]
    report = measure({"sample": library}, real_embedder, cases, lambda _: None)
    assert (report.questions, report.traps) == (2, 2)
    assert [line[:2] for line in (*report.wrong, *report.hijacked)] == ["b:", "c:"]
    assert "answered exactly         1 (0.500)" in report.lines()
