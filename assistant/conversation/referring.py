"""What a question means in the course of a conversation: the question on its own, and the papers it is about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer import Answer
from assistant.conversation.shown import Shown, shortened
from assistant.finding.names import holds_name
from assistant.finding.papers import papers_named
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import capitalised_in, question_terms
from assistant.question.question import Question, Reference, question_of
from assistant.question.scope import Scope, with_limits
from assistant.question.turn import Situation, trained_turns
from assistant.question.wish import (
    Piece,
    Wording,
    is_place,
    places_in,
    targets_in,
    trained_wishes,
)
from ingest.embedding import Vector
from ingest.library import Library
from ingest.names import names_in
from ingest.words import stems_of, words_of
from prompts import fill

_TURNS_READ = 12  # so many answers back can be pointed at: a turn costs the same however long the conversation is


@dataclass(frozen=True, slots=True)
class Reading:
    """A question on its own: its scope, whose `rest` is the text to embed and match, and what it refers to.

    `former` is the request that it repeats or goes on with. `papers` are those pointed at, in order, `beside` the one
    spoken of before them. `about` says all this to the user; empty where a question stands on its own.
    """

    scope: Scope
    reference: Reference = "none"
    former: Question | None = None
    papers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    about: str = ""

    @property
    def is_follow_up(self) -> bool:
        """Whether it is about papers that were shown before."""
        return self.reference == "papers"

    def asked(self, question: str) -> str:
        """The question for a writer that has not seen the conversation."""
        return f"{question} ({self.about})" if self.about else question


def read_turn(
    wording: Wording, scope: Scope, history: Sequence[Answer], retriever: HybridRetriever, library: Library
) -> Reading:
    """Read a question, `scope` its limits, in view of the answers before it, newest last."""
    if not history:
        return Reading(scope)
    return Turn(wording, scope, history[-_TURNS_READ:], retriever, library).reading()


def former_question(answer: Answer, retriever: HybridRetriever, library: Library) -> Question:
    """The question of an answer as it was read then; of an answer by an older Daybook, read now."""
    if answer.read:
        return question_of(answer.question, answer.read, library.holdings().days)
    scope = retriever.understood(answer.question)
    if not answer.facts or answer.claims:
        return Question(answer.question, scope, answer.job)
    wording = trained_wishes().wording(answer.question, scope, library.lexical_table())
    wish = trained_wishes().read(wording, retriever.vector(wording.masked))
    return Question(answer.question, scope, "facts", wish=wish)


class Turn:
    """One question and what was said before it."""

    def __init__(
        self, wording: Wording, scope: Scope, history: Sequence[Answer], retriever: HybridRetriever, library: Library
    ) -> None:
        self._question, self._scope, self._library = wording.question, scope, library
        self._masked, self._place_words = wording.masked, wording.place_words
        self._history, self._retriever = history, retriever
        self._shown = Shown(history, library)
        self._terms = question_terms(scope.rest)
        self.pieces = wording.pieces
        self.marks = [mark and not is_place(piece) for mark, piece in zip(wording.marks, self.pieces, strict=True)]
        self._former = former_question(history[-1], retriever, library)

    def reading(self) -> Reading:
        """The likeliest reading that what was shown allows."""
        seen = self.situation
        if seen.points and set(self._terms.words) <= self._place_words:  # "and the second?", "the latter"
            is_of_list = self._former.wish is not None and "place" in self._former.wish.facts
            return (self._again() if is_of_list else self._papers()) or Reading(self._scope)
        if self._former.wish is not None and self._names_only() and (again := self._again()) is not None:
            return again  # "and of PatchGuard?"
        shares = trained_turns().read(self.pieces, self.marks, self.vector, seen)
        ways: Mapping[Reference, Callable[[], Reading | None]] = {
            "none": lambda: Reading(self._scope),
            "papers": self._papers,
            "again": self._again,
            "within": self._within,
        }
        found = (ways[reference]() for reference in sorted(shares, key=lambda one: -shares[one]))
        return next(reading for reading in found if reading is not None)

    @property
    def vector(self) -> Vector:
        """The vector of the question's wording alone."""
        return self._retriever.vector(self._masked)

    @cached_property
    def situation(self) -> Situation:
        """What the question is seen beside."""
        focus = [self._shown.papers[one] for one in self._shown.focus]
        held = [any(holds_name(stored, name) for stored in focus) for name in self._terms.names]
        stems = [set(stems_of(stored.paper.text)) for stored in focus]
        held += [any(set(stems_of(text)) <= some for some in stems) for text in self._targets()]
        return Situation(
            former_job=self._former.job,
            shown=len(focus),
            own=len(self._terms.words),
            held=self._shown.share_in_focus(self._scope.rest) if focus else 0.0,
            has_limits=bool(self._scope.description),
            gives_ids=self._scope.arxiv_ids is not None,
            names_shown=any(held),
            names_others=not all(held),
            points=bool(places_in(self.pieces, self.marks)),
        )

    def _targets(self) -> list[str]:
        """What the question names, as written."""
        return targets_in(self._question, self.pieces, self.marks)

    def _names_only(self) -> bool:
        """Whether the question says nothing but names."""
        named = [*self._targets(), *capitalised_in(self._scope.rest), *names_in(self._scope.rest)]
        words = {word for text in named for word in words_of(text)}
        return bool(self._terms.words) and set(self._terms.words) <= words

    # ---- papers that were shown

    def _papers(self) -> Reading | None:
        ids = self._meant()
        if self._former.wish is not None and not set(ids) <= set(self._shown.mentioned):
            return self._again()  # the same facts of another paper
        kept = self._shown.within(ids, self._scope)
        if not kept:
            return None
        scope = replace(self._scope, arxiv_ids=frozenset(kept))
        beside = tuple(one for one in self._shown.focus[:1] if one not in kept)
        return Reading(scope, "papers", self._former, tuple(kept), beside, self._shown.spoken(kept))

    def _meant(self) -> list[str]:
        """The papers pointed at: by id, name, place or what they are about; else those of the newest answer."""
        shown = self._shown
        focus = shown.focus
        given = shown.held(sorted(self._scope.arxiv_ids or ()))
        named = self._named()
        placed = [one for place in places_in(self.pieces, self.marks) for one in shown.at(place)]
        pointed = list(dict.fromkeys([*given, *named, *placed]))
        if not pointed:
            pointed = shown.fitting(self._scope.rest, self._retriever.vector)
        return pointed or focus

    def _named(self) -> list[str]:
        """The papers of the names in the question, shown or not."""
        shown, rest = self._shown, self._scope.rest
        named = [one for name in dict.fromkeys(names_in(rest)) for one in shown.named(name)]
        texts = [*self._targets(), *capitalised_in(rest)]
        found = (papers_named(text, self._scope, self._library) or () for text in texts)
        return [*named, *shown.held([stored.paper.arxiv_id for some in found for stored in some])]

    # ---- the former request

    def _again(self) -> Reading | None:
        """The former request with this one's words or limits in place of its own."""
        own, newer = self._terms.words, self._scope
        if own and self._former.job == "ask" and not self.situation.names_others and self._shown.focus:
            return self._papers()  # another detail of the same papers
        is_detail = self._former.reference == "papers" and not self._named()  # "and on gaze estimation" after "code?"
        former = self._former if own and not is_detail else self._standing()
        if former is None or not (own or newer.description):
            return None
        scope = with_limits(replace(former.scope, arxiv_ids=None), newer, self._library.holdings().days)
        rest = self._repeated(former) if own and former.wish is None else former.scope.rest
        scope = replace(scope, rest=rest, respelt=self._scope.respelt)
        return Reading(scope, "again", former, about=fill("as_before", topic=shortened(former.scope.rest.strip(" ?."))))

    def _repeated(self, former: Question) -> str:
        """A former text with this one's subject: where both name something, in its place, else beside it."""
        text = former.scope.rest
        wording = trained_wishes().wording(text, former.scope, self._library.lexical_table())
        pieces, marks = wording.pieces, wording.marks
        own = _marked(self.pieces, self.marks)
        if own and any(marks):
            kept = [piece.text for piece, is_marked in zip(pieces, marks, strict=True) if not is_marked]
            return " ".join([*kept, own])
        return self._scope.rest if former.job == "list" else f"{self._scope.rest} {text}"

    def _within(self) -> Reading | None:
        """A new request on what the former one covered: the papers of its list, or those within its limits."""
        former = self._standing()
        if former is None:
            return None
        ids = self._shown.focus if former.job in {"list", "ask", "compare"} else ()
        if former.wish is not None and former.wish.targets:
            ids = self._shown.focus
        held = self._library.holdings().days
        scope = replace(
            with_limits(former.scope, self._scope, held), rest=self._scope.rest, respelt=self._scope.respelt
        )
        kept = self._shown.within(ids, self._scope)
        if not kept and not scope.description:
            return None
        scope = replace(scope, arxiv_ids=frozenset(kept) if ids else None)
        return Reading(scope, "within", former, about=self._shown.spoken(kept or ids) if ids else scope.description)

    def _standing(self) -> Question | None:
        """The newest former question that is not about papers shown before it."""
        for answer in reversed(self._history):
            former = former_question(answer, self._retriever, self._library)
            if former.reference != "papers" and former.job != "help":
                return former
        return None


def _marked(pieces: Sequence[Piece], marks: Sequence[bool]) -> str:
    """What a question is marked to name."""
    return " ".join(piece.text for piece, is_marked in zip(pieces, marks, strict=True) if is_marked)
