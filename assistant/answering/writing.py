"""Writers turn evidence into claims. The quoting writer needs no language model."""

from collections.abc import Iterator, Sequence
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


class QuotingWriter:
    """Says nothing of its own: every sentence is a quote."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim]:  # noqa: ARG002
        """Yield each piece of evidence as its own claim."""
        for piece in evidence:
            yield DraftClaim(piece.quote, (piece,))
