"""The embedding model: bge-small-en-v1.5, int8, under the ONNX runtime."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ingest.models import BGE_SMALL_TOKENIZER, BGE_SMALL_WEIGHTS, model_paths
from ingest.onnx import BertSession

DIMENSIONS = 384
_WINDOW_TOKENS = 512
_PIECES_OF_A_WORD = 3  # the word between the marks of beginning and end
_QUERY_PREFIX = "Represent this sentence for searching relevant passages: "

Vector = NDArray[np.float32]


class Embedder(Protocol):
    """What the pipeline and the retriever need of an embedding model: unit vectors, from several threads at once."""

    def text_vector(self, text: str) -> Vector:
        """The unit vector of a text, float32 of shape [384]."""
        ...

    def question_vector(self, question: str) -> Vector:
        """The unit vector of a question, float32 of shape [384]."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether the model knows a lower-case word whole, as it does common English words."""
        ...


class OnnxEmbedding:
    """Unit vectors of 384 dimensions from the CLS token (BAAI/bge-small-en-v1.5, Xiao et al. 2023).

    Several threads may call at once; each call runs on one core.
    """

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        self._session = BertSession(weights)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_WINDOW_TOKENS)

    @classmethod
    def load(cls, cache: Path, tell: Callable[[str], None] = lambda _: None) -> "OnnxEmbedding":
        """Load the model from `cache`, fetching its files on first use (see `model_paths`)."""
        weights, tokenizer = model_paths([BGE_SMALL_WEIGHTS, BGE_SMALL_TOKENIZER], cache, tell)
        return cls(weights, tokenizer)

    def text_vector(self, text: str) -> Vector:
        """The unit vector of a text, float32 of shape [384]."""
        ids = self._tokenizer.encode(text).ids
        cls_state: Vector = self._session.run(ids, [0] * len(ids))[0][0, 0]
        unit: Vector = cls_state / np.linalg.norm(cls_state)
        return unit

    def question_vector(self, question: str) -> Vector:
        """The unit vector of a question, which the model wants behind an instruction."""
        return self.text_vector(_QUERY_PREFIX + question)

    def is_word(self, text: str) -> bool:
        """Whether a lower-case word is one of the model's word pieces, as common English words are."""
        return len(self._tokenizer.encode(text).ids) == _PIECES_OF_A_WORD

    def text_vectors(self, texts: Sequence[str]) -> Iterator[Vector]:
        """The vectors of many texts, in order, on all cores."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(self.text_vector, texts)
