"""What a paper found: the sentence that states its results, with figures where one has them; without a model's time."""

import re
from collections.abc import Sequence

import numpy as np

from assistant.reading.columns import COLUMNS, trained_columns
from assistant.reading.evidence import Passages, passages_of
from ingest.library import Library
from ingest.paper import Span, StoredPaper

_RESULTS = "results"
_FIGURE = re.compile(r"(?<![\w.-])\d[\d.,]*(?![\w-])")
_AS_GOOD = 3.0  # log odds: a sentence with a figure is taken before one without that much surer


def findings_of(papers: Sequence[StoredPaper], library: Library) -> dict[int, Span]:
    """The sentence with the result of each paper, by its row; none of a paper whose abstract states none."""
    found = ((stored.row, finding_in(text)) for stored, text in zip(papers, passages_of(papers, library), strict=True))
    return {row: span for row, span in found if span is not None}


def has_figure(sentence: str) -> bool:
    """Whether a sentence states a number, and not only a name with one in it."""
    return _FIGURE.search(sentence) is not None


def finding_in(text: Passages) -> Span | None:
    """The sentence of an abstract that states its result, one with a figure before others; None where none does."""
    columns = trained_columns()
    odds = columns.log_odds(text)
    if not len(odds):
        return None
    results = odds[:, COLUMNS.index(_RESULTS)]
    if results.max() < columns.heads[_RESULTS].cut:
        return None
    measured = np.array([has_figure(sentence) for sentence in text.sentences])
    return text.spans[int(np.argmax(results + _AS_GOOD * (measured & (results >= columns.heads[_RESULTS].cut))))]
