"""What changed from one version of a paper to the next: whole sentences first, then the words within them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from assistant.language.word_changes import Piece, PieceKind, word_changes
from ingest.database import Sighting
from ingest.paper import Paper
from ingest.sentences import split_sentences

_MOST_SENTENCES = 10_000  # of the one by those of the other; an abstract has ten


@dataclass(frozen=True, slots=True)
class Change:
    """A passage of the title or of the abstract that is not what it was, in whole sentences."""

    place: str
    pieces: tuple[Piece, ...]

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON-ready data."""
        return {"place": self.place, "pieces": [{"kind": piece.kind, "text": piece.text} for piece in self.pieces]}


def says_the_same(former: Sighting, paper: Paper) -> bool:
    """Whether a former text of a paper and its present one differ in nothing but white space."""
    return former.title.split() == paper.title.split() and former.abstract.split() == paper.abstract.split()


def changes_between(former: Sighting, paper: Paper) -> tuple[Change, ...]:
    """What is other in a paper than in a former text of it; nothing where only white space is."""
    title = word_changes(former.title, paper.title)
    passages = _passages(_sentences(former.abstract), _sentences(paper.abstract))
    found = [("title", title), *(("abstract", word_changes(*passage)) for passage in passages)]
    return tuple(Change(place, pieces) for place, pieces in found if _says_something(pieces))


def _sentences(text: str) -> list[str]:
    return [" ".join(text[span.start : span.end].split()) for span in split_sentences(text)]


def _passages(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The runs of sentences that differ, as they were and as they are; of very many, all."""
    if len(old) * len(new) > _MOST_SENTENCES:
        yield " ".join(old), " ".join(new)
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield " ".join(old[start:end]), " ".join(new[new_start:new_end])


def _says_something(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind is not PieceKind.SAME for piece in pieces)
