"""The nouns of reading: a text as sentences, and a sentence that bears on a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.library import Library
from ingest.paper import Role, Span, StoredPaper
from ingest.roles import roles_of
from ingest.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Passages:
    """A text to be read: its title, which may be empty, and its sentences with their spans and roles."""

    title: str
    text: str
    spans: tuple[Span, ...]
    roles: tuple[Role, ...]

    @property
    def sentences(self) -> list[str]:
        """The sentences, verbatim."""
        return [self.text[span.start : span.end] for span in self.spans]

    @classmethod
    def of(cls, text: str, title: str = "") -> "Passages":
        """Any text."""
        spans = split_sentences(text)
        return cls(title, text, tuple(spans), tuple(roles_of([text[span.start : span.end] for span in spans])))


def passages_of(papers: Sequence[StoredPaper], library: Library) -> list[Passages]:
    """The abstracts of stored papers, in their order; one without an abstract has no sentences."""
    roled = library.roled_sentences([stored.row for stored in papers])
    return [
        Passages(
            stored.paper.title,
            stored.paper.abstract,
            tuple(sentence.span for sentence in roled[stored.row]),
            tuple(sentence.role for sentence in roled[stored.row]),
        )
        for stored in papers
    ]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a stored abstract that bears on the question; `score` is how likely it states it, 0 to 1."""

    stored: StoredPaper
    span: Span
    score: float

    @property
    def quote(self) -> str:
        """The sentence, verbatim."""
        return self.stored.paper.abstract[self.span.start : self.span.end]

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from other sentences, whatever its score: its paper, and where it begins in its abstract."""
        return self.stored.paper.arxiv_id, self.span.start


def every_sentence(papers: Sequence[StoredPaper], library: Library) -> tuple[Evidence, ...]:
    """All sentences of the abstracts of papers, in their order; none of them was read for a question."""
    spans = library.sentences([stored.row for stored in papers])
    return tuple(Evidence(stored, span, 0.0) for stored in papers for span in spans[stored.row])
