"""The shapes that models give to a marker, brought to one: `[1]`, `[1, 3]`, `[1-3]`.

Only brackets around numbers, with or without a word that names what is cited, are markers wherever they stand. What may
as well belong to the sentence, `(1)` or `¹`, is one only where a marker would stand.
"""

import re
from collections.abc import Iterator

_WORDS = (
    r"(?:citations?|cite[sd]?|doc(?:ument)?s?|sources?|src|sentences?|sent|evidence|numbers?|nos?\.?|refs?|references?|quotes?"
    r"|passages?|contexts?|texts?|snippets?|excerpts?|items?|ids?|statements?|facts?|notes?|footnotes?|results?|chunks?|see|s|n|p)"
)
_LABEL = rf"(?:(?:from\s+)?{_WORDS}\s*[:#.№=_ -]?\s*|[#№@])"
_ONE = rf"{_LABEL}?\d{{1,4}}"
_LIST = rf"\^?{_ONE}(?:\s*(?:[-–,;/&]|and)\s*{_ONE})*\^?"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape, re.IGNORECASE), marker)
    for shape, marker in (
        (r"\\([\[\]])", r"\1"),  # escaped for Markdown
        (rf"\[\s*\[({_LIST})\]\s*\](?:\([^()\s]*\))?", r"[\1]"),
        (rf"\[({_LIST})\]\((?:[#/]|https?:)[^()\s]*\)", r"[\1]"),
        (rf"\[\^?({_LIST})[†‡:][^\[\]\n]{{0,40}}\]", r"[\1]"),
        (rf"[【［〔⟦]\s*({_LIST})\s*(?:[†‡:∶][^【】\n]{{0,40}})?[】］〕⟧]", r"[\1]"),
        (rf"\{{\s*({_LIST})\s*\}}", r"[\1]"),
        (rf"<(?:sup|cite|ref)>\s*\[?({_LIST})\]?\s*</(?:sup|cite|ref)>", r"[\1]"),
        (rf"\(\s*({_LABEL}\d[^()\n]{{0,30}})\)", r"[\1]"),
        (r"[\[(]\s*[a-z]{2,12}[-_:]0{3,}(\d{1,3})\s*[\])]", r"[\1]"),  # keys of a retriever: (kitt-00000001)
        (r"(?<=[\s.!?,;\]])\(\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\)(?=\s*(?:[.!?]|\n))", r"[\1]"),
    )
)
_RAISED = re.compile(
    rf"(?<=[\s.!?,;)\]”\"])[{_SUPERSCRIPTS}⁽⁾˒,]*[{_SUPERSCRIPTS}]⁾?|(?<=[a-z]{{3}})[{_SUPERSCRIPTS}]+(?=[\s.!?,;])"
)
_ROUND = re.compile(f"[{_CIRCLED}]")
MARKER = re.compile(rf"\[\s*\^?\s*({_LIST}|[-–]?\d[-–\d,;\s]*)\s*\]", re.IGNORECASE)
"""A marker in its one shape; its numbers may still have words before them."""

_NUMBER = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")
_NAMED = re.compile(rf"{_LABEL}(?=\d)", re.IGNORECASE)
_LONGEST_RANGE = 20


def plain_markers(text: str) -> str:
    """A text whose markers all have one shape; what is no marker stays as it is."""
    for shape, marker in _SHAPES:
        text = shape.sub(marker, text)
    text = _RAISED.sub(lambda found: "".join(f"[{d}]" for d in found[0].translate(_DIGITS) if d.isdigit()), text)
    return _ROUND.sub(lambda found: f"[{_CIRCLED.index(found[0]) + 1}]", text)


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers of all markers of a text, each once, in the order in which they stand."""
    found = (number for marker in MARKER.finditer(text) for number in _numbers_of(marker[1]))
    return tuple(dict.fromkeys(found))


def _numbers_of(text: str) -> Iterator[int]:
    """The numbers of a marker such as `1`, `1, 3` or `1-3`; what is none is left out."""
    for part in re.split(r"[,;/&^]|\band\b", _NAMED.sub("", text)):
        if found := _NUMBER.fullmatch(part.strip()):
            first, last = int(found[1]), int(found[2] or found[1])
            yield from range(first, last + 1) if first <= last <= first + _LONGEST_RANGE else (first, last)


_LABELS = (
    r"(?:numbers?|nos?|answers?|answering|answered|picks?|picked|chosen|selected|best|closest|sentences?|evidence|sources?"
    r"|relevant|numbered|are|is|by|the|that|which|to|this|question|in|and|or|none|first)"
)
_CHOICE = re.compile(rf"(?:\W|\d{{1,4}}\b|\b{_LABELS}\b)*", re.IGNORECASE)
_BARE = re.compile(r"(?=[^\[\]]*\d)(?:[^\w\[\]]|\d{1,4}\b|\b(?:sentences?|numbers?|and|or)\b)*", re.IGNORECASE)
_LEADS = re.compile(r"\W*numbers?\W*[:：]", re.IGNORECASE)


def numbers_chosen(line: str) -> tuple[int, ...] | None:
    """The numbers that a line chooses, where it does nothing else: `NUMBERS: 3, 7`, `[3] and [7]`; None of others.

    Empty where it says that it chooses none. Without `NUMBERS:`, a number among words is said and not chosen, as is one
    beside a marker: “The answer is 42 [3].”
    """
    if not (_leads(line) or _BARE.fullmatch(line) or _is_of_markers(line)):
        return None
    return tuple(dict.fromkeys(_numbers_of(re.sub(r"[^\d,–-]+", ",", line))))


def _leads(line: str) -> bool:
    return bool(_LEADS.match(line) and _CHOICE.fullmatch(line))


def _is_of_markers(line: str) -> bool:
    """Whether a line holds markers, and beside them only words that lead to them."""
    words, markers = MARKER.subn(" ", plain_markers(line))
    return markers > 0 and not re.search(r"\d", words) and _CHOICE.fullmatch(words) is not None
