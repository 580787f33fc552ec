"""The sentence of an abstract that says best what its paper does."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.words import stem, words_of

_SHORTEST_TOPIC_WORD = 4  # letters
_TITLE_RECALL_WEIGHT = 0.6
_OBJECTIVE_WEIGHT = 0.4
_ANNOUNCED_WEIGHT = 0.2
_BACKGROUND_WEIGHT = 0.4
_FIRST_PROPOSAL_WEIGHT = 0.4
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


def key_sentence(
    title: str, sentences: Sequence[str], objective: NDArray[np.float32], background: NDArray[np.float32]
) -> int:
    """The number of the sentence that says best what a paper does, of at least one.

    It shares most with the title, announces something or at least is no background, is the first to propose something,
    and is likely to be the objective. `objective` and `background` are the probabilities of each sentence to be that.
    The weights are near those of a ridge regression on ROUGE-1 with the summaries of SciTLDR (Cachola et al. 2020,
    arXiv:2004.15011).
    """
    wanted = _topic_words(title)
    proposals = [number for number, sentence in enumerate(sentences) if _PROPOSES.search(sentence)]

    def score(number: int) -> float:
        words = _topic_words(sentences[number])
        shared = len(words & wanted)
        recall, precision = shared / max(len(wanted), 1), shared / max(len(words), 1)
        announces = _ANNOUNCES.search(sentences[number]) is not None
        return (
            _TITLE_RECALL_WEIGHT * recall
            + precision
            + _OBJECTIVE_WEIGHT * float(objective[number])
            + (_ANNOUNCED_WEIGHT if announces else -_BACKGROUND_WEIGHT * float(background[number]))
            + _FIRST_PROPOSAL_WEIGHT * (proposals[:1] == [number])
        )

    return max(range(len(sentences)), key=score)


def _topic_words(text: str) -> set[str]:
    return {stem(word) for word in words_of(text) if len(word) >= _SHORTEST_TOPIC_WORD}
