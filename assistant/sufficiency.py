"""Whether the library holds an answer, decided before a word is written."""

from collections.abc import Sequence

from assistant.evidence import EvidenceSet
from assistant.retrieval import RankedPaper

# A logistic regression over answerable and unanswerable questions (eval/cases), shifted towards answering.
_COVERAGE_WEIGHT = 6.0
_STANDING_WEIGHT = 0.69
_COSINE_WEIGHT = 4.54
_OFFSET = -7.04
_LEAST_COVERAGE = {1: 0.5, 2: 0.5, 3: 0.36}  # by the number of words that carry the question


def is_sufficient(evidence: EvidenceSet, ranked: Sequence[RankedPaper], *, is_follow_up: bool) -> bool:
    """Whether evidence is enough to answer: no unknown name, and together three signals that speak for it.

    The signals are the share of the question's information that the best paper holds, the best paper's
    cosine, and how far that cosine stands above the library's. Of a short question the best paper must hold
    more than half ("optimal transport" is not "transport"). A follow-up is about papers that were
    found already; a sentence of theirs that tells what is asked is enough.
    """
    if evidence.missing or not evidence.sentences:
        return False
    if is_follow_up:
        return any(piece.score > 0 for piece in evidence.sentences)
    if evidence.coverage <= _LEAST_COVERAGE.get(evidence.words_asked, 0.0):
        return False
    cosine = max(paper.cosine for paper in ranked)
    standing = max(paper.standing for paper in ranked)
    signal = _COVERAGE_WEIGHT * evidence.coverage + _STANDING_WEIGHT * standing + _COSINE_WEIGHT * cosine + _OFFSET
    return signal >= 0
