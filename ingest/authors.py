"""Names of people, compared: in any case, with or without accents, in any order, with initials."""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`ʼ")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def folded(name: str) -> str:
    """A name in lower case without accents."""
    lowered = name.translate(_APOSTROPHES).casefold()
    if lowered.isascii():
        return lowered
    apart = unicodedata.normalize("NFKD", lowered).casefold()  # letters of other fonts have their case only now
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_UNDECOMPOSED)


@lru_cache(maxsize=256)
def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared, the longest first: of “Author, A.” “author” and “a”."""
    return tuple(sorted(_WORD.findall(folded(name)), key=lambda word: (-len(word), word)))


def is_named(author: str, words: Sequence[str]) -> bool:
    """Whether all these words are words of an author's name, each of another; a single letter is an initial."""
    left = _WORD.findall(folded(author))
    for word in words:
        found = next((one for one in left if one == word or (len(word) == 1 and one.startswith(word))), None)
        if found is None:
            return False
        left.remove(found)
    return bool(words)


def names_an_author(authors: str, name: str) -> bool:
    """Whether one of the authors, a JSON list as the library keeps it, has this name."""
    words = words_of_name(name)
    text = folded(authors)
    return all(word in text for word in words) and any(is_named(author, words) for author in json.loads(authors))
