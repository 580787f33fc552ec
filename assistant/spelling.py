"""Misspelt words and names, read as what the library writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.terms import STOP_WORDS, names_in, tokens_of
from ingest.lexical import LexicalTable
from ingest.words import stem, words_of

_SHORTEST = 6
_SHORTEST_NAME = 7
_SHORTEST_REPLACED = 8
_CANDIDATES = 20
_DIGITS = re.compile(r"\d+")
_LONG = 11
_SHORTEST_STEM = 5
_ENDING = 4
_RARE_PAPERS = 3
_FEW_PAPERS = 10
_SHORTEST_JOINED = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with its misspelt words replaced; `changes` pairs what was written with what was read."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def read_spelling(question: str, words: LexicalTable, is_word: Callable[[str], bool]) -> Reading:
    """Replace words that nobody knows by near ones of the library, and join what it writes as one.

    "segmentaion" is read as "segment", "MetaPoisn" and "Meta Poisn" as "metapoison"; to "latent gnn" is added
    "latentgnn". A word that `is_word` knows, and one without a near one in the library, stays as it is.
    """
    tokens = tokens_of(question)
    unknown = {token for token in tokens if not all(words.document_count(stem(w)) for w in words_of(token))}
    joined = _joined(tokens, unknown, words)
    parts = {part for written, _ in joined for part in written.split()}
    misspelt = sorted(t for t in unknown - parts if names_in(t) or not _is_english(t.lower(), is_word))
    near = [(token, _near("".join(words_of(token)), words, is_name=bool(names_in(token)))) for token in misspelt]
    changes = [*joined, *((token, read) for token, read in near if read is not None)]
    text = question
    for written, read in changes:
        text = text.replace(written, read, 1)
    return Reading(text, tuple(changes))


def _is_english(word: str, is_word: Callable[[str], bool]) -> bool:
    return is_word(word) or is_word(word.removesuffix("s"))


def _joined(tokens: list[str], unknown: set[str], words: LexicalTable) -> list[tuple[str, str]]:
    """Neighbours that the library writes as one word, misspelt or not; two known words stay beside it."""
    pairs = {
        f"{a} {b}": "".join(words_of(a) + words_of(b))
        for a, b in pairwise(tokens)
        if STOP_WORDS.isdisjoint({a.lower(), b.lower()})
    }
    found = []
    for written, word in pairs.items():
        if len(word) < _SHORTEST_JOINED:
            continue
        count, is_part_unknown = words.document_count(stem(word)), not unknown.isdisjoint(written.split())
        is_part_rare = min(words.document_count(stem(w)) for w in words_of(written)) <= _FEW_PAPERS
        if is_part_unknown and (read := word if count else _near(word, words, is_name=True)):
            found.append((written, read))
        elif 0 < count <= _RARE_PAPERS and is_part_rare:
            found.append((written, f"{written} {word}"))
    return found


def _near(word: str, words: LexicalTable, *, is_name: bool) -> str | None:
    """The stem of the library that a word most likely misspells: one edit away, two for a long word that is no name.

    Of equally near ones it is the one in most papers. A short word with one letter in place of another is
    more likely another word, and a name with other digits another name.
    """
    if word.isdigit():
        return None
    candidates = words.stems_beginning(word[0])
    shortest = _SHORTEST_NAME if is_name else _SHORTEST
    found = [
        (distance, -words.document_count(candidate), candidate)
        for form in {word, stem(word)}
        if len(form) >= shortest
        for candidate, distance, _ in extract(
            form,
            candidates,
            scorer=OSA.distance,
            score_cutoff=1 if is_name or len(form) < _LONG else 2,
            limit=_CANDIDATES,
        )
        if (len(form) >= _SHORTEST_REPLACED or len(form) != len(candidate) or sorted(form) == sorted(candidate))
        and _DIGITS.findall(form) == _DIGITS.findall(candidate)
    ]
    if found:
        return min(found)[2]
    return None if is_name else _longest_beginning(word, candidates)


def _longest_beginning(word: str, stems: Sequence[str]) -> str | None:
    """The longest stem that a word begins with, its ending misspelt ("segmentaion")."""
    beginnings = [s for s in stems if word.startswith(s) and len(s) >= _SHORTEST_STEM and len(word) - len(s) <= _ENDING]
    return max(beginnings, key=len, default=None)
