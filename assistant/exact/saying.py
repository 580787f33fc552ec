"""An exact answer from the facts of the library and the papers they name."""

from collections.abc import Sequence

from assistant.answer import Answer, Reference
from assistant.contract import abstention, reference_line
from assistant.exact.wording import Asked
from assistant.scope import Scope, without_block
from assistant.understanding import reason_of_nothing
from ingest.database import ListedPaper
from prompts import fill


def exact_answer(
    asked: Asked, facts: Sequence[str], papers: Sequence[ListedPaper] = (), understood: Sequence[str] = ()
) -> Answer:
    """The answer that states facts; its text names every paper, with the day and the link."""
    references = tuple(
        Reference(number, paper.arxiv_id, paper.title, paper.listing.day, paper.url)
        for number, paper in enumerate(papers, start=1)
    )
    text = "\n".join(facts)
    if references:
        text = "\n\n".join([text, "\n".join(reference_line(reference) for reference in references)])
    return Answer(
        asked.question, text, abstained=False, facts=tuple(facts), references=references, understood=tuple(understood)
    )


def nothing_of_it(asked: Asked) -> Answer:
    """The answer where the library holds nothing of the days or categories that are asked for."""
    return abstention(asked.question, reason_of_nothing(asked.scope, asked.library))


def counted(count: int, thing: str = "paper") -> str:
    """A number and its thing: "1 paper", "1,204 papers"."""
    plural = f"{thing[:-1]}ies" if thing.endswith("y") and thing != "day" else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"


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


def papers_of(asked: Asked, rows: Sequence[int]) -> list[ListedPaper]:
    """These papers in the digest's order, at their places within the question's limits."""
    scope = asked.scope
    return asked.library.database.listed(rows, days=scope.days, categories=scope.categories, block=scope.block)


def rows_of(asked: Asked) -> list[int]:
    """The rows of all papers within the question's limits, whatever papers a follow-up points back to."""
    scope = asked.scope
    rows = asked.library.database.rows_within(
        days=scope.days, categories=scope.categories, block=scope.block, with_code=scope.with_code
    )
    return [int(row) for row in rows]


def holds_nothing_of(asked: Asked) -> bool:
    """Whether the library holds none of the days, or none of the categories, that are asked for."""
    scope = asked.scope
    if scope.days is not None and not scope.days:
        return True
    return scope.categories is not None and not scope.categories & asked.library.holdings().categories
