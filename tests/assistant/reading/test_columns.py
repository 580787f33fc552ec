"""What the sentences of an abstract tell of, by the model that ships."""

import numpy as np

from assistant.reading.columns import (
    COLUMN_FEATURES,
    COLUMNS,
    column_features,
    column_hashes,
    trained_columns,
)
from assistant.reading.evidence import Passages

TEXT = Passages.of(
    "Finding owls at night is hard. We propose OwlNet, a network of two branches. It is trained on the NightBirds"
    " dataset. Experiments show that OwlNet improves accuracy by 3.1%.",
    "OwlNet: Finding Owls",
)


def test_each_sentence_has_log_odds_for_each_column() -> None:
    odds = trained_columns().log_odds(TEXT)
    assert odds.shape == (4, len(COLUMNS))
    assert odds.argmax(axis=0).tolist() == [0, 1, 2, 3]


def test_the_same_text_has_the_same_odds() -> None:
    columns = trained_columns()
    assert np.array_equal(columns.log_odds(TEXT), columns.log_odds(TEXT))


def test_the_heads_are_for_these_features() -> None:
    features = column_features(TEXT, np.zeros((4, len(COLUMNS)), dtype=np.float32), 0)
    assert features.shape == (4, len(COLUMN_FEATURES))
    assert all(len(trained_columns().heads[column].weights) == len(COLUMN_FEATURES) for column in COLUMNS)


def test_all_names_are_alike() -> None:
    one, other = (
        next(column_hashes(Passages.of(f"It is tested on {name} and others."))) for name in ("KITTI", "NuScenes")
    )
    shared = np.intersect1d(one, other)
    assert len(shared) > len(one) / 2
    assert len(shared) < len(one)
