"""arXiv's listing of a category as a saved page: new, cross-listed and replaced papers of a day, or recent days."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree, html

from ingest.formats.dates import read_day
from ingest.formats.markup import Piece, pieces
from ingest.identity import identity_of_link, told_identity
from ingest.metadata import Metadata, Place, authors_named, items_of_paper
from ingest.paper import Basis, Block, Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import Stream
from ingest.taxonomy import category_code, category_of_name

_ENTRIES = ("dt",)
_HEADING = re.compile(
    r"<(?:h[1-4]|title)\b[^>]{0,400}>((?:(?!<h[1-4]|<title).){0,2000}?)</(?:h[1-4]|title)>", re.IGNORECASE | re.DOTALL
)
_OF_ENTRY = re.compile(r"class=[\"']list-title\b", re.IGNORECASE)
_SHOWING = re.compile(r"\s*\((?:continued,\s*)?showing [^)]{0,100}\)\s*$", re.IGNORECASE)
_LISTING_OF = re.compile(r"(?:showing )?(?:new|recent) (?:listings|submissions) for ", re.IGNORECASE)
_CODE = re.compile(r"\(([\w-]+(?:\.[\w-]+)?)\)")
_BLOCKS = {"new": Block.NEW, "cross": Block.CROSS_LISTED, "replacement": Block.REPLACED}


@dataclass(frozen=True, slots=True)
class _Section:
    """What the headings above an entry say."""

    day: date | None = None
    category: str = ""
    block: Block | None = None


def read_listing_page(
    stream: Stream, file: str, selection: Selection = EVERYTHING, _: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of a page, and what cannot be taken, each with its line."""
    section, number, head_line = _Section(), 0, 1
    for piece in pieces(stream, _ENTRIES, ends=False):
        if piece.is_head:
            section = _below(section, piece.text)
            head_line = piece.line
            if _OF_ENTRY.search(piece.text):
                yield Rejection(file, piece.line, "an entry without its beginning")
            continue
        number += 1
        yield from stream.counted(_read_piece(piece, section, Place(file, piece.line, number), selection))
    if not number:
        yield Rejection(file, head_line, "a page that is no listing of arXiv: it has no <dt> with a paper")


def _below(section: _Section, text: str) -> _Section:
    """What the headings in a text say, after those before."""
    for match in _HEADING.finditer(text):
        heading = _SHOWING.sub("", " ".join(_plain(match[1]).split()))
        rest = _LISTING_OF.sub("", heading)
        if day := read_day(rest):
            section = replace(section, day=day)
        elif block := next((b for word, b in _BLOCKS.items() if _names_block(heading, word)), None):
            section = replace(section, block=block)
        elif category := category_code(heading) or category_of_name(heading):
            section = replace(section, category=category)
    return section


def _names_block(heading: str, word: str) -> bool:
    lowered = heading.lower()
    return lowered.startswith(word) and any(noun in lowered for noun in ("submission", "list", "replacement"))


def _read_piece(piece: Piece, section: _Section, place: Place, selection: Selection) -> Iterator[Entry | Rejection]:
    if piece.error:
        yield Rejection(place.file, place.line, f"an entry that is broken: {piece.error}")
        return
    try:
        element = html.fragment_fromstring(piece.text, create_parent="div")
    except (etree.ParserError, ValueError) as error:
        yield Rejection(place.file, place.line, f"an entry that is broken: {str(error)[:120]}")
        return
    links = [str(link) for link in element.xpath(".//dt//a/@href")]
    categories = _subjects(_field(element, "list-subjects"))
    shown = _plain(piece.text)
    told = next((one for one in links if "/abs/" in one), shown.strip()[:40])
    metadata = Metadata(
        identity=next((found for link in links if (found := identity_of_link(link) or told_identity(link))), None),
        raw_title=_field(element, "list-title"),
        raw_abstract=_abstract(element),
        comment=_field(element, "list-comments"),
        categories=categories or ([section.category] if section.category else []),
        day=section.day,
        told_id=told.rpartition("/abs/")[2],
        authors=authors_named(
            [str(one.text_content()) for one in element.find_class("list-authors") for one in one.iter("a")]
        ),
        basis=Basis.ANNOUNCED,
        listed_in=[section.category] if section.category else [],
        block=section.block,
    )
    yield from items_of_paper(metadata, place, selection)


def _field(element: html.HtmlElement, name: str) -> str:
    """The text of a field without its name in front of it."""
    for field in element.find_class(name):
        for descriptor in field.find_class("descriptor"):
            descriptor.text = None
        return str(field.text_content()).strip()
    return ""


def _abstract(element: html.HtmlElement) -> str:
    paragraphs = [one for one in element.iter("p") if "mathjax" in str(one.get("class", ""))]
    return str(paragraphs[0].text_content()).strip() if paragraphs else ""


def _subjects(text: str) -> Sequence[str]:
    """The codes of `Computer Vision and Pattern Recognition (cs.CV); Robotics (cs.RO)`."""
    return list(dict.fromkeys(_CODE.findall(text)))


def _plain(markup: str) -> str:
    return re.sub(r"<[^<>]*>", " ", markup)
