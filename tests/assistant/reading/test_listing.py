"""Which papers a list has: by a cut of what was learned, and those near it apart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.engine.engines import Engine, Talk
from assistant.engine.llama_parts import DaybookChatEngine
from assistant.finding.retrieval import RankedPaper
from assistant.reading.choosing import PAIRS_READ, Asked
from assistant.reading.evidence import Evidence
from assistant.reading.listing import Listed, ListReader
from ingest.paper import Span
from tests.assistant.conftest import check_grade, cited_ids
from tests.assistant.reading.conftest import WordReader, asked_of, made_heads, ranked_in_order
from tests.conftest import write_digest

ASKED = "papers on red kites over a sea"
ON, NEAR, FAR = "We let red kites fly over a wide sea.", "We let red kites fly at night.", "Dogs bark in every town."
"""Of 6, 3 and 0 words that are asked about: by the heads made for a test, log odds of 4, -2 and -6."""
CUT = -1.0


def listed(book: Daybook, reader: WordReader, cut: float = CUT) -> Listed:
    heads = made_heads(list_cut=cut)
    return ListReader(book.library, reader, heads).read(asked_of(ASKED), ranked_in_order(book.library))


def ingest(book: Daybook, folder: Path, *abstracts: str) -> None:
    papers = [(f"2101.{99 - n:05}", f"Paper {n}", abstract) for n, abstract in enumerate(abstracts)]
    book.ingest([write_digest(folder, date(2021, 1, 4), papers)])


def titles(found: Listed) -> tuple[list[str], list[str]]:
    return [one.stored.paper.title for one in found.on], [stored.paper.title for stored in found.near]


def test_papers_on_the_topic_are_listed_and_near_ones_apart(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, FAR, NEAR, ON, FAR, ON)
    found = listed(book, WordReader())
    assert titles(found) == (["Paper 2", "Paper 4"], ["Paper 1"])
    assert [one.quote for one in found.on] == [ON, ON]


def test_the_best_paper_comes_first(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, NEAR, ON)
    assert titles(listed(book, WordReader(), cut=-3.0)) == (["Paper 1", "Paper 0"], [])


def test_no_paper_is_both_on_the_topic_and_near_it(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, *[ON, NEAR, FAR] * 4)
    for cut in (-10.0, -6.0, -5.0, -2.0, -1.0, 3.9, 4.0, 5.0, 50.0):
        on, near = titles(listed(book, WordReader(), cut))
        assert len({*on, *near}) == len(on) + len(near)


def test_a_few_papers_are_named_as_near(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, ON, *[NEAR] * 20)
    on, near = titles(listed(book, WordReader()))
    assert on == ["Paper 0"]
    assert near == [f"Paper {n}" for n in range(1, 7)]


def test_few_papers_are_read_and_none_without_an_abstract(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, "", *[ON] * 40)
    reader = WordReader()
    on, _ = titles(listed(book, reader))
    ((_, passages),) = reader.asked
    assert passages == [f"Paper {n}. {ON}" for n in range(1, PAIRS_READ + 1)]
    assert on == [f"Paper {n}" for n in range(1, PAIRS_READ + 1)]


def test_without_an_abstract_there_is_no_list(book: Daybook, tmp_path: Path) -> None:
    ingest(book, tmp_path, "")
    reader = WordReader()
    assert (listed(book, reader), reader.asked) == (Listed((), ()), [])


# ---- as users get them, with what was learned


LISTS = [
    "Which papers deal with polyps in colonoscopy?",
    "List papers about monocular depth estimation",
    "Which works are about small object detection?",
    "Which papers are about polyp segmentation?",
    "papers on transformers",
    "Anything on uncertainty in medical imaging?",
]


@pytest.mark.parametrize("question", LISTS)
def test_papers_on_a_topic_are_claims_and_near_ones_only_near(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    check_grade(answer, sample_book.library)
    near = [paper.arxiv_id for paper in answer.nearest]
    cited = {citation.arxiv_id for claim in answer.claims for citation in claim.citations}
    assert cited == set(cited_ids(answer)) != set()
    assert cited.isdisjoint(near)
    said, _, below = answer.text.partition("\n\nAlso near:\n")
    assert len(below.splitlines()) == len(near) == len(set(near))
    for paper in answer.nearest:
        assert f"- {paper.title} (" in below
        assert paper.title not in said
    assert "more papers" not in answer.text + answer.note
    data = answer.to_dict()
    assert [paper["arxiv_id"] for paper in data["near"]] == near


GOLD = {
    "Which papers deal with polyps in colonoscopy?": {"9901.00010", "9901.00012", "9901.00025"},
    "List papers about monocular depth estimation": {"9901.00009", "9901.00038"},
    "Which works are about small object detection?": {"9901.00006", "9901.00042"},
    "Which papers are about polyp segmentation?": {"9901.00012", "9901.00025"},
    "Papers on tracking vessels": {"9901.00013", "9901.00028", "9901.00037"},
}


def test_lists_over_the_sample_are_whole_and_not_of_other_things(sample_book: Daybook) -> None:
    """How good lists are is measured on sealed sets; here the half must be right of what is listed."""
    found = {question: set(cited_ids(sample_book.ask(question))) for question in GOLD}
    right = sum(len(found[question] & gold) for question, gold in GOLD.items())
    assert right >= 0.9 * sum(map(len, GOLD.values()))
    assert right >= 0.5 * sum(map(len, found.values())), found


# ---- in an answer, whatever was learned


class FirstTwo(ListReader):
    """Lists the first two papers with their first words, and names the next two as near."""

    def read(self, asked: Asked, ranked: Sequence[RankedPaper]) -> Listed:  # noqa: ARG002
        on = tuple(Evidence(paper.stored, Span(0, 20), 0.9) for paper in ranked[:2])
        return Listed(on, tuple(paper.stored for paper in ranked[2:4]))


@pytest.fixture
def listing_engine(sample_book: Daybook) -> Engine:
    lists = FirstTwo(sample_book.library, WordReader())
    return replace(sample_book.engine, list_reader=lists)


def test_an_answer_cites_what_is_listed_and_names_what_is_near(listing_engine: Engine) -> None:
    answer = listing_engine.answer(LISTS[0])
    assert (len(answer.claims), len(answer.references), len(answer.nearest)) == (2, 2, 2)
    assert {paper.arxiv_id for paper in answer.nearest}.isdisjoint(cited_ids(answer))
    check_grade(answer, listing_engine.library)


def test_what_is_near_is_said_once_in_a_stream(listing_engine: Engine) -> None:
    answer = listing_engine.answer(LISTS[0])
    pieces = list(DaybookChatEngine(Talk(listing_engine)).stream_chat(LISTS[0]).response_gen)
    assert "".join(pieces) == answer.text
    assert answer.text.count("Also near:") == 1
