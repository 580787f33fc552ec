"""Of papers that are compared each has its say, within what an answer may take and show."""

from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.conversation import Reading
from assistant.following import read_for
from assistant.reading.choosing import PAIRS_READ, Findings, PaperReader
from assistant.reading.scoring import ReaderScorer
from assistant.scope import Scope
from tests.assistant.reading.conftest import WordReader, asked_of, made_heads, ranked_in_order
from tests.conftest import write_digest

QUESTION = "Do red kites fly over the wide sea?"
PAPERS = [
    ("2101.00003", "Dogs", "The dogs bark at a cat of this town. Owls hunt in woods at night."),
    ("2101.00002", "Kites", "Red kites fly over the wide sea. Owls hunt in woods at night."),
    ("2101.00001", "Boats", "White boats sail over the sea. Owls hunt in woods at night."),
]


def compared(book: Daybook, reader: WordReader, grade: str) -> Findings:
    """What the papers of a book say, each compared with the others in their order."""
    heads = made_heads(grade)
    ids = tuple(stored.paper.arxiv_id for stored in book.library.papers())
    reading = Reading(Scope(QUESTION), is_follow_up=True, compared=ids)
    papers = PaperReader(book.library, ReaderScorer(reader, heads), heads)
    return read_for(reading, asked_of(QUESTION, is_follow_up=True), ranked_in_order(book.library), papers)


def test_each_paper_that_is_compared_has_its_say_in_their_order(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), PAPERS)])
    found = compared(book, WordReader(), "answered")
    assert found.grade == "answered"
    ids = dict.fromkeys(claim.stored.paper.arxiv_id for claim in found.claims)
    assert list(ids) == ["2101.00003", "2101.00002", "2101.00001"]


@pytest.mark.parametrize("count", [2, 3])
def test_what_comes_closest_of_papers_that_are_compared_is_best_first(
    book: Daybook, tmp_path: Path, count: int
) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), PAPERS[:count])])
    found = compared(book, WordReader(), "closest")
    assert (found.grade, found.claims) == ("closest", ())
    assert found.closest[0].quote == "Red kites fly over the wide sea."
    scores = [piece.score for piece in found.closest]
    assert scores == sorted(scores, reverse=True)


def test_a_comparison_of_several_papers_reads_no_more_than_an_answer_may(book: Daybook, tmp_path: Path) -> None:
    abstract = " ".join(f"Red kites fly over the wide sea {n}." for n in range(12))
    papers = [(f"2101.0000{9 - n}", f"Kites {n}", abstract) for n in range(4)]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    reader = WordReader()
    assert len({claim.stored.row for claim in compared(book, reader, "answered").claims}) == 4
    assert sum(len(passages) for _, passages in reader.asked) <= 2 * PAIRS_READ  # four whole abstracts
