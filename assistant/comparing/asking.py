"""Which questions compare papers, and by what: "how do X and Y differ", "compare the defences of that day".

Only what surely compares papers that the library holds is taken; everything else is a question for retrieval.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer
from assistant.comparing.aspects import column_of, is_known_aspect
from assistant.comparing.build import Comparison, as_answer, compare_papers
from assistant.comparing.choosing import Chooser, Found, with_context
from assistant.comparing.formats import Selection, as_text
from assistant.comparing.measured import metric_in, metric_named
from assistant.conversation import Reading
from assistant.days import spoken_day
from assistant.parts import sides_of
from assistant.retrieval import HybridRetriever
from assistant.scope import Scope
from assistant.shown import Shown
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from prompts import fill

_LIMIT = 6
_COMPARES = re.compile(
    r"\bcompar(?:e|es|ed|ison|ing)\b|\bdiffer(?:s|ed|ent|ently|ence|ences)?\b|\bversus\b|\bvs\b|\bin\s+common\b|\bcontrast\b|\bshare\b"
    r"|\bside\s+by\s+side\b|\bapart\b|\bdistinguish(?:es)?\b|\bset\b.+\bagainst\b",
    re.IGNORECASE,
)
_MORE = (
    r"(?:more|less|fewer|better|worse|higher|lower|best|highest|lowest|greater|larger|smaller|faster|slower|fastest|lighter|lightest"
    r"|bigger|smallest|heavier|cheaper|most|least)"
)
_EITHER = (  # "which reports the better PSNR, A or B?", "A or B: which is faster?"
    re.compile(
        rf"^\W*(?:and\s+|so\s+)?which\s+(?P<asked>(?:(?![,:]\s)[^?])*?\b{_MORE}\b(?:(?![,:]\s)[^?])*?)[,:]\s+"
        r"(?P<one>[^?]+?),?\s+or\s+(?P<other>[^?]+?)\s*[?.!]*$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^\W*(?P<one>[^?,:]+?)\s+or\s+(?P<other>[^?,:]+?)\s*[,:–-]\s*which\s+(?P<asked>[^?]*?\b{_MORE}\b[^?]*?)\s*[?.!]*$",
        re.IGNORECASE,
    ),
)
_WHICH = re.compile(rf"\bwhich\b(?P<asked>[^?]*?\b{_MORE}\b[^?]*)", re.IGNORECASE)  # "which of the two is faster?"
_WORDS_OF_ASPECT = {
    "speed": "faster fastest slower",
    "size": "lighter lightest smaller bigger smallest larger heavier",
    "accuracy": "accurate precise",
    "robustness": "robust",
    "computation cost": "efficient cheaper",
    "results": "better best",
}
_ASPECT_OF = {word: aspect for aspect, words in _WORDS_OF_ASPECT.items() for word in words.split()}
_METRICS_OF = {"speed": {"frames per second"}, "size": {"parameters", "FLOPs"}, "computation cost": {"FLOPs"}}
_BY_ONLY = re.compile(r"\s+by\s+(?P<aspect>[^?.;:]{3,60}?)\s*[?.!]*$", re.IGNORECASE)
_BY = re.compile(
    r"(?:,?\s+(?:in\s+terms\s+of|with\s+(?:respect|regard)\s+to|regarding|concerning|as\s+to|with\s+a\s+view\s+to)"
    r"|\b(?:differ|different|differently|compare|compared|differences?)\s+(?:in|on|by|as\s+to|with\s+respect\s+to))"
    r"\s+(?P<aspect>[^?.;:]{3,80}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_ASPECT_OPENING = re.compile(
    r"^(?:(?:what|how|which)\s+(?:kinds?\s+of\s+|sorts?\s+of\s+)?|(?:they|it|each|the|their|its|both|is|are|do|does)\s+)+",
    re.IGNORECASE,
)
_EACH_OTHER = r"(?:\s+(?:side\s+by\s+side|(?:with|to|from)\s+(?:each\s+other|one\s+another)))?\s*[?.!]*$"
_ASKS_POLITELY = r"^(?:(?:please|now|and|so|can\s+you|could\s+you|ok(?:ay)?)[\s,]+)*"
_TOPIC = re.compile(  # "compare the defences", "how do the papers on pruning differ?"
    rf"{_ASKS_POLITELY}(?:(?:compare|contrast|put\s+side\s+by\s+side|line\s+up|tabulate)\s+"
    rf"(?:(?:all|the|these|those|some|both|of)\s+)*(?P<topic>[^?:;]{{3,120}}?){_EACH_OTHER}"
    rf"|(?:how|in\s+what)\s+(?:do|did)\s+(?:(?:all|the|these|those|both|of)\s+)*(?P<differing>[^?:;]{{3,120}}?)\s+(?:differ|compare)"
    rf"{_EACH_OTHER})",
    re.IGNORECASE,
)
_SIDED = re.compile(r"\s(?:with|to|against|versus|vs\.?)\s", re.IGNORECASE)
_THAT_DAY = re.compile(
    r"\s*\b(?:of|on|from|in)\s+(?:that|this|the\s+same)\s+(?:very\s+)?(?:day|digest)\b", re.IGNORECASE
)
_ON = re.compile(r"\s+(?:on|for|in|by)\s+(?:the\s+)?(?P<what>[^?,;]+)$", re.IGNORECASE)
_GENERIC_SIDE = re.compile(
    r"\b(?:state[\s-]of[\s-]the[\s-]arts?|previous|existing|prior|others?|baselines?|conventional|traditional|standard|humans?|experts?|radiologists?"
    r"|earlier|competing|competitors?|rivals?|recent|usual|ordinary|normal|plain|vanilla|alternatives?|everything|everyone|results?)\b",
    re.IGNORECASE,
)
_OF_NO_PAPERS = re.compile(
    r"^\W*why\b|\b(?:compar\w+|differ\w*|versus|vs\.?)\s+(?:\w+\s+){0,2}?(?:state[\s-]of[\s-]the[\s-]art|previous|existing|prior|conventional"
    r"|traditional|standard|baselines?|other|humans?|experts?|radiologists?|pathologists?|plain|ordinary|usual)\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_COMPARE_MANY = re.compile(
    r"\b(?:compare|contrast|between)\s+(?P<all>[^?:;]+?,[^?:;]+?\s*,?\s+and\s+[^?:;]+?)\s*[?.!]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be compared, and by what.

    `is_ranked`: the question asks which is better; `is_guessed`: a paper was found by a description, not by name.
    """

    papers: tuple[StoredPaper, ...]
    said: tuple[str, ...]
    aspects: tuple[str, ...]
    is_ranked: bool = False
    is_guessed: bool = False


def answer_comparing(
    question: str, reading: Reading, history: Sequence[Answer], library: Library, retriever: HybridRetriever
) -> Answer | None:
    """The answer that puts papers side by side; None where a question does not surely compare papers that are held."""
    if _OF_NO_PAPERS.search(question) or not any(cue.search(question) for cue in (_COMPARES, _WHICH, _TOPIC)):
        return None
    wish = _Asked(question, reading, history, library, Chooser(library, retriever)).wish()
    if wish is None:
        return None
    metrics = _metrics_of(wish.aspects) if wish.is_ranked else None
    try:
        comparison = compare_papers(wish.papers, wish.aspects, library, wish.said, metrics=metrics)
    except InputError:  # one of them has no abstract: what the others say is for retrieval
        return None
    own = tuple(aspect for aspect in wish.aspects if column_of(aspect) is None)
    first = tuple(dict.fromkeys(column_of(aspect) or aspect for aspect in wish.aspects))
    if wish.is_guessed and own and not _is_stated(comparison, own):
        return None
    told = tuple(filter(None, (reading.about, *comparison.understood)))
    comparison = replace(comparison, understood=told)
    if not wish.is_ranked:
        return as_answer(comparison, question, as_text(comparison, Selection(first)))
    verdict = _verdict(comparison, wish.aspects, metrics)
    notes = (verdict,) if verdict else ()
    comparison = replace(comparison, table=replace(comparison.table, notes=notes))
    return as_answer(comparison, question, as_text(comparison, Selection(first, (*first, "results"), notes)))


def _is_stated(comparison: Comparison, columns: Sequence[str]) -> bool:
    ids = [row.paper.arxiv_id for row in comparison.table.rows]
    return any(comparison.table.cell(arxiv_id, column).is_stated for column in columns for arxiv_id in ids)


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
    """One question that speaks of comparing; the first reading that applies decides."""

    def __init__(
        self, question: str, reading: Reading, history: Sequence[Answer], library: Library, chooser: Chooser
    ) -> None:
        self._question = question
        self._reading = reading
        self._history = history
        self._library = library
        self._chooser = chooser
        self._text, by = _without_aspect(question if reading.scope.arxiv_ids else reading.scope.rest)
        self._either = next((found for one in _EITHER if (found := one.match(self._text))), None)
        self._which = self._either or _WHICH.search(self._text)
        self._aspects = tuple(filter(None, (by, _ranked_by(self._which["asked"]) if self._which else "")))

    def wish(self) -> _Wish | None:
        """What to compare; None where that is not sure."""
        if self._which and not self._aspects:
            return None
        return self._pointed_at() or self._by_sides() or self._on_topic()

    def _pointed_at(self) -> _Wish | None:
        """Papers that were shown before, or that the question names by ids."""
        ids = list(self._reading.compared)
        if not ids and not self._reading.is_follow_up and len(self._reading.scope.arxiv_ids or ()) > 1:
            ids = sorted(self._reading.scope.arxiv_ids or (), key=self._question.find)
        if len(ids) < 2 or not (self._which or _COMPARES.search(self._question)):
            return None
        if by := _BY_ONLY.search(self._text):
            self._aspects = (*self._aspects, _ASPECT_OPENING.sub("", by["aspect"]).strip())
        held = self._library.database.papers_by_id(ids)
        return self._wish([Found((held[arxiv_id],)) for arxiv_id in ids if arxiv_id in held])

    def _by_sides(self) -> _Wish | None:
        if self._reading.is_follow_up:
            return None
        found = [self._side(side, other) for side, other in self._sides()]
        return self._wish([one for one in found if one is not None]) if found and all(found) else None

    def _sides(self) -> list[tuple[str, str]]:
        """Each side of the comparison, and the first one, which tells what "one" stands for."""
        many = _COMPARE_MANY.search(self._text)
        if self._either:
            sides = [self._either["one"], self._either["other"]]
        else:
            sides = [side for side in _MANY.split(many["all"]) if side] if many else list(sides_of(self._text))
        return [(side, sides[0] if side != sides[0] else "") for side in sides]

    def _side(self, side: str, other: str) -> Found | None:
        found = self._chooser.named(side)
        on = _ON.search(side) if found is None else None
        if on is not None:
            head = side[: on.start()]
            found = self._chooser.named(head)
            if found is None and is_known_aspect(on["what"]):
                found = self._chooser.described(head, with_context(head, other))
            self._aspects = (*self._aspects, on["what"]) if found else self._aspects
        if found is None and not _GENERIC_SIDE.search(side):
            found = self._chooser.described(side, with_context(side, other))
        return found if found is not None and len(found.papers) == 1 else None

    def _on_topic(self) -> _Wish | None:
        scope = self._scope()
        if scope is None:
            return None
        by = _BY_ONLY.search(scope.rest) if not self._aspects else None
        match = _TOPIC.match(scope.rest[: by.start()] if by else scope.rest)
        topic = (match["topic"] or match["differing"]) if match else ""
        if not topic or _SIDED.search(topic) or not _is_plural(topic):
            return None
        try:
            papers, said = self._chooser.on_topic(replace(scope, rest=topic), _LIMIT)
        except InputError:
            return None
        aspects = (_ASPECT_OPENING.sub("", by["aspect"]).strip(),) if by else self._aspects
        return _Wish(tuple(papers), said, tuple(filter(None, aspects)))

    def _scope(self) -> Scope | None:
        """The limits of the question; "that day" is that of what was shown last. None for another follow-up."""
        if not _THAT_DAY.search(self._question) or not self._history:
            return None if self._reading.is_follow_up else replace(self._reading.scope, rest=self._text)
        shown = Shown(self._history, self._library)
        days = frozenset(listing.day for arxiv_id in shown.focus for listing in shown.papers[arxiv_id].listings)
        scope = self._chooser.understood(_THAT_DAY.sub("", self._question))
        said = ", ".join(filter(None, [scope.description, *map(spoken_day, sorted(days))]))
        return replace(scope, days=days or None, description=said)

    def _wish(self, found: Sequence[Found]) -> _Wish | None:
        papers = tuple({one.papers[0].row: one.papers[0] for one in found}.values())
        if len(papers) < 2 or len(papers) < len(found):
            return None
        said = tuple(filter(None, (one.said for one in found)))
        return _Wish(
            papers,
            said,
            tuple(dict.fromkeys(self._aspects)),
            self._which is not None,
            any(one.is_described for one in found),
        )


def _ranked_by(asked: str) -> str:
    """The aspect of "is faster", "reports the better PSNR": the metric that is named, or what a comparative is of."""
    if metric := metric_in(asked):
        return metric
    words = asked.lower().split()
    telling = (_ASPECT_OF[word] for word in reversed(words) if word in _ASPECT_OF)
    return next(telling, "")


def _without_aspect(text: str) -> tuple[str, str]:
    """A question without the aspect that it ends in, and that aspect: "differ in what they transfer"."""
    match = _BY.search(text)
    aspect = _ASPECT_OPENING.sub("", match["aspect"]).strip() if match else ""
    if match is None or not aspect:
        return text, ""
    verb = re.match(r"differ\w*|compared?", match.group().lstrip(), re.IGNORECASE)
    return f"{text[: match.start()]}{' ' + verb.group() if verb else ''}".strip(), aspect


def _is_plural(topic: str) -> bool:
    last = topic.rsplit(maxsplit=1)[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
