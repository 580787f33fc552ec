"""The evidence for a follow-up: it is about papers that were shown, and every one that is compared has its say."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.conversation import Reading
from assistant.evidence import EvidenceSet, gather, holds_name
from assistant.pointing import tried_on
from assistant.retrieval import RankedPaper
from assistant.terms import QuestionTerms, question_terms
from ingest.library import Library
from ingest.words import stems_of


def gather_for(reading: Reading, terms: QuestionTerms, ranked: Sequence[RankedPaper], library: Library) -> EvidenceSet:
    """As `gather`; of papers that are compared, from each, and nothing of a name that none of those spoken of holds."""
    if not reading.is_follow_up:
        return gather(reading.scope.rest, terms, ranked, library)
    if reading.compared:
        in_order = sorted(ranked, key=lambda paper: reading.compared.index(paper.stored.paper.arxiv_id))
        return _together([gather(reading.scope.rest, terms, [paper], library) for paper in in_order])
    unheld = tuple(name for name in terms.names if not any(holds_name(paper.stored, name) for paper in ranked))
    found = _gather_first(reading.scope.rest, terms, ranked, library)
    if unheld:
        return replace(found, sentences=(), missing=unheld)
    on_words = question_terms(tried_on(reading.scope.rest)).stems
    if on_words and not any(set(on_words) & set(stems_of(paper.stored.paper.text)) for paper in ranked):
        return replace(found, sentences=(), is_stated=False)
    return found


def _gather_first(text: str, terms: QuestionTerms, ranked: Sequence[RankedPaper], library: Library) -> EvidenceSet:
    """Evidence of those spoken of, or of the first of them alone that has any."""
    found = gather(text, terms, ranked, library)
    apart = (gather(text, terms, [paper], library) for paper in ranked if len(ranked) > 1 and not found.sentences)
    return next((one for one in apart if one.sentences), found)


def _together(found: Sequence[EvidenceSet]) -> EvidenceSet:
    """Evidence of several papers as one, where every one has any."""
    if not found or not all(one.sentences for one in found):
        return found[0] if len(found) == 1 else EvidenceSet((), 0.0, 0, 0.0, (), is_stated=False)
    sentences = tuple(sentence for one in found for sentence in one.sentences)
    return replace(found[0], sentences=sentences, coverage=max(one.coverage for one in found))
