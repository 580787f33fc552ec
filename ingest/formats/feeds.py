"""What arXiv says in XML: announcements as Atom and RSS, the API's feed, and OAI-PMH records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from ingest.formats.dates import announced_day, read_day
from ingest.formats.markup import Piece, child_text, child_texts, children, parsed, pieces, why_no_xml
from ingest.identity import Identity, told_identity
from ingest.metadata import Metadata, Place, authors_named, authors_of, items_of_paper
from ingest.paper import Basis, Block, Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import Stream
from ingest.taxonomy import categories_of_names

_ENTRIES = ("entry", "item", "record")
_ROOTS = frozenset({"feed", "rss", "RDF", "OAI-PMH", "ListRecords", "GetRecord", *_ENTRIES})
_KNOWN_TAGS = frozenset(
    """entry id title updated link summary category published announce_type rights creator author name comment doi
    journal_ref primary_category item guid description pubDate record header identifier datestamp setSpec metadata
    arXivRaw arXiv submitter version date size source_type authors categories comments abstract license report-no
    journal-ref msc-class acm-class proxy keyname forenames suffix affiliation created dc subject type
    language""".split()  # noqa: SIM905
)
_ERRORS = "/api/errors"
_ROOT = re.compile(r"<(?:[\w-]+:)?([A-Za-z][\w.-]*)(?=[\s/>])")
_FEED_OF = re.compile(r"rss\.arxiv\.org/(?:atom/|rss/)?([\w.+-]+)|>\s*([\w.+-]+) updates on arXiv\.org")
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:\s?")
_LONGEST_PREFIX = 160  # characters of “arXiv:… Announce Type: … Abstract:”, though some be wrong
_PREFIX_END = re.compile(r"\n\s{0,9}Abstract:\s?")
_OLD_TITLE = re.compile(r"\s*\(arXiv:(\S+) \[([\w.-]+)\](?: (UPDATED|CROSS LISTED))?\)\s*$")
_BROKEN_END = re.compile(r"\.?\s\(arXiv:[^()]{0,80}\)?[^\w\s]?\s*$")
_TOKEN = re.compile(r"<resumptionToken([^>]{0,400})>([^<]{1,1000})</resumptionToken>")
_LIST_SIZE = re.compile(r"completeListSize=[\"'](\d+)")
_OAI_ERROR = re.compile(r"<error code=[\"'](\w+)[\"']>([^<]{0,400})")
_VERSION = re.compile(r"v?([0-9]{1,4})")
_COMMENT_FIELD = re.compile(r"\s*Comments?:\s*", re.IGNORECASE)
_BLOCKS = {
    "new": Block.NEW, "cross": Block.CROSS_LISTED, "replace": Block.REPLACED, "replace-cross": Block.REPLACED,
    "": Block.NEW, "UPDATED": Block.REPLACED, "CROSS LISTED": Block.CROSS_LISTED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Feed:
    """What stands before the entries: the categories that it announces, its day."""

    listed_in: tuple[str, ...] = ()
    day: str = ""


def read_feed(
    stream: Stream, file: str, selection: Selection = EVERYTHING, _: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of a feed, and what cannot be taken, each with its line."""
    feed, root, last, number = _Feed(), "", Piece("", 1), 0
    for last in pieces(stream, _ENTRIES):
        if not last.is_head:
            number += 1
            yield from stream.counted(_read_piece(last, feed, Place(file, last.line, number), selection))
            continue
        if not number:
            feed, root = _feed_of(last.text), _root_of(last.text)
        yield from _around(last, file)
    if number == 0 and root in _ROOTS and not last.error and (broken := why_no_xml(last.text)):
        yield Rejection(file, last.line, f"the feed is cut off or no XML: {broken}")
    elif number == 0 and root not in _ROOTS:
        yield Rejection(file, last.line, f"XML that is no feed: <{root[:80]}>" if root else "the feed is cut off")
    elif root in _ROOTS and not last.error and not (last.is_head and f"{root}>" in last.text):
        yield Rejection(file, last.line + last.text.count("\n"), "the feed is cut off")


def _feed_of(head: str) -> _Feed:
    named = _FEED_OF.search(head)
    listed_in = (named[1] or named[2]).split("+") if named else ()
    dated = re.search(r"<(?:pubDate|(?:dc:)?date|lastBuildDate)>([^<]{4,60})<", head)
    return _Feed(tuple(listed_in), dated[1] if dated else "")


def _root_of(head: str) -> str:
    """The name of the first tag; empty where the first is an entry."""
    found = _ROOT.search(head)
    return found[1] if found else ""


def _around(piece: Piece, file: str) -> Iterator[Rejection]:
    """What the text around the entries says that a reader must know."""
    text, line = piece.text, piece.line
    if any(f"</{name}>" in text for name in _ENTRIES):
        yield Rejection(file, line, "an entry without its beginning")
    if error := _OAI_ERROR.search(text):
        yield Rejection(file, line, f"arXiv answered with an error: {error[1]} {error[2]}".strip())
    if token := _TOKEN.search(text):
        size = _LIST_SIZE.search(token[1])
        of = f" of {size[1]} records" if size else ""
        yield Rejection(file, line, f"the list{of} goes on elsewhere: ask for resumptionToken {token[2][:80]}")


def _read_piece(piece: Piece, feed: _Feed, place: Place, selection: Selection) -> Iterator[Entry | Rejection]:
    metadata = _metadata(piece, feed)
    if isinstance(metadata, str):
        yield Rejection(place.file, place.line, metadata)
    else:
        yield from items_of_paper(metadata, place, selection)


def _metadata(piece: Piece, feed: _Feed) -> Metadata | str:
    """What an entry tells of its paper, or why it tells nothing."""
    if piece.error:
        return f"an entry that is broken: {piece.error}"
    try:
        element = parsed(piece.text, _KNOWN_TAGS)
    except etree.XMLSyntaxError as error:
        return f"an entry that is broken: {str(error)[:120]}"
    link = child_text(element, "id")
    if _ERRORS in link:
        return f"arXiv answered with an error: {child_text(element, 'summary').strip()[:160]}"
    if etree.QName(element).localname == "record":
        return _record(element)
    is_announced = child_text(element, "announce_type") or link.strip().startswith("oai:")
    if is_announced or etree.QName(element).localname == "item":
        return _announcement(element, feed)
    return _api_entry(element)


# ---- Atom and RSS


def _announcement(element: etree._Element, feed: _Feed) -> Metadata:
    told = child_text(element, "id") or child_text(element, "guid") or child_text(element, "link") or _about(element)
    text = child_text(element, "summary") or child_text(element, "description")
    announced = _ANNOUNCED.match(text)
    kind = child_text(element, "announce_type").strip() or (announced[1] if announced else "")
    when = child_text(element, "published") or child_text(element, "pubDate") or feed.day
    day = announced_day(when)
    metadata = Metadata(
        identity=told_identity(told) or told_identity(child_text(element, "link")),
        raw_title=child_text(element, "title"),
        raw_abstract=text[announced.end() if announced else _end_of_broken_prefix(text) :],
        comment=child_text(element, "comment"),
        categories=_terms(element),
        day=day,
        told_id=told.strip(),
        authors=[name for line in child_texts(element, "creator") for name in authors_of(_untagged(line))],
        basis=Basis.ANNOUNCED,
        listed_in=feed.listed_in,
        block=_BLOCKS.get(kind, Block.NEW),
        unreadable="" if day else when.strip(),
    )
    return _of_old_title(metadata)


def _end_of_broken_prefix(text: str) -> int:
    """Where the abstract begins behind the line of the announcement, though that line is not as it should be."""
    ended = _PREFIX_END.search(text, 0, _LONGEST_PREFIX)
    return ended.end() if ended and text.count("\n", 0, ended.start()) == 0 else 0


def _of_old_title(metadata: Metadata) -> Metadata:
    """RSS 1.0 says at the end of the title what has fields of its own today."""
    named = _OLD_TITLE.search(metadata.raw_title)
    if named is None:
        return replace(metadata, raw_title=_BROKEN_END.sub("", metadata.raw_title))
    block = _BLOCKS[named[3] or ""]
    if block is Block.NEW and metadata.listed_in and named[2] not in metadata.listed_in:
        block = Block.CROSS_LISTED
    return replace(
        metadata,
        identity=told_identity(named[1]) or metadata.identity,
        raw_title=metadata.raw_title[: named.start()].rstrip().removesuffix("."),
        categories=metadata.categories or [named[2]],
        block=block,
    )


def _about(element: etree._Element) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("about")), "")


def _untagged(line: str) -> str:
    return re.sub(r"<[^<>]*>", "", line)


def _terms(element: etree._Element) -> list[str]:
    """The categories, the primary one first: attributes in Atom, texts in RSS."""
    named = [*children(element, "primary_category"), *children(element, "category")]
    terms = (str(one.get("term") or one.text or "").strip() for one in named)
    return list(dict.fromkeys(term for term in terms if term))


def _api_entry(element: etree._Element) -> Metadata:
    link, published = child_text(element, "id"), child_text(element, "published")
    day = read_day(published)
    return Metadata(
        identity=told_identity(link),
        raw_title=child_text(element, "title"),
        raw_abstract=child_text(element, "summary"),
        comment=child_text(element, "comment"),
        categories=_terms(element),
        day=day,
        told_id=link.strip(),
        authors=authors_named([child_text(one, "name") for one in children(element, "author")]),
        unreadable="" if day else published.strip(),
    )


# ---- OAI-PMH


def _record(element: etree._Element) -> Metadata | str:
    header, metadata = children(element, "header"), children(element, "metadata")
    told = child_text(header[0], "identifier").strip() if header else ""
    if header and header[0].get("status") == "deleted":
        return f"arXiv has deleted the record of “{told[:80]}”"
    content = next(metadata[0].iterchildren(tag=etree.Element), None) if metadata else None
    if content is None:
        return f"a record without metadata: “{told[:80]}”"
    kind = etree.QName(content).localname
    if kind == "dc":
        return _dublin_core(content, told)
    return _arxiv_record(content, told)


def _arxiv_record(content: etree._Element, told: str) -> Metadata:
    """`arXivRaw`, which has every version with its date, or `arXiv`, which has the first and the newest day."""
    told_id = child_text(content, "id").strip() or told
    versions = children(content, "version")
    numbers = [int(match[1]) for one in versions if (match := _VERSION.fullmatch(str(one.get("version", ""))))]
    created = child_text(versions[0], "date") if versions else child_text(content, "created")
    lines = child_texts(content, "authors")
    keyed = [one for group in children(content, "authors") for one in children(group, "author")]
    names = [", ".join([child_text(one, "keyname"), child_text(one, "forenames")]) for one in keyed]
    identity = told_identity(told_id)
    return Metadata(
        identity=identity and Identity(identity.arxiv_id, max(numbers, default=identity.version)),
        raw_title=child_text(content, "title"),
        raw_abstract=child_text(content, "abstract"),
        comment=child_text(content, "comments"),
        categories=child_text(content, "categories").split(),
        day=read_day(created),
        told_id=told_id,
        authors=authors_named(names) if keyed else [name for line in lines for name in authors_of(line)],
        unreadable="" if read_day(created) else created.strip(),
    )


def _dublin_core(content: etree._Element, told: str) -> Metadata:
    """`oai_dc`: categories by their names, the day of each version, comments among the descriptions."""
    identifiers = [*child_texts(content, "identifier"), told]
    days = [day for text in child_texts(content, "date") if (day := read_day(text))]
    descriptions = child_texts(content, "description")
    comments = [text for text in descriptions if _COMMENT_FIELD.match(text)]
    abstracts = [text for text in descriptions if text not in comments]
    return Metadata(
        identity=next((found for text in identifiers if (found := told_identity(text))), None),
        raw_title=child_text(content, "title"),
        raw_abstract=abstracts[0] if abstracts else "",
        comment=" ".join(comments),
        categories=categories_of_names(child_texts(content, "subject")),
        day=min(days, default=None),
        told_id=told,
        authors=authors_named(child_texts(content, "creator")),
    )
