"""Whether one quote carries a sentence: the sentence is the quote, with parts left out that leave it true.

Every word of the sentence but articles and auxiliaries is aligned, in order, with the same word of the quote or its
inflection. What lies between two aligned words was left out, and must be something that can be: an adjunct, a
conjunct, an apposition, the frame that says who says it (`carrying_drops`). A passive and an adjunct put first are
read back into the order of the quote (`carrying_turns`). When in doubt a sentence is not carried: the quote can stand
for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from assistant.answering.carrying_drops import (
    are_paired,
    may_close,
    may_lie_between,
    may_open,
    opens_aside,
    opens_pair,
    opens_relative,
)
from assistant.answering.carrying_gap import Gap, Taken
from assistant.answering.carrying_turns import Turn, turns_of_quote, turns_of_sentence
from assistant.answering.carrying_words import OPEN, Token, Tokens, bases, is_same, tokens_of
from assistant.answering.verify import Verdict

_MOST_SIDES = 2  # conjuncts left out: one of each of two lists, or more
_LONGEST = 120  # tokens: of 8,363 real sentences none has more than 73
_LEAST_WORDS = 2  # one word says nothing of anything
_UNALIGNED = frozenset("article being relative comma open close owning stop pointing".split())  # noqa: SIM905
_STRUCTURE = frozenset("preposition joining agent".split())  # noqa: SIM905
_NOT_SAID = "the quote does not say it of this"

Same = Mapping[Token, frozenset[Token]]
"""The tokens of a quote that carry each of a sentence."""


class Unit(NamedTuple):
    """A token of the sentence that must be aligned, with the small words before it that need not be."""

    token: Token
    before: Tokens


def carried(sentence: str, quote: str) -> Verdict:
    """Judge whether a quote, alone, says all that a sentence says, with the reason in a few words if it does not."""
    if sentence.rstrip().endswith("?") or quote.rstrip().endswith("?"):
        return Verdict(False, "a question states nothing")
    said, held = tokens_of(sentence), tokens_of(quote)
    if len(said) > _LONGEST or len(held) > _LONGEST:
        return Verdict(said == held, "" if said == held else "it is too long to tell")
    turns = turns_of_sentence(said)
    same = _same(turns, held)
    fault = _fault_of_words(turns, same)
    if fault:
        return Verdict(False, fault)
    is_carried = any(
        _is_aligned(said_turn, held_turn, same) for held_turn in turns_of_quote(held) for said_turn in turns
    )
    return Verdict(is_carried, "" if is_carried else _NOT_SAID)


def _same(turns: Iterable[Turn], held: Tokens) -> Same:
    needed = {token for turn in turns for token in turn.tokens if token.kind not in _UNALIGNED}
    texts, roots = defaultdict[str, set[Token]](set), defaultdict[str, set[Token]](set)
    for other in set(held):
        texts[other.text].add(other)
        for root in bases(other.text) if other.kind in OPEN else ():
            roots[root].add(other)
    return {
        token: frozenset(texts[token.text].union(*(roots[root] for root in bases(token.text))))
        if token.kind in OPEN
        else frozenset(other for other in held if is_same(token, other))
        for token in needed
    }


def _fault_of_words(turns: Iterable[Turn], same: Same) -> str:
    faults = []
    for turn in turns:
        needed = [token for token in turn.tokens if token.kind not in _UNALIGNED | _STRUCTURE]
        missing = next((token.text for token in needed if not same[token]), "")
        if not missing and len(needed) >= _LEAST_WORDS:
            return ""
        faults.append(f"the quote does not say “{missing}”" if missing else "it says nothing")
    return faults[0]


# ---- alignment


def _units(said: Tokens) -> tuple[Unit, ...]:
    units, before = [], list[Token]()
    for token in said:
        if token.kind in _UNALIGNED:
            before.append(token)
        else:
            units.append(Unit(token, tuple(before)))
            before = []
    return tuple(units)


def _is_aligned(said: Turn, held: Turn, same: Same) -> bool:
    units = _units(said.tokens)
    if _is_measured_elsewhere(units, held, same):
        return False
    return _is_subsequence(units, held.tokens, same) and _Alignment(units, said, held, same).is_found()


def _is_measured_elsewhere(units: Iterable[Unit], held: Turn, same: Same) -> bool:
    """Whether a number is kept and the adjunct that stood in front of it is not: "on KITTI, A reaches 5%"."""
    if not held.moved or not any(unit.token.text[0].isdigit() for unit in units):
        return False
    words = [token for token in held.moved if token.kind in OPEN]
    kept = sum(any(token in same[unit.token] for unit in units) for token in words)
    return 2 * kept < len(words)  # a word of it may stand elsewhere, too


def _is_subsequence(units: Iterable[Unit], held: Tokens, same: Same) -> bool:
    """Whether there is any alignment in order, whatever it leaves out: quick, and mostly not."""
    rest = iter(held)
    return all(any(token in same[unit.token] for token in rest) for unit in units)


class _Alignment:
    """A search for places of the quote, in order, for all units of a sentence."""

    def __init__(self, units: tuple[Unit, ...], said: Turn, held: Turn, same: Same) -> None:
        self._units = units
        self._said = said
        self._held = held.tokens
        end = len(held.tokens) - len(held.moved)
        self._end = end if held.tokens[end:] == held.moved else -1  # where what stood in front was put behind the rest
        self._places = [
            [place for place, token in enumerate(held.tokens) if token in same[unit.token]] for unit in units
        ]
        self._kept = tuple(unit.token.text for unit in units)
        self._failed: set[tuple[int, int, str, str]] = set()

    def is_found(self) -> bool:
        """Whether there is one in which all that is left out may be."""
        return bool(self._units) and any(map(self._is_found_from, self._places[0]))

    def _is_found_from(self, place: int) -> bool:
        """Whether there is one that begins at a place of the quote."""
        if may_open(self._gap(-1, place, 0), self._said) and self._is_completed(1, place, "", ""):
            return True
        if self._said.is_agentless:
            return False
        if opens_pair(self._gap(-1, place, 0)) and self._is_completed(1, place, "b", ""):
            return True
        if opens_relative(self._held, place) and self._is_completed(1, place, "", "relative"):
            return True
        return opens_aside(self._held, place) and self._is_completed(1, place, "", "aside")

    def _is_completed(self, index: int, last: int, sides: str, needed: str) -> bool:
        """Whether the units from one on can be placed behind a place of the quote.

        `sides` tells which conjuncts were left out so far, those before the kept ("b") or behind ("a"); `needed` what
        tells the subject of the first clause anew, as this subject is governed by something that was left out.
        """
        if index == len(self._units):
            gap = self._gap(last, len(self._held), index)
            return not needed and may_close(gap) and are_paired(gap, sides)
        state = (index, last, sides, needed)
        if state in self._failed:
            return False
        if any(self._is_placed(index, last, place, sides, needed) for place in self._places[index] if place > last):
            return True
        self._failed.add(state)
        return False

    def _is_placed(self, index: int, last: int, place: int, sides: str, needed: str) -> bool:
        gap = self._gap(last, place, index)
        taken = may_lie_between(gap)
        if taken is None and place == self._end and may_close(replace(gap, held=self._held[:place], before=())):
            taken = Taken()
        if taken is None or (gap.has_numbers and len({*sides, *taken.side}) > 1):
            return False
        if needed == "aside" and (gap.following.kind == "preposition" or (gap.core and not taken.is_aside)):
            return False
        is_told = taken.is_aside if needed == "aside" else taken.is_relative
        return self._is_completed(index + 1, place, (sides + taken.side)[:_MOST_SIDES], "" if is_told else needed)

    def _gap(self, last: int, place: int, index: int) -> Gap:
        before = self._units[index].before if index < len(self._units) else ()
        return Gap(self._held, last, place, before, self._kept, index)
