"""The smallest pieces: characters, words, delimiters, commands without arguments."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ingest.latex.fonts import in_font
from ingest.latex.pieces import SPACE, Kind, Piece, UnsureError
from ingest.latex.signs import BARS, CLOSING, FUNCTIONS, GREEK, OPENING, OPERATORS, SIGNS, SPACES, UNSEEN

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys("([", Kind.OPENING), **dict.fromkeys(")]", Kind.CLOSING), "|": Kind.BAR,
    **dict.fromkeys(",.;:?", Kind.PUNCTUATION), **dict.fromkeys("+-=<>/*", Kind.SIGN),
}  # fmt: skip
_DELIMITERS = ((OPENING, Kind.OPENING), (CLOSING, Kind.CLOSING), (BARS, Kind.BAR))
_SIMPLE = (
    (SIGNS, Kind.LETTER), (OPERATORS, Kind.OPERATOR), (FUNCTIONS, Kind.FUNCTION), *_DELIMITERS, (SPACES, Kind.SPACE),
    ({"bmod": " mod ", "mod": " mod "}, Kind.OPERATOR),
)  # fmt: skip
_NEGATED = {"|": "∤", "∥": "∦"}


def shown_characters(characters: str, font: str) -> Piece:
    """A character, a number or a word of a formula."""
    if characters == "~":
        return Piece("\u00a0", Kind.SPACE)
    if characters.isspace():
        return SPACE
    if characters in {"&", "#"}:
        raise UnsureError
    if characters[0].isdigit():
        return Piece("".join(in_font(c, font) for c in characters), Kind.DIGITS)
    if len(characters) > 1:
        return Piece(characters, Kind.WORD)
    is_sign = unicodedata.category(characters) == "Sm"
    kind = _KINDS.get(characters, Kind.SIGN if is_sign else Kind.LETTER)
    return Piece(in_font(characters, font), kind)


def delimiter(character: str) -> Piece:
    r"""What follows `\left` where it is a character."""
    angle = {"<": Piece("⟨", Kind.OPENING), ">": Piece("⟩", Kind.CLOSING), "/": Piece("/", Kind.SIGN)}
    if character in angle:
        return angle[character]
    if character in {"(", "[", ")", "]", "|"}:
        return Piece(character, _KINDS[character])
    raise UnsureError


def named_delimiter(name: str) -> Piece:
    r"""What follows `\left` where it is a command."""
    for table, kind in _DELIMITERS:
        if name in table:
            return Piece(table[name], kind)
    raise UnsureError


def shown_command(name: str, font: str) -> list[Piece] | None:
    """What a command without arguments shows; nothing where it is none that is known."""
    if name in UNSEEN:
        return []
    if name == "colon":
        return [Piece(":", Kind.PUNCTUATION), SPACE]
    for table, kind in _SIMPLE:
        if name in table:
            return [Piece(in_font(table[name], font) if name in GREEK else table[name], kind)]
    return None


def words(inside: str) -> list[Piece]:
    r"""What `\text` shows of the source in its braces."""
    if not re.fullmatch(r"(?:[^\\${}^_&#~]|\\[%&#_ ]|~)+", inside):
        raise UnsureError
    text = re.sub(r"\\([%&#_ ])", r"\1", inside).replace("~", " ")
    if len(text) == 1 and text.isalpha():
        return [Piece(text, Kind.LETTER)]
    inner = [Piece(text.strip(), Kind.WORD)] if text.strip() else []
    return [*[SPACE] * text[0].isspace(), *inner, *[SPACE] * text[-1].isspace()]


def negated(pieces: Sequence[Piece]) -> Piece:
    r"""One sign struck through, as `\not` does."""
    if len(pieces) != 1 or len(pieces[0].text) != 1 or pieces[0].text.isdigit():
        raise UnsureError
    sign = pieces[0].text
    if not (sign.isalpha() or unicodedata.category(sign) == "Sm" or sign in "|∥"):
        raise UnsureError
    shown = _NEGATED.get(sign) or unicodedata.normalize("NFC", sign + "\u0338")
    return Piece(shown, Kind.LETTER if sign.isalpha() else Kind.OPERATOR)
