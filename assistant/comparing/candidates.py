"""The papers that a question may compare, and what tells which of them it does: features, no decisions."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from assistant.learned.linear import Features
from ingest.names import TOKEN
from ingest.paper import StoredPaper
from ingest.roles import features_of
from ingest.words import stem, words_of

_TOKEN = re.compile(rf"{TOKEN.pattern}|[,;:/+?&]")
_BETWEEN = frozenset(",;/+&")
_LONGEST_GRAM = 4
_HOLDERS = frozenset({"<a>", "<b>"})
_SWAPPED = {"<a>": "<b>", "<b>": "<a>"}
PAIR_FEATURES = (
    "fall of both", "fall of the lower", "difference", "cosines below the best", "lower cosine below the best",
    "log places", "log lower place", "held by either", "gain of the second", "held one after the other",
    "held by both", "named",
)  # fmt: skip
MORE_FEATURES = (
    "fall",
    "log place",
    "gain",
    "held",
    "held by those before",
    "named",
    "log words",
    "commas",
    "gain in a row",
)
GATE_FEATURES = (
    "none named", "one named", "two named", "more named", "two ids", "unknown names", "log words",
    "log odds of the pair", *PAIR_FEATURES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidates:
    """The papers that a question may compare, named ones first, and what is known of each.

    `falls` [papers] are their scores below the best, `cosines` [papers] likewise; `held` [papers, words] tells which of
    the question's words a paper holds, `weights` [words] how much a word tells. The first `named` are named, the first
    `ids` of them by their ids; `unknown` names are in no paper. `tokens` are the question's, each with the places of
    those of its words that tell something.
    """

    papers: tuple[StoredPaper, ...]
    named: int
    ids: int
    falls: Features
    cosines: Features
    words: tuple[str, ...]
    weights: Features
    held: Features
    unknown: int
    tokens: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def commas(self) -> int:
        """The signs in the question that may stand between sides."""
        return sum(token in _BETWEEN for token, _ in self.tokens)


def words_in(text: str, carrying: frozenset[str]) -> tuple[list[str], list[str], list[tuple[str, tuple[int, ...]]]]:
    """The words of a text that tell something, in order, their stems, and its tokens with the places of these words."""
    words: list[str] = []
    stems: list[str] = []
    tokens = []
    for token in _TOKEN.findall(text):
        kept = [stemmed for word in words_of(token) if (stemmed := stem(word)) in carrying]
        tokens.append((token.lower(), tuple(range(len(stems), len(stems) + len(kept)))))
        words += [token] * len(kept)
        stems += kept
    return words, stems, tokens


def frame_hashes(found: Candidates, pair: tuple[int, int]) -> NDArray[np.uint32]:
    """The n-grams of a question as it is worded, and of its frame.

    There a stretch of words that a paper of the pair holds is one token: "KiteNet vs following gulls?" is "a vs b ?".
    """
    frame = ["^"]
    for token, places in found.tokens:
        shown = _shown(found, pair, places) or token
        if shown != frame[-1]:
            frame.append(shown)
    first = next((token for token in frame if token in _HOLDERS), "")
    named = [_SWAPPED.get(token, token) if first == "<b>" else token for token in frame]
    grams = {
        " ".join(named[n : n + size]) for size in range(1, _LONGEST_GRAM + 1) for n in range(len(named) - size + 1)
    }
    framed = np.array([zlib.crc32(gram.encode()) for gram in grams], dtype=np.uint32)
    worded = next(features_of([" ".join(token for token, _ in found.tokens)]))
    return np.unique(np.concatenate([framed, worded]))


def _shown(found: Candidates, pair: tuple[int, int], places: Sequence[int]) -> str:
    """Which paper of a pair holds a word of a token: "<a>", "<b>", "<both>", or "" for neither."""
    one, other = (bool(found.held[n, list(places)].any()) for n in pair)
    return "<both>" if one and other else "<a>" if one else "<b>" if other else ""


def pair_features(found: Candidates) -> tuple[list[tuple[int, int]], Features]:
    """The pairs of candidates that hold all named ones, or two of these, and [pairs, PAIR_FEATURES]."""
    count, named = len(found.papers), min(found.named, 2)
    pairs = [(a, b) for a, b in combinations(range(count), 2) if (a < found.named) + (b < found.named) >= named]
    return pairs, np.array([_pair(found, a, b) for a, b in pairs], dtype=np.float32)


def _pair(found: Candidates, a: int, b: int) -> tuple[float, ...]:
    weights, one, other = found.weights, found.held[a], found.held[b]
    total = max(float(weights.sum()), 1e-6)
    either, both = float(weights @ np.maximum(one, other)) / total, float(weights @ (one * other)) / total
    of_one, of_other = float(weights @ one) / total, float(weights @ other) / total
    falls, cosines = found.falls[[a, b]], found.cosines[[a, b]]
    return (
        falls.sum(), falls.min(), abs(falls[0] - falls[1]), cosines.sum(), cosines.min(),
        np.log1p(a) + np.log1p(b), np.log1p(b), either, either - max(of_one, of_other), _in_row(found, (a, b)) / total,
        both, float((a < found.named) + (b < found.named)),
    )  # fmt: skip


def _in_row(found: Candidates, papers: Sequence[int]) -> float:
    """How much the words tell where each paper takes a stretch of the question, in the best order: those it holds."""
    sums = [np.concatenate([[0.0], np.cumsum(found.weights * found.held[n])]) for n in papers]
    best = {frozenset[int](): np.zeros(len(found.words) + 1)}  # by the papers that are through, up to each word
    for taken in chain.from_iterable(combinations(range(len(papers)), count + 1) for count in range(len(papers))):
        ways = [np.maximum.accumulate(best[frozenset(taken) - {n}] - sums[n]) + sums[n] for n in taken]
        best[frozenset(taken)] = np.max(ways, axis=0)
    return float(best[frozenset(range(len(papers)))][-1])


def gate_features(found: Candidates, odds: Features, pairs: Features, best: int) -> Features:
    """What is known of a question beside its wording, [GATE_FEATURES]; `odds` and `pairs` are those of the pairs."""
    named = [float(found.named == n) for n in range(3)] + [float(found.named > 2)]
    values = [*named, float(found.ids > 1), float(found.unknown), np.log1p(len(found.words)), odds[best], *pairs[best]]
    return np.array(values, dtype=np.float32)


def more_features(found: Candidates, chosen: Sequence[int], others: Sequence[int]) -> Features:
    """What is known of further candidates beside those chosen, [others, MORE_FEATURES]."""
    weights, total = found.weights, max(float(found.weights.sum()), 1e-6)
    held, before = found.held[list(chosen)].max(axis=0), _in_row(found, chosen) / total
    rows = [
        (
            found.falls[n], np.log1p(n), float(weights @ (found.held[n] * (1 - held))) / total,
            float(weights @ found.held[n]) / total, float(weights @ held) / total, float(n < found.named),
            np.log1p(len(found.words)), np.log1p(found.commas), _in_row(found, [*chosen, n]) / total - before,
        )
        for n in others
    ]  # fmt: skip
    return np.array(rows, dtype=np.float32)
