"""The tokens that the carrying check aligns: what kind of word each is, and which of them are one word inflected."""

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from assistant.language.quantities import spelled_number, unit_of
from ingest.names import names_in
from ingest.words import american, without_diacritics, words_of

Tokens = tuple["Token", ...]


class Token(NamedTuple):
    """A word, number or mark of a text, in lower case; `kind` is its closed class, or else what it is."""

    text: str
    kind: str


# ---- the closed classes of English that decide what may be left out

_CLASSES = {
    "article": "a an the",
    "pointing": "this these those such",
    "ours": "our their its",
    "being": "is are was were be been being am has have had do does did",
    "relative": "that which who",
    "preposition": """of to in for on by with at from into onto over under across between among through via within
    without during against per toward towards upon as than like unlike despite about above below after before until
    since along around beyond""",
    "joining": "and or but nor while whilst whereas although though",
    "passing": """also then thus therefore hence moreover furthermore however further additionally here even meanwhile
    finally""",
    "agent": "we authors",
}
_KIND = {word: kind for kind, words in _CLASSES.items() for word in words.split()}
DENYING = frozenset("not no never neither nor none nothing cannot without hardly barely rarely seldom little".split())  # noqa: SIM905
QUANTIFIERS = frozenset(
    """all any every each some most many few several both half majority partly always sometimes often usually mostly
    typically one single""".split()  # noqa: SIM905
)
UNIQUE = frozenset("only first best last least".split())  # noqa: SIM905
MODALS = frozenset("can could may might would should must will shall".split())  # noqa: SIM905
_NO_VERBS = frozenset(
    """able become been begin found always applicable because capable fool here often still there
    together yet indeed infinity made seen shown taken too tried want wish were behind down now when where""".split()  # noqa: SIM905
)
SMALL = _KIND.keys() | MODALS | DENYING | _NO_VERBS
"""The words of these classes, and others that follow where verbs do and are none in their plain form."""
CONDITIONS = frozenset(
    """if unless when whenever until except provided assuming given whether once under before after""".split()  # noqa: SIM905
)
BOUNDS = frozenset("up nearly almost approximately roughly about around over".split())  # noqa: SIM905
"""What stands before a number and belongs to it."""
HEDGES = (
    (BOUNDS - {"over"})
    | MODALS
    | frozenset(
        """likely partially mainly largely theoretically possibly
    potentially perhaps probably hopefully expected aim hope believe hypothesize conjecture argue attempt try
    tend seek seem appear suggest indicate plan intend want help claim assume expect future fail lack""".split()  # noqa: SIM905
    )
)
"""A modal, a bound, or a verb that does not assert what it governs."""
FACTIVE = frozenset("show demonstrate find observe prove report confirm verify establish reveal validate".split())  # noqa: SIM905
"""Verbs that assert what follows them; "argue" and "hypothesize" do not."""
PROPOSING = frozenset(
    """propose introduce present develop describe design build release provide create call name""".split()  # noqa: SIM905
)
"""Verbs that bring a thing into being: what is dropped from their object leaves it true."""
_NO_SUPERLATIVE = frozenset("test interest forest request suggest contest invest digest harvest rest dest".split())  # noqa: SIM905
LY_VERBS = frozenset("rely apply supply imply comply multiply".split())  # noqa: SIM905
CONNECTING = frozenset(
    """specifically namely additionally firstly secondly thirdly lastly finally subsequently consequently accordingly
    importantly notably surprisingly interestingly remarkably unfortunately fortunately concretely""".split()  # noqa: SIM905
)
"""Adverbs that tie a sentence to others or remark on it: it says the same without them."""
MERE = CONNECTING | frozenset(
    """significantly substantially greatly considerably markedly dramatically drastically remarkably noticeably highly
    strongly heavily extremely vastly particularly especially fully completely clearly consistently
    effectively efficiently successfully accurately precisely correctly reliably robustly properly easily readily
    quickly rapidly directly explicitly simply naturally simultaneously jointly iteratively progressively gradually
    dynamically adaptively automatically manually carefully thoroughly extensively systematically seamlessly
    recently newly publicly freely widely
    empirically experimentally quantitatively qualitatively""".split()  # noqa: SIM905
)
"""Adverbs that only add how much, how well, how, when or by what evidence: who does it highly or jointly, does it.

Not one that says that it is less, seldom, seemingly or in some respect so ("weakly supervised", "visually similar"),
nor any that is not named here. They are the commonest such adverbs of the abstracts in `data/digests*`.
"""


def is_unique(text: str) -> bool:
    """Whether a word singles out: "only", "first", a superlative; what is said of A and B is not said of A then."""
    return text in UNIQUE or (len(text) > 4 and text.endswith("est") and text not in _NO_SUPERLATIVE)


def is_limited(text: str) -> bool:
    """Whether a word makes a claim that does not stay true when what it ranges over is widened."""
    return text in DENYING or text in QUANTIFIERS or is_unique(text)


def is_preposition(text: str) -> bool:
    """Whether a word is a preposition."""
    return _KIND.get(text) == "preposition"


def is_adverb(text: str) -> bool:
    """Whether a word is an adverb that stands between an auxiliary and its verb, whatever it means."""
    return (text.endswith("ly") and text not in LY_VERBS and not _reaches(text)) or _KIND.get(text) == "passing"


_NO_ADVERBS = frozenset(
    "respectively family anomaly assembly early daily costly friendly timely".split()  # noqa: SIM905
)
"""Nouns and adjectives that end like adverbs, and an adverb with rules of its own."""


def is_telling(token: Token) -> bool:
    """Whether a word looks like an adverb and is none that leaves a claim true when it is left out: "scarcely"."""
    is_known = token.text in MERE or token.text in LY_VERBS or token.text in _NO_ADVERBS
    return token.kind == "word" and token.text.endswith("ly") and not is_known


def reaches(token: Token) -> bool:
    """Whether a word changes what is asserted around it: denied, limited, conditional or only held possible."""
    return token.kind not in ("part", "name") and _reaches(token.text)


@lru_cache(maxsize=50_000)
def _reaches(text: str) -> bool:
    return is_limited(text) or text in CONDITIONS or not HEDGES.isdisjoint(bases(text))


# ---- inflection

_IRREGULAR = (
    "show shown", "find found", "build built", "choose chose chosen", "make made", "give gave given", "take took taken",
    "run ran", "lead led", "keep kept", "hold held", "learn learnt", "draw drew drawn", "fall fell fallen",
    "grow grew grown", "rise rose risen", "see saw seen", "write wrote written", "win won", "begin began begun",
    "leave left", "lose lost", "bring brought", "think thought", "know knew known", "get got gotten", "feed fed",
    "mean meant", "meet met", "seek sought", "speak spoke spoken", "understand understood", "drive drove driven",
    "break broke broken", "wear wore worn", "overcome overcame", "become became", "come came", "outdo outdid outdone",
)  # fmt: skip
_BASE = {form: words.split()[0] for words in _IRREGULAR for form in words.split()[1:]}
_SHORTEST_BASE = 3


@lru_cache(maxsize=50_000)
def bases(word: str) -> frozenset[str]:
    """What a word may be an inflection of, itself among it: "improving" → "improve", "improv"."""
    word = american(word)
    found = {word, _BASE.get(word, word), *_endings_off(word)}
    return frozenset(base for base in found if len(base) >= _SHORTEST_BASE or base == word)


def _endings_off(word: str) -> Iterator[str]:
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
        if word.endswith("ies"):
            yield f"{word[:-3]}y"
        elif word.endswith("es"):
            yield word[:-2]
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            body = word.removesuffix(ending)
            yield from (body, f"{body}e")
            if body.endswith("i"):
                yield f"{body[:-1]}y"
            if body[-1:] == body[-2:-1]:  # "mapped"
                yield body[:-1]


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    """Verbs that are hardly ever nouns, as `eval/train_verbs.py` finds them in abstracts."""
    text = files("assistant").joinpath("learned/verbs.txt").read_text(encoding="utf-8")
    return frozenset(text.split()) | FACTIVE | PROPOSING


@lru_cache(maxsize=50_000)
def is_verb(text: str) -> bool:
    """Whether a word is surely a form of a verb: "reaches", "reached", "reaching"; "uses" may be a noun."""
    return not _verbs().isdisjoint(bases(text))


def is_participle(text: str) -> bool:
    """Whether a word has the form of a past participle."""
    return text.endswith("ed") or text in _BASE


PLACES = frozenset("in on at".split())  # noqa: SIM905
"""Prepositions of place, which writers of English exchange: "in KITTI", "on KITTI"."""
OPEN = frozenset(["word", "part", "name"])
"""The kinds of words that carry meaning: a name is written like one, a part stands beside a hyphen."""
_LISTING = frozenset([("and", ","), (",", "and")])


@lru_cache(maxsize=50_000)
def _is_inflection(one: str, other: str) -> bool:
    return one == other or not bases(one).isdisjoint(bases(other))


def is_same(said: Token, held: Token) -> bool:
    """Whether a token of a quote carries one of a sentence: the same number, the same word, or its inflection."""
    if said.text == held.text:
        return True
    if said.kind == "preposition":
        return said.text in PLACES and held.text in PLACES
    if said.kind == "joining":
        return (said.text, held.text) in _LISTING
    if said.kind == "ours":
        return said.text == "their" and held.text == "our"
    return {said.kind, held.kind} <= OPEN and _is_inflection(said.text, held.text)


# ---- tokens

_CLEANED = (
    (re.compile(r"~?\\(?:cite|ref)[a-z]*\{([^}]*)\}"), r" (\1) "),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\times(?![a-z])|(?<=\d)[×x](?![a-z])"), " x "),
    (re.compile(r"[${}“”\"‘]|(?<=\w)\^"), ""),
    (re.compile(r"’"), "'"),
    (re.compile(r"\bper cent\b"), "percent"),
    (re.compile(r"\b(?:percentage|percent|%)[ -]points?\b"), "points"),
    (re.compile(r"\bframes (?:per |/ ?)s(?:econd|ec)?\b"), "fps"),
    (re.compile(r"\bnot only\b(.*?),? but (?:(?:is|are|can) )?(?:also )?"), r"\1 and "),
    (re.compile(r"\bwhen compared\b"), "compared"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bas well as\b|&"), "and"),
    (re.compile(r"\s(?:-{1,3}|[–—])\s|—"), " , "),
    (re.compile(r"(?<!\bthe )(?<!\ba )(?<!\bour )(?<!\bits )(?<!-)\bfirst\b(?!-)"), "firstly"),
    (re.compile(r"\bthe fact that\b"), "showing that"),
)
_NOUNS = r"(?:paper|work|study|article|letter|report|abstract|authors?|researchers)"
_OWN = (
    (re.compile(rf"\b(?:in|within) (?:this|the|our) (?:present |current )?{_NOUNS}\b(?! (?:of|on)\b),?"), " "),
    (re.compile(rf"\b(?:this|the|these) {_NOUNS}(?:'s|s')"), " our "),
    (re.compile(rf"\b(?:this|the|these) (?:present |current )?{_NOUNS}\b(?! (?:of|on|area|flow)\b)"), " we "),
)
"""How a paper is spoken of from outside; "we" and "our" from inside."""
_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?![^\W\d_])|[^\W_]+|'s(?!\w)|[%°,;:()\[\].?!]")
_MARKS = {",": "comma", "(": "open", "[": "open", ")": "close", "]": "close", "'s": "owning"}
_STOPS = frozenset(";:.?!")


@lru_cache(maxsize=4096)
def tokens_of(text: str) -> Tokens:
    """The tokens of a text, however its numbers, units and author are written."""
    names = frozenset(word for name in names_in(text) for word in words_of(name))
    text = without_diacritics(text.lower())
    for pattern, new in _CLEANED:
        text = pattern.sub(new, text)
    if re.search(r"\b(?:we|our)\b", text) is None and re.search(rf"\b(?:this|the) {_NOUNS}", text) is None:
        return _read(text, names)
    for pattern, new in _OWN:
        text = pattern.sub(new, text)
    return _read(text, names)


def _read(text: str, names: Set[str]) -> Tokens:
    found = [_token(match, text) for match in _TOKEN.finditer(text)]
    found = [Token(token.text, "name") if token.kind in OPEN and token.text in names else token for token in found]
    while found and found[-1].kind == "stop":
        found.pop()
    return tuple(token for token in found if token.text)


def _token(match: re.Match[str], text: str) -> Token:
    written = match[0]
    if written in _MARKS:
        return Token(written, _MARKS[written])
    if written in _STOPS:
        return Token(written if text[match.end() : match.end() + 1].isspace() or written == "?" else "", "stop")
    if written[0].isdigit():
        return Token(written.replace(",", "") if written[-1].isdigit() else written, "number")
    is_joined = text[match.end() : match.end() + 1] == "-" or text[match.start() - 1 : match.start()] == "-"
    if is_joined and _KIND.get(written) != "article":  # "one-shot", "in-the-wild": no quantifier, no preposition
        return Token(written, "part")
    number = spelled_number(written)
    if number is not None and written != "one":
        return Token(number, "number")
    return Token(unit_of(written) or written, _KIND.get(written, "word"))
