"""Which sentences of which papers are read for a question, and how sure the answer may be: the one way of `ask`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from assistant.answer import Grade
from assistant.finding.information import Information
from assistant.finding.names import holds_name, in_title, is_known, names_meant
from assistant.finding.retrieval import RankedPaper
from assistant.language.terms import Name, QuestionTerms
from assistant.learned.heads import Heads, probability, trained_heads
from assistant.learned.linear import Features
from assistant.reading.evidence import Evidence, Passages, passages_of
from assistant.reading.grading import Found, chances, grade_features, paper_features, state_features
from assistant.reading.scoring import Scorer
from assistant.reading.wording import wording_features
from ingest.embedding import Vector
from ingest.library import Library
from ingest.paper import Span, StoredPaper, key_span

PAIRS_READ = 24  # 24 x 5.6 ms on two cores, of the 35 question embeddings (161 ms) that an answer may take
_MOST_OF_A_PAPER = 14  # sentences; one abstract in 100 of ours has more
_PAPERS_READ = 6
MOST_QUOTES = 3
_STATED = 0.5  # a sentence that answers more likely than not: what a paper is about, no one sentence answers that well
_ENOUGH = 0.75  # of the chance that the answer is among the quotes: 1.92 quotes a fact; .68 gives 1.75, .78 2.02
MOST_CLOSEST = 3
_NEVER = -50.0  # log odds
_LATER_POINT = re.compile(r"\s*\(?(?:[2-9]|i{2,3}|iv|[b-e])\)")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read for a question: `claims` where it is answered, else the passages that come `closest`, best first.

    `missing` are names of the question that no paper of the library holds; `near` are papers near a list. `read` are
    the papers whose sentences were read, best first; none where a list was.
    """

    grade: Grade
    claims: tuple[Evidence, ...] = ()
    closest: tuple[Evidence, ...] = ()
    missing: tuple[Name, ...] = ()
    near: tuple[StoredPaper, ...] = ()
    read: tuple[StoredPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as reading needs it: its text, its words, its vector; whether it goes on about papers shown."""

    text: str
    terms: QuestionTerms
    vector: Vector
    is_follow_up: bool = False


class PaperReader:
    """Reads ranked papers for a question."""

    def __init__(self, library: Library, scorer: Scorer, heads: Heads | None = None) -> None:
        self._library = library
        self._scorer = scorer
        self._heads = heads or trained_heads()

    def read(self, asked: Asked, ranked: Sequence[RankedPaper]) -> Findings:
        """Read the sentences of the best papers, choose those that answer, and grade them."""
        missing = tuple(name for name in asked.terms.names if not is_known(name, self._library))
        information = Information(asked.terms, self._library)
        names = names_meant(asked.text, asked.terms.names, self._library)
        ranked = papers_meant(ranked, names)
        chosen = read_texts(ranked, self._library, information)
        scored = self._scorer.score(asked.text, chosen)
        if not any(text.spans for text in chosen):
            return Findings("none", missing=missing)
        read = tuple(paper.stored for paper in ranked[: len(chosen)])
        is_stated = max(probability(float(one.log_odds.max(initial=_NEVER))) for one in scored) >= _STATED
        if names and not missing and not is_stated and self._asks_for_overview(asked):
            return Findings("answered", claims=key_sentences(ranked[:1], self._library), read=read)
        found = Found(asked.text, asked.terms, ranked, chosen, scored, self._library, information)
        meant = self._heads[f"{self._scorer.name} paper"].log_odds(paper_features(found))
        likely = chances(meant, scored)
        pieces = _pieces(ranked, chosen, likely)
        grade = self._grade(asked, found, likely, is_known=not missing, is_named=bool(names) and not missing)
        pieces.sort(key=lambda piece: -piece.score)
        if grade == "answered":
            return Findings(grade, _by_paper(_with_first_points(_enough(pieces), self._library)), read=read)
        closest = tuple(pieces[:MOST_CLOSEST]) if grade == "closest" else ()
        return Findings(grade, closest=closest, missing=missing, read=read)

    def _asks_for_overview(self, asked: Asked) -> bool:
        """Whether a question asks what a paper is about: its key sentence says it, and no sentence more than others."""
        head = self._heads["overview question"]
        return float(head.log_odds(wording_features(asked.text, asked.vector))) >= head.cut

    def _grade(
        self, asked: Asked, found: Found, likely: Sequence[Features], *, is_known: bool, is_named: bool
    ) -> Grade:
        """Answered, closest or none; the subject of a follow-up, and a paper that is named, are held."""
        name, features = self._scorer.name, grade_features(found, likely)
        held = float(self._heads[f"{name} held"].log_odds(features))
        is_held = asked.is_follow_up or is_named
        if not is_held and held < self._heads[f"{name} held"].cut:
            return "none"
        if not is_known or (not is_held and held < self._heads[f"{name} surely held"].cut):
            return "closest"
        if name == "reader":
            features = np.concatenate([features, state_features(found, likely, asked.vector)])
        answered = self._heads[f"{name} answered"]
        cut = self._heads[f"{name} follow-up"].cut if asked.is_follow_up else answered.cut
        return "answered" if float(answered.log_odds(features)) >= cut else "closest"


def key_sentences(papers: Sequence[RankedPaper], library: Library) -> tuple[Evidence, ...]:
    """What each paper does, in its own words; none of one without an abstract."""
    roled = library.roled_sentences([paper.stored.row for paper in papers])
    spans = [(paper.stored, key_span(roled[paper.stored.row])) for paper in papers]
    return tuple(Evidence(stored, span, 1.0) for stored, span in spans if span is not None)


def papers_meant(ranked: Sequence[RankedPaper], names: Sequence[Name]) -> Sequence[RankedPaper]:
    """The papers that are meant: those that hold all names, in the title if one does; else for each name the best."""
    holding = [[name for name in names if holds_name(paper.stored, name)] for paper in ranked]
    of_all = [paper for paper, held in zip(ranked, holding, strict=True) if names and len(held) == len(names)]
    titled = [paper for paper in of_all if any(in_title(paper.stored, name) for name in names)]
    first = [next((paper for paper, held in zip(ranked, holding, strict=True) if name in held), None) for name in names]
    return titled or of_all or list(dict.fromkeys(paper for paper in first if paper is not None)) or ranked


def read_texts(ranked: Sequence[RankedPaper], library: Library, information: Information) -> list[Passages]:
    """The sentences to read, of the first of the ranked papers: as many as `PAIRS_READ` allows, of a long one some."""
    texts = passages_of([paper.stored for paper in ranked[:_PAPERS_READ]], library)
    shorter = [_telling(text, information) for text in texts]
    ends = list(accumulate(len(text.spans) for text in shorter))
    return [text for text, end in zip(shorter, ends, strict=True) if end <= PAIRS_READ or text is shorter[0]]


def _telling(text: Passages, information: Information) -> Passages:
    if len(text.spans) <= _MOST_OF_A_PAPER:
        return text
    shares = [information.share(sentence) for sentence in text.sentences]
    kept = sorted(sorted(range(len(shares)), key=lambda n: -shares[n])[:_MOST_OF_A_PAPER])
    return Passages(text.title, text.text, tuple(text.spans[n] for n in kept), tuple(text.roles[n] for n in kept))


def _pieces(ranked: Sequence[RankedPaper], texts: Sequence[Passages], likely: Sequence[Features]) -> list[Evidence]:
    return [
        Evidence(paper.stored, span, float(chance))
        for paper, text, some in zip(ranked, texts, likely, strict=False)
        for span, chance in zip(text.spans, some, strict=True)
    ]


def _enough(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The best pieces, best first, until they hold the answer with a chance of `_ENOUGH`."""
    total = sum(piece.score for piece in pieces)
    held = [share / total for share in accumulate(piece.score for piece in pieces)]
    needed = next(n for n, share in enumerate(held, start=1) if share >= _ENOUGH or n == len(held))
    return list(pieces[: min(needed, MOST_QUOTES)])


def _with_first_points(pieces: Sequence[Evidence], library: Library) -> list[Evidence]:
    """The pieces; before one that begins with "(2)" or "(3)" the sentences before it, from the one that has the (1)."""
    spans = library.sentences([piece.stored.row for piece in pieces])
    found: dict[tuple[int, Span], Evidence] = {}
    for piece in pieces:
        own, abstract = spans[piece.stored.row], piece.stored.paper.abstract
        first = last = own.index(piece.span)
        while first and _LATER_POINT.match(abstract, own[first].start):
            first -= 1
        for span in own[first : last + 1]:
            found.setdefault((piece.stored.row, span), Evidence(piece.stored, span, piece.score))
    return list(found.values())


def _by_paper(pieces: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The pieces, those of a paper together, in the order of the best of each paper."""
    rows = list(dict.fromkeys(piece.stored.row for piece in pieces))
    return tuple(sorted(pieces, key=lambda piece: rows.index(piece.stored.row)))
