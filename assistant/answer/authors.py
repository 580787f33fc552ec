"""Names of authors, split where that is sure; what cannot be split stays as it is told."""

import re
from dataclasses import dataclass

_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_PARTICLES = frozenset("van von der den de del della di da dal dos das du ten ter zu zur".split())  # noqa: SIM905
_AFTER_A_PARTICLE = frozenset({"la", "las", "los", "le", "l'"})
_JOINING = frozenset({"y", "e", "i"})  # between the two family names of a person: Ramón y Cajal
_VIETNAMESE = frozenset(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh".split()  # noqa: SIM905
)
"""Family names before which “Van” is a part of the given name."""
_NO_PERSON = re.compile(
    r"[\d(){}\[\]<>;:/&@|\"]|\b(?:and|for|of|on behalf|et al|others|collaborations?|consortium|groups?|teams?"
    r"|projects?|institutes?|universit\w+|network|committee|society|association|labs?|laborator\w+|inc|ltd|llc"
    r"|gmbh)\b",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\w\.?")


@dataclass(frozen=True, slots=True)
class Author:
    """The name of a person; of whatever cannot be split, `family` is the whole name and `given` is empty."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def is_literal(self) -> bool:
        """Whether it is a name that no program should take apart."""
        return not self.given


def read_author(name: str) -> Author:
    """A name in one line, as “First Last”, “Last, First” or with a suffix; collaborations stay whole."""
    split = None if _NO_PERSON.search(name) else _split(name)
    is_sure = split is not None and _has_letters(split.family) and _has_letters(split.given)
    return split if split and is_sure else Author(name)


def _split(name: str) -> Author | None:
    parts = [part.strip() for part in name.split(",")]
    suffixes = [part for part in parts[1:] if part.lower() in _SUFFIXES]
    names = [part for part in parts if part not in suffixes]
    if len(suffixes) > 1 or not 1 <= len(names) <= 2:
        return None
    suffix = suffixes[0] if suffixes else ""
    return Author(names[0], names[1], suffix) if len(names) == 2 else _spoken(names[0], suffix)


def _has_letters(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _spoken(name: str, suffix: str) -> Author | None:
    """A name as it is spoken, the family's last; None where it is not sure which part that is."""
    words = name.split()
    if words and not suffix and words[-1].lower() in _SUFFIXES:
        suffix = words.pop()
    if len(words) < 2 or _INITIAL.fullmatch(words[-1]):
        return None
    begin = _family_begins(words)
    return Author(" ".join(words[begin:]), " ".join(words[:begin]), suffix)


def _family_begins(words: list[str]) -> int:
    """The place of the first word of the family name: its particles are a part of it."""
    for place in range(1, len(words) - 1):
        if words[place] in _JOINING:
            return place - 1
        if words[place][0].islower() or _is_particle(words, place):
            return place
    return len(words) - 1


def _is_particle(words: list[str], place: int) -> bool:
    """Whether a word with a capital is a particle all the same, as in “Luc Van Gool”."""
    word, following = words[place].lower(), words[place + 1].lower()
    if word == "van" and following in _VIETNAMESE:
        return False
    return word in _PARTICLES or (word in _AFTER_A_PARTICLE and words[place - 1].lower() in _PARTICLES)
