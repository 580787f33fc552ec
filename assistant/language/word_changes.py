"""What became of a text, word by word."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_LEAST_ALIKE = 0.4  # below, the words that two texts share stand there by chance, and the whole is shown as replaced
_MOST_COMPARED = 250_000  # words of the one by words of the other: of the same word over and over difflib takes 1.4 s


class PieceKind(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, went or came, in one line."""

    kind: PieceKind
    text: str


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The words in order, what went before what came in its place; of texts too unlike one, then the other."""
    old, new = before.split(), after.split()
    if old == new:
        return _pieces([(PieceKind.SAME, old)])
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if len(old) * len(new) > _MOST_COMPARED or matcher.ratio() < _LEAST_ALIKE:
        return _pieces([(PieceKind.REMOVED, old), (PieceKind.ADDED, new)])
    found: list[tuple[PieceKind, Sequence[str]]] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            found.append((PieceKind.SAME, old[start:end]))
        else:
            found += [(PieceKind.REMOVED, old[start:end]), (PieceKind.ADDED, new[new_start:new_end])]
    return _pieces(found)


def _pieces(found: Sequence[tuple[PieceKind, Sequence[str]]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, " ".join(words)) for kind, words in found if words)
