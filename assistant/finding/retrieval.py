"""From a question to ranked papers: dense and lexical scores, fused."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from assistant.finding.spelling import read_spelling
from assistant.language.terms import QuestionTerms, question_terms
from assistant.question.scope import Scope, read_scope, rows_within
from ingest.embedding import Embedder, Vector
from ingest.lexical import LexicalTable
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.scores import NearestScores, PaperScores, Spread

Scores = NDArray[np.float32]
"""One number a paper, shape [papers]."""

_LEXICAL_WEIGHT = 0.2
_MEETING_WEIGHT = 7.5
_MEETING_WEIGHT_IN_SCOPE = 20.0  # few papers, and few words left to tell them apart
_NAME_WEIGHT = 0.5
_LEXICAL_BEST = 5
_WORDS_READ = 200  # papers whose words may lift them above those that are near, where not all are scored
_TRUSTED_AGREEMENT = 0.5
_AGREEMENT_WIDTH = 0.05
_RECENT_DAYS = 7  # whoever brings digests in at least once a week speaks of the calendar
_BLOCK = 256  # scores
_FEWER = 4
_VECTORS_KEPT = 16  # a question is embedded once, for search and for reading


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper and why it ranks: its fused score, and its cosine with the question."""

    stored: StoredPaper
    score: float
    cosine: float


class HybridRetriever:
    """Papers ranked by their vectors and by the words that they share with the question.

    A score is the mean of two standardised cosines, the plain once and the whitened twice; plus the standardised
    BM25 as far as the two agree, that is, as far as the papers best by words are near by meaning; plus the square of
    the share of the highest possible BM25; plus the share of the question's names. So words count where they meet,
    and a question in other words than the papers' is left to the vectors.
    """

    def __init__(self, library: Library, embedder: Embedder, today: Callable[[], date] = date.today) -> None:
        self._library = library
        self._embedder = embedder
        self.today = today
        self.vector: Callable[[str], Vector] = lru_cache(maxsize=_VECTORS_KEPT)(lambda text: _vector(text, embedder))

    def is_word(self, word: str) -> bool:
        """Whether a word is one of English, as far as the embedding model knows it whole."""
        return self._embedder.is_word(word)

    def understood(self, question: str) -> Scope:
        """The limits that a question sets, and the rest of it in the library's spelling."""
        holdings = self._library.holdings()
        scope = read_scope(question, holdings, _day_of_speech(self.today(), holdings.days))
        reading = read_spelling(scope.rest, self._library.lexical_table(), self._embedder.is_word)
        return replace(scope, rest=reading.text, respelt=reading.changes)

    def rank(self, scope: Scope, terms: QuestionTerms, limit: int, also: Sequence[str] = ()) -> list[RankedPaper]:
        """The best papers in scope, best first; an empty list where the scope holds none.

        Where `also` is searched for, a paper stands at its best place in any of the rankings; its scores stay those of
        the question, so that they mean the same however it was found.
        """
        best = self._rank_text(scope.rest, terms, self.rows_in(scope), limit, also)
        stored = self._library.database.papers_by_row([row for row, *_ in best])
        held = ((row, score, cosine) for row, score, cosine in best if row in stored)  # none that was just taken out
        return [RankedPaper(stored[row], score, cosine) for row, score, cosine in held]

    def _rank_text(
        self, text: str, terms: QuestionTerms, within: NDArray[np.int64] | None, limit: int, also: Sequence[str]
    ) -> list[tuple[int, float, float]]:
        """The row, fused score and cosine of each of the best papers, best first."""
        dense, fused = self._scored(text, terms, within)
        if not len(dense.rows):
            return []
        place_of = {int(dense.rows[i]): i for i in _best(fused, limit)}
        rankings = [list(place_of)]
        for other in also:
            found, scores = self._scored(other, question_terms(other), within)
            rankings.append([int(found.rows[i]) for i in _best(scores, limit)])
        ranked = _merged(rankings)[:limit]
        for row in ranked:
            if row not in place_of and len(place := np.flatnonzero(dense.rows == row)):
                place_of[row] = int(place[0])
        held = ((row, place_of[row]) for row in ranked if row in place_of)  # a huge library scores the nearest only
        return [(row, float(fused[i]), float(dense.scores[i])) for row, i in held]

    def _scored(self, text: str, terms: QuestionTerms, within: NDArray[np.int64] | None) -> tuple[PaperScores, Scores]:
        """The papers that may fit a text, and how well each does; minus infinity where it is out of scope."""
        words = self._library.lexical_table()
        worded = _Worded(words, words.bm25(terms.stems), terms)
        dense = self._library.dense_scores(self.vector(text), worded.best_rows, within)
        if not len(dense.rows):
            return dense, dense.scores
        spreads = (dense.spread, dense.whitened_spread) if isinstance(dense, NearestScores) else (None, None)
        plain, whitened = map(_standardised, (dense.scores, dense.whitened), spreads)
        near: Scores = (plain + 2 * whitened) / np.float32(3)
        meeting_weight = _MEETING_WEIGHT if within is None else _MEETING_WEIGHT_IN_SCOPE
        is_part = isinstance(dense, NearestScores)
        fused: Scores = near + worded.added(dense.rows, near, meeting_weight, is_part=is_part)
        if within is not None:
            fused = np.where(np.isin(dense.rows, within), fused, np.float32(-np.inf))
        return dense, fused

    def rows_in(self, scope: Scope) -> NDArray[np.int64] | None:
        """The rows of the papers that a scope lets answer; None where it sets no limit."""
        if scope.is_open:
            return None
        return rows_within(scope, self._library)


@dataclass(frozen=True, slots=True)
class _Worded:
    """What the papers have of a question's words: `bm25` [papers] is that of all that the index holds."""

    words: LexicalTable
    bm25: Scores
    terms: QuestionTerms

    def best_rows(self) -> NDArray[np.int64]:
        """The papers that may be best by the question's words though they are not near."""
        worded = [i for i in _best(self.bm25, _WORDS_READ) if self.bm25[i] > 0]
        best: NDArray[np.int64] = self.words.rows[worded + _best(self.bm25, _LEXICAL_BEST)]
        return np.unique(best)

    def added(self, rows: NDArray[np.int64], near: Scores, meeting_weight: float, *, is_part: bool) -> Scores:
        """What the words that a question shares with each of these papers add to their scores.

        Where they are a part of those that the library holds, chosen to have the best by words, these are of all.
        """
        words, terms, bm25 = self.words, self.terms, self.bm25
        if not bm25.any():
            return np.zeros(len(rows), dtype=np.float32)
        names = words.share(terms.name_stems)
        spread = _spread(bm25) if is_part else None
        best: Sequence[int] | NDArray[np.int64] = _best(bm25, _LEXICAL_BEST)
        if is_part:
            best = np.flatnonzero(np.isin(rows, words.rows[best]))
        if not np.array_equal(rows, words.rows):  # not all papers, or a commit came between
            places = np.minimum(np.searchsorted(words.rows, rows), len(words) - 1)
            bm25, names = (values[places] * (words.rows[places] == rows) for values in (bm25, names))
            best = best if is_part else _best(bm25, _LEXICAL_BEST)
        agreement = float(near[best].mean()) / max(float(near.max()), 1e-6)
        trust = 1 / (1 + math.exp((_TRUSTED_AGREEMENT - agreement) / _AGREEMENT_WIDTH))
        meeting = (bm25 / words.highest_bm25(terms.stems)) ** 2
        added: Scores = (
            _LEXICAL_WEIGHT * trust * _standardised(bm25, spread) + meeting_weight * meeting + _NAME_WEIGHT * names
        )
        return added


def _day_of_speech(today: date, held: Sequence[date]) -> date:
    """The day from which "today" and "last week" are read: of a library that ends long before, its newest."""
    return today if not held or (today - held[-1]).days <= _RECENT_DAYS else held[-1]


_ASKS = re.compile(
    r"\?\s*$|^\s*(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|has|have|had|any"
    r"|find|list|show|give|tell|name|explain|describe|compare|summari[sz]e)\b",
    re.IGNORECASE,
)


def _vector(question: str, embedder: Embedder) -> Vector:
    """The vector of a question; of a statement, that of a text: it is near to what says the same."""
    return embedder.question_vector(question) if _ASKS.search(question) else embedder.text_vector(question)


def _merged(rankings: Sequence[Sequence[int]]) -> list[int]:
    """All that some rankings hold, by the best place in any of them; of one place, that of the first ranking first."""
    by_place = (row for rows in zip_longest(*rankings) for row in rows if row is not None)
    return list(dict.fromkeys(by_place))


def _standardised(scores: Scores, spread: Spread | None = None) -> Scores:
    """Scores as deviations from their mean; from that of `spread`, where they are a part of those that it is of."""
    mean, deviation = astuple(spread or _spread(scores))
    return (scores - np.float32(mean)) / np.float32(deviation) if deviation > 0 else np.zeros_like(scores)


def _spread(scores: Scores) -> Spread:
    return Spread(float(scores.mean()), float(scores.std()))


def _best(scores: Scores, limit: int) -> list[int]:
    """The places of the highest finite scores, highest first."""
    near = _where_the_best_are(scores, limit)
    if near is not None:
        return [int(near[i]) for i in _best(scores[near], limit)]
    count = min(limit, int(np.isfinite(scores).sum()))
    if count == 0:
        return []
    some = np.argpartition(-scores, count - 1)[:count]
    return [int(i) for i in some[np.argsort(-scores[some], kind="stable")]]


def _where_the_best_are(scores: Scores, limit: int) -> NDArray[np.int64] | None:
    """Far fewer places that hold the highest scores: as many blocks as are wanted; None where they were not far fewer.

    The blocks are those with the highest scores; the places ascend.
    """
    blocks = len(scores) // _BLOCK
    if blocks < _FEWER * limit:
        return None
    highest = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    best = np.sort(np.argpartition(-highest, limit - 1)[:limit])
    inside = (best[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
    return np.concatenate([inside, np.arange(blocks * _BLOCK, len(scores))])
