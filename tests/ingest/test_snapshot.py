import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.paper import Block, Listing
from ingest.selection import Selection
from ingest.snapshot import read_snapshot
from tests.ingest.feeds import Told, ids, parted, snapshot_lines, snapshot_record, told_papers

KITE = Told("2101.00001")


def lines_of(*records: Any) -> list[bytes]:
    return [json.dumps(record).encode() + b"\n" for record in records]


def test_all_of_a_paper_is_read() -> None:
    told = Told(
        "2101.00007", "On $\\alpha$-Kites\n  and Winds", "They fly\nat 5 km.", 3, ("cs.RO", "cs.CV"),
        datetime(2021, 1, 4, 23, 59, tzinfo=UTC), "8 pages",
    )  # fmt: skip
    ((entry,), rejections) = parted(read_snapshot(snapshot_lines([told]).encode().splitlines(), "lines"))
    paper = entry.paper
    assert (paper.arxiv_id, paper.version, paper.title) == ("2101.00007", 3, "On α-Kites and Winds")
    assert (paper.abstract, paper.url) == ("They fly at 5 km.", "https://arxiv.org/abs/2101.00007")
    assert entry.listing == Listing(date(2021, 1, 4), "cs.RO", Block.NEW, 1)
    assert (entry.line, rejections) == (1, [])


def test_a_paper_stands_in_the_block_that_its_primary_category_gives() -> None:
    papers = [Told("2101.00001", categories=("cs.CV", "cs.LG")), Told("2101.00002", categories=("cs.LG", "cs.CV"))]
    entries, _ = parted(read_snapshot(snapshot_lines(papers).encode().splitlines(), "lines", Selection("cs.CV")))
    assert [(e.listing.category, e.listing.block) for e in entries] == [
        ("cs.CV", Block.NEW),
        ("cs.CV", Block.CROSS_LISTED),
    ]


def test_a_category_is_looked_for_among_the_categories_only() -> None:
    told = Told("2101.00001", abstract="We sort cs.CV papers.", categories=("cs.DL",))
    assert list(read_snapshot(snapshot_lines([told]).encode().splitlines(), "lines", Selection("cs.CV"))) == []


def test_an_old_id_is_read() -> None:
    told = Told("hep-th/9901001", version=12)
    ((entry,), _) = parted(read_snapshot(snapshot_lines([told]).encode().splitlines(), "lines"))
    assert (entry.paper.arxiv_id, entry.paper.version) == ("hep-th/9901001", 12)


@pytest.mark.parametrize(
    ("versions", "day", "version"),
    [
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 GMT"}], date(2021, 1, 4), 1),
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 -0500"}], date(2021, 1, 5), 1),
        ([{"version": "v1", "created": "Mon, 4 Jan 2021 23:30:00 -0000"}], date(2021, 1, 4), 1),
        ([{"version": "v1", "created": 5}, {"version": "v2"}], date(2030, 1, 1), 2),
        ([{"version": "v1", "created": "Fri, 31 Dec 9999 23:30:00 -0500"}], date(2030, 1, 1), 1),
        ([{"version": "v99999999999999999999"}], date(2030, 1, 1), 0),
        ([{"version": "v-3"}], date(2030, 1, 1), 0),
        ([{"version": None}], date(2030, 1, 1), 0),
        ([], date(2030, 1, 1), 0),
        (None, date(2030, 1, 1), 0),
        ({}, date(2030, 1, 1), 0),
        ("v1", date(2030, 1, 1), 0),
        ([None], date(2030, 1, 1), 0),
    ],
)
def test_the_day_and_the_version_are_those_of_the_versions(versions: Any, day: date, version: int) -> None:
    """Where they do not say, the day is that of the last update."""
    record = {**snapshot_record(KITE), "versions": versions}
    ((entry,), rejections) = parted(read_snapshot(lines_of(record), "lines"))
    assert (entry.listing.day, entry.paper.version, rejections) == (day, version, [])


@pytest.mark.parametrize(
    ("told", "is_withdrawn"),
    [
        (Told("2101.00001", abstract="This article was withdrawn."), True),
        (Told("2101.00001", comment="This paper has been withdrawn by the author"), True),
        (Told("2101.00001", comment="8 pages"), False),
    ],
)
def test_a_withdrawn_paper_is_marked(told: Told, is_withdrawn: bool) -> None:
    ((entry,), _) = parted(read_snapshot(snapshot_lines([told]).encode().splitlines(), "lines"))
    assert entry.paper.is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON: Expecting property name"),
        (b'{"id": "2101.00002", "title": "K', "no JSON: Unterminated string"),
        (b'{"title": "K\xff"}', "no JSON: 'utf-8' codec"),
        (b"[" * 100_000, "no JSON: maximum recursion depth"),
        (b'{"id": ' + b"9" * 5000 + b"}", "no JSON: Exceeds the limit"),
        (b'["2101.00002"]', "a line that is no JSON object"),
        (b"null", "a line that is no JSON object"),
        (b"{}", "a paper without arXiv id, title, date or category: “”"),
    ],
)
def test_a_line_that_is_no_paper_is_told_with_its_number(line: bytes, reason: str) -> None:
    good = snapshot_lines(told_papers(2)).encode().splitlines()
    entries, (rejection,) = parted(read_snapshot([good[0], b"", line, good[1]], "lines"))
    assert ids(entries) == ["2101.00001", "2101.00002"]
    assert (rejection.file, rejection.line) == ("lines", 3)
    assert rejection.reason.startswith(reason)


def without(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda record: {k: v for k, v in record.items() if k != key}


@pytest.mark.parametrize("key", ["id", "title", "categories"])
@pytest.mark.parametrize("value", [None, "", 7, ["x"], {}])
def test_a_paper_that_lacks_something_is_told(key: str, value: object) -> None:
    (rejection,) = read_snapshot(lines_of({**snapshot_record(KITE), key: value}), "lines")
    assert rejection == next(read_snapshot(lines_of({**snapshot_record(KITE), key: None}), "lines")) or key == "id"
    (rejection,) = read_snapshot(lines_of(without(key)(snapshot_record(KITE))), "lines")
    assert "a paper without" in str(rejection)


def test_a_paper_without_an_abstract_is_taken() -> None:
    ((entry,), _) = parted(read_snapshot(lines_of(without("abstract")(snapshot_record(KITE))), "lines"))
    assert entry.paper.abstract == ""


def test_half_a_character_is_dropped() -> None:
    """JSON can spell what no file can hold."""
    half = {"title": "On \ud800Kites", "abstract": "\udfffThey fly.", "comments": "\ud800", "categories": "cs.CV\ud800"}
    ((entry,), _) = parted(read_snapshot(lines_of({**snapshot_record(KITE), **half}), "lines"))
    assert (entry.raw_title, entry.raw_abstract, entry.listing.category) == ("On Kites", "They fly.", "cs.CV")


def test_lines_are_read_one_at_a_time() -> None:
    """A snapshot is far larger than memory."""
    read = 0

    def counted() -> Any:
        nonlocal read
        for line in snapshot_lines(told_papers(100)).encode().splitlines():
            read += 1
            yield line

    items = read_snapshot(counted(), "lines")
    next(items)
    next(items)
    assert read == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["version", "created", "x"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(snapshot_record(KITE))), JSON, max_size=4))
def test_any_record_is_a_paper_or_a_rejection(changed: dict[str, Any]) -> None:
    assert len(list(read_snapshot(lines_of({**snapshot_record(KITE), **changed}), "lines"))) == 1


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_line_is_told(lines: list[bytes]) -> None:
    entries, rejections = parted(read_snapshot(lines, "lines"))
    assert entries == []
    assert [r.line for r in rejections] == [n for n, line in enumerate(lines, start=1) if line.strip()]


# ---- real lines


def test_every_paper_of_a_real_snapshot_is_taken(data_folder: Path) -> None:
    file = data_folder / "formats" / "arxiv_metadata_snapshot.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    with file.open("rb") as lines:
        entries, rejections = parted(read_snapshot(lines, "lines"))
    assert (len(entries), rejections) == (60, [])
    assert [
        (e.paper.arxiv_id, e.paper.version, e.listing.day.timetuple()[:3], e.listing.category) for e in entries
    ] == [
        (r["id"], len(r["versions"]), (parsedate(r["versions"][0]["created"]) or ())[:3], r["categories"].split()[0])
        for r in records
    ]
    for category in {c for r in records for c in r["categories"].split()}:
        expected = [r["id"] for r in records if category in r["categories"].split()]
        with file.open("rb") as lines:
            assert ids(read_snapshot(lines, "lines", Selection(category))) == expected
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
