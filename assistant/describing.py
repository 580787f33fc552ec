"""Papers that a question points at by what they are about: "back to the lip-reading one"."""

import re
from dataclasses import dataclass

from assistant.pointing import OPENER, carrying_words, without

_BACK_TO = re.compile(
    rf"{OPENER}(?:(?:let['’]s\s+)?(?:go(?:ing)?|com(?:e|ing)|return(?:ing)?)\s+)?back\s+to\s+", re.IGNORECASE
)
_WORD = r"(?!(?:the|a|an|with|of|to|from|and|or|is|was|than)\b)[\w-]+"
_DESCRIBED = re.compile(
    r"\b(?:the|that)\s+(?:(?P<before>(?!(?:first|second|third|last|other|same|only|new|best|main|whole|former|latter|two|three)\b)"
    rf"{_WORD}(?:\s+{_WORD}){{0,3}}?)\s+"
    r"(?:one|paper|study|work)\b(?!\s+of)"
    r"|(?:ones?|paper|study|work)\s+(?P<after>(?:about|on|with|for|by|that|which|using|where|doing|from|of)\s+[^,:;?.]+))",
    re.IGNORECASE,
)


def is_back_to(question: str) -> bool:
    """Whether a question goes back to something ("back to the lip-reading one")."""
    return bool(_BACK_TO.match(question))


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a paper that is pointed at by what it is about, and the question without it.

    `is_of_one`: it says "one", not "paper", which points at those shown for certain.
    """

    what: str
    rest: str
    is_of_one: bool


def description(question: str) -> Description | None:
    """The paper that a question describes: "back to the lip-reading one", "the paper on shadows"."""
    if found := _BACK_TO.match(question):
        what, _, rest = _parted(question[found.end() :])
        return Description(what, rest, is_of_one=True)
    for found in _DESCRIBED.finditer(question):
        said = found["before"] or found["after"]
        if carrying_words(said):
            is_of_one = re.search(r"\bones?\b", found.group(), re.IGNORECASE) is not None
            return Description(said, without(question, [found.span()]).lstrip("it:, "), is_of_one)
    return None


def _parted(text: str) -> tuple[str, str, str]:
    found = re.search(r"[:;,.?!]\s*", text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", "")
