"""The nouns of an answer. An answer is data: its text is made from its claims, never the other way."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from assistant.answer.citation import Citation, NearPaper, Reference, paper_data
from assistant.answer.table import ComparisonTable
from assistant.answer.usage import Usage, spent
from assistant.question.question import Job

__all__ = ["Answer", "Citation", "Claim", "Closest", "Grade", "Job", "NearPaper", "Reference", "Usage"]

Grade = Literal["answered", "closest", "none"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the quotes it stands on, at least one.

    Where it `is_replaced`, a language model wrote something that was not supported, and the sentence is the quote.
    `heading` is the part of a long answer that it belongs to, the same for claims that stand together.
    """

    sentence: str
    citations: tuple[Citation, ...]
    is_replaced: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Closest:
    """A sentence of a stored abstract that comes near a question that none states outright.

    `start` and `end` are character offsets in the abstract; `score` is how likely it states it, from 0 to 1.
    """

    arxiv_id: str
    quote: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or an abstention: the passages that come closest, or the nearest papers as what they are.

    `closest` are passages of an abstention, best first, each of a paper in `nearest`; an answer has none.
    `nearest` are papers of an abstention, or those that a list names only as near.
    `facts` are sentences about the library itself (counts, days, links), which SQLite answers; they stand on no quote.
    `understood` says which limits of the question were kept, and which of its words were read as others.
    `note` says in one line what else to know of it: what a language model did not write, what a list leaves out.
    `timings_ms` names the stages and the milliseconds each took. `table` is there where papers were compared.
    `usage` is there where a language model was asked, whatever came of it.
    `job` is what the question was read as, `limits` which papers it is limited to, as JSON-ready data. `read` is the
    question as it was read, for the turns after it, as JSON-ready data; empty where an older Daybook answered.
    """

    question: str
    text: str
    abstained: bool
    claims: tuple[Claim, ...] = ()
    facts: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    nearest: tuple[NearPaper, ...] = ()
    closest: tuple[Closest, ...] = ()
    understood: tuple[str, ...] = ()
    note: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    table: ComparisonTable | None = None
    job: Job = "ask"
    limits: Mapping[str, Any] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict, compare=False)
    usage: Usage | None = None

    @property
    def kind(self) -> Literal["quoted", "exact"]:
        """Whether it quotes papers, or states facts of the library."""
        return "exact" if self.facts else "quoted"

    @property
    def grade(self) -> Grade:
        """Whether the quotes or facts state it, passages only come closest to it, or nothing is near."""
        if not self.abstained:
            return "answered"
        return "closest" if self.closest else "none"

    @property
    def spent(self) -> str:
        """What it took, in one line: its time, and of a language model its tokens."""
        return spent(self.usage, self.timings_ms)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready data; days are ISO 8601. `nearest` is the older name of `near`."""
        near = [_with_iso_day(paper) for paper in self.nearest]
        return {
            "question": self.question,
            "job": self.job,
            "limits": dict(self.limits),
            "answer": self.text,
            "grade": self.grade,
            "abstained": self.abstained,
            "kind": self.kind,
            "facts": list(self.facts),
            "claims": [asdict(claim) for claim in self.claims],
            "references": [_with_iso_day(reference) for reference in self.references],
            "closest": [asdict(passage) for passage in self.closest],
            "near": near,
            "nearest": near,
            "understood": list(self.understood),
            "note": self.note,
            "timings_ms": {stage: round(took, 2) for stage, took in self.timings_ms.items()},
            "usage": None if self.usage is None else self.usage.to_dict(),
            "table": None if self.table is None else self.table.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answer":
        """The answer of what `to_dict` gave; what an older Daybook did not write yet has its default.

        Raises:
            ValueError: this is no answer.
        """
        try:
            return cls(
                question=data["question"],
                text=data["answer"],
                abstained=data["abstained"],
                claims=tuple(_claim(claim) for claim in data.get("claims", ())),
                facts=tuple(data.get("facts", ())),
                references=tuple(Reference(**paper_data(paper)) for paper in data.get("references", ())),
                nearest=tuple(NearPaper(**paper_data(paper)) for paper in data.get("nearest", ())),
                closest=tuple(Closest(**passage) for passage in data.get("closest", ())),
                understood=tuple(data.get("understood", ())),
                note=data.get("note", ""),
                timings_ms=dict(data.get("timings_ms", {})),
                table=ComparisonTable.from_dict(data["table"]) if data.get("table") else None,
                job=data.get("job", "ask"),
                limits=dict(data.get("limits", {})),
                read=dict(data.get("read", {})),
                usage=Usage.from_dict(data["usage"]) if data.get("usage") else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no answer: {error}") from error


def _claim(data: Mapping[str, Any]) -> Claim:
    return Claim(**{**data, "citations": tuple(Citation(**citation) for citation in data["citations"])})


def _with_iso_day(paper: Reference | NearPaper) -> dict[str, Any]:
    return {**asdict(paper), "day": paper.day.isoformat()}
