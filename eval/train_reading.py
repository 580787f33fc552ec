"""Makes the heads of reading anew: `assistant/learned/heads.npz`, and `heads.json` that says how well each does.

Figures are out of fold: ten folds, no paper in training and test at once (`TrainingQuestion.group`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.reading.grading import (
    GRADE_FEATURES,
    PAPER_FEATURES,
    Found,
    chances,
    grade_features,
    paper_features,
    state_features,
)
from assistant.reading.listing import LIST_FEATURES
from assistant.reading.scoring import SENTENCE_FEATURES, Scored, sentence_features
from eval.reading_data import ANSWERABLE, ReadQuestion
from ingest.library import Library

_FOLDS = 10
_SENTENCE_C = 0.01  # of .002, .005, .01, .02 by the gold sentence first: .787, .792, .796, .796
_NAMED_C = 0.3
_PAPER_C = 1.0
_OF_KNOWN_PAPER = frozenset({"fact", "paraphrase", "riddle"})
_STATE_C = 0.005
# Of the spent rounds, out of fold: at .85 .31 of their facts that no abstract states are answered, at .80 .26, at .75
# .19; of false premises .59, .49, .44. Writers differ: one cut answered .92, .80 and .69 of their facts at first sight.
_ANSWERED_FACTS = 0.80
_SHOWN = 3  # passages: a question in other words counts as answered where these hold the answer, else they mislead
_OF_ROUND = 3.0  # a question of a spent round beside another: at .85 of facts .27 for .29 of what has no answer
_SURELY_HELD_FACTS = 0.985  # so that an absent topic is hardly ever answered
_HELD_IN_OTHER_WORDS = 0.95  # of questions in wholly other words that still get passages: the floor of *closest*
_FOLLOW_UPS = 0.97  # of answerable facts: a follow-up is about papers that were shown, so less is needed

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trained:
    """A head ready to keep, [features + 2], and what it gave out of fold, [cases], in log odds."""

    packed: NDArray[np.float64]
    out_of_fold: Matrix


@dataclass(frozen=True, slots=True)
class Cases:
    """What is learned from: `matrix` [cases, features], `labels` [cases], what must stay together, and `weights`."""

    matrix: Matrix
    labels: Labels
    groups: Sequence[str]
    weights: Matrix | None = None

    @property
    def each(self) -> Matrix:
        """The weight of each case."""
        return np.ones(len(self.labels)) if self.weights is None else self.weights

    def where(self, kept: NDArray[np.bool_]) -> "Cases":
        """Some of them."""
        groups = [group for group, is_kept in zip(self.groups, kept, strict=True) if is_kept]
        return Cases(self.matrix[kept], self.labels[kept], groups, self.each[kept])


def train(cases: Cases, strength: float, *, is_standardised: bool = True) -> Trained:
    """A logistic regression; where features are to be standardised, that is folded into its weights."""
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - an extra, which only measuring needs

    matrix, labels, each = cases.matrix, cases.labels, cases.each
    out_of_fold = np.zeros(len(labels))
    for kept, left in GroupKFold(_FOLDS).split(matrix, labels, cases.groups):
        found, bias = _fitted(matrix[kept], labels[kept], each[kept], strength, is_standardised=is_standardised)
        out_of_fold[left] = matrix[left] @ found + bias
    found, bias = _fitted(matrix, labels, each, strength, is_standardised=is_standardised)
    return Trained(np.array([*found, bias, 0.0]), out_of_fold)


def _fitted(
    matrix: Matrix, labels: Labels, each: Matrix, strength: float, *, is_standardised: bool
) -> tuple[Matrix, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    mean, deviation = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    if is_standardised:
        mean, deviation = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    model = LogisticRegression(C=strength, max_iter=4000).fit((matrix - mean) / deviation, labels, each)
    weights = model.coef_[0] / deviation
    return weights, float(model.intercept_[0] - mean @ weights)


def with_cut(trained: Trained, cut: float) -> NDArray[np.float32]:
    """A head with the cut of its use."""
    return np.array([*trained.packed[:-1], cut], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class HeadsMade:
    """The heads by name, and the report by name of figure."""

    heads: Mapping[str, NDArray[np.float32]]
    report: Mapping[str, float]


def train_heads(
    read_by: Mapping[str, Sequence[ReadQuestion]], library_of: Callable[[ReadQuestion], Library]
) -> HeadsMade:
    """The heads of answering, by what scores: for the reader, and for cosines where there is none."""
    heads: dict[str, NDArray[np.float32]] = {}
    report: dict[str, float] = {}
    for name, questions in read_by.items():
        report[f"{name}: questions"] = len(questions)
        sentence, scored = _sentence_head(questions, name)
        heads[f"{name} sentence"] = with_cut(sentence, 0.0)
        found = [one.found(texts, library_of(one)) for one, texts in zip(questions, scored, strict=True)]
        paper, likely = _paper_head(questions, found)
        heads[f"{name} paper"] = with_cut(paper, 0.0)
        report |= {f"{name}: {told}": share for told, share in _chosen(questions, likely).items()}
        made, figures = _grade_heads(questions, found, likely, name)
        heads |= made
        report |= figures
    return HeadsMade(heads, report)


def _sentence_head(questions: Sequence[ReadQuestion], name: str) -> tuple[Trained, list[list[Scored]]]:
    rows, labels, groups, told = [], [], [], []
    for one in questions:
        for number, text in enumerate(one.texts):
            base = one.logits[number] if name == "reader" else one.cosines[number]
            features = sentence_features(text, base)
            rows.append(np.concatenate([features, one.states[number]], axis=1) if name == "reader" else features)
            labels.append(one.labels()[number])
            groups += [one.asked.group] * len(text.spans)
            told += [one.asked.kind != "answerable"] * len(text.spans)  # of those the sentence is not known
    strength = _SENTENCE_C if name == "reader" else 1.0
    matrix = np.concatenate(rows).astype(np.float64)
    trained = _trained_apart(Cases(matrix, np.concatenate(labels), groups), strength, np.array(told))
    scored, first = [], 0
    for one in questions:
        texts = []
        for number, text in enumerate(one.texts):
            part = trained.out_of_fold[first : first + len(text.spans)].astype(np.float32)
            base = one.logits[number] if name == "reader" else one.cosines[number]
            texts.append(Scored(part, base, one.states[number] if name == "reader" else 0 * one.states[number]))
            first += len(text.spans)
        scored.append(texts)
    return trained, scored


def _paper_head(
    questions: Sequence[ReadQuestion], found: Sequence[Found]
) -> tuple[Trained, list[list[NDArray[np.float32]]]]:
    """Which of the papers that were read is meant; and how likely each sentence answers, out of fold."""
    matrix = np.concatenate([paper_features(one) for one in found]).astype(np.float64)
    told = [one.asked.kind in _OF_KNOWN_PAPER and bool(one.asked.papers) for one in questions]
    labels, groups, kept, each = [], [], [], []
    for one, is_told in zip(questions, told, strict=True):
        ids = [paper.stored.paper.arxiv_id for paper in one.ranked[: len(one.texts)]]
        labels += [arxiv_id in one.asked.papers for arxiv_id in ids]
        groups += [one.asked.group] * len(ids)
        kept += [is_told] * len(ids)
        each += [_OF_ROUND if one.asked.is_of_round else 1.0] * len(ids)
    cases = Cases(matrix, np.array(labels), groups, np.array(each))
    trained = _trained_apart(cases, _PAPER_C, np.array(kept))
    ends = np.cumsum([len(one.texts) for one in questions])[:-1]
    of_each = np.split(trained.out_of_fold.astype(np.float32), ends)
    return trained, [chances(log_odds, one.scored) for log_odds, one in zip(of_each, found, strict=True)]


def _chosen(questions: Sequence[ReadQuestion], likely: Sequence[Sequence[NDArray[np.float32]]]) -> dict[str, float]:
    """How often the gold sentence comes first, and among the first two and three: of facts, and in other words."""
    told = list(zip(questions, likely, strict=True))
    report: dict[str, float] = {}
    for kind in ("fact", "paraphrase"):
        places = np.array([_place_of_gold(one, texts) for one, texts in told if one.asked.kind == kind])
        report |= {f"{kind}: gold sentence among the first {n}": float(np.mean(places < n)) for n in (1, 2, 3)}
    return report


def _place_of_gold(one: ReadQuestion, likely: Sequence[NDArray[np.float32]]) -> int:
    """The place of the first sentence that states the answer, best first; behind all where none does."""
    labels = np.concatenate(one.labels())
    order = np.argsort(-np.concatenate(likely))
    return int(np.argmax(labels[order])) if labels.any() else len(labels) + _SHOWN


def _grade_heads(
    questions: Sequence[ReadQuestion],
    found: Sequence[Found],
    likely: Sequence[Sequence[NDArray[np.float32]]],
    name: str,
) -> tuple[dict[str, NDArray[np.float32]], dict[str, float]]:
    kinds = np.array([one.asked.kind for one in questions])
    groups = [one.asked.group for one in questions]
    told_of = list(zip(found, likely, questions, strict=True))
    named = np.array([grade_features(one, some) for one, some, _ in told_of], dtype=np.float64)
    states = [state_features(one, some, asked.vector) for one, some, asked in told_of]
    in_other_words = np.isin(kinds, ["paraphrase", "riddle"])
    shown = np.array([_place_of_gold(one, texts) < _SHOWN for one, texts in zip(questions, likely, strict=True)])
    answerable = np.where(in_other_words, shown, np.isin(kinds, list(ANSWERABLE)))
    whole, strength = (np.concatenate([named, states], axis=1), _STATE_C) if name == "reader" else (named, _NAMED_C)
    of_round = np.array([one.asked.is_of_round for one in questions])
    each = np.where(of_round & ~in_other_words, _OF_ROUND, 1.0)
    answered = train(Cases(whole, answerable, groups, each), strength)
    held = train(Cases(named, kinds != "absent", groups), _NAMED_C)
    facts, others = kinds == "fact", kinds == "paraphrase"
    told = facts & of_round if (facts & of_round).any() else facts
    cut = float(np.quantile(answered.out_of_fold[told], 1 - _ANSWERED_FACTS))
    held_cut = float(np.quantile(held.out_of_fold[others], 1 - _HELD_IN_OTHER_WORDS))
    sure_cut = float(np.quantile(held.out_of_fold[facts], 1 - _SURELY_HELD_FACTS))
    heads = {
        f"{name} answered": with_cut(answered, cut),
        f"{name} held": with_cut(held, held_cut),
        f"{name} surely held": with_cut(held, sure_cut),
    }
    lenient = float(np.quantile(answered.out_of_fold[facts], 1 - _FOLLOW_UPS))
    heads[f"{name} follow-up"] = with_cut(answered, lenient)
    is_held = held.out_of_fold >= held_cut
    is_answered = (answered.out_of_fold >= cut) & (held.out_of_fold >= sure_cut)
    report = {}
    for kind in sorted(set(kinds)):
        of_kind = kinds == kind
        report[f"{name}: {kind} answered"] = float(is_answered[of_kind].mean())
        if (of_kind & of_round).any():
            report[f"{name}: {kind} of the rounds answered"] = float(is_answered[of_kind & of_round].mean())
        report[f"{name}: {kind} none"] = float((~is_held & ~is_answered)[of_kind].mean())
    return heads, report


def _trained_apart(cases: Cases, strength: float, kept: NDArray[np.bool_]) -> Trained:
    """As `train`, on some of the cases; the others are judged by what those gave."""
    trained = train(cases.where(kept), strength)
    out_of_fold = cases.matrix @ trained.packed[:-2] + trained.packed[-2]
    out_of_fold[kept] = trained.out_of_fold
    return Trained(trained.packed, out_of_fold)


def keep(made: HeadsMade, folder: Path) -> None:
    """Write the heads and their report."""
    kept = {name: packed.astype(np.float32) for name, packed in made.heads.items()}
    np.savez_compressed(folder / "heads.npz", allow_pickle=False, **kept)
    features = {
        "sentence": SENTENCE_FEATURES,
        "grade": GRADE_FEATURES,
        "paper": PAPER_FEATURES,
        "listed": LIST_FEATURES,
    }
    told = {"report": {name: round(value, 4) for name, value in made.report.items()}, "features": features}
    (folder / "heads.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
