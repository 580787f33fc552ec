"""Which questions compare papers, and by what: "how do X and Y differ", "compare the defences of that day".

Only what surely compares papers that the library holds is taken; everything else is a question for retrieval.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer import Answer
from assistant.comparing.aspects import column_of
from assistant.comparing.build import Comparer, Comparison, as_answer
from assistant.comparing.choosing import Chooser, read_as
from assistant.comparing.formats import Selection, as_text
from assistant.comparing.measured import metric_in, metric_named
from assistant.comparing.reading import name_of
from assistant.comparing.sides import SideFinder, Sides
from assistant.conversation.referring import Reading
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import STOP_WORDS, question_terms
from assistant.question.aspects import trained_aspect_finder
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import stems_of, words_of
from prompts import fill

_LIMIT = 6
_MOST_SHOWN = 8  # of papers that were shown before
_WORDS_OF_ASPECT = {
    "speed": "faster fastest slower",
    "size": "lighter lightest smaller bigger smallest larger heavier",
    "accuracy": "accurate precise",
    "robustness": "robust",
    "computation cost": "efficient cheaper",
    "results": "better best",
}
_ASPECT_OF = {word: aspect for aspect, words in _WORDS_OF_ASPECT.items() for word in words.split()}
_RANKS = frozenset(_ASPECT_OF) | frozenset("more most less least higher highest lower lowest worse fewer".split())  # noqa: SIM905
_METRICS_OF = {"speed": {"frames per second"}, "size": {"parameters", "FLOPs"}, "computation cost": {"FLOPs"}}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be compared, how that was read, and by what."""

    papers: tuple[StoredPaper, ...]
    said: tuple[str, ...]
    aspects: tuple[str, ...]


class ComparingAnswers:
    """Answers questions that compare papers."""

    def __init__(self, comparer: Comparer, retriever: HybridRetriever) -> None:
        self._comparer = comparer
        self._retriever = retriever

    def answer(self, question: str, reading: Reading, *, is_compared: bool) -> Answer | None:
        """The papers side by side; None where a question does not surely compare papers that are held.

        `is_compared`: that is its job, be it of papers that were shown before or of a topic.
        """
        asked = _Asked(question, reading, self._comparer.library, self._retriever, is_compared=is_compared)
        wish = asked.pointed_at() or asked.by_sides() or asked.on_topic() or asked.by_sides(is_sure=False)
        if wish is None:
            return None
        is_ranked = bool(wish.aspects) and not _RANKS.isdisjoint(words_of(question))
        metrics = _metrics_of(wish.aspects) if is_ranked else None
        try:
            comparison = self._comparer.compare(wish.papers, wish.aspects, wish.said, metrics=metrics)
        except InputError:  # one of them has no abstract: what the others say is for retrieval
            return None
        first = tuple(dict.fromkeys(column_of(aspect) or aspect for aspect in wish.aspects))
        if not is_ranked:
            return as_answer(comparison, question, as_text(comparison, Selection(first)))
        verdict = _verdict(comparison, wish.aspects, metrics)
        notes = (verdict,) if verdict else ()
        comparison = replace(comparison, table=replace(comparison.table, notes=notes))
        return as_answer(comparison, question, as_text(comparison, Selection(first, (*first, "results"), notes)))


def _metrics_of(aspects: Sequence[str]) -> frozenset[str] | None:
    """The metrics by which aspects are ranked; None for any."""
    if "results" in aspects:
        return None
    return frozenset(metric for aspect in aspects for metric in _METRICS_OF.get(aspect, {metric_named(aspect)}))


def _verdict(comparison: Comparison, aspects: Sequence[str], metrics: Container[str] | None) -> str:
    """That none is called better, where none is; a better number is said among the comparison's own sentences."""
    if any(line.better for line in comparison.table.numbers if metrics is None or line.metric in metrics):
        return ""
    return fill("compare_no_winner", aspect=" and ".join(aspects))


class _Asked:
    """One question; the first reading that applies decides."""

    def __init__(
        self, question: str, reading: Reading, library: Library, retriever: HybridRetriever, *, is_compared: bool
    ) -> None:
        self._question = question
        self._reading = reading
        self._is_compared = is_compared
        self._library = library
        self._retriever = retriever
        named, self._text = trained_aspect_finder().found(reading.scope.rest)
        self._aspects = tuple(dict.fromkeys(filter(None, map(_meant, named or (_ranking(question),)))))

    def pointed_at(self) -> _Wish | None:
        """Papers that were shown before."""
        if not self._is_compared:
            return None
        ids = self._reading.papers if len(self._reading.papers) > 1 else (*self._reading.beside, *self._reading.papers)
        held = self._library.database.papers_by_id(ids)
        papers = tuple(held[arxiv_id] for arxiv_id in ids[:_MOST_SHOWN] if arxiv_id in held)
        return _Wish(papers, (), self._aspects) if len(papers) > 1 else None

    @cached_property
    def _sides(self) -> Sides | None:
        finder = SideFinder(self._library, self._retriever)
        return finder.find(self._question, self._reading.scope, is_comparison=self._is_compared)

    def by_sides(self, *, is_sure: bool = True) -> _Wish | None:
        """Papers that the question itself names or tells of; `is_sure`: only where they alone say that it compares."""
        if self._reading.is_follow_up:
            return None
        sides = self._sides
        if sides is None or (is_sure and not sides.is_sure):
            return None
        said = tuple(read_as(words, stored) for words, stored in sides.told if words)
        told = [*(words for words, _ in sides.told), *map(name_of, sides.papers)]
        stems = {stem for text in told for stem in stems_of(text)}
        aspects = tuple(one for one in self._aspects if not _is_told(one, stems))
        return _Wish(sides.papers, said, aspects)

    def on_topic(self) -> _Wish | None:
        """The papers of a topic."""
        scope = replace(self._reading.scope, rest=self._text)
        if self._reading.is_follow_up or not self._is_compared or question_terms(scope.rest).names:
            return None
        try:
            papers, said = Chooser(self._library, self._retriever).on_topic(scope, _LIMIT)
        except InputError:
            return None
        return _Wish(tuple(papers), said, self._aspects)


def _is_told(aspect: str, told: Container[str]) -> bool:
    """Whether an aspect is mostly words by which a paper is told from the others."""
    stems = stems_of(aspect)
    return 2 * sum(stem in told for stem in stems) >= max(len(stems), 1)


def _ranking(question: str) -> str:
    """The words by which a question ranks where it marks no aspect: "reports the higher PSNR", "is faster"."""
    words = words_of(question)
    return "" if _RANKS.isdisjoint(words) else metric_in(question) or next(filter(_ASPECT_OF.get, words), "")


def _meant(aspect: str) -> str:
    """What "faster" and "the better PSNR" are aspects of; any other as it is."""
    words = words_of(aspect)
    while words and words[0] in STOP_WORDS:
        words.pop(0)
        aspect = aspect.split(maxsplit=1)[-1]
    if _RANKS.isdisjoint(words):
        return aspect
    return metric_in(aspect) or next((_ASPECT_OF[word] for word in reversed(words) if word in _ASPECT_OF), aspect)
