"""The one scorer of sentences: how likely each sentence of a text states what a question asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.learned.heads import Head, Heads, trained_heads
from assistant.learned.linear import Features
from assistant.reading.evidence import Passages
from ingest.cross_encoder import STATE_SIZE, PairReader
from ingest.embedding import Embedder
from ingest.paper import Role

_NO_NEIGHBOUR = -12.0  # a logit below any that the reader gives: it spans -11.5 to 10 on ours
_DIGIT = re.compile(r"\d")
_ROLES = tuple(Role)
SENTENCE_FEATURES = (
    "logit", "below the best", "logit before", "logit after", "place", "first", "last", "log length", "digit",
    *(f"role {role}" for role in _ROLES),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """The sentences of one text, scored.

    `log_odds` [sentences] that a sentence states what is asked; `logits` [sentences], what the model under it says;
    `states` [sentences, 384], the reader's own, zeros where there is no reader.
    """

    log_odds: NDArray[np.float32]
    logits: NDArray[np.float32]
    states: NDArray[np.float32]


class Scorer(Protocol):
    """Scores the sentences of texts; `name` tells which heads were trained for it."""

    @property
    def name(self) -> str:
        """The word before the names of its heads: "reader" or "cosine"."""
        ...

    def score(self, question: str, texts: Sequence[Passages]) -> list[Scored]:
        """Score the sentences of each text."""
        ...


class ReaderScorer:
    """A cross-encoder sees the question beside title and sentence; a head on its state and some features decides."""

    name = "reader"

    def __init__(self, reader: PairReader, heads: Heads | None = None) -> None:
        self._reader = reader
        self._head: Head = (heads or trained_heads())["reader sentence"]

    def score(self, question: str, texts: Sequence[Passages]) -> list[Scored]:
        """Score the sentences of each text."""
        pairs = [beside_title(text.title, sentence) for text in texts for sentence in text.sentences]
        read = self._reader.read(question, pairs)
        found, first = [], 0
        for text in texts:
            part = slice(first, first + len(text.spans))
            found.append(self._scored(text, read.logits[part], read.states[part]))
            first = part.stop
        return found

    def _scored(self, text: Passages, logits: NDArray[np.float32], states: NDArray[np.float32]) -> Scored:
        features = np.concatenate([sentence_features(text, logits), states], axis=1)
        return Scored(self._head.log_odds(features), logits, states)


class CosineScorer:
    """Where there is no reader: the cosine of question and sentence, behind its title, and the same features."""

    name = "cosine"

    def __init__(self, embedder: Embedder, heads: Heads | None = None) -> None:
        self._embedder = embedder
        self._head: Head = (heads or trained_heads())["cosine sentence"]

    def score(self, question: str, texts: Sequence[Passages]) -> list[Scored]:
        """Score the sentences of each text."""
        asked = self._embedder.question_vector(question)
        return [self._scored(text, asked) for text in texts]

    def _scored(self, text: Passages, asked: NDArray[np.float32]) -> Scored:
        vectors = [self._embedder.text_vector(beside_title(text.title, sentence)) for sentence in text.sentences]
        cosines = np.array([float(asked @ vector) for vector in vectors], dtype=np.float32)
        return Scored(
            self._head.log_odds(sentence_features(text, cosines)),
            cosines,
            np.zeros((len(cosines), STATE_SIZE), dtype=np.float32),
        )


def beside_title(title: str, sentence: str) -> str:
    """What is read of a sentence: it stands behind its title, which says what "it" is."""
    return f"{title}. {sentence}" if title else sentence


def sentence_features(text: Passages, logits: NDArray[np.float32]) -> Features:
    """The features of each sentence, [sentences, SENTENCE_FEATURES]."""
    count = len(logits)
    around = np.concatenate([[_NO_NEIGHBOUR], logits, [_NO_NEIGHBOUR]])
    rows = [
        (
            logits[n], logits[n] - logits.max(), around[n], around[n + 2], n / max(count - 1, 1), n == 0,
            n == count - 1, np.log(max(len(sentence), 1)), _DIGIT.search(sentence) is not None,
            *(role is one for one in _ROLES),
        )
        for n, (sentence, role) in enumerate(zip(text.sentences, text.roles, strict=True))
    ]  # fmt: skip
    return np.array(rows, dtype=np.float32).reshape(count, len(SENTENCE_FEATURES))
