"""Training the cells: what is fitted, what is chosen, and what counts as gold."""

import numpy as np
import pytest

from assistant.reading.evidence import Passages
from eval.cells_data import GoldCells
from eval.train_cells import chosen, fit, grams, vocabulary

TEXT = Passages.of("Owls are hard to see. We propose a lamp for owls. Experiments show that it works.", "A Lamp")


def test_a_regression_tells_what_is_true_from_what_is_not() -> None:
    matrix = np.array([[0.0, 5.0], [1.0, 5.0], [10.0, 5.0], [11.0, 5.0]])
    odds = fit(matrix, np.array([0.0, 0.0, 1.0, 1.0]), 1.0).log_odds(matrix)
    assert (odds > 0).tolist() == [False, False, True, True]


def test_a_share_of_a_half_counts_both_ways() -> None:
    matrix = np.array([[0.0], [1.0], [0.0], [1.0]])
    even = fit(matrix, np.array([0.5, 0.5, 0.5, 0.5]), 1.0)
    assert np.allclose(even.log_odds(matrix), 0.0, atol=1e-3)


@pytest.mark.parametrize(
    ("odds", "cut", "numbers"),
    [
        ([0.2, 3.0, 1.5], 0.0, {1, 2}),
        ([0.2, 3.0, 0.5], 0.0, {1}),
        ([-1.0, -2.0, -3.0], 0.0, set()),
        ([-1.0, -2.0, -3.0], -100.0, {0}),
    ],
)
def test_a_cell_has_the_best_and_one_that_is_as_sure(odds: list[float], cut: float, numbers: set[int]) -> None:
    assert chosen(np.array(odds), cut, 1.0) == numbers


@pytest.mark.parametrize(
    ("source", "problem"), [("cases/comparisons", [True, False, False]), ("training/x", [True, True])]
)
def test_a_proposal_is_no_problem_of_the_older_cases(source: str, problem: list[bool]) -> None:
    cells = {"problem": frozenset({0, 1}), "method": frozenset({1})}
    labels = GoldCells(source, "2101.00001", TEXT, {**cells, "data": frozenset(), "results": frozenset()}).labels(
        "problem"
    )
    assert labels.tolist()[: len(problem)] == problem


def test_only_what_is_not_rare_is_counted() -> None:
    features = vocabulary([TEXT] * 20)
    held = grams([TEXT], features)
    assert held.matrix.shape == (3, len(features))
    assert len(vocabulary([TEXT])) < len(features)
