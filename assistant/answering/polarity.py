"""Which way a sentence points: the negations and the opposites ("higher", "lower") of its clauses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from assistant.language.terms import STOP_WORDS
from ingest.words import stem, words_of

_OPPOSITES = tuple(
    tuple(side.split() for side in axis.split("/"))
    for axis in (
        """increase raise higher high more greater larger large bigger elevate rise grow growth boost enhance upregulate
        up induce stimulate activate augment amplify promote accelerate expand gain strengthen strong most maximize
        maximum maximal many above exceed widen long longer improve improvement better best outperform superior
        surpass benefit facilitate potentiate overexpress abundant
        / decrease reduce reduction lower low less fewer smaller small decline drop diminish downregulate down inhibit
        suppress attenuate impair block prevent weaken weak least minimize minimum minimal few below shrink narrow
        short shorter worsen worse worst underperform inferior degrade deteriorate lose loss lack deplete hinder
        disrupt abolish abrogate repress shorten lessen alleviate mitigate deficient deficiency deplete hamper""",
        """faster fast quick quickly rapid early earlier speed accelerate speedup
        / slower slow slowly late later slowdown decelerate delay""",
        "succeed success successful successfully able effective effectively possible capable feasible "
        "/ fail failure unsuccessful unable ineffective impossible incapable infeasible",
        "positive positively / negative negatively",
        "presence present / absence absent",
        "same similar equal identical / different distinct dissimilar unequal",
        "easy easier simple simpler cheap cheaper / difficult hard harder complex expensive costly",
        "before prior / after subsequent",
        "accept allow enable permit / reject refuse forbid prevent preclude",
        "always / never",
        "all every / none",
        "sensitive susceptible vulnerable / insensitive resistant resistance robust immune",
        "necessary essential require required need / unnecessary dispensable needless optional",
        "stable stably consistent / unstable inconsistent",
        "common frequent frequently often / rare rarely uncommon infrequent seldom",
        "support confirm agree / contradict refute disagree",
        "safe / dangerous unsafe harmful",
        "old older / young younger",
        "local / global",
        "include including / exclude excluding",
        "start begin / stop end",
        "dependent / independent",
        "protect protective protection / harm damage damaging",
        "major / minor",
        "online / offline",
        "supervised / unsupervised",
        "accurate accurately / inaccurate inaccurately",
        "known / unknown",
    )
)
_NEGATIONS = frozenset(
    """not no never neither nor cannot without hardly none
    nothing barely lack lacks lacking""".split()  # noqa: SIM905
)
_CONTRACTED = re.compile(r"n['’]t\b")
_NOT_NEGATED = re.compile(r"\b(?:not|no) (?:only|merely|just|least|doubt)\b", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(
    r"[,;:()\[\]!?]|\.(?:\s|$)|\s[-–—]+\s|\b(?:but|while|whereas|although|though|however|yet|unlike|which)\b",
    re.IGNORECASE,
)
_DENIED_BY_PREFIX = re.compile(
    r"(?:un|non)-?(?=(?!i|der|til|less)[a-z]{3,}(?:ed|ing|ly|able|ible|[ae]nt|al|ive|ful|ous|ic)$)(?=[a-z]{5})"
    r"|(?:in|im|ir|il|dis)(?=[a-z]{3,}(?:[ai]ble|[ae]nt(?:ly)?|al(?:ly)?|ive(?:ly)?|ate(?:ly)?|ful|ous|ably|ibly)$)(?=[a-z]{5})"
)
"""A word that denies another: "inefficient", "unlabeled"; not "improved" or "display"."""
_REACH = 3  # words that carry meaning, behind a negation
_WINDOW = 3
_NEXT_WEIGHS = 3


def _axes() -> dict[str, tuple[int, int]]:
    """Stem → (axis, sign); a word of several axes keeps the first."""
    found: dict[str, tuple[int, int]] = {}
    for number, sides in enumerate(_OPPOSITES):
        for sign, words in zip((1, -1), sides, strict=True):
            for word in words:
                found.setdefault(stem(word), (number, sign))
    return found


_AXES = _axes()


class Mark(NamedTuple):  # made by the dozen for every sentence: a frozen dataclass takes three times as long
    """A word that carries meaning: whether it is negated, and the axis and side where it has an opposite.

    `stems` are those of its clause, and `place` is where it stands among them.
    """

    stems: tuple[str, ...]
    place: int
    is_negated: bool
    axis: int | None
    side: int

    @property
    def stem(self) -> str:
        """The stem of the word itself."""
        return self.stems[self.place]

    @property
    def key(self) -> str | int:
        """What it is compared by: its axis, or its stem where it has no opposite."""
        return self.stem if self.axis is None else self.axis

    @property
    def direction(self) -> int:
        """Its side, turned round by a negation."""
        return -self.side if self.is_negated else self.side

    def likeness(self, other: "Mark") -> int:
        """How much of what stands around the one stands around the other, in the clause, nearer, and next."""
        following, other_following = self.stems[self.place + 1 :][:1], other.stems[other.place + 1 :][:1]
        is_next_same = bool(following) and following == other_following
        clause = len(set(self.stems) & set(other.stems))
        return clause + len(self.near & other.near) + _NEXT_WEIGHS * is_next_same

    @property
    def near(self) -> set[str]:
        """The stems around it, and its own."""
        return set(self.stems[max(0, self.place - _WINDOW) : self.place + _WINDOW + 1])


@lru_cache(maxsize=4096)
def marks_of(text: str) -> tuple[Mark, ...]:
    """The words of a text that carry meaning, clause by clause."""
    text = _NOT_NEGATED.sub(" ", _CONTRACTED.sub(" not", text))
    return tuple(mark for part in _CLAUSE_ENDS.split(text) for mark in _marks(words_of(part)))


def _marks(words: Sequence[str]) -> Iterator[Mark]:
    places = [place for place, word in enumerate(words) if _carries(word)]
    read = [_read(words[place]) for place in places]
    stems = tuple(found for found, _ in read)
    before = list(accumulate((word in _NEGATIONS for word in words), initial=0))
    for index, place in enumerate(places):
        first = places[index - _REACH] if index >= _REACH else 0
        cues = before[place] - before[first]
        axis, side = _AXES.get(stems[index], (None, 0))
        yield Mark(stems, index, (cues + read[index][1]) % 2 == 1, axis, side)


@lru_cache(maxsize=50_000)
def _read(word: str) -> tuple[str, bool]:
    """The stem of a word, and whether it is denied by its prefix: "inefficient" is "efficient", denied."""
    prefixed = None if stem(word) in _AXES else _DENIED_BY_PREFIX.match(word)
    return (stem(word[prefixed.end() :]), True) if prefixed else (stem(word), False)


@lru_cache(maxsize=50_000)
def _carries(word: str) -> bool:
    return word not in _NEGATIONS and (word not in STOP_WORDS or stem(word) in _AXES)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The stems of a sentence that point the other way in the quotes, and those that are denied in only one of them."""

    opposed: tuple[str, ...]
    negated: tuple[str, ...]


def agreement(sentence: str, quotes: Sequence[str]) -> Agreement:
    """Compare each word with its own or its opposite's occurrence that the quotes surround most alike."""
    held: dict[str | int, list[Mark]] = {}
    for quote in quotes:
        for mark in marks_of(quote):
            held.setdefault(mark.key, []).append(mark)
    opposed, negated = [], []
    for mark in marks_of(sentence):
        best = _best(mark, held.get(mark.key, ()))
        if not best:
            continue
        if mark.axis is not None and all(other.direction != mark.direction for other in best):
            opposed.append(mark.stem)
        if mark.axis is None and all(other.is_negated != mark.is_negated for other in best):
            negated.append(mark.stem)
    return Agreement(tuple(opposed), tuple(negated))


def _best(mark: Mark, held: Sequence[Mark]) -> Sequence[Mark]:
    """The occurrences that are surrounded most alike."""
    if len(held) < 2:
        return held
    scored = [(mark.likeness(found), found) for found in held]
    highest = max(score for score, _ in scored)
    return [found for score, found in scored if score == highest]
