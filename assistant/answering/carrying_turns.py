"""A text read in the order of another: a passive as active, an adjunct that stands first behind, a frame taken off."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assistant.answering.carrying_words import (
    CONNECTING,
    FACTIVE,
    MODALS,
    OPEN,
    Token,
    Tokens,
    bases,
    is_adverb,
    is_participle,
    is_preposition,
    is_telling,
)

_MOST_COMMAS = 4  # of an adjunct that stands first, its own and those of what opens: "Also, on A, B, and C, …"
_LONGEST_ITEM = 4  # words
_BOUNDARIES = frozenset("comma stop open close preposition joining relative".split())  # noqa: SIM905
_FRONTED = frozenset(
    """compared based using due given since because while although though if when
    whereas as apart depending instead owing besides together following thanks""".split()  # noqa: SIM905
)
_SUBJECTS = frozenset("experiment result evaluation study test comparison".split())  # noqa: SIM905
_SAYING = frozenset("say state report note mention write".split())  # noqa: SIM905
_OF = Token("of", "preposition")
_AGENT = Token("we", "agent")


class Turn(NamedTuple):
    """An order of the tokens of a text.

    `is_agentless` where they begin with the verb of a passive that names no agent; `is_attributed` where a frame that
    gives them as the paper's words was taken off; `raising` is the verb of "is shown to improve"; `moved` the adjunct
    that stood in front.
    """

    tokens: Tokens
    is_agentless: bool = False
    is_attributed: bool = False
    raising: str = ""
    moved: Tokens = ()


@lru_cache(maxsize=256)
def turns_of_quote(held: Tokens) -> tuple[Turn, ...]:
    """The orders of a quote: its own first."""
    orders = [
        Turn(held),
        *_adjunct_behind(held, is_first_only=True),
        *map(Turn, _frame_behind(held)),
        *map(Turn, _owner_behind(held)),
    ]
    turned = [
        turn._replace(moved=order.moved) for order in orders for turn in _as_active(order.tokens, is_agent_needed=True)
    ]
    return (*orders, *turned)


def turns_of_sentence(said: Tokens) -> list[Turn]:
    """The orders of a sentence: its own first."""
    plain = _without_attribution(said)
    is_attributed = plain != said
    orders = [plain, *(turn.tokens for turn in _adjunct_behind(plain)), *_owner_behind(plain)]
    turned = [turn for tokens in orders for turn in _as_active(tokens, is_agent_needed=False)]
    found = [*map(Turn, orders), *_impersonal(plain), *turned]
    return [turn._replace(is_attributed=is_attributed) for turn in found]


# ---- who says it


def _without_attribution(said: Tokens) -> Tokens:
    """A sentence without "according to the results," or "the abstract states that"."""
    texts = [token.text for token in said]
    comma = texts.index(",") if "," in texts else 0
    if (
        texts[:2] == ["according", "to"]
        and comma
        and comma <= len(("according", "to", "the", "experimental", "results"))
    ):
        return said[comma + 1 :]
    if len(said) > 4 and texts[-3] == "," and said[-2].kind == "agent":  # "…, the authors observe"
        return (*said[-2:], Token("that", "relative"), *said[:-3])
    if len(said) > 2 and said[0].kind == "agent" and not _SAYING.isdisjoint(bases(texts[1])):
        return said[3:] if said[2].text == "that" else said
    return said


def _impersonal(said: Tokens) -> Iterator[Turn]:
    """The sentence "it is proposed to …" as "we propose to …"."""
    texts = [token.text for token in said[:5]]
    being = 1
    while being < len(texts) and said[being].kind == "being":
        being += 1
    if texts[:1] == ["it"] and being > 1 and texts[being + 1 : being + 2] in (["that"], ["to"]):
        yield Turn((_AGENT, *said[being:]))


# ---- adjuncts


def is_fronted(text: str) -> bool:
    """Whether a word at the beginning opens an adjunct or a subordinate clause."""
    return is_preposition(text) or text in _FRONTED


def is_evidence(token: Token) -> bool:
    """Whether a word names what shows a result: experiments, a study."""
    return not _SUBJECTS.isdisjoint(bases(token.text))


def is_listed(tokens: Tokens, start: int) -> bool:
    """Whether what stands behind a comma is an item of a list: another comma or an "and" is near."""
    return any(token.kind in ("joining", "comma") for token in tokens[start : start + _LONGEST_ITEM])


def _adjunct_behind(tokens: Tokens, *, is_first_only: bool = False) -> Iterator[Turn]:
    """The adjunct before one of the first commas, or the first that ends no item of a list, moved behind.

    It is moved to the end and before each later preposition and comma.
    """
    commas = [place for place, token in enumerate(tokens) if token.kind == "comma"][:_MOST_COMMAS]
    start = 0
    if commas and all(
        token.kind == "passing" or token.text in CONNECTING for token in tokens[: commas[0]]
    ):  # "However, on KITTI, …"
        start = commas[0] + 1
    if not tokens[start:] or not is_fronted(tokens[start].text):
        return
    behind = [comma for comma in commas if comma > start]
    if is_first_only:
        behind = [comma for comma in behind if not is_listed(tokens, comma + 1)][:1]
    for comma in behind:
        adjunct = tokens[start:comma]
        yield from (Turn(order, moved=adjunct) for order in _placed(adjunct, tokens[comma + 1 :]))


def _placed(adjunct: Tokens, rest: Tokens) -> Iterator[Tokens]:
    yield (*rest, *adjunct)
    for place, token in enumerate(rest):
        if place and token.kind in ("preposition", "comma"):
            yield (*rest[:place], *adjunct, *rest[place:])


def _frame_behind(held: Tokens) -> Iterator[Tokens]:
    """The quote "experiments on KITTI show that …" as "… on KITTI"."""
    verb = next((place for place, token in enumerate(held) if not FACTIVE.isdisjoint(bases(token.text))), 0)
    frame = held[:verb]
    first = next((place for place, token in enumerate(frame) if token.text in ("on", "in")), 0)
    if first and any(map(is_evidence, frame[:first])):
        yield from _placed(frame[first:], held[verb + 1 :])


def _owner_behind(tokens: Tokens) -> Iterator[Tokens]:
    """The noun "X's accuracy" as "accuracy of X"."""
    place = next((place for place, token in enumerate(tokens) if token.kind == "owning"), 0)
    start = place
    while start and tokens[start - 1].kind in OPEN and place - start < _LONGEST_ITEM:
        start -= 1
    owner = tokens[start:place]
    for end in (place + 2, place + 3):
        if owner and all(token.kind in OPEN for token in tokens[place + 1 : end]):
            yield (*tokens[:start], *tokens[place + 1 : end], _OF, *owner, *tokens[end:])


# ---- passives


def _as_active(tokens: Tokens, *, is_agent_needed: bool) -> Iterator[Turn]:
    """A passive as its active: "B is improved by A on C" is "A improved B on C", "B is proposed" is "proposed B"."""
    for place, token in enumerate(tokens):
        if token.kind != "being" or not place:
            continue
        verb = place + 1
        while verb < len(tokens) and is_adverb(tokens[verb].text):
            verb += 1
        while verb + 1 < len(tokens) and tokens[verb].kind == tokens[verb + 1].kind == "part":  # "re-trained"
            verb += 1
        if verb == len(tokens) or not is_participle(tokens[verb].text):
            continue
        start = place
        while start and (tokens[start - 1].kind == "being" or tokens[start - 1].text in MODALS | {"not"}):
            start -= 1
        doing = tuple(t for t in tokens[start : verb + 1] if t.kind != "being")
        opener, subject = _opener(tokens[:start])
        rest = tokens[verb + 1 :]
        yield from _with_agent((*filter(is_telling, opener), *subject), doing, rest)
        if is_agent_needed:
            continue
        yield Turn((*opener, *doing, *subject, *rest), is_agentless=True)
        if rest and rest[0].text == "to" and not FACTIVE.isdisjoint(bases(doing[-1].text)):
            yield Turn((doing[-1], *subject, *rest[1:]), is_agentless=True, raising=doing[-1].text)


def _opener(subject: Tokens) -> tuple[Tokens, Tokens]:
    """An adverb at the beginning, "first," or "then", apart from what it stands before."""
    if len(subject) > 2 and is_adverb(subject[0].text):
        return (subject[:1], subject[2:]) if subject[1].kind == "comma" else (subject[:1], subject[1:])
    return (), subject


def _with_agent(subject: Tokens, doing: Tokens, rest: Tokens) -> Iterator[Turn]:
    for by, token in enumerate(rest):
        if token.text != "by":
            continue
        between, agent = rest[:by], rest[by + 1 :]
        ends = [place for place, token in enumerate(agent) if place and token.kind in _BOUNDARIES]
        for end in (*ends[:2], len(agent)):
            yield Turn((*agent[:end], *doing, *subject, *between, *agent[end:]))
