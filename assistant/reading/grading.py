"""What tells whether a question is answered by what was read: features of the best sentence, its paper, the ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.finding.information import Information
from assistant.finding.retrieval import RankedPaper
from assistant.language.terms import QuestionTerms
from assistant.learned.linear import Features
from assistant.reading.evidence import Passages
from assistant.reading.scoring import Scored
from ingest.embedding import Vector
from ingest.library import Library

_TENTH = 9
_SECOND = 1
_NOTHING = -12.0  # of a text without a sentence to read: below any logit and any log odds of ours
GRADE_FEATURES = (
    "best", "lead", "entropy", "expected", "best logit", "second logit", "mean of three logits", "logit of the best",
    "cosine", "lead over the tenth paper", "lead over the second paper", "held by the paper", "held by the sentence",
    "held beside names", "held with the title", "unknown words", "digit", "log words", "names",
    "chance", "log chance", "chance of three", "lead of the chance", "chance of all", "log odds of the likeliest",
    "logit of the likeliest", "likeliest in the first paper", "cosine of the likeliest", "held by the likeliest",
    "held by the likeliest sentence", "length of the likeliest", "share of its paper",
)  # fmt: skip

PAPER_FEATURES = (
    "below the first score", "below the first cosine", "below the best", "best", "logit below the best",
    "held below the most", "held", "log place", "score", "lead over the tenth paper", "below the best, held",
    "below the first score, not held",
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


def grade_features(found: Found, likely: Sequence[Features]) -> Features:
    """The named features, [GRADE_FEATURES]; `likely` is how likely each sentence of each text answers."""
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
        *_of_likeliest(found, likely),
    )  # fmt: skip
    return np.array(values, dtype=np.float32)


def _of_likeliest(found: Found, likely: Sequence[Features]) -> tuple[float, ...]:
    """What is known of the likeliest sentence, and of the chances of the others."""
    every = np.sort(np.concatenate(likely))[::-1]
    paper, place = _likeliest(likely)
    text, scored, sentence = found.texts[paper], found.scored[paper], found.texts[paper].sentences[place]
    of_papers = [float(some.sum()) for some in likely]
    share = found.information.share
    return (
        every[0], np.log(every[0] + 1e-6), every[:3].sum(), every[0] - every[min(_SECOND, len(every) - 1)], every.sum(),
        scored.log_odds[place], scored.logits[place], paper == 0, found.ranked[paper].cosine,
        share(f"{text.title} {text.text}"), share(sentence), len(sentence), max(of_papers) / sum(of_papers),
    )  # fmt: skip


def _likeliest(likely: Sequence[Features]) -> tuple[int, int]:
    """The number of the text that holds the likeliest sentence, and the sentence's in it."""
    paper = int(np.argmax([float(some.max(initial=-1.0)) for some in likely]))
    return paper, int(np.argmax(likely[paper]))


def paper_features(found: Found) -> Features:
    """What tells which of the papers that were read is meant, [texts, PAPER_FEATURES]."""
    read = found.ranked[: len(found.texts)]
    fused, cosines = np.array([one.score for one in read]), np.array([one.cosine for one in read])
    best, logits = (
        np.array([getattr(one, name).max(initial=_NOTHING) for one in found.scored]) for name in ("log_odds", "logits")
    )
    held = np.array([found.information.share(f"{text.title}\n{text.text}") for text in found.texts])
    below, behind = best - best.max(), fused - fused.max()
    tenth = found.ranked[min(_TENTH, len(found.ranked) - 1)].score
    columns = (
        behind, cosines - cosines.max(), below, best, logits - logits.max(), held - held.max(), held,
        np.log1p(np.arange(len(read))), fused, fused - tenth, below * held, behind * (1 - held),
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def chances(log_odds: Features, scored: Sequence[Scored]) -> list[Features]:
    """How likely each sentence answers: that its paper is meant, [texts] in log odds, times that it states it."""
    return [share / (1 + np.exp(-one.log_odds)) for share, one in zip(_softmax(log_odds), scored, strict=True)]


def state_features(found: Found, likely: Sequence[Features], question_vector: Vector) -> Features:
    """The reader's states at the likeliest and the best sentence, their mean by shares, and the question's vector."""
    states = np.concatenate([one.states for one in found.scored])
    log_odds = np.concatenate([one.log_odds for one in found.scored])
    best = states[int(np.argmax(log_odds))]
    paper, place = _likeliest(likely)
    parts = [found.scored[paper].states[place], best, _softmax(log_odds) @ states, question_vector]
    return np.concatenate(parts).astype(np.float32)


def _place_of_best(found: Found) -> tuple[int, int]:
    """The number of the text that holds the best sentence, and the sentence's in it."""
    best = [float(one.log_odds.max(initial=-np.inf)) for one in found.scored]
    paper = int(np.argmax(best))
    return paper, int(np.argmax(found.scored[paper].log_odds))


def _softmax(log_odds: Features) -> Features:
    odds = np.exp(log_odds - log_odds.max())
    shares: Features = odds / odds.sum()
    return shares
