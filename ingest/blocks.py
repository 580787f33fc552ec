"""Which block of a day's listing each paper stands in, as far as the order of the ids tells.

arXiv lists new papers in the order of their ids, then begins again with the cross-listed ones. Until 2024 at the
latest ids descended, today they ascend; a digest that follows neither order tells nothing of blocks.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from ingest.identity import months_after, submission_order
from ingest.paper import Block

_LEAST_RUN = 3  # ids in one direction: two are in some order whatever they are
_DESCENDING_UNTIL = date(2024, 1, 1)  # the digests of 2019 to 2021 that we know descend; since 2025 arXiv's own ascend
_OLD_MONTHS = 12  # arXiv holds a submission back for weeks, seldom for months; a year later it is not new


def blocks_of(arxiv_ids: Sequence[str], day: date) -> list[Block]:
    """The block of each id of a listing, in its order."""
    recent = arxiv_ids[: _first_old(arxiv_ids, day)]
    first_crossed = _first_break(recent, day)
    return [Block.NEW if place < first_crossed else Block.CROSS_LISTED for place in range(len(arxiv_ids))]


def _first_old(arxiv_ids: Sequence[str], day: date) -> int:
    """The place of the first id that is too old to be new on this day."""
    old = (place for place, one in enumerate(arxiv_ids) if months_after(day, one) > _OLD_MONTHS)
    return next(old, len(arxiv_ids))


def _first_break(arxiv_ids: Sequence[str], day: date) -> int:
    """The place of the first id that goes against the direction of the listing."""
    orders = [submission_order(one) for one in arxiv_ids]
    places = [place for place, (before, this) in enumerate(pairwise(orders), start=1) if this != before]
    steps = [orders[place] > orders[place - 1] for place in places]
    ascends = _direction(steps, day)
    if ascends is None:
        return len(arxiv_ids)
    against = (place for place, step in zip(places, steps, strict=True) if step != ascends)
    return next(against, len(arxiv_ids))


def _direction(steps: Sequence[bool], day: date) -> bool | None:
    """Whether ids ascend: as the first run of them does, else as clearly most steps do; None where neither tells."""
    run = next((place for place, step in enumerate(steps) if step != steps[0]), len(steps)) + 1
    if run >= _LEAST_RUN:
        return steps[0]
    up = sum(steps)
    down = len(steps) - up
    if abs(up - down) > 1:
        return up > down
    return False if steps and day < _DESCENDING_UNTIL else None
