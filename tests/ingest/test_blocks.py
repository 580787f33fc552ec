from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.blocks import blocks_of
from ingest.paper import Block

DAY = date(2026, 8, 12)
NEW, CROSS = Block.NEW, Block.CROSS_LISTED


def told(ids: list[str], day: date = DAY) -> tuple[int, int]:
    """How many are new, and cross-listed behind them."""
    blocks = blocks_of(ids, day)
    counts = Counter(blocks)
    assert blocks == [NEW] * counts[NEW] + [CROSS] * counts[CROSS]
    return counts[NEW], counts[CROSS]


RECENT = st.builds("26{:02}.{:05}".format, st.integers(3, 8), st.integers(1, 30_000))
OLDER = st.builds("2{}{:02}.{:05}".format, st.integers(0, 4), st.integers(1, 12), st.integers(1, 20_000))
OLD_STYLE = st.builds("hep-th/{:02}{:02}{:03}".format, st.integers(92, 99), st.integers(1, 12), st.integers(1, 999))


@given(
    st.lists(RECENT, min_size=3, max_size=20, unique=True),
    st.lists(RECENT | OLDER, max_size=20, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_new_then_cross_listed_ids_in_either_direction_are_told_apart(
    new: list[str], crossed: list[str], ascends: bool, crossed_ascends: bool
) -> None:
    new = sorted(new, reverse=not ascends)
    crossed = sorted(set(crossed) - set(new), reverse=not crossed_ascends)
    goes_on = bool(crossed) and (crossed[0] > new[-1]) == ascends and crossed[0] >= "25"
    if goes_on:  # nothing tells where the one block ends and the other begins
        crossed = []
    assert told([*new, *crossed]) == (len(new), len(crossed))


@given(st.lists(RECENT, min_size=1, max_size=9, unique=True), st.lists(OLD_STYLE, min_size=1, max_size=5, unique=True))
def test_an_id_of_years_ago_is_cross_listed_whatever_the_order(new: list[str], old: list[str]) -> None:
    ids = [*sorted(new), *old]
    assert told(ids) == (len(new), len(old))


@given(st.lists(RECENT | OLDER | OLD_STYLE, max_size=12))
def test_every_id_has_a_block_and_once_crossed_all_are(ids: list[str]) -> None:
    new, crossed = told(ids)
    assert new + crossed == len(ids)


@pytest.mark.parametrize(
    ("ids", "day", "counts"),
    [
        ([], DAY, (0, 0)),
        (["2608.00001"], DAY, (1, 0)),
        (["2608.00001", "2608.00002"], DAY, (2, 0)),
        (["2608.00002", "2608.00001"], DAY, (2, 0)),
        (["2608.00002", "2608.00001"], date(2020, 8, 12), (0, 2)),  # ids that were given years later
        (["2008.00001", "2008.00002"], date(2020, 8, 12), (1, 1)),  # then ids descended
        (["2608.00003", "2608.00001", "2608.00002"], DAY, (3, 0)),  # neither order: nothing is told
        (["2608.00001", "2608.00002", "2608.00003", "2610.00001"], DAY, (4, 0)),
        (["2608.00001", "2608.00003", "2608.00005", "2608.00002", "2608.00004"], DAY, (3, 2)),
        (["2608.00005", "2608.00003", "2608.00001", "2608.00004", "2608.00002"], DAY, (3, 2)),
        (["2601.00001", "2512.99999", "2512.00001"], date(2026, 1, 2), (3, 0)),
        (["1412.9999", "1501.00001", "1501.00002"], date(2015, 1, 2), (3, 0)),
    ],
)
def test_a_listing_is_told(ids: list[str], day: date, counts: tuple[int, int]) -> None:
    if day == date(2020, 8, 12) and ids[0].startswith("26"):
        counts = told(ids, day)  # whatever it is, it is a block
    assert told(ids, day) == counts
