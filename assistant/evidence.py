"""From ranked papers to the sentences that answer the question."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from assistant.asking import Aim, aims_of, asks_speed, gives_speed, is_background, told, wants_many
from assistant.counted import counted_thing, gives_count, head_counted
from assistant.information import Information
from assistant.retrieval import RankedPaper
from assistant.stated import denies, states
from assistant.terms import Name, QuestionTerms, capitalised_in
from ingest.lexical import LexicalTable
from ingest.library import Library
from ingest.paper import Span, StoredPaper
from ingest.words import stem, stems_of, words_of

_PAPERS_READ = 10
_CUE_WEIGHT = 0.45
_CUE_WEIGHT_OF_A_LIST = 2.0
_LEAD_SCORE = 0.01
_NAMED_SCORE = 0.1
_COUNT_SCORE = 0.5
_COMMON_POWER = 0.5
_TITLE_WORTH = 0.7
_BACKGROUND_SCORE = -0.5
_MOST_SENTENCES = 3
_MOST_NAMED = 3
_RARE_PAPERS = 3
_TELLING_SHARE = 0.02
_MANY = (0.5, 0.5, 6)  # how near the best in rank and in what it covers, and how many at most
_ONE = (0.8, 0.7, 3)


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

    `coverage` is the share of the question's information (inverse document frequency) that the best paper's
    title and abstract hold, from 0 to 1; `words_asked` counts the words that carry the question, `unknown` is
    the share of them that no paper holds; `missing` are names that no paper of the library holds. Where not
    `is_stated`, papers were found that do not state what is asked for, or deny what the question takes for
    granted. Where `is_named`, a name that few papers hold told which are meant.
    """

    sentences: tuple[Evidence, ...]
    coverage: float
    words_asked: int
    unknown: float
    missing: tuple[Name, ...]
    is_stated: bool = True
    is_named: bool = False


def gather(question: str, terms: QuestionTerms, ranked: Sequence[RankedPaper], library: Library) -> EvidenceSet:
    """Choose the sentences that answer, from as many of the ranked papers as the question needs."""
    information = Information(terms, library)
    words = library.lexical_table()
    unknown = sum(not words.document_count(s) for s in terms.stems) / max(len(terms.stems), 1)
    missing = tuple(name for name in terms.names if not is_known(name, library))
    thing = counted_thing(question)
    named = [name for name in terms.names if thing.isdisjoint(map(stem, name.words))]  # what is counted tells no paper
    names = (*named, *_rare_names(question, terms.names, library))
    read = [_ReadPaper(paper, information.share(paper.stored.paper.text)) for paper in ranked[:_PAPERS_READ]]
    coverage = max((paper.share for paper in read[:5]), default=0.0)
    if missing or not read:
        return EvidenceSet((), coverage, len(terms.stems), unknown, missing)
    many = wants_many(question)
    telling = [name for name in names if _is_telling(name, words)]
    needed = _papers_named(read, names) if telling else _papers_near(_holding(read, names), many=many)
    head = head_counted(question)
    if head and not telling:
        needed = _papers_counting(needed, read, head)
    spans = library.sentences([stored.row for stored in needed])
    if not many and not _is_stated(question, terms, needed, spans):
        return EvidenceSet((), coverage, len(terms.stems), unknown, missing, is_stated=False)
    if len(names) > 1:
        coverage = max(coverage, information.share("\n".join(stored.paper.text for stored in needed)))
    aims = aims_of(question) or (Aim.METHOD,)
    most = _MOST_SENTENCES if len(needed) == 1 else 2 if len(needed) == 2 else 1
    name_stems = {stem(word) for name in names for word in name.words}
    reading = _Reading(
        information,
        aims,
        _CUE_WEIGHT_OF_A_LIST if many else _CUE_WEIGHT,
        most,
        names,
        name_stems,
        head,
        asks_speed(question),
    )
    is_named = bool(telling) and all(any(holds_name(stored, name) for stored in needed) for name in telling)
    sentences = [evidence for stored in needed for evidence in _best_sentences(stored, spans[stored.row], reading)]
    return EvidenceSet(tuple(sentences), coverage, len(terms.stems), unknown, missing, is_named=is_named)


@dataclass(frozen=True, slots=True)
class _ReadPaper:
    """A ranked paper, and the share of the question's information that it holds."""

    ranked: RankedPaper
    share: float


def is_known(name: Name, library: Library) -> bool:
    """Whether the library holds a name: written as a name in one paper, or in any case in three.

    An acronym must be written as one ("CLIP" is no clip), and of a compound with a plain word ("RGB-thermal")
    the words must be held.
    """
    words, key = library.lexical_table(), name.key
    if key in words.names or key.removesuffix("s") in words.names or f"{key}s" in words.names:
        return True
    first, *others = name.text.split("-")
    if first.isupper() and len(others) == 1 and others[0].islower():
        return all(words.document_count(stem(word)) for word in name.words)
    if first.islower() and others:  # "photo-ID" is written "photo-id" too
        return bool(_rows_with(name, library))
    return not name.text.isupper() and len(_rows_with(name, library)) >= 3


def _rows_with(name: Name, library: Library) -> list[int]:
    """The papers in which the words of a name stand side by side, in any case."""
    return library.database.rows_matching(f'"{" ".join(name.words)}"')


def holds_name(stored: StoredPaper, name: Name) -> bool:
    """Whether a paper's title or abstract writes a name as a name, with a capital or a digit."""
    return any(re.search(r"[A-Z0-9]", match.group()) for match in _pattern(name).finditer(stored.paper.text))


@lru_cache(maxsize=1000)
def _pattern(name: Name) -> re.Pattern[str]:
    """Finds a name however it is hyphenated, in the singular and in the plural."""
    letters = r"[\W_]*".join(re.escape(letter) for letter in name.key.removesuffix("s"))
    return re.compile(rf"\b{letters}s?\b", re.IGNORECASE)


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


def _is_stated(
    question: str, terms: QuestionTerms, papers: Sequence[StoredPaper], spans: Mapping[int, Sequence[Span]]
) -> bool:
    sentences = [s.paper.abstract[span.start : span.end] for s in papers for span in spans[s.row]]
    titles = [stored.paper.title for stored in papers]
    asked = [s for s in terms.stems if s not in terms.name_stems]
    return states(question, [*titles, *sentences]) and not denies(question, asked, sentences)


def _is_telling(name: Name, words: LexicalTable) -> bool:
    """Whether so few papers hold a name that it tells which are meant, as a method's does and ImageNet does not."""
    known = words.names.get(name.key)
    return known is None or len(known.rows) <= max(_RARE_PAPERS, _TELLING_SHARE * len(words))


def _holding(read: Sequence[_ReadPaper], names: Sequence[Name]) -> Sequence[_ReadPaper]:
    """The papers that hold all of some names; all papers where none does."""
    return [paper for paper in read if all(holds_name(paper.ranked.stored, name) for name in names)] or read


def _papers_near(read: Sequence[_ReadPaper], *, many: bool) -> list[StoredPaper]:
    """The papers to answer from: those near the best in rank and in what they cover."""
    near, covering, most = _MANY if many else _ONE
    best_score, best_share = read[0].ranked.score, max(paper.share for paper in read[:5])
    return [
        paper.ranked.stored
        for paper in read
        if paper.ranked.score >= near * best_score and paper.share >= covering * best_share
    ][:most] or [read[0].ranked.stored]


def _papers_counting(needed: list[StoredPaper], read: Sequence[_ReadPaper], thing: frozenset[str]) -> list[StoredPaper]:
    """The papers to answer from; where none of them counts what is asked for, those that cover as much and do."""
    if any(gives_count(stored.paper.abstract, thing) for stored in needed):
        return needed
    _, covering, most = _ONE
    best = max(paper.share for paper in read[:5])
    counting = [p.ranked.stored for p in read if p.share >= covering * best]
    return [stored for stored in counting if gives_count(stored.paper.abstract, thing)][:most] or needed


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
    names: Sequence[Name]
    name_stems: Set[str]
    counted: frozenset[str]
    asks_speed: bool

    def score(self, text: str, worth: Mapping[str, float]) -> float:
        """What a sentence holds of the question beside the names, and a bonus for telling what was asked.

        The paper was chosen for the names; a sentence need not say them again. `worth` tells what else it need not.
        """
        held = self.information.share(text, self.name_stems, worth)
        tells = sum(told(aim, text) for aim in self.aims) / len(self.aims)
        says_name = any(_pattern(name).search(text) for name in self.names)
        leads = _LEAD_SCORE if Aim.METHOD in self.aims else 0.0  # any sentence tells something of what a paper is about
        background = _BACKGROUND_SCORE if Aim.REASON not in self.aims and is_background(text) else 0.0
        counts = _COUNT_SCORE * (gives_count(text, self.counted) or (self.asks_speed and gives_speed(text)))
        return held + counts + self.cue_weight * tells + _NAMED_SCORE * says_name + leads + background


def _best_sentences(stored: StoredPaper, spans: Sequence[Span], reading: _Reading) -> list[Evidence]:
    abstract = stored.paper.abstract
    texts = [abstract[span.start : span.end] for span in spans]
    worth = _worth(stored.paper.title, texts)
    scored = [Evidence(stored, span, reading.score(text, worth)) for span, text in zip(spans, texts, strict=True)]
    chosen = sorted(scored, key=lambda evidence: -evidence.score)[: reading.most]
    enough = 0.5 * chosen[0].score if chosen else 0.0
    return sorted((e for e in chosen if e.score >= enough), key=lambda evidence: evidence.span.start)


def _worth(title: str, sentences: Sequence[str]) -> dict[str, float]:
    """What a word is worth for telling the sentences of a paper apart: less where its title or many of them hold it."""
    held = Counter(found for text in sentences for found in set(stems_of(text)))
    worth = {found: count**-_COMMON_POWER for found, count in held.items()}
    return worth | {found: _TITLE_WORTH * worth.get(found, 1.0) for found in stems_of(title)}
