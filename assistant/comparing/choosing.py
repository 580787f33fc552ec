"""Which papers are to be compared: by id, title, name or description, or the papers of a topic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant.comparing.reading import name_of
from assistant.comparing.sides import trained_sides
from assistant.finding.information import Information
from assistant.finding.names import is_known
from assistant.finding.papers import ids_in, papers_named
from assistant.finding.retrieval import HybridRetriever, RankedPaper
from assistant.language.days import EVER, Period, dated, held_within, spoken_period
from assistant.language.terms import QuestionTerms, question_terms, tokens_of
from assistant.learned.linear import Features
from assistant.question.scope import Scope
from ingest.errors import InputError
from ingest.library import Library
from ingest.listings import Holdings
from ingest.names import key_of
from ingest.paper import Span, StoredPaper
from ingest.words import stem, words_of
from prompts import fill

RANKED = 20
_RANKED_ON_TOPIC = 100
_NEAREST_SHOWN = 3
DESCRIBED_FEATURES = (
    "cosine", "lead of the cosine", "lead", "lead over the last", "held by the paper", "lead of what is held",
    "held by the title", "unknown words", "log words",
)  # fmt: skip
_SHARE_OF_BEST = 0.4
_COVERED_OF_BEST = 0.6
_LEAST_COVERED = 0.6
_SORT = (
    r"(?:papers?|articles?|works?|preprints?|methods?|approach(?:es)?|models?|networks?|systems?|frameworks?"
    r"|defen[cs]es?|attacks?|detectors?"
    r"|algorithms?|datasets?|techniques?|stud(?:y|ies)|results?|performance|accuracy|idea|one)"
)
_OF_PAPER = re.compile(
    rf"^(?:the\s+)?(?:\w+\s+)?{_SORT}\s+(?:of|by|from|in|called|named|titled)\s+(?:the\s+)?(?=\S)",
    re.IGNORECASE,
)
_SORT_OF_PAPER = re.compile(rf"\s+{_SORT}$", re.IGNORECASE)
_PART_OF_TITLE = 3  # words
_THE = re.compile(r"^(?:the|a|an|that|this)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Papers for a text; `said` tells how a description was read, empty for an id, a title or a name."""

    papers: tuple[StoredPaper, ...]
    said: str = ""


class Chooser:
    """Finds papers in a library."""

    def __init__(self, library: Library, retriever: HybridRetriever) -> None:
        self._library = library
        self._retriever = retriever

    def understood(self, text: str) -> Scope:
        """The limits that a text sets, and the rest of it."""
        return self._retriever.understood(text)

    def paper(self, text: str) -> Found:
        """The one paper of an id, a title, a name or a description.

        Raises:
            InputError: there is none for sure, or there are several; the message names the nearest.
        """
        found = self.named(text) or self.described(text)
        if found is None:
            raise self._none(text)
        if len(found.papers) > 1:
            listed = "\n".join(_line(stored) for stored in found.papers)
            raise InputError(fill("compare_several", asked=text, papers=listed))
        return found

    def named(self, text: str) -> Found | None:
        """The papers of an id, a title or a name, nothing guessed; None where it is none of them."""
        if len(ids := ids_in(text)) == 1:
            text = ids[0]
        scope = self._retriever.understood(text)
        found = papers_named(text, scope, self._library) or papers_named(shorter_of(text), scope, self._library)
        if not found:
            return None
        is_guessed = len(found) == 1 and not ids_in(text) and not _is_called(found[0], shorter_of(text))
        return Found(tuple(found), read_as(text, found[0]) if is_guessed else "")

    def described(self, text: str) -> Found | None:
        """The paper that a name it holds or two words and more describe: the first of a search, where that is sure."""
        if ids_in(text):
            return None
        scope = self._retriever.understood(text)
        terms = question_terms(scope.rest)
        if (len(terms.words) < 2 and not terms.names) or not all(is_known(name, self._library) for name in terms.names):
            return None
        ranked = self._retriever.rank(scope, terms, RANKED)
        head = trained_sides()["described"]
        if not ranked or float(head.log_odds(described_features(ranked, terms, self._library))) < head.cut:
            return None
        return Found((ranked[0].stored,), read_as(text, ranked[0].stored))

    def on_topic(self, scope: Scope, limit: int) -> tuple[list[StoredPaper], tuple[str, ...]]:
        """The papers within a scope that are on what its `rest` says, best first, and how that was understood.

        Raises:
            InputError: fewer than two are.
        """
        terms = question_terms(scope.rest)
        ranked = self._retriever.rank(scope, terms, _RANKED_ON_TOPIC)
        topic = _as_asked(scope).strip(" ?.")
        found = [paper.stored for paper in _covering(ranked, topic, self._library)]
        if len(found) < 2:
            within = f" ({scope.description})" if scope.description else ""
            raise InputError(fill("compare_topic_too_few", topic=topic, within=within, count=len(found)))
        left_out = len(found) - limit
        more = (fill("compare_topic_more", shown=limit, count=len(found)),) if left_out > 0 else ()
        return found[:limit], (*filter(None, (scope.description,)), *more)

    def _none(self, text: str) -> InputError:
        scope = self._retriever.understood(text)
        ranked = self._retriever.rank(replace(scope, arxiv_ids=None), question_terms(scope.rest), _NEAREST_SHOWN)
        nearest = "\n".join(_line(paper.stored) for paper in ranked)
        return InputError(fill("compare_unknown", asked=text, papers=nearest))


def read_as(text: str, stored: StoredPaper) -> str:
    """That a text was read as a paper, for the user."""
    return fill("compare_read_as", text=text, title=stored.paper.title, arxiv_id=stored.paper.arxiv_id)


def described_features(ranked: Sequence[RankedPaper], terms: QuestionTerms, library: Library) -> Features:
    """What tells whether the first of ranked papers is the one described, [DESCRIBED_FEATURES]."""
    first, second, last = ranked[0], ranked[min(1, len(ranked) - 1)], ranked[-1]
    share, words = Information(terms, library).share, library.lexical_table()
    unknown = sum(not words.document_count(one) for one in terms.stems) / max(len(terms.stems), 1)
    held = [share(paper.stored.paper.text) for paper in (first, second)]
    values = (
        first.cosine, first.cosine - second.cosine, first.score - second.score, first.score - last.score,
        held[0], held[0] - held[1], share(first.stored.paper.title), unknown, np.log1p(len(terms.words)),
    )  # fmt: skip
    return np.array(values, dtype=np.float32)


def _as_asked(scope: Scope) -> str:
    """A topic without the spellings that were only added to it for the search."""
    text = scope.rest
    for written, read in scope.respelt:
        if read.startswith(f"{written} "):
            text = text.replace(read, written)
    return text


def _covering(ranked: Sequence[RankedPaper], topic: str, library: Library) -> list[RankedPaper]:
    """Those near the best that say the topic in one sentence, in any form and spelling; else, that hold most of it."""
    wanted = [tuple(_forms(word) for word in words_of(token)) for token in tokens_of(topic) if _carries(token)]
    if not wanted or not ranked:
        return list(ranked)
    near = [paper for paper in ranked if paper.score >= _SHARE_OF_BEST * ranked[0].score]
    spans = library.sentences([paper.stored.row for paper in near])
    saying = [paper for paper in near if _says(paper.stored, spans[paper.stored.row], wanted)]
    if len(saying) > 1:
        return saying
    information = Information(question_terms(topic), library)
    shares = [information.share(paper.stored.paper.text) for paper in near]
    least = max(_LEAST_COVERED, _COVERED_OF_BEST * max(shares))
    return [paper for paper, share in zip(near, shares, strict=True) if share >= least]


def shorter_of(text: str) -> str:
    """A text without "the paper of", "the defence of" and the like."""
    return _OF_PAPER.sub("", text)


def _is_called(stored: StoredPaper, text: str) -> bool:
    """Whether a text is a paper's own name, its title or a good part of that, and not just one that it mentions."""
    title = stored.paper.title
    heads = (name_of(stored), title, re.split(r":|\s[-–—]\s", title)[0])
    key = key_of(_SORT_OF_PAPER.sub("", _THE.sub("", text.strip())))
    is_part = len(words_of(text)) >= _PART_OF_TITLE and key in key_of(title)
    return is_part or key in {key_of(one) for head in heads for one in (head, _THE.sub("", head))}


def _carries(token: str) -> bool:
    return bool(question_terms(token).words)


def _says(stored: StoredPaper, spans: Sequence[Span], wanted: Sequence[tuple[frozenset[str], ...]]) -> bool:
    """Whether a sentence together with the title has all of some words; those of a compound side by side."""
    title, abstract = words_of(stored.paper.title), stored.paper.abstract
    texts = ([*title, *words_of(abstract[span.start : span.end])] for span in spans)
    return any(all(_has(words, unit) for unit in wanted) for words in texts)


def _has(words: Sequence[str], unit: tuple[frozenset[str], ...]) -> bool:
    starts = range(len(words) - len(unit) + 1)
    return any(all(_is_form(words[s + n], forms) for n, forms in enumerate(unit)) for s in starts)


def _is_form(word: str, forms: frozenset[str]) -> bool:
    return any(word.startswith(form) for form in forms)


def _forms(word: str) -> frozenset[str]:
    """The beginnings that a word shares with its other forms and spellings: "detectors", "detection"; "defence"."""
    spelled = {word}
    for british, american in _SPELLINGS:
        spelled |= {word.replace(british, american), word.replace(american, british)}
    return frozenset(one[: max(_LEAST_BEGINNING, len(stem(one)) - _ENDING)] for one in spelled)


_SPELLINGS = (("ence", "ense"), ("our", "or"), ("is", "iz"), ("yse", "yze"), ("tre", "ter"), ("ll", "l"), ("ae", "e"))
_LEAST_BEGINNING = 5
_ENDING = 2


def topic_scope(scope: Scope, holdings: Holdings, since: date | None, until: date | None) -> Scope:
    """A topic's scope, limited to the held days from one day to another.

    Raises:
        InputError: the library holds no day between them.
    """
    if since is None and until is None:
        return scope
    period = Period(since or EVER.first, until or EVER.last)
    days = frozenset(held_within(period, holdings.days))
    if not days:
        raise InputError(fill("no_such_day_between", days=spoken_period(period)))
    both = days if scope.days is None else days & scope.days
    said = ", ".join(filter(None, [scope.description, spoken_period(period)]))
    return replace(scope, days=both, description=said, periods=(period,))


def _line(stored: StoredPaper) -> str:
    day = dated(stored.day, stored.basis, is_withdrawn=stored.paper.is_withdrawn)
    return f"- {stored.paper.title} ({day}, arXiv:{stored.paper.arxiv_id})"
