"""What a question means after the answers before it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import repeat, zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Daybook, NearPaper, Reference
from assistant.conversation import Reading, read_turn
from assistant.engine import DaybookChatEngine
from ingest.errors import InputError
from ingest.paper import Block
from tests.assistant.conftest import cited_ids, quotes, sample_id


def answer_citing(*numbers: int, question: str = "Which?") -> Answer:
    """An answer that cites these papers of the sample, or an abstention where there is none."""
    references = tuple(
        Reference(place, sample_id(number), f"Paper {number}", date(2026, 11, 4), "")
        for place, number in enumerate(numbers, start=1)
    )
    return Answer(question, "These.", abstained=not references, references=references)


@pytest.fixture(scope="module")
def read(word_book: Daybook) -> Callable[..., Reading]:
    """Reads a question after answers over the sample."""

    def reading(question: str, *history: Answer) -> Reading:
        return read_turn(question, history, word_book.retriever.understood, word_book.library)

    return reading


def ids_of(reading: Reading) -> list[str]:
    return sorted(reading.scope.arxiv_ids or ())


VESSELS = answer_citing(28, 13, question="Which trackers of vessels are there?")
WAKEMEM = answer_citing(28, question="How does WakeMem remember lost vessels?")
POLYPS = answer_citing(12, 25, 10, question="Which papers deal with polyps in colonoscopy?")
FLOODS = answer_citing(22, question="Which method maps floods from one radar image?")
NOTHING = answer_citing(question="Who won the world cup?")


@pytest.mark.parametrize(
    "question",
    ["And its memory?", "how fast is it?", "What do they conclude?", "Why?", "What about that method?", "And then?",
     "HOTA?", "On which datasets?", "Which one needs labels?"],
)  # fmt: skip
def test_a_follow_up_is_about_the_papers_cited(read: Callable[..., Reading], question: str) -> None:
    assert ids_of(read(question, VESSELS)) == [sample_id(13), sample_id(28)]


@pytest.mark.parametrize(
    ("question", "number"),
    [("What about the first one?", 12), ("and the second", 25), ("How does the third paper do it?", 10),
     ("What does the last one say?", 10), ("the latter", 10), ("[2]?", 25), ("number 3", 10)],
)  # fmt: skip
def test_a_place_is_one_of_the_papers_cited(read: Callable[..., Reading], question: str, number: int) -> None:
    assert ids_of(read(question, POLYPS)) == [sample_id(number)]


def test_a_place_past_the_newest_list_is_of_an_older_one(read: Callable[..., Reading]) -> None:
    assert ids_of(read("And the third one?", POLYPS, WAKEMEM)) == [sample_id(10)]
    assert ids_of(read("What about the first one?", WAKEMEM, FLOODS)) == [sample_id(28)]


def test_a_place_that_no_list_has_is_none_of_them(read: Callable[..., Reading]) -> None:
    assert not read("What does the fifth one do about polyps?", WAKEMEM).is_follow_up


def test_nearest_papers_can_be_pointed_at(read: Callable[..., Reading]) -> None:
    near = tuple(NearPaper(sample_id(n), "", date(2026, 11, 4), "") for n in (3, 4))
    abstained = Answer("Who counts leaves?", "No.", abstained=True, nearest=near)
    assert ids_of(read("What does the second one do?", abstained)) == [sample_id(4)]


@pytest.mark.parametrize(
    "question", ["And its accuracy?", "the first one", "Why?", "Compare it with the first.", "both?"]
)
def test_nothing_was_said_that_could_be_pointed_at(read: Callable[..., Reading], question: str) -> None:
    assert read(question) == Reading(read(question).scope)
    assert not read(question, NOTHING).is_follow_up


def test_the_newest_answer_that_cites_is_pointed_at(read: Callable[..., Reading]) -> None:
    assert ids_of(read("And its accuracy?", WAKEMEM, FLOODS, NOTHING, NOTHING)) == [sample_id(22)]


def test_a_paper_that_is_gone_from_the_library_is_not_pointed_at(read: Callable[..., Reading]) -> None:
    assert not read("And its accuracy?", answer_citing(999)).is_follow_up


@pytest.mark.parametrize(
    ("question", "numbers"),
    [("Compare it with the first.", [22, 28]), ("How does it differ from HarbourTrack?", [13, 22]),
     ("How do the two differ?", [22, 28]), ("Compare it with arXiv:9901.00010.", [10, 22])],
)  # fmt: skip
def test_a_comparison_is_with_an_earlier_or_another_paper(
    read: Callable[..., Reading], question: str, numbers: list[int]
) -> None:
    reading = read(question, WAKEMEM, FLOODS)
    assert ids_of(reading) == [sample_id(number) for number in numbers]
    assert len(reading.compared) == 2


def test_a_paper_of_several_turns_ago_is_found_by_what_it_is_about(read: Callable[..., Reading]) -> None:
    reading = read("Back to the vessels one: how fast is it?", WAKEMEM, POLYPS, FLOODS)
    assert ids_of(reading) == [sample_id(28)]
    assert reading.scope.rest == "how fast is it?"
    assert reading.about == "about “WakeMem”"


def test_the_other_one_is_the_one_not_just_spoken_of(read: Callable[..., Reading]) -> None:
    assert ids_of(read("And the other one?", VESSELS, WAKEMEM)) == [sample_id(13)]


@pytest.mark.parametrize(
    "question",
    [
        "Which papers are about strawberries?",
        "Is there work on mapping floods with radar, and does it need terrain models or gauges?",
        "Strawberries",
        "How many papers do you hold?",
        "What does GritDet propose?",
        "Different subject: how is it done with strawberries?",
        "What is new?",
        "arXiv:9901.00010",
    ],
)
def test_a_question_that_stands_on_its_own_is_not_dragged(read: Callable[..., Reading], question: str) -> None:
    reading = read(question, WAKEMEM, POLYPS)
    assert not reading.is_follow_up
    assert (reading.about, reading.apart_from) == ("", frozenset())


@pytest.mark.parametrize("question", ["Only those from 3 November 2026", "and on 3 November 2026?", "3 Nov 2026?"])
def test_other_limits_keep_the_topic(read: Callable[..., Reading], question: str) -> None:
    reading = read(question, POLYPS, answer_citing(12, question="How fast is it?"))
    assert reading.scope.rest == POLYPS.question
    assert reading.scope.days == frozenset({date(2026, 11, 3)})
    assert reading.about == "on “Which papers deal with polyps in colonoscopy” as before"


def test_limits_add_up_and_days_take_the_place_of_days(read: Callable[..., Reading]) -> None:
    asked = answer_citing(12, question="Which papers of 4 November 2026 deal with polyps?")
    crossed = read("Only cross-listed ones", asked).scope
    assert (crossed.days, crossed.block) == (frozenset({date(2026, 11, 4)}), Block.CROSS_LISTED)
    later = read("and on 3 November 2026?", asked, answer_citing(question="Only cross-listed ones")).scope
    assert (later.days, later.block) == (frozenset({date(2026, 11, 3)}), Block.CROSS_LISTED)
    assert later.description == "3 Nov 2026, cross-listed"


def test_who_else_does_it_is_not_the_paper_before(read: Callable[..., Reading]) -> None:
    reading = read("Who else works on floods?", FLOODS)
    assert (reading.is_follow_up, reading.apart_from) == (False, frozenset({sample_id(22)}))


def test_the_same_day_is_that_of_the_paper_before(read: Callable[..., Reading]) -> None:
    reading = read("And BlinkVO of the same day?", WAKEMEM)
    assert (reading.scope.days, reading.scope.arxiv_ids) == (frozenset({date(2026, 11, 3)}), None)


ORDERS = st.lists(
    st.text(max_size=40)
    | st.sampled_from(
        ["And its accuracy?", "the second one", "Compare it with the first", "Only those of 3 November 2026",
         "Back to the polyp one", "both of the two", "[1]", "Who else?", "something similar", "of the same day",
         "What does WakeMem do?", "Which papers are about polyps?", "Different subject: floods"]
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(max_examples=60)
@given(ORDERS, ORDERS)
def test_any_turns_in_any_order_are_answered_and_nothing_leaks(
    word_book: Daybook, one: list[str], other: list[str]
) -> None:
    alone = [answer for question, engine in zip(one, repeat(engine_of(word_book))) for answer in said(engine, question)]
    first, second = engine_of(word_book), engine_of(word_book)
    together = []
    for mine, theirs in zip_longest(one, other):
        together += [] if mine is None else said(first, mine)
        _ = [] if theirs is None else said(second, theirs)
    assert together == alone


def engine_of(book: Daybook) -> DaybookChatEngine:
    return DaybookChatEngine(book.query_engine)


def said(engine: DaybookChatEngine, question: str) -> list[Answer]:
    """The complete answer, or none where the question cannot be asked at all."""
    try:
        return [replace(list(engine.stream(question))[-1], timings_ms={})]
    except InputError:
        return []


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
    (*_, answer) = chat.stream("How does SiltLine map floods?")
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
