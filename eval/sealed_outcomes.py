"""What a build answered, as the nouns that figures are taken of, read from the JSON of this or an older Daybook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eval.sealed_cases import Passage, SealedQuestion
from ingest.paper import Paper

CLOSEST_SHOWN = 3
Cells = Mapping[tuple[str, str], tuple[Passage, ...]]


class Grade(StrEnum):
    """How sure an answer is."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a build said: the JSON of its answer and of its comparison; `failure` names the error, if any."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reply, read: the passages of its claims in their order, those that only come closest, the papers it lists.

    `rows` are the papers of the table that the question brought; `cells` are of the comparison by arXiv ids, by arXiv
    id and column, and lack a cell that the table lacks. `job` and `limits` are what the build says of itself; an older
    Daybook says no limits, and its job is told by the form of its answer. `text` is all that it says, `sentences` its
    claims as written, each with the quotes that it cites.
    """

    grade: Grade
    claims: tuple[Passage, ...] = ()
    closest: tuple[Passage, ...] = ()
    listed: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    cells: Cells = field(default_factory=dict)
    failure: str = ""
    job: str = ""
    limits: Mapping[str, Any] | None = None
    text: str = ""
    sentences: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def shown(self) -> tuple[Passage, ...]:
        """All passages, in the order in which they are read."""
        return (*self.claims, *self.closest)

    @property
    def papers_shown(self) -> tuple[str, ...]:
        """The papers of the passages; of an answer without any, the papers that it lists."""
        return tuple(dict.fromkeys(passage.arxiv_id for passage in self.shown)) or self.listed


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what a build made of it."""

    question: SealedQuestion
    outcome: Outcome


def read_reply(reply: Reply, held: Mapping[str, Paper]) -> Outcome:
    """Read a reply; one that is no answer, or none at all, counts as a failure that shows nothing.

    A quote is looked up by its text where its offsets are of an abstract that another build cleaned otherwise.
    """
    try:
        return _outcome(reply, held)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Outcome(Grade.NONE, failure=f"unreadable answer ({type(error).__name__})")


def _outcome(reply: Reply, held: Mapping[str, Paper]) -> Outcome:
    answer = reply.answer
    claims = [citation for claim in answer.get("claims") or () for citation in claim.get("citations") or ()]
    return Outcome(
        _grade(answer),
        _located(claims, held),
        _located(answer.get("closest") or (), held),
        tuple(dict.fromkeys(paper["arxiv_id"] for paper in answer.get("references") or ())),
        tuple(row["paper"]["arxiv_id"] for row in (answer.get("table") or {}).get("rows", ())),
        _cells(reply.table, held),
        reply.failure,
        answer.get("job") or _job_by_form(answer),
        answer.get("limits"),
        answer.get("answer", ""),
        tuple(
            (claim.get("sentence", ""), tuple(one.get("quote", "") for one in claim.get("citations") or ()))
            for claim in answer.get("claims") or ()
        ),
    )


def _job_by_form(answer: Mapping[str, Any]) -> str:
    if answer.get("table"):
        return "compare"
    claims = answer.get("claims") or ()
    if answer.get("facts"):
        return "day" if any(claim.get("heading") for claim in claims) else "facts"
    return "list" if len(answer.get("references") or ()) > 1 else "ask"


def _grade(answer: Mapping[str, Any]) -> Grade:
    """An older Daybook only knows answers and abstentions."""
    if given := answer.get("grade"):
        return Grade(given)
    return Grade.NONE if answer.get("abstained", True) else Grade.ANSWERED


def _located(citations: Iterable[Mapping[str, Any]], held: Mapping[str, Paper]) -> tuple[Passage, ...]:
    return tuple(_passage(citation, held) for citation in citations)


def _passage(citation: Mapping[str, Any], held: Mapping[str, Paper]) -> Passage:
    arxiv_id, start, end = citation["arxiv_id"], citation["start"], citation["end"]
    quote = citation.get("quote", "")
    abstract = held[arxiv_id].abstract if arxiv_id in held else ""
    if abstract[start:end] != quote and (found := abstract.find(quote)) >= 0:
        start, end = found, found + len(quote)
    return Passage(arxiv_id, start, end)


def _cells(table: Mapping[str, Any], held: Mapping[str, Paper]) -> Cells:
    columns = [spoken(column) for column in table.get("columns", ())]
    return {
        (row["paper"]["arxiv_id"], column): _located(cell["quotes"], held)
        for row in table.get("rows", ())
        for column, cell in zip(columns, row["cells"], strict=True)
    }


def spoken(column: str) -> str:
    """The name of a column as it is compared."""
    return " ".join(column.lower().split())


def always_closest(outcome: Outcome) -> Outcome:
    """What a build would show that never claims anything: the first passages, all as closest."""
    return Outcome(Grade.CLOSEST, (), outcome.shown[:CLOSEST_SHOWN], outcome.listed, failure=outcome.failure)
