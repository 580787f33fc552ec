import random
from datetime import date

import pytest

from eval.source_papers import invented_papers
from eval.source_xml import listing_page
from ingest.paper import Block
from tests.ingest.formats.invented import items_in

PAGE = "<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
ENTRY = """<dt><a name='item1'>[1]</a> <a href="{link}" title="Abstract">arXiv:2608.01001</a></dt>
<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span> On Kites</div>
<p class='mathjax'>They fly.</p></div></dd>"""


@pytest.mark.parametrize(
    "link", ["/abs/2608.01001", "https://arxiv.org/abs/2608.01001", "http://export.arxiv.org/abs/2608.01001"]
)
def test_a_paper_is_named_by_its_link(link: str) -> None:
    (entry,), _ = items_in(PAGE.format(title="Robotics", body=f"<dl>{ENTRY.format(link=link)}</dl>").encode())
    assert (entry.paper.arxiv_id, entry.paper.title, entry.paper.abstract) == ("2608.01001", "On Kites", "They fly.")
    assert entry.listing.category == "cs.RO"


@pytest.mark.parametrize(
    ("heading", "day", "block"),
    [
        ("Showing new listings for Wednesday, 12 August 2026", date(2026, 8, 12), Block.NEW),
        ("New submissions for Wed, 12 Aug 2026", date(2026, 8, 12), Block.NEW),
        ("Wed, 12 Aug 2026 (showing 9 of 20 entries )", date(2026, 8, 12), Block.NEW),
        ("Cross submissions (showing 5 of 5 entries)", date(2026, 8, 1), Block.CROSS_LISTED),
        ("Cross-lists", date(2026, 8, 1), Block.CROSS_LISTED),
        ("Replacement submissions (continued, showing 5 of 5 entries)", date(2026, 8, 1), Block.REPLACED),
        ("Authors and titles", date(2026, 8, 1), Block.NEW),
    ],
)
def test_a_heading_gives_the_day_or_the_block(heading: str, day: date, block: Block) -> None:
    body = f"<dl><h3>{heading}</h3>{ENTRY.format(link='/abs/2608.01001')}</dl>"
    (entry,), _ = items_in(PAGE.format(title="Robotics", body=body).encode())
    assert (entry.listing.day, entry.listing.block) == (day, block)


def test_days_and_blocks_of_several_lists_are_kept_apart() -> None:
    one = ENTRY.format(link="/abs/2608.01001")
    body = f"<h3>Wed, 12 Aug 2026</h3><dl>{one}{one}</dl><h3>Tue, 11 Aug 2026</h3><dl>{one}</dl>"
    entries, _ = items_in(PAGE.format(title="Robotics", body=body).encode())
    assert [entry.listing.day.day for entry in entries] == [12, 12, 11]


def test_an_entry_without_its_beginning_is_told_and_is_no_part_of_the_one_before() -> None:
    written = listing_page(invented_papers(4, random.Random(0)))  # noqa: S311 - no secret
    before = [(entry.paper, entry.raw_title, entry.raw_abstract) for entry in items_in(written.data())[0]]
    broken = written.entries[1].replace("<dt>", "<d>")
    entries, rejections = items_in(written.with_entry(1, broken.encode()))
    assert [(entry.paper, entry.raw_title, entry.raw_abstract) for entry in entries] == [before[0], *before[2:]]
    assert [rejection.reason for rejection in rejections] == ["an entry without its beginning"]


def test_a_page_of_headings_without_end_is_read() -> None:
    _, (rejection,) = items_in(b"<html>" + b"<h1>" * 200_000)
    assert rejection.reason.startswith("a page that is no listing of arXiv")
