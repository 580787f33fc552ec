"""What tells whether a question is answered by what was read: features of the best sentence, its paper, the ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.reading.evidence import Passages
from assistant.reading.heads import Features
from assistant.reading.information import Information
from assistant.reading.scoring import Scored
from assistant.retrieval import RankedPaper
from assistant.terms import QuestionTerms
from ingest.embedding import Vector
from ingest.library import Library

_TENTH = 9
_SECOND = 1
GRADE_FEATURES = (
    "best", "lead", "entropy", "expected", "best logit", "second logit", "mean of three logits", "logit of the best",
    "cosine", "lead over the tenth paper", "lead over the second paper", "held by the paper", "held by the sentence",
    "held beside names", "held with the title", "unknown words", "digit", "log words", "names",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A question and what was read for it; `texts` and `scored` are those of the first `ranked`, at least one pair."""

    question: str
    terms: QuestionTerms
    ranked: Sequence[RankedPaper]
    texts: Sequence[Passages]
    scored: Sequence[Scored]
    library: Library
    information: Information


def grade_features(found: Found) -> Features:
    """The named features, [GRADE_FEATURES]."""
    log_odds = np.concatenate([one.log_odds for one in found.scored])
    logits = np.concatenate([one.logits for one in found.scored])
    highest, best_logits = np.sort(log_odds)[::-1], np.sort(logits)[::-1]
    shares = _softmax(log_odds)
    paper, place = _place_of_best(found)
    text, sentence = found.texts[paper], found.texts[paper].sentences[place]
    fused = [one.score for one in found.ranked]
    words = found.library.lexical_table()
    unknown = sum(not words.document_count(stem) for stem in found.terms.stems) / max(len(found.terms.stems), 1)
    share = found.information.share
    values = (
        highest[0], highest[0] - highest[_SECOND] if len(highest) > 1 else 0.0, -(shares * np.log(shares + 1e-9)).sum(),
        np.log1p(np.exp(log_odds)).sum(), best_logits[0], best_logits[min(_SECOND, len(logits) - 1)],
        best_logits[:3].mean(), logits[int(np.argmax(log_odds))],
        found.ranked[0].cosine, fused[0] - fused[min(_TENTH, len(fused) - 1)],
        fused[0] - fused[min(_SECOND, len(fused) - 1)],
        share(f"{text.title}\n{text.text}"), share(sentence), share(sentence, frozenset(found.terms.name_stems)),
        share(f"{text.title} {sentence}"), unknown, any(sign.isdigit() for sign in sentence),
        np.log1p(len(found.question.split())), bool(found.terms.names),
    )  # fmt: skip
    return np.array(values, dtype=np.float32)


def state_features(found: Found, question_vector: Vector) -> Features:
    """The reader's state at the best sentence, the mean of its states by their shares, and the question's vector."""
    states = np.concatenate([one.states for one in found.scored])
    log_odds = np.concatenate([one.log_odds for one in found.scored])
    best = states[int(np.argmax(log_odds))]
    return np.concatenate([best, _softmax(log_odds) @ states, question_vector]).astype(np.float32)


def _place_of_best(found: Found) -> tuple[int, int]:
    """The number of the text that holds the best sentence, and the sentence's in it."""
    best = [float(one.log_odds.max(initial=-np.inf)) for one in found.scored]
    paper = int(np.argmax(best))
    return paper, int(np.argmax(found.scored[paper].log_odds))


def _softmax(log_odds: Features) -> Features:
    odds = np.exp(log_odds - log_odds.max())
    shares: Features = odds / odds.sum()
    return shares
