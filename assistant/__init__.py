"""The assistant: from a question to a checked answer."""

import ingest  # noqa: F401 - it silences what the others import
from assistant.answer import Answer, Citation, Claim, Closest, NearPaper, Reference
from assistant.engine.daybook import Daybook, SearchResult
from assistant.reading.quoting import Quote, quote

__all__ = [
    "Answer", "Citation", "Claim", "Closest", "Daybook", "NearPaper", "Quote", "Reference", "SearchResult", "quote"
]  # fmt: skip
