"""What sentences of abstracts do: how the classifier is trained, and how well it does beside baselines.

CSAbstruct (Cohan et al. 2019, arXiv:1909.04054): computer-science abstracts with a role for each sentence, and how sure
its annotators were of each. Trained on its training part, chosen on its development part, told on its test part.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from eval.lines import json_lines, unreadable_told
from ingest.paper import Role
from ingest.roles import ROLES, RoleModel, features_of, role_model

_FOLDER = "csabstruct"
_RAREST_FEATURE = 8
_REGULARISATION = 0.04
_ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class LabelledAbstract:
    """The sentences of an abstract, the number of each one's role, and how sure the annotators were, from 0 to 1."""

    sentences: tuple[str, ...]
    roles: tuple[int, ...]
    certainties: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RoleReport:
    """Accuracies over all sentences of a part, and the F1 of each role."""

    part: str
    abstracts: int
    sentences: int
    accuracy: float
    one_by_one: float
    place_only: float
    majority: float
    f1: dict[str, float]

    def lines(self) -> list[str]:
        """The report for a person."""
        roles = ", ".join(f"{role} {value:.3f}" for role, value in self.f1.items())
        return [
            f"roles of sentences, {self.part}: {self.sentences:,} sentences of {self.abstracts} abstracts",
            f"  accuracy {self.accuracy:.3f} (each sentence on its own {self.one_by_one:.3f}, "
            f"its place only {self.place_only:.3f}, majority {self.majority:.3f}); F1: {roles}",
        ]


def read_abstracts(data: Path, part: str) -> list[LabelledAbstract]:
    """The abstracts of a part of CSAbstruct: train, dev or test.

    Raises:
        InputError: its file is not there, or is not what it must be.
    """
    path = data / _FOLDER / f"{part}.jsonl"
    with unreadable_told("the labelled abstracts", path):
        return [_abstract(line) for line in json_lines(path)]


def _abstract(line: dict[str, Any]) -> LabelledAbstract:
    roles = tuple(ROLES.index(Role(label)) for label in line["labels"])
    return LabelledAbstract(tuple(line["sentences"]), roles, tuple(line["confs"]))


def train(abstracts: Sequence[LabelledAbstract]) -> RoleModel:
    """A model of these abstracts: a logistic regression, each sentence weighed by how sure its annotators were."""
    rows = [hashes for abstract in abstracts for hashes in features_of(abstract.sentences)]
    counts = Counter(feature for row in rows for feature in row.tolist())
    features = np.array(sorted(f for f, count in counts.items() if count >= _RAREST_FEATURE), dtype=np.uint32)
    labels = [role for abstract in abstracts for role in abstract.roles]
    certainties = [certainty for abstract in abstracts for certainty in abstract.certainties]
    regression = LogisticRegression(C=_REGULARISATION, max_iter=_ITERATIONS)
    regression.fit(_matrix(rows, features), labels, sample_weight=certainties)
    transitions, starts = _log_odds(abstracts)
    weights = regression.coef_.T.astype(np.float16)
    return RoleModel(features, weights, regression.intercept_.astype(np.float32), transitions, starts)


def _matrix(rows: Sequence[NDArray[np.uint32]], features: NDArray[np.uint32]) -> sparse.csr_matrix:
    """Which rows have which features, of shape [rows, features]."""
    columns = [np.flatnonzero(np.isin(features, row, assume_unique=True)) for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in columns])])
    ones = np.ones(int(starts[-1]))
    return sparse.csr_matrix((ones, np.concatenate(columns), starts), shape=(len(rows), len(features)))


def _log_odds(abstracts: Sequence[LabelledAbstract]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much likelier than in general a role is after another, and at the beginning, as logarithms; add-one."""
    count = len(ROLES)
    pairs, firsts, total = np.ones((count, count)), np.ones(count), np.ones(count)
    for abstract in abstracts:
        firsts[abstract.roles[0]] += 1
        np.add.at(total, list(abstract.roles), 1)
        np.add.at(pairs, (list(abstract.roles[:-1]), list(abstract.roles[1:])), 1)
    general = np.log(total / total.sum())
    after = np.log(pairs / pairs.sum(axis=1, keepdims=True)) - general
    return after.astype(np.float32), (np.log(firsts / firsts.sum()) - general).astype(np.float32)


def save(model: RoleModel, path: Path) -> None:
    """Write a model, the same bytes for the same model."""
    np.savez_compressed(path, **{field.name: getattr(model, field.name) for field in fields(model)})


def measure(data: Path, part: str = "test") -> RoleReport:
    """How often the model that ships gives the role that people gave, beside models that know less.

    Raises:
        InputError: the data is not there.
    """
    training, abstracts = read_abstracts(data, "train"), read_abstracts(data, part)
    gold = _labels(abstracts)
    said = predicted(role_model(), abstracts)
    blank = [[replace(a, sentences=("",) * len(a.sentences)) for a in some] for some in (training, abstracts)]
    apart = [[one for a in some for one in _apart(a)] for some in (training, abstracts)]
    most = np.bincount(_labels(training)).argmax()
    return RoleReport(
        part,
        len(abstracts),
        len(gold),
        accuracy=float(np.mean(said == gold)),
        one_by_one=float(np.mean(predicted(train(apart[0]), apart[1]) == gold)),
        place_only=float(np.mean(predicted(train(blank[0]), blank[1]) == gold)),
        majority=float(np.mean(gold == most)),
        f1={role.value: _f1(said == number, gold == number) for number, role in enumerate(ROLES)},
    )


def predicted(model: RoleModel, abstracts: Sequence[LabelledAbstract]) -> NDArray[np.int64]:
    """The roles that a model gives to all sentences, in order."""
    return np.array([role for one in abstracts for role in model.sequence(model.probabilities(one.sentences))])


def _labels(abstracts: Sequence[LabelledAbstract]) -> NDArray[np.int64]:
    return np.array([role for abstract in abstracts for role in abstract.roles])


def _apart(abstract: LabelledAbstract) -> list[LabelledAbstract]:
    """Each sentence as an abstract of its own."""
    parts = zip(abstract.sentences, abstract.roles, abstract.certainties, strict=True)
    return [LabelledAbstract((sentence,), (role,), (certainty,)) for sentence, role, certainty in parts]


def _f1(said: NDArray[np.bool_], gold: NDArray[np.bool_]) -> float:
    return float(2 * (said & gold).sum() / max(int(said.sum() + gold.sum()), 1))
