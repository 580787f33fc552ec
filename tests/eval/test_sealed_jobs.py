"""Figures of requests and turns."""

from dataclasses import replace

import pytest

from eval.sealed_cases import SealedQuestion
from eval.sealed_jobs import has_right_limits, is_right_turn, job_figures, turn_figures
from eval.sealed_outcomes import Asked, Grade, Outcome

DAY = {"periods": [["2020-05-25", "2020-05-25"]], "blocks": [], "categories": [], "code": False, "ids": []}
REQUEST = SealedQuestion("j1", "job", "terse", "five-days", "?", job="facts", limits={"periods": DAY["periods"]})
SAID = Outcome(Grade.ANSWERED, listed=("a", "b"), job="facts", limits=DAY, text="The library holds 42 papers.")


@pytest.mark.parametrize(
    ("limits", "is_right"),
    [
        (DAY, True),
        (DAY | {"code": True}, False),
        (DAY | {"blocks": ["new"]}, False),
        (DAY | {"periods": []}, False),
        (None, False),
    ],
)
def test_all_limits_have_to_be_right(limits: dict[str, object] | None, is_right: bool) -> None:
    assert has_right_limits(Asked(REQUEST, replace(SAID, limits=limits))) is is_right


def test_an_open_end_is_written_in_more_than_one_way() -> None:
    asked = replace(REQUEST, limits={"periods": [["0001-01-01", "2020-05-25"]]})
    said = replace(SAID, limits=DAY | {"periods": [["1991-01-01", "2020-05-25"]]})
    assert has_right_limits(Asked(asked, said))


def test_requests_are_counted_by_job_and_by_whether_they_set_limits() -> None:
    free = replace(REQUEST, id="j2", job="help", limits={})
    figures = {
        (one.group, one.name): one.value
        for one in job_figures([Asked(REQUEST, SAID), Asked(free, replace(SAID, limits=DAY))])
    }
    assert figures["all", "routed right"] == 0.5
    assert (figures["facts", "routed right"], figures["help", "routed right"]) == (1, 0)
    assert (figures["all", "limits right"], figures["all", "limits right, of those that set one"]) == (0.5, 1)


TURN = replace(REQUEST, kind="turn", conversation="v")


@pytest.mark.parametrize(
    ("turn", "said", "is_right"),
    [
        (replace(TURN, papers=("a",), job="ask"), SAID, True),
        (replace(TURN, papers=("b",), job="ask"), SAID, False),
        (replace(TURN, papers=("b", "c", "d"), job="list"), SAID, False),
        (replace(TURN, papers=("b", "c"), job="list"), SAID, True),
        (replace(TURN, papers=("a", "b"), job="compare"), replace(SAID, rows=("b", "a")), True),
        (replace(TURN, papers=("a", "b"), job="compare"), replace(SAID, rows=("b",)), False),
        (replace(TURN, value="42"), SAID, True),
        (replace(TURN, value="43"), SAID, False),
        (TURN, SAID, True),
        (TURN, replace(SAID, job="day"), False),
    ],
)
def test_a_turn_is_right_by_its_papers_its_value_or_its_job(
    turn: SealedQuestion, said: Outcome, is_right: bool
) -> None:
    assert is_right_turn(Asked(turn, said)) is is_right


def test_later_turns_are_counted_apart() -> None:
    turns = [
        Asked(replace(TURN, id="v-1"), SAID),
        Asked(replace(TURN, id="v-2", refers=True), replace(SAID, job="ask")),
        Asked(replace(TURN, id="v-3"), SAID),
    ]
    figures = {one.name: (one.value, one.n) for one in turn_figures(turns)}
    assert figures["first turns right"] == (1, 1)
    assert figures["later turns right"] == (0.5, 2)
    assert figures["later turns that refer back, right"] == (0, 1)
