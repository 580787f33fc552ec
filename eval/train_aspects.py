"""Makes the heads of aspects anew: which sentences tell of what the user names, with a reader and without one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.comparing.aspects import MOST_READ, likeliest, read_features, read_pairs, word_features
from assistant.comparing.reading import ReadPaper
from assistant.learned.linear import Features
from eval.cells_data import GoldAspect
from eval.train_reading import Cases, Trained, train, with_cut
from ingest.cross_encoder import PairReader

_WORDS_C, _READ_C = 0.1, 0.002  # of .01, .1, and of .001, .002: .802, .813 of cells right
_CUTS = np.arange(-3.0, 1.5, 0.1)
_MOST_QUOTES = 1.0  # of a cell on average: more quotes hit more, and tell less

Odds = Mapping[str, Features]
"""The log odds of the columns by paper, out of fold where they were trained on it."""


@dataclass(frozen=True, slots=True)
class AspectsMade:
    """The heads by name, and the report by name of figure."""

    heads: Mapping[str, NDArray[np.float32]]
    report: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Case:
    asked: GoldAspect
    paper: ReadPaper
    words: Features

    @property
    def labels(self) -> NDArray[np.bool_]:
        return np.array([number in self.asked.gold for number in range(len(self.words))], dtype=bool)


def train_aspects(gold: Sequence[GoldAspect], odds: Odds, reader: PairReader) -> AspectsMade:
    """Both heads, on all aspects with gold of papers whose columns are known."""
    known = [one for one in gold if one.stored.paper.arxiv_id in odds]
    papers = [ReadPaper(one.stored, one.text, odds[one.stored.paper.arxiv_id]) for one in known]
    cases = [_Case(one, paper, word_features(one.aspect, paper)) for one, paper in zip(known, papers, strict=True)]
    by_words, told = _trained(cases, [one.words for one in cases], [one.labels for one in cases], _WORDS_C)
    kept = [likeliest(found, MOST_READ) for found in told]
    features = [
        read_features(one.words, found, places, read_pairs(one.asked.aspect, one.asked.text, places, reader))
        for one, found, places in zip(cases, told, kept, strict=True)
    ]
    labels = [one.labels[places] for one, places in zip(cases, kept, strict=True)]
    head, read = _trained(cases, features, labels, _READ_C)
    whole = [_spread(found, places, len(one.words)) for one, found, places in zip(cases, read, kept, strict=True)]
    cuts = {name: _best_cut(cases, found) for name, found in (("aspect by words", told), ("aspect", whole))}
    report: dict[str, float] = {}
    for name, found in (("aspect by words", told), ("aspect", whole)):
        report |= {f"{name}: {what}": share for what, share in _figures(cases, found, cuts[name])}
    heads = {"aspect by words": with_cut(by_words, cuts["aspect by words"]), "aspect": with_cut(head, cuts["aspect"])}
    return AspectsMade(heads, report)


def _trained(
    cases: Sequence[_Case], features: Sequence[Features], labels: Sequence[NDArray[np.bool_]], strength: float
) -> tuple[Trained, list[Features]]:
    """A head, and what it gives each case out of fold; the papers of a case stay together."""
    groups = [one.asked.case for one, some in zip(cases, features, strict=True) for _ in some]
    trained = train(Cases(np.concatenate(features).astype(np.float64), np.concatenate(labels), groups), strength)
    ends = np.cumsum([len(some) for some in features])[:-1]
    return trained, np.split(trained.out_of_fold.astype(np.float32), ends)


def _spread(found: Features, places: Sequence[int], count: int) -> Features:
    whole = np.full(count, -np.inf, dtype=np.float32)
    whole[list(places)] = found
    return whole


def _best_cut(cases: Sequence[_Case], odds: Sequence[Features]) -> float:
    """The cut with the most cells right, of those that give no more quotes than they may."""
    tried = [(cut, _right(cases, odds, cut)) for cut in _CUTS]
    return float(max((right, cut) for cut, (right, _, quotes) in tried if quotes <= _MOST_QUOTES)[1])


def _right(
    cases: Sequence[_Case], odds: Sequence[Features], cut: float, which: Callable[[GoldAspect], bool] = lambda _: True
) -> tuple[float, float, float]:
    """The share of cells with a right quote, that with right quotes only, and the quotes of a cell on average."""
    told = []
    for one, found in zip(cases, odds, strict=True):
        if which(one.asked):
            given = frozenset(int(n) for n in np.argsort(-found, kind="stable")[:2] if found[n] >= cut)
            gold = one.asked.gold
            is_only = given <= gold if given and gold else not given and not gold
            told.append((bool(given & gold) if gold else not given, is_only, len(given)))
    right, only, quotes = np.mean(told, axis=0)
    return float(right), float(only), float(quotes)


def _figures(cases: Sequence[_Case], odds: Sequence[Features], cut: float) -> Iterator[tuple[str, float]]:
    right, only, quotes = _right(cases, odds, cut)
    yield from (("a right quote", right), ("right quotes only", only), ("quotes of a cell", quotes))
    yield "stated, a right quote", _right(cases, odds, cut, lambda one: bool(one.gold))[0]
    yield "not stated, said so", _right(cases, odds, cut, lambda one: not one.gold)[0]
    for source in dict.fromkeys(one.asked.source for one in cases):
        of_source = [n for n, one in enumerate(cases) if one.asked.source == source]
        yield f"{source}, a right quote", _right([cases[n] for n in of_source], [odds[n] for n in of_source], cut)[0]
