"""Where labelled questions are read to train on: each over its own library, the day after its newest."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.finding.retrieval import HybridRetriever
from eval.corpora import Tell, library_folder
from eval.sealed_cases import corpus_of
from ingest.embedding import Embedder
from ingest.library import Library

_TAGGER_C = 3.0  # of 3 and 10, and .3, .6, 1.0, 1.4 for the steps, the most questions with all limits right
_STEPS = 0.8  # of the log odds of one tag after another: the neighbours' features know a part of them
WORDINGS = Path(__file__).parent / "wordings"


@dataclass(frozen=True, slots=True)
class QuestionBench:
    """What training needs: the folder of real data, where libraries are kept, the model, and who is told."""

    data: Path
    work: Path
    embedder: Embedder
    tell: Tell

    def libraries(self, names: Iterable[str]) -> Iterator[tuple[str, Library, HybridRetriever]]:
        """The libraries of these names, one after the other, each open until the next."""
        for name in dict.fromkeys(names):
            place = library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell)
            with Library(place, create=False) as library:
                after = library.holdings().days[-1] + timedelta(days=1)
                today = partial(date.fromordinal, after.toordinal())
                yield name, library, HybridRetriever(library, self.embedder, today=today)


def keep(folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], report: Mapping[str, float]) -> None:
    """Write a model, NAME.npz, and its report, NAME.json."""
    np.savez_compressed(folder / f"{name}.npz", allow_pickle=False, **arrays)
    told = {what: round(value, 4) for what, value in report.items()}
    (folder / f"{name}.json").write_text(json.dumps({"report": told}, indent=1) + "\n", encoding="utf-8")


def regression(
    matrix: sparse.csr_matrix, labels: NDArray[np.int64], strength: float, counts: NDArray[np.float64] | None = None
) -> Any:
    """A logistic regression of labels [rows] over features [rows, features]; `counts` [rows] weigh the rows."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra, which only measuring needs

    return LogisticRegression(C=strength, max_iter=500).fit(matrix, labels, sample_weight=counts)


def tagger(
    sequences: Sequence[tuple[Sequence[NDArray[np.int64]], Sequence[int]]],
    shape: tuple[int, int],
    counts: Sequence[float] | None = None,
) -> dict[str, NDArray[Any]]:
    """The weights of a `Tagger` of this shape, [features, tags], from the features and tags of the words of questions.

    `counts` says how much each question counts.
    """
    features, tags = shape
    each = [1.0] * len(sequences) if counts is None else counts
    matrix = matrix_of((places for words, _ in sequences for places in words), features)
    labels = np.array([tag for _, said in sequences for tag in said])
    weighed = np.array([count for (words, _), count in zip(sequences, each, strict=True) for _ in words])
    model = regression(matrix, labels, _TAGGER_C, weighed)
    if len(model.classes_) == 2:  # the form that the library gives to two classes
        model.coef_, model.intercept_ = (np.array([-half, half]) / 2 for half in (model.coef_[0], model.intercept_[0]))
    weights = np.zeros(shape, dtype=np.float16)
    bias = np.full(tags, -20, dtype=np.float32)  # of what is never said
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    ways = [[tags, *said] for _, said in sequences]
    found = Counter(pair for way in ways for pair in pairwise(way))
    steps = np.array([[found[a, b] + 0.5 for b in range(tags)] for a in range(tags + 1)])
    odds = np.log(steps / steps.sum(axis=1, keepdims=True) / (steps.sum(axis=0) / steps.sum()))
    return {"weights": weights, "bias": bias, "steps": (_STEPS * odds).astype(np.float32)}


def matrix_of(rows: Iterable[NDArray[np.int64]], features: int) -> sparse.csr_matrix:
    """Rows of places at which a feature is set, as a matrix [rows, features]."""
    places = list(rows)
    starts = np.concatenate([[0], np.cumsum([len(found) for found in places])]).astype(np.int64)
    return sparse.csr_matrix((np.ones(starts[-1]), np.concatenate(places), starts), shape=(len(places), features))
