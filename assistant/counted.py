"""What a question counts ("how many patients"), and the sentences that give such a count."""

import re

from assistant.terms import STOP_WORDS
from ingest.words import stem, words_of

THING = (
    r"((?:[\w’'-]+\s+){0,4}?[\w’'-]+?)(?=\s+(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|took|takes?|sits?"
    r"|needs?|reach(?:es)?|makes?|uses?|used|carried|goe?s?|comes?|gives?|helps?|it|its|they|the|a|an|to|of|in|on|at|for|with"
    r"|from|by|and|or|that|s|per)\b|[?,.:;]|$)"
)
COUNTED = re.compile(rf"\bhow\s+many\s+{THING}", re.IGNORECASE)
SAME = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "image picture photo photograph scan frame",
        "person people subject participant individual patient volunteer man woman human user",
        "video clip sequence film recording",
        "sample example instance case",
        "class category type",
        "paper article work study",
    )
)
"""What is counted by one word and told by another."""
NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|single"
    r"|once|twice|one)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\d[\d,.]*|[^\W\d_]+")
_PLURALS = frozenset({"people", "men", "women", "children", "data", "fps", "mice"})
_PREPOSITIONS = frozenset("of in on at with for from by to and or per".split())  # noqa: SIM905
_BETWEEN = 4  # words between a number and what it counts: "203 high-resolution brain scans"


def counted_thing(question: str) -> frozenset[str]:
    """The stems of what "how many" asks for, and of what tells the same; empty where nothing is counted."""
    asked = COUNTED.search(question)
    return _with_same({stem(w) for w in words_of(asked.group(1)) if w not in STOP_WORDS}) if asked else frozenset()


def head_counted(question: str) -> frozenset[str]:
    """As `counted_thing`, of its last word only: "leather patches" are patches."""
    asked = COUNTED.search(question)
    words = [w for w in words_of(asked.group(1)) if w not in STOP_WORDS] if asked else []
    return _with_same({stem(words[-1])}) if words else frozenset()


def _with_same(stems: set[str]) -> frozenset[str]:
    return frozenset(stems).union(*(group for group in SAME if not stems.isdisjoint(group)))


def gives_count(text: str, thing: frozenset[str]) -> bool:
    """Whether a number of a text stands before one of these stems: joined to it, or a few words before its plural."""
    tokens = _TOKEN.findall(text)
    return any(
        stem(token.lower()) in thing and (_is_plural(token.lower()) or f"{number}-{token}" in text)
        for place, number in enumerate(tokens)
        if NUMBER.match(number)
        for token in _until_other(tokens[place + 1 : place + 2 + _BETWEEN])
    )


def _is_plural(word: str) -> bool:
    return word.endswith("s") or word in _PLURALS


def _until_other(tokens: list[str]) -> list[str]:
    """The tokens before the next number or preposition, behind which something else is counted."""
    ends = (place for place, token in enumerate(tokens) if token[0].isdigit() or (place and token in _PREPOSITIONS))
    return tokens[: next(ends, len(tokens))]
