"""What a user names to be ingested, read as a stream; formats are told apart by content, not by name."""

import glob
import io
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from ingest.errors import InputError
from ingest.formats.dates import read_day
from ingest.formats.digest import NO_DIGEST, looks_like_digest, read_digest
from ingest.formats.json_records import read_json
from ingest.formats.kinds import Kind, kind_of
from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.streams import READ_ERRORS, Stream

STANDARD_INPUT = "-"
_BUFFER_BYTES = 1 << 18
_MOST_REJECTIONS = 10_000  # of a file: whoever reads them knows by then what is wrong with it
_MOST_TOLD = 1000
_DAILY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")

Reader = Callable[[Stream, str, Selection, date | None], Iterator[Entry | Rejection]]
"""Reads a format: the stream, the name of the file, what is wanted, the day that the file is named by."""


@dataclass(slots=True)
class Source:
    """One file, or standard input; `was_named` tells a file that the user named from one found in a folder."""

    path: Path
    was_named: bool
    size_bytes: int = 0
    _file: BinaryIO | None = field(default=None, repr=False)

    @property
    def is_standard_input(self) -> bool:
        """Whether this is standard input."""
        return str(self.path) == STANDARD_INPUT

    @property
    def origin(self) -> str:
        """What the library keeps as the source of a paper: the absolute path, or `-`."""
        return str(self.path) if self.is_standard_input else told_path(self.path.resolve())

    @property
    def bytes_read(self) -> int:
        """How far the file has been read; 0 for standard input and for pipes."""
        if self._file is None or not self.size_bytes:
            return 0
        return self.size_bytes if self._file.closed else self._file.tell()

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        inner: Any = sys.stdin.buffer if self.is_standard_input else self.path.open("rb")
        file = io.BufferedReader(
            inner, _BUFFER_BYTES
        )  # fills itself, where a pipe gives too few bytes to know a format
        try:
            yield file
        finally:
            if self.is_standard_input:
                file.detach()  # the stream stays open for others
            else:
                file.close()

    def items(self, selection: Selection = EVERYTHING) -> Iterator[Entry | Rejection]:
        """Yield the wanted papers, and what could not be taken; a file that cannot be read is a rejection."""
        name = told_path(self.path)
        try:
            with self._open() as self._file:
                yield from _few_rejections(items_of(self._file, name, selection), name)
        except READ_ERRORS as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            yield Rejection(name, 0, f"cannot be read to its end: {reason}")


def _few_rejections(items: Iterator[Entry | Rejection], name: str) -> Iterator[Entry | Rejection]:
    """The papers, and as many rejections as a file may have; a last one counts the others."""
    rejections, line = 0, 0
    try:
        for item in items:
            if isinstance(item, Rejection):
                rejections += 1
                line = item.line
            if isinstance(item, Entry) or rejections <= _MOST_REJECTIONS:
                yield item
    except READ_ERRORS:
        yield from _others(rejections, name, line)
        raise
    yield from _others(rejections, name, line)


def _others(rejections: int, name: str, line: int) -> Iterator[Rejection]:
    if (others := rejections - _MOST_REJECTIONS) > 0:
        yield Rejection(name, line, f"{others:,} more pieces that could not be taken; this is the line of the last")


def find_sources(paths: Iterable[Path | str]) -> list[Source]:
    """The files to read: those named, the files below the folders named, those that a pattern fits, `-`.

    Raises:
        InputError: a path does not exist, a pattern fits nothing, or a folder holds no file.
    """
    found: dict[Path, Source] = {}
    for path in map(Path, paths):
        try:
            sources = _sources_at(path)
        except OSError as error:
            raise InputError(f"{path} cannot be looked up ({error.strerror}); name another") from error
        for source in sources:
            known = found.setdefault(source.path if source.is_standard_input else source.path.resolve(), source)
            known.was_named = known.was_named or source.was_named
    return list(found.values())


def _sources_at(path: Path) -> list[Source]:
    if str(path) == STANDARD_INPUT:
        return [Source(path, was_named=True)]
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p.relative_to(path))]
        if not inside:
            raise InputError(f"the folder {path} holds no file; name one with digests")
        return [Source(p, was_named=False, size_bytes=p.stat().st_size) for p in inside]
    if path.exists():
        return [Source(path, was_named=True, size_bytes=path.stat().st_size if path.is_file() else 0)]
    fitting = [Path(p) for p in sorted(glob.glob(_pattern(path), recursive=True))]  # noqa: PTH207 - absolute ones too
    if not fitting:
        raise InputError(f"{path} does not exist; name a digest or a folder of digests")
    return [source for p in fitting for source in _sources_at(p)]


def _pattern(path: Path) -> str:
    """A path as a pattern; the folders of it that are there are meant as they are named."""
    there = next((parent for parent in path.parents if parent.exists()), Path())
    return str(Path(glob.escape(str(there)), path.relative_to(there)))


def told_path(path: Path | str) -> str:
    r"""A path as text; bytes of a name that are none stand as `\xff`."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def items_of(file: BinaryIO, name: str, selection: Selection = EVERYTHING) -> Iterator[Entry | Rejection]:
    """Yield the wanted papers of an open file in any format, and what of it cannot be taken.

    Raises:
        OSError, EOFError, zlib.error: it cannot be read to its end, or goes on for too long without a paper.
    """
    stream = Stream(file)
    start = stream.start()
    kind = kind_of(start)
    if kind is Kind.ARCHIVE:
        yield Rejection(name, 1, "a packed archive; unpack it, and name what is in it")
    elif kind is Kind.DIGEST:
        yield from _digest_items(stream, start, name, selection)
    else:
        yield from _reader(kind)(stream, name, selection, _day_named(name))


def _reader(kind: Kind) -> Reader:  # each is imported when a source needs it
    """Who reads a format."""
    if kind is Kind.JSON:
        return read_json
    if kind is Kind.FEED:
        from ingest.formats.feeds import read_feed  # noqa: PLC0415

        return read_feed
    if kind is Kind.LISTING_PAGE:
        from ingest.formats.listing_page import read_listing_page  # noqa: PLC0415

        return read_listing_page
    if kind is Kind.MAIL:
        from ingest.formats.mail import read_mail  # noqa: PLC0415

        return read_mail
    if kind in {Kind.RIS, Kind.BIBTEX}:
        from ingest.formats.references import read_bibtex, read_ris  # noqa: PLC0415

        return read_ris if kind is Kind.RIS else read_bibtex
    from ingest.formats.tables import read_bot_markdown, read_csv  # noqa: PLC0415

    return read_csv if kind is Kind.CSV else read_bot_markdown


def _day_named(name: str) -> date | None:
    """The day that a daily file is named by, such as `2026-07-01.jsonl`."""
    stem = Path(name).name.partition(".")[0]
    return read_day(stem) if _DAILY_NAME.fullmatch(stem) else None


def _told_at_once(items: Iterator[Entry | Rejection]) -> Iterator[Entry | Rejection]:
    """What a text holds of which the beginning is no digest's; one line where it is none to its end."""
    told: deque[Rejection] = deque(maxlen=_MOST_TOLD)
    for item in items:
        if isinstance(item, Entry):
            yield from told
            yield item
            told.clear()
        else:
            told.append(item)
    is_none = bool(told) and told[-1].reason == NO_DIGEST
    yield from [told[-1]] if is_none else told


def _digest_items(stream: Stream, start: str, name: str, selection: Selection) -> Iterator[Entry | Rejection]:
    items = (item for one in read_digest(stream.text_lines(), name) for item in stream.counted(iter([one])))
    for item in items if looks_like_digest(start.splitlines()) else _told_at_once(items):
        listing = item.listing if isinstance(item, Entry) else None
        if listing is None or selection.listing([listing.category], listing.day, listing.position):
            yield item
