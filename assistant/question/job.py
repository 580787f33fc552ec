"""Which job a question is for: one trained reading of its wording, its vector and the limits that it sets.

`daybook eval train-questions` makes `job.npz` anew from `eval/wordings/jobs.jsonl` and other labelled questions;
`job.json` says how well it does.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import hashed, kept, log_odds, shares
from assistant.question.question import JOBS, REFERENCES, Job, Reference
from assistant.question.scope import Scope
from ingest.embedding import Vector
from ingest.names import TOKEN, looks_like_name

CLASSES = (*JOBS, "language")
"""The classes of the model, in the order of its weights. Help is asked for, or needed by someone who writes in a
language that Daybook does not read."""
HASHES = 16384
_VECTOR_WEIGHT = 8.0  # a unit vector's 384 values are small beside the words' ones; 16 gives .85 for .87
_SIGN_WEIGHT = 2.0
_SHORT = 5  # words
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}")
_QUOTED = r"[\"“][^\"”]{6,}[\"”]|(?<!\w)['‘][^'’]{8,}['’](?!\w)"
_PIECE = re.compile(rf"{_QUOTED}|{_ARXIV_ID.pattern}|{TOKEN.pattern}|[?!&/+]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class JobRead:
    """How likely a question is for each job; the shares sum to 1. `is_foreign`: in no language that Daybook reads."""

    shares: Mapping[Job, float]
    is_foreign: bool

    @property
    def job(self) -> Job:
        """The likeliest."""
        return max(JOBS, key=lambda job: self.shares[job])


class JobReader:
    """A multinomial logistic regression: `weights` [features, classes] and `bias` [classes]."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._weights, self._bias = arrays["weights"], arrays["bias"]
        self._frame = frozenset(arrays["frame"].tolist())

    def read(self, question: str, scope: Scope, vector: Vector, reference: Reference = "none") -> JobRead:
        """Read a question; `scope` holds its limits and its text without them, `vector` is of its wording alone.

        `reference` is what it refers to in its conversation.
        """
        hashes, dense = job_features(question, scope, vector, reference)
        told = dict(zip(CLASSES, shares(log_odds(self._weights, self._bias, hashes, dense)), strict=True))
        is_foreign = told["language"] > told["help"]
        return JobRead({job: told[job] + (told["language"] if job == "help" else 0.0) for job in JOBS}, is_foreign)

    def subject(self, text: str) -> str:
        """The part of a wish for an overview that says on what: from the first to the last word that is no frame."""
        tokens = [match for match in TOKEN.finditer(text) if not match.group().isdigit()]
        own = [match for match in tokens if zlib.crc32(_word(match.group()).encode()) not in self._frame]
        return text[own[0].start() : own[-1].end()] if own else ""


def _word(token: str) -> str:
    """A token in lower case, without what an apostrophe adds: "what's"."""
    return token.lower().replace("’", "'").partition("'")[0]


@lru_cache(maxsize=1)
def trained_jobs() -> JobReader:
    """The reader that ships with Daybook."""
    return JobReader(kept("job.npz"))


def job_features(
    question: str, scope: Scope, vector: Vector, reference: Reference = "none"
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of the words and pairs of a question, and of the same without its limits; and the dense features."""
    whole, rest = _words(question), _words(scope.rest)
    grams = {*(f"q {gram}" for gram in _grams(whole)), *(f"r {gram}" for gram in _grams(rest))}
    if reference != "none":  # "code?" of papers that were shown is no topic
        grams |= {f"{reference} {gram}" for gram in _grams(whole)}
    signs = (
        bool(scope.periods) or scope.days is not None, scope.days is not None and len(scope.days) == 1,
        scope.block is not None, bool(scope.categories), scope.with_code is not None, bool(scope.arxiv_ids),
        len(scope.arxiv_ids or ()) > 1, len(rest) < _SHORT, np.log1p(len(rest)), question.isascii(),
        *(reference == one for one in REFERENCES[1:]),
    )  # fmt: skip
    dense = [vector * np.float32(_VECTOR_WEIGHT), np.array(signs, dtype=np.float32) * np.float32(_SIGN_WEIGHT)]
    return hashed(grams, HASHES), np.concatenate(dense)


def _words(text: str) -> list[str]:
    """The words of a text, names, numbers, ids and quoted titles all alike."""
    return ["^", *(_shape(match.group(), is_first=not match.start()) for match in _PIECE.finditer(text)), "$"]


def _shape(piece: str, *, is_first: bool) -> str:
    if piece[0] in '"“':
        return "<quoted>"
    if _ARXIV_ID.fullmatch(piece):
        return "<id>"
    if piece[0].isdigit():
        return _DIGIT.sub("0", piece.lower())
    return "<name>" if looks_like_name(piece) and not is_first else piece.lower()


def _grams(words: list[str]) -> Iterator[str]:
    """The words and their pairs."""
    for number, word in enumerate(words):
        yield word
        if number:
            yield f"{words[number - 1]} {word}"
