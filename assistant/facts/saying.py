"""An exact answer from the facts of the library and the papers they name."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Reference
from assistant.answering.contract import abstention, reference_line
from assistant.finding.understanding import reason_of_nothing
from assistant.question.scope import Scope, rows_within, without_block
from assistant.question.wish import Wish
from ingest.database import ListedPaper
from ingest.library import Library
from prompts import fill


@dataclass(frozen=True, slots=True)
class FactsAsked:
    """A question to the library: its limits, and which facts are to be stated."""

    question: str
    scope: Scope
    wish: Wish
    library: Library


@dataclass(frozen=True, slots=True)
class Stated:
    """Facts as sentences, and the papers that they name in full."""

    facts: tuple[str, ...]
    papers: tuple[ListedPaper, ...] = ()


def exact_answer(question: str, stated: Sequence[Stated], understood: Sequence[str] = ()) -> Answer:
    """The answer that states facts; its text names every paper, with the day and the link."""
    facts = tuple(dict.fromkeys(fact for one in stated for fact in one.facts))
    papers = list({paper.row: paper for one in stated for paper in one.papers}.values())
    references = tuple(
        Reference(number, p.arxiv_id, p.title, p.listing.day, p.url, p.listing.basis, p.is_withdrawn)
        for number, p in enumerate(papers, start=1)
    )
    text = "\n".join(facts)
    if references:
        text = "\n\n".join([text, "\n".join(reference_line(reference) for reference in references)])
    return Answer(question, text, abstained=False, facts=facts, references=references, understood=tuple(understood))


def nothing_of_it(asked: FactsAsked) -> Answer:
    """The answer where the library holds nothing of the days or categories that are asked for."""
    return abstention(asked.question, reason_of_nothing(asked.scope, asked.library))


def limits_of(scope: Scope, *, leaves_out_block: bool = False) -> str:
    """The limits of a question in brackets after a space, what is not held named; empty where it sets none."""
    kept = scope.description
    if scope.arxiv_ids is not None:
        kept = ", ".join(part for part in kept.split(", ") if not part.startswith("arXiv:"))
    if leaves_out_block:
        kept = without_block(kept)
    missing = fill("exact_missing", names=", ".join(scope.missing)) if scope.missing else ""
    said = "; ".join(filter(None, [kept, missing]))
    return f" ({said})" if said else ""


def papers_of(asked: FactsAsked, rows: Sequence[int]) -> list[ListedPaper]:
    """These papers in the digest's order, at their places within the question's limits."""
    scope = asked.scope
    return asked.library.database.listed(rows, days=scope.days, categories=scope.categories, block=scope.block)


def rows_of(asked: FactsAsked) -> list[int]:
    """The rows of all papers within the question's limits."""
    return [int(row) for row in rows_within(asked.scope, asked.library)]


def holds_nothing_of(asked: FactsAsked) -> bool:
    """Whether the library holds none of the days, or none of the categories, that are asked for."""
    scope = asked.scope
    if scope.days is not None and not scope.days:
        return True
    return scope.categories is not None and not scope.categories & asked.library.holdings().categories
