"""What each sentence of an abstract does.

A linear model over the n-grams of a sentence and of its neighbours and over its place, then the likeliest sequence
of roles. It is trained by `eval.roles`, which says how well it does; `docs/decisions/0017` says what was tried.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from ingest.key_sentence import RoleShares, key_sentence
from ingest.paper import Paper, Role, Sentence
from ingest.sentences import split_sentences

ROLES = tuple(Role)
TRANSITION_WEIGHT = 0.2
_WEIGHTS = "roles.npz"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"[a-z]+|0|[%:?;]")
_LONGEST_GRAM = 3


@dataclass(frozen=True, slots=True)
class RoleModel:
    """A multinomial logistic regression over binary features, and the transitions of a sequence.

    `features` are ascending 32-bit hashes of shape [features], `weights` [features, roles], `bias` [roles];
    `transitions` [roles, roles] and `starts` [roles] are log odds of a role after another, and at the beginning.
    """

    features: NDArray[np.uint32]
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]
    transitions: NDArray[np.float32]
    starts: NDArray[np.float32]

    def probabilities(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """How likely each sentence of an abstract has each role on its own, of shape [sentences, roles]."""
        logits = np.empty((len(sentences), len(ROLES)), dtype=np.float32)
        for number, hashes in enumerate(features_of(sentences)):
            found = np.searchsorted(self.features, hashes)
            known = found[self.features.take(found, mode="clip") == hashes]
            logits[number] = self.bias + self.weights[known].sum(axis=0, dtype=np.float32)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def sequence(self, probabilities: NDArray[np.float32]) -> list[int]:
        """The likeliest roles of the sentences of an abstract, as indices (Viterbi 1967); at least one sentence."""
        scores = np.log(probabilities + 1e-9)
        best = scores[0] + TRANSITION_WEIGHT * self.starts
        came_from = []
        for score in scores[1:]:
            ways = best[:, None] + TRANSITION_WEIGHT * self.transitions
            came_from.append(ways.argmax(axis=0))
            best = ways.max(axis=0) + score
        roles = [int(best.argmax())]
        for before in reversed(came_from):
            roles.append(int(before[roles[-1]]))
        return roles[::-1]


@lru_cache(maxsize=1)
def role_model() -> RoleModel:
    """The model that ships with Daybook."""
    with as_file(files("ingest") / _WEIGHTS) as path, np.load(path) as kept:
        return RoleModel(**kept)


def read_sentences(paper: Paper) -> list[Sentence]:
    """The sentences of a paper's abstract with their roles, one of them the key sentence; none without an abstract."""
    spans = split_sentences(paper.abstract)
    if not spans:
        return []
    sentences = [paper.abstract[span.start : span.end] for span in spans]
    model = role_model()
    probabilities = model.probabilities(sentences)
    key = key_sentence(paper.title, sentences, role_shares(probabilities))
    roles = model.sequence(probabilities)
    return [
        Sentence(span, ROLES[role], number == key) for number, (span, role) in enumerate(zip(spans, roles, strict=True))
    ]


def roles_of(sentences: Sequence[str]) -> list[Role]:
    """The role of each sentence of a text."""
    if not sentences:
        return []
    model = role_model()
    return [ROLES[role] for role in model.sequence(model.probabilities(sentences))]


def role_shares(probabilities: NDArray[np.float32]) -> RoleShares:
    """What the choice of a key sentence needs of the probabilities of shape [sentences, roles]."""
    by_role = dict(zip(ROLES, probabilities.T, strict=True))
    return RoleShares(by_role[Role.OBJECTIVE], by_role[Role.BACKGROUND], by_role[Role.RESULT], by_role[Role.OTHER])


def features_of(sentences: Sequence[str]) -> Iterator[NDArray[np.uint32]]:
    """The distinct features of each sentence of an abstract, as hashes; those of its neighbours are told apart."""
    grams = [frozenset(_grams(sentence)) for sentence in sentences]
    count = len(sentences)
    for number, own in enumerate(grams):
        features = [*own, *_places(number, count)]
        if number:
            features.extend(f"<{gram}" for gram in grams[number - 1])
        if number < count - 1:
            features.extend(f">{gram}" for gram in grams[number + 1])
        yield np.unique(np.array([zlib.crc32(feature.encode()) for feature in features], dtype=np.uint32))


def _grams(sentence: str) -> Iterator[str]:
    """One to three words in a row, and those that begin the sentence; all numbers are alike."""
    words = _TOKEN.findall(_NUMBER.sub("0", sentence.lower()))
    for length in range(1, _LONGEST_GRAM + 1):
        yield from (" ".join(words[first : first + length]) for first in range(len(words) - length + 1))
        yield "^" + " ".join(words[:length])


def _places(number: int, count: int) -> tuple[str, ...]:
    """Where a sentence stands: from the beginning, from the end, and in which tenth and quarter of the abstract."""
    return (
        f"@length {min(count, 10)}",
        f"@first {min(number, 9)}",
        f"@last {min(count - 1 - number, 9)}",
        f"@tenth {10 * number // count}",
        f"@quarter {4 * number // count}",
    )
