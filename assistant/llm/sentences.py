"""From a model's growing text to sentences, each with the markers that it carries, as data."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ingest.cleaning import printable
from ingest.errors import LlmError
from ingest.sentences import split_sentences

_LABEL = r"(?:(?:source|sentence|evidence|number)s?\s*)"
_MARKER = re.compile(
    rf"[\[【]\s*\^?{_LABEL}?([-–\d,;\s]*\d[-–\d,;\s]*)[\]】]|\(\s*{_LABEL}(\d[-–\d,;\s]*)\)", re.IGNORECASE
)
_NUMBER = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")
_MARKERS = r"(?:[\[【][^\[\]【】\n]{1,40}[\]】][ ]?)+"
_MARKERS_AFTER_END = re.compile(rf"([.!?][\"”’*]*)[ ]*({_MARKERS})(?=\s|$|[A-Z])")
_MARKERS_ALONE = re.compile(rf"[ ]*\n\s*({_MARKERS})(?=\n|$)")
_ONLY_MARKERS = re.compile(r"[\s\[【]*(?:[\[【][^\[\]【】]*(?:[\]】]\s*|$))*\Z")
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_THINKING = re.compile(r"^\s*<(?:t(?:h(?:i(?:n(?:k(?:>.*)?)?)?)?)?)?\Z", re.DOTALL)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)]|#{1,6})\s+")
_PREAMBLE = re.compile(r"^(?:the\s+)?(?:answer|response)(?:\s+is)?\s*:\s*", re.IGNORECASE)
_REFERRING = re.compile(
    r"^(?:according to|as (?:stated|described|mentioned|noted|shown) in|based on|from|in)\s*"
    rf"(?:(?:numbered\s+)?sentences?\s*)?{_MARKERS}(?:\s*(?:and|,)?\s*{_MARKERS})*,?\s*",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*(?:(?:see|cf\.?)?[\s,;]*|arXiv[^()]*)\)|\[\s*\]", re.IGNORECASE)
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;:!?)])")
_DOUBLED = re.compile(r"([,;.])(?:\s*[,;.])+(?=\s|$)")
_MARKED = re.compile(r".*[\]】](?:\s*[.!?]|\s*$)|.*[.!?]\s*[\[【][^\[\]【】]*[\]】]", re.DOTALL)
_LONGEST_RANGE = 20


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence without its markers, and the numbers that stood in them, whatever they name."""

    text: str
    numbers: tuple[int, ...]


def written_sentences(
    pieces: Iterable[str], most_characters: int, is_ended: Callable[[], bool]
) -> Iterator[WrittenSentence]:
    """The sentences of a text that comes in pieces, each as soon as the next one has begun.

    `is_ended` tells, after the last piece, whether the text came to its end. Where it did not, what is left is a
    sentence only if it ends with a marker: "reaches 55." may have had a 2 to come.

    Raises:
        LlmError: the text broke off, or is longer than `most_characters`.
    """
    text, length = "", 0
    try:
        for piece in pieces:
            text, length = text + piece, length + len(piece)
            if length > most_characters:
                raise LlmError("the language model did not come to an end")
            *complete, text = _split(text)
            yield from map(read_sentence, complete)
        text = _THOUGHTS.sub("", text)
        is_open = text.lstrip().startswith("<think>") or not is_ended()
        if is_open and text.strip() and _marked(text) != text:
            raise LlmError("the language model's answer broke off")
    except LlmError:
        yield from map(read_sentence, _last(_marked(text)))
        raise
    yield from map(read_sentence, _last(text))


def _marked(text: str) -> str:
    """A text up to its last marker that ends a sentence: what certainly was to be said."""
    found = _MARKED.match(text)
    return found[0] if found else ""


def _last(text: str) -> list[str]:
    """The sentences of a text to which nothing will come."""
    lines = [_BULLET.sub("", line) for line in _with_markers_inside(text).split("\n")]
    return [line[s.start : s.end] for line in lines for s in split_sentences(line)]


def _split(text: str) -> list[str]:
    """The complete sentences of a text, and as the last element what may go on."""
    text = _THOUGHTS.sub("", text)
    if _THINKING.match(text) or not re.search(r"[.!?\n]", text):
        return [text]
    found = _last(text)
    is_open = len(found) < 2 or _ONLY_MARKERS.match(found[-1]) is not None
    return [text] if is_open else [*found[:-1], found[-1] + text[len(text.rstrip()) :]]


def _with_markers_inside(text: str) -> str:
    """Markers after a full stop, in the next line too, put before it; in a line that begins with one, they stay."""
    lines = _MARKERS_ALONE.sub(r" \1", text).split("\n")
    return "\n".join(
        line if line.lstrip().startswith(("[", "【")) else _MARKERS_AFTER_END.sub(r" \2\1 ", line) for line in lines
    )


def read_sentence(text: str) -> WrittenSentence:
    """A sentence as a model wrote it, its markers taken out and read."""
    text = _PREAMBLE.sub("", _BULLET.sub("", _with_markers_inside(text.strip()))).replace("**", "").replace("`", "")
    numbers = [number for found in _MARKER.finditer(text) for number in _numbers_of(found[1] or found[2])]
    alone = _REFERRING.sub("", text)
    plain = printable(_MARKER.sub(" ", alone))
    plain = _DOUBLED.sub(r"\1", _SPACE_BEFORE.sub("", _EMPTY_BRACKETS.sub("", plain))).strip(" ,;")
    if alone != text:
        plain = plain[:1].upper() + plain[1:]
    return WrittenSentence(plain, tuple(dict.fromkeys(numbers)))


def _numbers_of(text: str) -> Iterator[int]:
    """The numbers of a marker such as `1`, `1, 3` or `1-3`; what is none is left out."""
    for part in re.split(r"[,;]", text):
        if found := _NUMBER.fullmatch(part.strip()):
            first, last = int(found[1]), int(found[2] or found[1])
            yield from range(first, last + 1) if first <= last <= first + _LONGEST_RANGE else (first, last)
