"""The entries of a feed or a page, cut out of its text one by one, so that a broken one costs only itself.

A parser that recovers from one bad sign drops every entity after it; here each entry is parsed alone and strictly,
and where that fails, once more with its stray signs escaped.
"""

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.streams import Stream

LONGEST_ENTRY = 2 << 20
"""Characters, the tags and the authors included: several times the largest of arXiv's."""
_LONGEST_HEAD = 1 << 20
_ENCODING = re.compile(r"<\?xml[^>]{0,200}?encoding=[\"']([\w.-]{1,40})[\"']")
_PREFIX = re.compile(r"</?([A-Za-z_][\w-]{0,39}):|\s([A-Za-z_][\w-]{0,39}):[\w.-]{1,40}\s*=")
_CDATA = re.compile(r"(<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>)", re.DOTALL)
_COMMENT = re.compile(r"<!--.{0,65536}?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(\w{1,32};)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BAD_REFERENCE = re.compile(r"&#(x?)([0-9a-fA-F]{1,7});")
_OPENING = re.compile(r"<(?:(!--|\?)|/?(?:[\w.-]+:)?([\w.-]+)(?=[\s/>]))?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a source: an entry, or the `head` before the first one; `line` counts from 1.

    `error` says why it is not whole: it is cut off, or too long.
    """

    text: str
    line: int
    is_head: bool = False
    error: str = ""


def pieces(stream: Stream, names: Iterable[str], *, ends: bool = True) -> Iterator[Piece]:
    """The elements of these names, each from its tag to its end, the head before them, and the tail after the last.

    Where `ends` is false they are the `dt` of a list, each with the `dd` behind it.
    An entry without its end tag ends there too, with an error.
    """
    return _Cutter(stream, names, ends=ends).pieces()


class _Cutter:
    """Cuts the text of a stream while it comes."""

    def __init__(self, stream: Stream, names: Iterable[str], *, ends: bool) -> None:
        self._names = tuple(names)
        name = rf"(?:[\w-]+:)?(?:{'|'.join(self._names)})"
        self._begin = re.compile(rf"<{name}(?=[\s>])", re.IGNORECASE)
        self._end = re.compile(rf"</{name}\s*>" if ends else r"</d[ld]\s*>", re.IGNORECASE)
        self._has_ends = ends
        self._stream = stream
        self._text = ""
        self._line = 1
        self._blocks = _decoded_blocks(stream)
        self._is_done = False

    def _more(self) -> bool:
        block = "" if self._is_done else next(self._blocks, "")
        self._is_done = not block
        self._text += block
        return bool(block)

    def _take(self, end: int) -> str:
        taken, self._text = self._text[:end], self._text[end:]
        self._line += taken.count("\n")
        return taken

    def pieces(self) -> Iterator[Piece]:
        head = self._between(self._find_begin())
        yield Piece(head, 1, is_head=True)
        while self._begin.match(self._text):
            line = self._line
            text, error = self._entry()
            yield Piece(text, line, error=error)
            line = self._line
            between = self._between(self._find_begin())
            if between.strip():
                yield Piece(between, line, is_head=True)

    def _between(self, end: int) -> str:
        """What stands up to the next entry; of very much of it the beginning."""
        kept = ""
        while end < 0:  # no entry yet: keep a tag's length, which may be the beginning of one
            if len(kept) < _LONGEST_HEAD:
                kept += self._take(max(0, len(self._text) - 64))
            else:
                self._take(max(0, len(self._text) - 64))
            if not self._more():
                return kept + self._take(len(self._text))
            end = self._find_begin()
        return kept + self._take(end)

    def _find_begin(self) -> int:
        while not self._text and self._more():
            pass
        if self._begin.match(self._text):
            return 0
        if not any(name in self._text.lower() for name in self._names):
            return -1  # the pattern takes long where there are tags and tags
        place = 0
        while found := self._begin.search(self._text, place):
            comment = self._text.rfind("<!--", 0, found.start())
            closed = _COMMENT.match(self._text, comment) if comment >= 0 else None
            if closed is None or closed.end() <= found.start():
                return found.start()
            place = closed.end()
        return -1

    def _entry(self) -> tuple[str, str]:
        """The entry that the text begins with, and what is wrong with it."""
        place = 1
        while True:
            end, following = self._end.search(self._text, place), self._begin.search(self._text, place)
            if following and (end is None or following.start() < end.start()):
                cut = following.start()
                return self._take(cut), "" if not self._has_ends else "it has no end"
            if end is not None:
                return self._take(end.end() if self._has_ends else end.start()), ""
            place = max(1, len(self._text) - 64)
            if len(self._text) > LONGEST_ENTRY:
                self._skip_rest()
                return "", f"it has over {LONGEST_ENTRY >> 20} million characters"
            if not self._more():
                return self._take(len(self._text)), "it is cut off" if self._has_ends else ""

    def _skip_rest(self) -> None:
        """Pass over an entry that is too long, to its end or to the next one."""
        place = 1
        while True:
            end, following = self._end.search(self._text, place), self._begin.search(self._text, place)
            stops = [match.end() if match is end else match.start() for match in (end, following) if match]
            if stops:
                self._take(min(stops))
                return
            self._take(max(0, len(self._text) - 64))
            place = 0
            if not self._more():
                self._take(len(self._text))
                return


def _decoded_blocks(stream: Stream) -> Iterator[str]:
    """The text of the blocks, in the encoding that an XML declaration names, else UTF-8."""
    declared = _ENCODING.match(stream.start())
    encoding = declared[1] if declared else "utf-8"
    try:
        is_utf_8 = codecs.lookup(encoding).name in {"utf-8", "ascii", "utf-16"}  # UTF-16 was made UTF-8 before
    except LookupError:
        is_utf_8 = True
    if not is_utf_8:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        for block in stream.blocks():
            yield decoder.decode(block)
        return
    yield from stream.text_blocks()


# ---- XML


def parsed(text: str, known_tags: frozenset[str]) -> etree._Element:
    """An entry of XML, parsed strictly, or with what is no tag and no entity in it as the text it stands for.

    A prefix stands for itself, whatever namespace the document gave it.

    Raises:
        etree.XMLSyntaxError: it is no XML even so.
    """
    try:
        return _strict(text)
    except (etree.XMLSyntaxError, ValueError):
        outside = (part if part.startswith("<![CDATA[") else _escaped(part, known_tags) for part in _CDATA.split(text))
        return _strict("".join(outside))


def why_no_xml(document: str) -> str:
    """Why a whole document is no XML; empty where it is."""
    try:
        etree.fromstring(document.encode(errors="replace"), _parser())
    except etree.XMLSyntaxError as error:
        return str(error)[:120]
    return ""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _strict(text: str) -> etree._Element:
    prefixes = {one or other for one, other in _PREFIX.findall(text)} - {"xml", "xmlns"}
    declared = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(prefixes))
    return etree.fromstring(f"<e{declared}>{text}</e>".encode(), _parser())[0]


def _escaped(text: str, known_tags: frozenset[str]) -> str:
    """A text in which only the known tags are tags and only XML's entities are entities."""

    def opening(match: re.Match[str]) -> str:
        is_markup = match[1] or match[2] in known_tags
        return match.group() if is_markup else f"&lt;{match.group()[1:]}"

    plain = _BAD_REFERENCE.sub(_sound_reference, _CONTROL.sub("", text)).replace("]]>", "]]&gt;")
    return _OPENING.sub(opening, _ENTITY.sub(_sound_entity, plain))


def _sound_entity(match: re.Match[str]) -> str:
    """An entity of HTML as the character it names, an ampersand as itself."""
    named = match[1]
    meant = html.unescape(f"&{named}") if named else ""
    return html.escape(meant, quote=False) if named and meant != f"&{named}" else f"&amp;{named or ''}"


def _sound_reference(match: re.Match[str]) -> str:
    """A reference to a character by number; to one that XML cannot hold, nothing."""
    try:
        character = chr(int(match[2], 16 if match[1] else 10))
    except (ValueError, OverflowError):
        return ""
    return "" if _CONTROL.match(character) else match.group()


def inner_text(element: etree._Element | None) -> str:
    """The text of an element; tags within it stay in it as they are, for the cleaning to read."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname
            attributes = "".join(f' {key!s}="{value!s}"' for key, value in child.attrib.items())
            parts += [f"<{name}{attributes}>", inner_text(child), f"</{name}>"]
        parts.append(child.tail or "")
    return "".join(parts)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The children of a local name, those without a prefix first."""
    elements = element.iterchildren(tag=etree.Element)  # no comments and the like
    named = [child for child in elements if etree.QName(child).localname == name]
    return sorted(named, key=lambda child: child.prefix is not None)


def child_texts(element: etree._Element, name: str) -> list[str]:
    """The texts of the children of a local name."""
    return [inner_text(child) for child in children(element, name)]


def child_text(element: etree._Element, name: str) -> str:
    """The text of the first child of a local name, empty where there is none."""
    return next(iter(child_texts(element, name)), "")
