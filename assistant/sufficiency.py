"""Whether the library holds an answer, decided before a word is written."""

from collections.abc import Sequence

from assistant.evidence import EvidenceSet
from assistant.retrieval import RankedPaper

# A logistic regression over answerable and unanswerable questions (eval/cases), shifted towards answering.
_COVERAGE_WEIGHT = 5.85
_STANDING_WEIGHT = 0.67
_COSINE_WEIGHT = 4.9
_OFFSET = -7.15


def is_sufficient(evidence: EvidenceSet, ranked: Sequence[RankedPaper], *, is_follow_up: bool) -> bool:
    """Whether evidence is enough to answer: no unknown name, and together three signals that speak for it.

    The signals are the share of the question's information that the best paper holds, the best paper's
    cosine, and how far that cosine stands above the library's. A follow-up is about papers that were
    found already; a sentence of theirs that tells what is asked is enough.
    """
    if evidence.missing or not evidence.sentences:
        return False
    if is_follow_up:
        return any(piece.score > 0 for piece in evidence.sentences)
    cosine = max(paper.cosine for paper in ranked)
    standing = max(paper.standing for paper in ranked)
    signal = _COVERAGE_WEIGHT * evidence.coverage + _STANDING_WEIGHT * standing + _COSINE_WEIGHT * cosine + _OFFSET
    return signal >= 0
