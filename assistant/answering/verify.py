"""Whether a sentence is supported by the quotes that it cites: numbers, names, direction, words, meaning.

Pure functions. `eval/verifier.py` measures them as a classifier, and fits the weights.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.opposites import opposites_of
from assistant.answering.polarity import agreement
from assistant.language.quantities import Quantity, digit_words_in, quantities_in
from assistant.language.terms import ASKING_WORDS, STOP_WORDS
from ingest.names import MEASURES, TOKEN, key_of, looks_like_name
from ingest.words import stem, words_of

Similarity = Callable[[str, str], float]
_LONGEST_NAME = 5  # words
_EDITED = 0.75  # the share of its words in one quote from which a sentence is that quote, edited
_ACRONYM = re.compile(r"[A-Z]{3,8}s?")
_PARTS = re.compile(r"[-–/+.'’]")
_ROMAN = frozenset("II III IV VI VII VIII IX".split())  # noqa: SIM905
_WITHIN = re.compile(r"(?<=[a-z\d,;)] )[A-Z][a-z]{2,}(?![\w-])")
_OPPOSITES_TRIED = 3
_TINY = 0.02
_NO_OPPOSITE = 0.2  # what a text without an opposite counts as: the middle of those that have one


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the quotes support the sentence, and if not, why."""

    is_supported: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Signals:
    """What the words of a sentence have in its quotes.

    `coverage` is the share of them that the quotes hold; `names` counts missing names up to two; `opposed` and
    `negated` are 1 where a word points the other way, or is denied in only one of the two.
    """

    coverage: float
    names: float
    opposed: float
    negated: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a model of meaning adds: how near the nearest quote is, and how much nearer than to the opposite.

    `contrast` turns the sentence round, `turned` the quotes; both are shares of how far turning moves the text.
    """

    nearest: float
    contrast: float
    turned: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Two logistic regressions, of the subject and of the direction; both must hold: their product is compared."""

    subject: tuple[float, ...]
    direction: tuple[float, ...]
    threshold: float


# as `eval.verifier.fit` gives them
BY_WORDS = Weights((4.716, -0.633, -1.382), (-1.955, -1.251, 0.606), -1.391)
BY_MEANING = Weights((1.594, -0.749, 16.042, -12.686), (-1.325, -0.36, 2.882, 2.488, 0.22), -1.178)


def verify(sentence: str, quotes: Sequence[str], similarity: Similarity | None = None) -> Verdict:
    """Judge a sentence by the quotes that it cites; `similarity` is the cosine of two texts, where a model is there.

    A number that no quote says is never supported. A sentence made of a quote's words is judged by rules: no new name,
    nothing the other way. Any other is judged by weights, which let a name pass; `unsupported_tokens` does not.
    """
    verdict = verdict_by_rules(sentence, quotes)
    if verdict is not None:
        return verdict
    signals = signals_of(sentence, quotes)
    if similarity is None:
        is_supported = score(signals, None, BY_WORDS) > 0
    else:
        is_supported = score(signals, meaning_of(sentence, quotes, similarity), BY_MEANING) > 0
    return Verdict(is_supported, "" if is_supported else "the quotes do not say this")


def verdict_by_rules(sentence: str, quotes: Sequence[str]) -> Verdict | None:
    """What rules say of a sentence, or None where its words and its meaning have to be weighed."""
    if any(_folded(sentence) == _folded(quote) for quote in quotes):
        return Verdict(True, "")
    fault = _fault_of_any(sentence, quotes)
    if not fault:
        if max(_share(_content(sentence), _content(quote)) for quote in quotes) < _EDITED:
            return None
        fault = _fault_of_edited(sentence, quotes)
    return Verdict(not fault, fault)


def _fault_of_any(sentence: str, quotes: Sequence[str]) -> str:
    if not quotes:
        return "it cites no quote"
    if not words_of(sentence):
        return "it says nothing"
    numbers = _missing_numbers(sentence, quotes) or _misplaced_numbers(sentence, quotes)
    return f"no quote says “{numbers[0]}” there" if numbers else ""


def _fault_of_edited(sentence: str, quotes: Sequence[str]) -> str:
    """What is wrong with a sentence that is made of the words of a quote."""
    names = _missing_names(sentence, quotes)
    if names:
        return f"no quote names “{names[0]}”"
    agreed = agreement(sentence, quotes)
    return "a quote says the opposite" if agreed.opposed or agreed.negated else ""


def _folded(text: str) -> str:
    return " ".join(text.split()).strip("“”\"' ").rstrip(". ")


# ---- numbers and names


def unsupported_tokens(sentence: str, quotes: Sequence[str]) -> tuple[str, ...]:
    """The numbers and names of a sentence that stand in none of its quotes, as the sentence writes them.

    An acronym stands in a quote that writes its words out; a compound, in quotes that hold the names in it.
    """
    return tuple(dict.fromkeys([*_missing_numbers(sentence, quotes), *_missing_names(sentence, quotes)]))


def _missing_numbers(sentence: str, quotes: Sequence[str]) -> list[str]:
    held = [quantity for quote in quotes for quantity in _quantities(quote)]
    return [said.text for said in _said(sentence, quotes) if not any(said.is_same(other) for other in held)]


def _said(sentence: str, quotes: Sequence[str]) -> list[Quantity]:
    """The numbers of a sentence, apart from those that end a name of a quote: "ResNet 50" is "ResNet-50"."""
    names = {"".join(words_of(word)) for quote in quotes for word in digit_words_in(quote)}
    return [said for said in _quantities(sentence) if said.unit or f"{said.before}{said.text}" not in names]


def _misplaced_numbers(sentence: str, quotes: Sequence[str]) -> list[str]:
    """The numbers that are said more often than in the quotes, or in the place of another number of a quote."""
    held = [quantity for quote in quotes for quantity in _quantities(quote)]
    said = _said(sentence, quotes)
    return [
        number.text
        for number in said
        if sum(number.is_same(other) for other in said) > sum(number.is_same(other) for other in held)
        or _is_of_another(number, held)
    ]


def _is_of_another(number: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether the words beside a number stand beside other numbers of the quotes only."""
    same = [other for other in held if number.is_same(other)]
    others = [other for other in held if not number.is_same(other)]
    if number.noun and number.noun not in STOP_WORDS:
        beside = stem(number.noun)
        if not any(stem(other.noun) == beside for other in same):
            return any(stem(other.noun) == beside for other in others)
    place = (number.before, number.noun)
    return (
        all(place) and place in [(o.before, o.noun) for o in others] and place not in [(o.before, o.noun) for o in same]
    )


@lru_cache(maxsize=4096)
def _quantities(text: str) -> tuple[Quantity, ...]:
    return tuple(quantities_in(text))


def _missing_names(sentence: str, quotes: Sequence[str]) -> list[str]:
    names = _names(sentence)
    if not names:
        return []
    keys = frozenset[str]().union(*(_keys(quote) for quote in quotes))
    initials = " ".join(_initials(quote) for quote in quotes)
    explained = f"{initials} {_initials(sentence)}"
    return [name for name in names if not _stands_in(name, keys, explained if f"({name}" in sentence else initials)]


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[str, ...]:
    """The names of a text: by their letters, by a digit, or by a capital within a sentence that is no title."""
    tokens = [token.removesuffix("'s").removesuffix("’s") for token in TOKEN.findall(text)]
    written = [token for token in tokens if token not in _ROMAN and (looks_like_name(token) or _is_measure(token))]
    is_title = 2 * sum(token[0].isupper() for token in tokens) > len(tokens)
    capitalised = [] if is_title else _WITHIN.findall(text)
    return tuple(dict.fromkeys([*written, *digit_words_in(text), *capitalised]))


def _is_measure(token: str) -> bool:
    return token.lower() in MEASURES and sum(c.isupper() for c in token) >= 2


@lru_cache(maxsize=4096)
def _keys(text: str) -> frozenset[str]:
    """What stands in a text, however hyphenated: its words, and up to five of them that follow one another, joined."""
    words = words_of(text)
    return frozenset(
        "".join(words[start : start + count])
        for count in range(1, _LONGEST_NAME + 1)
        for start in range(len(words) - count + 1)
    )


@lru_cache(maxsize=4096)
def _initials(text: str) -> str:
    return "".join(word[0] for word in words_of(text))


def _stands_in(name: str, keys: frozenset[str], initials: str) -> bool:
    key = key_of(name)
    if key in keys or key.removesuffix("s") in keys or f"{key}s" in keys:
        return True
    if _ACRONYM.fullmatch(name) and name.removesuffix("s").lower() in initials:
        return True
    parts = [part for part in _PARTS.split(name) if part]
    needed = [part for part in parts if not part.islower()] or parts
    return len(parts) > 1 and all(_stands_in(part, keys, initials) for part in needed)


# ---- words and meaning


def signals_of(sentence: str, quotes: Sequence[str]) -> Signals:
    """Compare the words of a sentence with those of its quotes."""
    held = frozenset[str]().union(*(_content(quote) for quote in quotes))
    agreed = agreement(sentence, quotes)
    return Signals(
        coverage=_share(_content(sentence), held),
        names=float(min(len(_missing_names(sentence, quotes)), 2)),
        opposed=float(bool(agreed.opposed)),
        negated=float(bool(agreed.negated)),
    )


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text) if word not in STOP_WORDS and word not in ASKING_WORDS)


def _share(some: frozenset[str], held: frozenset[str]) -> float:
    return len(some & held) / len(some) if some else 1.0


def meaning_of(sentence: str, quotes: Sequence[str], similarity: Similarity) -> Meaning:
    """Compare the meaning of a sentence, and of its opposites, with that of its quotes."""
    near = [similarity(sentence, quote) for quote in quotes]
    return Meaning(
        nearest=max(near),
        contrast=_mean([min(_contrasts(sentence, quote, similarity, _OPPOSITES_TRIED)) for quote in quotes]),
        turned=_mean([_mean(_contrasts(quote, sentence, similarity, _OPPOSITES_TRIED)) for quote in quotes]),
    )


def _contrasts(text: str, other: str, similarity: Similarity, most: int) -> list[float]:
    """By how much a text is nearer to another than each of its opposites is."""
    near = similarity(text, other)
    return [
        (near - similarity(opposite, other)) / max(1 + _TINY - similarity(text, opposite), _TINY)
        for opposite in opposites_of(text, most)
    ] or [_NO_OPPOSITE]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def score(signals: Signals, meaning: Meaning | None, weights: Weights) -> float:
    """How far a sentence is above the threshold, as the logarithm of a probability."""
    subject, direction = features_of(signals, meaning)
    return (
        _log_probability(subject, weights.subject) + _log_probability(direction, weights.direction) - weights.threshold
    )


def features_of(signals: Signals, meaning: Meaning | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What the two regressions weigh."""
    subject, direction = (signals.coverage, signals.names), (signals.opposed, signals.negated)
    if meaning is None:
        return subject, direction
    return (*subject, meaning.nearest), (*direction, meaning.contrast, meaning.turned)


def _log_probability(values: Sequence[float], weights: Sequence[float]) -> float:
    """The logarithm of the probability of a logistic regression; the last weight is its constant."""
    total = weights[-1] + sum(value * weight for value, weight in zip(values, weights[:-1], strict=True))
    return -math.log1p(math.exp(-max(min(total, 50.0), -50.0)))
