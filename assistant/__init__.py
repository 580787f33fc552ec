"""The assistant: from a question to a checked answer."""

from assistant.answer import Answer, Citation, Claim, NearPaper, Reference
from assistant.daybook import Daybook, SearchResult

__all__ = ["Answer", "Citation", "Claim", "Daybook", "NearPaper", "Reference", "SearchResult"]
