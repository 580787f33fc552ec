from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from ingest.identity import Identity
from ingest.metadata import Metadata, Place, entry_of
from ingest.paper import Block, Entry, Listing, Paper, Rejection
from ingest.selection import EVERYTHING, Selection

DAY = date(2021, 1, 4)
PLACE = Place("kites.xml", 12, 3)
KITE = Metadata(Identity("2101.00001", 2), "On <b>Kites</b>", "They\nfly.", "8 pages", ("cs.CV", "cs.RO"), DAY, "told")


def test_an_entry_holds_the_text_as_read_and_cleaned() -> None:
    paper = Paper("2101.00001", "On Kites", "They fly.", "https://arxiv.org/abs/2101.00001", version=2)
    listing = Listing(DAY, "cs.CV", Block.NEW, 3)
    assert entry_of(KITE, PLACE, EVERYTHING) == Entry(paper, listing, "On <b>Kites</b>", "They\nfly.", 12)


@pytest.mark.parametrize(
    "metadata",
    [
        replace(KITE, identity=None),
        replace(KITE, raw_title=" <b></b> \u200b"),
        replace(KITE, day=None),
        replace(KITE, categories=()),
    ],
)
def test_a_paper_that_lacks_something_is_rejected(metadata: Metadata) -> None:
    reason = "a paper without arXiv id, title, date or category: “told”"
    assert entry_of(metadata, PLACE, EVERYTHING) == Rejection("kites.xml", 12, reason)


def test_a_long_id_is_told_in_part() -> None:
    rejection = entry_of(replace(KITE, identity=None, told_id="k" * 5000), PLACE, EVERYTHING)
    assert isinstance(rejection, Rejection)
    assert len(rejection.reason) < 200


@pytest.mark.parametrize(
    ("categories", "day"), [(("cs.RO",), DAY), (("cs.RO", "cs.CVX"), DAY), (("cs.CV",), date(2021, 1, 3))]
)
def test_a_paper_that_is_not_wanted_is_passed_over_whatever_it_lacks(categories: Sequence[str], day: date) -> None:
    metadata = replace(KITE, identity=None, categories=categories, day=day)
    assert entry_of(metadata, PLACE, Selection("cs.CV", since=DAY)) is None


@pytest.mark.parametrize(
    ("abstract", "comment", "is_withdrawn"),
    [("They fly.", "", False), ("This paper has been withdrawn.", "", True), ("", "Withdrawn by the authors", True)],
)
def test_a_withdrawn_paper_is_marked(abstract: str, comment: str, is_withdrawn: bool) -> None:
    entry = entry_of(replace(KITE, raw_abstract=abstract, comment=comment), PLACE, EVERYTHING)
    assert isinstance(entry, Entry)
    assert entry.paper.is_withdrawn is is_withdrawn
