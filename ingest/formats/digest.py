"""The digest's markdown: one heading a day, two lines a paper."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.blocks import blocks_of
from ingest.cleaning import clean, is_withdrawal
from ingest.formats.dates import read_day, wrong_weekday
from ingest.identity import Identity, identity_of_link, why_impossible
from ingest.metadata import LONGEST_ABSTRACT, LONGEST_TITLE
from ingest.paper import Block, Entry, Listing, Paper, Rejection
from ingest.streams import READ_ERRORS, TooLongError
from ingest.taxonomy import category_code

NO_DIGEST = "no digest: there is no heading such as “# ArXiv cs.CV --Mon, 25 May 2020”"
_CATEGORY = r"[A-Za-z][\w-]*?(?:\.[\w-]+?)?"
_DAY_HEADING = re.compile(
    rf"#{{1,2}}\s*arxiv\s+(?P<categories>{_CATEGORY}(?:\s*[,/+&]\s*{_CATEGORY})*)\s*(?:--+|[–—:(|]|\s-\s)\s*"
    r"(?P<date>[^()]{6,40}?)\s*\)?\s*#*\s*",
    re.IGNORECASE,
)
_ENTRY_HEADING = re.compile(r"###+\s*(.*)")
_BLOCK_HEADING = re.compile(
    r"##?\s*(new|cross|replace)[\w-]*\s*(?:lists?|listings?|listed|submissions?|papers?)?\s*:?\s*", re.IGNORECASE
)
_BLOCKS = {"new": Block.NEW, "cross": Block.CROSS_LISTED, "replace": Block.REPLACED}
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_CODE_INDENT = re.compile(r"(?: {4}|\t)\s*#")
_WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_NUMBER = re.compile(r"\d+\s*\.\s*")
_LINK = re.compile(r"\[\s*(?::arrow_down:|pdf)\s*\]\s*\(\s*([^()\s]*)\s*\)\s*$", re.IGNORECASE)
_MOST_LINES = 5_000  # of an abstract: it has a few
_MOST_LISTED = 20_000  # papers of a day before their blocks are decided: ten times the largest of any archive
_MOST_EXAMPLES = 500  # papers in a block of code: where more follow, its end is missing
_MOST_HELD = 32 << 20  # characters of theirs, likewise
_LONGEST_HEADING = LONGEST_TITLE + 1_000
_LONGEST_DAY_HEADING = 400
_TOLD = 80


def looks_like_digest(lines: Iterable[str | None]) -> bool:
    """Whether a text has the heading of a day outside of an example."""
    return any(_day_heading(piece) for piece in _pieces(lines))


def _day_heading(piece: "_Piece") -> re.Match[str] | None:
    is_one = len(piece.heading) <= _LONGEST_DAY_HEADING and not piece.is_example
    return _DAY_HEADING.fullmatch(piece.heading) if is_one else None


def read_digest(lines: Iterable[str | None], file: str) -> Iterator[Entry | Rejection]:
    """Read a digest line by line; `file` is named in the rejections. Nothing is dropped without one.

    A line that is None was too long to be read.
    """
    section, has_day = _Section(file), False
    try:
        for piece in _pieces(lines):
            if day_match := _day_heading(piece):
                yield from section.entries()
                section, has_day = _Section(file), True
                yield from section.begin(day_match, piece.line)
            else:
                yield from section.take(piece)
                yield from section.entries() if section.is_full else ()
    except READ_ERRORS:
        yield from section.entries()  # all but the piece that was cut off
        raise
    yield from section.entries()
    if not has_day:
        yield Rejection(file, 1, NO_DIGEST)


# ---- pieces


@dataclass(slots=True)
class _Piece:
    """A heading and the text below it, up to the next heading; `line` counts from 1."""

    heading: str
    line: int
    body: list[str] = field(default_factory=list)
    is_fenced: bool = False
    is_example: bool = False
    is_too_long: bool = False


def _pieces(lines: Iterable[str | None]) -> Iterator[_Piece]:
    """The pieces of a text; one in a block of code is an example, unless the block never ends."""
    cutter = _Cutter()
    held: list[_Piece] = []  # of a block of code whose end has not come yet
    for piece in cutter.pieces(lines):
        if not piece.is_fenced:
            yield from (replace(one, is_example=True) for one in held)
            yield piece
            held = []
            continue
        held.append(piece)
        if len(held) > _MOST_EXAMPLES:
            cutter.in_code = False
            yield from held
            held = []
    yield from held if cutter.in_code else (replace(one, is_example=True) for one in held)


class _Cutter:
    """Cuts a text into pieces; `in_code` tells whether the last line read stands in a block of code."""

    def __init__(self) -> None:
        self.in_code = False
        self._piece = _Piece("", 1)

    def pieces(self, lines: Iterable[str | None]) -> Iterator[_Piece]:
        """The pieces, as far as each line tells; the last one too, where nothing but more and more follows it."""
        self._piece = _Piece("", 1)
        try:
            yield from self._cut(lines)
        except TooLongError:
            yield self._piece
            raise
        yield self._piece

    def _cut(self, lines: Iterable[str | None]) -> Iterator[_Piece]:
        """All pieces but the last."""
        characters = 0
        for number, line in enumerate(lines, start=1):
            piece = self._piece
            if line is None:
                piece.is_too_long = True
                continue
            self.in_code ^= _FENCE.match(line) is not None
            stripped = line.strip().lstrip("\ufeff")
            if _begins_piece(stripped):
                yield piece
                self._piece, characters = _Piece(stripped, number, is_fenced=self.in_code), 0
                self._piece.is_example = _CODE_INDENT.match(line) is not None
                self._piece.is_too_long = len(stripped) > _LONGEST_HEADING
            elif stripped and len(piece.body) >= _MOST_LINES:
                piece.is_too_long = True
            elif stripped and characters <= LONGEST_ABSTRACT:
                piece.body.append(stripped)
                characters += len(stripped)


def _begins_piece(stripped: str) -> bool:
    lacks_marks = not stripped.startswith(("#", ">")) and stripped.endswith(")") and _LINK.search(stripped[-500:])
    return stripped.startswith("#") or bool(lacks_marks)


# ---- a day


@dataclass(slots=True)
class _Section:
    """A day of some categories: its papers wait until their order has told their blocks."""

    file: str
    day: date | None = None
    categories: Sequence[str] = ()
    block: Block | None = None
    waiting: list[tuple[Entry, Block | None]] = field(default_factory=list)
    held: int = 0
    listed: int = 0
    is_crossed: bool = False

    @property
    def is_full(self) -> bool:
        """Whether more papers wait than any day has."""
        return len(self.waiting) >= _MOST_LISTED or self.held > _MOST_HELD

    def begin(self, heading: re.Match[str], line: int) -> Iterator[Rejection]:
        """Read a day's heading, and say what is wrong with it."""
        told = heading["date"].strip()
        self.day = read_day(told)
        named = re.split(r"\s*[,/+&]\s*", heading["categories"])
        self.categories = list(dict.fromkeys(category_code(one) or one for one in named))
        if self.day is None:
            yield Rejection(self.file, line, f"“{told}” is no date; its papers have no day")
        elif weekday := wrong_weekday(told, self.day):
            reason = f"{self.day.isoformat()} is no {weekday} but a {self.day:%A}; the papers are taken as of that date"
            yield Rejection(self.file, line, reason)

    def take(self, piece: _Piece) -> Iterator[Rejection]:
        """Read a piece below the heading: a paper, the heading of a block, or what is neither."""
        if piece.is_too_long:
            reason = "a line that is too long for any paper, or too many lines; what they held was not read"
            yield Rejection(self.file, piece.line, reason)
        elif piece.is_example:
            if _LINK.search(piece.heading):
                yield Rejection(self.file, piece.line, f"an example in a block of code: “{piece.heading[:_TOLD]}”")
        elif len(piece.heading) <= _TOLD and (block := _BLOCK_HEADING.fullmatch(piece.heading)):
            self.block = _BLOCKS[block[1].lower()]
        elif entry_heading := _ENTRY_HEADING.fullmatch(piece.heading):
            yield from self._take_entry(entry_heading[1], piece)
        elif piece.heading:
            yield Rejection(self.file, piece.line, "a heading that is neither a day nor a paper")

    def _take_entry(self, heading: str, piece: _Piece) -> Iterator[Rejection]:
        link = _LINK.search(heading)
        if link is None:
            yield Rejection(self.file, piece.line, f"no arXiv link after the title: “{heading[:_TOLD]}”")
            return
        identity = identity_of_link(link[1])
        raw_title = heading[: link.start()]
        raw_title = _NUMBER.sub("", raw_title, count=1) if _NUMBER.match(raw_title) else raw_title
        raw_abstract = "\n".join(line.removeprefix(">").strip() for line in piece.body)
        if identity and (len(raw_title) > LONGEST_TITLE or len(raw_abstract) > LONGEST_ABSTRACT):
            reason = f"{identity.arxiv_id} has a title or an abstract longer than any paper's"
            yield Rejection(self.file, piece.line, reason)
            return
        paper = _paper(identity, raw_title, raw_abstract, link[1]) if identity else None
        if reason := self._why_not(paper, link[1]):
            yield Rejection(self.file, piece.line, reason)
        elif paper is not None and self.day is not None:
            listing = Listing(self.day, self.categories[0], Block.NEW, 0)  # which it is follows from the whole day
            self.waiting.append((Entry(paper, listing, raw_title.strip(), raw_abstract, piece.line), self.block))
            self.held += len(raw_title) + len(raw_abstract)

    def _why_not(self, paper: Paper | None, link: str) -> str:
        if paper is None:
            told = link.rstrip("/").rpartition("/")[2].removesuffix(".pdf")
            impossible = why_impossible(told)
            return f"the link holds no arXiv id: “{link[:_TOLD]}”" + (f", as {impossible}" if impossible else "")
        if impossible := why_impossible(paper.arxiv_id):
            return f"no arXiv id can be “{paper.arxiv_id}”: {impossible}"
        if self.day is None:
            return f"{paper.arxiv_id} stands under no day's heading"
        if not paper.title:
            return f"{paper.arxiv_id} has no title"
        return ""

    def entries(self) -> Iterator[Entry]:
        """The papers that wait, each once for every category of the heading."""
        if self.day is None:
            return
        told = blocks_of([entry.paper.arxiv_id for entry, _ in self.waiting], self.day)
        for (entry, named), in_order in zip(self.waiting, told, strict=True):
            self.listed += 1
            self.is_crossed = self.is_crossed or in_order is Block.CROSS_LISTED
            block = named or (Block.CROSS_LISTED if self.is_crossed else Block.NEW)
            for category in self.categories:
                listing = Listing(self.day, category, block, self.listed, is_told=named is not None)
                yield replace(entry, listing=listing)
        self.waiting, self.held = [], 0


def _paper(identity: Identity, raw_title: str, raw_abstract: str, link: str) -> Paper:
    abstract = clean(raw_abstract)
    return Paper(
        arxiv_id=identity.arxiv_id,
        title=clean(raw_title).text,
        abstract=abstract.text,
        url=link if _WEB.fullmatch(link) else f"https://arxiv.org/abs/{identity.arxiv_id}",
        version=identity.version,
        links=abstract.links,
        is_withdrawn=is_withdrawal(abstract.text),
    )
