"""The papers of a page that stand at its beginning: those with results, measured ones first, of many themes."""

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from assistant.day.page import DayPaper, Theme
from assistant.reading.finding import has_figure
from ingest.paper import Block

MOST = 8
"""What a first screen holds, with a quote each."""


def standing_out(themes: Sequence[Theme], most: int = MOST) -> tuple[DayPaper, ...]:
    """New papers with a figure in their result, then others with one, then results without: of each theme in turn.

    None stand out of a single theme: it is short, or narrowed to what somebody follows.
    """
    if len(themes) < 2:
        return ()
    by_theme = [[paper for paper in theme.papers if _may_stand(paper)] for theme in themes]
    ranks = sorted({_rank(paper) for papers in by_theme for paper in papers})
    return tuple(islice((paper for rank in ranks for paper in _in_turn(by_theme, rank)), most))


def _may_stand(paper: DayPaper) -> bool:
    return paper.result is not None and not paper.stored.paper.is_withdrawn


def _rank(paper: DayPaper) -> tuple[bool, bool]:
    is_measured = paper.result is not None and has_figure(paper.result.quote)
    return not is_measured, paper.listing.block is not Block.NEW


def _in_turn(by_theme: Sequence[Sequence[DayPaper]], rank: tuple[bool, bool]) -> Iterator[DayPaper]:
    """The papers of a rank: the first of each theme, then the second of each."""
    rows = zip_longest(*([paper for paper in papers if _rank(paper) == rank] for papers in by_theme))
    return (paper for row in rows for paper in row if paper is not None)
