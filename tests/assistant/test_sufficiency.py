"""Daybook answers what the sample holds and abstains from what it does not."""

import pytest

from assistant import Daybook
from tests.assistant.conftest import SAMPLE_DAYS, markers

HELD = [
    "What does KerbFirst propose?",
    "Which papers are about polyp segmentation?",
    "How are strawberries picked by a robot?",
    "Who counts stomata in leaf micrographs?",
    "Does any work map floods from radar images?",
    "What work is there on recognising individual seals?",
    "how can transparent glasses be grasped",
    "Is there anything on tracking yeast cells?",
    "Tell me about DermSpan.",
]
OFF_TOPIC = [
    "What is the capital of France?",
    "Who won the 1998 football World Cup?",
    "What is the best recipe for mushroom risotto?",
    "How does inflation affect mortgage rates?",
    "Which surface code distance is needed for fault-tolerant quantum computing?",
    "Can my landlord keep my deposit?",
    "What is the boiling point of ethanol?",
    "When was the Eiffel Tower built?",
    "asdf qwer zxcv",
]
UNKNOWN_NAMES = [
    ("How does ZetaNet work?", ["ZetaNet"]),
    ("What mIoU does SegFormer-B5 reach on Cityscapes?", ["SegFormer-B5"]),
    ("Compare WakeMem with ByteTrack", ["ByteTrack"]),
    ("Is YOLOv9 or DINOv2 better at polyp detection?", ["YOLOv9", "DINOv2"]),
]


@pytest.mark.parametrize("question", HELD)
def test_what_is_held_is_answered(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    assert not answer.abstained
    assert answer.claims
    assert answer.nearest == ()


@pytest.mark.parametrize("question", [*OFF_TOPIC, *(question for question, _ in UNKNOWN_NAMES)])
def test_what_is_not_held_gets_no_claim_but_the_nearest_papers(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    assert answer.abstained
    assert (answer.claims, answer.references) == ((), ())
    assert markers(answer.text) == []
    assert [near.arxiv_id for near in answer.nearest] == [r.arxiv_id for r in sample_book.search(question, 3)]
    for near in answer.nearest:
        assert near.title in answer.text


@pytest.mark.parametrize(("question", "names"), UNKNOWN_NAMES)
def test_the_names_that_no_paper_holds_are_told(sample_book: Daybook, question: str, names: list[str]) -> None:
    reason = sample_book.ask(question).text.split("\n")[0]
    for name in names:
        assert f"“{name}”" in reason
    assert "WakeMem" not in reason


def test_a_name_is_known_however_it_is_written(sample_book: Daybook) -> None:
    for name in ("WakeMem", "WAKEMEM", "WakeMEM"):
        assert not sample_book.ask(f"How does {name} remember lost vessels?").abstained


def test_a_day_that_is_not_held_is_told_with_the_days_that_are(sample_book: Daybook) -> None:
    answer = sample_book.ask("Which papers of 5 November 2026 are about depth estimation?")
    assert answer.abstained
    assert answer.nearest == ()
    assert "5 Nov 2026" in answer.text
    for day in SAMPLE_DAYS:
        assert f"{day.day} Nov 2026" in answer.text


def test_what_another_day_holds_is_not_held_by_the_day_that_is_asked_for(sample_book: Daybook) -> None:
    question = "How does KerbFirst flood regions between boundaries?"
    assert not sample_book.ask(f"{question} (2 November 2026)").abstained
    answer = sample_book.ask(f"{question} (4 November 2026)")
    assert "KerbFirst" not in " ".join(claim.sentence for claim in answer.claims)
