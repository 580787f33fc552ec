"""What a question points back to."""

from datetime import date

import pytest

from assistant import Answer, Daybook, Reference
from assistant.conversation import focus_of
from tests.assistant.conftest import cited_ids, quotes, sample_id


def answer_citing(*arxiv_ids: str) -> Answer:
    """An answer that cites these papers, or an abstention where there is none."""
    references = tuple(
        Reference(number, arxiv_id, f"Paper {arxiv_id}", date(2021, 1, 4), "")
        for number, arxiv_id in enumerate(arxiv_ids, start=1)
    )
    return Answer("Which?", "These.", abstained=not references, references=references)


TWO = [answer_citing("2101.00002", "2101.00001")]


@pytest.mark.parametrize(
    "question",
    ["And its accuracy?", "how fast is it?", "What do they conclude?", "Why?", "What about that method?", "And then?"],
)
def test_a_short_question_that_points_back_is_about_the_papers_cited(question: str) -> None:
    assert focus_of(question, TWO).arxiv_ids == ("2101.00002", "2101.00001")


@pytest.mark.parametrize(
    ("question", "arxiv_ids"),
    [
        ("What about the first one?", ("2101.00005",)),
        ("and the second", ("2101.00004",)),
        ("How does the third paper do it?", ("2101.00003",)),
        ("The fourth?", ("2101.00002",)),
        ("the fifth one, please", ("2101.00001",)),
        ("What does the last one say?", ("2101.00001",)),
    ],
)
def test_an_ordinal_is_one_of_the_papers_cited(question: str, arxiv_ids: tuple[str, ...]) -> None:
    five = answer_citing("2101.00005", "2101.00004", "2101.00003", "2101.00002", "2101.00001")
    assert focus_of(question, [five]).arxiv_ids == arxiv_ids


def test_an_ordinal_past_the_papers_cited_is_none_of_them() -> None:
    assert focus_of("And the third one?", TWO).arxiv_ids == ()
    assert focus_of("And the last one?", [answer_citing("2101.00009")]).arxiv_ids == ("2101.00009",)


@pytest.mark.parametrize("question", ["And its accuracy?", "the first one", "Why?"])
def test_nothing_was_said_that_could_be_pointed_at(question: str) -> None:
    assert focus_of(question, []).arxiv_ids == ()
    assert focus_of(question, [answer_citing()]).arxiv_ids == ()


def test_the_newest_answer_that_cites_is_pointed_at() -> None:
    history = [answer_citing("2101.00003"), *TWO, answer_citing(), answer_citing()]
    assert focus_of("And its accuracy?", history).arxiv_ids == ("2101.00002", "2101.00001")


@pytest.mark.parametrize(
    "question",
    [
        "Which papers are about polyps?",
        "How does WakeMem compare with it?",
        "Is there work on mapping floods with radar, and does it need terrain models or gauges?",
        "Strawberries",
    ],
)
def test_a_question_that_stands_on_its_own_points_at_nothing(question: str) -> None:
    assert focus_of(question, TWO).arxiv_ids == ()


def test_a_follow_up_is_answered_from_the_paper_before(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat("How does WakeMem remember lost vessels?")
    (*_, answer) = chat.stream("How fast is it?")
    assert cited_ids(answer) == [sample_id(28)]
    assert "34 FPS" in quotes(answer)
    (*_, answer) = chat.stream("And without the wake cue?")
    assert cited_ids(answer) == [sample_id(28)]
    assert "Removing the wake cue costs 3.9 HOTA" in quotes(answer)


def test_an_ordinal_is_answered_from_the_paper_of_that_number(sample_book: Daybook) -> None:
    first = sample_book.ask("Which papers deal with polyps in colonoscopy?")
    assert len(first.references) == 3
    for ordinal, reference in zip(("first", "second", "third"), first.references, strict=True):
        answer = sample_book.ask(f"What does the {ordinal} one do about polyps?", [first])
        assert cited_ids(answer) == [reference.arxiv_id]


@pytest.mark.parametrize("question", ["What about the first one?", "What does the first one propose?", "What is it?"])
def test_a_follow_up_that_asks_for_no_detail_is_answered(sample_book: Daybook, question: str) -> None:
    history = [sample_book.ask("What is Vellum, the network for polyp segmentation?")]
    assert cited_ids(history[0]) == [sample_id(12)]
    assert cited_ids(sample_book.ask(question, history)) == [sample_id(12)]


def test_a_new_topic_leaves_the_papers_before_behind(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat("How does WakeMem remember lost vessels?")
    (*_, answer) = chat.stream("Which method maps floods from one radar image?")
    assert cited_ids(answer) == [sample_id(22)]
    (*_, answer) = chat.stream("How accurate is it in towns?")
    assert cited_ids(answer) == [sample_id(22)]
    assert "precision in towns" in quotes(answer)


@pytest.mark.parametrize("question", ["And its HOTA?", "At how many FPS does it run?"])
def test_a_follow_up_may_ask_for_a_measure(sample_book: Daybook, question: str) -> None:
    history = [sample_book.ask("How does WakeMem remember lost vessels?")]
    assert cited_ids(sample_book.ask(question, history)) == [sample_id(28)]


def test_what_the_paper_before_does_not_say_is_not_said(sample_book: Daybook) -> None:
    history = [sample_book.ask("How does WakeMem remember lost vessels?")]
    answer = sample_book.ask("Was it tried on ADE20K?", history)
    assert answer.abstained
    assert "“ADE20K”" in answer.text


def test_a_follow_up_keeps_to_the_day_it_names(sample_book: Daybook) -> None:
    history = [sample_book.ask("Which papers deal with polyps in colonoscopy?")]
    assert len(history[0].references) == 3
    answer = sample_book.ask("What do they label on 3 November 2026?", history)
    assert cited_ids(answer) == [sample_id(25)]
