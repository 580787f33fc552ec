"""The Atom feed of arXiv's API; the day of a paper is the day of its first submission (UTC)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from lxml import etree

from ingest.identity import identity_of_link
from ingest.metadata import Metadata, Place, entry_of
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection

_NAMES = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}
_ERRORS = "/api/errors"


def read_atom(data: bytes, file: str, selection: Selection = EVERYTHING) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of a feed; what is no paper is a rejection with its line.

    Of a feed that is cut off or broken, the papers are taken but the one in which it breaks, which is a rejection.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    feed = _parsed(data, parser)
    entries = [] if feed is None else feed.findall("atom:entry", _NAMES)
    broken = _broken_entries(entries, parser)
    for message, line in broken.values():
        yield Rejection(file, line, f"the feed is cut off or no XML: {message[:120]}")
    if feed is not None and not broken and feed.tag != f"{{{_NAMES['atom']}}}feed":
        yield Rejection(file, _line(feed), f"XML that is no Atom feed: <{str(feed.tag)[:80]}>")
    for number, element in enumerate(entries, start=1):
        result = None if element in broken else _read_entry(element, Place(file, _line(element), number), selection)
        if result is not None:
            yield result


def _parsed(data: bytes, parser: etree.XMLParser) -> etree._Element | None:
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:  # nothing could be recovered; the parser's log says why
        return None


def _broken_entries(
    entries: Sequence[etree._Element], parser: etree.XMLParser
) -> dict[etree._Element | None, tuple[str, int]]:
    """The entries in which the feed breaks, which may have lost a part of their text, and what was told of them."""
    broken: dict[etree._Element | None, tuple[str, int]] = {}
    for error in parser.error_log:
        if error.level_name == "FATAL":
            last_before = next((entry for entry in reversed(entries) if _line(entry) <= error.line), None)
            broken.setdefault(last_before, (error.message, error.line))
    return broken


def _read_entry(element: etree._Element, place: Place, selection: Selection) -> Entry | Rejection | None:
    link, abstract = _text(element, "atom:id"), _text(element, "atom:summary")
    if _ERRORS in link:
        return Rejection(place.file, place.line, f"arXiv answered with an error: {abstract.strip()[:160]}")
    metadata = Metadata(
        identity=identity_of_link(link),
        raw_title=_text(element, "atom:title"),
        raw_abstract=abstract,
        comment=_text(element, "arxiv:comment"),
        categories=_categories(element),
        day=_day(_text(element, "atom:published")),
        told_id=link,
    )
    return entry_of(metadata, place, selection)


def _line(element: etree._Element) -> int:
    return int(str(element.sourceline))  # the stubs leave its type open


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path, default="", namespaces=_NAMES) or ""


def _categories(element: etree._Element) -> list[str]:
    primary = [str(c.get("term")) for c in element.iterfind("arxiv:primary_category", _NAMES) if c.get("term")]
    terms = [str(c.get("term")) for c in element.iterfind("atom:category", _NAMES) if c.get("term")]
    return list(dict.fromkeys(primary + terms))


def _day(text: str) -> date | None:
    try:
        published = datetime.fromisoformat(text.strip())
        return (published.astimezone(UTC) if published.tzinfo else published).date()
    except (ValueError, OverflowError):
        return None
