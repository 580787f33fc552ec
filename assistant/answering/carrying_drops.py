"""What a sentence may leave out of its quote and still be true by it."""

from dataclasses import replace
from itertools import pairwise

from assistant.answering.carrying_clauses import (
    NAMING,
    is_apposed,
    is_conceded,
    is_finite,
    joins_subjects,
    joins_verbs,
    opens_apposed,
    opens_clause,
    opens_named,
    opens_participle,
)
from assistant.answering.carrying_gap import BRINGING, FAR, LONGEST_NOUN, Gap, Taken
from assistant.answering.carrying_turns import Turn, is_evidence, is_listed
from assistant.answering.carrying_words import (
    BOUNDS,
    DENYING,
    FACTIVE,
    MERE,
    MODALS,
    OPEN,
    PLACES,
    PROPOSING,
    QUANTIFIERS,
    Token,
    Tokens,
    bases,
    is_adverb,
    is_participle,
    is_telling,
    is_unique,
    is_verb,
    reaches,
)
from assistant.language.quantities import unit_of

_ENDS = frozenset("comma open close stop".split())  # noqa: SIM905
_REACH = 3  # words: what follows a mark and reaches back stands next to it: ", but only on X"
_NEAR = 3  # words behind a preposition: "in some ports"; "on platforms every day" tells of how often
_LONGEST_CONJUNCT = 12  # words: longer ones have clauses of their own
_LONGEST_ITEM = 7  # words: "and PASCAL VOC 2007 object detection benchmarks"
_SHORTEST_CONJUNCT = 3  # words: "recall, precision and" holds no verb
_LONGEST_FRAME = 12  # words: "Extensive experiments on three public benchmarks show that"
_LONGEST_SPELLED = 8  # words that an acronym stands for
_ADJUNCTS = frozenset(
    """on in at for by from into through via across among over with to using including compared
    such based leading resulting making due because since while thanks""".split()  # noqa: SIM905
)
_CONTRASTS = frozenset("contrast contrary unlike despite although though while whereas instead compared".split())  # noqa: SIM905
_CLASSES = frozenset(
    """method methods approach model models framework network networks system algorithm technique architecture module
    dataset datasets benchmark benchmarks corpus loss tracker detector""".split()  # noqa: SIM905
)
"""What a name is of: "the KITTI dataset" is KITTI."""
_ASKING = frozenset("how why what whether when where".split())  # noqa: SIM905
_EQUATING = frozenset("as same such so similar equal".split())  # noqa: SIM905
_CAUSES = frozenset("since because due owing thanks".split())  # noqa: SIM905
"""What opens a reason: that a thing is so is said whatever its reason."""
_DISCOURSE = frozenset("particular addition fact summary contrast conclusion turn practice short general".split())  # noqa: SIM905
_GENERIC = frozenset("we authors one".split())  # noqa: SIM905


# ---- between two kept words


def may_lie_between(gap: Gap) -> Taken | None:
    """What a gap between two kept words is, or None where it cannot be left out."""
    if gap.is_whole:
        return Taken()
    if any(token.kind == "stop" for token in gap.tokens) or _is_told_how(gap):
        return None
    if not gap.core:
        return _small_words(gap)
    if is_apposed(gap) or is_conceded(gap) or joins_verbs(gap) or joins_subjects(gap):
        return Taken(is_relative=is_apposed(gap))
    if not _lacks_auxiliary(gap) and any(is_harmless(gap) for is_harmless in _HARMLESS):
        return Taken()
    return None if _lacks_auxiliary(gap) or gap.is_unique or gap.is_denied else _widened(gap)


def _is_told_how(gap: Gap) -> bool:
    """Whether an adverb that stands next to a kept word belongs to it, or may, and is none that may be left out."""
    words = [token for token in gap.tokens if token.kind != "being"]
    return any(map(is_telling, (*words[:1], *words[-1:])))


def _widened(gap: Gap) -> Taken | None:
    """What a gap is that may only be where nothing before is denied or singled out: an adjunct, a conjunct."""
    if _is_adjunct_between(gap) or _is_verb_before_participle(gap):
        return Taken()
    if _is_conjunct_before(gap):
        return Taken("b")
    return Taken("a") if _is_conjunct_behind(gap) else None


def _lacks_auxiliary(gap: Gap) -> bool:
    """Whether the sentence has an "is" there that the quote has not, or has elsewhere."""
    if not any(token.kind == "being" for token in gap.before):
        return False
    return "being" not in (gap.tokens[0].kind, gap.tokens[-1].kind)


def _small_words(gap: Gap) -> Taken | None:
    """Whether auxiliaries and pronouns that were left out or put in leave the clause as it was."""
    kinds = [token.kind for token in gap.tokens]
    is_being = any(token.kind == "being" for token in gap.before)
    is_relative = "relative" in kinds
    is_apposition = is_being and "comma" in kinds and "article" in kinds and "being" not in kinds
    if is_being and "being" not in kinds and not (is_apposition or _is_reduced_relative(gap)):
        return None
    if not is_being and "being" in kinds and not (is_relative or gap.held[gap.last].kind in ("joining", "comma")):
        return None
    if not _is_pointed(gap, kinds):
        return None
    return Taken(is_relative=is_relative or is_apposition, is_aside=is_relative and kinds[0] == "comma")


def _is_reduced_relative(gap: Gap) -> bool:
    """Whether "are" was put into "rooms furnished by"."""
    after = gap.held[gap.place + 1 : gap.place + 2]
    if gap.following.text in NAMING:
        return True
    return gap.following.text.endswith("ed") and bool(after) and after[0].kind == "preposition"


def _is_pointed(gap: Gap, kinds: list[str]) -> bool:
    """Whether what the quote points at ("such attacks", "our networks") is still some, not all of its kind."""
    if "pointing" not in kinds and "ours" not in kinds:
        return True
    return any(token.kind == "pointing" or token.text == "the" for token in gap.before)


def _is_parenthesis(gap: Gap) -> bool:
    """Whether it stands between two commas or brackets and says nothing of what is around it."""
    tokens = gap.tokens
    if tokens[0].kind == "open" and tokens[-1].kind == "comma":  # "(from 12% to 26%),"
        tokens = tokens[:-1]
    first, last, inner = tokens[0].kind, tokens[-1].kind, tokens[1:-1]
    if (first, last) not in (("open", "close"), ("comma", "comma")) or not inner or inner[0].kind == "joining":
        return False
    return not (_remarks(inner) or any(reaches(token) for token in inner[:_REACH]))


def _remarks(tokens: Tokens) -> bool:
    """Whether nothing but adverbs stands before the first mark, and one tells something: ", allegedly,"."""
    end = next((place for place, token in enumerate(tokens) if token.kind in _ENDS), len(tokens))
    return all(is_adverb(token.text) for token in tokens[:end]) and any(map(is_telling, tokens[:end]))


def _is_spelled_out(gap: Gap) -> bool:
    """Whether the words of an acronym are left out, and the acronym in brackets is kept."""
    behind = gap.held[gap.place + 1 : gap.place + 2]
    if gap.tokens[-1].kind != "open" or not behind or behind[0].kind != "close" or len(gap.core) > _LONGEST_SPELLED:
        return False
    initials = iter("".join(token.text[0] for token in gap.core))
    acronym = gap.following.text.removesuffix("s")
    return acronym[0] == gap.core[0].text[0] and all(letter in initials for letter in acronym)


def _is_class_of_name(gap: Gap) -> bool:
    """Whether it is the "dataset" of "the KITTI dataset"."""
    return gap.held[gap.last].kind == "name" and len(gap.core) == 1 and gap.core[0].text in _CLASSES


def _is_class_before_name(gap: Gap) -> bool:
    """Whether it is the "the hard dataset" of "on the hard dataset KITTI"."""
    is_behind = gap.held[gap.last].kind == "preposition" and gap.following.kind == "name"
    is_class = gap.core[-1].text in _CLASSES and gap.tokens[0].kind in ("article", "ours")
    return is_behind and is_class and all(token.kind in OPEN and not reaches(token) for token in gap.core)


def _is_modifier_beside(gap: Gap) -> bool:
    """Whether it is the "and hull-based" of "wake-based and hull-based trackers"."""
    words, held = gap.core, gap.held[gap.last]
    is_repeated = held.kind == words[-1].kind == "part" and held.text == words[-1].text
    return is_repeated and words[0].text == "and" and len(words) <= LONGEST_NOUN and not any(map(reaches, words))


def _is_first_of_new(gap: Gap) -> bool:
    """Whether "the first" became "a" of what is proposed."""
    is_some = any(token.text in ("a", "an") for token in gap.before)
    is_object = not PROPOSING.isdisjoint(bases(gap.held[gap.last].text))
    return is_some and is_object and [token.text for token in gap.core] == ["first"]


def _is_adjective_of_this(gap: Gap) -> bool:
    """Whether adjectives are left out behind "this", which points at the same without them."""
    pointing = next((token for token in gap.tokens if token.kind != "relative"), gap.tokens[0])
    is_same = pointing.text in ("this", "these") and pointing in gap.before[-1:]
    return is_same and all(token.kind in OPEN and not reaches(token) for token in (*gap.core, gap.following))


def _is_especially(gap: Gap) -> bool:
    """Whether it is "especially for B" or "particularly on B": what is said holds elsewhere, too."""
    texts = [token.text for token in gap.tokens if token.kind != "comma"]
    return (
        texts[0] in ("especially", "particularly") and not any(map(reaches, gap.tokens)) and len(texts) <= _LONGEST_ITEM
    )


def _is_name_before_apposition(gap: Gap) -> bool:
    """Whether it is the "X," of "we propose X, a method"."""
    words = gap.tokens[:-2]
    is_apposed = [token.kind for token in gap.tokens[-2:]] == ["comma", "article"] and bool(words)
    is_object = not PROPOSING.isdisjoint(bases(gap.held[gap.last].text))
    return is_apposed and is_object and len(words) <= LONGEST_NOUN and all(token.kind in OPEN for token in words)


def _is_adjunct_of_evidence(gap: Gap) -> bool:
    """Whether it is the "on X and Y" of "experiments on X and Y show"."""
    is_told = is_evidence(gap.held[gap.last]) and not FACTIVE.isdisjoint(bases(gap.following.text))
    return is_told and gap.tokens[0].kind == "preposition" and not any(map(reaches, gap.core))


def _is_adjective_of_new(gap: Gap) -> bool:
    """Whether adjectives are left out of what is proposed: "we propose a fast method" is "we propose a method"."""
    if gap.tokens[0].text not in ("a", "an") or not any(token.kind == "article" for token in gap.before):
        return False
    is_plain = all(token.kind in OPEN and not reaches(token) for token in (*gap.core, gap.following))
    is_object = not PROPOSING.isdisjoint(bases(gap.held[gap.last].text))
    return is_object and is_plain and len(gap.core) <= LONGEST_NOUN


def _is_mere_adverb(gap: Gap) -> bool:
    """Whether it is an adverb such as "greatly"; "does not", "fails to" and "the first to directly do" need it."""
    is_limited = gap.is_denied or gap.is_unique or gap.is_ranged or gap.is_failing
    return not is_limited and all(token.text in MERE for token in gap.core)


def _is_adjunct_between(gap: Gap) -> bool:
    """Whether it is the "on B" of "improves A on B by C", and no number could be that of another place."""
    first, following = gap.tokens[0].text, gap.following
    if following.kind != "preposition" or first not in PLACES or following.text in ("of", "than") or gap.has_numbers:
        return False
    words = gap.core[1:]
    return (
        0 < len(words) <= LONGEST_NOUN and all(t.kind in OPEN and not reaches(t) for t in words) and not gap.is_ranged
    )


def _is_example(gap: Gap) -> bool:
    """Whether it is "such as A, B and C"."""
    texts = [token.text for token in gap.tokens]
    return texts[:2] == ["such", "as"] and not any(reaches(token) for token in gap.core)


def _is_conjunct_before(gap: Gap) -> bool:
    """Whether it is the "A and" of "A and B", with B made as A is."""
    words = gap.core
    is_clause = [token.text for token in gap.tokens[-2:]] == [",", "and"]  # what was said before does not reach over
    is_inner = any(token.text == "between" or (token.kind == "relative" and not is_clause) for token in gap.tokens)
    if is_inner or len(words) > _LONGEST_CONJUNCT or not (words[-1].text == "and" or _is_listed(gap)):
        return False
    if any(reaches(token) or token.text in ("to", "or") for token in (words[:1] if is_clause else words)):
        return False
    if is_clause and gap.following.text in MODALS:
        return True
    if any(token.kind == "preposition" for token in words) and not _is_parallel(gap):
        return False
    if gap.tokens[-1].kind == gap.held[gap.last].kind == "comma":  # the items of a list have one before them
        return True
    shapes = {_shape(words[0]), _shape(gap.following)}
    return len(shapes) == 1 or (shapes == {"", "s"} and len(words) <= _SHORTEST_CONJUNCT)


def _is_parallel(gap: Gap) -> bool:
    """Whether conjuncts with adjuncts begin alike, each with its verb, its number or its article."""
    shape = _shape(gap.core[0])
    is_determined = gap.tokens[0].kind == gap.tokens[-1].kind in ("article", "ours", "preposition")
    return is_determined or (shape != "" and shape == _shape(gap.following))


def _is_verb_before_participle(gap: Gap) -> bool:
    """Whether it is the "beats B, while" of "A beats B, while running at C": the subject of both is one."""
    words = [token for token in gap.tokens if token.kind not in ("being", "passing")]
    is_joined = words[-1].text in ("while", "whilst") or words[-1].kind == "comma"
    is_participle = gap.tokens[-1].text == "being" or gap.following.text.endswith("ing")
    if not is_participle or not is_joined or any(reaches(token) for token in gap.core):
        return False
    return _shape(words[0]) in ("s", "ed") or is_finite(words[0]) or gap.held[gap.last].kind == "agent"


def _is_listed(gap: Gap) -> bool:
    """Whether it is the "A," of "A, B and C"."""
    following = gap.held[gap.place : gap.place + FAR]
    return (
        gap.tokens[-1].kind == "comma"
        and len(gap.core) <= LONGEST_NOUN
        and not any(token.kind in ("preposition", "joining") for token in gap.core)
        and any(token.text == "and" for token in following)
    )


def _is_conjunct_behind(gap: Gap) -> bool:
    """Whether it is the "and B" of "A and B", before what is said of both."""
    words = gap.core
    is_list = words[0].text == "and" or (gap.tokens[0].kind == "comma" and any(t.text == "and" for t in words))
    if not is_list or len(words) > _LONGEST_ITEM:
        return False
    if any(reaches(token) or token.kind == "preposition" or token.text == "or" for token in words):
        return False
    if len(words) > LONGEST_NOUN and any(is_finite(token) or token.kind == "joining" for token in words[1:]):
        return False
    if any(_shape(token) in ("s", "ed") for token in words[1:-1]):  # "and B detects dogs"
        return False
    return gap.is_paired_off or gap.following.kind == "preposition"


def _shape(token: Token) -> str:
    """The inflection that conjuncts share."""
    if token.kind == "number":
        return "number"
    if token.text.endswith(("ss", "us", "is")):
        return ""
    return next((ending for ending in ("ing", "ed", "ly", "s") if token.text.endswith(ending)), "")


_HARMLESS = (
    _is_parenthesis,
    _is_spelled_out,
    _is_name_before_apposition,
    _is_adjunct_of_evidence,
    _is_adjective_of_new,
    _is_mere_adverb,
    _is_example,
    _is_class_of_name,
    _is_class_before_name,
    _is_modifier_beside,
    _is_first_of_new,
    _is_adjective_of_this,
    _is_especially,
)


# ---- before the first kept word


def opens_pair(gap: Gap) -> bool:
    """Whether what is left out is the "A and" of "A and B reach 1 and 2, respectively"."""
    words = [token for token in gap.tokens if token.kind != "comma"]
    is_plain = all(token.kind in OPEN | {"article", "ours"} for token in words[:-1])
    return len(words) > 1 and words[-1].text == "and" and is_plain and gap.is_paired_off


_OPENERS = (opens_clause, opens_named, opens_apposed)


def may_open(gap: Gap, said: Turn) -> bool:
    """Whether a sentence may begin behind what is left out: it begins a clause of the quote."""
    if said.is_agentless:
        is_told = gap.following.text != "" and said.raising != "" and _tells(gap.tokens)
        return is_told or _is_agent(gap.tokens) or opens_participle(gap)
    if not gap.tokens:
        return True
    if gap.following.text in _ASKING:
        return False
    if not gap.core:
        return _small_words(gap) is not None
    if all(token.text in BRINGING for token in gap.core) or any(opens(gap) for opens in _OPENERS):
        return True
    clause = _clause(gap.tokens)
    return not clause or _opens_acronym(gap, said) or _is_frame(clause, said) or _is_fronted(clause, gap)


def _opens_acronym(gap: Gap, said: Turn) -> bool:
    """Whether a sentence begins with the acronym in brackets of what is spelled out before."""
    size = len(gap.following.text.removesuffix("s"))
    start = len(gap.tokens) - size - 1
    if size < len("AI") or start < 0 or gap.tokens[-1].kind != "open":
        return False
    words = gap.tokens[start:-1]
    is_acronym = "".join(token.text[0] for token in words) == gap.following.text.removesuffix("s")
    return is_acronym and may_open(replace(gap, place=gap.place - size - 1), said)


def _clause(tokens: Tokens) -> Tokens:
    """What is left out since the last full stop or semicolon, without small words at its end."""
    stops = [place for place, token in enumerate(tokens) if token.kind == "stop"]
    tokens = tokens[stops[-1] + 1 :] if stops else tokens
    while tokens and tokens[-1].kind in ("article", "ours", "pointing", "passing"):
        tokens = tokens[:-1]
        if tokens and tokens[-1].kind == "comma" and len(tokens) > 1 and tokens[-2].kind in ("passing", "joining"):
            tokens = tokens[:-1]
    return tokens


def _is_agent(tokens: Tokens) -> bool:
    """Whether the author, or anybody, is the agent of the verb that follows."""
    while tokens and (tokens[-1].text in MERE or tokens[-1].kind in ("being", "passing")):
        tokens = tokens[:-1]
    return bool(tokens) and tokens[-1].text in _GENERIC


def _tells(tokens: Tokens) -> bool:
    """Whether it is "extensive experiments on X", the subject of "show that"."""
    return len(tokens) <= _LONGEST_FRAME and not any(map(reaches, tokens)) and any(map(is_evidence, tokens))


def _is_frame(clause: Tokens, said: Turn) -> bool:
    """Whether it is "experiments show that": who says it, in a verb that asserts what follows."""
    words = [token for token in clause if token.kind not in ("relative", "passing", "article", "comma")]
    if clause[-1].kind == "comma" or not words or len(words) > _LONGEST_FRAME:
        return False
    if said.is_attributed and clause[-1].text == "that" and words[0].text not in DENYING:
        return not any(token.text in DENYING for token in words)
    return not any(reaches(token) or is_telling(token) for token in words) and not FACTIVE.isdisjoint(
        bases(words[-1].text)
    )


def _is_fronted(clause: Tokens, gap: Gap) -> bool:
    """Whether it is an adjunct or a clause before a comma, and restricts nothing of what follows."""
    is_joined = clause[-1].kind == "joining"
    body = clause[:-1] if is_joined else clause
    starts = (0, *(place + 1 for place, token in enumerate(body) if token.kind == "comma"))
    if any(_remarks(body[start:]) for start in starts):
        return False
    if not body or body[-1].kind != "comma" or (is_joined and clause[-1].text in ("or", "nor")):
        return False
    if is_joined:
        return not any(token.kind == "comma" for token in body[:-1])
    if is_listed(gap.held, gap.place) or (gap.is_measured and _is_where(body)):
        return False
    if not _CONTRASTS.isdisjoint(token.text for token in body[:2]):
        return True
    return not any(
        reaches(token) or (token.kind == "number" and before.kind not in ("part", "name"))  # "COVID-19"
        for before, token in pairwise((body[0], *body))
    )


def _is_where(body: Tokens) -> bool:
    """Whether what stands in front tells where or under what a thing was measured: "on KITTI," not "in addition,"."""
    while body and body[0].kind in ("passing", "comma"):
        body = body[1:]
    if len(body) > 1 and body[0].text in ("with", "through") and body[1].kind == "ours":  # "with our method,"
        return False
    return (
        bool(body)
        and body[0].kind == "preposition"
        and body[0].text not in ("by", "unlike", "despite")
        and body[1].text not in _DISCOURSE
    )


def opens_aside(held: Tokens, place: int) -> bool:
    """Whether a ", which" behind a noun is of this noun: no preposition ties it to another."""
    left = place - 1
    while left >= 0 and held[left].kind in ("article", "ours", "pointing"):
        left -= 1
    return left >= 0 and held[left].kind in OPEN


def opens_relative(held: Tokens, place: int) -> bool:
    """Whether a noun may be the subject of any relative or apposition behind it.

    It is what a paper brings, the object of "propose" or behind "called".
    """
    left = place - 1
    while left >= 0 and held[left].kind in OPEN | {"article", "ours", "comma"}:
        if not PROPOSING.isdisjoint(bases(held[left].text)):
            return True
        left -= 1
    return False


# ---- behind the last kept word


def may_close(gap: Gap) -> bool:
    """Whether a sentence may end before what is left out."""
    tokens, core = gap.tokens, gap.core
    if not core or all(token.text == "respectively" for token in core):
        return True
    while tokens[0].kind == "close":
        tokens = tokens[1:]
    first = tokens[0]
    if first.kind in _ENDS:
        return first.kind == "stop" or not (gap.is_mere_adjunct or _reaches_back(tokens[1:]))
    if first.kind == "joining" or (first.text == "yet" and len(tokens) > 1):
        return _may_end_before_conjunct(tokens, gap)
    is_limited = gap.is_denied or gap.is_unique or gap.is_ranged
    return first.text in _CAUSES or (not is_limited and _may_end_in_clause(tokens, gap))


def _may_end_in_clause(tokens: Tokens, gap: Gap) -> bool:
    """Whether a sentence may end within a clause: before an adjunct, or what is said further of a noun."""
    is_of_noun = tokens[0].kind == "relative" or (_is_participle(tokens) and tokens[0].text not in _ADJUNCTS)
    if gap.is_existential and (is_of_noun or tokens[0].text == "of"):
        return True
    return gap.brings if is_of_noun else _may_end_before_adjunct(tokens, gap)


def are_paired(gap: Gap, sides: str) -> bool:
    """Whether of the lists that a quote pairs the sentence keeps what belongs together, given what it left out.

    Of "A and B reach 1 and 2, respectively" it keeps both lists, or the first of each, or the last of each.
    """
    if not gap.is_paired_off:
        return True
    if any(token.text == "respectively" for token in gap.tokens) and not gap.is_measured:  # both lists are left out
        return not sides and gap.tokens[0].kind == "comma" and gap.tokens[1].kind == "preposition"
    if gap.tokens and gap.tokens[0].kind in ("joining", "comma") and any(t.text == "and" for t in gap.core):
        sides += "a"
    return not sides or (len(sides) > 1 and len(set(sides)) == 1)


def _is_participle(tokens: Tokens) -> bool:
    """Whether it is "collected in ports", of the noun before."""
    if len(tokens) > 1 and is_participle(tokens[0].text) and tokens[1].kind == "preposition":
        return True
    is_followed = len(tokens) > 1 and tokens[1].kind == "preposition"
    return tokens[0].text.endswith("ing") and (is_followed or is_verb(tokens[0].text))


def _reaches_back(tokens: Tokens) -> bool:
    """Whether what follows a mark limits what stands before it: ", but only on X", ", in most cases"."""
    if _remarks(tokens):
        return True
    if _is_aside(tokens) or (tokens and _is_main_verb(tokens[0])):
        return False
    rest = [token for token in tokens if token.kind not in ("article", "being")][:_REACH]
    is_adjunct = bool(rest) and rest[0].kind == "preposition"
    return any(
        reaches(token)
        and token.text not in BOUNDS
        and (token.text == "only" or not is_unique(token.text))
        and (is_adjunct or token.text not in QUANTIFIERS)
        for token in rest
    )


def _is_main_verb(token: Token) -> bool:
    """Whether it is the "aims" of "A, which does B, aims to do C"."""
    return token.kind == "word" and token.text.endswith("s") and (is_finite(token) or reaches(token))


def _is_aside(tokens: Tokens) -> bool:
    """Whether it is ", which can …", ", only having …", ", especially when …" or ", probably due to …"."""
    texts = [token.text for token in tokens[:_REACH]]
    if len(texts) < _REACH:
        return False
    if texts[0] in ("especially", "particularly"):
        return True
    if texts[0] in ("which", "who"):
        return texts[1] in MODALS | {"is", "are"} and "only" not in texts and "not" not in texts
    return texts[1] in _CAUSES or (texts[0] == "only" and texts[1].endswith("ing"))


def _may_end_before_conjunct(tokens: Tokens, gap: Gap) -> bool:
    if tokens[0].text in ("or", "nor") or gap.is_paired:
        return False
    if len(tokens) > 1 and is_finite(tokens[1]) and tokens[1].kind == "being":  # another clause: "and does not …"
        return True
    return not gap.is_unique and not any(reaches(token) for token in tokens[1:2])


def _may_end_before_adjunct(tokens: Tokens, gap: Gap) -> bool:
    first = tokens[0]
    if first.text == "as" and len(tokens) > 1 and tokens[1].kind == "article":
        return not _EQUATING.intersection(gap.kept)
    if first.text not in _ADJUNCTS or (first.text == "to" and not gap.brings):
        return False
    end = next((place for place, token in enumerate(tokens) if token.kind in _ENDS), len(tokens))
    return not any(
        _restricts(token, before)
        and (place < _NEAR or token.text not in QUANTIFIERS)
        and not (token.kind == "number" and _is_count(tokens, place + 1))
        for place, (before, token) in enumerate(pairwise(tokens[:end]))
    )


def _is_count(tokens: Tokens, place: int) -> bool:
    """Whether a number says how large the set is that something was tried on: "on 100 images", not "on 3 of 5"."""
    behind = tokens[place + 1 : place + 2]
    return tokens[0].text in PLACES and bool(behind) and behind[0].kind in OPEN and not unit_of(behind[0].text)


def _restricts(token: Token, before: Token) -> bool:
    """Whether a word of an adjunct tells of how many a thing is said; "by 5%" and "on these two" do not."""
    is_bare = before.kind in ("pointing", "article") or before.text == "by"
    return reaches(token) or (token.kind == "number" and not is_bare)
