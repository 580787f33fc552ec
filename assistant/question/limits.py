"""The limits that a question sets, read from its words by a trained model: each word, date, id and category in turn.

`daybook eval train-questions` makes `limits.npz` anew from `eval/wordings/limits.jsonl`; `limits.json` says how well it
does. What may be a date, an id or a category is told by its form; whether it sets a limit, and which, is learned.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import hashed, kept
from assistant.learned.tagging import WINDOW, Tagger, edged, neighbourhood
from assistant.question.dates import DatePiece, dates_in
from assistant.question.periods import Use

Tag = Use | Literal["", "id", "cat", "nocat", "code", "nocode", "new", "cross", "all"]
"""What a word says: nothing of a limit; what a date is for; that a paper or category is meant, or a category left out;
papers with code or without; of a block, or of all."""
USES: tuple[Use, ...] = get_args(Use)
TAGS: tuple[Tag, ...] = ("", *USES, "id", "cat", "nocat", "code", "nocode", "new", "cross", "all")
HASHES = 16384
COVER = "\x00"  # stands in no question: `printable` leaves no control character
_NEVER = -1e4  # log odds of what a token cannot be
_MONTHS = {f"{y % 100:02}{m:02}" for y in range(1991, 2091) for m in range(1, 13)}
_ARCHIVE = (
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|nlin|nucl-(?:ex|th)|physics|q-bio|q-fin"
    r"|quant-ph|stat)"
)
_ARXIV_ID = re.compile(
    r"(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|(?:(?:https?://)?(?:dx\.)?doi\.org/|\bdoi:\s*)?10\.48550/arXiv\."
    r"|\barXiv\s*[:.]?\s*|(?<![\w.-]))"
    rf"(?:(?P<new>(?P<month>\d{{4}})\.\d{{4,5}})|(?P<archive>{_ARCHIVE})(?:\.[A-Z]{{2}})?/(?P<old>\d{{7}}))"
    r"(?:v\d+)?(?:\.pdf)?(?![\w/]|[.-]\w)",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    rf"(?<![\w./-])(?P<category>(?:{_ARCHIVE}|{_ARCHIVE.upper()})\.(?:[A-Z]{{2}}|[a-z]{{2}})"
    r"|(?:physics|cond-mat)\.[a-z]+(?:-[a-z]+)?|astro-ph\.[A-Z]{2}"
    r"|quant-ph|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th))(?![\w/.-]\w|\w)"
)
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign of a question, or what may be a date, an id or a category; `name` is that of an id or category."""

    text: str
    start: int
    end: int
    sort: Literal["word", "date", "id", "category"] = "word"
    piece: DatePiece | None = None
    name: str = ""
    is_near: bool = True

    @property
    def shape(self) -> str:
        """What stands for it in a feature."""
        if self.piece is None:
            return _DIGIT.sub("0", self.text.lower()) if self.sort == "word" else f"<{self.sort}>"
        year = "" if self.piece.year is None else "near" if self.is_near else "far"
        return f"<{self.piece.kind} {year}>"


def limit_tokens(question: str, today: date, held: Sequence[date]) -> list[Token]:
    """The words, signs, dates, ids and categories of a question in order; `held` are the library's days, ascending."""
    found = [*arxiv_ids(question), *_categories(question)]
    left = question
    for token in found:
        left = covered(left, token.start, token.end)
    years = range(held[0].year - 1, held[-1].year + 2) if held else range(0)
    for piece in dates_in(left, today, held):
        is_near = piece.year is None or piece.year in years
        found.append(Token(question[piece.start : piece.end], piece.start, piece.end, "date", piece, is_near=is_near))
        left = covered(left, piece.start, piece.end)
    words = (match for match in _WORD.finditer(left) if COVER not in match.group())
    found += [Token(match.group(), match.start(), match.end()) for match in words]
    return sorted(found, key=lambda token: token.start)


def covered(text: str, start: int, end: int) -> str:
    """A text with what was read in it covered, so that it is not read again; all else stays in its place."""
    return text[:start] + COVER * (end - start) + text[end:]


def arxiv_ids(question: str) -> Iterator[Token]:
    """What may name a paper: ids of arXiv in any form, also within a link."""
    for match in _ARXIV_ID.finditer(question):
        if not match["new"] or match["month"] in _MONTHS:
            name = match["new"] or f"{match['archive'].lower()}/{match['old']}"
            yield Token(match.group(), match.start(), match.end(), "id", name=name)


def _categories(question: str) -> Iterator[Token]:
    for match in _CATEGORY.finditer(question):
        archive, dot, subject = match["category"].partition(".")
        name = f"{archive.lower()}{dot}{subject.upper() if len(subject) == 2 else subject}"  # as arXiv writes it
        yield Token(match.group(), match.start(), match.end(), "category", name=name)


class LimitReader:
    """The model of what each token says."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._tagger = Tagger(arrays["weights"], arrays["bias"], arrays["steps"])

    def tags(self, tokens: Sequence[Token]) -> list[Tag]:
        """What each token says."""
        return self.tagged(tokens, token_features(tokens))

    def tagged(self, tokens: Sequence[Token], features: Sequence[NDArray[np.int64]]) -> list[Tag]:
        """The same from their features."""
        allowed = np.array([_allowed(token.sort) for token in tokens])
        return [TAGS[number] for number in self._tagger.tagged(features, allowed)]


@lru_cache(maxsize=1)
def trained_limits() -> LimitReader:
    """The reader that ships with Daybook."""
    return LimitReader(kept("limits.npz"))


@lru_cache(maxsize=4)
def _allowed(sort: str) -> NDArray[np.float32]:
    of_sort = {"date": {"", *USES}, "id": {"", "id"}, "category": {"", "cat", "nocat"}}
    allowed = of_sort.get(sort, set(TAGS))
    return np.array([0.0 if tag in allowed else _NEVER for tag in TAGS], dtype=np.float32)


def token_features(tokens: Sequence[Token]) -> list[NDArray[np.int64]]:
    """The places of the features of each token: itself and its neighbours, by their forms and their sorts."""
    sorts = edged([token.shape if token.sort == "word" else f"<{token.sort}>" for token in tokens])
    return [hashed(_names(token, sorts, n), HASHES) for n, token in enumerate(tokens, start=WINDOW)]


def _names(token: Token, sorts: Sequence[str], n: int) -> list[str]:
    shape = token.shape
    here = shape if token.sort != "word" else "word"
    return [
        *neighbourhood(sorts, n, here),
        f"form {_DIGIT.sub('0', token.text.lower())}",
        f"case {token.text[:1].isupper()} & {here}",
        f"0 {shape}",
        f"-1 0 {sorts[n - 1]} {shape} {sorts[n + 1]}",
    ]
