"""What a question means in the course of a conversation: the question on its own, and the papers it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer
from assistant.days import spoken_day
from assistant.describing import description, is_back_to
from assistant.pointing import (
    Place,
    asking_which,
    carrying_words,
    chooses_ones,
    is_only_limits,
    new_topic,
    places,
    signs_of,
    without,
    without_same_day,
)
from assistant.scope import Scope
from assistant.shown import Shown
from assistant.topic import as_before, topic_of, with_limits, without_names
from ingest.library import Library
from ingest.names import names_in

_LEAST_SHARE = 0.5  # of a question's information, for the papers in focus to be what it is about
_LEAST_DESCRIBED = 0.5
_LEAST_DESCRIBED_AS_ONE = 0.2
_FEW_WORDS = 2
_TURNS_READ = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """A question on its own: its scope, whose `rest` is the text to embed and match, and what it hangs on.

    `is_follow_up`: it is about papers that were shown before. `compared`: those of which each has its say, in order.
    `apart_from` are papers that must not be shown again. `about` says all this to the user; empty where a
    question stands on its own.
    """

    scope: Scope
    is_follow_up: bool = False
    compared: tuple[str, ...] = ()
    apart_from: frozenset[str] = field(default=frozenset())
    about: str = ""

    def asked(self, question: str) -> str:
        """The question for a writer that has not seen the conversation."""
        return f"{question} ({self.about})" if self.about else question


def read_turn(
    question: str, history: Sequence[Answer], understand: Callable[[str], Scope], library: Library
) -> Reading:
    """Read a question in view of the answers before it, newest last; `understand` reads the limits of a text."""
    announced = new_topic(question)
    scope = understand(announced or question)
    if announced is not None or not history:
        return Reading(scope)
    return _Reader(scope, Shown(history[-_TURNS_READ:], library), understand).reading()


class _Reader:
    """Reads one question; the first rule that applies decides."""

    def __init__(self, scope: Scope, shown: Shown, understand: Callable[[str], Scope]) -> None:
        self._scope = scope
        self._shown = shown
        self._understand = understand
        self._signs = signs_of(scope.rest)
        self._places = places(scope.rest)

    def reading(self) -> Reading:
        """The reading; the question by itself where no rule applies."""
        if self._scope.arxiv_ids is not None:  # it says itself which papers it is about
            return self._comparison() or Reading(self._scope)
        rules: tuple[Callable[[], Reading | None], ...] = (
            self._comparison,
            self._same_day,
            self._limits,
            self._alike,
            self._place,
            self._described,
            self._among,
            self._pronoun,
            self._definite,
            self._continuation,
        )
        return next(filter(None, (rule() for rule in rules)), Reading(self._scope))

    # ---- the rules

    def _comparison(self) -> Reading | None:
        """As in "Compare it with the first", "how does it differ from PatchGuard?", "which of the two is faster?"."""
        signs = self._signs
        points = (signs.names_two, signs.pronoun, signs.definite, signs.among, signs.nouns, self._places)
        if not any(points) or not (signs.compares or (signs.names_two and signs.ranks)):
            return None
        compared = list(dict.fromkeys(self._sides()))
        return self._about(compared, self._without_places(), is_comparison=True) if len(compared) > 1 else None

    def _sides(self) -> list[str]:
        """What a comparison points at: it, and what it is compared with; or two papers."""
        signs, shown = self._signs, self._shown
        focus = shown.focus[:1] if signs.pronoun or signs.definite else []
        sides = [*self._at_places(apart_from=focus), *(shown.other() if signs.other else []), *self._named()]
        sides += shown.held(sorted(self._scope.arxiv_ids or ()))
        if not sides and (said := description(self._scope.rest)) is not None:
            sides += shown.fitting(said.what, _LEAST_DESCRIBED, apart_from=focus)
        if signs.names_two or (signs.is_plural and not sides):
            return [*sides, *shown.two()]
        if sides and (focus or len(set(sides)) == 1):
            return [*shown.focus[:1], *sides]
        return [*sides, *shown.focus] if signs.nouns or signs.among else sides

    def _same_day(self) -> Reading | None:
        if not self._signs.same_day or not self._shown.focus:
            return None
        days = frozenset(listing.day for listing in self._shown.papers[self._shown.focus[0]].listings)
        said = ", ".join(filter(None, [self._scope.description, spoken_day(max(days))]))
        return Reading(replace(self._scope, days=days, rest=without_same_day(self._scope.rest), description=said))

    def _limits(self) -> Reading | None:
        """The question before with other limits, or those of the papers shown that are within new ones."""
        scope = self._scope
        if not scope.description:
            return None
        if is_only_limits(scope.rest):
            return self._former_with_limits("")
        if not chooses_ones(scope.rest) or self._signs.lists or self._places:
            return None
        kept, said = self._shown.within(self._shown.focus, scope), description(scope.rest)
        if said is not None and not set(kept) & set(self._shown.fitting(said.what, _LEAST_DESCRIBED)):
            kept = []
        return self._about(kept, scope.rest) if kept else self._former_with_limits(scope.rest)

    def _alike(self) -> Reading | None:
        """Others like those before: the topic, without the paper that was first on it."""
        signs = self._signs
        if not (signs.alike or (signs.apart and signs.lists)):
            return None
        apart = frozenset(self._shown.focus[:1] if signs.apart else ())  # the others of a list may be what is sought
        own = [word for word in carrying_words(self._scope.rest) if word not in {"similar", "else"}]
        topic = self._topic() if signs.alike or not own else None
        if topic is None:
            return Reading(self._scope, apart_from=apart)
        words = without_names(topic.rest)
        text = f"{self._scope.rest} {' '.join(carrying_words(words))}" if own else words
        return Reading(replace(self._scope, rest=text), apart_from=apart, about=as_before(words))

    def _place(self) -> Reading | None:
        """As in "The second one", "[2]", "the latter", "the other one"."""
        ids = self._at_places() or (self._shown.other() if self._signs.other else [])
        return self._about(ids, self._with_former_aspect(self._without_places()))

    def _described(self) -> Reading | None:
        """As in "Back to the lip-reading one": the paper of the conversation that fits best."""
        said = description(self._scope.rest)
        if said is None:
            return None
        least = _LEAST_DESCRIBED_AS_ONE if said.is_of_one else _LEAST_DESCRIBED
        if found := self._shown.fitting(said.what, least):
            return self._about(found, said.rest or said.what)
        if is_back_to(self._scope.rest) and not carrying_words(said.what):
            return self._about(self._shown.focus, said.rest)
        return None

    def _among(self) -> Reading | None:
        """As in "Which one needs no labels?", "which of the two is faster?"."""
        signs = self._signs
        if signs.lists or not (signs.among or signs.names_two):
            return None
        return self._about(self._shown.two() if signs.names_two else self._shown.focus, asking_which(self._scope.rest))

    def _pronoun(self) -> Reading | None:
        """As in "How fast is it?", "who labelled those scans?"."""
        rest = self._scope.rest
        points = self._signs.pronoun and not self._shown.names_others(rest)
        if not points and not self._signs.lists:
            points = any(self._shown.is_spoken_of(noun) for noun in self._signs.nouns)
        return self._about(self._shown.focus, rest) if points else None

    def _definite(self) -> Reading | None:
        """As in "Is the method better than commercial programs?"."""
        signs, rest = self._signs, self._scope.rest
        if signs.lists or not signs.definite or self._shown.names_others(rest):
            return None
        is_about_it = signs.continues or len(carrying_words(rest)) <= _FEW_WORDS
        is_about_it = is_about_it or self._shown.share_in_focus(rest) >= _LEAST_SHARE
        return self._about(self._shown.focus, rest) if is_about_it else None

    def _continuation(self) -> Reading | None:
        """A question that cannot stand alone: "mAP?", "and on COCO?", "How many people took part?"."""
        signs, rest = self._signs, self._scope.rest
        words = carrying_words(rest)
        if signs.lists or not (signs.continues or signs.detail):
            return None
        is_fragment = signs.of_which and len(words) <= _FEW_WORDS
        if words and not is_fragment and (signs.past or not signs.on_something):
            is_short = len(words) <= _FEW_WORDS + 1 and (signs.past or signs.on_something) and signs.detail
            if self._shown.names_others(rest) or not (is_short or self._shown.share_in_focus(rest) >= _LEAST_SHARE):
                return None
        return self._about(self._shown.focus, rest)

    # ---- what they need

    def _about(self, arxiv_ids: Sequence[str], text: str, *, is_comparison: bool = False) -> Reading | None:
        """A reading that is limited to these papers, as far as they are within the limits that the question sets."""
        if not arxiv_ids:
            return None
        kept = self._shown.within(arxiv_ids, self._scope)
        if not kept:
            return self._former_with_limits(text)
        scope = replace(self._scope, arxiv_ids=frozenset(kept), rest=text)
        return Reading(scope, True, tuple(kept) if is_comparison else (), about=self._shown.spoken(kept))

    def _former_with_limits(self, own: str) -> Reading | None:
        topic = self._topic()
        if topic is None:
            return None
        text = topic.rest if not carrying_words(own) else f"{own} {' '.join(carrying_words(topic.rest))}"
        return Reading(replace(with_limits(topic, self._scope), rest=text), about=as_before(topic.rest))

    def _topic(self) -> Scope | None:
        return topic_of(self._shown.history, self._understand)

    def _at_places(self, apart_from: Sequence[str] = ()) -> list[str]:
        found = (self._named_at(place) or self._shown.at(place, apart_from) for place in self._places)
        return [arxiv_id for ids in found for arxiv_id in ids]

    def _named_at(self, place: Place) -> list[str]:
        """As in "I am reading A and B. What does the first change?": the place among names that were asked about."""
        for text in (self._scope.rest[: place.span[0]], *self._names_before()):
            names = list(dict.fromkeys(names_in(text)))
            if len(names) >= max(2, place.number):
                return self._shown.named(names[place.number - 1 if place.number > 0 else -1])
        return []

    def _names_before(self) -> list[str]:
        """The newest former question with several names, where every one since only pointed at them."""
        for answer in reversed(self._shown.history):
            if len(set(names_in(answer.question))) > 1:
                return [answer.question]
            if not places(answer.question):
                break
        return []

    def _named(self) -> list[str]:
        """The papers of the names in the question: of this conversation, or else of the library."""
        return [arxiv_id for name in dict.fromkeys(names_in(self._scope.rest)) for arxiv_id in self._shown.named(name)]

    def _without_places(self) -> str:
        return without(self._scope.rest, [place.span for place in self._places])

    def _with_former_aspect(self, text: str) -> str:
        """As in "And the second?" asks of the second what was asked of the first."""
        former = self._shown.history[-1].question.rpartition(". ")[2]
        if not self._signs.continues or carrying_words(text) or not places(former):
            return text
        return without(former, [place.span for place in places(former)])
