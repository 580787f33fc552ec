"""Which stored facts a question asks for, and of what: a typed wish, read by two small trained models.

One marks the pieces of the question that name papers or words; the other tells from what is left, the pieces and the
limits masked, what is to be stated of them. `daybook eval train-questions` makes `wish.npz` anew from
`eval/wordings/wishes.jsonl`; `wish.json` says how well it does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import hashed, kept, log_odds
from assistant.learned.tagging import Tagger, runs_of
from assistant.question.limits import COVER, arxiv_ids, covered
from assistant.question.scope import Scope, as_written
from ingest.embedding import Vector
from ingest.lexical import LexicalTable
from ingest.names import TOKEN, looks_like_name
from ingest.words import stem, words_of

Fact = Literal[
    "count", "papers", "held", "per_day", "average", "most", "fewest", "days", "day_count", "newest", "oldest",
    "category", "place", "in_title", "title", "id", "link", "block", "version", "code", "authors",
]  # fmt: skip
FACTS: tuple[Fact, ...] = get_args(Fact)
"""What can be stated. Of the papers that a question names: their days, place, category and so on; where it names none,
of the papers within its limits. With `count` and `papers` it names words that papers hold, `in_title`: there alone."""
OF_WORDS: frozenset[Fact] = frozenset({"count", "papers", "in_title"})
"""Those that, with targets, are of the papers that hold them as words."""
_OF_LISTS: frozenset[Fact] = frozenset({"count", "papers"})
HASHES = 8192
_JOINTS = frozenset({"and", "or", ",", "&"})
_VECTOR_WEIGHT = 8.0  # 4 finds .734 of the wishes out of fold, 8 .748, 16 .750
_MASK, _LIMIT, _TARGET = "<limit>", "that day", "X"
_FEW, _RARE = 3, 0.01  # papers, and the share of papers, that hold a word which is still rare
_SHARES = ((0.05, "some"), (0.2, "common"), (1.0, "everywhere"))
_CERTAIN = 1e3  # log odds
QUOTES = "\"'“”‘’«»`"
_PIECE = re.compile(rf"{TOKEN.pattern}|[^\w\s]")
_DIGIT = re.compile(r"\d")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PLACES = {word: place for place, word in enumerate(_ORDINALS, start=1)}
_NUMBERED = re.compile(r"[1-9]\d{0,2}(?:(?:st|nd|rd|th)|[-–][1-9]\d{0,2})?", re.IGNORECASE | re.ASCII)
_BEFORE_PLACES = frozenset({"no", "nr", "number", "numbers", "#", ".", "paper", "papers", "place", "position", "entry"})
_FEW_PIECES = 3  # a bare number in so short a question can be nothing else
_PLACES |= {"former": 1, "latter": -1, "last": -1, "final": -1}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be stated, the likeliest first: whatever is likelier than not, and the likeliest in any case.

    `targets` are the pieces of the question that name papers or the words looked for, as written; `is_any`: an “or”
    joins them. `places` are those of a list that are asked for, from 1; from its end they are negative.
    """

    facts: tuple[Fact, ...]
    targets: tuple[str, ...] = ()
    is_any: bool = False
    places: tuple[int, ...] = ()

    @property
    def is_of_list(self) -> bool:
        """Whether it is of many papers at once and names none: where papers were shown before, of these."""
        return not self.targets and _OF_LISTS.issuperset(self.facts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, id or sign of a question; `is_limit`: it belongs to the words that set a limit other than to papers."""

    text: str
    start: int
    end: int
    is_limit: bool
    is_quoted: bool
    is_id: bool

    @property
    def shape(self) -> str:
        """What stands for it in a feature: limits, ids and names are all alike, digits too."""
        if self.is_id:
            return "<id>"
        if self.is_limit:
            return _MASK
        if self.text[0].isdigit():
            return _DIGIT.sub("0", self.text.lower())
        return "<name>" if looks_like_name(self.text) else self.text.lower()


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in pieces, and which of them name papers or words."""

    question: str
    pieces: tuple[Piece, ...]
    marks: tuple[bool, ...]

    @property
    def masked(self) -> str:
        """The wording alone: a letter stands for each target, the same two words for each limit."""
        return masked_text(self.pieces, self.marks)

    @property
    def place_words(self) -> frozenset[str]:
        """The words that are nothing but places of a list."""
        return frozenset(word for piece in self.pieces if is_place(piece) for word in words_of(piece.text))


class WishReader:
    """The two models: one marks targets, `facts` [features, facts] and `bias` [facts] tell what is wished."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._tagger = Tagger(arrays["tags"], arrays["tag_bias"], arrays["steps"])
        self._facts, self._bias = arrays["facts"], arrays["bias"]

    @classmethod
    def load(cls) -> "WishReader":
        """The reader of the file that ships with Daybook, as it is now."""
        return cls(kept("wish.npz"))

    def wording(self, question: str, scope: Scope, table: LexicalTable) -> Wording:
        """How a question is worded; `scope` holds its limits."""
        pieces = pieces_of(question, scope)
        return Wording(question, tuple(pieces), tuple(self.marks(pieces, table)))

    def read(self, wording: Wording, vector: Vector) -> Wish:
        """Read a question from its wording; `vector` is of its masked text."""
        question, pieces, marks = wording.question, wording.pieces, list(wording.marks)
        facts = self.facts(pieces, marks, vector)
        marked = [piece for piece, mark in zip(pieces, marks, strict=True) if mark]
        if "place" in facts and all(is_place(piece) or piece.text.lower() in _JOINTS for piece in marked):
            marks = [False] * len(marks)  # "1st and 2nd paper"
        if not OF_WORDS.isdisjoint(facts):  # a title may have an "and", words that are looked for are apart by it
            marks = [
                mark and (piece.is_quoted or piece.text.lower() not in _JOINTS)
                for piece, mark in zip(pieces, marks, strict=True)
            ]
        spans = list(target_spans(pieces, marks))
        between = {piece.text.lower() for a, b in pairwise(spans) for piece in pieces[a[1] : b[0]]}
        targets = tuple(dict.fromkeys(targets_in(question, pieces, marks)))
        return Wish(facts, targets, "or" in between, places_in(pieces, marks))

    def facts(self, pieces: Sequence[Piece], marks: Sequence[bool], vector: Vector) -> tuple[Fact, ...]:
        """What is to be stated, the likeliest first; `vector` is of the masked text."""
        hashes, dense = wish_features(pieces, marks, vector)
        odds = log_odds(self._facts, self._bias, hashes, dense)
        order = [int(n) for n in np.argsort(-odds, kind="stable")]
        return tuple(FACTS[n] for n in order if odds[n] >= 0 or n == order[0])

    def marks(self, pieces: Sequence[Piece], table: LexicalTable) -> list[bool]:
        """Which pieces name papers or words."""
        return self.marked(pieces, tag_features(pieces, table))

    def marked(self, pieces: Sequence[Piece], features: Sequence[NDArray[np.int64]]) -> list[bool]:
        """The same from their features; ids name papers, and words that set limits do not."""
        sure = [_CERTAIN if piece.is_id else -_CERTAIN if piece.is_limit else 0.0 for piece in pieces]
        return [bool(number) for number in self._tagger.tagged(features, np.array([[0.0, one] for one in sure]))]


@lru_cache(maxsize=1)
def trained_wishes() -> WishReader:
    """The reader that ships with Daybook."""
    return WishReader.load()


def pieces_of(question: str, scope: Scope) -> list[Piece]:
    """The words, ids and signs of a question in order."""
    found, ids = _texts_of(question)
    left = [text.lower() for text, *_ in _texts_of(as_written(scope))[0]]
    matcher = SequenceMatcher(None, [text.lower() for text, *_ in found], left, autojunk=False)
    left_over = {block.a + n for block in matcher.get_matching_blocks() for n in range(block.size)}
    pieces, opened = [], ""
    for number, (text, start, end) in enumerate(found):
        is_sign, is_id = text in QUOTES, start in ids
        is_limit = number not in left_over and not is_sign and not is_id
        pieces.append(Piece(text, start, end, is_limit, bool(opened) and not is_sign, is_id))
        if is_sign:
            opened = "" if opened else text
    return pieces if not opened else [replace(piece, is_quoted=False) for piece in pieces]


def _texts_of(text: str) -> tuple[list[tuple[str, int, int]], frozenset[int]]:
    """The words, ids and signs of a text with where each begins and ends, and where ids begin."""
    ids = [(token.text, token.start, token.end) for token in arxiv_ids(text)]
    left = text
    for _, start, end in ids:
        left = covered(left, start, end)
    found = [(match.group(), match.start(), match.end()) for match in _PIECE.finditer(left) if match.group() != COVER]
    return sorted([*ids, *found], key=lambda one: one[1]), frozenset(start for _, start, _ in ids)


def target_spans(pieces: Sequence[Piece], marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The runs of marked pieces as (first, end), quotation marks around them left out."""
    for first, end in runs_of(marks):
        numbers = list(range(first, end))
        while numbers and pieces[numbers[0]].text in QUOTES:
            numbers.pop(0)
        while numbers and pieces[numbers[-1]].text in QUOTES:
            numbers.pop()
        if numbers:
            yield numbers[0], numbers[-1] + 1


def targets_in(question: str, pieces: Sequence[Piece], marks: Sequence[bool]) -> list[str]:
    """What a question names, as written."""
    return [question[pieces[a].start : pieces[b - 1].end] for a, b in target_spans(pieces, marks)]


def places_in(pieces: Sequence[Piece], marks: Sequence[bool]) -> tuple[int, ...]:
    """The places of a list that a question names outside of its limits and targets: "third", "no. 12", "1-5"."""
    found: list[int] = []
    is_expected = len(pieces) <= _FEW_PIECES  # "12?"
    for piece, is_marked in zip(pieces, marks, strict=True):
        if not is_marked and not piece.is_limit:
            found += _places_of(piece) if is_expected or not piece.text.isdecimal() else []
        if piece.text.lower() in _BEFORE_PLACES:
            is_expected = True
        elif not piece.text.isdecimal() and piece.text.lower() not in _JOINTS:
            is_expected = len(pieces) <= _FEW_PIECES
    return tuple(dict.fromkeys(found))


def is_place(piece: Piece) -> bool:
    """Whether a piece is nothing but a place of a list."""
    return bool(_places_of(piece))


def _places_of(piece: Piece) -> list[int]:
    """The places of "third", "3rd", "12" and "1-5"; a number may be something else, where nothing says so."""
    if _NUMBERED.fullmatch(piece.text) and not piece.is_id:
        return [int(number) for number in re.findall(r"\d+", piece.text)]
    return [_PLACES[piece.text.lower()]] if piece.text.lower() in _PLACES else []


# ---- features


def tag_features(pieces: Sequence[Piece], table: LexicalTable) -> list[NDArray[np.int64]]:
    """The places of the features of each piece: itself, its neighbours, how rare it is in the library."""
    shapes = ["^^", "^", *(piece.shape for piece in pieces), "$", "$$"]
    rarities = ["", "", *("limit" if piece.is_limit else _rarity(piece, table) for piece in pieces), "", ""]
    return [hashed(_tag_names(piece, shapes, rarities, n), HASHES) for n, piece in enumerate(pieces, start=2)]


def _tag_names(piece: Piece, shapes: Sequence[str], rarities: Sequence[str], n: int) -> Iterator[str]:
    for by in (-2, -1, 0, 1, 2):
        yield f"{by} {shapes[n + by]}"
        yield f"{by} rare {rarities[n + by]}"
    yield f"- {shapes[n - 1]} {shapes[n]}"
    yield f"+ {shapes[n]} {shapes[n + 1]}"
    yield f"- {shapes[n - 1]} rare {rarities[n]}"
    yield f"+ rare {rarities[n]} {shapes[n + 1]}"
    yield f"-- {shapes[n - 2]} {shapes[n - 1]}"
    yield f"++ {shapes[n + 1]} {shapes[n + 2]}"
    yield f"sort {piece.is_limit} {piece.is_quoted} {piece.text[0].isupper()} {piece.text.islower()}"
    yield f"quoted {piece.is_quoted}"


def _rarity(piece: Piece, table: LexicalTable) -> str:
    """How many of the papers hold the rarest word of a piece; few is few in a small library as well as in a large."""
    counts = [table.document_count(stem(word)) for word in words_of(piece.text)]
    if not counts or not min(counts):
        return "unheld" if counts else "sign"
    share = min(counts) / len(table)
    return "rare" if min(counts) <= _FEW or share < _RARE else next(name for most, name in _SHARES if share <= most)


def masked_text(pieces: Sequence[Piece], marks: Sequence[bool]) -> str:
    """A question with a letter for each target and the same two words for each limit: its wording alone.

    One without either is as it was, so that its vector is at hand.
    """
    plain = (_LIMIT if piece.shape == _MASK else piece.text for piece in pieces)
    words = [_TARGET if is_target else word for word, is_target in zip(plain, marks, strict=True)]
    gaps = [" " * (piece.start > former.end) for former, piece in pairwise(pieces)]
    told = [(word, gap) for word, gap, former in zip(words, ["", *gaps], ["", *words], strict=False) if word != former]
    return "".join(f"{gap}{word}" for word, gap in told)


def wish_features(
    pieces: Sequence[Piece], marks: Sequence[bool], vector: Vector
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of the words, pairs and triples of a question with limits and targets masked; its masked vector."""
    words = masked_words(pieces, marks)
    grams = grams_of(words)
    count = len(list(target_spans(pieces, marks)))
    signs = [f"targets {min(count, 2)}", f"places {bool(places_in(pieces, marks))}"]
    signs += [f"ids {any(piece.is_id for piece in pieces)}", f"limits {min(words.count(_MASK), 2)}"]
    grams += [f"limit {piece.text.lower()}" for piece in pieces if piece.is_limit]  # "oldest day" is one, and a wish
    pairs = [f"{word} & {sign}" for word in set(words) for sign in signs]
    return hashed([*grams, *signs, *pairs], HASHES), vector * np.float32(_VECTOR_WEIGHT)


def masked_words(pieces: Sequence[Piece], marks: Sequence[bool]) -> list[str]:
    """The shapes of the words of a question between its ends, limits and targets masked, each of a run once."""
    masked = ["<target>" if is_target else piece.shape for piece, is_target in zip(pieces, marks, strict=True)]
    return ["^", *(word for word, _ in groupby(masked) if word not in QUOTES), "$"]


def grams_of(words: Sequence[str]) -> list[str]:
    """The words, their pairs and triples."""
    return [" ".join(words[n : n + size]) for size in (1, 2, 3) for n in range(len(words) - size + 1)]
