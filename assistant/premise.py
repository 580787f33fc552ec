"""What a question takes for granted and an abstract denies: "why is X slower", where it is faster."""

import re
from collections.abc import Sequence

from assistant.polarity import agreement
from ingest.paper import StoredPaper
from ingest.words import stem, words_of
from prompts import fill

_TAKES_FOR_GRANTED = re.compile(
    r"\s*(?:and\s+|but\s+|so\s+)?(?:why|how\s+come|what\s+(?:makes|causes))\b", re.IGNORECASE
)


def premise_doubted(question: str, papers: Sequence[StoredPaper]) -> str:
    """That all of the cited abstracts seem to say the opposite of what a question asks the reason of; else ""."""
    if not papers or not _TAKES_FOR_GRANTED.match(question):
        return ""
    opposed = [agreement(question, [stored.paper.abstract]).opposed for stored in papers]
    if not all(opposed):
        return ""
    stems = {found for one in opposed for found in one}
    words = dict.fromkeys(word for word in words_of(question) if stem(word) in stems)
    return fill("premise_doubted", words=", ".join(f"“{word}”" for word in words))
