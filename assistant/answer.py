"""The nouns of an answer. An answer is data: its text is made from its claims, never the other way."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `quote` is the stored abstract of `arxiv_id` from `start` to `end`."""

    number: int
    arxiv_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the quotes it stands on, at least one."""

    sentence: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A cited paper, as the library knows it; `number` is its marker."""

    number: int
    arxiv_id: str
    title: str
    day: date
    url: str


@dataclass(frozen=True, slots=True)
class NearPaper:
    """A paper that is near the question without answering it."""

    arxiv_id: str
    title: str
    day: date
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or an abstention with the nearest papers as what they are.

    `understood` says which limits of the question were kept, and which of its words were read as others.
    `timings_ms` names the stages and the milliseconds each took.
    """

    question: str
    text: str
    abstained: bool
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    nearest: tuple[NearPaper, ...] = ()
    understood: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready data; days are ISO 8601."""
        return {
            "question": self.question,
            "answer": self.text,
            "abstained": self.abstained,
            "claims": [asdict(claim) for claim in self.claims],
            "references": [_with_iso_day(reference) for reference in self.references],
            "nearest": [_with_iso_day(paper) for paper in self.nearest],
            "understood": list(self.understood),
            "timings_ms": {stage: round(spent, 2) for stage, spent in self.timings_ms.items()},
        }


def _with_iso_day(paper: Reference | NearPaper) -> dict[str, Any]:
    return {**asdict(paper), "day": paper.day.isoformat()}
