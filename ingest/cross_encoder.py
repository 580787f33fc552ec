"""The reader: a cross-encoder that sees a question and a passage together."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ingest.models import READER_TOKENIZER, READER_WEIGHTS, model_paths
from ingest.onnx import BertSession

STATE_SIZE = 384
READER_FOLDER = "ms-marco-MiniLM-L-12-v2-int8"
_WINDOW_TOKENS = 512
_CLS_STATE = "/bert/pooler/Gather_output_0"  # the last layer's state of the first token, before the pooler


@dataclass(frozen=True, slots=True)
class PairsRead:
    """What the reader makes of pairs: how relevant each passage is, and the state that it says so from.

    `logits` [pairs], float32; `states` [pairs, 384], float32.
    """

    logits: NDArray[np.float32]
    states: NDArray[np.float32]


class PairReader(Protocol):
    """What reading needs of a cross-encoder."""

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        """Read each passage beside the question."""
        ...


class CrossEncoder:
    """ms-marco-MiniLM-L-12-v2, int8 (Reimers and Gurevych 2019; trained on MS MARCO, Bajaj et al. 2016).

    Pairs are read one at a time, on all cores: so the same pair has the same score whatever stands beside it.
    """

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        self._session = BertSession(weights, _CLS_STATE)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()  # the file's own pads every pair to 512 tokens, ten times the time
        self._tokenizer.enable_truncation(_WINDOW_TOKENS)
        self._pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="reader")

    @classmethod
    def load(cls, models: Path, tell: Callable[[str], None] = lambda _: None) -> "CrossEncoder":
        """Load the model from its folder in `models`, fetching its files on first use (see `model_paths`)."""
        weights, tokenizer = model_paths([READER_WEIGHTS, READER_TOKENIZER], models / READER_FOLDER, tell)
        return cls(weights, tokenizer)

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        """Read each passage beside the question."""
        if not passages:
            return PairsRead(np.zeros(0, dtype=np.float32), np.zeros((0, STATE_SIZE), dtype=np.float32))
        logits, states = zip(*self._pool.map(lambda passage: self._pair(question, passage), passages), strict=True)
        return PairsRead(np.array(logits, dtype=np.float32), np.stack(states))

    def _pair(self, question: str, passage: str) -> tuple[float, NDArray[np.float32]]:
        encoded = self._tokenizer.encode(question, passage)
        logit, state = self._session.run(encoded.ids, encoded.type_ids)
        return float(logit[0, 0]), state[0]
