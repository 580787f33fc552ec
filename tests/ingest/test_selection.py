from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.paper import Block, Listing
from ingest.selection import EVERYTHING, Selection

DAY = date(2021, 1, 5)
NEAR = st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3))


def test_everything_is_wanted_under_its_primary_category() -> None:
    assert EVERYTHING.listing(["cs.RO", "cs.CV"], DAY, 7) == Listing(DAY, "cs.RO", Block.NEW, 7)


@pytest.mark.parametrize(
    ("category", "block"), [("cs.RO", Block.NEW), ("cs.CV", Block.CROSS_LISTED), ("cs.C", None), ("cs.ro", None)]
)
def test_a_category_is_wanted_wherever_it_stands(category: str, block: Block | None) -> None:
    listing = Selection(category).listing(["cs.RO", "cs.CV"], DAY, 1)
    assert listing == (block and Listing(DAY, category, block, 1))


@given(st.none() | NEAR, st.none() | NEAR, NEAR)
def test_both_ends_of_a_period_belong_to_it(since: date | None, until: date | None, day: date) -> None:
    is_wanted = Selection(since=since, until=until).listing(["cs.CV"], day, 1) is not None
    assert is_wanted == ((since or day) <= day <= (until or day))
