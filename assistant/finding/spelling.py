"""Misspelt words and names, read as what the library writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.language.terms import STOP_WORDS, tokens_of
from ingest.lexical import LexicalTable
from ingest.names import key_of, names_in
from ingest.words import stem, words_of

_SHORTEST = 6
_SHORTEST_SWAPPED = 5
_SHORTEST_NAME = 7
_SHORTEST_NAME_REPLACED = 9
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
    """Replace words that nobody knows by near ones of the library, and names by how it writes them.

    "segmentaion" is read as "segment", "MetaPoisn" and "Meta Poisn" as "MetaPoison", "UPDETR" as "UP-DETR"; to
    "latent gnn" is added "LatentGNN". A word that `is_word` knows, and one without a near one in the library,
    stays as it is.
    """
    tokens = tokens_of(question)
    unknown = {token for token in tokens if not all(words.document_count(stem(w)) for w in words_of(token))}
    joined = _joined(tokens, unknown, words)
    parts = {part for written, _ in joined for part in written.split()}
    single = [(token, _read(token, words, is_word)) for token in sorted(unknown - parts)]
    changes = [*joined, *((token, read) for token, read in single if read is not None)]
    text = question
    for written, read in changes:
        text = text.replace(written, read, 1)
    return Reading(text, tuple(changes))


def _read(token: str, words: LexicalTable, is_word: Callable[[str], bool]) -> str | None:
    """What an unknown word or name most likely means; None where nothing is near."""
    if names_in(token):
        return _near_name(key_of(token), words)
    return None if _is_english(token.lower(), is_word) else _near("".join(words_of(token)), words)


def _is_english(word: str, is_word: Callable[[str], bool]) -> bool:
    return is_word(word) or is_word(word.removesuffix("s"))


def _joined(tokens: list[str], unknown: set[str], words: LexicalTable) -> list[tuple[str, str]]:
    """Neighbours that the library writes as one word or name, misspelt or not; two known words stay beside it."""
    found = []
    for one, other in pairwise(tokens):
        key = key_of(one + other)
        if len(key) < _SHORTEST_JOINED or not STOP_WORDS.isdisjoint({one.lower(), other.lower()}):
            continue
        name = words.names.get(key)
        count = len(name.rows) if name else words.document_count(stem(key))
        is_part_rare = min(words.document_count(stem(w)) for w in words_of(f"{one} {other}")) <= _FEW_PAPERS
        if not unknown.isdisjoint({one, other}):
            read = name.text if name else key if count else _near_name(key, words)
            if read is not None:
                found.append((f"{one} {other}", read))
        elif 0 < count <= _RARE_PAPERS and is_part_rare:
            found.append((f"{one} {other}", f"{one} {other} {name.text if name else key}"))
    return found


def _near_name(key: str, words: LexicalTable) -> str | None:
    """The name of the library that a key is, or misspells by one edit; other digits make another name.

    In a short name two letters may only have changed places, and in a longer one a letter may be too many or
    missing: "LPGAN" is not "LapGAN".
    """
    if known := words.names.get(key):
        return known.text
    near = [
        (-len(words.names[candidate].rows), candidate)
        for candidate, _, _ in extract(
            key, words.names_beginning(key[0]), scorer=OSA.distance, score_cutoff=1, limit=_CANDIDATES
        )
        if len(words.names[candidate].rows) <= _FEW_PAPERS  # what stands everywhere is a word of its own
        and _DIGITS.findall(key) == _DIGITS.findall(candidate)
        and len(key) >= _shortest_mistaken(key, candidate)
    ]
    return words.names[min(near)[1]].text if near else None


def _shortest_mistaken(key: str, candidate: str) -> int:
    if sorted(key) == sorted(candidate):
        return _SHORTEST_SWAPPED
    return _SHORTEST_NAME if len(key) != len(candidate) else _SHORTEST_NAME_REPLACED


def _near(word: str, words: LexicalTable) -> str | None:
    """The stem of the library that a word most likely misspells: one edit away, two for a long word.

    Of equally near ones it is the one in most papers. A short word with one letter in place of another is
    more likely another word.
    """
    if word.isdigit():
        return None
    candidates = words.stems_beginning(word[0])
    found = [
        (distance, -words.document_count(candidate), candidate)
        for form in {word, stem(word)}
        if len(form) >= _SHORTEST
        for candidate, distance, _ in extract(
            form,
            candidates,
            scorer=OSA.distance,
            score_cutoff=1 if len(form) < _LONG else 2,
            limit=_CANDIDATES,
        )
        if (len(form) >= _SHORTEST_REPLACED or len(form) != len(candidate) or sorted(form) == sorted(candidate))
        and _DIGITS.findall(form) == _DIGITS.findall(candidate)
    ]
    return min(found)[2] if found else _longest_beginning(word, candidates)


def _longest_beginning(word: str, stems: Sequence[str]) -> str | None:
    """The longest stem that a word begins with, its ending misspelt ("segmentaion")."""
    beginnings = [s for s in stems if word.startswith(s) and len(s) >= _SHORTEST_STEM and len(word) - len(s) <= _ENDING]
    return max(beginnings, key=len, default=None)
