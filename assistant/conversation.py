"""What a question means in the course of a conversation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.terms import question_terms

_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|them|he|she)\b"
    r"|\b(?:this|that|these|those|the|same)"
    r" (?:one|ones|papers?|methods?|works?|approach|model|network|authors?|dataset)\b"
    r"|^\s*(?:and|but|so|what about|how about|why)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\bthe (first|second|third|fourth|fifth|last)\b", re.IGNORECASE)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_MOST_WORDS_OF_A_FOLLOW_UP = 4


@dataclass(frozen=True, slots=True)
class Focus:
    """The papers that a follow-up points back to; empty where a question stands on its own."""

    arxiv_ids: tuple[str, ...] = ()


def focus_of(question: str, history: Sequence[Answer]) -> Focus:
    """Read a question against the answers before it, newest last.

    A short question with a word that points back ("and its accuracy?", "the second one") is about the
    papers of the newest answer that cited any; every other question stands on its own.
    """
    cited = next((answer.references for answer in reversed(history) if answer.references), ())
    if not cited:
        return Focus()
    terms = question_terms(question)
    if terms.names or len(terms.words) > _MOST_WORDS_OF_A_FOLLOW_UP:
        return Focus()
    if ordinal := _ORDINAL.search(question):
        place = _ORDINALS[ordinal.group(1).lower()]
        return Focus((cited[place].arxiv_id,)) if -1 <= place < len(cited) else Focus()
    if _POINTS_BACK.search(question) or not terms.words:
        return Focus(tuple(reference.arxiv_id for reference in cited))
    return Focus()
