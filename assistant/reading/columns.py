"""What each sentence of an abstract tells of: the problem, the method, the data, the results; without a model's time.

A linear model over the n-grams of a sentence and of its neighbours gives log odds for each column, and a head a column
weighs them beside those of the whole abstract. A cross-encoder that read every sentence added nothing to it:
`columns.json` says what was tried. `daybook eval train-columns` makes both anew.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.heads import Heads
from assistant.learned.linear import Features, kept
from assistant.reading.evidence import Passages
from assistant.reading.scoring import SENTENCE_FEATURES, sentence_features
from ingest.names import TOKEN, looks_like_name
from ingest.roles import features_of

COLUMNS = ("problem", "method", "data", "results")
COLUMN_FEATURES = (
    *SENTENCE_FEATURES,
    *(f"{told} of another column {n}" for told in ("log odds", "below the best") for n in range(1, len(COLUMNS))),
    *(f"best of {column}" for column in COLUMNS),
    "is the best",
)
"""Those of a sentence as of an answer, with the log odds of the n-grams in the place of the reader's logit."""
_WEIGHTS = "columns.npz"
_LONGEST_GRAM = 3
_NAME = "~"


@dataclass(frozen=True, slots=True)
class GramModel:
    """Logistic regressions over binary features.

    `features` are ascending 32-bit hashes of shape [features], `weights` [features, columns], `bias` [columns].
    """

    features: NDArray[np.uint32]
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]

    def log_odds(self, texts: Iterable[NDArray[np.uint32]]) -> Features:
        """The log odds of each text, by its hashes, for each column, [texts, columns]."""
        found = [self.bias + self.weights[self.known(hashes)].sum(axis=0, dtype=np.float32) for hashes in texts]
        return np.array(found, dtype=np.float32).reshape(-1, len(self.bias))

    def known(self, hashes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The places of those hashes that the model has weights for."""
        places = np.searchsorted(self.features, hashes)
        found: NDArray[np.int64] = places[self.features.take(places, mode="clip") == hashes]
        return found


class Columns:
    """The model and the heads of the columns, by their names."""

    def __init__(self, kept: dict[str, NDArray[Any]]) -> None:
        self._grams = GramModel(kept["features"], kept["weights"], kept["bias"])
        self.heads = Heads(kept)

    def log_odds(self, text: Passages) -> Features:
        """How likely each sentence belongs in each column, as log odds, [sentences, columns]."""
        odds = self._grams.log_odds(column_hashes(text))
        if not len(odds):
            return odds
        told = [self.heads[column].log_odds(column_features(text, odds, n)) for n, column in enumerate(COLUMNS)]
        return np.stack(told, axis=1)


@lru_cache(maxsize=1)
def trained_columns() -> Columns:
    """The model that ships with Daybook."""
    return Columns(kept(_WEIGHTS))


def column_hashes(text: Passages) -> Iterator[NDArray[np.uint32]]:
    """The distinct features of each sentence: those that tell its role, and its n-grams with a name in them."""
    for hashes, sentence in zip(features_of(text.sentences), text.sentences, strict=True):
        named = np.array([zlib.crc32(gram.encode()) for gram in _named_grams(sentence)], dtype=np.uint32)
        yield np.unique(np.concatenate([hashes, named]))


def _named_grams(sentence: str) -> Iterator[str]:
    """Up to three words in a row, one of them a name: all names are alike, and so are all numbers."""
    words = [_shape(token, number) for number, token in enumerate(TOKEN.findall(sentence))]
    for length in range(1, _LONGEST_GRAM + 1):
        for first in range(len(words) - length + 1):
            if _NAME in words[first : first + length]:
                yield " ".join(words[first : first + length])


def _shape(token: str, number: int) -> str:
    if number and looks_like_name(token):
        return _NAME
    return "0" if token[0].isdigit() else token.lower()


def column_features(text: Passages, odds: Features, column: int) -> Features:
    """What a column's head sees of each sentence, [sentences, COLUMN_FEATURES]; `odds` are those of the n-grams."""
    own, best = odds[:, column], odds.max(axis=0)
    others = [np.delete(values, column, axis=1) for values in (odds, odds - best)]
    of_all = np.repeat(best[None], len(odds), axis=0)
    return np.concatenate(
        [sentence_features(text, own), *others, of_all, (own >= best[column])[:, None]], axis=1, dtype=np.float32
    )
