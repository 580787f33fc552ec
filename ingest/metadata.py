"""From the metadata of a paper, whatever carried them, to an entry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.cleaning import clean, is_withdrawal
from ingest.identity import Identity, month_of, why_impossible
from ingest.latex.text import latex_to_text
from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Entry, Listing, Paper, Rejection
from ingest.readable import link_to, printable
from ingest.selection import Selection

LONGEST_TITLE = 5_000
LONGEST_ABSTRACT = 100_000
"""Characters. arXiv takes abstracts of up to 1,920; the longest title of its first two million papers has 400."""
_MOST_AUTHORS = 10_000  # the largest collaborations have 5,500
_LONGEST_NAME = 500
_LONGEST_COMMENT = 5_000
_MOST_CATEGORIES = 100
_LONGEST_CODE = 60
_TOLD = 80

_STANDS_FOR_DAY = {
    Basis.ANNOUNCED: "it stands under the day of its announcement, {day}",
    Basis.SUBMITTED: "another field says that it was submitted on {day}",
    Basis.UPDATED: "it stands under the day on which its record was last changed, {day}",
    Basis.MONTH: "only the month of its id is known, {day:%B %Y}",
}

_AFFILIATION = re.compile(r"\s*\((?:[^()]|\([^()]*\)){0,500}\)")
_JOINT = re.compile(r"\s*(?:,\s*(?:and\s+|&\s*)?|;|\band\s+|\s&\s)\s*")
_OTHERS = re.compile(r"^(.*?)\s+et\.?\s*al\.?$|^et\.?\s*al\.?$|^others$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a source something stands: `number` counts papers, `line` lines, both from 1."""

    file: str
    line: int
    number: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source tells of a paper, as read; the primary category comes first.

    `basis` is what `day` is the day of; where there is no day, the month that the id tells stands for it.
    `listed_in` are the categories of an announcement, and `block` its block in them. `links` are those told beside
    the text, such as a table's column of code. `unreadable` is a text that
    stands where a date should.
    """

    identity: Identity | None
    raw_title: str
    raw_abstract: str
    comment: str = ""
    categories: Sequence[str] = ()
    day: date | None = None
    told_id: str = ""
    authors: Sequence[str] = ()
    basis: Basis = Basis.SUBMITTED
    submitted: date | None = None
    listed_in: Sequence[str] = ()
    block: Block | None = None
    links: Sequence[str] = ()
    unreadable: str = ""


def items_of_paper(metadata: Metadata, place: Place, selection: Selection) -> Iterator[Entry | Rejection]:
    """The wanted paper, or what is missing of it; and which date of it cannot be read, with what stands for it."""
    entry = entry_of(metadata, place, selection)
    if entry is None:
        return
    yield entry
    if isinstance(entry, Entry) and metadata.unreadable:
        told = printable(metadata.unreadable)[:_TOLD]
        stands = _STANDS_FOR_DAY[entry.listing.basis].format(day=entry.listing.day)
        yield Rejection(place.file, place.line, f"{entry.paper.arxiv_id}: “{told}” is no date; {stands}")


def entry_of(metadata: Metadata, place: Place, selection: Selection) -> Entry | Rejection | None:
    """The entry of a paper, a rejection that names what is missing of it, None where it is not wanted."""
    identity, title = metadata.identity, clean(metadata.raw_title[: LONGEST_TITLE + 1]).text
    reason = why_untakable(metadata, title)
    if reason or identity is None:
        return Rejection(place.file, place.line, reason)
    categories = [code for code in metadata.categories if len(code) <= _LONGEST_CODE][:_MOST_CATEGORIES]
    listing = _listing(metadata, identity, categories, place.number, selection)
    if listing is None:
        return None
    abstract = clean(metadata.raw_abstract)
    told_links = [link_to(url) for url in metadata.links]
    submitted = metadata.day if metadata.basis is Basis.SUBMITTED else metadata.submitted
    paper = Paper(
        arxiv_id=identity.arxiv_id,
        title=title,
        abstract=abstract.text,
        url=f"https://arxiv.org/abs/{identity.arxiv_id}",
        version=identity.version,
        links=tuple(dict.fromkeys([*abstract.links, *told_links])),
        is_withdrawn=is_withdrawal(abstract.text, metadata.comment[:_LONGEST_COMMENT]),
        authors=tuple(metadata.authors),
        categories=tuple(categories),
        submitted=submitted,
    )
    return Entry(paper, listing, metadata.raw_title, metadata.raw_abstract, place.line)


def why_untakable(metadata: Metadata, title: str) -> str:
    """What keeps a paper out: what is missing of it, which of its texts no paper has, or an id that cannot exist."""
    told = metadata.told_id or (metadata.identity.arxiv_id if metadata.identity else "")
    named = told or title
    shown = f": “{printable(named)[:_TOLD]}”" if named else ""
    if impossible := why_impossible(metadata.identity.arxiv_id if metadata.identity else told):
        return f"no arXiv id can be “{printable(told)[:_TOLD]}”: {impossible}"
    missing = [name for name, is_there in (("arXiv id", metadata.identity), ("title", title)) if not is_there]
    if missing:
        return f"a paper without {' and '.join(missing)}{shown}"
    if len(metadata.raw_title) > LONGEST_TITLE:
        return f"a title of over {LONGEST_TITLE:,} characters{shown}"
    if len(metadata.raw_abstract) > LONGEST_ABSTRACT:
        return f"an abstract of over {LONGEST_ABSTRACT:,} characters{shown}"
    return ""


def _listing(
    metadata: Metadata, identity: Identity, told: Sequence[str], number: int, selection: Selection
) -> Listing | None:
    day, basis = metadata.day, metadata.basis
    if day is None:
        day, basis = month_of(identity.arxiv_id), Basis.MONTH
    categories = list(told) or [_archive(identity.arxiv_id)]
    if not selection.category and metadata.listed_in:
        category = _listed_category(categories, metadata.listed_in, metadata.block)
        categories = [category, *(other for other in categories if other != category)]
    listing = selection.listing(categories, day, number)
    if listing is None:
        return None
    is_told = metadata.block is not None
    return Listing(day, listing.category, metadata.block or listing.block, number, basis, is_told)


def _archive(arxiv_id: str) -> str:
    """The archive that an id of the old form names."""
    archive, _, _ = arxiv_id.rpartition("/")
    return archive or UNKNOWN_CATEGORY


def _listed_category(categories: Sequence[str], listed_in: Sequence[str], block: Block | None) -> str:
    """The category in whose announcement a paper stands; an archive announces what is in any of its categories."""

    def is_listed(category: str) -> bool:
        return any(category == one or category.startswith(f"{one}.") for one in listed_in)

    fitting = [category for category in categories if is_listed(category)]
    if block is Block.CROSS_LISTED and len(fitting) > 1 and fitting[0] == categories[0]:
        return fitting[1]
    return fitting[0] if fitting else listed_in[0]


# ---- authors


def authors_of(text: str) -> list[str]:
    """The names of a line of authors: joined by commas or “and”, affiliations in brackets left out."""
    plain = _AFFILIATION.sub("", " ".join(text.split()))
    return authors_named(_JOINT.split(plain))


def authors_named(names: Sequence[str]) -> list[str]:
    """Names that are separate already, cleaned; “et al.” stays the last where a source leaves the others out."""
    found: list[str] = []
    for name in (one[:_LONGEST_NAME] for one in names[:_MOST_AUTHORS]):
        others = _OTHERS.match(name.strip())
        cleaned = author(others[1] or "" if others else name)
        found += [cleaned] if cleaned else []
        found += ["et al."] if others else []
    return list(dict.fromkeys(found))


def author(name: str) -> str:
    """A name in one line, LaTeX accents as letters; `Last, First` the other way round."""
    plain = printable(latex_to_text(name)).replace("{", "").replace("}", "").strip(" ,")
    last, *between, first = plain.split(",", 2) if "," in plain else ("", plain)
    return " ".join(filter(None, (part.strip() for part in (first, last, *between))))
