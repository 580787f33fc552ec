"""Makes the heads of lists anew: which papers bear on what is asked for; and whether an overview of one is wanted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import question_terms
from assistant.question.scope import Scope
from assistant.reading.choosing import PAIRS_READ, Asked
from assistant.reading.listing import ListReader, key_spans
from assistant.reading.wording import wording_features
from eval.reading_data import TODAY
from eval.train_reading import Cases, Trained, train, with_cut
from ingest.cross_encoder import PairReader
from ingest.embedding import Embedder, Vector
from ingest.library import Library

_QUESTION_C = 0.3
_LIST_C = 0.01  # of .001, .003, .01 by recall at precision .82
_CUTS_TRIED = 200
OVERVIEWS_TAKEN = 0.95  # of the questions what a paper is about


@dataclass(frozen=True, slots=True)
class ListCase:
    """A question for papers of a library: those that belong in the list, and those that count neither way."""

    question: str
    library: str
    gold: frozenset[str]
    also: frozenset[str]


def read_lists(file: Path) -> list[ListCase]:
    """The list questions of a file."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [
        ListCase(line["question"], line["library"], frozenset(line["gold"]), frozenset(line.get("also", ())))
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list question with the features of the first papers, [papers, features], and which of them belong."""

    case: ListCase
    vector: Vector
    features: NDArray[np.float32]
    ids: tuple[str, ...]


def read_list(case: ListCase, library: Library, embedder: Embedder, reader: PairReader) -> ReadList:
    """Read the first papers as `ask` does."""
    retriever = HybridRetriever(library, embedder, today=lambda: TODAY)
    scope = Scope(retriever.understood(case.question).rest)  # none of them sets a limit
    asked = Asked(scope.rest, question_terms(scope.rest), retriever.vector(scope.rest))
    ranked = [one for one in retriever.rank(scope, asked.terms, PAIRS_READ) if one.stored.paper.abstract]
    features = ListReader(library, reader).features(asked, ranked, key_spans(ranked, library))
    return ReadList(case, asked.vector, features, tuple(one.stored.paper.arxiv_id for one in ranked))


def train_listed(lists: Sequence[ReadList]) -> tuple[NDArray[np.float32], dict[str, float]]:
    """The head that tells which papers belong; its cut gives recall and precision alike.

    Lists of nothing, for topics that no paper is on, train it too.
    """
    counted = [[arxiv_id not in one.case.also for arxiv_id in one.ids] for one in lists]
    kept = np.concatenate([np.array(one) for one in counted])
    matrix = np.concatenate([one.features for one in lists])[kept].astype(np.float64)
    labels = np.concatenate([[arxiv_id in one.case.gold for arxiv_id in one.ids] for one in lists])[kept]
    groups = [str(n) for n, one in enumerate(counted) for is_counted in one if is_counted]
    trained = train(Cases(matrix, labels, groups), _LIST_C)
    scored = zip(_by_list(trained, labels, counted), lists, strict=True)
    scores, sizes = zip(*((one, len(case.case.gold)) for one, case in scored if case.case.gold), strict=True)
    tried = [
        (cut, *_recall_precision(scores, sizes, cut))
        for cut in np.linspace(trained.out_of_fold.min(), trained.out_of_fold.max(), _CUTS_TRIED)
    ]
    cut, recall, precision = max(tried, key=lambda one: min(one[1:]))
    at_least = max((one[1] for one in tried if one[2] >= 0.82), default=0.0)
    found = float(np.mean([len(set(one.ids) & one.case.gold) / len(one.case.gold) for one in lists if one.case.gold]))
    report = {
        "lists": float(len(sizes)), "recall": recall, "precision": precision,
        "recall at precision .82": at_least, "gold among the papers read": found,
    }  # fmt: skip
    return with_cut(trained, float(cut)), report


def _by_list(
    trained: Trained, labels: NDArray[np.bool_], counted: Sequence[Sequence[bool]]
) -> list[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    ends = np.cumsum([sum(one) for one in counted])[:-1]
    return list(zip(np.split(trained.out_of_fold, ends), np.split(labels, ends), strict=True))


def _recall_precision(
    scores: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]], sizes: Sequence[int], cut: float
) -> tuple[float, float]:
    """The mean over lists; an empty list has a precision of 0."""
    hits = [((log_odds >= cut) & labels).sum() for log_odds, labels in scores]
    shown = [(log_odds >= cut).sum() for log_odds, _ in scores]
    recall = np.mean([hit / size for hit, size in zip(hits, sizes, strict=True)])
    precision = np.mean([hit / count if count else 0.0 for hit, count in zip(hits, shown, strict=True)])
    return float(recall), float(precision)


Wording = tuple[str, Vector, bool]
"""A question, its vector, and whether it is of a sort."""


def train_wording(wordings: Sequence[Wording], taken_share: float) -> tuple[NDArray[np.float32], float, float]:
    """A head that tells questions of a sort from all others; the share of either that its cut takes, out of fold."""
    matrix = np.array([wording_features(question, vector) for question, vector, _ in wordings])
    labels = np.array([is_of_sort for _, _, is_of_sort in wordings])
    trained = train(Cases(matrix, labels, [str(n) for n in range(len(matrix))]), _QUESTION_C, is_standardised=False)
    cut = float(np.quantile(trained.out_of_fold[labels], 1 - taken_share))
    taken = trained.out_of_fold >= cut
    return with_cut(trained, cut), float(taken[labels].mean()), float(taken[~labels].mean())
