"""Clauses that stand for themselves within a quote: what may stand before one, and between its subject and its verb."""

from itertools import pairwise

from assistant.answering.carrying_gap import Gap
from assistant.answering.carrying_words import (
    BOUNDS,
    CONDITIONS,
    DENYING,
    FACTIVE,
    HEDGES,
    MERE,
    MODALS,
    OPEN,
    Token,
    Tokens,
    bases,
    is_adverb,
    is_telling,
    is_verb,
    reaches,
)

_JOINERS = frozenset("and but yet while whilst whereas".split())  # noqa: SIM905
_CONCEDING = frozenset("although though while whilst whereas because".split())  # noqa: SIM905
"""What opens a clause that is true whatever the other one says."""
NAMING = frozenset("called named termed dubbed".split())  # noqa: SIM905
_THINKING = (HEDGES - MODALS - BOUNDS) - frozenset(
    """likely partially mainly largely theoretically possibly potentially perhaps probably hopefully future help lack
    tend""".split()  # noqa: SIM905
)
"""Verbs that do not assert the clauses that they govern."""
_PRONOUNS = frozenset("it they".split())  # noqa: SIM905
_DETERMINING = frozenset("article ours pointing".split())  # noqa: SIM905
_LONGEST_SUBJECT = 10  # words: of an absolute "with the shape prior leading to"
_TOGETHER = ("combin", "compar", "merg", "fus", "join", "integrat", "unit", "relat", "connect", "link", "mix")
"""What is done to two things at once, not to each."""
_NAME = 6  # words that a name in apposition has


def is_finite(token: Token) -> bool:
    """Whether a token is a verb that has a subject: "is", "may", "reaches", "reached"."""
    if token.kind == "being" or token.text in MODALS:
        return True
    return token.kind == "word" and not token.text.endswith("ing") and is_verb(token.text)


def _is_third(token: Token) -> bool:
    """Whether a verb stands in a form that no auxiliary before may govern: "reaches", "is"."""
    return (token.kind == "being" and token.text not in ("be", "been", "have", "do")) or (
        token.kind == "word" and token.text.endswith("s") and is_verb(token.text)
    )


# ---- between a subject and its verb


def joins_verbs(gap: Gap) -> bool:
    """Whether it is the "beats B and" of "A beats B and reaches C": the subject of both is one.

    What the first verb is denied or hedged by reaches the second only if that is no finite form of its own.
    """
    first, second = _verb_of(gap.tokens), gap.following
    words = [token for token in gap.tokens if token.kind not in ("passing", "comma")]
    is_own = bool(words) and _is_third(words[-1]) and words[-1] in gap.before
    if is_own:
        second, words = words[-1], words[:-1]
    if first is None or not words or not _is_joined(gap.tokens, words[-1]):
        return False
    if is_adverb(second.text):
        second = gap.held[gap.place + 1] if gap.place + 1 < len(gap.held) else second
    if not is_finite(second) or not _is_alike(first, second):
        return False
    if _has_own_verbs(gap.tokens, second):
        return False
    return _is_third(second) or not any(map(reaches, gap.tokens))


def _verb_of(tokens: Tokens) -> Token | None:
    """The verb that tokens begin with, behind adverbs, if they do."""
    for place, token in enumerate(tokens):
        if is_telling(token):  # "supposedly beats B and reaches C": it may range over both
            return None
        if not is_adverb(token.text):
            is_verb_here = is_finite(token) or (_is_verb_by_object(token, tokens[place + 1 : place + 2]))
            return token if is_verb_here else None
    return None


def _is_verb_by_object(token: Token, behind: Tokens) -> bool:
    """Whether "uses" is a verb as "uses the" tells, or "rely" as "rely on" does."""
    if not behind or token.kind != "word":
        return False
    is_object = behind[0].kind in _DETERMINING or behind[0].text == "only"
    return (is_object and token.text.endswith("s")) or (behind[0].kind == "preposition" and behind[0].text != "of")


def _is_joined(tokens: Tokens, last: Token) -> bool:
    """Whether tokens end in "and", "but" or the like, or in ", however,"."""
    if last.text in _JOINERS:
        return True
    return [token.kind for token in tokens[-3:]] == ["comma", "passing", "comma"]


def _is_alike(first: Token, second: Token) -> bool:
    """Whether two verbs may have one subject: "reaches" and "is", "reach" and "are", "reached" and "led"."""
    if {first.text, second.text} & (MODALS | {"was", "were", "had", "did"}):
        return True
    return _is_singular(first) == _is_singular(second)


def _is_singular(token: Token) -> bool:
    return token.text not in ("was", "does not") and token.text.endswith("s")


def _has_own_verbs(tokens: Tokens, second: Token) -> bool:
    """Whether a relative clause or a participle in the midst may be what the second verb belongs to."""
    if any(token.kind == "comma" for token in tokens[-3:]):
        return False
    is_past = second.text.endswith("ed")
    return any(
        token.kind == "relative" or (is_past and place > 1 and token.text.endswith("ed"))
        for place, token in enumerate(tokens)
    )


def is_conceded(gap: Gap) -> bool:
    """Whether it is the "is slow, it" of "although A is slow, it reaches B": the pronoun is the subject before it."""
    tokens = gap.tokens
    if len(tokens) < 3 or tokens[-1].text not in _PRONOUNS or tokens[-2].kind != "comma" or not is_finite(tokens[0]):
        return False
    before = gap.held[: gap.last + 1]
    start = next((place for place, token in enumerate(before) if token.text in _CONCEDING), None)
    if start is None or any(token.kind == "comma" for token in before[start:]):
        return False
    if any(is_finite(token) and former.text != "to" for former, token in pairwise(before[start:])):
        return False
    following = gap.held[gap.place :]
    return bool(following) and (is_finite(following[0]) or is_adverb(following[0].text) or reaches(following[0]))


def joins_subjects(gap: Gap) -> bool:
    """Whether it is the "and B are" of "A and B are tested", of verbs that are said of each alone."""
    tokens, first = gap.tokens, gap.tokens[0]
    if first.text != "and" or tokens[-1].kind != "being" or tokens[-1] not in gap.before:
        return False
    if not gap.following.text.endswith("ed") or gap.following.text.startswith(_TOGETHER):
        return False
    before = gap.held[: gap.last + 1]
    return not any(is_finite(token) or token.kind in ("relative", "comma") or reaches(token) for token in before) and (
        not any(map(reaches, tokens))
    )


def opens_participle(gap: Gap) -> bool:
    """Whether it is the "we do A," of "we do A, reaching B": that B is reached is said, and not of whom."""
    tokens = gap.tokens
    while tokens and (tokens[-1].text in MERE or tokens[-1].kind == "passing"):
        tokens = tokens[:-1]
    if not tokens or not (tokens[-1].kind == "comma" or tokens[-1].text in ("while", "whilst")):
        return False
    return gap.following.text.endswith("ing") and is_verb(gap.following.text) and _is_plain(tokens)


def is_apposed(gap: Gap) -> bool:
    """Whether it is the ", a set" of "A, a set consisting of B": A consists of B."""
    tokens = gap.tokens
    if [token.kind for token in tokens[:2]] != ["comma", "article"] or not gap.following.text.endswith("ing"):
        return False
    is_noun = all(token.kind in OPEN and not reaches(token) for token in tokens[2:]) and len(tokens) <= _LONGEST_SUBJECT
    return is_noun and is_verb(gap.following.text)


# ---- before a clause


def _without_determiners(tokens: Tokens) -> Tokens:
    """Tokens without the articles and pronouns at their end, which belong to the noun behind."""
    while tokens and tokens[-1].kind in _DETERMINING:
        tokens = tokens[:-1]
    return tokens


def opens_clause(gap: Gap) -> bool:
    """Whether a clause of its own begins behind what is left out, which nothing there governs."""
    tokens = _without_determiners(gap.tokens)
    if not tokens or gap.following.kind not in OPEN | {"number"} | {"being"}:
        return False
    return _opens_conceded(tokens) or _opens_told(tokens) or _opens_joined(tokens) or _opens_where(tokens, gap)


def _opens_conceded(tokens: Tokens) -> bool:
    """Whether it is "although" or "because" at the beginning of a sentence."""
    words = [token for token in tokens if token.kind not in ("passing", "comma")]
    return len(words) == 1 and words[0].text in _CONCEDING


def _opens_told(tokens: Tokens) -> bool:
    """Whether it is "…, and we show that": a frame that asserts, behind a clause that governs nothing."""
    if tokens[-1].text != "that" or len(tokens) < 3 or FACTIVE.isdisjoint(bases(tokens[-2].text)):
        return False
    start = next((p for p in range(len(tokens) - 2, -1, -1) if tokens[p].kind in ("joining", "comma")), None)
    if start is None:
        return False
    return not any(map(reaches, tokens[start:])) and _is_plain(tokens[:start])


def _opens_joined(tokens: Tokens) -> bool:
    """Whether it is a clause with its verb, and ", and" or the like behind it."""
    if len(tokens) < 4 or tokens[-1].text not in _JOINERS or tokens[-2].kind != "comma":
        return False
    return any(map(is_finite, tokens)) and _is_plain(tokens)


def _opens_where(tokens: Tokens, gap: Gap) -> bool:
    """Whether it is ", in which", ", where", or ", with" before a subject and its participle."""
    texts = [token.text for token in tokens]
    if texts[-3:] == [",", "in", "which"] or texts[-2:] == [",", "where"]:
        return _is_plain(tokens)
    if texts[-2:] != [",", "with"]:
        return False
    for token in gap.held[gap.place : gap.place + _LONGEST_SUBJECT]:
        if token.text == "being" or (token.text.endswith("ing") and is_verb(token.text)):
            return _is_plain(tokens)
        if token.kind == "comma" or is_finite(token):
            return False
    return False


def _is_plain(tokens: Tokens) -> bool:
    """Whether what stands before a clause is neither a condition nor something that is only thought."""
    texts = {token.text for token in tokens}
    return CONDITIONS.isdisjoint(texts) and not any(
        token.kind != "part" and not _THINKING.isdisjoint(bases(token.text)) for token in tokens
    )


def opens_apposed(gap: Gap) -> bool:
    """Whether it is the "a net, the" of "a net, the Predictor, is trained"."""
    tokens, held = gap.tokens, gap.held
    if [token.kind for token in tokens[-2:]] != ["comma", "article"] or tokens[0].kind != "article":
        return False
    if any(token.kind not in OPEN | {"number"} or reaches(token) for token in tokens[1:-2]):
        return False
    end = next((p for p in range(gap.place, min(gap.place + _NAME, len(held))) if held[p].kind == "comma"), None)
    return end is not None and end + 1 < len(held) and is_finite(held[end + 1])


def opens_named(gap: Gap) -> bool:
    """Whether it is the "one path, called" of "one path, called A, does B"."""
    tokens = _without_determiners(gap.tokens)
    if len(tokens) < 3 or tokens[-1].text not in NAMING or tokens[-2].kind != "comma":
        return False
    if any(is_finite(token) or reaches(token) for token in tokens[:-1] if token.text not in ("one", "first")):
        return False
    behind = gap.held[gap.place : gap.place + _NAME]
    return any(token.kind == "comma" for token in behind) and DENYING.isdisjoint(token.text for token in behind)
