"""What stored fields say of a paper: title, link, id, days, place, block, version, category, code."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.answer import Answer
from assistant.answering.contract import AnswerBuilder, DraftClaim
from assistant.language.days import dated, spoken_day
from assistant.question.wish import Fact
from assistant.reading.evidence import Evidence
from ingest.database import ListedPaper
from ingest.library import Library
from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Link, Listing, StoredPaper
from prompts import fill

_SAYS_CODE = re.compile(r"\bcodes?\b|\bimplementations?\b|\bgithub\b|\bopen[-\s]sourced?\b", re.IGNORECASE)


def as_listed(stored: StoredPaper) -> ListedPaper:
    """A paper as a list of the library names it."""
    paper = stored.paper
    return ListedPaper(stored.row, paper.arxiv_id, paper.title, paper.url, stored.listings[0], paper.is_withdrawn)


def _listed_facts(stored: StoredPaper) -> list[str]:
    """Each of its days as what it is: of announcements, of submission, of its record's last change, or a month."""
    title = stored.paper.title
    announced = _announced(stored)
    submitted = _days(stored, Basis.SUBMITTED) or filter(None, [stored.paper.submitted])
    submissions = " and ".join(map(spoken_day, submitted))
    if announced and submissions:
        facts = [fill("exact_announced_and_submitted", title=title, announced=announced, submitted=submissions)]
    elif announced:
        facts = [fill("exact_listed", title=title, days=announced)]
    elif submissions:
        facts = [fill("exact_submitted", title=title, days=submissions)]
    else:
        months = _days(stored, Basis.MONTH)
        facts = [fill("exact_within_month", title=title, month=f"{month:%B %Y}") for month in months]
    if updated := _days(stored, Basis.UPDATED):
        facts.append(fill("exact_last_changed", title=title, days=" and ".join(map(spoken_day, updated))))
    return facts if announced else [*facts, fill("exact_not_announced", title=title)]


def _days(stored: StoredPaper, basis: Basis) -> list[date]:
    return list(dict.fromkeys(listing.day for listing in stored.listings if listing.basis is basis))


def _announced(stored: StoredPaper) -> str:
    """The days of its announcements; with their categories, where those are several or other days are known too."""
    days: dict[date, list[str]] = {}
    for listing in stored.listings:
        if listing.basis is Basis.ANNOUNCED:
            days.setdefault(listing.day, []).append(listing.category)
    is_plain = len({listing.basis for listing in stored.listings}) == 1 and stored.paper.submitted is None
    return " and ".join(
        spoken_day(day) if is_plain else f"{spoken_day(day)} ({', '.join(categories)})"
        for day, categories in days.items()
    )


def _title_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_title", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _link_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_link", title=stored.paper.title, url=stored.paper.url)]


def _id_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_id", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _place_facts(stored: StoredPaper) -> list[str]:
    """Its places in announcements; where none is known, what else tells of its block."""
    title = stored.paper.title
    places = [
        fill("exact_place", title=title, number=o.position, category=o.category, day=spoken_day(o.day), block=_block(o))
        for o in stored.listings
        if o.basis is Basis.ANNOUNCED
    ]
    return places or [
        fill("exact_no_place", title=title, category=o.category, day=dated(o.day, o.basis), block=_block(o))
        for o in stored.listings
    ]


def _block(listing: Listing) -> str:
    return fill("exact_replacement") if listing.block is Block.REPLACED else str(listing.block)


def _version_fact(stored: StoredPaper) -> list[str]:
    if stored.paper.version:
        return [fill("exact_version", title=stored.paper.title, version=stored.paper.version)]
    return [fill("exact_no_version", title=stored.paper.title)]


def _category_fact(stored: StoredPaper) -> list[str]:
    """All that are known of it, the primary one first, where its source told them; else those of its listings."""
    told = stored.paper.categories
    listed = (listing.category for listing in stored.listings if listing.category != UNKNOWN_CATEGORY)
    names = list(dict.fromkeys([*told, *listed]))
    if not names:
        return [fill("exact_no_category", title=stored.paper.title)]
    title, categories = stored.paper.title, " and ".join(names)
    if told and len(names) > 1:
        return [fill("exact_category_told", title=title, categories=categories)]
    return [fill("exact_category", title=title, categories=categories)]


def _held_facts(stored: StoredPaper) -> list[str]:
    title = stored.paper.title
    days = list(dict.fromkeys(listing.day for listing in stored.listings))
    if all(listing.basis is Basis.ANNOUNCED for listing in stored.listings):
        return [fill("exact_held", title=title, days=" and ".join(map(spoken_day, days)))]
    return [fill("exact_held_at_all", title=title), *_listed_facts(stored)]


# ---- code


def withdrawn_facts(stored: StoredPaper) -> list[str]:
    """That a paper is withdrawn, where it is: it is said with whatever else is."""
    return [fill("exact_withdrawn", title=stored.paper.title)] if stored.paper.is_withdrawn else []


def _code_facts(stored: StoredPaper) -> list[str]:
    title, links = stored.paper.title, stored.paper.links
    code = [link.url for link in links if link.is_code]
    if code:
        is_in_abstract = all(link.stands_in(stored.paper.abstract) for link in links if link.is_code)
        if is_in_abstract:
            return [fill("exact_code", title=title, links=", ".join(code))]
        return [fill("exact_code_told", title=title, links=", ".join(code))]
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
    if authors := stored.paper.authors:
        return [fill("exact_authors", title=stored.paper.title, authors=", ".join(authors))]
    return [fill("exact_no_authors", title=stored.paper.title, url=stored.paper.url)]


OF_PAPERS: Mapping[Fact, Callable[[StoredPaper], list[str]]] = {
    "held": _held_facts,
    "title": _title_fact,
    "id": _id_fact,
    "days": _listed_facts,
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
