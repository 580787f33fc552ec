"""The pieces of a formula as they are shown, and how they stand side by side in one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ingest.latex.signs import RAISED


class Kind(Enum):
    """What a piece is to those beside it."""

    LETTER = auto()
    DIGITS = auto()
    WORD = auto()
    FUNCTION = auto()
    OPERATOR = auto()  # a command: it stands between spaces where one stands beside it
    SIGN = auto()
    OPENING = auto()
    CLOSING = auto()
    BAR = auto()
    PUNCTUATION = auto()
    SPACE = auto()
    FRACTION = auto()
    PREFIX = auto()  # what would seem to belong to a letter right before it


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula as it is shown.

    A `tail` says that its last script has no brackets and would seem to go on with letters that follow (`_`) or with
    brackets too (`^`). What is compound takes brackets when a script is put to it.
    """

    text: str
    kind: Kind
    tail: str = ""
    is_compound: bool = False


class UnsureError(Exception):
    """The meaning of a formula is not sure."""


SPACE = Piece(" ", Kind.SPACE)
_DIGITS_APART = {Kind.DIGITS, Kind.SPACE}


def joined(pieces: Sequence[Piece], before: str = "", after: str = "") -> str:
    """The pieces in one line, with the spaces and brackets that keep each what it is."""
    seen = _without_unseen(pieces)
    text, last = "", None
    for place, piece in enumerate(seen):
        shown = piece.text
        if piece.kind is Kind.FRACTION and not _stands_free(seen, place, before, after):
            shown = f"({shown})"
        elif piece.kind is Kind.OPERATOR:
            shown = _spaced(seen, place)
        if last and piece.kind is not Kind.SPACE and _needs_gap(last, piece, shown):
            text += " "
        text += shown
        last = piece
    goes_on = last is not None and after != "" and _goes_on(last.tail, after)
    return re.sub(r"\s+", " ", text).strip() + " " * goes_on


def _without_unseen(pieces: Sequence[Piece]) -> list[Piece]:
    r"""The pieces that are seen; LaTeX shows `1 000` as 1000, and only `1\,000` with a space."""
    seen = [piece for piece in pieces if piece.text]
    return [
        piece
        for place, piece in enumerate(seen)
        if not (piece == SPACE and {side.kind for side in seen[max(0, place - 1) : place + 2]} == _DIGITS_APART)
        or place in {0, len(seen) - 1}
    ]


def _goes_on(tail: str, after: str) -> bool:
    """Whether a script without brackets would seem to go on with the next character."""
    return tail != "" and (after.isalnum() or after == "$" or (tail == "^" and after in "([{⟨⌈⌊√∛∜"))


def _beside(seen: Sequence[Piece], place: int, step: int) -> Piece | None:
    place += step
    while 0 <= place < len(seen) and seen[place].kind is Kind.SPACE:
        place += step
    return seen[place] if 0 <= place < len(seen) else None


def _stands_free(seen: Sequence[Piece], place: int, before: str, after: str) -> bool:
    """Whether a fraction needs no brackets between its neighbours."""
    left, right = _beside(seen, place, -1), _beside(seen, place, 1)
    is_free_before = _parts(left, Kind.OPENING) if left else not _touches(before, ")]}/*^_$")
    is_free_after = _parts(right, Kind.CLOSING) if right else not _touches(after, "([{/*^_$!")
    return is_free_before and is_free_after


def _parts(neighbour: Piece, bracket: Kind) -> bool:
    if neighbour.kind in {bracket, Kind.PUNCTUATION}:
        return True
    if neighbour.kind not in {Kind.SIGN, Kind.OPERATOR}:
        return False
    return neighbour.text not in {"/", "*", "÷", "∖", "∘", "·", "×", "⊗", "⋆", "∗", "∂"}


def _touches(neighbour: str, signs: str) -> bool:
    return neighbour != "" and (neighbour.isalnum() or neighbour in signs)


def _spaced(seen: Sequence[Piece], place: int) -> str:
    neighbours = [seen[i].kind for i in (place - 1, place + 1) if 0 <= i < len(seen)]
    if Kind.SPACE not in neighbours:
        return seen[place].text
    is_after_bracket = place > 0 and seen[place - 1].kind is Kind.OPENING
    return ("" if is_after_bracket else " ") + seen[place].text + " "


def _needs_gap(left: Piece, right: Piece, shown: str) -> bool:
    """Whether two pieces without a space between them would be read as one."""
    goes_on = shown[0].isalnum()
    if _goes_on(left.tail, shown[0]):
        return True
    if left.kind is Kind.FUNCTION and (
        goes_on or shown[0] in "√∛∜∑∏∫∂∇∞⌈⌊" or right.kind in {Kind.FRACTION, Kind.FUNCTION}
    ):
        return True
    ends = left.text[-1]
    if right.kind in {Kind.FUNCTION, Kind.PREFIX}:
        return ends.isalnum() or ends in ")]}" or (ends in RAISED and left.kind is not Kind.SIGN)
    is_word_beside = Kind.WORD in {left.kind, right.kind}
    return is_word_beside and ends.isalpha() and shown[0].isalpha()
