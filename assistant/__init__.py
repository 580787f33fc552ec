"""The assistant: from a question to a checked answer."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import ingest  # noqa: F401 - it silences what the others import

if TYPE_CHECKING:
    from assistant.answer import Answer, Citation, Claim, Closest, NearPaper, Reference
    from assistant.engine.daybook import Daybook, SearchResult
    from assistant.reading.quoting import Quote, quote

__all__ = [
    "Answer", "Citation", "Claim", "Closest", "Daybook", "NearPaper", "Quote", "Reference", "SearchResult", "quote"
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What is asked for, imported then (PEP 562): a command pays for what it uses."""
    if name in {"Daybook", "SearchResult"}:
        return getattr(import_module("assistant.engine.daybook"), name)
    if name in {"Quote", "quote"}:
        return getattr(import_module("assistant.reading.quoting"), name)
    if name in __all__:
        return getattr(import_module("assistant.answer"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
