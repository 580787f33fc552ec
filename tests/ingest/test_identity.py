from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.identity import (
    Identity,
    identity_of_link,
    month_of,
    read_identity,
    submission_order,
    told_identity,
    why_impossible,
)


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("2005.11295", Identity("2005.11295")),
        ("0704.0001", Identity("0704.0001")),
        ("2005.11295v2", Identity("2005.11295", 2)),
        (" 2005.11295v12 ", Identity("2005.11295", 12)),
        ("astro-ph/0601001", Identity("astro-ph/0601001")),
        ("math.GT/0309136v3", Identity("math.GT/0309136", 3)),
    ],
)
def test_identifiers_are_read(text: str, identity: Identity) -> None:
    assert read_identity(text) == identity


@pytest.mark.parametrize(
    "text", ["", "2005", "2005.112", "2005.112956", "200.11295", "2005.11295v", "x2005.11295", "cs/060100", "v2"]
)
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert read_identity(text) is None


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://arxiv.org/pdf/2005.11295.pdf", Identity("2005.11295")),
        ("https://arxiv.org/pdf/2005.11295v2.pdf", Identity("2005.11295", 2)),
        ("http://arxiv.org/abs/2005.11295v3", Identity("2005.11295", 3)),
        ("https://arxiv.org/abs/astro-ph/0601001v1", Identity("astro-ph/0601001", 1)),
        ("https://arxiv.org/pdf/cs/0112017.pdf", Identity("cs/0112017")),
    ],
)
def test_the_identifier_of_a_link_is_read(url: str, identity: Identity) -> None:
    assert identity_of_link(url) == identity


@pytest.mark.parametrize(
    "url",
    ["", "https://arxiv.org/", "https://arxiv.org/pdf/", "https://kites.org/2005.11295", "https://arxiv.org/pdf/x.pdf"],
)
def test_a_link_to_something_else_has_none(url: str) -> None:
    assert identity_of_link(url) is None


def test_the_order_is_that_of_submission() -> None:
    in_order = [
        "hep-th/9108001",
        "cs/9912001",
        "cs/0001001",
        "math.GT/0309136",
        "0704.0001",
        "1412.9999",
        "1501.00001",
        "2005.11295",
    ]
    assert sorted(in_order, key=submission_order) == in_order


# ---- as sources write them


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("arXiv:2005.11295v2", Identity("2005.11295", 2)),
        ("arxiv: 2005.11295", Identity("2005.11295")),
        ("oai:arXiv.org:2005.11295v1", Identity("2005.11295", 1)),
        ("oai:arXiv.org:hep-th/9901001", Identity("hep-th/9901001")),
        ("arXiv:2005.11295 [cs.CV]", Identity("2005.11295")),
        ("10.48550/arXiv.2005.11295", Identity("2005.11295")),
        ("https://doi.org/10.48550/arXiv.2005.11295", Identity("2005.11295")),
        ("doi:10.48550/ARXIV.2005.11295", Identity("2005.11295")),
        ("https://www.arxiv.org/abs/2005.11295?context=cs", Identity("2005.11295")),
        ("http://export.arxiv.org/abs/2005.11295#top", Identity("2005.11295")),
        ("https://arxiv.org/html/2005.11295v1/", Identity("2005.11295", 1)),
        ("https://huggingface.co/papers/2005.11295", Identity("2005.11295")),
        ("10.1145/2005.11295", None),
        ("https://x.org/2005.11295", None),
        ("٢٠٠٥.١١٢٩٥", None),
        ("x" * 100_000, None),
        ("https://arxiv.org/abs/" + "/abs/" * 50_000, None),
        ("", None),
    ],
)
def test_an_identifier_is_read_as_sources_write_it(text: str, identity: Identity | None) -> None:
    assert told_identity(text) == identity


MONTHS = st.dates(date(1991, 8, 1), date(2030, 12, 31))


@given(MONTHS, st.integers(1, 999), st.sampled_from(["hep-th", "math.GT", "cond-mat", "cs", "q-alg"]))
def test_an_id_that_arxiv_can_have_given_is_possible(day: date, number: int, archive: str) -> None:
    if day < date(2007, 4, 1):
        arxiv_id = f"{archive}/{day:%y%m}{number:03}"
    else:
        arxiv_id = f"{day:%y%m}.{number:04}" if day.year < 2015 else f"{day:%y%m}.{number:05}"
    assert why_impossible(arxiv_id) == ""
    assert why_impossible(f"arXiv:{arxiv_id}") == ""
    assert month_of(arxiv_id) == day.replace(day=1)
    assert read_identity(f"{arxiv_id}v3") == Identity(arxiv_id, 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("704.0001", "“704” lacks a digit; a spreadsheet may have taken a leading zero"),
        ("2001.1001", "“1001” lacks a digit of 5; a spreadsheet may have taken a zero at its end"),
        ("1412.12345", "“12345” has a digit more than the 4 of ids of its month"),
        ("0703.0001", "ids of this form begin with 0704"),
        ("2113.00001", "there is no month 13"),
        ("2100.00001", "there is no month 00"),
        ("hep-th/9913001", "there is no month 13"),
        ("kites/9901001", "there is no archive “kites”"),
        ("cs/0704001", "ids of this form end with March 2007"),
        ("2005.11295", ""),
        ("cs/0703001", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_why_an_id_is_impossible_is_told(text: str, reason: str) -> None:
    assert why_impossible(text) == reason
