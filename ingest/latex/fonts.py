"""Letters in the fonts that mathematics tells apart, and in plain ones."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)
def in_font(c: str, font: str) -> str:
    """A letter as Unicode has it in a font, itself where it has none."""
    if font in {"", "roman"} or not c.isalnum():
        return c
    letter = re.sub(r"^(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER ", r"\1 ", unicodedata.name(c, ""))
    style = font.upper()
    for name in (f"MATHEMATICAL {style} {letter}", f"{style.replace('FRAKTUR', 'BLACK-LETTER')} {letter}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return c


def plain_fonts(shown: list[str], formulas: Sequence[int]) -> str:
    """The text with letters in plain fonts: script, bold or varied ones only where the plain ones stand too."""
    styled = {c for index in formulas for c in shown[index] if _style_of(c)}
    if styled:
        used = _letters_used(shown, formulas)
        kept = {_style_of(c) for c in styled if unicodedata.normalize("NFKC", c) in used}
        kept |= _styles_that_clash(styled)
        plain = {ord(c): unicodedata.normalize("NFKC", c) for c in styled if _style_of(c) not in kept}
        for index in formulas:
            shown[index] = unicodedata.normalize("NFC", shown[index].translate(plain))
    return "".join(shown)


def _letters_used(shown: list[str], formulas: Sequence[int]) -> set[str]:
    words = {"a", "A", "I"}
    alone = {letter for piece in shown for letter in re.findall(r"(?<!\w)[^\W\d_](?!\w)", piece)} - words
    return alone | {c for index in formulas for c in shown[index]}


def _styles_that_clash(styled: Iterable[str]) -> set[str]:
    """The styles of two letters that are one letter in plain type."""
    by_letter: dict[str, set[str]] = {}
    for c in styled:
        by_letter.setdefault(unicodedata.normalize("NFKC", c), set()).add(_style_of(c))
    return {style for styles in by_letter.values() if len(styles) > 1 for style in styles}


@lru_cache(maxsize=4096)
def _style_of(c: str) -> str:
    """The name of the font that a letter is drawn in, empty for a plain one and for those that always keep it."""
    if c in "ϵϕϑϱϖ":
        return c
    name = unicodedata.name(c, "")
    if c.isascii() or "DOUBLE-STRUCK" in name:
        return ""
    return next((style for style in ("BOLD", "SCRIPT", "FRAKTUR", "BLACK-LETTER") if style in font_of(name)), "")


def font_of(name: str) -> str:
    """The font of a letter by its name in Unicode, empty for plain letters and for signs of their own."""
    is_letter = name.startswith("MATHEMATICAL ") or re.match(r"(?:SCRIPT|BLACK-LETTER) (?:CAPITAL|SMALL) ", name)
    return (
        name.replace("BLACK-LETTER", "FRAKTUR")
        if is_letter and name not in {"SCRIPT CAPITAL P", "SCRIPT SMALL L"}
        else ""
    )
