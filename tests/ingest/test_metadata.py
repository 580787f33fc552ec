from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import CleanText, clean
from ingest.identity import Identity
from ingest.metadata import Metadata, Place, authors_named, authors_of, entry_of, items_of_paper
from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Entry, Listing, Paper, Rejection
from ingest.selection import EVERYTHING, Selection

DAY = date(2021, 1, 4)
PLACE = Place("kites.xml", 12, 3)
KITE = Metadata(Identity("2101.00001", 2), "On <b>Kites</b>", "They\nfly.", "8 pages", ("cs.CV", "cs.RO"), DAY, "told")


def taken(metadata: Metadata, selection: Selection = EVERYTHING) -> Entry:
    entry = entry_of(metadata, PLACE, selection)
    assert isinstance(entry, Entry)
    return entry


def test_an_entry_holds_the_text_as_read_and_cleaned() -> None:
    paper = Paper(
        "2101.00001", "On Kites", "They fly.", "https://arxiv.org/abs/2101.00001", version=2,
        categories=("cs.CV", "cs.RO"), submitted=DAY,
    )  # fmt: skip
    listing = Listing(DAY, "cs.CV", Block.NEW, 3, Basis.SUBMITTED)
    assert entry_of(KITE, PLACE, EVERYTHING) == Entry(paper, listing, "On <b>Kites</b>", "They\nfly.", 12)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (replace(KITE, identity=None), "a paper without arXiv id: “told”"),
        (replace(KITE, raw_title=" <b></b> \u200b"), "a paper without title: “told”"),
        (replace(KITE, identity=None, raw_title=""), "a paper without arXiv id and title: “told”"),
        (replace(KITE, identity=None, told_id=""), "a paper without arXiv id: “On Kites”"),
        (replace(KITE, identity=None, told_id="", raw_title=""), "a paper without arXiv id and title"),
        (replace(KITE, identity=Identity("2113.00001")), "no arXiv id can be “told”: there is no month 13"),
        (replace(KITE, raw_title="k" * 5001), "a title of over 5,000 characters: “told”"),
        (replace(KITE, raw_abstract="k" * 100_001), "an abstract of over 100,000 characters: “told”"),
    ],
)
def test_a_paper_that_lacks_something_is_rejected_with_what_it_lacks(metadata: Metadata, reason: str) -> None:
    assert entry_of(metadata, PLACE, EVERYTHING) == Rejection("kites.xml", 12, reason)


def test_a_long_id_is_told_in_part() -> None:
    rejection = entry_of(replace(KITE, identity=None, told_id="k" * 5000), PLACE, EVERYTHING)
    assert isinstance(rejection, Rejection)
    assert len(rejection.reason) < 200


@pytest.mark.parametrize(
    ("categories", "day"), [(("cs.RO",), DAY), (("cs.RO", "cs.CVX"), DAY), (("cs.CV",), date(2021, 1, 3))]
)
def test_a_paper_that_is_not_wanted_is_passed_over(categories: Sequence[str], day: date) -> None:
    metadata = replace(KITE, categories=categories, day=day)
    assert entry_of(metadata, PLACE, Selection("cs.CV", since=DAY)) is None


def test_a_title_longer_than_any_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a formula of megabytes would take minutes."""
    read: list[int] = []

    def reading(raw: str) -> CleanText:
        read.append(len(raw))
        return clean(raw)

    monkeypatch.setattr("ingest.metadata.clean", reading)
    entry_of(replace(KITE, raw_title="k" * 1_000_000, raw_abstract="k" * 1_000_000), PLACE, EVERYTHING)
    assert max(read) <= 5001


def test_a_paper_without_a_day_stands_in_the_month_of_its_id() -> None:
    entry = taken(replace(KITE, day=None))
    assert (entry.listing.day, entry.listing.basis, entry.paper.submitted) == (date(2021, 1, 1), Basis.MONTH, None)


@pytest.mark.parametrize(
    ("identity", "category"),
    [("2101.00001", UNKNOWN_CATEGORY), ("hep-th/9901001", "hep-th"), ("math.GT/0301001", "math.GT")],
)
def test_a_paper_without_categories_has_the_archive_of_its_id_or_none(identity: str, category: str) -> None:
    entry = taken(replace(KITE, identity=Identity(identity), categories=()))
    assert (entry.listing.category, entry.paper.categories) == (category, ())


@pytest.mark.parametrize(
    ("listed_in", "block", "category"),
    [
        (["cs.CV"], Block.NEW, "cs.CV"),
        (["cs.RO"], Block.CROSS_LISTED, "cs.RO"),
        (["cs"], Block.NEW, "cs.CV"),
        (["cs"], Block.CROSS_LISTED, "cs.RO"),
        (["math.CO"], Block.CROSS_LISTED, "math.CO"),
        (["cs.AI", "cs.RO"], Block.CROSS_LISTED, "cs.RO"),
        ([], None, "cs.CV"),
    ],
)
def test_an_announcement_is_of_the_category_that_it_announces(
    listed_in: list[str], block: Block | None, category: str
) -> None:
    listing = taken(replace(KITE, listed_in=listed_in, block=block)).listing
    assert (listing.category, listing.block) == (category, block or Block.NEW)


def test_what_no_paper_has_is_left_out() -> None:
    metadata = replace(
        KITE, categories=["k" * 61, *(f"cs.K{n}" for n in range(500))], comment="x " * 9999 + "withdrawn",
        authors=(),
    )  # fmt: skip
    paper = taken(metadata).paper
    assert (len(paper.categories), paper.categories[0], paper.is_withdrawn) == (100, "cs.K0", False)


def test_links_that_are_told_beside_the_text_stand_behind_its_own() -> None:
    metadata = replace(KITE, raw_abstract="See https://a.org/b.", links=["https://github.com/a/b", "https://a.org/b"])
    assert [(link.url, link.is_code) for link in taken(metadata).paper.links] == [
        ("https://a.org/b", False),
        ("https://github.com/a/b", True),
    ]


def test_a_date_that_cannot_be_read_is_told_beside_the_paper() -> None:
    entry, rejection = items_of_paper(replace(KITE, day=None, unreadable="some\nday"), PLACE, EVERYTHING)
    assert isinstance(entry, Entry)
    assert rejection == Rejection(
        "kites.xml", 12, "2101.00001: “some day” is no date; only the month of its id is known, January 2021"
    )


@pytest.mark.parametrize(
    ("abstract", "comment", "is_withdrawn"),
    [("They fly.", "", False), ("This paper has been withdrawn.", "", True), ("", "Withdrawn by the authors", True)],
)
def test_a_withdrawn_paper_is_marked(abstract: str, comment: str, is_withdrawn: bool) -> None:
    assert taken(replace(KITE, raw_abstract=abstract, comment=comment)).paper.is_withdrawn is is_withdrawn


# ---- authors


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A. Kite and B. Wind", ["A. Kite", "B. Wind"]),
        ("A. Kite, B. Wind, and C. Net", ["A. Kite", "B. Wind", "C. Net"]),
        ("A. Kite; B. Wind & C. Net", ["A. Kite", "B. Wind", "C. Net"]),
        ("A. Kite (1 and 2), B. Wind (2) ((1) Kite Labs, Berlin, (2) Wind (Ltd.))", ["A. Kite", "B. Wind"]),
        ("J. Andersen, Brandon Hand", ["J. Andersen", "Brandon Hand"]),
        ("Andr\\'e M\\\"uller", ["André Müller"]),
        ("A. Kite et al.", ["A. Kite", "et al."]),
        ("A. Kite, A. Kite", ["A. Kite"]),
        ("", []),
        (" , and ,", []),
        ("A. Kite (" + "(" * 20_000, None),
        ("A. Kite" + " " * 200_000 + "(x", None),
    ],
)
def test_a_line_of_authors_is_their_names(line: str, names: list[str] | None) -> None:
    found = authors_of(line)
    assert found == names if names is not None else found[0].startswith("A. Kite")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Kite, Ada", "B. Wind"], ["Ada Kite", "B. Wind"]),
        (["Kite, Ada, Jr."], ["Jr. Kite Ada"]),
        (["{Kite Group}", "others"], ["Kite Group", "et al."]),
        (["  ", "\u200b"], []),
    ],
)
def test_names_are_turned_the_right_way_round(names: list[str], found: list[str]) -> None:
    if "Jr." in names[0]:
        assert len(authors_named(names)) == 1
    else:
        assert authors_named(names) == found


@given(st.text(max_size=80))
def test_any_line_gives_names_in_one_line(line: str) -> None:
    assert all(name == " ".join(name.split()) and name for name in authors_of(line))
