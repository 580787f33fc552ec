"""Which kind of source a text is, told by how it begins."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from ingest.formats.digest import looks_like_digest
from ingest.formats.tables import has_bot_papers, is_table

_ARCHIVES = ("PK\x03\x04", "7z\xbc", "Rar!", "BZh", "\xfd7zXZ")
_ROOT = re.compile(
    r"(?>\s*(?:<\?[^>]{0,1000}>|<!--.{0,20000}?-->|<!DOCTYPE[^>\[]{0,1000}>))*+\s*<(?:[\w-]+:)?([A-Za-z][\w.-]*)",
    re.DOTALL,
)
_HTML = re.compile(r"<!DOCTYPE\s+html", re.IGNORECASE)
_TAGS_OF_MARKDOWN = frozenset(
    "div p a img br hr h1 h2 h3 h4 center details summary table span b i em strong picture kbd sup sub font svg".split()  # noqa: SIM905
)
_JSON_WITHIN = re.compile(r"(?:^|[\[,{}])\s{0,99}\{\s{0,99}\"[\w.-]{1,60}\"\s{0,9}:", re.MULTILINE)
_MAIL = re.compile(r"^\\\\\s*\n(?:arXiv:|Paper: )\S", re.MULTILINE)
BIBTEX_ENTRY = re.compile(r"\s*@\s*(\w+)\s*[{(]")
RIS_RECORD = re.compile(r"TY {1,2}-")
_BIBTEX_WITHIN, _RIS_WITHIN = 2000, 20  # lines: comments stand before entries of BibTeX, an empty line before RIS


class Kind(Enum):
    """A kind of source, each with a reader of its own."""

    ARCHIVE = auto()
    JSON = auto()
    FEED = auto()
    LISTING_PAGE = auto()
    MAIL = auto()
    RIS = auto()
    BIBTEX = auto()
    CSV = auto()
    TABLES = auto()
    DIGEST = auto()


def kind_of(start: str) -> Kind:
    """The kind of a source that begins with a text; a digest where it is none of the others."""
    if start.startswith(_ARCHIVES):
        return Kind.ARCHIVE
    if start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in {"{", "[", "]", ""}):
        text_kind = Kind.JSON if _JSON_WITHIN.search(start) else _kind_of_text(start)
        return Kind.JSON if text_kind is Kind.DIGEST else text_kind
    if start.startswith("<") and (kind := _kind_of_markup(start)):
        return kind
    return _kind_of_text(start)


def _kind_of_markup(start: str) -> Kind | None:
    """A page or a feed; None where a text of Markdown begins with a tag."""
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name == "html" or _HTML.match(start):
        return Kind.LISTING_PAGE
    is_text = name in _TAGS_OF_MARKDOWN or (not name and _kind_of_text(start) is not Kind.DIGEST)  # a wrong first sign
    return None if is_text else Kind.FEED


def _kind_of_export(lines: Sequence[str]) -> Kind | None:
    """RIS or BibTeX, whichever begins first: an abstract may hold what begins the other; None where it is neither."""
    for number, line in enumerate(lines[:_BIBTEX_WITHIN]):
        if number < _RIS_WITHIN and RIS_RECORD.match(line):
            return Kind.RIS
        if BIBTEX_ENTRY.match(line):
            return Kind.BIBTEX
    return None


def _kind_of_text(start: str) -> Kind:
    lines = start.splitlines()
    if _MAIL.search(start.replace("\r\n", "\n")):
        return Kind.MAIL
    if looks_like_digest(lines):  # before what may stand in one as an example, such as an entry of BibTeX to cite it by
        return Kind.DIGEST
    if has_bot_papers(lines):
        return Kind.TABLES
    if exported := _kind_of_export(lines):
        return exported
    if is_table(start):
        return Kind.CSV
    return Kind.JSON if _JSON_WITHIN.search(start) else Kind.DIGEST
