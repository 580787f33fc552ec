"""What an answer stands on: quotes, and the papers they are of."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `quote` is the stored abstract of `arxiv_id` from `start` to `end`."""

    number: int
    arxiv_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A cited paper, as the library knows it; `number` is its marker."""

    number: int
    arxiv_id: str
    title: str
    day: date
    url: str
