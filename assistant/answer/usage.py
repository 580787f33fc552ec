"""What an answer took: its time, and of a language model its tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model was asked for an answer that it wrote, or tried to.

    Tokens are as its server counts them, None where it did not say; so is the time to the first one, where none came.
    """

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token_seconds: float | None = None
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The usage as JSON-ready data."""
        first = self.first_token_seconds
        return {
            "model": self.model,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "first_token_seconds": None if first is None else round(first, 3),
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Usage":
        """The usage of what `to_dict` gave; what is not known of an older or a newer Daybook is left out."""
        return cls(
            str(data["model"]),
            data.get("prompt_tokens"),
            data.get("completion_tokens"),
            data.get("first_token_seconds"),
            float(data.get("seconds") or 0.0),
        )


def spent(usage: Usage | None, timings_ms: Mapping[str, float]) -> str:
    """In one line what an answer took; empty where nobody took the time."""
    total = timings_ms.get("total")
    in_all = "" if total is None else seconds_text(total / 1000)
    if usage is None:
        return in_all
    return " · ".join(filter(None, (usage.model, _tokens(usage), _first(usage), in_all and f"{in_all} in all")))


def _tokens(usage: Usage) -> str:
    counted = ((usage.prompt_tokens, "read"), (usage.completion_tokens, "written"))
    known = [(count, what) for count, what in counted if count is not None]
    if not known:
        return "tokens not told"
    (count, what), *more = known
    return ", ".join([f"{count:,} tokens {what}", *(f"{count:,} {what}" for count, what in more)])


def _first(usage: Usage) -> str:
    first = usage.first_token_seconds
    return "no first word" if first is None else f"first word after {seconds_text(first)}"


def seconds_text(seconds: float) -> str:
    """A time for a person: tenths of a second up to ten, whole ones above."""
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:,.0f} s"  # whoever waits longer minds no tenths
