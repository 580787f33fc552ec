"""From the metadata of a paper, whatever carried them, to an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.cleaning import clean, is_withdrawal
from ingest.identity import Identity
from ingest.paper import Entry, Paper, Rejection
from ingest.selection import Selection


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a source something stands: `number` counts papers, `line` lines, both from 1."""

    file: str
    line: int
    number: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source tells of a paper, as read; the primary category comes first."""

    identity: Identity | None
    raw_title: str
    raw_abstract: str
    comment: str
    categories: Sequence[str]
    day: date | None
    told_id: str


def entry_of(metadata: Metadata, place: Place, selection: Selection) -> Entry | Rejection | None:
    """The entry of a paper, a rejection where something of it is missing, None where it is not wanted."""
    identity, day, categories = metadata.identity, metadata.day, metadata.categories
    listing = selection.listing(categories, day, place.number) if day and categories else None
    if listing is None and day and categories:
        return None
    title = clean(metadata.raw_title)
    if identity is None or listing is None or not title.text:
        told = metadata.told_id[:80]
        return Rejection(place.file, place.line, f"a paper without arXiv id, title, date or category: “{told}”")
    abstract = clean(metadata.raw_abstract)
    paper = Paper(
        arxiv_id=identity.arxiv_id,
        title=title.text,
        abstract=abstract.text,
        url=f"https://arxiv.org/abs/{identity.arxiv_id}",
        version=identity.version,
        links=abstract.links,
        is_withdrawn=is_withdrawal(abstract.text, metadata.comment),
    )
    return Entry(paper, listing, metadata.raw_title, metadata.raw_abstract, place.line)
