"""What lies between two aligned words of a quote, and what stands around it."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assistant.answering.carrying_turns import is_fronted
from assistant.answering.carrying_words import (
    DENYING,
    OPEN,
    PROPOSING,
    QUANTIFIERS,
    Token,
    Tokens,
    bases,
    is_participle,
    is_unique,
)
from assistant.language.quantities import unit_of

_SMALL = frozenset("article being relative comma open close stop owning ours pointing passing".split())  # noqa: SIM905
FAR = 6  # words from "both" to its "and"
LONGEST_NOUN = 4  # words: of a conjunct behind, longer ones have verbs; of a noun phrase that a quantifier begins
_COMPARING = frozenset("than as unlike like".split())  # noqa: SIM905
_MEASURES = frozenset(
    """number fraction part percentage majority half amount lot variety range portion proportion rate level
    degree""".split()  # noqa: SIM905
)
"""Nouns that mean nothing without what they are of."""
_PAIRED = frozenset("between both either neither combination combine together jointly".split())  # noqa: SIM905
BRINGING = frozenset(
    """proposed presented introduced developed designed suggested new novel simple yet effective efficient extensive
    comprehensive""".split()  # noqa: SIM905
)
"""Adjectives by which authors speak of their own work: without them the same is meant."""
_FAILING = frozenset(
    """fail lack struggle avoid prevent unable inability difficult difficulty hard impossible challenging
    challenge""".split()  # noqa: SIM905
)
"""What denies without a negation: who fails to fully do a thing may do it."""
_LATELY = frozenset("recently newly".split())  # noqa: SIM905


@dataclass(frozen=True)
class Gap:
    """What is left out between two aligned tokens of a quote, at `last` and `place`.

    `before` are the small words that the sentence has there; `kept` all its words, of which `index` stand before.
    """

    held: Tokens
    last: int
    place: int
    before: Tokens
    kept: tuple[str, ...]
    index: int

    @cached_property
    def tokens(self) -> Tokens:
        """All tokens left out, but adjectives of one's own work at their end."""
        tokens = self.held[self.last + 1 : self.place]
        if self.place == len(self.held):
            return tokens
        if not any(token.kind in ("article", "ours") for token in self.before) and self.following.kind != "name":
            return tokens
        end = len(tokens)
        while end and (tokens[end - 1].text in BRINGING or tokens[end - 1].text in _LATELY):
            end -= 1
        return tokens[:end] if end and tokens[end - 1].kind in ("article", "ours") else tokens

    @cached_property
    def core(self) -> Tokens:
        """Those that are more than small words."""
        return tuple(
            token
            for place, token in enumerate(self.tokens, start=self.last + 1)
            if token.kind not in _SMALL and not self._is_correlative(place)
        )

    def _is_correlative(self, place: int) -> bool:
        """Whether it is the "both" of a later "and"."""
        following = self.held[place : place + FAR]
        return self.held[place].text == "both" and any(token.text == "and" for token in following)

    @property
    def is_whole(self) -> bool:
        """Whether the sentence has all small words that lie there, and no more is there."""
        return self.tokens == self.before

    @property
    def is_paired_off(self) -> bool:
        """Whether the quote pairs the items of two lists."""
        return any(token.text == "respectively" for token in self.held)

    @property
    def has_numbers(self) -> bool:
        """Whether the quote pairs numbers with what is listed."""
        return self.is_paired_off or (
            sum(token.kind == "number" for token in self.held) > 1 and any(text[0].isdigit() for text in self.kept)
        )

    @property
    def is_measured(self) -> bool:
        """Whether the sentence has a number."""
        return any(text[0].isdigit() for text in self.kept)

    @property
    def following(self) -> Token:
        """The aligned token behind."""
        return self.held[self.place]

    @property
    def is_denied(self) -> bool:
        """Whether a negation stands before what is left out: without it more would be denied."""
        return any(text in DENYING for text in self.kept[: self.index])

    @property
    def is_failing(self) -> bool:
        """Whether "fails to" or the like stands before: how it fails to do it is part of that."""
        return any(not _FAILING.isdisjoint(bases(text)) for text in self.kept[: self.index])

    @property
    def is_unique(self) -> bool:
        """Whether "only", "first" or a superlative stands before."""
        return any(map(is_unique, self.kept[: self.index]))

    @property
    def is_ranged(self) -> bool:
        """Whether a quantifier stands so near before that its noun goes on in what is left out."""
        return any(text in QUANTIFIERS for text in self.kept[max(0, self.index - LONGEST_NOUN) : self.index])

    @property
    def is_mere_adjunct(self) -> bool:
        """Whether all that is kept is what stands before the first clause of a quote: "based on these measures"."""
        return is_fronted(self.kept[0]) and self.held[0].text == self.kept[0]

    @property
    def is_existential(self) -> bool:
        """Whether the noun before is "a network" or "5,000 images": some, whatever is said of them further."""
        left = self.last
        while left >= 0 and self.held[left].kind in OPEN and self.last - left < LONGEST_NOUN:
            if self.held[left].text in _MEASURES or unit_of(self.held[left].text):
                return False
            left -= 1
        is_some = left >= 0 and (self.held[left].text in ("a", "an") or self.held[left].kind == "number")
        if not is_some or left == self.last:
            return False
        is_as_such = left > 1 and self.held[left - 1].text == "as" and is_participle(self.held[left - 2].text)
        return is_as_such or left == 0 or self.held[left - 1].text not in _COMPARING

    @property
    def is_paired(self) -> bool:
        """Whether "between" or the like stands before, and its "and" not yet."""
        paired = [place for place, text in enumerate(self.kept) if text in _PAIRED]
        return bool(paired) and "and" not in self.kept[paired[-1] :]

    @property
    def brings(self) -> bool:
        """Whether the sentence says that something is proposed: what is said of it further may be left out."""
        return any(not PROPOSING.isdisjoint(bases(text)) for text in self.kept)


class Taken(NamedTuple):
    """A gap that may be; `side` is that of a conjunct left out: "b" before the kept one, "a" behind it.

    `is_relative` tells that the clause's subject is told anew, `is_aside` that it is so behind a comma.
    """

    side: str = ""
    is_relative: bool = False
    is_aside: bool = False
