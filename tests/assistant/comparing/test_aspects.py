"""Aspects that the user names."""

import pytest

from assistant import Daybook
from assistant.comparing.aspects import aspect_cell, column_of, is_known_aspect
from tests.assistant.comparing.conftest import GULL, KITE, OWL, SWAN, read


@pytest.mark.parametrize(
    ("aspect", "arxiv_id", "quote"),
    [
        ("speed", KITE, "runs at 40 FPS"),
        ("speed", GULL, ""),
        ("model size", SWAN, "4.2M parameters"),
        ("model size", OWL, ""),
        ("training data", KITE, "trained on 5,200 videos"),
        ("training data", OWL, ""),
        ("loss function", OWL, "how a loss function helps"),
        ("loss function", GULL, ""),
        ("accuracy", GULL, "64.0% accuracy"),
        ("wind", KITE, "remembers the wind"),
        ("wind", SWAN, ""),
        ("flock behaviour", KITE, ""),
    ],
)
def test_an_aspect_is_told_by_its_sentence_or_by_none(birds: Daybook, aspect: str, arxiv_id: str, quote: str) -> None:
    told = " ".join(sentence.text for sentence in aspect_cell(aspect, read(birds, arxiv_id), birds.library))
    assert quote in told
    assert bool(told) == bool(quote)


def test_what_others_do_is_no_aspect_of_a_paper(birds: Daybook) -> None:
    told = aspect_cell("robustness to clouds", read(birds, KITE), birds.library)
    assert all("existing trackers" not in sentence.text for sentence in told)


@pytest.mark.parametrize(
    ("aspect", "column"),
    [("results", "results"), ("the data sets", "data"), ("task", "problem"), ("Code", "code"), ("training data", None)],
)
def test_some_aspects_are_other_words_for_a_column(aspect: str, column: str | None) -> None:
    assert column_of(aspect) == column


def test_known_aspects_are_told_from_parts_of_a_name() -> None:
    assert all(map(is_known_aspect, ["speed", "training data", "mAP", "results", "model size"]))
    assert not any(map(is_known_aspect, ["active learning", "people walking through the snow at great speed"]))
