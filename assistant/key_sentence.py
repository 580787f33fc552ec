"""The key sentence of a paper."""

from collections.abc import Sequence

from ingest.paper import Sentence, Span


def key_sentence(sentences: Sequence[Sentence]) -> Span | None:
    """The span of the sentence that says best what a paper does; None where it has no abstract."""
    return next((sentence.span for sentence in sentences if sentence.is_key), None)
