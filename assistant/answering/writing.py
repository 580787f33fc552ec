"""Writers turn evidence into claims. The quoting writer needs no language model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assistant.answer import Usage
from assistant.answering.contract import DraftClaim, Note
from assistant.reading.evidence import Evidence


@runtime_checkable
class Writer(Protocol):
    """Writes the claims of an answer, one after the other; each is checked before anyone sees it."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim | Note | Usage]:
        """Yield drafts in the order in which they are to be read, and a note where there is something to say.

        Last comes what it took of a language model, where one was asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Picked:
    """The sentences that a helper chose of those that were read, best first, or a note that says why it chose none.

    `usage` is what the answer took of a model so far.
    """

    sentences: tuple[Evidence, ...]
    note: str = ""
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Searches:
    """What else a helper would search for, or a note that says why it said nothing; `usage` as of `Picked`."""

    texts: tuple[str, ...]
    note: str = ""
    usage: Usage | None = None


@runtime_checkable
class Helper(Protocol):
    """A writer that reads whole abstracts, and helps where nothing answers; slow, so that quotes are shown before."""

    def write(
        self, question: str, evidence: Sequence[Evidence], read: Sequence[Evidence] = ()
    ) -> Iterator[DraftClaim | Note | Usage]:
        """As `Writer.write`, over all sentences that were `read`; in the end all of the evidence is shown or cited."""
        ...

    def picked(self, question: str, closest: Sequence[Evidence], read: Sequence[Evidence]) -> Picked:
        """Which of the sentences that were read come closest, where none answers."""
        ...

    def searches(self, question: str) -> Searches:
        """What else to search for, where nothing answers."""
        ...


class QuotingWriter:
    """Says nothing of its own: every sentence is a quote."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim]:  # noqa: ARG002
        """Yield each piece of evidence as its own claim."""
        for piece in evidence:
            yield DraftClaim(piece.quote, (piece,))
