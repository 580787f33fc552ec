"""The judge of sentences: whether quotes entail one.

It is `assistant.answering.verify.verify`, the rule by which the product itself drops unsupported sentences. It looks at
numbers, names, direction and words, not at meaning: it passes a sentence that puts a quote's own words in a false
order, and it fails a true one that says the same in other words. For the LLM writer its figures are therefore
those of the gate, not of the truth; beside the same judge's figures of another system they are a fair comparison.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from assistant.answering.verify import verify
from ingest.embedding import Embedder, Vector

JUDGE = "assistant.answering.verify"


class SentenceJudge:
    """Judges by `verify`; a sentence that stands verbatim in a quote is entailed by it."""

    def __init__(self, embedder: Embedder) -> None:
        self._vector = lru_cache(maxsize=4096)(embedder.text_vector)

    def __call__(self, sentence: str, cited: Sequence[str]) -> bool:
        """Whether texts, taken together, entail a sentence."""
        if any(sentence in text for text in cited):
            return True
        return bool(cited) and verify(sentence, cited, self._similarity).is_supported

    def _similarity(self, one: str, other: str) -> float:
        first: Vector = self._vector(one)
        return float(np.dot(first, self._vector(other)))
