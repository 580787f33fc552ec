import random
from datetime import date

import pytest

from eval.source_papers import invented_papers
from eval.source_texts import mail
from ingest.paper import Block
from tests.ingest.formats.invented import items_in

HEAD = "Date: Fri,  9 Jun 23 00:44:20 GMT\nSubject: cs daily 1 new\n\n" + "-" * 78 + "\n"
PAPER = """\\\\
arXiv:{identity}
{dated}

Title: On Kites
Authors: A. Author (1), B. Author (2 and 3) ((1) Kite Labs, (2) Wind Labs)
Categories: {categories}
Comments: {comments}
\\\\
  They fly.
\\\\ ( https://arxiv.org/abs/2306.00001 ,  14kb)
"""
RULE = "-" * 78 + "\n"


def paper(
    identity: str = "2306.00001", dated: str = "Date: Wed, 7 Jun 2023 18:23:40 GMT   (14kb,D)", **other: str
) -> str:
    return PAPER.format(identity=identity, dated=dated, **{"categories": "cs.CV", "comments": "7 pages", **other})


@pytest.mark.parametrize(
    ("identity", "dated", "block", "submitted"),
    [
        ("2306.00001", "Date: Wed, 7 Jun 2023 18:23:40 GMT   (14kb,D)", Block.NEW, date(2023, 6, 7)),
        (
            "2306.00001 (*cross-listing*)",
            "Date: Wed, 7 Jun 2023 1:00:00 GMT (4kb)",
            Block.CROSS_LISTED,
            date(2023, 6, 7),
        ),
        ("2306.00001", "replaced with revised version Thu, 8 Jun 2023 08:03:26 GMT   (25kb,D)", Block.REPLACED, None),
    ],
)
def test_a_paper_says_its_block_and_its_submission(
    identity: str, dated: str, block: Block, submitted: date | None
) -> None:
    (entry,), rejections = items_in((HEAD + paper(identity, dated)).encode())
    assert (entry.listing.block, entry.paper.submitted, entry.listing.day) == (block, submitted, date(2023, 6, 9))
    assert (entry.paper.authors, rejections) == (("A. Author", "B. Author"), [])


def test_a_withdrawn_paper_is_marked() -> None:
    (entry,), _ = items_in((HEAD + paper(comments="This paper has been withdrawn by the author")).encode())
    assert entry.paper.is_withdrawn


def test_several_mails_keep_their_days() -> None:
    other = HEAD.replace("9 Jun 23", "12 Jun 23").replace("Fri", "Mon")
    text = HEAD + paper() + RULE + paper("2306.00002") + RULE + other + paper("2306.00003") + RULE
    entries, _ = items_in(text.encode())
    assert [entry.listing.day.day for entry in entries] == [9, 9, 12]


def test_a_paper_whose_beginning_is_broken_does_not_change_the_day_of_the_next() -> None:
    broken = paper().replace("\\\\\narXiv", "\\\narXiv", 1)
    entries, _ = items_in((HEAD + paper() + RULE + broken + RULE + paper("2306.00003") + RULE).encode())
    assert [(e.paper.arxiv_id, e.listing.day.day) for e in entries] == [("2306.00001", 9), ("2306.00003", 9)]


def test_papers_without_a_line_between_them_are_told_apart() -> None:
    entries, rejections = items_in((HEAD + paper() + paper("2306.00002") + RULE).encode())
    assert ([entry.paper.abstract for entry in entries], rejections) == (["They fly.", "They fly."], [])


def test_a_paper_without_end_is_told_and_the_next_is_read() -> None:
    endless = paper().replace("  They fly.\n", "  They fly.\n" * 50_000)
    entries, (rejection,) = items_in((HEAD + endless + RULE + paper("2306.00002") + RULE).encode())
    assert [entry.paper.arxiv_id for entry in entries] == ["2306.00002"]
    assert rejection.reason == "a paper that goes on for longer than any"


def test_a_piece_that_is_cut_is_told() -> None:
    written = mail(invented_papers(3, random.Random(0)))  # noqa: S311 - no secret
    for end in (4, 20, 40):
        _, rejections = items_in(written.with_entry(1, written.entries[1].encode()[:end]))
        assert len(rejections) == 1
