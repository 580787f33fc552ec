"""The file of what was learned fits the code that uses it."""

import json
from importlib.resources import files

import numpy as np
import pytest

from assistant.learned.heads import Head, probability, trained_heads
from assistant.reading.grading import GRADE_FEATURES, PAPER_FEATURES
from assistant.reading.listing import LIST_FEATURES
from assistant.reading.scoring import SENTENCE_FEATURES
from assistant.reading.wording import WORDINGS
from ingest.cross_encoder import STATE_SIZE
from ingest.embedding import DIMENSIONS

GRADES = len(GRADE_FEATURES)
WITH_STATES = GRADES + 4 * STATE_SIZE
USED = {
    "reader sentence": len(SENTENCE_FEATURES) + STATE_SIZE,
    "reader paper": len(PAPER_FEATURES),
    "reader held": GRADES,
    "reader surely held": GRADES,
    "reader answered": WITH_STATES,
    "reader follow-up": WITH_STATES,
    "cosine sentence": len(SENTENCE_FEATURES),
    "cosine paper": len(PAPER_FEATURES),
    "cosine held": GRADES,
    "cosine surely held": GRADES,
    "cosine answered": GRADES,
    "cosine follow-up": GRADES,
    "listed": len(LIST_FEATURES) + STATE_SIZE,
    "overview question": WORDINGS + DIMENSIONS,
}
"""Every head that the code asks for, and of how many features."""


def test_the_file_has_the_heads_that_are_used_and_no_other() -> None:
    with (files("assistant.learned") / "heads.npz").open("rb") as file, np.load(file) as kept:
        shapes = {name: kept[name].shape for name in kept}
        assert all(np.isfinite(kept[name]).all() for name in kept)
    assert shapes == {name: (count + 2,) for name, count in USED.items()}


@pytest.mark.parametrize("name", USED)
def test_a_head_weighs_as_many_features_as_it_is_given(name: str) -> None:
    head = trained_heads()[name]
    cases = np.zeros((3, USED[name]), dtype=np.float32)
    assert head.log_odds(cases) == pytest.approx([head.bias] * 3)
    assert np.isfinite(head.cut)


def test_a_head_that_is_lenient_to_follow_ups_is_the_one_that_answers_with_a_lower_cut() -> None:
    for name in ("reader", "cosine"):
        answered, lenient = trained_heads()[f"{name} answered"], trained_heads()[f"{name} follow-up"]
        assert (answered.weights == lenient.weights).all()
        assert lenient.cut < answered.cut
        assert trained_heads()[f"{name} held"].cut < trained_heads()[f"{name} surely held"].cut


@pytest.mark.parametrize("features", [SENTENCE_FEATURES, GRADE_FEATURES, PAPER_FEATURES, LIST_FEATURES])
def test_the_report_names_the_features_in_their_order(features: tuple[str, ...]) -> None:
    report = json.loads((files("assistant.learned") / "heads.json").read_text(encoding="utf-8"))
    assert list(features) in list(report["features"].values())


def test_a_head_adds_up_weights_and_bias() -> None:
    head = Head(np.array([1.0, -2.0], dtype=np.float32), 0.5, 0.0)
    assert head.log_odds(np.array([3.0, 1.0], dtype=np.float32)) == pytest.approx(1.5)
    assert head.log_odds(np.array([[3.0, 1.0], [0.0, 0.0]], dtype=np.float32)) == pytest.approx([1.5, 0.5])
    assert (probability(0.0), probability(800.0)) == (0.5, 1.0)
