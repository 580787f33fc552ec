"""What tells whether a sentence of any text answers a question, and whether one of them does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import Features
from assistant.reading.evidence import Passages
from assistant.reading.scoring import SENTENCE_FEATURES, sentence_features
from ingest.paper import Role
from ingest.words import stems_of

_LOWEST = -12.0  # a logit below any that the reader gives: where there is no such sentence
_LIKE_AN_ABSTRACT = 10  # sentences that a long text is measured by, as the heads have seen abstracts only
_SOFT = 2.5  # temperature of a share in which the second best still counts
_MIDDLE = -5.0  # the logit at which a sentence may as well bear on the question as not
_ROLES = tuple(f"role {role}" for role in Role)
_AMONG = ("over the second", "log rank", "is best", "best logit", "mean logit", "over the mean", "log sentences")
_AROUND = ("logit two before", "logit two after")
_HELD = ("held", "below the most held", "held with the title", "a number held", "no number held")
_SHARES = ("share", "soft share", "bears on it", "held")
_BY = ("place", "last", *_ROLES)
QUOTE_FEATURES = (
    *SENTENCE_FEATURES, *_AMONG, *_AROUND, *_HELD, *_SHARES[:3], *(f"{share} x {by}" for share in _SHARES for by in _BY)
)  # fmt: skip
ANSWER_FEATURES = (
    "best", "lead", "expected", "entropy", "best logit", "second logit", "mean of three logits", "logit of the best",
    "lead over the fifth logit", "held by the best", "held by it with the title", "held by title and text",
    "held by the text", "digit", "log sentences", "log words", "likely", "bears on it",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadText:
    """A question, a text of at least one sentence, and what a model says of each of these.

    `logits` [sentences]; `states` [sentences, 384], the reader's own, or [sentences, 0] where there is no reader.
    """

    question: str
    text: Passages
    logits: NDArray[np.float32]
    states: NDArray[np.float32]


def quote_features(read: ReadText) -> Features:
    """The named features of each sentence, its state and that of the text: [sentences, QUOTE_FEATURES + 2 x 384]."""
    count, logits = len(read.logits), read.logits
    plain = sentence_features(read.text, logits)
    around = np.concatenate([[_LOWEST] * 2, logits, [_LOWEST] * 2])
    held = _held(read)
    by = plain[:, [SENTENCE_FEATURES.index(name) for name in _BY]]
    shares = np.stack([_shares(logits), _shares(logits / _SOFT), _likely(logits - _MIDDLE), held[:, 0]], axis=1)
    products = (shares[:, :, None] * by[:, None, :]).reshape(count, -1)
    named = [plain, _among(logits), np.stack([around[:-4], around[4:]], axis=1), held, shares[:, :3], products]
    best = np.argsort(-logits, kind="stable")[:_LIKE_AN_ABSTRACT]
    whole = np.repeat(read.states[best].mean(axis=0, keepdims=True), count, axis=0)
    return np.concatenate([*named, read.states, whole], axis=1).astype(np.float32)


def answer_features(read: ReadText, log_odds: NDArray[np.float32]) -> Features:
    """The named features of a text, the state of its best sentence and the mean state: [ANSWER_FEATURES + 2 x 384].

    `log_odds` [sentences] are those of its sentences.
    """
    best = int(np.argmax(log_odds))
    odds, logits = _highest(log_odds, 2), _highest(read.logits, 5)
    shares = _shares(log_odds)
    sentences = read.text.sentences
    asked, title = set(stems_of(read.question)), set(stems_of(read.text.title))
    held_by = [set(stems_of(sentence)) for sentence in sentences]
    whole = set[str]().union(*held_by)
    held = [_share(asked, stems) for stems in (held_by[best], held_by[best] | title, whole | title, whole)]
    values = (
        odds[0], odds[0] - odds[1] if len(sentences) > 1 else 0.0, np.log1p(np.exp(log_odds)).sum(),
        -(shares * np.log(shares + 1e-9)).sum(), logits[0], logits[1], logits[: min(3, len(sentences))].mean(),
        read.logits[best], logits[0] - logits[min(5, len(sentences)) - 1], *held,
        any(sign.isdigit() for sign in sentences[best]), _log_sentences(len(sentences)),
        np.log1p(len(read.question.split())), _likely(logits[0]), _likely(logits[0] - _MIDDLE),
    )  # fmt: skip
    return np.concatenate([values, read.states[best], shares @ read.states]).astype(np.float32)


def _among(logits: NDArray[np.float32]) -> Features:
    """How a sentence stands among the others of its text."""
    count = len(logits)
    rank = np.empty(count)
    rank[np.argsort(-logits, kind="stable")] = np.arange(count)
    best, second = _highest(logits, 2)
    mean = np.sort(logits)[::-1][:_LIKE_AN_ABSTRACT].mean()
    same = [np.full(count, value) for value in (best, mean, _log_sentences(count))]
    found = np.stack([logits - second, np.log1p(rank), rank == 0, same[0], same[1], logits - mean, same[2]], axis=1)
    return found.astype(np.float32)


def _held(read: ReadText) -> Features:
    """How much of the question's words each sentence holds, and of its numbers."""
    asked, title = set(stems_of(read.question)), set(stems_of(read.text.title))
    numbers = {stem for stem in asked if stem[0].isdigit()}
    stems = [set(stems_of(sentence)) for sentence in read.text.sentences]
    held = np.array([_share(asked, found) for found in stems])
    rows = [
        (own, own - held.max(), _share(asked, said | title), bool(numbers & said), bool(numbers) and not numbers & said)
        for own, said in zip(held, stems, strict=True)
    ]
    return np.array(rows, dtype=np.float32)


def _share(asked: set[str], held: set[str]) -> float:
    return len(asked & held) / max(len(asked), 1)


def _highest(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The highest values in order, the lowest of all in place of those that are not there."""
    found = np.full(count, _LOWEST, dtype=np.float32)
    best = np.sort(values)[::-1][:count]
    found[: len(best)] = best
    return found


def _log_sentences(count: int) -> float:
    return float(np.log(min(count, 16)))  # abstracts have no more


def _shares(values: NDArray[np.float32]) -> NDArray[np.float32]:
    odds = np.exp(values - values.max())
    return np.asarray(odds / odds.sum(), dtype=np.float32)


def _likely(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
