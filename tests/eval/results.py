"""Invented results of a suite, made of ranks alone."""

from collections.abc import Mapping, Sequence

from eval.metrics import first_rank, score
from eval.results import QuestionResult, Ranking, SuiteResult, Version
from eval.retrieval import system_results

GOLD = "2101.00001"
CLEAN = Version("abc", is_dirty=False)


def ranking(rank: int | None, milliseconds: float = 8.0) -> Ranking:
    """Papers of which the gold one stands at a rank."""
    found = [f"2102.{number:05}" for number in range(99)]
    if rank:
        found.insert(rank - 1, GOLD)
    grades = {GOLD: 1.0}
    return Ranking(tuple(found[:10]), first_rank(found, grades), {GOLD: rank}, score(found, grades), milliseconds)


def suite_result(
    ranks: Mapping[str, Sequence[int | None]],
    *,
    suite: str = "single",
    version: Version = CLEAN,
    title: str = "A paper",
) -> SuiteResult:
    """A result in which each system gave the gold paper of each question these ranks."""
    count = len(next(iter(ranks.values())))
    questions = tuple(
        QuestionResult(
            f"q{place}",
            f"Question {place}?",
            {GOLD: 1.0},
            None,
            4.0,
            {name: ranking(given[place]) for name, given in ranks.items()},
        )
        for place in range(count)
    )
    titles = {paper: title for one in questions for found in one.rankings.values() for paper in [*found.top, GOLD]}
    return SuiteResult(
        suite,
        "Invented.",
        "five-days",
        "invented papers",
        100,
        suite == "day",
        version,
        "2026-11-20T15:00:00+00:00",
        10_000,
        system_results(questions),
        questions,
        titles,
    )
