"""What looks like something else in a part of it is still read as what it is."""

import json
from datetime import date

import pytest

from ingest.paper import Basis, Block, Entry
from ingest.selection import Selection
from tests.ingest.feeds import Told, atom_feed, ids, parted, read_bytes

DIGEST = """# arXiv cs.cv --Mon, 4 Jan 2021
### 1.On Kites  [ :arrow_down: ](https://arxiv.org/pdf/2101.00007.pdf)
> They fly.
"""
ROW = "|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n|**{}**|**On Kites**|A. Kite|[2101.00007](http://arxiv.org/abs/2101.00007)|null|\n"
CITE = "\n```\n@misc{kites2020,\n  title={A Digest of Kites}\n}\n```\n"


def only(data: str, name: str = "a") -> Entry:
    (entry,) = parted(read_bytes(data.encode(), name=name))[0]
    return entry


@pytest.mark.parametrize("text", [DIGEST + CITE, CITE + DIGEST, CITE + ROW.format("2021-01-04")])
def test_an_entry_of_bibtex_in_a_digest_or_a_table_does_not_make_it_bibtex(text: str) -> None:
    assert ids(read_bytes(text.encode())) == ["2101.00007"]


@pytest.mark.parametrize(
    "text", ["With a ratio of 3:1 = three parts.", "odds 2:1 = fair, -x:y = z", "a:b='c' and 1:2='3'"]
)
def test_a_colon_in_a_text_is_no_prefix_of_a_tag(text: str) -> None:
    entry = only(atom_feed([Told("2101.00001", abstract=text)]))
    assert entry.raw_abstract == text


def test_a_category_of_a_heading_is_written_as_arxiv_writes_it() -> None:
    assert only(DIGEST).listing.category == "cs.CV"


@pytest.mark.parametrize(
    ("day", "basis"),
    [("2020-12-31", Basis.SUBMITTED), ("2021-01-04", Basis.SUBMITTED), ("2021-02-01", Basis.SUBMITTED),
     ("2021-02-02", Basis.UPDATED), ("2024-03-02", Basis.UPDATED)],
)  # fmt: skip
def test_a_day_after_the_month_of_the_id_is_not_that_of_submission(day: str, basis: Basis) -> None:
    entry = only(ROW.format(day))
    assert (entry.listing.day, entry.listing.basis) == (date.fromisoformat(day), basis)
    assert entry.paper.submitted == (date.fromisoformat(day) if basis is Basis.SUBMITTED else None)


@pytest.mark.parametrize(
    ("arxiv_id", "basis", "day"),
    [
        ("2101.00007", Basis.ANNOUNCED, date(2021, 1, 6)),
        ("2012.00007", Basis.ANNOUNCED, date(2021, 1, 6)),
        ("1706.03762", Basis.MONTH, date(2017, 6, 1)),
        ("2102.00007", Basis.MONTH, date(2021, 2, 1)),
    ],
)
def test_the_day_of_a_files_name_is_that_of_papers_that_can_be_of_it(arxiv_id: str, basis: Basis, day: date) -> None:
    record = {"id": arxiv_id, "title": "On Kites", "abstract": "They fly.", "categories": ["cs.CV"]}
    entry = only(json.dumps(record) + "\n", name="2021-01-06.jsonl")
    assert (entry.listing.basis, entry.listing.day) == (basis, day)


def test_the_name_of_a_reference_managers_file_says_nothing_of_days() -> None:
    entry = only("@misc{a, title={On Kites}, eprint={2101.00007}}", name="2021-01-06.bib")
    assert (entry.listing.basis, entry.listing.day) == (Basis.MONTH, date(2021, 1, 1))


@pytest.mark.parametrize("categories", ["cs.CV cs.LG", "cs.cv", ["cs.CV"], ["Computer Vision and Pattern Recognition"]])
def test_a_category_is_found_however_a_line_writes_it(categories: object) -> None:
    lines = [
        {"id": f"2101.0000{n}", "title": f"Kite {n}", "abstract": "It flies.", "categories": categories}
        for n in range(1, 4)
    ]
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert len(ids(read_bytes(data, Selection("cs.CV")))) == 3


def test_an_id_that_is_listed_twice_opens_no_block() -> None:
    numbers = [1, 2, 3, 3, 4, 5]
    papers = [f"### {n}.Kite {n} [ pdf ](https://arxiv.org/pdf/2607.{n:05}.pdf)\n> It flies.\n" for n in numbers]
    entries, _ = parted(read_bytes(("# ArXiv cs.CV --Mon, 6 Jul 2026\n" + "".join(papers)).encode()))
    assert {entry.listing.block for entry in entries} == {Block.NEW}
