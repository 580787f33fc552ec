"""Which questions compare papers, and by what: "how do X and Y differ", "compare the defences of that day".

Only what surely compares papers that the library holds is taken; everything else is a question for retrieval.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer
from assistant.comparing.aspects import column_of
from assistant.comparing.build import Comparer, Comparison, as_answer
from assistant.comparing.choosing import Chooser, read_as
from assistant.comparing.formats import Selection, as_text
from assistant.comparing.measured import metric_in, metric_named
from assistant.comparing.sides import SideFinder
from assistant.conversation import Reading
from assistant.retrieval import HybridRetriever
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import words_of
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
_BY_ONLY = re.compile(r"\s+by\s+(?P<aspect>[^?.;:]{3,60}?)\s*[?.!]*$", re.IGNORECASE)
_BY = re.compile(
    r"(?:\b(?:in\s+terms\s+of|with\s+(?:respect|regard)\s+to|regarding|concerning|as\s+(?:to|regards)|above\s+all\s+in)"
    r"|\b(?:differ|different|differently|compare|compared|differences?)\s+(?:in|on|by))"
    r"\s+(?P<aspect>[^?.;:]{3,80}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_ASPECT_OPENING = re.compile(
    r"^(?:(?:what|how|which)\s+(?:kinds?\s+of\s+|sorts?\s+of\s+)?|(?:they|it|each|the|their|its|both|is|are|do|does)\s+)+",
    re.IGNORECASE,
)
_TOPIC = re.compile(  # "compare the defences", "how do the papers on pruning differ?"
    r"^\W*(?:(?:please|now|and|so|can\s+you|could\s+you)[\s,]+)*"
    r"(?:(?:compare|contrast|put\s+side\s+by\s+side|line\s+up|tabulate)\s+|(?:how|in\s+what)\s+(?:do|did)\s+)"
    r"(?:(?:all|the|these|those|some|both|of)\s+)*(?P<topic>[^?:;]{3,120}?)"
    r"(?:\s+(?:differ|compare|side\s+by\s+side|(?:with|to|from)\s+(?:each\s+other|one\s+another)))*\s*[?.!]*$",
    re.IGNORECASE,
)


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

        `is_compared`: the papers shown before that it is about are to be compared.
        """
        asked = _Asked(question, reading, self._comparer.library, self._retriever, is_compared=is_compared)
        wish = asked.pointed_at() or asked.by_sides() or asked.on_topic()
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
        self._text, by = _without_aspect(reading.scope.rest)
        self._aspects = tuple(dict.fromkeys(filter(None, (by, _ranked_by(question)))))

    def pointed_at(self) -> _Wish | None:
        """Papers that were shown before."""
        if not self._is_compared:
            return None
        ids = self._reading.papers if len(self._reading.papers) > 1 else (*self._reading.beside, *self._reading.papers)
        held = self._library.database.papers_by_id(ids)
        papers = tuple(held[arxiv_id] for arxiv_id in ids[:_MOST_SHOWN] if arxiv_id in held)
        return _Wish(papers, (), self._with_last_aspect(self._text)) if len(papers) > 1 else None

    def by_sides(self) -> _Wish | None:
        """Papers that the question itself names or tells of."""
        if self._reading.is_follow_up:
            return None
        sides = SideFinder(self._library, self._retriever).find(self._question, self._reading.scope)
        if sides is None:
            return None
        said = tuple(read_as(words, stored) for words, stored in sides.told if words)
        return _Wish(sides.papers, said, self._with_last_aspect(self._text))

    def on_topic(self) -> _Wish | None:
        """The papers of a topic."""
        if self._reading.is_follow_up:
            return None
        scope = replace(self._reading.scope, rest=self._text)
        by = _BY_ONLY.search(scope.rest)
        match = _TOPIC.match(scope.rest[: by.start()] if by else scope.rest)
        if match is None or not _is_plural(match["topic"]):
            return None
        try:
            papers, said = Chooser(self._library, self._retriever).on_topic(replace(scope, rest=match["topic"]), _LIMIT)
        except InputError:
            return None
        return _Wish(tuple(papers), said, self._with_last_aspect(scope.rest))

    def _with_last_aspect(self, text: str) -> tuple[str, ...]:
        """The aspects of the question, and what it ends in: "… by speed"."""
        by = _BY_ONLY.search(text)
        last = _ASPECT_OPENING.sub("", by["aspect"]).strip() if by else ""
        return tuple(dict.fromkeys(filter(None, (*self._aspects, last))))


def _ranked_by(question: str) -> str:
    """The aspect of "is faster", "reports the better PSNR": the metric that is named, or what a comparative is of."""
    words = words_of(question)
    if _RANKS.isdisjoint(words):
        return ""
    return metric_in(question) or next((_ASPECT_OF[word] for word in reversed(words) if word in _ASPECT_OF), "")


def _without_aspect(text: str) -> tuple[str, str]:
    """A question without the aspect that it ends in, and that aspect: "differ in what they transfer"."""
    match = _BY.search(text)
    aspect = _ASPECT_OPENING.sub("", match["aspect"]).strip() if match else ""
    if match is None or not aspect:
        return text, ""
    return text[: match.start("aspect")], aspect


def _is_plural(topic: str) -> bool:
    last = topic.rsplit(maxsplit=1)[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
