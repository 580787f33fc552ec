"""What stored fields say of a paper: title, link, id, days, place, block, version, category, code."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.answer import Answer
from assistant.answering.contract import AnswerBuilder, DraftClaim
from assistant.language.days import spoken_day
from assistant.question.wish import Fact
from assistant.reading.evidence import Evidence
from ingest.database import ListedPaper
from ingest.library import Library
from ingest.paper import Link, StoredPaper
from prompts import fill

_SAYS_CODE = re.compile(r"\bcodes?\b|\bimplementations?\b|\bgithub\b|\bopen[-\s]sourced?\b", re.IGNORECASE)


def as_listed(stored: StoredPaper) -> ListedPaper:
    """A paper as a list of the library names it."""
    paper = stored.paper
    return ListedPaper(stored.row, paper.arxiv_id, paper.title, paper.url, stored.listings[0])


def _days(stored: StoredPaper) -> str:
    return " and ".join(dict.fromkeys(spoken_day(listing.day) for listing in stored.listings))


def _listed_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_listed", title=stored.paper.title, days=_days(stored))]


def _title_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_title", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _link_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_link", title=stored.paper.title, url=stored.paper.url)]


def _id_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_id", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _place_facts(stored: StoredPaper) -> list[str]:
    title = stored.paper.title
    return [
        fill("exact_place", title=title, number=o.position, category=o.category, day=spoken_day(o.day), block=o.block)
        for o in stored.listings
    ]


def _version_fact(stored: StoredPaper) -> list[str]:
    if stored.paper.version:
        return [fill("exact_version", title=stored.paper.title, version=stored.paper.version)]
    return [fill("exact_no_version", title=stored.paper.title)]


def _category_fact(stored: StoredPaper) -> list[str]:
    names = " and ".join(dict.fromkeys(listing.category for listing in stored.listings))
    return [fill("exact_category", title=stored.paper.title, categories=names)]


def _held_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_held", title=stored.paper.title, days=_days(stored))]


# ---- code


def _code_facts(stored: StoredPaper) -> list[str]:
    title, links = stored.paper.title, stored.paper.links
    code = [link.url for link in links if link.is_code]
    if code:
        return [fill("exact_code", title=title, links=", ".join(code))]
    if links:
        return [fill("exact_no_code_but_links", title=title, links=", ".join(link.url for link in links))]
    return [fill("exact_no_code", title=title)]


def with_code_quotes(answer: Answer, papers: Sequence[StoredPaper], library: Library) -> Answer:
    """The answer with the sentences of the abstracts that give the links, or else speak of code."""
    builder = AnswerBuilder(answer.question, papers)
    spans = library.sentences([paper.row for paper in papers])
    pieces = [
        Evidence(paper, span, 1.0)
        for paper in papers
        for span in spans[paper.row]
        if _is_on_code(paper.paper.abstract[span.start : span.end], paper.paper.links)
    ]
    for piece in pieces:
        builder.add(DraftClaim(piece.quote, (piece,)))
    if not pieces:
        return answer
    quoted = builder.answer()
    listed, *_ = {reference.arxiv_id: reference for reference in answer.references}, None
    unquoted = [one for one in listed.values() if one.arxiv_id not in {q.arxiv_id for q in quoted.references}]
    more = [replace(one, number=len(quoted.references) + n) for n, one in enumerate(unquoted, start=1)]
    text = "\n\n".join(["\n".join(answer.facts), quoted.text])
    return replace(answer, text=text, claims=quoted.claims, references=(*quoted.references, *more))


def _is_on_code(sentence: str, links: Sequence[Link]) -> bool:
    code = [link.url for link in links if link.is_code]
    return any(url in sentence for url in code) if code else _SAYS_CODE.search(sentence) is not None


def _authors_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_no_authors", title=stored.paper.title, url=stored.paper.url)]


OF_PAPERS: Mapping[Fact, Callable[[StoredPaper], list[str]]] = {
    "held": _held_fact,
    "title": _title_fact,
    "id": _id_fact,
    "days": _listed_fact,
    "place": _place_facts,
    "block": _place_facts,
    "category": _category_fact,
    "version": _version_fact,
    "authors": _authors_fact,
    "link": _link_fact,
    "code": _code_facts,
}
"""What states each fact of a paper, in the order in which an answer states them."""
ON_A_CARD: tuple[Fact, ...] = ("title", "place", "link", "code")
"""What is stated of a paper where it is not clear which fact is asked for."""
