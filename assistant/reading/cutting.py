"""Any text as sentences: of other fields, out of OCR, without punctuation, of any length; nothing is changed in it."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from ingest.paper import Span
from ingest.sentences import split_sentences
from ingest.words import stems_of

_LINE_END = r"(?:\r\n|\n|\r(?!\n))"
_BREAK = re.compile(
    rf"{_LINE_END}[^\S\r\n]*{_LINE_END}\s*"  # a blank line
    rf"|{_LINE_END}(?=[^\S\r\n]*(?:[-*•‣◦▪]|\(?\d{{1,3}}[.)])[^\S\r\n])"  # the next point of a list
    r"|\f|(?<=[。！？])"  # a page; an end that Punkt does not know
)
_END = re.compile(r"[.!?][\"'”’)\]]*\s")
_WORD = re.compile(r"[^\W_]")
_LONGEST_PIECE = 4_000  # characters that Punkt gets at once: its time grows faster than the text
_LONGEST_SENTENCE = 1_000  # characters: no abstract of ours has a longer one; what is longer has no punctuation
_CUT_SENTENCE = 400
_SHORTEST_MEAN = 8  # characters from one stop to the next: "a. b. c. d." is no text, and takes Punkt a minute a page
_MOST_SENTENCES = 600  # 3.5 s of reading on two cores; a paper of ten pages has 400
_MOST_CHARACTERS = 150_000  # of 600 sentences


def sentences_to_read(question: str, text: str) -> list[Span]:
    """The sentences of a text in their order; of a long one those of the pieces that hold most of the question."""
    found: list[Span] = []
    characters = 0
    for piece in _by_words(question, text, _pieces(text)):
        if len(found) >= _MOST_SENTENCES or characters >= _MOST_CHARACTERS:
            break
        found += _sentences(text, piece)
        characters += piece.end - piece.start
    return sorted(found, key=lambda span: span.start)


def _pieces(text: str) -> list[Span]:
    """The paragraphs that have words, long ones cut where a sentence ends, or a line, or a word."""
    starts, ends = [0], []
    for match in _BREAK.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    pieces = (
        piece
        for start, end in zip(starts, [*ends, len(text)], strict=True)
        for piece in _cut(text, Span(start, end), _LONGEST_PIECE)
    )
    return [piece for piece in pieces if _WORD.search(text, piece.start, piece.end)]


def _cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """A span in parts of at most `longest` characters, each as long as may be, but for a better place to cut."""
    start = span.start
    while span.end - start > longest:
        end = _place_to_cut(text, start + longest // 2, start + longest)
        yield Span(start, end)
        start = end
    yield Span(start, span.end)


def _place_to_cut(text: str, first: int, last: int) -> int:
    ends = [match.end() for match in _END.finditer(text, first, last)]
    if ends:
        return ends[-1]
    line = max(text.rfind(sign, first, last) for sign in "\n\r")
    if line >= 0:
        return line + 1
    return next((place + 1 for place in range(last - 1, first, -1) if text[place].isspace()), last)


def _by_words(question: str, text: str, pieces: list[Span]) -> list[Span]:
    """Pieces, those first that hold most of what the question says and few others do; all in order if they are few."""
    if sum(piece.end - piece.start for piece in pieces) <= _LONGEST_PIECE:
        return pieces
    asked = set(stems_of(question))
    held = [asked.intersection(stems_of(text[piece.start : piece.end])) for piece in pieces]
    counts = Counter(stem for stems in held for stem in stems)
    weights = {stem: math.log((len(pieces) + 1) / count) for stem, count in counts.items()}
    worth = [sum(weights[stem] for stem in stems) for stems in held]
    return [pieces[number] for number in sorted(range(len(pieces)), key=lambda number: -worth[number])]


def _sentences(text: str, piece: Span) -> Iterator[Span]:
    for found in _split(text[piece.start : piece.end]):
        whole = Span(piece.start + found.start, piece.start + found.end)
        longest = _CUT_SENTENCE if whole.end - whole.start > _LONGEST_SENTENCE else _LONGEST_SENTENCE
        for part in _cut(text, whole, longest):
            inner = _without_margin(text, part)
            if _WORD.search(text, inner.start, inner.end):
                yield inner


def _split(piece: str) -> list[Span]:
    if len(_END.findall(piece)) * _SHORTEST_MEAN > len(piece):
        return [Span(0, len(piece))]
    return split_sentences(piece)


def _without_margin(text: str, span: Span) -> Span:
    quote = text[span.start : span.end]
    return Span(span.start + len(quote) - len(quote.lstrip()), span.end - len(quote) + len(quote.rstrip()))
