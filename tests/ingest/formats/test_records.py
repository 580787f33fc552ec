from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.records import has_id, is_paper, items_of_record, plain_fields
from ingest.metadata import Place
from ingest.paper import Basis, Entry, Rejection
from ingest.selection import EVERYTHING
from tests.ingest.feeds import parted

KITE = {"id": "2101.00001", "title": "On Kites", "abstract": "They fly."}
PLACE = Place("kites.json", 3, 2)


def items(record: dict[str, Any], file_day: date | None = None) -> tuple[list[Entry], list[Rejection]]:
    return parted(items_of_record(plain_fields(record), PLACE, EVERYTHING, file_day))


def only(record: dict[str, Any], file_day: date | None = None) -> Entry:
    (entry,), rejections = items(record, file_day)
    assert rejections == []
    return entry


@pytest.mark.parametrize(
    ("fields", "arxiv_id", "version"),
    [
        ({"id": "2101.00001v3"}, "2101.00001", 3),
        ({"arxiv_id": "arXiv:2101.00001"}, "2101.00001", 0),
        ({"ArXiv ID": "https://arxiv.org/abs/2101.00001v2"}, "2101.00001", 2),
        ({"externalIds": {"DOI": "10.1/x", "ArXiv": "2101.00001"}, "paperId": "0a"}, "2101.00001", 0),
        ({"doi": "10.48550/arXiv.2101.00001"}, "2101.00001", 0),
        ({"DOI": "https://doi.org/10.48550/arXiv.2101.00001"}, "2101.00001", 0),
        ({"note": "arXiv:2101.00001 [cs]"}, "2101.00001", 0),
        ({"extra": "Citation Key: k\narXiv:2101.00001 [cs.CV]"}, "2101.00001", 0),
        ({"url": "http://export.arxiv.org/pdf/hep-th/9901001v1.pdf"}, "hep-th/9901001", 1),
        ({"links": ["https://x.org", "https://arxiv.org/html/2101.00001v1"]}, "2101.00001", 1),
        ({"entry_id": "http://arxiv.org/abs/2101.00001v9"}, "2101.00001", 9),
        ({"id": "2101.00001", "versions": ["v1", "v2"]}, "2101.00001", 2),
    ],
)
def test_a_paper_is_named_in_many_ways(fields: dict[str, Any], arxiv_id: str, version: int) -> None:
    paper = only({"title": "K", **fields}).paper
    assert (paper.arxiv_id, paper.version) == (arxiv_id, version)
    assert has_id(plain_fields(fields))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": 704.0003}, "no arXiv id can be “704.0003”: “704” lacks a digit"),
        ({"id": "2001.1001"}, "no arXiv id can be “2001.1001”: “1001” lacks a digit of 5"),
        ({"id": "2013.00001", "date": "2020-01-01"}, "no arXiv id can be “2013.00001”: there is no month 13"),
        ({"id": "hep-th/9913001", "issued": "1999-01-01"}, "no arXiv id can be “hep-th/9913001”: there is no month 13"),
        ({"id": "kites/9901001"}, "no arXiv id can be “kites/9901001”: there is no archive “kites”"),
        ({"id": "cs/0801001"}, "no arXiv id can be “cs/0801001”: ids of this form end with March 2007"),
        ({"id": "abc"}, "a paper without arXiv id: “abc”"),
        ({"doi": "10.1/x"}, "a paper without arXiv id: “10.1/x”"),
        ({"url": "https://arxiv.org/abs/" + "x" * 100_000}, "a paper without arXiv id: “https"),
        ({"id": "2101.00001", "title": "x" * 5001}, "a title of over 5,000 characters: “2101.00001”"),
        ({"id": "2101.00001", "abstract": "x" * 100_001}, "an abstract of over 100,000 characters: “2101.00001”"),
    ],
)
def test_a_record_that_cannot_be_taken_says_why(fields: dict[str, Any], reason: str) -> None:
    entries, (rejection,) = items({"title": "K", **fields})
    assert entries == []
    assert (rejection.file, rejection.line) == ("kites.json", 3)
    assert rejection.reason.startswith(reason)


@pytest.mark.parametrize(
    ("fields", "day", "basis"),
    [
        ({"announced": "2021-01-05", "published": "2021-01-04"}, date(2021, 1, 5), Basis.ANNOUNCED),
        ({"published": "2021-01-04T10:00:00Z", "updated": "2021-03-01"}, date(2021, 1, 4), Basis.SUBMITTED),
        ({"versions": [{"created": "Mon, 4 Jan 2021 10:00:00 GMT"}]}, date(2021, 1, 4), Basis.SUBMITTED),
        ({"publicationDate": "2021-01-04"}, date(2021, 1, 4), Basis.SUBMITTED),
        ({"date": "2020-12-30"}, date(2020, 12, 30), Basis.SUBMITTED),
        ({"date": "2021-07-01"}, date(2021, 1, 1), Basis.MONTH),  # a journal's
        ({"issued": {"date-parts": [["2021", 1, 4]]}}, date(2021, 1, 4), Basis.SUBMITTED),
        ({"issued": {"date-parts": [[2021]]}}, date(2021, 1, 1), Basis.MONTH),
        ({"update_date": 1609761600000}, date(2021, 1, 4), Basis.UPDATED),
        ({"year": 2021}, date(2021, 1, 1), Basis.MONTH),
        ({}, date(2021, 1, 1), Basis.MONTH),
    ],
)
def test_a_day_is_never_called_what_it_is_not(fields: dict[str, Any], day: date, basis: Basis) -> None:
    entry = only({**KITE, **fields})
    assert (entry.listing.day, entry.listing.basis) == (day, basis)
    assert entry.paper.submitted == (day if basis is Basis.SUBMITTED else None)


def test_the_day_of_the_file_stands_where_the_paper_has_none() -> None:
    day = date(2021, 1, 7)
    assert only(KITE, day).listing.day == day
    assert only(KITE, day).listing.basis is Basis.ANNOUNCED
    assert only({**KITE, "published": "2021-01-04"}, day).listing.day == date(2021, 1, 4)


def test_a_date_that_cannot_be_read_is_told_with_what_stands_for_it() -> None:
    (entry,), (rejection,) = items({**KITE, "created": "someday", "update_date": "2021-02-01"})
    assert entry.listing.basis is Basis.UPDATED
    assert rejection.reason == (
        "2101.00001: “someday” is no date; it stands under the day on which its record was last changed, 2021-02-01"
    )


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"categories": "cs.CV cs.LG"}, ("cs.CV", "cs.LG")),
        ({"categories": ["cs.CV cs.LG", "math.CO"]}, ("cs.CV", "cs.LG", "math.CO")),
        ({"categories": ["cs.CV", "cs.LG"], "primary_category": "cs.LG"}, ("cs.LG", "cs.CV")),
        ({"categories": "cs.CV, cs.LG; stat.ML"}, ("cs.CV", "cs.LG", "stat.ML")),
        ({"categories": "Computer Vision and Pattern Recognition"}, ("cs.CV",)),
        ({"note": "arXiv:2101.00001 [cs.CV]"}, ("cs.CV",)),
        ({"keywords": ["deep kites", "wind"]}, ()),
        ({"categories": "xy.ZZ"}, ("xy.ZZ",)),
        ({"categories": " " * 100_000 + "x" + " " * 100_000 + "y"}, ()),
    ],
)
def test_categories_are_codes_however_they_come(fields: dict[str, Any], codes: tuple[str, ...]) -> None:
    assert only({**KITE, **fields}).paper.categories == codes


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Lovelace, B. Author and C. Author", ("Ada Lovelace", "B. Author", "C. Author")),
        ([["Lovelace", "Ada", ""], ["Author", "B.", "Jr."]], ("Ada Lovelace", "B. Author Jr.")),
        ([{"name": "Ada Lovelace"}, {"given": "B.", "family": "Author"}], ("Ada Lovelace", "B. Author")),
        ([{"firstName": "Ada", "lastName": "Lovelace"}, {"literal": "Kite Group"}], ("Ada Lovelace", "Kite Group")),
        (["Lovelace, Ada", "B. Author"], ("Ada Lovelace", "B. Author")),
        ("A. Author et.al.", ("A. Author", "et al.")),
        ("", ()),
        (7, ()),
        ([None, {}, []], ()),
        ("(" * 50_000 + " " * 50_000, ("(" * 500,)),
    ],
)
def test_authors_are_names_however_they_come(authors: object, names: tuple[str, ...]) -> None:
    assert only({**KITE, "authors": authors}).paper.authors == names


def test_the_column_of_code_is_a_link() -> None:
    entry = only({**KITE, "github": "see https://github.com/a/b and https://x.org/c"})
    assert [(link.url, link.is_code) for link in entry.paper.links] == [
        ("https://github.com/a/b", True),
        ("https://x.org/c", False),
    ]
    assert len(only({**KITE, "code": ["https://x.org/" + "k" * 50] * 2000}).paper.links) == 1


def test_the_texts_of_a_paper_under_other_names() -> None:
    entry = only({"paper_title": "On Kites", "Summary": "They fly.", "arxiv": "2101.00001", "Comment": "Withdrawn"})
    assert (entry.paper.title, entry.paper.abstract, entry.paper.is_withdrawn) == ("On Kites", "They fly.", True)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["id", "title", "abstract", "authors", "categories", "versions", "issued", "date", "published", "externalIds"]
)


@given(st.dictionaries(KEYS | st.text(max_size=6), VALUES, max_size=6))
def test_any_record_is_a_paper_or_a_rejection(record: dict[str, Any]) -> None:
    entries, rejections = items(record)
    assert entries or rejections
    is_paper(plain_fields(record))
