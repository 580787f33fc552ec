"""Which papers a question compares: those that it names, and those that together hold what it says; if it does so.

No grammar: heads that were trained on comparing questions and on others decide; `sides.json` says how well, and
`daybook eval train-columns` makes `sides.npz` anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.comparing.candidates import (
    Candidates,
    frame_hashes,
    gate_features,
    more_features,
    pair_features,
    words_in,
)
from assistant.finding.names import is_known
from assistant.finding.papers import papers_named
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import STOP_WORDS, question_terms
from assistant.learned.heads import Heads
from assistant.learned.linear import Features, kept
from assistant.question.scope import Scope
from assistant.reading.columns import GramModel
from ingest.embedding import Vector
from ingest.library import Library
from ingest.names import TOKEN, key_of, looks_like_name
from ingest.paper import StoredPaper
from ingest.words import stem, words_of

CANDIDATES = 20
_MOST = 6
_SHORTEST_LOWER = 3  # letters of a name in lower case; shorter ones are words
_RARE = 2  # papers that hold a word that may be a name in lower case
_WEIGHTS = "sides.npz"
_KNOWN_CUT = -7.0  # of 140 requests whose job it is .97 lie above, and below what is on subjects that no paper is on
_FEW_WORDS = 6


@dataclass(frozen=True, slots=True)
class Sides:
    """The papers that a question compares, in the order in which it speaks of them.

    `log_odds` that it compares them, `is_sure` whether they alone say that it does; `told` has for each paper that is
    not named the words that point to it.
    """

    papers: tuple[StoredPaper, ...]
    log_odds: float
    told: tuple[tuple[str, StoredPaper], ...]
    is_sure: bool


class SideFinder:
    """Finds the sides of questions in a library."""

    def __init__(self, library: Library, retriever: HybridRetriever) -> None:
        self._library = library
        self._retriever = retriever

    def find(self, question: str, scope: Scope, *, is_comparison: bool = False) -> Sides | None:
        """The papers that a question compares; None where there are not two, or where it surely compares none.

        `is_comparison`: its job is known to be that, so less is needed, where the library holds all of its words.
        """
        found = self.candidates(question, scope)
        if len(found.papers) < 2:
            return None
        heads = trained_sides()
        pairs, features = pair_features(found)
        odds = heads["pair"].log_odds(features)
        best = int(np.argmax(odds))
        seen = gate_features(found, odds, features, best)
        log_odds = heads.gate(frame_hashes(found, pairs[best]), self._retriever.vector(scope.rest), seen)
        is_sure = log_odds >= heads["gate"].cut
        holds_all = bool((found.weights > 0).all())
        if not is_sure and not (is_comparison and holds_all and log_odds >= _KNOWN_CUT):
            return None
        chosen = with_more(found, list(pairs[best]), heads)
        own = {n: _own_words(found, n, chosen) for n in chosen}
        order = sorted(chosen, key=lambda n: float(np.mean(own[n])) if len(own[n]) else np.inf)
        told = tuple((_spoken(found, own[n]), found.papers[n]) for n in order if n >= found.named)
        return Sides(tuple(found.papers[n] for n in order), log_odds, told, is_sure)

    def candidates(self, question: str, scope: Scope) -> Candidates:
        """The papers that a question names, and those that search finds for all of it."""
        wide = replace(scope, arxiv_ids=None)
        terms = question_terms(scope.rest)
        ranked = self._retriever.rank(wide, terms, CANDIDATES)
        by_id = self._of_ids(question, scope)
        named = {stored.row: stored for stored in (*by_id, *self._of_names(scope))}
        papers = {**named, **{paper.stored.row: paper.stored for paper in ranked}}
        scores = {paper.stored.row: (paper.score, paper.cosine) for paper in ranked}
        lowest = np.min(list(scores.values()), axis=0) if scores else (0.0, 0.0)
        told = np.array([scores.get(row, lowest) for row in papers], dtype=np.float32).reshape(-1, 2)
        below = told - told.max(axis=0, initial=-np.inf) if len(told) else told
        words, stems, tokens = words_in(scope.rest, frozenset(terms.stems))
        table = self._library.lexical_table()
        places = np.minimum(np.searchsorted(table.rows, list(papers)), len(table) - 1)
        held = np.zeros((len(papers), len(stems)), dtype=np.float32)
        for number, one in enumerate(stems):
            held[:, number] = table.counts_of(one)[places] > 0
        tell = [table.inverse_document_frequency(one) if table.document_count(one) else 0.0 for one in stems]
        unknown = sum(not is_known(name, self._library) for name in terms.names)
        of_names = {word for name in terms.names for word in words_of(name.text)}
        unknown += sum(
            not table.document_count(stem(word)) and word not in of_names and not self._retriever.is_word(word)
            for word in terms.words  # "zebranet" is a name too
            if word
        )
        return Candidates(
            tuple(papers.values()), len(named), len(by_id), below[:, 0], below[:, 1], tuple(words),
            np.array(tell, dtype=np.float32), held, unknown, tuple(tokens),
        )  # fmt: skip

    def _of_ids(self, question: str, scope: Scope) -> list[StoredPaper]:
        ids = sorted(scope.arxiv_ids or (), key=question.find)
        found = self._library.database.papers_by_id(ids)
        return [found[arxiv_id] for arxiv_id in ids if arxiv_id in found]

    def _of_names(self, scope: Scope) -> Iterator[StoredPaper]:
        """The papers whose own name stands in a question."""
        tokens = TOKEN.findall(scope.rest)
        for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
            if self._may_be_name(token):
                texts = (token, f"{before} {token}".strip(), f"{token} {after}".strip())
                found = next(
                    (some for text in texts if len(some := papers_named(text, scope, self._library) or []) == 1), []
                )
                yield from found

    def _may_be_name(self, token: str) -> bool:
        table = self._library.lexical_table()
        if key_of(token) not in table.names or token.lower() in STOP_WORDS:
            return False
        is_rare = all(table.document_count(stem(word)) <= _RARE for word in words_of(token))
        return looks_like_name(token) or (is_rare and len(token) >= _SHORTEST_LOWER)


class SideHeads(Heads):
    """The heads of the sides, and the gate, which sees the wording of a question too."""

    def __init__(self, kept: dict[str, NDArray[Any]]) -> None:
        super().__init__(kept)
        self._grams = GramModel(kept["features"], kept["weights"], kept["bias"])

    def gate(self, hashes: NDArray[np.uint32], vector: Vector, features: Features) -> float:
        """The log odds that a question compares the best pair of papers; `hashes` are those of its frame."""
        worded = float(self._grams.log_odds([hashes])[0, 0])
        return worded + float(self["gate"].log_odds(np.concatenate([features, vector])))


@lru_cache(maxsize=1)
def trained_sides() -> SideHeads:
    """The heads that ship with Daybook."""
    return SideHeads(kept(_WEIGHTS))


def with_more(found: Candidates, pair: Sequence[int], heads: Heads) -> list[int]:
    """A pair and all that is named, and further candidates while a head takes them for sides too."""
    chosen = list(dict.fromkeys([*range(found.named), *pair]))[:_MOST]
    if found.ids > 1:  # whoever gives ids gives all
        return chosen
    head = heads["more"]
    while len(chosen) < min(_MOST, len(found.papers)):
        others = [n for n in range(len(found.papers)) if n not in chosen]
        odds = head.log_odds(more_features(found, chosen, others))
        if odds.max() < head.cut:
            break
        chosen.append(others[int(np.argmax(odds))])
    return chosen


def _own_words(found: Candidates, n: int, chosen: Sequence[int]) -> NDArray[np.int64]:
    """The places of the question's words that a chosen paper alone holds."""
    others = found.held[[one for one in chosen if one != n]].max(axis=0)
    return np.flatnonzero(found.held[n] * (1 - others))


def _spoken(found: Candidates, places: NDArray[np.int64]) -> str:
    return " ".join(dict.fromkeys(found.words[place] for place in places[:_FEW_WORDS]))
