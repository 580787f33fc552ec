import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Listing
from ingest.selection import Selection
from ingest.sources import items_of
from tests.ingest.feeds import Told, ids, parted, read_bytes, snapshot_lines, snapshot_record, told_papers

KITE = Told("2101.00001")


def lines_of(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_all_of_a_paper_is_read() -> None:
    told = Told(
        "2101.00007", "On $\\alpha$-Kites\n  and Winds", "They fly\nat 5 km.", 3, ("cs.RO", "cs.CV"),
        datetime(2021, 1, 4, 23, 59, tzinfo=UTC), "8 pages",
    )  # fmt: skip
    ((entry,), rejections) = parted(read_bytes(snapshot_lines([told]).encode()))
    paper = entry.paper
    assert (paper.arxiv_id, paper.version, paper.title) == ("2101.00007", 3, "On α-Kites and Winds")
    assert (paper.abstract, paper.url) == ("They fly at 5 km.", "https://arxiv.org/abs/2101.00007")
    assert entry.listing == Listing(date(2021, 1, 4), "cs.RO", Block.NEW, 1, Basis.SUBMITTED)
    assert (entry.line, rejections) == (1, [])


def test_a_paper_stands_in_the_block_that_its_primary_category_gives() -> None:
    papers = [Told("2101.00001", categories=("cs.CV", "cs.LG")), Told("2101.00002", categories=("cs.LG", "cs.CV"))]
    entries, _ = parted(read_bytes(snapshot_lines(papers).encode(), Selection("cs.CV")))
    assert [(e.listing.category, e.listing.block) for e in entries] == [
        ("cs.CV", Block.NEW),
        ("cs.CV", Block.CROSS_LISTED),
    ]


def test_a_category_is_looked_for_among_the_categories_only() -> None:
    told = Told("2101.00001", abstract="We sort cs.CV papers.", categories=("cs.DL",))
    assert list(read_bytes(snapshot_lines([told]).encode(), Selection("cs.CV"))) == []


def test_an_old_id_is_read() -> None:
    told = Told("hep-th/9901001", version=12)
    ((entry,), _) = parted(read_bytes(snapshot_lines([told]).encode()))
    assert (entry.paper.arxiv_id, entry.paper.version) == ("hep-th/9901001", 12)


@pytest.mark.parametrize(
    ("versions", "day", "version"),
    [
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 GMT"}], date(2021, 1, 4), 1),
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 -0500"}], date(2021, 1, 5), 1),
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 -0000"}], date(2021, 1, 4), 1),
        ([{"version": "v1", "created": "2021-01-04T23:30:00-05:00"}, {"version": "v3"}], date(2021, 1, 5), 3),
    ],
)
def test_the_day_and_the_version_are_those_of_the_versions(versions: Any, day: date, version: int) -> None:
    record = {**snapshot_record(KITE), "versions": versions}
    ((entry,), rejections) = parted(read_bytes(lines_of(record)))
    assert (entry.listing.day, entry.paper.submitted, entry.paper.version, rejections) == (day, day, version, [])


@pytest.mark.parametrize(
    ("versions", "version"),
    [
        ([{"version": "v99999999999999999999"}], 0),
        ([{"version": "v-3"}], 0),
        ([{"version": None}], 0),
        (["v1", "v2"], 2),
        ([], 0),
        (None, 0),
        ({}, 0),
        ("v1", 0),
        ([None], 0),
    ],
)
def test_a_day_of_the_last_update_is_called_that(versions: Any, version: int) -> None:
    record = {**snapshot_record(KITE), "versions": versions}
    ((entry,), rejections) = parted(read_bytes(lines_of(record)))
    assert (entry.listing.day, entry.listing.basis) == (date(2030, 1, 1), Basis.UPDATED)
    assert (entry.paper.submitted, entry.paper.version, rejections) == (None, version, [])


@pytest.mark.parametrize(
    "created", [5, "once upon a time", "Fri, 31 Dec 9999 23:30:00 -0500", "Mon, 32 Jan 2021 1:00 GMT"]
)
def test_a_date_of_submission_that_cannot_be_read_is_told(created: object) -> None:
    record = {**snapshot_record(KITE), "versions": [{"version": "v1", "created": created}]}
    ((entry,), (rejection,)) = parted(read_bytes(lines_of(record)))
    assert (entry.listing.day, entry.listing.basis) == (date(2030, 1, 1), Basis.UPDATED)
    assert rejection.reason.startswith(f"2101.00001: “{created}” is no date; ")
    assert "2030-01-01" in rejection.reason


@pytest.mark.parametrize(
    ("told", "is_withdrawn"),
    [
        (Told("2101.00001", abstract="This article was withdrawn."), True),
        (Told("2101.00001", comment="This paper has been withdrawn by the author"), True),
        (Told("2101.00001", comment="8 pages"), False),
    ],
)
def test_a_withdrawn_paper_is_marked(told: Told, is_withdrawn: bool) -> None:
    ((entry,), _) = parted(read_bytes(snapshot_lines([told]).encode()))
    assert entry.paper.is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON: Expecting property name"),
        (b'{"id": "2101.00002", "title": "K', "no JSON: Unterminated string"),
        (b"[" * 100_000, "no JSON: maximum recursion depth"),
        (b'{"id": ' + b"9" * 5000 + b"}", "no JSON: Exceeds the limit"),
        (b'["2101.00002"]', "a JSON array that holds no paper"),
        (b"null", "a JSON value that holds no paper"),
        (b"{}", "a JSON object that holds no paper"),
        (b'{"title": "K\xff", "abstract": "They fly."}', "a paper without arXiv id: “Kÿ”"),
        (b'{"id": "kite", "abstract": "They fly."}', "a paper without arXiv id and title: “kite”"),
    ],
)
def test_a_line_that_is_no_paper_is_told_with_its_number(line: bytes, reason: str) -> None:
    good = snapshot_lines(told_papers(2)).encode().splitlines()
    entries, (rejection,) = parted(read_bytes(b"\n".join([good[0], b"", line, good[1]]), name="lines"))
    assert ids(entries) == ["2101.00001", "2101.00002"]
    assert (rejection.file, rejection.line) == ("lines", 3)
    assert rejection.reason.startswith(reason)


def without(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda record: {k: v for k, v in record.items() if k != key}


@pytest.mark.parametrize(("key", "name"), [("id", "arXiv id"), ("title", "title")])
@pytest.mark.parametrize("value", [None, "", 7, ["x"], {}])
def test_a_paper_that_lacks_something_is_told_with_what_it_lacks(key: str, name: str, value: object) -> None:
    if (key, value) == ("title", 7):
        value = None  # a number may well be a title
    for record in ({**snapshot_record(KITE), key: value}, without(key)(snapshot_record(KITE))):
        (rejection,) = parted(read_bytes(lines_of(record)))[1]
        assert rejection.reason.startswith(f"a paper without {name}: ")


@pytest.mark.parametrize("value", [None, "", 7, ["x"], {}])
def test_a_paper_without_categories_is_taken_and_they_are_unknown(value: object) -> None:
    ((entry,), rejections) = parted(read_bytes(lines_of({**snapshot_record(KITE), "categories": value})))
    assert (entry.listing.category, entry.paper.categories, rejections) == (UNKNOWN_CATEGORY, (), [])


def test_a_paper_without_an_abstract_is_taken() -> None:
    ((entry,), _) = parted(read_bytes(lines_of(without("abstract")(snapshot_record(KITE)))))
    assert entry.paper.abstract == ""


def test_half_a_character_is_dropped() -> None:
    """JSON can spell what no file can hold."""
    half = {"title": "On \ud800Kites", "abstract": "\udfffThey fly.", "comments": "\ud800", "categories": "cs.CV\ud800"}
    ((entry,), _) = parted(read_bytes(lines_of({**snapshot_record(KITE), **half})))
    assert (entry.raw_title, entry.raw_abstract, entry.listing.category) == ("On Kites", "They fly.", "cs.CV")


def test_lines_are_read_one_at_a_time() -> None:
    """A snapshot is far larger than memory."""
    file = io.BytesIO(snapshot_lines(told_papers(10_000)).encode())
    items = items_of(file, "lines")
    next(items)
    assert file.tell() < 1 << 20 < len(file.getvalue())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["version", "created", "x"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(snapshot_record(KITE))), JSON, max_size=4))
def test_any_record_is_a_paper_or_a_rejection(changed: dict[str, Any]) -> None:
    assert list(read_bytes(lines_of({**snapshot_record(KITE), **changed})))


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_line_is_told(lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    first = snapshot_lines([KITE]).encode()
    entries, rejections = parted(read_bytes(first + first + b"\n".join(lines)))
    assert len(entries) == 2
    assert [r.line for r in rejections] == [n for n, line in enumerate(lines, start=3) if line.strip()]


# ---- real lines


def test_every_paper_of_a_real_snapshot_is_taken(data_folder: Path) -> None:
    file = data_folder / "formats" / "arxiv_metadata_snapshot.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    entries, rejections = parted(read_bytes(file.read_bytes()))
    assert (len(entries), rejections) == (60, [])
    assert [
        (e.paper.arxiv_id, e.paper.version, e.listing.day.timetuple()[:3], e.listing.category) for e in entries
    ] == [
        (r["id"], len(r["versions"]), (parsedate(r["versions"][0]["created"]) or ())[:3], r["categories"].split()[0])
        for r in records
    ]
    for category in {c for r in records for c in r["categories"].split()}:
        expected = [r["id"] for r in records if category in r["categories"].split()]
        assert ids(read_bytes(file.read_bytes(), Selection(category))) == expected
    marked = {e.paper.arxiv_id for e in entries if e.paper.is_withdrawn}
    said = {r["id"] for r in records if "withdrawn" in f"{r['comments']} {r['abstract']}".lower()}
    assert marked == said


def test_our_lines_have_the_shape_of_real_ones(data_folder: Path) -> None:
    """So that what is tested on lines written here holds for arXiv's."""
    with (data_folder / "formats" / "arxiv_metadata_snapshot.jsonl").open(encoding="utf-8") as lines:
        real = json.loads(next(lines))
    ours = snapshot_record(KITE)
    assert ours.keys() <= real.keys()
    assert ours["versions"][0].keys() == real["versions"][0].keys()
