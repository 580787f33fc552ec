"""Papers by what they are: reviews, and papers that bring a dataset, a benchmark, the report of a challenge."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.asking import is_background
from assistant.facts.saying import counted, limits_of
from assistant.reading.evidence import Evidence
from assistant.retrieval import HybridRetriever, RankedPaper
from assistant.scope import Scope
from assistant.terms import question_terms
from ingest.library import Library
from ingest.paper import Span, StoredPaper
from prompts import fill

_MOST_SHOWN = 8
_LEAST_OF_TOPIC = 0.5  # of the information of a topic, for a paper to be on it
_PAPERS = r"(?:papers?|articles?|works?|publications?|studies|ones)"
_VERB = (
    r"(?:introduc|present|propos|releas|provid|contribut|collect|creat|publish|built|build|construct|establish|assembl"
    r"|curat|describ)\w*(?<!ing)"
)
_PLAIN_WORD = (
    r"(?!(?:on|for|of|to|in|from|with|that|which|using|by|and|results?|experiments?|evaluations?|balanced|training"
    r"|validation|test|augmented|cross|involving|analysis|methods?|models?|networks?|frameworks?)\b)[\w-]+"
)
_ASK = (
    r"(?:which|what|list|show(?:\s+me)?|find(?:\s+me)?|give\s+me|name|any|are\s+there|is\s+there|do\s+you\s+(?:have|know)"
    r"|does\s+(?:the|your)\s+library\s+(?:have|hold))(?:\s+(?:all|any|an?|the|recent|good|me|of|other))*"
)
_AFTER = (
    r"(?:\s+(?:in\s+)?(?:here|the\s+library|your\s+library|it))?(?:\s+(?:are|were|is|was|do|does)\s+(?:there|listed|published|you\s+have|the\s+library\s+(?:have|hold)))?"
    r"(?:\s+(?:on|about|of|for|in|concerning|regarding|covering)\s+(?P<topic>.+?))?"
    r"(?:\s+(?:are|were|is|was)\s+(?:there|listed|published))?\s*[?.!]*"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: what it is called, what a paper of it does, what the index is asked for, how it is known."""

    spoken: str
    asked: re.Pattern[str]
    match: str
    title: re.Pattern[str]
    sentence: re.Pattern[str]


def _asked(nouns: str, does: str) -> re.Pattern[str]:
    """Read "which reviews on X", "which papers are reviews", "papers that review X"."""
    forms = (
        rf"(?:{_ASK}\s+)?{nouns}{_AFTER}",
        rf"{_ASK}\s+{_PAPERS}\s+(?:that\s+|which\s+)?(?:are|is)\s+(?:an?\s+)?{nouns}{_AFTER}",
        rf"{_ASK}\s+{_PAPERS}\s+(?:that\s+|which\s+)?{does}",
    )
    pattern = "|".join(f"(?:{form.replace('?P<topic>', f'?P<topic{i}>')})" for i, form in enumerate(forms))
    return re.compile(rf"\s*(?:{pattern})", re.IGNORECASE)


def _known(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _bringing(nouns: str) -> re.Pattern[str]:
    return _known(rf"\b{_VERB}\s+(?:{_PLAIN_WORD}\s+){{0,6}}?{nouns}\b(?!\s+(?:analys|statistics|bias|results))")


_REVIEW = r"(?:literature\s+)?(?:reviews?|surveys?|overviews?|tutorials?)"
_REVIEWS = rf"{_REVIEW}(?:\s*(?:,|or|and|/|,\s*or)\s*{_REVIEW})*"
_DATASETS, _BENCHMARKS = r"(?:data\s?sets?|corpus|corpora)", r"benchmarks?"
_KINDS = (
    Kind(
        "a review or survey",
        _asked(
            rf"{_REVIEWS}(?:\s+{_PAPERS})?",
            r"(?:review|survey|summari[sz]e|give\s+an\s+overview\s+of)\s+(?P<topic>.+?)\s*[?.!]*",
        ),
        "review* OR survey* OR overview OR tutorial",
        _known(r"(?<!peer )(?<!peer-)\b(?:reviews?|surveys?|overview|tutorial)\b(?!\s+(?:data|images?|sites?))"),
        _known(
            r"\b(?:this|our|the\s+present)\s+(?:[\w-]+\s+){0,3}?(?:review|survey|overview)\b(?!\s+data)"
            r"|\b(?:present|give|provide|offer|conduct|perform)\w*\s+(?:[\w-]+\s+){0,4}?(?:review|survey|overview)\s+(?:of|on|about)\b"
            r"|\b(?:we|(?:this|the)\s+(?:paper|article|work|chapter))\s+(?:\w+ly\s+|also\s+|first\s+)?(?:review|survey)s?\b"
        ),
    ),
    Kind(
        "bringing a dataset",
        _asked(
            rf"(?:new\s+{_DATASETS}(?:\s+{_PAPERS})?|{_DATASETS}\s+{_PAPERS})",
            rf"{_VERB}\s+(?:{_PLAIN_WORD}\s+){{0,3}}?{_DATASETS}{_AFTER}",
        ),
        'dataset* OR "data set" OR "data sets" OR corpus OR corpora',
        _known(r"^[\w-]+:\s+(?:an?\s+)?(?:[\w-]+\s+){0,5}?data\s?set\b|\bnew\s+(?:[\w-]+\s+){0,2}?data\s?sets?\b"),
        _bringing(_DATASETS),
    ),
    Kind(
        "bringing a benchmark",
        _asked(
            rf"(?:new\s+{_BENCHMARKS}(?:\s+{_PAPERS})?|{_BENCHMARKS}\s+{_PAPERS})",
            rf"{_VERB}\s+(?:{_PLAIN_WORD}\s+){{0,3}}?{_BENCHMARKS}{_AFTER}",
        ),
        "benchmark*",
        _known(r"\bbenchmarks?\b(?!\s+(?:data\s?sets?|results))"),
        _bringing(_BENCHMARKS),
    ),
    Kind(
        "on a challenge or competition",
        _asked(
            r"(?:challenge|competition)\s+(?:reports?|papers?|results)",
            r"(?:report|describe|summari[sz]e)\s+(?:on\s+|the\s+results\s+of\s+)?(?:an?\s+|the\s+)?(?:challenges?|competitions?)"
            rf"{_AFTER}",
        ),
        "challenge* OR competition*",
        _known(r"\b(?:challenge|competition)\b.*\b(?:report|results|overview|20\d\d)\b"),
        _known(r"\b(?:challenge|competition)\b[^.]*\b(?:participants?|submissions?|organi[sz]ed|teams)\b"),
    ),
)


@dataclass(frozen=True, slots=True)
class KindListed:
    """Papers of a kind, a sentence of each, and how many there are, for the reader."""

    ranked: tuple[RankedPaper, ...]
    sentences: tuple[Evidence, ...]
    note: str


def kind_asked(question: str) -> tuple[Kind, str] | None:
    """The kind of paper that a question asks a list of, and the topic that limits it, or ""."""
    for kind in _KINDS:
        if (found := kind.asked.fullmatch(question)) is not None:
            topics = [topic for topic in found.groupdict().values() if topic]
            return kind, topics[0] if topics else ""
    return None


class KindLists:
    """The papers of each kind, read once for each state of the library."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], NDArray[np.int64]] = {}

    def asked(self, scope: Scope, retriever: HybridRetriever, library: Library) -> KindListed | None:
        """The papers of the kind that a question asks for; None where it asks for none, or none is found."""
        asked = kind_asked(scope.rest)
        if asked is None:
            return None
        kind, topic = asked
        rows = _on_topic(self._of_kind(kind, library), topic, library)
        if (within := retriever.rows_in(scope)) is not None:
            rows = rows[np.isin(rows, within)]
        found = library.database.papers_by_row([int(row) for row in rows])
        ids = frozenset(stored.paper.arxiv_id for stored in found.values() if stored.paper.abstract)
        if not ids:
            return None
        narrowed = replace(scope, rest=topic or scope.rest, arxiv_ids=ids)
        ranked = retriever.rank(narrowed, question_terms(topic), len(ids))
        if not topic:
            ranked.sort(key=lambda paper: paper.stored.day, reverse=True)
        shown = tuple(ranked[:_MOST_SHOWN])
        spans = library.sentences([paper.stored.row for paper in shown])
        sentences = tuple(_telling(paper.stored, spans[paper.stored.row], kind) for paper in shown)
        return KindListed(shown, sentences, _note(kind, topic, scope, ranked))

    def _of_kind(self, kind: Kind, library: Library) -> NDArray[np.int64]:
        """The rows of all papers whose title or abstract says that they are of a kind, ascending."""
        key = kind.spoken, library.lexical_table().last_chunk_row
        if key not in self._rows:
            self._rows[key] = np.array(
                [
                    text.row
                    for text in library.database.texts_matching(kind.match)
                    if kind.title.search(text.title) or kind.sentence.search(text.abstract)
                ],
                dtype=np.int64,
            )
        return self._rows[key]


def _on_topic(rows: NDArray[np.int64], topic: str, library: Library) -> NDArray[np.int64]:
    """Those rows whose papers hold at least half of a topic's information; all where there is no topic."""
    stems = question_terms(topic).stems
    table = library.lexical_table()
    return rows[np.isin(rows, table.rows[table.share(stems) >= _LEAST_OF_TOPIC])] if stems else rows


def _telling(stored: StoredPaper, spans: Sequence[Span], kind: Kind) -> Evidence:
    """The sentence that tells the kind, or else what the paper does; or its first that is no background."""
    texts = [stored.paper.abstract[span.start : span.end] for span in spans]
    for tells in (kind.sentence, _OWN):
        if (place := next((i for i, text in enumerate(texts) if tells.search(text)), None)) is not None:
            return Evidence(stored, spans[place], 1.0)
    place = next((i for i, text in enumerate(texts) if not is_background(text)), 0)
    return Evidence(stored, spans[place], 1.0)


_OWN = re.compile(r"\bwe\b|\b(?:this|our)\s+(?:paper|work|article|study|chapter)\b", re.IGNORECASE)


def _note(kind: Kind, topic: str, scope: Scope, found: Sequence[RankedPaper]) -> str:
    on = f" close to “{topic}” in words" if topic else ""
    known = fill("kind_listed", papers=counted(len(found)), limits=limits_of(scope), kind=kind.spoken, on=on)
    return known if len(found) <= _MOST_SHOWN else f"{known} {fill('kind_listed_part', shown=_MOST_SHOWN)}"
