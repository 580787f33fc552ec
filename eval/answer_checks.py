"""What is wrong with an answer's citations, found without the code that made it.

An answer is looked at as the JSON that a user gets, and compared with what SQLite holds, read by a statement of its
own: neither the product's contract nor its reading of papers takes part.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.sqlite import SqliteFile

_MARKER = re.compile(r"\[(\d+)\]")
_MARKED_QUOTE = re.compile("“([^“”]+)”")
_FILE = "daybook.sqlite3"

FAULTS = ("inexact quote", "uncited sentence", "foreign paper", "dangling citation", "false reference", "out of scope")
"""Every kind of fault, as `faults` names them."""


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper as SQLite holds it."""

    title: str
    abstract: str
    url: str
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: one of `FAULTS`, and the words for a person."""

    kind: str
    text: str


def held_papers(folder: Path) -> dict[str, HeldPaper]:
    """All papers of a library's folder by their arXiv ids."""
    file = SqliteFile(folder / _FILE)
    try:
        days: dict[int, set[date]] = {}
        for row, day in file.rows("SELECT paper, day FROM listings"):
            days.setdefault(row, set()).add(date.fromisoformat(day))
        return {
            arxiv_id: HeldPaper(title, abstract, url, frozenset(days.get(row, ())))
            for row, arxiv_id, title, abstract, url in file.rows(
                "SELECT row, arxiv_id, title, abstract, url FROM papers"
            )
        }
    finally:
        file.close()


def citations_in(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All citations of an answer, claim by claim."""
    return [citation for claim in answer["claims"] for citation in claim["citations"]]


def faults(answer: Mapping[str, Any], papers: Mapping[str, HeldPaper], allowed: frozenset[str] | None) -> list[Fault]:
    """Everything that is wrong with an answer; `allowed` are the papers that the question's limits let in."""
    found = [*_citation_faults(answer, papers), *_reference_faults(answer, papers), *_text_faults(answer, papers)]
    if allowed is not None:
        outside = {one["arxiv_id"] for one in citations_in(answer)} - allowed
        found += [Fault("out of scope", f"arXiv:{arxiv_id}") for arxiv_id in sorted(outside)]
    return found


def _citation_faults(answer: Mapping[str, Any], papers: Mapping[str, HeldPaper]) -> Iterator[Fault]:
    numbers = {reference["number"]: reference["arxiv_id"] for reference in answer["references"]}
    for claim in answer["claims"]:
        if not claim["citations"]:
            yield Fault("uncited sentence", claim["sentence"])
    for citation in citations_in(answer):
        arxiv_id, quote = citation["arxiv_id"], citation["quote"]
        if arxiv_id not in papers:
            yield Fault("foreign paper", f"arXiv:{arxiv_id}")
        elif not quote.strip() or papers[arxiv_id].abstract[citation["start"] : citation["end"]] != quote:
            yield Fault("inexact quote", f"arXiv:{arxiv_id}: {quote}")
        if numbers.get(citation["number"]) != arxiv_id:
            yield Fault("dangling citation", f"[{citation['number']}] is not arXiv:{arxiv_id}")


def _reference_faults(answer: Mapping[str, Any], papers: Mapping[str, HeldPaper]) -> Iterator[Fault]:
    for shown in (*answer["references"], *answer["nearest"]):
        held = papers.get(shown["arxiv_id"])
        if held is None:
            yield Fault("foreign paper", f"arXiv:{shown['arxiv_id']}")
        elif not _is_true(shown, held):
            told = ", ".join((shown["title"], shown["day"], shown["url"]))
            yield Fault("false reference", f"arXiv:{shown['arxiv_id']}: {told}")
    numbers = [reference["number"] for reference in answer["references"]]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("dangling citation", f"the references are numbered {numbers}")


def _is_true(shown: Mapping[str, Any], held: HeldPaper) -> bool:
    same = (shown["title"], shown["url"]) == (held.title, held.url)
    return same and date.fromisoformat(shown["day"]) in held.days


def _text_faults(answer: Mapping[str, Any], papers: Mapping[str, HeldPaper]) -> Iterator[Fault]:
    """Markers that stand for nothing, references that no marker names, and marked quotes that no cited paper holds."""
    own = own_words(answer)
    numbers, marked = {one["number"] for one in answer["references"]}, {int(n) for n in _MARKER.findall(own)}
    yield from (Fault("dangling citation", f"[{number}] in the text") for number in sorted(marked - numbers))
    if answer["claims"]:
        yield from (Fault("dangling citation", f"no [{number}] in the text") for number in sorted(numbers - marked))
    cited = {citation["arxiv_id"] for citation in citations_in(answer)}
    texts = [papers[arxiv_id].abstract for arxiv_id in cited if arxiv_id in papers]
    if answer["abstained"] or not texts:
        return
    for quote in _MARKED_QUOTE.findall(own):
        if not any(quote in text for text in texts):
            yield Fault("inexact quote", f"in the text: {quote}")


def own_words(answer: Mapping[str, Any]) -> str:
    """The text of an answer without its titles and its exact quotes: what the writer itself says."""
    text: str = answer["answer"]
    shown = [one["title"] for one in (*answer["references"], *answer["nearest"])]
    quoted = [f"“{piece['quote']}”" for piece in (*citations_in(answer), *answer.get("closest", ()))]
    for known in sorted({*shown, *quoted}, key=len, reverse=True):
        text = text.replace(known, " ")
    return text
