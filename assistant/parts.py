"""The parts of a question that are searched apart: the sides of a comparison."""

import re

_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:differences?|comparison|relation|choice)\s+between\s+(?P<one>.+?)\s+and\s+(?P<other>.+)",
        r"\bhow\s+(?:do|did|are)\s+(?P<one>.+?)\s+and\s+(?P<other>.+?)\s+(?:differ|compare)\b",
        r"\bhow\s+(?:do|does|did|is|are)\s+(?P<one>.+?)\s+(?:differ(?:ent)?\s+from|compared?\s+(?:to|with))\s+(?P<other>.+)",
        r"\bwhat\s+(?:sets|distinguishes)\s+(?P<one>.+?)\s+(?:apart\s+)?from\s+(?P<other>.+)",
        r"\bwhat\s+do\s+(?P<one>.+?)\s+and\s+(?P<other>.+?)\s+(?:do\s+differently|have\s+in\s+common|share)\b",
        r"\bwhich\s+(?:one\s+)?(?:is|was|has|runs|needs|gives|reports|reaches|works)\b[^,:]*[,:]\s*"
        r"(?P<one>.+?),?\s+or\s+(?P<other>.+)",
        r"\b(?:compare|contrast)\s+(?P<one>.+?)\s+(?:and|with|to|against|versus)\s+(?P<other>.+)",
        r"^(?P<one>(?!\s*(?:what|which|how|who|why)\b)[^,?]+?)\s+(?:vs\.?|versus|compared\s+(?:to|with))\s+(?P<other>.+)",
        r"^(?P<one>[^,:?]+?)\s+or\s+(?P<other>[^,:?]+?)\s*:\s*which\b",
    )
)
_LONGEST_SIDE = 12  # words
_END = re.compile(r"\s*[?:.](?:\s.*)?$|(?:[,:]|\s[-–—])\s*(?:what|which|how|who|why)\b.*$", re.IGNORECASE)
_NO_SIDE = re.compile(
    r"^(?:(?:the|all|these|those|both|different)\s+)*"
    r"(?:it|its|this|that|them|they|papers?|methods?|works?|approach(?:es)?|first|second|third|last|others?)\b",
    re.IGNORECASE,
)


def sides_of(question: str) -> tuple[str, ...]:
    """The sides of a comparison, two texts; nothing where a question compares nothing that it names."""
    for pattern in _SIDES:
        if found := pattern.search(question):
            sides = tuple(_END.sub("", found[side]).strip() for side in ("one", "other"))
            return sides if all(map(_is_side, sides)) else ()
    return ()


def _is_side(text: str) -> bool:
    return bool(text) and len(text.split()) <= _LONGEST_SIDE and not _NO_SIDE.match(text)
