"""arXiv's daily e-mail: papers between lines of two backslashes, new, then cross-listed, then replaced."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ingest.formats.dates import read_day
from ingest.identity import told_identity
from ingest.metadata import LONGEST_ABSTRACT, Metadata, Place, authors_of, items_of_paper
from ingest.paper import Basis, Block, Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import Stream

_FIELD = re.compile(
    r"(Date|Title|Authors?|Categories|Comments|MSC-class|ACM-class|Journal-ref|DOI|Report-no|License|Proxy):\s*(.*)"
)
_PAPER = re.compile(r"(?:arXiv:|Paper:\s*)(\S+)\s*(.*)")
_CROSS = re.compile(r"\(\*?cross-listing\*?\)", re.IGNORECASE)
_REPLACED = re.compile(r"replaced with revised version|\(\*?replaced\*?\)", re.IGNORECASE)
_SENT = re.compile(r"Date:\s*(?!.*\(\d+\s?kb)(.{6,60})")  # of a paper it ends with its size
_SUBJECT = re.compile(r"Subject:\s*(?:\S+:\s*)*([a-z][\w.-]*) daily\b", re.IGNORECASE)
_SEPARATOR = "\\\\"
_LAST = re.compile(r"\\\\\s*\(\s*http")
_RULE = re.compile(r"[-%]{20,}")
_MOST_LINES = 4000  # of a paper: 40 times the longest
_MOST_CHARACTERS = 3 * LONGEST_ABSTRACT  # likewise; the authors of the largest collaborations among them


@dataclass(slots=True)
class _Told:
    """A paper as far as it has been read; `parts` counts the separators seen."""

    line: int
    parts: int = 0
    head: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    abstract: list[str] = field(default_factory=list)
    last_field: str = ""
    is_ended: bool = False
    lines: int = 0
    characters: int = 0

    @property
    def has_text(self) -> bool:
        """Whether anything stands between the separators."""
        return bool(self.fields or self.head)

    @property
    def is_full(self) -> bool:
        """Whether more was read than any paper has; what is left over belongs to none."""
        return self.lines > _MOST_LINES or self.characters > _MOST_CHARACTERS

    def take(self, line: str) -> None:
        """Read one more line of the paper."""
        self.lines += 1
        self.characters += len(line)
        if self.parts > 1:
            self.abstract.append(line.strip())
            return
        if match := _FIELD.match(line):
            self.last_field = match[1].rstrip("s") if match[1].startswith("Author") else match[1]
            self.fields[self.last_field] = match[2]
        elif line[:1].isspace() and line.strip() and self.last_field:
            self.fields[self.last_field] += f" {line.strip()}"  # a field goes on in the next line
        elif line.strip():
            self.head.append(line)


@dataclass(frozen=True, slots=True)
class _Mail:
    """What stands above the papers of a mail: the archive or category, the day it was sent (GMT)."""

    listed_in: str = ""
    day: date | None = None


def read_mail(
    stream: Stream, file: str, selection: Selection = EVERYTHING, _: date | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of one or several mails, and what cannot be taken, each with its line."""
    mail, number = _Mail(), 0
    for told in _papers(stream):
        if isinstance(told, _Mail):
            mail = told
            continue
        number += 1
        yield from stream.counted(_read(told, mail, Place(file, told.line, number), selection))


def _papers(stream: Stream) -> Iterator[_Told | _Mail]:
    """The papers of a stream, and the mail that they stand in before them."""
    told, mail = None, _Mail()
    for number, line in enumerate(stream.text_lines(), start=1):
        text = " " * _MOST_CHARACTERS if line is None else line
        if told is None and (sent := _SENT.match(text)):
            mail = _Mail(day=read_day(sent[1]))
            yield mail
        elif told is None and (subject := _SUBJECT.match(text)):
            mail = _Mail(subject[1], mail.day)
            yield mail
        elif _RULE.match(text):
            if told is not None and told.has_text:
                yield told
            told = None
        elif text.startswith(_SEPARATOR):
            if told is not None and told.is_ended:  # the line between two papers is missing
                yield told
                told = None
            told = told or _Told(number)
            told.parts += 1
            told.is_ended = _LAST.match(text) is not None
        elif told is not None and not (told.is_full or told.is_ended):
            told.take(text)
    if told is not None and told.has_text:
        yield told


def _read(told: _Told, mail: _Mail, place: Place, selection: Selection) -> Iterator[Entry | Rejection]:
    if told.is_full:
        yield Rejection(place.file, place.line, "a paper that goes on for longer than any")
        return
    head = " ".join(told.head)
    paper = next((match for line in told.head if (match := _PAPER.match(line))), None)
    block = Block.CROSS_LISTED if _CROSS.search(head) else Block.REPLACED if _REPLACED.search(head) else Block.NEW
    dated = re.sub(r"\s*\([^)]*\)\s*$", "", told.fields.get("Date", ""))
    metadata = Metadata(
        identity=told_identity(paper[1]) if paper else None,
        raw_title=told.fields.get("Title", ""),
        raw_abstract="\n".join(told.abstract).strip()[: LONGEST_ABSTRACT + 1],
        comment=told.fields.get("Comments", ""),
        categories=told.fields.get("Categories", "").split(),
        day=mail.day,
        told_id=paper[1] if paper else "",
        authors=authors_of(told.fields.get("Author", "")),
        basis=Basis.ANNOUNCED,
        submitted=read_day(dated) if block is not Block.REPLACED else None,
        listed_in=[mail.listed_in] if mail.listed_in else [],
        block=block,
    )
    yield from items_of_paper(metadata, place, selection)
