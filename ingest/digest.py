"""The digest's markdown: one heading a day, two lines a paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from ingest.cleaning import clean, is_withdrawal
from ingest.identity import identity_of_link, submission_order
from ingest.paper import Block, Entry, Listing, Paper, Rejection

_DAY_HEADING = re.compile(r"#\s*arxiv\s+(\S+)\s*-+\s*(?:[a-z]+\s*,)?\s*(\d{1,2}\s+[a-z]+\s+\d{4})\s*", re.IGNORECASE)
_ENTRY_HEADING = re.compile(r"###+\s*(.*)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"\d+\s*\.\s*")
_LINK = re.compile(r"\[\s*(?::arrow_down:|pdf)\s*\]\s*\(\s*([^()\s]*)\s*\)\s*$", re.IGNORECASE)


@dataclass(slots=True)
class ParsedDigest:
    """What a digest holds: its papers, and every piece that could not be taken."""

    entries: list[Entry] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def take(self, result: Entry | Rejection) -> None:
        """Add a paper or a rejection."""
        if isinstance(result, Entry):
            self.entries.append(result)
        else:
            self.rejections.append(result)


@dataclass(slots=True)
class _Day:
    """Where the reader stands within one day."""

    day: date
    category: str
    block: Block = Block.NEW
    position: int = 0
    last_id: tuple[int, int, str] | None = None

    def place(self, arxiv_id: str) -> Listing:
        """List one more paper; the first id that rises opens the cross-listed block."""
        this_id = submission_order(arxiv_id)
        if self.last_id is not None and this_id > self.last_id:
            self.block = Block.CROSS_LISTED
        self.last_id = this_id
        self.position += 1
        return Listing(self.day, self.category, self.block, self.position)


def _lines(text: str) -> list[str]:
    """The lines as editors count them; `str.splitlines` also splits at bytes that are a part of mojibake."""
    return _LINE_END.split(text.lstrip("\ufeff"))


def looks_like_digest(text: str) -> bool:
    """Whether a text has the heading of a day."""
    return any(_DAY_HEADING.fullmatch(line.strip()) for line in _lines(text))


def parse_digest(text: str, file: str) -> ParsedDigest:
    """Read a digest; `file` is named in the rejections. Nothing is dropped without one."""
    parsed = ParsedDigest()
    day: _Day | None = None
    for piece in _pieces(text):
        heading = piece.heading
        if day_match := _DAY_HEADING.fullmatch(heading):
            listed_on = _read_date(day_match.group(2))
            if listed_on is None:
                reason = f"“{day_match.group(2)}” is no date; its papers have no day"
                parsed.take(Rejection(file, piece.line, reason))
            day = _Day(listed_on, day_match.group(1)) if listed_on else None
        elif entry_match := _ENTRY_HEADING.fullmatch(heading):
            result = _read_entry(entry_match.group(1), piece, day, file)
            parsed.take(result)
        elif heading:
            parsed.rejections.append(Rejection(file, piece.line, "a heading that is neither a day nor a paper"))
    return parsed


@dataclass(slots=True)
class _Piece:
    """A heading and the text below it, up to the next heading; `line` counts from 1."""

    heading: str
    line: int
    body: list[str] = field(default_factory=list)


def _pieces(text: str) -> Iterator[_Piece]:
    piece = _Piece("", 1)
    for number, line in enumerate(_lines(text), start=1):
        stripped = line.strip().lstrip("\ufeff")
        lacks_marks = not stripped.startswith(("#", ">")) and _LINK.search(stripped) is not None
        if stripped.startswith("#") or lacks_marks:
            yield piece
            piece = _Piece(stripped, number)
        elif stripped:
            piece.body.append(stripped)
    yield piece


def _read_entry(heading: str, piece: _Piece, day: _Day | None, file: str) -> Entry | Rejection:
    link = _LINK.search(heading)
    if link is None:
        return Rejection(file, piece.line, f"no arXiv link after the title: “{heading[:80]}”")
    identity = identity_of_link(link.group(1))
    if identity is None:
        return Rejection(file, piece.line, f"the link holds no arXiv id: “{link.group(1)[:80]}”")
    arxiv_id = identity.arxiv_id
    if day is None:
        return Rejection(file, piece.line, f"{arxiv_id} stands under no day's heading")
    raw_title = _NUMBER.sub("", heading[: link.start()], count=1) if _NUMBER.match(heading) else heading[: link.start()]
    raw_abstract = "\n".join(line.removeprefix(">").strip() for line in piece.body)
    title, abstract = clean(raw_title), clean(raw_abstract)
    if not title.text:
        return Rejection(file, piece.line, f"{arxiv_id} has no title")
    paper = Paper(
        arxiv_id=arxiv_id,
        title=title.text,
        abstract=abstract.text,
        url=link.group(1),
        version=identity.version,
        links=abstract.links,
        is_withdrawn=is_withdrawal(abstract.text),
    )
    return Entry(paper, day.place(arxiv_id), raw_title.strip(), raw_abstract, piece.line)


def _read_date(text: str) -> date | None:
    day, month, year = text.split()
    try:
        return datetime.strptime(f"{day} {month[:3]} {year}", "%d %b %Y").date()
    except ValueError:
        return None
