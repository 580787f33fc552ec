"""Letters of a text that LaTeX writes as commands: under accents, raised, lowered."""

import re
import unicodedata

from ingest.latex.signs import ORDINALS, SUBSCRIPTS, SUPERSCRIPTS, TEXT_MARKS

_ACCENT = re.compile(
    r"\\([\"'`^~=.]|[uvHcdbrk](?![A-Za-z]))\s*(?:\{\s*(\\[ij]|[A-Za-z])\s*\}|(\\[ij](?![A-Za-z])|[A-Za-z]))"
)
_CLOSING_QUOTE = re.compile(r"\\[\"'](?![A-Za-z{\\])")


def has_quotes(text: str) -> bool:
    r"""Whether a text quotes as listings do, `\"so\"`, which is no umlaut."""
    return _CLOSING_QUOTE.search(text) is not None


def accented(text: str, start: int, *, text_has_quotes: bool) -> tuple[str, int] | None:
    """The letter with its accent that a place in a text shows, and where its source ends."""
    match = _ACCENT.match(text, start)
    if match is None or (match[1] in "\"'" and text_has_quotes):
        return None
    if match[1].isalpha() and match[3] and not match.group()[2:].startswith((" ", "\\")):
        return None
    letter = (match[2] or match[3]).removeprefix("\\")
    shown = unicodedata.normalize("NFC", letter + TEXT_MARKS[match[1]])
    return (shown, match.end()) if len(shown) == 1 else None


def raised(name: str, inside: str) -> str | None:
    """What a text raised or lowered by a command shows; nothing where Unicode lacks a letter of it."""
    if inside in ORDINALS:
        return inside
    table = SUBSCRIPTS if name == "textsubscript" else SUPERSCRIPTS
    return inside.translate(table) if inside and all(ord(c) in table for c in inside) else None
