"""The sentence of an abstract that says best what its paper does."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.words import stem, words_of

_SHORTEST_TOPIC_WORD = 4  # letters
_TITLE_RECALL_WEIGHT = 0.6
_OBJECTIVE_WEIGHT = 0.4
_ANNOUNCED_WEIGHT = 0.2
_BESIDE_WEIGHT = 0.4
_FIGURE_WEIGHT = 0.4
_FIRST_PROPOSAL_WEIGHT = 0.4
_FIRST_NAMED_WEIGHT = 0.3
_LONGEST_NAME = 2  # words
_FIGURE = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)*(?![\w-])")
_PAPER = r"(?:we|(?:this|the present|our) (?:paper|work|article|study|report|survey|review|thesis))"
_PROPOSES = re.compile(
    rf"\b{_PAPER}(?: \w+){{0,2}} (?:propose|present|introduce|describe|develop|design)(?:s|es)?\b"
    r"|\b(?:is|are) (?:proposed|presented|introduced)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    rf"\b{_PAPER}(?: \w+ly)?(?: also)? (?:propose|present|introduce|describe|develop|study|investigate|address|explore"
    r"|examine|show|demonstrate|design|provide|consider|report|tackle|formulate|extend|apply|analy[sz]e|evaluate|compare"
    r"|review|survey|build|learn|use|improve|find|focus|aim|argue|revisit|offer|suggest|derive|prove|release|construct"
    r"|collect|create)(?:s|es)?\b"
    r"|\bin this (?:paper|work|article|study|letter|report|survey|review)\b"
    r"|\b(?:is|are) (?:proposed|presented|introduced|developed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RoleShares:
    """How likely each sentence of an abstract is its objective, its background, a result or none; each [sentences]."""

    objective: NDArray[np.float32]
    background: NDArray[np.float32]
    result: NDArray[np.float32]
    other: NDArray[np.float32]


def key_sentence(title: str, sentences: Sequence[str], shares: RoleShares) -> int:
    """The number of the sentence that says best what a paper does, of at least one.

    It shares most with the title, announces something, is the first to propose something or to speak of what the title
    names, and is likely to be the objective; where it announces nothing, it is no background, no result and no figure.
    The weights are near those of a ridge regression on ROUGE-1 with the summaries of SciTLDR (Cachola et al. 2020,
    arXiv:2004.15011).
    """
    wanted, name = _topic_words(title), _own_name(title)
    proposes = _first(sentences, _PROPOSES.search)
    speaks_of_it = _first(sentences, lambda sentence: bool(name) and sentence.startswith(f"{name} "))

    def score(number: int) -> float:
        words = _topic_words(sentences[number])
        shared = len(words & wanted)
        recall, precision = shared / max(len(wanted), 1), shared / max(len(words), 1)
        first = _FIRST_PROPOSAL_WEIGHT * (number == proposes) + _FIRST_NAMED_WEIGHT * (number == speaks_of_it)
        likely = _OBJECTIVE_WEIGHT * float(shares.objective[number])
        announces = number == speaks_of_it or _ANNOUNCES.search(sentences[number]) is not None
        tone = _ANNOUNCED_WEIGHT if announces else -_beside(sentences[number], number, shares)
        return _TITLE_RECALL_WEIGHT * recall + precision + first + likely + tone

    return max(range(len(sentences)), key=score)


def _beside(sentence: str, number: int, shares: RoleShares) -> float:
    """How much of what a sentence says is beside what its paper does."""
    likely = float(shares.background[number] + shares.other[number] + shares.result[number])
    return _BESIDE_WEIGHT * likely + _FIGURE_WEIGHT * bool(_FIGURE.search(sentence))


def _first(sentences: Sequence[str], holds: Callable[[str], object]) -> int | None:
    return next((number for number, sentence in enumerate(sentences) if holds(sentence)), None)


def _own_name(title: str) -> str:
    """What a title introduces: "WakeMem" of "WakeMem: Remembering Vessels"; empty where it names nothing."""
    head, colon, _ = title.partition(":")
    return head.strip() if colon and len(head.split()) <= _LONGEST_NAME else ""


def _topic_words(text: str) -> set[str]:
    return {stem(word) for word in words_of(text) if len(word) >= _SHORTEST_TOPIC_WORD}
