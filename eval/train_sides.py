"""Makes the heads anew that tell which papers a question compares, and whether a description fits a paper.

Figures are out of fold, by question.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import GroupKFold

from assistant.comparing.candidates import Candidates, frame_hashes, gate_features, more_features, pair_features
from assistant.comparing.choosing import RANKED, described_features
from assistant.comparing.sides import SideFinder, SideHeads, with_more
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import question_terms
from assistant.learned.heads import Heads
from assistant.learned.linear import Features
from assistant.question.scope import Scope
from assistant.reading.columns import GramModel
from eval.sides_data import Described, SideCase
from eval.train_cells import Fitted, Matrix, fit
from eval.train_reading import Cases, train, with_cut
from ingest.embedding import Vector
from ingest.library import Library

_FOLDS = 10
_PAIR_C, _MORE_C, _GATE_C = 1.0, 1.0, 3.0
_VECTOR_SCALE = 0.1  # of 0, .1, .3 of a deviation: other questions taken at .95 of the comparing ones: .017, .013, .020
_RAREST_GRAM = 5
_MADE_WEIGHT = 0.5  # of a made question beside one by a person
_TAKEN = 0.96  # of the comparing questions of their own library: of the others .019 of facts; .95 takes .016, .98 .027
_MORE_CUT = -2.0  # with it .75 of the made threes are whole, with 0 .46; of two by people .955 and .962 have no third
_DESCRIBED_C = 1.0
_DESCRIBED_RIGHT = 0.95  # of the descriptions that are taken: another is asked for in one line


@dataclass(frozen=True, slots=True)
class ReadSides:
    """A question with its candidates; `pairs` are their features, [pairs, PAIR_FEATURES]."""

    case: SideCase
    scope: Scope
    vector: Vector
    found: Candidates
    numbers: Sequence[tuple[int, int]]
    pairs: Features

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Which candidates are compared."""
        ids = (stored.paper.arxiv_id for stored in self.found.papers)
        return np.array([arxiv_id in self.case.papers for arxiv_id in ids], dtype=bool)

    @property
    def right_pairs(self) -> Matrix:
        """Which pairs are compared, as shares."""
        right = self.is_right
        return np.array([right[a] and right[b] for a, b in self.numbers], dtype=float)


def read_sides(case: SideCase, finder: SideFinder, retriever: HybridRetriever) -> ReadSides | None:
    """The candidates of a question; None where there are not two."""
    scope = retriever.understood(case.question)
    found = finder.candidates(case.question, scope)
    if len(found.papers) < 2:
        return None
    return ReadSides(case, scope, retriever.vector(scope.rest), found, *pair_features(found))


@dataclass(frozen=True, slots=True)
class SidesMade:
    """What is kept by name, and the report by name of figure."""

    kept: Mapping[str, NDArray[np.generic]]
    report: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a question out of fold: the log odds that it compares, and which candidates were chosen."""

    log_odds: float
    chosen: frozenset[int]


class SideTrainer:
    """Trains the heads on read questions."""

    def __init__(self, read: Sequence[ReadSides]) -> None:
        self._read = read
        self._weights = np.array([_MADE_WEIGHT if one.case.is_made else 1.0 for one in read])

    def run(self) -> SidesMade:
        """All heads, and how well they do out of fold."""
        groups = [one.case.id for one in self._read]
        every = np.arange(len(self._read))
        outcomes: dict[int, _Outcome] = {}
        for kept, left in GroupKFold(_FOLDS).split(every, every, groups):
            heads = SideHeads(self._kept(kept))
            outcomes |= {int(n): _outcome(self._read[n], heads) for n in left}
        asked = [
            n for n, one in enumerate(self._read) if one.case.papers and not one.case.is_copy and not one.case.is_made
        ]
        cut = float(np.quantile([outcomes[n].log_odds for n in asked], 1 - _TAKEN))
        kept = self._kept(every)
        kept["gate"] = np.array([*kept["gate"][:-1], cut], dtype=np.float32)
        return SidesMade(kept, dict(self._figures(outcomes, cut)))

    def _kept(self, rows: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """The heads fitted to some questions, the gate without its cut."""
        comparing = [self._read[n] for n in rows if self._read[n].case.papers]
        weights = np.array([_MADE_WEIGHT if one.case.is_made else 1.0 for one in comparing])
        right = [one.right_pairs for one in comparing]
        each = np.repeat(weights, [len(some) for some in right])
        pair = fit(_stacked([one.pairs for one in comparing]), np.concatenate(right), _PAIR_C, each)
        kept = {"pair": packed(pair, 0.0), "more": self._more(comparing)}
        return kept | self._gate(rows, Heads(kept))

    @staticmethod
    def _more(comparing: Sequence[ReadSides]) -> NDArray[np.float32]:
        """Whether a further candidate is a side too, beside a right pair, and beside all that are right."""
        rows, labels = [], []
        for one in comparing:
            right = np.flatnonzero(one.is_right).tolist()
            for count in range(2, len(right) + 1):
                others = [n for n in range(len(one.found.papers)) if n not in right[:count]]
                rows.append(more_features(one.found, right[:count], others))
                labels.append(one.is_right[others].astype(float))
        seen, shares = _stacked(rows), np.concatenate(labels)
        head = fit(seen, shares, _MORE_C)
        return packed(head, _MORE_CUT)

    def _gate(self, rows: NDArray[np.int64], heads: Heads) -> dict[str, NDArray[np.generic]]:
        """Whether a question compares its best pair: of its frame, of that pair, of its vector."""
        seen = [_gate_seen(self._read[n], heads) for n in rows]
        features, grams = _counted([frame for _, frame, _ in seen])
        told = _stacked([named for named, _, _ in seen], is_flat=True)
        vectors = np.array([self._read[n].vector for n in rows], dtype=float)
        mean = np.concatenate([told.mean(axis=0), vectors.mean(axis=0)])
        deviation = np.concatenate([told.std(axis=0) + 1e-6, vectors.std(axis=0) / _VECTOR_SCALE + 1e-6])
        dense = (np.concatenate([told, vectors], axis=1) - mean) / deviation
        whole = sparse.hstack([grams, sparse.csr_matrix(dense)]).tocsr()
        shares = np.array([bool(self._read[n].case.papers) for n in rows], dtype=float)
        found = fit(whole, shares, _GATE_C, self._weights[rows])
        of_grams, of_dense = found.weights[: len(features)], found.weights[len(features) :] / deviation
        head = Fitted(of_dense, found.bias - float(mean @ of_dense))
        weights = of_grams[:, None].astype(np.float16)
        return {"features": features, "weights": weights, "bias": np.zeros(1, np.float32), "gate": packed(head, 0.0)}

    def _figures(self, outcomes: Mapping[int, _Outcome], cut: float) -> Iterator[tuple[str, float]]:
        for kind in dict.fromkeys(one.case.kind for one in self._read):
            of_kind = [(one, outcomes[n]) for n, one in enumerate(self._read) if one.case.kind == kind]
            taken = np.array([outcome.log_odds >= cut for _, outcome in of_kind])
            yield f"{kind}: questions", float(len(of_kind))
            yield f"{kind}: taken", float(taken.mean())
            if of_kind[0][0].case.papers:
                right = [_is_whole(one, outcome) for one, outcome in of_kind]
                only = [bool(one.is_right[list(outcome.chosen)].all()) for one, outcome in of_kind]
                yield f"{kind}: all papers found", float(np.mean(right))
                yield f"{kind}: no other paper", float(np.mean(only))
                yield f"{kind}: all papers in the table", float((np.array(right) & taken).mean())


def train_described(
    described: Sequence[Described], retrievers: Mapping[str, HybridRetriever], libraries: Mapping[str, Library]
) -> SidesMade:
    """Whether the first paper that search finds is the one described; the cut is for being right `_DESCRIBED_RIGHT`."""
    rows, labels = [], []
    for one in described:
        scope = retrievers[one.library].understood(one.text)
        terms = question_terms(scope.rest)
        if ranked := retrievers[one.library].rank(scope, terms, RANKED):
            rows.append(described_features(ranked, terms, libraries[one.library]))
            labels.append(ranked[0].stored.paper.arxiv_id == one.arxiv_id)
    right, matrix = np.array(labels), _stacked(rows, is_flat=True)
    trained = train(Cases(matrix, right, [str(number) for number in range(len(right))]), _DESCRIBED_C)
    order = np.argsort(-trained.out_of_fold)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last = int(np.flatnonzero(precision >= _DESCRIBED_RIGHT)[-1])
    cut = float(trained.out_of_fold[order[last]])
    taken = trained.out_of_fold >= cut
    report = {
        "described: texts": float(len(right)),
        "described: first is right": float(right.mean()),
        "described: taken": float(taken.mean()),
        "described: right, of those taken": float(right[taken].mean()),
        "described: taken, of those right": float(taken[right].mean()),
    }
    return SidesMade({"described": with_cut(trained, cut)}, report)


def _outcome(one: ReadSides, heads: SideHeads) -> _Outcome:
    features, frame, best = _gate_seen(one, heads)
    return _Outcome(heads.gate(frame, one.vector, features), frozenset(with_more(one.found, one.numbers[best], heads)))


def _gate_seen(one: ReadSides, heads: Heads) -> tuple[Features, NDArray[np.uint32], int]:
    """What the gate sees of a question beside its vector, and its best pair."""
    odds = heads["pair"].log_odds(one.pairs)
    best = int(np.argmax(odds))
    return gate_features(one.found, odds, one.pairs, best), frame_hashes(one.found, one.numbers[best]), best


def _counted(frames: Sequence[NDArray[np.uint32]]) -> tuple[NDArray[np.uint32], sparse.csr_matrix]:
    """The features of frames that are not rare, and which frame has which, [frames, features]."""
    counts = Counter(feature for frame in frames for feature in frame.tolist())
    features = np.array(sorted(f for f, count in counts.items() if count >= _RAREST_GRAM), dtype=np.uint32)
    model = GramModel(features, np.zeros((len(features), 1), np.float16), np.zeros(1, np.float32))
    places = [model.known(frame) for frame in frames]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in places])])
    ones = np.ones(int(starts[-1]))
    return features, sparse.csr_matrix((ones, np.concatenate(places), starts), shape=(len(frames), len(features)))


def _is_whole(one: ReadSides, outcome: _Outcome) -> bool:
    held = {one.found.papers[n].paper.arxiv_id for n in outcome.chosen}
    return one.case.papers <= held


def _stacked(rows: Sequence[Features], *, is_flat: bool = False) -> Matrix:
    return (np.array(rows) if is_flat else np.concatenate(rows)).astype(np.float64)


def packed(head: Fitted, cut: float) -> NDArray[np.float32]:
    """A head as it is kept."""
    return np.array([*head.weights, head.bias, cut], dtype=np.float32)
