"""What an answer stands on: quotes, and the papers they are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.language.days import dated
from ingest.paper import Basis, StoredPaper


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `quote` is the stored abstract of `arxiv_id` from `start` to `end`."""

    number: int
    arxiv_id: str
    quote: str
    start: int
    end: int


class DatedPaper:
    """A paper of which it is said on which day it came, as what that day is, and whether it is withdrawn."""

    __slots__ = ()
    day: date
    basis: Basis
    is_withdrawn: bool

    @property
    def dated(self) -> str:
        """Its day as what it is, and whether it is withdrawn."""
        return dated(self.day, self.basis, is_withdrawn=self.is_withdrawn)


@dataclass(frozen=True, slots=True)
class Reference(DatedPaper):
    """A cited paper, as the library knows it; `number` is its marker, `basis` what its day is the day of."""

    number: int
    arxiv_id: str
    title: str
    day: date
    url: str
    basis: Basis = Basis.ANNOUNCED
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class NearPaper(DatedPaper):
    """A paper that is near the question without answering it; `basis` is what its day is the day of."""

    arxiv_id: str
    title: str
    day: date
    url: str
    basis: Basis = Basis.ANNOUNCED
    is_withdrawn: bool = False


def paper_data(paper: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a reference or near paper from JSON; what an older Daybook kept has no basis: it knew one only."""
    basis = Basis(paper.get("basis", Basis.ANNOUNCED))
    return {**paper, "day": date.fromisoformat(paper["day"]), "basis": basis}


def reference_to(number: int, stored: StoredPaper) -> Reference:
    """A stored paper as it is cited under a number."""
    paper = stored.paper
    return Reference(number, paper.arxiv_id, paper.title, stored.day, paper.url, stored.basis, paper.is_withdrawn)
