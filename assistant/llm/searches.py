"""What a model wants searched for: a few words in one line, or nothing."""

import re
from collections.abc import Iterator, Sequence

from assistant.language.terms import STOP_WORDS
from assistant.llm.prompt import NOT_ANSWERED, neutral
from ingest.words import stem, words_of

_MOST = 2
_LONGEST = 120  # characters; a question that is longer is an answer, or an order
_LABEL = re.compile(
    r"^(?:(?:other\s+)?(?:search(?:es)?|quer(?:y|ies)|phrases?)\s*\d*\s*[:–-]\s*|\d+[.)]\s+)", re.IGNORECASE
)
_AROUND = " \t\"'“”‘’«»*_-–•.;,"
_BETWEEN = re.compile(r"[\"”]\s+[\"“]")
_LEADS = (":", "：")


def searches_in(said: Sequence[str], question: str) -> tuple[str, ...]:
    """The searches among what a model said, at most two: short, in a line, each with a word of its own."""
    asked, found = {stem(word) for word in words_of(question)}, dict[frozenset[str], str]()
    for text in _phrases(said):
        words = frozenset(stem(word) for word in words_of(text) if word not in STOP_WORDS)
        if words - asked:
            found.setdefault(words, text)
    return tuple(found.values())[:_MOST]


def _phrases(said: Sequence[str]) -> Iterator[str]:
    for line in (part for text in said for part in _BETWEEN.split(text)):
        if line.rstrip().endswith(_LEADS) or NOT_ANSWERED.lower() in line.lower():  # "Here are two searches:"
            continue
        text = _LABEL.sub("", neutral(line).strip(_AROUND)).strip(_AROUND)
        if len(text) <= _LONGEST and re.search(r"[^\W\d_]{3}", text):
            yield text
