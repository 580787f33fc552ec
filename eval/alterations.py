"""Real sentences altered by script: some so that they still say the same, some so that they do not.

The tables here were written apart from those of the verifier; the commonest words are in both.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Change = Callable[[str, random.Random], str | None]


@dataclass(frozen=True, slots=True)
class Altered:
    """A sentence made from a quote by one kind of change, and whether the quote still supports it."""

    kind: str
    sentence: str
    quote: str
    is_supported: bool


_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/-]|[.,]\d)")
_SPELLED = {"two": "four", "three": "five", "four": "seven", "five": "nine", "six": "ten", "ten": "twelve"}
_NAME = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z][\w-]*[A-Z\d])[A-Za-z][A-Za-z\d]*(?:-[A-Z\d][A-Za-z\d]*)*(?![\w-])")
_FLIPS = dict(
    pair.split(":")
    for pair in """improves:degrades improve:degrade improved:degraded increases:decreases increase:decrease
    increased:decreased reduces:increases reduce:increase reduced:increased reducing:increasing higher:lower
    lower:higher more:less better:worse faster:slower larger:smaller smaller:larger outperforms:underperforms
    outperform:underperform exceeds:misses superior:inferior effective:ineffective accurate:inaccurate
    without:with best:worst fewer:more decreases:increases enhances:impairs enhance:impair stronger:weaker
    positive:negative significantly:insignificantly easier:harder efficient:inefficient successfully:unsuccessfully
    maximize:minimize minimize:maximize gains:losses robust:fragile simple:complex before:after""".split()  # noqa: SIM905
)
_UNITS = (
    (re.compile(r"(?<=\d)\s?\\?%"), " points"),
    (re.compile(r"(?<=\d)[ -]?ms\b|(?<=\d) milliseconds\b"), " seconds"),
    (re.compile(r"(?<=\d)\s?(?:fps|FPS)\b"), " ms"),
    (re.compile(r"(?<=\d)\s?GB\b"), " MB"),
    (re.compile(r"(?<=\d)\s?dB\b"), "%"),
    (re.compile(r"(?<=\d) hours\b"), " minutes"),
    (re.compile(r"(?<=\d) seconds\b"), " hours"),
    (re.compile(r"(?<=\d) million\b"), " thousand"),
    (re.compile(r"(?<=\d)(?:x|×|\$\\times\$| times)(?= [a-z])"), "%"),
    (re.compile(r"(?<=\d)\s?mm\b"), " cm"),
    (re.compile(r"(?<=\d) years\b"), " days"),
)
_DENIED = re.compile(r"\b(is|are|was|were|can|will|has been|have been|could|does|do)\b(?! not)")
_IMPERSONAL = (
    (
        re.compile(r"\b[Ww]e (?=propose|present|introduce|show|demonstrate|develop|study|describe|report)"),
        "the authors ",
    ),
    (re.compile(r"\b[Oo]ur (?=method|approach|model|results|work|experiments|framework|system)"), "the "),
)


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return f"{text[: match.start()]}{new}{text[match.end() :]}"


def _number_changed(text: str, rng: random.Random) -> str | None:
    matches = list(_NUMBER.finditer(text)) or list(re.finditer(rf"\b(?:{'|'.join(_SPELLED)})\b", text))
    if not matches:
        return None
    match = rng.choice(matches)
    if match[0] in _SPELLED:
        return _replaced(text, match, _SPELLED[match[0]])
    place = rng.choice([index for index, c in enumerate(match[0]) if c.isdigit()])
    digit = rng.choice([d for d in "123456789" if d != match[0][place]])
    return _replaced(text, match, f"{match[0][:place]}{digit}{match[0][place + 1 :]}")


def _unit_changed(text: str, rng: random.Random) -> str | None:
    found = [(match, unit) for pattern, unit in _UNITS for match in pattern.finditer(text)]
    return _replaced(text, *rng.choice(found)) if found else None


def _negated(text: str, rng: random.Random) -> str | None:  # noqa: ARG001 - every change takes one
    match = _DENIED.search(text)
    if match and match.start():
        return _replaced(text, match, f"{match[1]} not")
    changed = re.sub(r"\b([Ww]e) (?=propose|present|introduce|show|find|use|develop)", r"\1 do not ", text, count=1)
    return changed if changed != text else None


def _direction_flipped(text: str, rng: random.Random) -> str | None:
    found = [match for match in re.finditer(r"\w+", text) if match[0].lower() in _FLIPS]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, match, _FLIPS[match[0].lower()])


def _impersonal(text: str, rng: random.Random) -> str | None:  # noqa: ARG001
    changed = text
    for pattern, new in _IMPERSONAL:
        changed = pattern.sub(new, changed)
    return changed[:1].upper() + changed[1:] if changed != text else None


def _percent_spelled(text: str, rng: random.Random) -> str | None:
    changed = re.sub(r"(?<=\d)\s?\\?%", rng.choice([" percent", " per cent", " %"]), text)
    return changed if changed != text else None


def _clause_dropped(text: str, rng: random.Random) -> str | None:  # noqa: ARG001
    head, comma, _ = text.rpartition(", ")
    return f"{head}." if comma and len(head.split()) >= 6 and "(" not in head else None


def _opening_dropped(text: str, rng: random.Random) -> str | None:  # noqa: ARG001
    match = re.match(r"(?:In this \w+|Moreover|Furthermore|However|In addition|Finally|To this end|Then|Thus), ", text)
    return text[match.end() :][:1].upper() + text[match.end() + 1 :] if match else None


def _reordered(text: str, rng: random.Random) -> str | None:  # noqa: ARG001
    match = re.fullmatch(r"((?:On|In|For|By|With|Using|From|At|To) [^,]{8,80}), ([^,;:]{20,})\.", text)
    return f"{match[2][:1].upper()}{match[2][1:]} {match[1][:1].lower()}{match[1][1:]}." if match else None


def _name_swapped(names: Sequence[str]) -> Change:
    def swap(text: str, rng: random.Random) -> str | None:
        matches = list(_NAME.finditer(text))
        new = rng.choice(names)
        if not matches or new.lower() in text.lower():
            return None
        return _replaced(text, rng.choice(matches), new)

    return swap


_SUPPORTED: Mapping[str, Change] = {
    "itself": lambda text, _: text,
    "impersonal": _impersonal,
    "percent spelled": _percent_spelled,
    "last clause dropped": _clause_dropped,
    "opening dropped": _opening_dropped,
    "clauses reordered": _reordered,
}
_UNSUPPORTED: Mapping[str, Change] = {
    "number changed": _number_changed,
    "unit changed": _unit_changed,
    "negation put in": _negated,
    "direction turned": _direction_flipped,
}


def altered(sentences: Sequence[str], each: int, seed: int) -> list[Altered]:
    """Up to `each` alterations of every kind, of sentences drawn at random."""
    rng = random.Random(seed)
    names = sorted({name for sentence in sentences for name in _NAME.findall(sentence)})
    kinds = [(kind, change, True) for kind, change in _SUPPORTED.items()]
    kinds += [(kind, change, False) for kind, change in _UNSUPPORTED.items()]
    if names:
        kinds.append(("name swapped", _name_swapped(names), False))
    return [case for kind in kinds for case in _of_kind(*kind, sentences, each, rng)]


def _of_kind(  # noqa: PLR0913, PLR0917 - one row of the table above, and the draw
    kind: str, change: Change, is_supported: bool, sentences: Sequence[str], each: int, rng: random.Random
) -> list[Altered]:
    found: list[Altered] = []
    for quote in rng.sample(list(sentences), len(sentences)):
        if len(found) == each:
            break
        sentence = change(quote, rng)
        if sentence is not None and (is_supported or sentence != quote):
            found.append(Altered(kind, sentence, quote, is_supported))
    return found
