"""Words, split as SQLite's full-text index splits them, and their stems, the same in British and American."""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_STEMMERS = threading.local()
"""A stemmer for each thread: it keeps a state of its own."""
_SHORTEST_STEMMED = 3  # bytes
_DEPARTURES = (  # of Porter's own program from his paper, which Snowball follows: https://tartarus.org/martin/PorterStemmer
    (re.compile(r"([aeiouy][^aeiouy]\w*)bly$"), r"\1ble"),
    (re.compile(r"([aeiouy][^aeiouy]\w*log)(?:y|ies)$"), r"\1"),
)
_AMERICAN = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"([a-z]{2})our((?:s|ed|ing|able|less|ful|al|hoods?|ation)?)$", r"\1or\2"),  # colour
        (r"([a-z](?:al|an|im|er|or|at|et|ar|ol|el|on|in|it|il|gn))is(e|ed|es|er|ers|ing|ations?)$", r"\1iz\2"),
        (r"ys(e|ed|es|ing)$", r"yz\1"),  # analyse
        (r"([a-z]{2}[bt])re(s?)$", r"\1er\2"),  # centre, fibre
        (r"(defen|offen|licen)c(es?)$", r"\1s\2"),
        (r"([a-z][al]og)ue(s?)$", r"\1\2"),  # catalogue
        (r"^(programm)e(s?)$", r"program\2"),
        (r"([a-z])ae([mdsc])", r"\1e\2"),  # haemorrhage, paediatric
        (r"^oe(soph|dem)", r"e\1"),
        (r"^grey", "gray"),
        (r"judge(ments?)$", r"judg\1"),
    )
)


def words_of(text: str) -> list[str]:
    """Lower-case words without diacritics."""
    return _WORD.findall(without_diacritics(text.lower()))


def without_diacritics(text: str) -> str:
    """A text with plain letters."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def stems_of(text: str) -> list[str]:
    """The stems of all words of a text, in order."""
    return [stem(word) for word in words_of(text)]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem (Porter 1980) of a lower-case word, of its American spelling where the British differs."""
    word = american(word)
    if len(word.encode()) < _SHORTEST_STEMMED:
        return word
    for departing, spelled in _DEPARTURES:
        word = departing.sub(spelled, word)
    stemmer = getattr(_STEMMERS, "porter", None)
    if stemmer is None:
        stemmer = _STEMMERS.porter = Stemmer.Stemmer("porter")
    return str(stemmer.stemWord(word))


def american(word: str) -> str:
    """The American spelling of a lower-case word."""
    for british, spelled in _AMERICAN:
        word = british.sub(spelled, word)
    return word
