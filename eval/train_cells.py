"""Makes the model of the columns anew: which sentence of an abstract belongs in which cell of a comparison.

N-grams begin as what the rules of 239a43b chose in 3,000 abstracts; heads that were fitted to gold correct that, and
the n-grams are fitted again to what the heads say of these abstracts, and to the gold. Figures are out of fold, by
paper.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.learned.linear import Features
from assistant.reading.columns import COLUMNS, column_features, column_hashes
from assistant.reading.evidence import Passages
from eval.cells_data import GoldCells

_FOLDS = 5
_RAREST_FEATURE = 20  # sentences of 23,000
_GRAM_C, _HEAD_C = 0.05, 0.1  # .1 and .03 gave .907 and .903 of cells right for .906
_GOLD_WEIGHT = 8.0  # beside a sentence of the rules; 3 does as well on digests, and worse on the invented sample
_OF_HEADS = 0.8  # of a relabelled sentence is what the heads say, the rest the rules; 0 gave .897 for .906
_SECOND = 1.0  # as in comparing/cells.py
_ALWAYS = -100.0  # the cut of a column that every abstract states
_CUTS = np.arange(-3.0, 3.0, 0.1)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic regression."""

    weights: Matrix
    bias: float

    def log_odds(self, matrix: Matrix | sparse.csr_matrix) -> Matrix:
        """Of each row."""
        found: Matrix = matrix @ self.weights + self.bias
        return found


def fit(matrix: Matrix | sparse.csr_matrix, shares: Matrix, strength: float, weights: Matrix | None = None) -> Fitted:
    """A logistic regression on rows of which a share from 0 to 1 is true; dense features are standardised within."""
    is_dense = not sparse.issparse(matrix)
    mean, deviation = (matrix.mean(axis=0), matrix.std(axis=0) + 1e-6) if is_dense else (0.0, 1.0)
    rows = (matrix - mean) / deviation if is_dense else matrix
    each = np.ones(len(shares)) if weights is None else weights
    true, false = each * shares, each * (1 - shares)
    parts = [rows[true > 0], rows[false > 0]]
    stacked = np.concatenate(parts) if is_dense else sparse.vstack(parts)
    labels = np.repeat([True, False], [np.count_nonzero(true > 0), np.count_nonzero(false > 0)])
    model = LogisticRegression(C=strength, max_iter=2000 if is_dense else 200)
    model.fit(stacked, labels, sample_weight=np.concatenate([true[true > 0], false[false > 0]]))
    found = model.coef_[0] / deviation
    return Fitted(found, float(model.intercept_[0] - np.sum(mean * found)))


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of abstracts, [sentences, features], and which abstract each row is of."""

    matrix: sparse.csr_matrix
    texts: Sequence[Passages]

    def odds(self, models: Sequence[Fitted]) -> list[Features]:
        """What the models say of each abstract, [sentences, columns]."""
        whole = np.stack([model.log_odds(self.matrix) for model in models], axis=1).astype(np.float32)
        return np.split(whole, np.cumsum([len(text.spans) for text in self.texts])[:-1])


def vocabulary(texts: Sequence[Passages]) -> NDArray[np.uint32]:
    """The features that are not rare, ascending."""
    counts = Counter(feature for text in texts for hashes in column_hashes(text) for feature in hashes.tolist())
    return np.array(sorted(feature for feature, count in counts.items() if count >= _RAREST_FEATURE), dtype=np.uint32)


def grams(texts: Sequence[Passages], features: NDArray[np.uint32]) -> Grams:
    """The n-grams of abstracts that a vocabulary knows."""
    columns = []
    for text in texts:
        for hashes in column_hashes(text):
            places = np.searchsorted(features, hashes)
            columns.append(places[features.take(places, mode="clip") == hashes])
    starts = np.concatenate([[0], np.cumsum([len(found) for found in columns])])
    ones = np.ones(int(starts[-1]))
    matrix = sparse.csr_matrix((ones, np.concatenate(columns), starts), shape=(len(columns), len(features)))
    return Grams(matrix, texts)


@dataclass(frozen=True, slots=True)
class ColumnsMade:
    """What is kept by name, the report by name of figure, and the log odds of the gold abstracts out of fold."""

    kept: Mapping[str, NDArray[np.generic]]
    report: Mapping[str, float]
    odds: Mapping[str, Features]


class ColumnTrainer:
    """Trains the columns on gold, and on what rules chose elsewhere."""

    def __init__(self, gold: Sequence[GoldCells], by_rules: Sequence[GoldCells]) -> None:
        self._gold = gold
        self._groups = np.concatenate([[one.arxiv_id] * len(one.text.spans) for one in gold])
        self._features = vocabulary([one.text for one in (*by_rules, *gold)])
        self._ruled = grams([one.text for one in by_rules], self._features)
        self._own = grams([one.text for one in gold], self._features)
        self._shares = [np.concatenate([one.labels(c) for one in gold]).astype(float) for c in COLUMNS]
        self._rules = [np.concatenate([one.labels(c) for one in by_rules]).astype(float) for c in COLUMNS]
        first = [fit(self._ruled.matrix, shares, _GRAM_C) for shares in self._rules]
        self._first = self._seen(self._own, first)
        self._first_ruled = self._seen(self._ruled, first)

    def run(self) -> ColumnsMade:
        """The models on all gold, and how well they do out of fold."""
        every = np.arange(len(self._groups))
        out_of_fold = np.zeros((len(every), len(COLUMNS)))
        for kept, left in GroupKFold(_FOLDS).split(every, every, self._groups):
            _, heads, seen = self._trained(kept)
            out_of_fold[left] = np.stack([head.log_odds(seen[n][left]) for n, head in enumerate(heads)], axis=1)
        ends = np.cumsum([len(one.text.spans) for one in self._gold])[:-1]
        odds = np.split(out_of_fold, ends)
        cuts = [self._cut(odds, number) for number in range(len(COLUMNS))]
        models, heads, _ = self._trained(every)
        packed = {
            column: np.array([*head.weights, head.bias, cut], dtype=np.float32)
            for column, head, cut in zip(COLUMNS, heads, cuts, strict=True)
        }
        weights = np.stack([model.weights for model in models], axis=1).astype(np.float16)
        bias = np.array([model.bias for model in models], dtype=np.float32)
        kept = {"features": self._features, "weights": weights, "bias": bias, **packed}
        of_paper = {one.arxiv_id: found.astype(np.float32) for one, found in zip(self._gold, odds, strict=True)}
        return ColumnsMade(kept, dict(self._figures(odds, cuts)), of_paper)

    def _trained(self, rows: NDArray[np.int64]) -> tuple[list[Fitted], list[Fitted], list[Matrix]]:
        """The n-grams and the heads fitted to some gold sentences, and what the heads see of all."""
        weights = np.concatenate([np.ones(self._ruled.matrix.shape[0]), np.full(len(rows), _GOLD_WEIGHT)])
        both = sparse.vstack([self._ruled.matrix, self._own.matrix[rows]]).tocsr()
        models = []
        for number, (rules, shares) in enumerate(zip(self._rules, self._shares, strict=True)):
            head = fit(self._first[number][rows], shares[rows], _HEAD_C)
            told = 1 / (1 + np.exp(-head.log_odds(self._first_ruled[number])))
            mixed = np.concatenate([(1 - _OF_HEADS) * rules + _OF_HEADS * told, shares[rows]])
            models.append(fit(both, mixed, _GRAM_C, weights))
        seen = self._seen(self._own, models)
        heads = [fit(seen[n][rows], shares[rows], _HEAD_C) for n, shares in enumerate(self._shares)]
        return models, heads, seen

    @staticmethod
    def _seen(held: Grams, models: Sequence[Fitted]) -> list[Matrix]:
        """What the head of each column sees of all sentences."""
        odds = held.odds(models)
        return [
            np.concatenate([column_features(text, found, n) for text, found in zip(held.texts, odds, strict=True)])
            for n in range(len(models))
        ]

    def _cut(self, odds: Sequence[Matrix], number: int) -> float:
        """The cut of a column with the most cells right, cases and labelled lines weighing the same."""
        column = COLUMNS[number]
        if all(one.cells[column] for one in self._gold):
            return _ALWAYS
        best = max(_CUTS, key=lambda cut: np.mean([self._right(odds, number, cut, kind)[0] for kind in _KINDS]))
        return float(best)

    def _right(self, odds: Sequence[Matrix], number: int, cut: float, kind: str) -> tuple[float, float, float]:
        """The share of cells with a right quote, that with right quotes only, and the quotes of a cell on average."""
        told = []
        for one, found in zip(self._gold, odds, strict=True):
            if one.source.startswith(kind) and (kind in _KINDS or one.source == kind):
                given, gold = chosen(found[:, number], cut, _SECOND), one.cells[COLUMNS[number]]
                is_only = given <= gold if given and gold else not given and not gold
                told.append((bool(given & gold) if gold else not given, is_only, len(given)))
        right, only, quotes = np.mean(told, axis=0)
        return float(right), float(only), float(quotes)

    def _figures(self, odds: Sequence[Matrix], cuts: Sequence[float]) -> Iterator[tuple[str, float]]:
        for source in dict.fromkeys(one.source for one in self._gold):
            figures = [self._right(odds, number, cut, source) for number, cut in enumerate(cuts)]
            for column, (right, only, quotes) in zip(COLUMNS, figures, strict=True):
                yield f"{source}: {column}, a right quote", right
                yield f"{source}: {column}, right quotes only", only
                yield f"{source}: {column}, quotes of a cell", quotes
            yield f"{source}: all, a right quote", float(np.mean([right for right, _, _ in figures]))


_KINDS = ("cases/", "training/")


def chosen(odds: Matrix, cut: float, second: float) -> frozenset[int]:
    """The numbers of the sentences of a cell: the best, and the one after it where that is as sure."""
    order = np.argsort(-odds, kind="stable")
    given = [int(n) for place, n in enumerate(order[:2]) if odds[n] >= (max(cut, second) if place else cut)]
    return frozenset(given) if given and given[0] == order[0] else frozenset()
