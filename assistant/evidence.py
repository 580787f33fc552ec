"""From ranked papers to the sentences that answer the question."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.retrieval import RankedPaper
from assistant.terms import MEASURES, STOP_WORDS, Name, QuestionTerms, capitalised_in
from ingest.library import Library
from ingest.paper import Span, StoredPaper
from ingest.words import stem, stems_of, words_of

_PAPERS_READ = 10
_CUE_WEIGHT = 0.45
_CUE_WEIGHT_OF_A_LIST = 1.0
_LEAD_SCORE = 0.01
_MOST_SENTENCES = 3
_PAIR_WEIGHT = 1.0
_NEAR = 3
_MOST_NAMED = 3
_RARE_PAPERS = 3
_MANY = (0.5, 0.5, 6)  # how near the best in rank and in what it covers, and how many at most
_ONE = (0.8, 0.7, 3)


class Aim(Enum):
    """What a question wants to know; each value is (how it is asked, how a sentence tells it)."""

    NUMBER = (
        r"\bresults?\b|\breports?\b|\baccura|\bscores?\b"
        r"|\bhow (?:many|much|fast|large|small|big|long|well|accurate|high|often|far|quickly)\b"
        r"|\brates?\b|\bpercent|\bnumbers?\b|\bfps\b|\bmiou\b|\bpsnr\b|\bmap\b|\berrors?\b|\bspeed\b|\bparameters\b"
        r"|\bperforman\w+",
        r"\d",
    )
    RESULT = (
        r"\bresults?\b|\bachieve|\boutperform|\bfind(?:ings?)?\b|\bfound\b|\bimprove|\bgain|\bcompare[ds]?\b|\bbetter\b",
        r"\b(?:achiev|outperform|improv|result|show|demonstrat|experiment|surpass|state-of-the-art|reduc)",
    )
    DATA = (
        r"\bdata ?sets?\b|\bdata\b|\bbenchmarks?\b|\bcorpus\b|\btested on\b|\bevaluated on\b|\btrained on\b",
        r"\b(?:data ?sets?|benchmarks?|corpus|images of|videos of|collected|annotat)",
    )
    REASON = (
        r"\bwhy\b|\breasons?\b|\bmotivat",
        r"\b(?:because|since|due to|thus|therefore|in order to|however|suffer)\b",
    )
    CODE = (
        r"\bcode\b|\bgithub\b|\bavailable\b|\bopen.source|\brepositor",
        r"https?://|\bcode\b|publicly available",
    )
    METHOD = (
        r"\bpropos|\bintroduc|\bhow (?:does|do|is|are|can)\b|\bwhat (?:is|does|are)\b|\bmethods?\b|\bapproach|\bidea\b"
        r"|\bcontribut|\bworks?\b",
        r"\bwe (?:\w+ )?(?:propose|present|introduce|develop|design|describe|show|study|investigate|explore|address"
        r"|consider|formulate|use|train|learn|build|create|provide|demonstrate|combine|extend|tackle)"
        r"|\b(?:this|our) (?:paper|work|study|method|approach|model|framework|network|system|article)\b"
        r"|\bis (?:proposed|presented|introduced|developed)\b",
    )

    def __init__(self, asked: str, told: str) -> None:
        self.asked = re.compile(asked, re.IGNORECASE)
        self.told = re.compile(told, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a stored abstract that bears on the question."""

    stored: StoredPaper
    span: Span
    score: float

    @property
    def quote(self) -> str:
        """The sentence, verbatim."""
        return self.stored.paper.abstract[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class EvidenceSet:
    """The chosen sentences, grouped by paper in rank order, and how well they cover the question.

    `coverage` is the share of the question's information (inverse document frequency) that the best
    paper's title and abstract hold, from 0 to 1; `words_asked` counts the words that carry the question;
    `missing` are names that no paper of the library holds.
    """

    sentences: tuple[Evidence, ...]
    coverage: float
    words_asked: int
    missing: tuple[Name, ...]


def aims_of(question: str) -> tuple[Aim, ...]:
    """What a question wants to know; several aims may hold."""
    asks_measure = not MEASURES.isdisjoint(words_of(question))
    return tuple(aim for aim in Aim if aim.asked.search(question) or (aim is Aim.NUMBER and asks_measure))


def wants_many(question: str) -> bool:
    """Whether a question asks for a list of papers rather than for one thing."""
    return bool(_LIST_FORMS.search(question))


_COUNTED = re.compile(
    r"\bhow many ((?:[\w-]+ ){0,2}?[\w-]+)"
    r"(?= (?:are|is|was|were|do|does|did|can|has|have|in|of|on|per|for)\b|\?|$)",
    re.IGNORECASE,
)
_LIST_FORMS = re.compile(
    r"\b(?:papers|works|methods|approaches|studies|techniques|datasets|data sets|trackers|networks|models|systems"
    r"|list|all|every|who else|what has been|what have|which ones)\b|\bwhat(?:'s| is) new\b|\bcompare\b",
    re.IGNORECASE,
)


class Information:
    """How much of a question's information a text holds, from 0 to 1.

    A stem weighs its inverse document frequency in the library (Spärck Jones 1972); a pair of words that
    stand together in the question weighs as much as its two, and counts where they stand near in the text.
    """

    def __init__(self, terms: QuestionTerms, library: Library) -> None:
        words = library.lexical_table()
        self._stems = {s: math.log((len(words) + 1) / (words.document_count(s) + 0.5)) for s in terms.stems}
        self._pairs = {(a, b): _PAIR_WEIGHT * (self._stems[a] + self._stems[b]) for a, b in terms.pairs}
        self._total = sum(self._stems.values()) + sum(self._pairs.values())

    def share(self, text: str) -> float:
        """The share of the question's information that a text holds."""
        if not self._total:
            return 0.0
        places: dict[str, list[int]] = {s: [] for s in self._stems}
        for place, found in enumerate(stems_of(text)):
            if found in places:
                places[found].append(place)
        held = sum(weight for s, weight in self._stems.items() if places[s])
        together = sum(weight for (a, b), weight in self._pairs.items() if _are_near(places[a], places[b]))
        return (held + together) / self._total


def _are_near(places: Sequence[int], others: Sequence[int]) -> bool:
    return any(0 < abs(place - other) <= _NEAR for place in places for other in others)


def gather(question: str, terms: QuestionTerms, ranked: Sequence[RankedPaper], library: Library) -> EvidenceSet:
    """Choose the sentences that answer, from as many of the ranked papers as the question needs."""
    information = Information(terms, library)
    missing = tuple(name for name in terms.names if not is_known(name, library))
    names = (*terms.names, *_rare_names(question, terms.names, library))
    read = [_ReadPaper(paper, information.share(_text(paper.stored))) for paper in ranked[:_PAPERS_READ]]
    coverage = max((paper.share for paper in read[:5]), default=0.0)
    if missing or not read:
        return EvidenceSet((), coverage, len(terms.stems), missing)
    many = wants_many(question)
    needed = _papers_needed(read, names, many=many)
    if not _hold_what_is_counted(needed, question):
        return EvidenceSet((), coverage, len(terms.stems), missing)
    if len(names) > 1:
        coverage = max(coverage, information.share("\n".join(_text(stored) for stored in needed)))
    aims = aims_of(question) or (Aim.METHOD,)
    most = _MOST_SENTENCES if len(needed) == 1 else 2 if len(needed) == 2 else 1
    reading = _Reading(information, aims, _CUE_WEIGHT_OF_A_LIST if many else _CUE_WEIGHT, most)
    spans = library.sentences([stored.row for stored in needed])
    sentences = [evidence for stored in needed for evidence in _best_sentences(stored, spans[stored.row], reading)]
    return EvidenceSet(tuple(sentences), coverage, len(terms.stems), missing)


@dataclass(frozen=True, slots=True)
class _ReadPaper:
    """A ranked paper, and the share of the question's information that it holds."""

    ranked: RankedPaper
    share: float


def _text(stored: StoredPaper) -> str:
    return f"{stored.paper.title}\n{stored.paper.abstract}"


def is_known(name: Name, library: Library) -> bool:
    """Whether the library holds a name: written as a name in one paper, or in any case in three."""
    rows = _rows_with(name, library)
    if len(rows) >= 3:
        return True
    papers = library.database.papers_by_row(rows).values()
    return any(holds_name(stored, name) for stored in papers)


def _rows_with(name: Name, library: Library) -> list[int]:
    """The papers in which the words of a name stand side by side, in any case."""
    return library.database.rows_matching(f'"{" ".join(name.words)}"')


def holds_name(stored: StoredPaper, name: Name) -> bool:
    """Whether a paper's title or abstract writes a name as a name, with a capital or a digit."""
    return any(re.search(r"[A-Z0-9]", match.group()) for match in _pattern(name).finditer(_text(stored)))


def _pattern(name: Name) -> re.Pattern[str]:
    """Finds a name however it is hyphenated, in the singular and in the plural."""
    words = [re.escape(word.removesuffix("s")) + "s?" for word in name.words]
    return re.compile(r"\b" + r"[\W_]*".join(words) + r"\b", re.IGNORECASE)


def _rare_names(question: str, names: Sequence[Name], library: Library) -> list[Name]:
    """Names with one capital ("Spiralite"): capitalised in the question, and in a few papers."""
    found = []
    for token in capitalised_in(question):
        name = Name(token, tuple(words_of(token)))
        rows = _rows_with(name, library) if name not in names and name.words else []
        papers = library.database.papers_by_row(rows).values() if len(rows) <= _RARE_PAPERS else ()
        if any(holds_name(stored, name) for stored in papers):
            found.append(name)
    return found


def _hold_what_is_counted(papers: Sequence[StoredPaper], question: str) -> bool:
    """Whether a paper holds a number and, after "how many", a word of what is counted ("GPU hours")."""
    asked = _COUNTED.search(question)
    counted = {stem(w) for w in words_of(asked.group(1)) if w not in STOP_WORDS} if asked else set()
    return not counted or any(
        re.search(r"\d", stored.paper.abstract) and not counted.isdisjoint(stems_of(stored.paper.abstract))
        for stored in papers
    )


def _papers_needed(read: Sequence[_ReadPaper], names: Sequence[Name], *, many: bool) -> list[StoredPaper]:
    """The papers to answer from: those that hold the names, near the best in rank and in what they cover."""
    if names:
        return _papers_named(read, names)
    near, covering, most = _MANY if many else _ONE
    best_score, best_share = read[0].ranked.score, max(paper.share for paper in read[:5])
    return [
        paper.ranked.stored
        for paper in read
        if paper.ranked.score >= near * best_score and paper.share >= covering * best_share
    ][:most] or [read[0].ranked.stored]


def _papers_named(read: Sequence[_ReadPaper], names: Sequence[Name]) -> list[StoredPaper]:
    """The papers that hold the names: all of them where a paper does, else for each name the best that does."""
    holding = {
        paper.ranked.stored.row: {name for name in names if holds_name(paper.ranked.stored, name)} for paper in read
    }
    papers = [paper.ranked.stored for paper in read]
    holding_all = [stored for stored in papers if len(holding[stored.row]) == len(names)]
    if holding_all:
        titled = [stored for stored in holding_all if any(_in_title(stored, name) for name in names)]
        return (titled or holding_all)[:_MOST_NAMED]
    first = [next((stored for stored in papers if name in holding[stored.row]), None) for name in names]
    return list({stored.row: stored for stored in first if stored is not None}.values()) or papers[:1]


def _in_title(stored: StoredPaper, name: Name) -> bool:
    return _pattern(name).search(stored.paper.title) is not None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is looked for in the sentences of a paper."""

    information: Information
    aims: Sequence[Aim]
    cue_weight: float
    most: int

    def score(self, text: str) -> float:
        """The share of the question's information in a sentence, and a bonus for telling what was asked."""
        told = sum(aim.told.search(text) is not None for aim in self.aims)
        leads = _LEAD_SCORE if Aim.METHOD in self.aims else 0.0  # any sentence tells something of what a paper is about
        return self.information.share(text) + self.cue_weight * told / len(self.aims) + leads


def _best_sentences(stored: StoredPaper, spans: Sequence[Span], reading: _Reading) -> list[Evidence]:
    abstract = stored.paper.abstract
    scored = [Evidence(stored, span, reading.score(abstract[span.start : span.end])) for span in spans]
    chosen = sorted(scored, key=lambda evidence: -evidence.score)[: reading.most]
    enough = 0.5 * chosen[0].score if chosen else 0.0
    return sorted((e for e in chosen if e.score >= enough), key=lambda evidence: evidence.span.start)
