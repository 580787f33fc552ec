"""Pieces made of pieces: scripts, fractions, roots, accents."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from ingest.latex.pieces import Kind, Piece, UnsureError, joined
from ingest.latex.signs import ORDINALS, RAISED, SUBSCRIPTS, SUPERSCRIPTS

ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_DRAWN_OVER_EACH = frozenset("\u0305\u0332")  # these join into one line over several letters
_PLAIN_DIGITS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D7CE, 0x1D800)}
_COUNTED = frozenset("ijklmnpq")  # letters that stand for a place in a row: “the i-th”; e^{th} is a power


def scripted(base: Piece, scripts: Mapping[str, list[Piece]]) -> Piece:
    """A piece with its scripts, by their signs `^` and `_`."""
    shown = [_script_text(sign, pieces, base) for sign, pieces in scripts.items() if joined(pieces)]
    shown.sort(key=lambda script: script[1] != "")  # what has a tail comes last, or the other would seem to be its own
    text = f"({base.text})" if base.is_compound else base.text
    tail = shown[-1][1] if shown else base.tail
    kind = base.kind if base.kind not in {Kind.DIGITS} else Kind.LETTER
    return replace(base, text=text + "".join(script for script, _ in shown), kind=kind, tail=tail, is_compound=True)


def _script_text(sign: str, pieces: list[Piece], base: Piece) -> tuple[str, str]:
    """A script as it is shown and its tail."""
    if sign == "^" and pieces[0].text == "′":
        text, tail = _script_text(sign, pieces[1:], base) if pieces[1:] else ("", "")
        return f"′{text}", tail
    text = joined(pieces)
    if sign == "^" and (special := _special_superscript(text, base)):
        return special, ""
    dense = re.sub(r"(?<=[=+(-]) | (?=[=+)-])", "", text).translate(_PLAIN_DIGITS)
    table = SUBSCRIPTS if sign == "_" else SUPERSCRIPTS
    if all(ord(c) in table for c in dense):
        return dense.translate(table), ""
    if len(pieces) == 1 and not pieces[0].is_compound and pieces[0].kind is not Kind.FRACTION and " " not in text:
        return sign + text, sign if text.isalnum() else "_"
    is_name = sign == "_" and text.isalnum() and not any(piece.is_compound for piece in pieces)
    return (sign + text, sign) if is_name else (f"{sign}({text})", "")


def _special_superscript(text: str, base: Piece) -> str | None:
    if text in {"∘", "°"}:
        return "°"
    is_place = text == "th" and base.text in _COUNTED
    is_counted = base.kind is Kind.DIGITS or (base.text == "" and base.kind is Kind.PREFIX)
    return text if text in ORDINALS and (is_place or is_counted) else None


def fraction(above: list[Piece], below: list[Piece]) -> Piece:
    """One row of pieces over another, in brackets where they would fall apart."""
    above, below = _trimmed(above), _trimmed(below)
    first, second = _filled(above), _filled(below)
    if not (_is_product(above) or _is_bracketed(above)) or " " in first:
        first = f"({first})" if not _is_bracketed(above) else first
    if not (_is_factor(below) or _is_bracketed(below)) or (" " in second and not _is_bracketed(below)):
        second = f"({second})"
    return Piece(f"{first}/{second}", Kind.FRACTION, is_compound=True)


def binomial(first: list[Piece], second: list[Piece]) -> Piece:
    """A binomial coefficient."""
    return Piece(f"({_filled(first)} choose {_filled(second)})", Kind.PREFIX)


def _filled(pieces: list[Piece]) -> str:
    text = joined(pieces)
    if not text:
        raise UnsureError
    return text


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    seen = [place for place, piece in enumerate(pieces) if piece.kind is not Kind.SPACE and piece.text]
    return pieces[seen[0] : seen[-1] + 1] if seen else []


def _is_product(pieces: list[Piece]) -> bool:
    return all(piece.kind in {Kind.LETTER, Kind.DIGITS} for piece in pieces) or _is_factor(pieces)


def _is_factor(pieces: list[Piece]) -> bool:
    if len(pieces) == 2 and pieces[0].text in {"∂", "d"}:  # a differential
        return pieces[1].kind is Kind.LETTER
    return len(pieces) == 1 and pieces[0].kind in {Kind.LETTER, Kind.DIGITS, Kind.WORD}


def _is_bracketed(pieces: list[Piece]) -> bool:
    """Whether one pair of brackets holds all the pieces."""
    if len(pieces) < 2 or pieces[0].text != "(" or pieces[-1].text != ")":
        return False
    depths = [0]
    for piece in pieces:
        depths.append(depths[-1] + (piece.kind is Kind.OPENING) - (piece.kind is Kind.CLOSING))
    return min(depths[1:-1]) > 0


def root(sign: str, under: list[Piece]) -> Piece:
    """The root of pieces."""
    text = joined(under)
    if len(under) == 1 and _is_factor(under) and not under[0].tail and not (RAISED | set(ROOTS.values())) & set(text):
        return Piece(sign + text, Kind.LETTER, tail="^", is_compound=True)
    return Piece(sign + (text if _is_bracketed(under) else f"({text})"), Kind.LETTER, is_compound=True)


def accented(pieces: list[Piece], mark: str) -> Piece:
    """A letter under an accent, or several under a line."""
    text = "".join(piece.text for piece in pieces)
    is_letter = len(pieces) == 1 and pieces[0].kind in {Kind.LETTER, Kind.DIGITS}
    if is_letter and (len(text) == 1 or (len(text) == 2 and unicodedata.combining(text[1]))):
        return Piece(unicodedata.normalize("NFC", text + mark), pieces[0].kind)
    joined_mark = "\u0305" if mark == "\u0304" else mark
    if joined_mark not in _DRAWN_OVER_EACH or not text.isalnum() or any(piece.is_compound for piece in pieces):
        raise UnsureError
    return Piece("".join(c + joined_mark for c in text), Kind.LETTER, is_compound=True)
