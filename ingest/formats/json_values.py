"""The objects of JSON over several lines: one after the other, in an array, or within another that is broken."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.streams import LONGEST_LINE

DECODER = json.JSONDecoder(strict=False, parse_float=str)  # an id that is written as a number keeps its zeros
_LONGEST_VALUE = LONGEST_LINE
_MOST_WASTED = 8 * _LONGEST_VALUE  # characters that were parsed in vain, until all that is at hand is given up
_MOST_KEYS = 8  # first fields of records in one file
_OVERLAP = 200  # characters at the end of a text in which an object may begin
_NEAR = 16  # characters before the end of a text: an error there may come of what is not there yet
_GAP = re.compile(r"[\s,\[\]]*")
_GAP_IN_BROKEN = re.compile(r"[\s,\[\]}]*")
_ROW_NAME = r'"([^"\\]{1,60})"\s{0,9}:\s{0,9}(?="\|)'  # of a row of a table, as bots keep them in JSON
_ROW = re.compile(_ROW_NAME)
_BEHIND_ROW = re.compile(r"\s{0,99}[,}]")
_ANY_OBJECT = re.compile(rf'\{{(?=\s{{0,99}}")|{_ROW_NAME}')


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece that is no JSON, and why; empty where it is part of one of which that was told."""

    reason: str


def values_in(blocks: Iterable[str], holds_paper: Callable[[Any], bool]) -> Iterator[tuple[Any, int]]:
    """The objects of a text, each with its line, and what is broken.

    Behind a broken one, and within it, the next is looked for by the first field of those that were read before;
    where there were none, it is the next that holds a paper.
    """
    text, keys, is_searching = _Text(blocks), dict[str, None](), False
    while text.skip_gap():
        line, value = text.line, text.value()
        may_be_none = text.is_row or (is_searching and not keys)
        is_passed_over = may_be_none and not isinstance(value, Broken) and not holds_paper(value)
        if not (isinstance(value, Broken) or (is_passed_over and text.is_row)):
            text.pass_value()  # a row without its end holds the name of the next one
        if isinstance(value, Broken) or is_passed_over:
            yield value if isinstance(value, Broken) and (keys or not is_searching) else Broken(""), line
            text.find_next(_beginning(keys))
            is_searching = True
            continue
        is_searching = False
        if len(keys) < _MOST_KEYS and not text.is_row and holds_paper(value):
            keys[next(iter(value))] = None
        yield value, line


def _beginning(keys: Iterable[str]) -> re.Pattern[str]:
    """How an object begins that has one of these fields first; any object where there are none."""
    names = "|".join(re.escape(json.dumps(key, ensure_ascii=False)) for key in keys)
    return re.compile(rf"\{{(?=\s{{0,99}}(?:{names})\s{{0,9}}:)|{_ROW_NAME}") if names else _ANY_OBJECT


class _Text:
    """A text that comes in blocks, and the place to which it has been read."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self.line = 1
        self._blocks = iter(blocks)
        self._text = ""
        self._place = 0
        self._wasted = 0
        self._gap = _GAP
        self.is_row = False
        self._end = 0

    def skip_gap(self) -> bool:
        """Pass over what stands between objects; False at the end."""
        while True:
            gap = self._gap.match(self._text, self._place)
            self._advance(gap.end() if gap else self._place)
            if self._place < len(self._text):
                return True
            if not self._grow(1):
                return False

    def value(self) -> Any:
        """The object, or the row of a table with its name, that begins here, not yet passed; else what is broken."""
        self.is_row = self._text[self._place] != "{"
        if not self.is_row:
            return self._decoded(self._place)
        row = _ROW.match(self._text, self._place)
        told = self._decoded(row.end()) if row else None
        if row and isinstance(told, str):
            return {row[1]: told}
        is_first = self._gap is _GAP
        self._gap = _GAP_IN_BROKEN
        return Broken("text outside of any object" if is_first else "")

    def pass_value(self) -> None:
        """Go on behind the value that was read; into a row that lacks its end, so that it ends with the next one's."""
        is_whole = not self.is_row or _BEHIND_ROW.match(self._text, self._end)
        self._advance(self._end if is_whole else self._place + 1)

    def find_next(self, beginning: re.Pattern[str]) -> None:
        """Go on to where an object begins; to the end where none does."""
        start = min(self._place + 1, len(self._text))
        while True:
            if found := beginning.search(self._text, start):
                self._advance(found.start())
                return
            self._advance(max(start, len(self._text) - _OVERLAP))
            start = 0
            if not self._grow(1):
                self._advance(len(self._text))
                return

    def _decoded(self, start: int) -> Any:
        before = start - self._place
        while True:
            start = self._place + before
            try:
                value, self._end = DECODER.raw_decode(self._text, start)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error) and self._grow(len(self._text) - self._place):
                    continue
                return self._failed(error, start)
            return value

    def _may_go_on(self, error: Exception) -> bool:
        """Whether what follows may complete a value: the error stands at the end, or in a text without its quote."""
        if not isinstance(error, json.JSONDecodeError) or len(self._text) - self._place >= _LONGEST_VALUE:
            return False
        return error.pos >= len(self._text) - _NEAR or "Unterminated" in error.msg

    def _failed(self, error: Exception, start: int) -> Broken:
        self._gap = _GAP_IN_BROKEN
        self._wasted += max(0, getattr(error, "pos", start) - start)
        if self._wasted > _MOST_WASTED:
            self._advance(len(self._text))
            self._wasted = 0
        if isinstance(error, RecursionError):
            return Broken("nested too deeply")
        is_long = len(self._text) - start >= _LONGEST_VALUE
        return Broken(f"an object of over {_LONGEST_VALUE >> 20} million characters" if is_long else str(error))

    def _advance(self, end: int) -> None:
        self.line += self._text.count("\n", self._place, end)
        self._place = end

    def _grow(self, count: int) -> bool:
        """Read as many characters more, if there are as many; False where there are none."""
        more: list[str] = []
        while sum(map(len, more)) < count and (block := next(self._blocks, "")):
            more.append(block)
        self._text, self._place = self._text[self._place :] + "".join(more), 0
        return bool(more)
