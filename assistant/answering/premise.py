"""What a question takes for granted and the cited abstracts do not say, or deny: "why is X slower"."""

import re
from collections.abc import Sequence

from assistant.answering.polarity import agreement
from assistant.finding.names import holds_name
from assistant.language.terms import Name
from ingest.paper import StoredPaper
from ingest.words import stem, words_of
from prompts import fill

_TAKES_FOR_GRANTED = re.compile(
    r"\s*(?:and\s+|but\s+|so\s+)?(?:why|how\s+come|what\s+(?:makes|causes))\b", re.IGNORECASE
)


def named_apart(names: Sequence[Name], papers: Sequence[StoredPaper]) -> str:
    """That no cited abstract names all that a question on one paper names; "" where one does.

    "What mAP does EfficientNet-B7 reach on COCO" may bring a paper of the one and a paper of the other.
    """
    if len(names) < 2 or not papers or any(all(holds_name(stored, name) for name in names) for stored in papers):
        return ""
    return fill("named_apart", names=" and ".join(f"“{name.text}”" for name in names))


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
