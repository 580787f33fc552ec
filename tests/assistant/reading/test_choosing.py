"""The quoted sentences answer what was asked, from as many papers as the question needs.

All through `ask` over the sample with the real model: what counts is what a reader gets.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from tests.assistant.conftest import cited_ids, quotes, sample_id
from tests.conftest import write_digest


@pytest.mark.parametrize(
    ("question", "number", "told"),
    [
        ("How many video sequences does HarbourTrack gather?", 13, "412 video sequences"),
        ("What mIoU does KerbFirst reach on Cityscapes?", 14, "81.7% mIoU"),
        ("What mean Dice does Vellum attain?", 12, "mean Dice of 0.871"),
        ("What mean Dice does SparseScope reach with five percent of the labels?", 25, "0.858"),
        ("How many false alarms per minute does LumenTrace produce?", 10, "0.9 false alarms per minute"),
        ("What is the character error rate of InkTrail?", 41, "4.6%"),
        ("How many individuals does SealRoster comprise?", 15, "3,940 individuals"),
        ("How many parameters does the GrainGate model have?", 16, "1.3 million parameters"),
        ("How many GFLOPs does PebbleDet cost in total?", 6, "96 GFLOPs"),
        ("What robust accuracy does Breakwater have under AutoAttack?", 24, "58.9%"),
    ],
)
def test_a_question_for_a_number_quotes_the_sentence_with_it(
    sample_book: Daybook, question: str, number: int, told: str
) -> None:
    answer = sample_book.ask(question)
    assert cited_ids(answer) == [sample_id(number)]
    assert told in quotes(answer)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Where can I find the code of LabelLoom?", "https://github.com/daybook-sample/labelloom"),
        ("Is the code of GleanViT available?", "https://github.com/daybook-sample/gleanvit"),
        ("Which data is Vellum trained on?", "PolypAtlas"),
        ("Why does KerbFirst struggle with wet asphalt at night?", "because reflections create closed outlines"),
        ("What does WakeMem do with lost vessels?", "keeps an entry for every lost vessel"),
    ],
)
def test_other_questions_quote_what_they_ask_for(sample_book: Daybook, question: str, told: str) -> None:
    assert told in quotes(sample_book.ask(question))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What does PebbleDet do for small objects?", 6),
        ("What does GritDet do for small objects?", 42),
        ("How does QuickQuill generate an image?", 8),
        ("How does HopStep generate an image?", 35),
        ("What does InkTrail achieve on LedgerScript?", 41),
        ("What does AbacusRead achieve on LedgerScript?", 40),
        ("How does SeasonStack do on FieldMosaic?", 36),
    ],
)
def test_a_name_keeps_other_papers_out(sample_book: Daybook, question: str, number: int) -> None:
    assert cited_ids(sample_book.ask(question)) == [sample_id(number)]


@pytest.mark.parametrize(
    ("question", "number"),
    [("What PSNR does Spiralite give at eightfold acceleration?", 1), ("What does Tercet cost on ImageNet?", 39)],
)
def test_a_name_with_one_capital_keeps_other_papers_out(sample_book: Daybook, question: str, number: int) -> None:
    assert cited_ids(sample_book.ask(question)) == [sample_id(number)]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Compare WakeMem and BerthLink", {28, 37}),
        ("How do QuickQuill and HopStep differ?", {8, 35}),
        ("Is PebbleDet or GritDet better on small objects?", {6, 42}),
        ("Compare RipePick, BlinkVO and WhiskerMatch", {29, 26, 15}),
        ("How do Tercet and Cobblestone differ?", {39, 27}),
        ("Compare Vellum and Spiralite", {12, 1}),
    ],
)
def test_each_of_several_names_brings_its_paper(sample_book: Daybook, question: str, numbers: set[int]) -> None:
    ids = cited_ids(sample_book.ask(question))
    assert sorted(ids) == sorted(sample_id(number) for number in numbers)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Which papers deal with polyps in colonoscopy?", {10, 12, 25}),
        ("List papers about monocular depth estimation", {9, 38}),
        ("Which works are about small object detection?", {6, 42}),
        ("Which papers are about polyp segmentation?", {12, 25}),
    ],
)
def test_a_question_for_papers_gets_several(sample_book: Daybook, question: str, numbers: set[int]) -> None:
    assert set(cited_ids(sample_book.ask(question))) == {sample_id(number) for number in numbers}


def test_a_question_for_one_thing_is_answered_from_one_paper(sample_book: Daybook) -> None:
    assert cited_ids(sample_book.ask("How many micrographs does StomaSet hold?")) == [sample_id(3)]


@pytest.mark.parametrize(
    "question",
    [
        "Which papers deal with polyps in colonoscopy?",
        "How do WakeMem and BerthLink follow vessels?",
        "What does InkTrail achieve on LedgerScript?",
        "How is a knee MRI reconstructed?",
    ],
)
def test_every_quote_is_a_whole_sentence_of_the_stored_abstract(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    citations = [citation for claim in answer.claims for citation in claim.citations]
    assert citations
    for citation in citations:
        stored = sample_book.library.paper(citation.arxiv_id)
        assert stored is not None
        abstract = stored.paper.abstract
        assert abstract[citation.start : citation.end] == citation.quote
        assert citation.start == 0 or re.search(r"[.!?)] $", abstract[: citation.start])
        assert re.search(r"[.!?)]$", citation.quote)


@pytest.mark.parametrize("question", ["What does KerbFirst propose?", "Which works are about small object detection?"])
def test_no_sentence_is_quoted_twice_and_a_paper_is_quoted_in_its_own_order(
    sample_book: Daybook, question: str
) -> None:
    answer = sample_book.ask(question)
    spans = [(citation.arxiv_id, citation.start) for claim in answer.claims for citation in claim.citations]
    assert len(set(spans)) == len(spans) > len(answer.references)
    for arxiv_id in cited_ids(answer):
        starts = [start for cited, start in spans if cited == arxiv_id]
        assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Which papers of 2 November 2026 are about polyp segmentation?", 12),
        ("Which papers of 3 November 2026 are about polyp segmentation?", 25),
        ("Which papers of 2026-11-02 deal with monocular depth?", 9),
        ("Which papers of 2026-11-04 deal with monocular depth?", 38),
    ],
)
def test_a_day_keeps_papers_of_other_days_out(sample_book: Daybook, question: str, number: int) -> None:
    assert cited_ids(sample_book.ask(question)) == [sample_id(number)]


def test_a_paper_without_an_abstract_is_near_but_never_quoted(book: Daybook, tmp_path: Path) -> None:
    papers = [("2101.00002", "Purring Cats of QX7", ""), ("2101.00001", "Dogs", "Dogs bark at noon.")]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    answer = book.ask("What does QX7 say about purring cats?")
    assert answer.abstained
    assert answer.nearest[0].arxiv_id == "2101.00002"


def test_an_acronym_is_not_the_word_that_it_spells(book: Daybook, tmp_path: Path) -> None:
    papers = [(f"2101.0000{n}", f"Clip number {n}", "We cut each clip of a video at its middle.") for n in range(1, 6)]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    answer = book.ask("What does CLIP do with a video?")
    assert answer.abstained
    assert "“CLIP”" in answer.text


def test_a_compound_with_an_acronym_is_known_by_its_words(book: Daybook, tmp_path: Path) -> None:
    abstract = "We fuse RGB and thermal images of people at night."
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Seeing at night", abstract)])])
    assert abstract in quotes(book.ask("How are RGB-thermal images of people fused at night?"))
