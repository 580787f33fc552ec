"""A reader and heads made for a test, so that what is learned changes no test of what is done with it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.finding.retrieval import RankedPaper
from assistant.language.terms import question_terms
from assistant.learned.heads import Heads
from assistant.reading.choosing import Asked
from assistant.reading.grading import GRADE_FEATURES, PAPER_FEATURES
from assistant.reading.listing import LIST_FEATURES
from assistant.reading.scoring import SENTENCE_FEATURES
from assistant.reading.wording import WORDINGS
from ingest.cross_encoder import STATE_SIZE, PairReader, PairsRead
from ingest.embedding import DIMENSIONS
from ingest.library import Library
from ingest.words import words_of
from tests.conftest import WordEmbedder

_ALWAYS, _NEVER = -1e6, 1e6  # cuts in log odds


class WordReader:
    """A passage's logit is the number of its words that the question has; the title, before the first ". ", aside.

    The states are zeros. `asked` holds what was read.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        self.asked.append((question, list(passages)))
        words = set(words_of(question.lower()))
        said = [passage.partition(". ")[2] or passage for passage in passages]
        logits = [len(words & set(words_of(text.lower()))) for text in said]
        return PairsRead(np.array(logits, dtype=np.float32), np.zeros((len(passages), STATE_SIZE), dtype=np.float32))


class RecordingReader:
    """Reads with another reader; `asked` holds what was read."""

    def __init__(self, reader: PairReader) -> None:
        self._reader = reader
        self.asked: list[tuple[str, list[str]]] = []

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        self.asked.append((question, list(passages)))
        return self._reader.read(question, passages)


def packed(count: int, cut: float, logit: int | None = None) -> NDArray[np.float32]:
    """A head of `count` features with its cut, which knows nothing, or the feature at `logit`: log odds 2 logit - 6."""
    head = np.zeros(count + 2, dtype=np.float32)
    if logit is not None:
        head[logit], head[-2] = 2.0, -6.0
    head[-1] = cut
    return head


def made_heads(grade: str = "answered", list_cut: float = 0.0) -> Heads:
    """Heads by which only the logit tells of a sentence or of a paper in a list, and every question has one grade."""
    held = packed(len(GRADE_FEATURES), _NEVER if grade == "none" else _ALWAYS)
    answered = packed(len(GRADE_FEATURES) + 4 * STATE_SIZE, _ALWAYS if grade == "answered" else _NEVER)
    return Heads(
        {
            "overview question": packed(WORDINGS + DIMENSIONS, _NEVER),
            "reader sentence": packed(len(SENTENCE_FEATURES) + STATE_SIZE, 0.0, SENTENCE_FEATURES.index("logit")),
            "reader paper": packed(len(PAPER_FEATURES), 0.0),
            "reader held": held,
            "reader surely held": packed(len(GRADE_FEATURES), _ALWAYS),
            "reader answered": answered,
            "reader follow-up": answered,
            "listed": packed(len(LIST_FEATURES) + STATE_SIZE, list_cut, LIST_FEATURES.index("logit")),
        }
    )


def asked_of(question: str, *, is_follow_up: bool = False) -> Asked:
    """A question as reading needs it, with a bag of words for its vector."""
    return Asked(question, question_terms(question), WordEmbedder().question_vector(question), is_follow_up)


def ranked_in_order(library: Library) -> list[RankedPaper]:
    """All papers of a library in their order, as if ranked so."""
    return [RankedPaper(stored, 9.0 - place / 10, 0.5) for place, stored in enumerate(library.papers())]
