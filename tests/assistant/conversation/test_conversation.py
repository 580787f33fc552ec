"""What a question means after the answers before it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import repeat, zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Daybook, NearPaper, Reference
from assistant.conversation.referring import Reading, former_question, read_turn
from assistant.engine.engines import Talk
from assistant.finding.retrieval import HybridRetriever
from assistant.question.scope import Scope
from assistant.question.wish import trained_wishes
from ingest.errors import InputError
from tests.assistant.conftest import cited_ids, quotes, sample_id


def answer_citing(*numbers: int, question: str = "Which?") -> Answer:
    """An answer that cites these papers of the sample, or an abstention where there is none."""
    references = tuple(
        Reference(place, sample_id(number), f"Paper {number}", date(2026, 11, 4), "")
        for place, number in enumerate(numbers, start=1)
    )
    return Answer(question, "These.", abstained=not references, references=references)


@pytest.fixture(scope="module")
def read(sample_book: Daybook) -> Callable[..., Reading]:
    """Reads a question after answers over the sample."""

    def reading(question: str, *history: Answer) -> Reading:
        scope = sample_book.finder.understood(question)
        wording = trained_wishes().wording(question, scope, sample_book.library.lexical_table())
        return read_turn(wording, scope, history, sample_book.finder, sample_book.library)

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
    ["And its memory?", "how fast is it?", "What do they conclude?", "why?", "and the training data?",
     "how accurate is that?", "does it have code?", "On which datasets was it tested?"],
)  # fmt: skip
def test_a_follow_up_is_about_the_papers_cited(read: Callable[..., Reading], question: str) -> None:
    assert ids_of(read(question, WAKEMEM)) == [sample_id(28)]


@pytest.mark.parametrize(
    ("question", "number"),
    [("What about the first one?", 12), ("and the second", 25), ("How does the third paper do it?", 10),
     ("What does the last one say?", 10), ("the latter", 10), ("number 3", 10)],
)  # fmt: skip
def test_a_place_is_one_of_the_papers_cited(read: Callable[..., Reading], question: str, number: int) -> None:
    assert ids_of(read(question, POLYPS)) == [sample_id(number)]


def test_a_place_past_the_newest_list_is_of_an_older_one(read: Callable[..., Reading]) -> None:
    assert ids_of(read("And the third one?", POLYPS, WAKEMEM)) == [sample_id(10)]


def test_nearest_papers_can_be_pointed_at(read: Callable[..., Reading]) -> None:
    near = tuple(NearPaper(sample_id(n), "", date(2026, 11, 4), "") for n in (3, 4))
    abstained = Answer("Who counts leaves?", "No.", abstained=True, nearest=near)
    assert ids_of(read("What does the second one do?", abstained)) == [sample_id(4)]


@pytest.mark.parametrize("question", ["And its accuracy?", "the first one", "Why?", "Compare it with the first."])
def test_nothing_was_said_that_could_be_pointed_at(read: Callable[..., Reading], question: str) -> None:
    assert read(question) == Reading(read(question).scope)
    assert not read(question, NOTHING).is_follow_up


def test_the_newest_answer_that_cites_is_pointed_at(read: Callable[..., Reading]) -> None:
    assert ids_of(read("And its accuracy?", WAKEMEM, FLOODS, NOTHING)) == [sample_id(22)]


def test_a_paper_that_is_gone_from_the_library_is_not_pointed_at(read: Callable[..., Reading]) -> None:
    assert not read("And its accuracy?", answer_citing(999)).is_follow_up


@pytest.mark.parametrize(
    ("question", "papers"),
    [("Compare it with HarbourTrack.", [22, 13]), ("Compare it with arXiv:9901.00010.", [22, 10])],
)
def test_a_comparison_is_with_another_paper(read: Callable[..., Reading], question: str, papers: list[int]) -> None:
    reading = read(question, WAKEMEM, FLOODS)
    assert [*reading.beside, *reading.papers] == [sample_id(number) for number in papers]


def test_a_paper_of_several_turns_ago_is_found_by_what_it_is_about(read: Callable[..., Reading]) -> None:
    reading = read("back to the one that remembers lost vessels, how fast is it?", WAKEMEM, POLYPS, FLOODS)
    assert ids_of(reading) == [sample_id(28)]
    assert reading.about == "about “WakeMem”"


@pytest.mark.parametrize(
    "question",
    ["Which papers are about strawberries?", "How many papers do you hold?", "What does GritDet propose?",
     "What is new?", "papers on 3 November 2026", "what can you do?"],
)  # fmt: skip
def test_a_question_that_stands_on_its_own_is_not_dragged(read: Callable[..., Reading], question: str) -> None:
    reading = read(question, WAKEMEM, POLYPS)
    assert (reading.reference, reading.about, reading.scope.arxiv_ids) == ("none", "", None)


@pytest.mark.parametrize("question", ["Only those from 3 November 2026", "and on 3 November 2026?", "same for 3 Nov"])
def test_other_limits_keep_the_topic(read: Callable[..., Reading], question: str) -> None:
    reading = read(question, POLYPS)
    assert reading.reference in {"again", "within"}
    assert reading.scope.days == frozenset({date(2026, 11, 3)})


def test_limits_add_up_and_days_take_the_place_of_days(sample_book: Daybook) -> None:
    history = talk(sample_book, "How many papers of 4 November 2026?", "only cross-listed ones", "and on 3 November?")
    assert [answer.limits["blocks"] for answer in history] == [[], ["cross-listed"], ["cross-listed"]]
    assert [answer.limits["periods"][0][0] for answer in history] == ["2026-11-04", "2026-11-04", "2026-11-03"]
    assert [answer.job for answer in history] == ["facts"] * 3


def talk(book: Daybook, *questions: str) -> list[Answer]:
    history: list[Answer] = []
    for question in questions:
        history.append(book.ask(question, history))
    return history


@pytest.mark.parametrize("question", ["which of them have code?", "how many of them come with code"])
def test_what_goes_on_within_a_list_counts_its_papers_alone(sample_book: Daybook, question: str) -> None:
    shown, answer = talk(sample_book, "papers on polyps", question)
    assert answer.job == "facts"
    assert set(cited_ids(answer)) <= set(cited_ids(shown))
    within = [one for one in cited_ids(shown) if has_code(sample_book, one)]
    assert first_number(answer) == len(within) < 10  # of the whole sample


def has_code(book: Daybook, arxiv_id: str) -> bool:
    stored = book.library.paper(arxiv_id)
    return stored is not None and any(link.is_code for link in stored.paper.links)


@pytest.mark.parametrize("question", ["argh sorry, november 2 i meant", "ok great, thank you! november 2?"])
def test_thanks_that_go_on_with_a_day_are_no_farewell(sample_book: Daybook, question: str) -> None:
    _, answer = talk(sample_book, "what happened on 3 November 2026?", question)
    assert answer.job == "day"
    assert answer.limits["periods"] == [["2026-11-02", "2026-11-02"]]


def test_of_several_papers_the_one_that_is_described_is_meant(read: Callable[..., Reading]) -> None:
    question = "the one on floods, how is its map made?"
    assert ids_of(read(question, FLOODS, VESSELS)) == [sample_id(22)]
    assert ids_of(read("and its accuracy?", FLOODS, WAKEMEM)) == [sample_id(28)]


def test_a_request_for_facts_is_repeated_for_another_paper(sample_book: Daybook) -> None:
    *_, answer = talk(sample_book, "What is the arXiv id of WakeMem?", "and of BerthLink?")
    assert answer.facts == (f"“{answer.references[0].title}” is arXiv:{sample_id(37)}.",)


def test_another_place_of_the_same_list_is_told(sample_book: Daybook) -> None:
    *_, answer = talk(sample_book, "What is the third paper of 3 November 2026?", "and the fifth?")
    assert cited_ids(answer) == [sample_book.papers(date(2026, 11, 3))[4].paper.arxiv_id]


def test_a_bare_date_after_a_list_limits_it(sample_book: Daybook) -> None:
    *_, answer = talk(sample_book, "Which papers are about polyps?", "sorry, only 3 nov")
    assert answer.limits["periods"] == [["2026-11-03", "2026-11-03"]]
    assert answer.job == "list"


@pytest.mark.parametrize("question", ["thanks a lot!", "thanks", "ok thanks", "thank you", "cheers", "bye"])
def test_thanks_go_on_with_nothing(sample_book: Daybook, question: str) -> None:
    *_, answer = talk(sample_book, "How many papers on 3 November 2026?", "sum it up", question)
    assert (answer.job, answer.understood) == ("help", ())


def test_another_subject_after_a_detail_takes_the_place_of_the_subject(sample_book: Daybook) -> None:
    *_, answer = talk(sample_book, "Which papers are about polyps?", "code?", "and on vessel tracking?")
    assert answer.job == "list"
    assert sample_id(28) in cited_ids(answer)


def test_a_count_is_listed_within_its_limits(sample_book: Daybook) -> None:
    count, listed = talk(sample_book, "How many papers on 3 November 2026 have code?", "which ones are they?")
    assert first_number(count) == len(listed.references)
    assert {paper.day for paper in listed.references} == {date(2026, 11, 3)}


def first_number(answer: Answer) -> int:
    return int(next(word for word in answer.facts[0].split() if word.isdigit()))


def test_what_was_read_is_kept_and_an_older_answer_is_read_again(sample_book: Daybook) -> None:
    (kept,) = talk(sample_book, "How many cross-listed papers of 3 November 2026?")
    opened = Answer.from_dict(kept.to_dict() | {"read": dict(kept.read)})
    older = Answer.from_dict({name: value for name, value in kept.to_dict().items() if name != "read"})
    asked = [former_question(one, sample_book.finder, sample_book.library) for one in (kept, opened, older)]
    assert asked[0] == asked[1]
    assert [one.scope.days for one in asked] == [frozenset({date(2026, 11, 3)})] * 3
    assert [one.job for one in asked] == ["facts"] * 3
    assert [one.wish.facts for one in asked if one.wish] == [("count",)] * 3


def test_what_was_excluded_stays_so_when_it_is_opened(sample_book: Daybook) -> None:
    (kept,) = talk(sample_book, "List the papers except those of 3 November 2026.")
    asked = former_question(kept, sample_book.finder, sample_book.library)
    assert asked.scope.days == frozenset({date(2026, 11, 4), date(2026, 11, 2)})


@pytest.mark.parametrize("turns", [1, 60])
def test_no_former_question_is_read_again(sample_book: Daybook, turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    history = talk(sample_book, "How many papers of 4 November 2026?") * turns
    read: list[str] = []
    understood = HybridRetriever.understood

    def spied(self: HybridRetriever, text: str) -> Scope:
        read.append(text)
        return understood(self, text)

    monkeypatch.setattr(HybridRetriever, "understood", spied)
    sample_book.ask("and on 3 November 2026?", history)
    assert read == ["and on 3 November 2026?"]


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


def engine_of(book: Daybook) -> Talk:
    return Talk(book.engine)


def said(engine: Talk, question: str) -> list[Answer]:
    """The complete answer, or none where the question cannot be asked at all."""
    try:
        return [replace(list(engine.stream(question))[-1], timings_ms={})]
    except InputError:
        return []


def test_a_follow_up_is_answered_from_the_paper_before(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat("How does WakeMem remember lost vessels?")
    (*_, answer) = chat.talk.stream("How fast is it?")
    assert cited_ids(answer) == [sample_id(28)]
    assert "34 FPS" in quotes(answer)
    (*_, answer) = chat.talk.stream("And without the wake cue?")
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
    (*_, answer) = chat.talk.stream("How does SiltLine map floods?")
    assert cited_ids(answer) == [sample_id(22)]
    (*_, answer) = chat.talk.stream("How accurate is it in towns?")
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
