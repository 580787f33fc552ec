"""From a model's growing text to sentences, each with the markers that it carries, as data."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.llm.markers import MARKER, numbers_chosen, numbers_in, plain_markers
from assistant.llm.replies import is_json, said_in_json
from assistant.llm.stream import BROKE_OFF
from assistant.llm.thoughts import Sign, Thoughts
from ingest.errors import LlmError
from ingest.readable import printable
from ingest.sentences import split_sentences

_MARKERS = r"(?:\[[^\[\]\n]{1,40}\][ ]?)+"
_MARKERS_AFTER_END = re.compile(rf"([.!?][\"”’*]*)[ ]*({_MARKERS})(?=\s|$|[A-Z])")
_MARKERS_ALONE = re.compile(rf"[ ]?\n[ \t]*({_MARKERS})(?=\n|$)")
_BLANKS = re.compile(r"\s{2,}")
_OPENING, _CLOSING = r"\[【［〔⟦{(<\\", r"\]】］〕⟧})>"
_ONLY_MARKERS = re.compile(rf"[\s{_OPENING}]*(?:[{_OPENING}][^{_OPENING}{_CLOSING}]*(?:[{_CLOSING}]\s*|$))*\Z")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)]|#{1,6})\s+")
_FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)
_PREAMBLE = re.compile(
    r"^(?:\W*numbers\W*[:：](?:\W|\d|\band\b)*)?(?:(?:the\s+)?(?:answer|response)(?:\s+is)?\s*:\s*)?", re.IGNORECASE
)
_REFERRING = re.compile(
    r"^(?:according to|as (?:stated|described|mentioned|noted|shown) in|based on|from|in)\s*"
    rf"(?:(?:numbered\s+)?sentences?\s*)?{_MARKERS}(?:\s*(?:and|,)?\s*{_MARKERS})*,?\s*",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*(?:(?:see|cf\.?)?[\s,;]*|arXiv[^()]*)\)|\[\s*\]", re.IGNORECASE)
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;:!?)])")
_DOUBLED = re.compile(r"([,;.])(?:\s*[,;.])+(?=\s|$)")
_MARKED = re.compile(r".*\](?:\s*[.!?。！？]|\s*$)|.*[.!?]\s*\[[^\[\]]*\]", re.DOTALL)
_ASIDE = re.compile(  # what a model says to itself or of its task, and papers hardly ever
    r"\b(?:I|I['’](?:m|ll|d|ve)|[Ll]et['’]?s|[Ll]et me|[Tt]he (?:user|question|answer)|[Oo]kay|OK|[Hh]mm+|[Ww]ait"
    r"|[Aa]lright|[Cc]ite|[Ss]entences? (?:\d|and|is|says?|states?|mentions?)"
    r"|[Ww]e (?:need|should|must|have to|can|could)|(?:should|must|need to) (?:write|answer|say|cite))\b"
)
_MOST_REPEATS = 3
_LEAST_REPEATED = 20  # characters: "Wait." is often said twice
CHARACTERS_IN_TOKEN = 8
"""No language's tokens are longer on average."""
_MOST_AFTER_END = 200  # characters that are waited through for the server's count of tokens


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence without its markers, and the numbers that stood in them, whatever they name.

    One without text chooses what it names: a line such as `NUMBERS: 3, 7`.
    """

    text: str
    numbers: tuple[int, ...]


class AnswerReader:
    """Reads sentences of a text that comes in pieces, each as soon as the next one has begun.

    A thought may stand before the answer without a sign of its beginning, only its end is marked. So sentences are
    given away at once only as long as each carries a marker and none sounds like a thought, or once a thought has
    ended; else they are held until the end of the text, or of the thought. Where it is known that the model
    `thinks_first`, nothing before the end of a thought is given away.
    """

    def __init__(self, most_characters: int, most_held: int, *, thinks_first: bool = False) -> None:
        """Begin a text of at most `most_characters`; of what may be a thought, at most `most_held`."""
        self._most_characters, self._most_held = most_characters, most_held
        self._thoughts = Thoughts()
        self._text = ""
        self._length = self._blank = 0
        self._held: list[WrittenSentence] = []
        self._repeats: Counter[str] = Counter()
        self._is_sure = self._is_over = False
        self._is_json: bool | None = None  # None: that is not seen yet
        self._after_end = 0
        self.thinks_first = thinks_first
        self.has_thought = False

    def sentences(self, pieces: Iterable[str], why_cut: Callable[[], str]) -> Iterator[WrittenSentence]:
        """The sentences of the pieces.

        `why_cut` tells, after the last piece, why the text did not come to its end; empty where it did. Where it did
        not, what is left is a sentence only if it ends with a marker: "reaches 55." may have had a 2 to come.

        Raises:
            LlmError: the text did not come to its end, is too long, or goes round in circles.
        """
        try:
            for piece in pieces:
                yield from self._taken(self._thoughts.feed(piece))
                if self._after_end > _MOST_AFTER_END:
                    break
            yield from self._taken(self._thoughts.feed("", is_last=True))
            self.has_thought = self.has_thought or self._thoughts.is_thinking
            reason = "" if self._is_over else why_cut()
            if reason and not (reason == BROKE_OFF and self._is_complete()):
                raise LlmError(reason)
        except LlmError:
            if not self._held and (self._is_sure or not self.thinks_first):
                yield from filter(self._may_go, map(read_sentence, _last(_marked(self._rest()))))
            raise
        yield from self._held
        yield from map(read_sentence, _last(self._rest()))

    def _rest(self) -> str:
        """The text that was given to nobody yet and to which nothing will come, with plain markers."""
        return plain_markers(_collapsed((said_in_json(self._text) if self._is_json else self._text) + "\n"))

    def _is_complete(self) -> bool:
        text = self._rest().strip()
        return not self._held and not self._thoughts.is_thinking and _marked(text) == text

    def _taken(self, parts: Iterable[str | Sign]) -> Iterator[WrittenSentence]:
        for part in parts:
            if isinstance(part, Sign):
                self._turn(part)
            elif self._is_over:
                self._after_end += len(part)
            else:
                yield from self._said(part)

    def _turn(self, sign: Sign) -> None:
        """Take a sign: of the end of the answer, or of the end of what was none."""
        self._is_over = sign is Sign.END
        self.has_thought = self.has_thought or sign in {Sign.THOUGHT, Sign.ENDED_THOUGHT}
        if sign in {Sign.ENDED_THOUGHT, Sign.ANSWER}:
            self.thinks_first = self.thinks_first or (sign is Sign.ENDED_THOUGHT and self._length > 0)
            self._held.clear()
            self._text, self._length, self._is_json = "", 0, None
            self._blank = 0
        self._is_sure = self._is_sure or sign is not Sign.END

    def _said(self, text: str) -> Iterator[WrittenSentence]:
        before, self._text = self._text, _joined(self._text, text)
        if text.strip():
            self._length += len(text)
        else:
            self._blank += len(text)
        may_be_thought = self._held or (self.thinks_first and not self._is_sure)
        if self._length + self._blank > (self._most_held if may_be_thought else self._most_characters):
            raise LlmError("the language model did not come to an end")
        if self._is_json is None:
            self._is_json = is_json(self._text)
        if self._is_json is False and self._text != before:
            *complete, self._text = _split(self._text)
            for sentence in map(read_sentence, complete):
                yield from self._passed(sentence)

    def _passed(self, sentence: WrittenSentence) -> Iterator[WrittenSentence]:
        """The sentence, or nothing where it has to wait."""
        if not sentence.text and not sentence.numbers:
            return
        if not self._held and self._may_go(sentence):
            yield sentence
            return
        self._held.append(sentence)
        self._repeats[sentence.text] += 1
        if self._repeats[sentence.text] > _MOST_REPEATS and len(sentence.text) >= _LEAST_REPEATED:
            raise LlmError("the language model went round in circles")

    def _may_go(self, sentence: WrittenSentence) -> bool:
        if self._is_sure:
            return True
        return not self.thinks_first and bool(sentence.numbers) and not _ASIDE.search(sentence.text)


def _joined(text: str, more: str) -> str:
    """A text and what follows, one blank where both have some."""
    end = len(text.rstrip())
    return text[:end] + _collapsed(text[end:] + more)


def _collapsed(text: str) -> str:
    """A text with one blank or one end of a line where there were several: patterns are slow in long runs of them."""
    return _BLANKS.sub(lambda run: "\n" if "\n" in run[0] else " ", text)


def _marked(text: str) -> str:
    """A text up to its last marker that ends a sentence: what certainly was to be said."""
    found = _MARKED.match(text)
    return found[0] if found else ""


def _last(text: str) -> list[str]:
    """The sentences of a text to which nothing will come."""
    lines = [_BULLET.sub("", line) for line in _with_markers_inside(_FENCE.sub("", text)).split("\n")]
    return [line[s.start : s.end] for line in lines for s in split_sentences(line)]


def _split(text: str) -> list[str]:
    """The complete sentences of a text, and as the last element what may go on."""
    if not re.search(r"[.!?\n]", text):
        return [text]
    plain = plain_markers(text)
    found = _last(plain)
    is_open = len(found) < 2 or _ONLY_MARKERS.match(found[-1]) is not None
    return [text] if is_open else [*found[:-1], found[-1] + plain[len(plain.rstrip()) :]]


def _with_markers_inside(text: str) -> str:
    """Markers after a full stop, in the next line too, put before it; in a line that begins with one, they stay."""
    lines = _MARKERS_ALONE.sub(r" \1", text).split("\n")
    return "\n".join(
        line if line.lstrip().startswith("[") else _MARKERS_AFTER_END.sub(r" \2\1 ", line) for line in lines
    )


def read_sentence(text: str) -> WrittenSentence:
    """A sentence as a model wrote it, its markers taken out and read."""
    if (chosen := numbers_chosen(text)) is not None:
        return WrittenSentence("", chosen)
    text = _with_markers_inside(plain_markers(text.strip()))
    text = _PREAMBLE.sub("", _BULLET.sub("", text)).replace("**", "").replace("`", "")
    alone = _REFERRING.sub("", text)
    plain = printable(MARKER.sub(" ", alone))
    plain = _DOUBLED.sub(r"\1", _SPACE_BEFORE.sub("", _EMPTY_BRACKETS.sub("", plain))).strip(" ,;")
    if alone != text:
        plain = plain[:1].upper() + plain[1:]
    return WrittenSentence(plain, numbers_in(text))
