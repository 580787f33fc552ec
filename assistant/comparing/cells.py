"""Which sentences of an abstract fill a cell: those that the trained model takes for its column, at most two."""

import re
from collections.abc import Sequence

import numpy as np

from assistant.comparing.reading import ReadPaper, ReadSentence
from assistant.learned.linear import Features
from assistant.reading.columns import COLUMNS, trained_columns

CODE = "code"
_SPEAKS_OF_CODE = re.compile(r"https?://|\bcodes?\b|\bopen[\s-]sourced?\b", re.IGNORECASE)
_MOST_QUOTES = 2
_SECOND = 1.0  # log odds: right three times of four; with a second quote .907 of cells have a right one, without .88


def cell(paper: ReadPaper, column: str) -> list[ReadSentence]:
    """The sentences of a cell in their order; none where the abstract does not state it."""
    if column == CODE:
        return [sentence for sentence in paper.sentences if _SPEAKS_OF_CODE.search(sentence.text)][:1]
    return in_order(telling(paper, column), paper, column)


def telling(paper: ReadPaper, column: str) -> list[ReadSentence]:
    """All sentences that tell of a column, those that tell most of it first."""
    return above(paper, _odds(paper, column), trained_columns().heads[column].cut)


def above(paper: ReadPaper, odds: Features, cut: float) -> list[ReadSentence]:
    """The sentences whose log odds reach a cut, the best first."""
    sentences = paper.sentences
    return [sentences[n] for n in np.argsort(-odds, kind="stable") if odds[n] >= cut]


def in_order(best: Sequence[ReadSentence], paper: ReadPaper, column: str) -> list[ReadSentence]:
    """The best sentence, and the second where it is as sure, in the order of the abstract."""
    odds = _odds(paper, column)
    kept = [
        sentence for place, sentence in enumerate(best[:_MOST_QUOTES]) if not place or odds[sentence.number] >= _SECOND
    ]
    return sorted(kept, key=lambda sentence: sentence.number)


def _odds(paper: ReadPaper, column: str) -> Features:
    found: Features = paper.odds[:, COLUMNS.index(column)]
    return found
