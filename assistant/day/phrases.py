"""Phrases of some papers that could name a theme: runs of words within a clause, by their stems."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from assistant.language.terms import STOP_WORDS
from ingest.paper import StoredPaper
from ingest.words import stem, without_diacritics

LONGEST_PHRASE = 4
_READ_WHOLE = 400
Stems = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")
_JOINTS = frozenset({" ", "-", "‐", "‑"})
_HYPHENS = _JOINTS - {" "}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: `gap` is what stands before the next one, None at the end."""

    text: str
    stem: str
    start: int
    end: int
    gap: str | None

    @property
    def is_stop(self) -> bool:
        """Whether it carries nothing; "few" of "few-shot" does carry."""
        return self.text in STOP_WORDS and self.gap not in _HYPHENS


@dataclass(slots=True)
class Phrase:
    """A phrase in some papers, by their places: which titles hold it, and how often each paper does.

    `surfaces` counts how it is written: (text, whether a noun could end there, whether in a title). It could where a
    stop word, punctuation or nothing follows.
    """

    stems: Stems
    titles: set[int] = field(default_factory=set)
    counts: Counter[int] = field(default_factory=Counter)
    surfaces: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)


def words_in(text: str) -> list[Word]:
    """The words of a text, with what joins them."""
    found = list(_WORD.finditer(text))
    gaps: list[str | None] = [text[a.end() : b.start()] for a, b in pairwise(found)]
    words = []
    for match, gap in zip_longest(found, gaps):
        plain = without_diacritics(match.group().lower())
        words.append(Word(plain, stem(plain), match.start(), match.end(), gap))
    return words


def runs_in(words: Sequence[Word]) -> Iterator[tuple[Stems, int, int, bool]]:
    """Every run of up to four words without a stop word, that cuts no compound: stems, first, last, is closed."""
    for first, word in enumerate(words):
        if word.is_stop or word.text.isdigit() or (first and words[first - 1].gap in _HYPHENS):
            continue
        stems: Stems = ()
        for last in range(first, min(len(words), first + LONGEST_PHRASE)):
            ending = words[last]
            if ending.is_stop:
                break
            stems = (*stems, ending.stem)
            if ending.gap not in _HYPHENS and len(ending.text) > 1 and not ending.text.isdigit():
                is_closed = ending.gap != " " or words[last + 1].is_stop
                yield stems, first, last, is_closed
            if ending.gap not in _JOINTS:
                break


def phrases_of(papers: Sequence[StoredPaper]) -> dict[Stems, Phrase]:
    """All phrases of some papers; of very many, those of their titles."""
    with_abstracts = len(papers) <= _READ_WHOLE
    found: dict[Stems, Phrase] = {}
    for place, stored in enumerate(papers):
        _read(found, place, stored.paper.title, in_title=True)
        if with_abstracts:
            _read(found, place, stored.paper.abstract, in_title=False)
    return found


def _read(found: dict[Stems, Phrase], place: int, text: str, *, in_title: bool) -> None:
    words = words_in(text)
    for stems, first, last, is_closed in runs_in(words):
        phrase = found.get(stems)
        if phrase is None:
            phrase = found[stems] = Phrase(stems)
        phrase.counts[place] += 1
        phrase.surfaces[text[words[first].start : words[last].end], is_closed, in_title] += 1
        if in_title:
            phrase.titles.add(place)


def add_titles(found: dict[Stems, Phrase], titles: Sequence[str]) -> Counter[Stems]:
    """How many of some titles hold each phrase; how they write it is added to its surfaces."""
    counts: Counter[Stems] = Counter()
    for title in titles:
        words = words_in(title)
        held = {}
        for stems, first, last, is_closed in runs_in(words):
            if stems in found:
                held[stems] = (title[words[first].start : words[last].end], is_closed, True)
        counts.update(held.keys())
        for stems, surface in held.items():
            found[stems].surfaces[surface] += 1
    return counts
