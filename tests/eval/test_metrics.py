import math

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import METRICS, Estimate, estimate, estimates, first_rank, hit, ndcg, recall, reciprocal_rank, score

PAPERS = [f"p{number}" for number in range(15)]
GRADES = st.dictionaries(st.sampled_from(PAPERS), st.integers(0, 3).map(float), max_size=8)
RANKINGS = st.permutations(PAPERS).flatmap(lambda order: st.integers(0, len(order)).map(lambda n: order[:n]))


def test_values_computed_by_hand() -> None:
    ranking, grades = ["a", "b", "c", "d"], {"b": 1.0, "d": 1.0, "z": 1.0, "a": 0.0}
    assert first_rank(ranking, grades) == 2
    assert [hit(ranking, grades, depth) for depth in (1, 2, 10)] == [0, 1, 1]
    assert [reciprocal_rank(ranking, grades, depth) for depth in (1, 10)] == [0, 0.5]
    assert recall(ranking, grades, 100) == pytest.approx(2 / 3)
    found, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(ranking, grades, 10) == pytest.approx(found / ideal)


def test_grades_are_gains_and_the_ideal_counts_all_that_was_judged() -> None:
    grades = {"a": 1.0, "b": 3.0, "c": 2.0}
    assert ndcg(["a", "b"], grades, 10) == pytest.approx(
        (1 + 3 / math.log2(3)) / (3 + 2 / math.log2(3) + 1 / math.log2(4))
    )
    assert ndcg(["b", "c"], grades, 2) == 1
    assert ndcg(["a", "b"], grades, 1) == pytest.approx(1 / 3)


def test_below_the_depth_nothing_counts() -> None:
    ranking, grades = [*PAPERS[:10], "gold"], {"gold": 1.0}
    assert score(ranking, grades) == {"hit@1": 0, "hit@10": 0, "MRR@10": 0, "nDCG@10": 0, "recall@100": 1}
    assert first_rank(ranking, grades) == 11


def test_without_a_relevant_paper_or_a_ranking_every_metric_is_0() -> None:
    assert set(score(PAPERS, {}).values()) == set(score([], {"a": 1.0}).values()) == {0}
    assert first_rank([], {"a": 1.0}) is None


def test_a_ranking_that_names_a_paper_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        score(["a", "b", "a"], {"a": 1.0})


@given(RANKINGS, GRADES)
def test_every_metric_lies_between_0_and_1_and_agrees_with_trec_eval(
    ranking: list[str], grades: dict[str, float]
) -> None:
    ours = score(ranking, grades)
    assert all(0 <= value <= 1 + 1e-9 for value in ours.values())
    judged = {paper: int(grade) for paper, grade in grades.items()}
    if not ranking or not any(judged.values()):
        assert set(ours.values()) == {0}
        return
    evaluator = pytrec_eval.RelevanceEvaluator(
        {"q": judged}, {"success.1", "success.10", "ndcg_cut.10", "recall.100", "recip_rank"}
    )
    theirs = evaluator.evaluate({"q": {paper: -float(place) for place, paper in enumerate(ranking)}})["q"]
    cut = evaluator.evaluate({"q": {paper: -float(place) for place, paper in enumerate(ranking[:10])}})["q"]
    assert ours == pytest.approx(
        {
            "hit@1": theirs["success_1"],
            "hit@10": theirs["success_10"],
            "MRR@10": cut["recip_rank"],
            "nDCG@10": theirs["ndcg_cut_10"],
            "recall@100": theirs["recall_100"],
        }
    )


@given(st.permutations(PAPERS), GRADES, st.integers(0, 13))
def test_moving_a_better_paper_up_never_makes_a_metric_worse(
    ranking: list[str], grades: dict[str, float], place: int
) -> None:
    upper, lower = ranking[place], ranking[place + 1]
    if grades.get(lower, 0) <= grades.get(upper, 0):
        return
    better = [*ranking[:place], lower, upper, *ranking[place + 2 :]]
    before, after = score(ranking, grades), score(better, grades)
    assert all(after[name] >= before[name] - 1e-12 for name in METRICS)


@given(GRADES)
def test_the_best_order_has_the_full_gain(grades: dict[str, float]) -> None:
    ranking = sorted(PAPERS, key=lambda paper: -grades.get(paper, 0))
    assert ndcg(ranking, grades, 10) == pytest.approx(float(any(grades.values())))


# ---- intervals


def test_the_interval_of_a_mean_is_that_of_the_normal_law_where_it_should_be() -> None:
    values = np.random.default_rng(1).normal(5, 2, size=400)
    found = estimate(values.tolist())
    error = values.std() / math.sqrt(400)
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_the_same_seed_gives_the_same_interval_and_equal_values_none() -> None:
    values = np.random.default_rng(3).uniform(size=20).tolist()
    assert estimate(values) == estimate(values) != estimate(values, seed=1)
    assert estimate([0.25] * 8) == Estimate(0.25, 0.25, 0.25)


def test_columns_share_their_draws() -> None:
    """So the interval of a column of differences is the paired one: narrower than the two columns' own."""
    first = np.random.default_rng(2).uniform(size=50)
    both = np.stack([first, first + 0.1, np.full(50, 0.1)], axis=1)
    one, other, difference = estimates(both)
    assert [difference.low, difference.high] == pytest.approx([0.1, 0.1])
    assert other.low - one.low == pytest.approx(0.1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_holds_the_mean_or_touches_it(values: list[float]) -> None:
    found = estimate(values, resamples=500)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found.low - 1e-9 <= found.mean + (max(values) - min(values)) / 2
    assert found.high + 1e-9 >= found.mean - (max(values) - min(values)) / 2


def test_a_difference_is_clear_where_the_interval_leaves_0_out() -> None:
    assert [Estimate(0.1, low, high).is_clear for low, high in ((0.01, 0.2), (-0.2, -0.1), (-0.1, 0.3), (0, 0.3))] == [
        True,
        True,
        False,
        False,
    ]


def test_no_question_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no question"):
        estimate([])
