"""How a question is worded, as features of what it asks for: papers, an overview of one, or a fact."""

import re
import zlib
from itertools import pairwise

import numpy as np

from assistant.learned.linear import Features
from ingest.embedding import Vector

WORDINGS = 4096
_VECTOR_WEIGHT = 8.0  # a unit vector's 384 values are small beside the words' ones
_WORD = re.compile(r"[^\W\d_]+|\d+|\?")
_NUMBER = re.compile(r"\d+")


def wording_features(question: str, vector: Vector) -> Features:
    """The words of a question and their pairs, hashed, beside its vector: [WORDINGS + 384]."""
    words = ["^", *(_NUMBER.sub("0", word) for word in _WORD.findall(question.lower())), "$"]
    grams = {*words, *(" ".join(pair) for pair in pairwise(words))}
    hashed = np.zeros(WORDINGS, dtype=np.float32)
    hashed[[zlib.crc32(gram.encode()) % WORDINGS for gram in grams]] = 1.0
    return np.concatenate([hashed, vector * np.float32(_VECTOR_WEIGHT)])
