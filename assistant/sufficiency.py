"""Whether the library holds an answer, decided before a word is written."""

from collections.abc import Sequence

from assistant.evidence import EvidenceSet
from assistant.retrieval import RankedPaper

# A logistic regression over answerable and unanswerable questions (docs/decisions/0004), shifted towards answering.
_COVERAGE_WEIGHT = 5.07
_COSINE_WEIGHT = 1.05
_LEAD_WEIGHT = 1.05
_UNKNOWN_WEIGHT = -2.53
_OFFSET = -5.81
_THRESHOLD = -1.4
_STRONG = 2.5
_NAMED = -3.0
_LEAST_COVERAGE = {1: 0.5, 2: 0.5, 3: 0.36}  # by the number of words that carry the question
_TENTH = 9


def is_sufficient(evidence: EvidenceSet, ranked: Sequence[RankedPaper], *, is_follow_up: bool) -> bool:
    """Whether evidence is enough to answer: no unknown name, and together four signals that speak for it.

    The signals are the share of the question's information that the best paper holds, the best cosine, how far
    the best paper leads the tenth, and the share of the question's words that no paper holds. They must be
    strong where the best paper holds less than half of a short question ("optimal transport" is not
    "transport"), and may be weak where a rare name tells which paper is meant. A follow-up is
    about papers that were found already; a sentence of theirs that tells what is asked is enough.
    """
    if evidence.missing or not evidence.sentences:
        return False
    if is_follow_up:
        return any(piece.score > 0 for piece in evidence.sentences)
    lead = ranked[0].score - ranked[min(_TENTH, len(ranked) - 1)].score
    cosine = max(paper.cosine for paper in ranked)
    signal = (
        _COVERAGE_WEIGHT * evidence.coverage
        + _COSINE_WEIGHT * cosine
        + _LEAD_WEIGHT * lead
        + _UNKNOWN_WEIGHT * evidence.unknown
        + _OFFSET
    )
    if evidence.is_named:
        return signal >= _NAMED
    least = _LEAST_COVERAGE.get(evidence.words_asked, 0.0)
    return signal >= (_THRESHOLD if evidence.coverage > least else _STRONG)
