"""The query engine and the chat engine: growing answers, refusals, and llama-index's interface."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import BaseChatEngine
from llama_index.core.schema import QueryBundle

from assistant import Answer, Daybook
from assistant.answering.contract import ContractError, DraftClaim
from assistant.answering.writing import Writer
from assistant.engine.engines import LONGEST_QUESTION, Engine
from assistant.reading.evidence import Evidence
from ingest.errors import InputError
from tests.assistant.conftest import check_grade, cited_ids, evidence_from, markers, quotes, sample_id, stored_paper
from tests.assistant.finding.test_retrieval import questions

ONE_PAPER = "How does WakeMem remember lost vessels?"
TWO_PAPERS = "Which papers are about polyp segmentation?"
NOT_HELD = "What is the boiling point of ethanol?"


def untimed(answer: Answer) -> Answer:
    return replace(answer, timings_ms={})


# ---- a growing answer


@pytest.mark.parametrize("question", [ONE_PAPER, TWO_PAPERS])
def test_an_answer_grows_claim_by_claim_until_it_is_what_ask_gives(sample_book: Daybook, question: str) -> None:
    grown = list(sample_book.stream(question))
    steps = dict.fromkeys(len(answer.claims) for answer in grown)  # the last may only add what is near
    assert list(steps) == list(range(1, len(steps) + 1))
    complete = sample_book.ask(question)
    assert untimed(grown[-1]) == untimed(complete)
    for answer in grown:
        assert answer.claims == complete.claims[: len(answer.claims)]
        assert answer.references == complete.references[: len(answer.references)]
        assert set(markers(answer.text)) == {reference.number for reference in answer.references}
        assert not answer.abstained


def test_an_abstention_comes_at_once(sample_book: Daybook) -> None:
    (answer,) = sample_book.stream(NOT_HELD)
    assert answer.abstained
    assert untimed(answer) == untimed(sample_book.ask(NOT_HELD))


@pytest.mark.parametrize("question", ["What does PriorGAN propose?", "How does UniKite work?", "what is KelpNet"])
def test_of_a_name_that_no_paper_holds_nothing_is_said_to_come_closest(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    assert (answer.grade, answer.closest) == ("none", ())
    assert answer.text.startswith("The library does not hold an answer to this. No paper of it mentions")


def test_what_else_is_asked_beside_a_name_that_no_paper_holds_may_come_closest(sample_book: Daybook) -> None:
    assert sample_book.ask("Does SeaDETR beat others at tracking vessels in ports?").grade == "closest"


def test_asking_again_gives_the_same_answer_from_any_thread(sample_book: Daybook) -> None:
    asked = [ONE_PAPER, TWO_PAPERS, NOT_HELD] * 8
    with ThreadPoolExecutor(8) as pool:
        answers = [untimed(answer) for answer in pool.map(sample_book.ask, asked)]
    assert answers == [untimed(sample_book.ask(question)) for question in asked]


@pytest.mark.parametrize(
    ("question", "stages"),
    [(TWO_PAPERS, {"scope", "retrieve", "read", "write"}), (NOT_HELD, {"scope", "retrieve", "read"})],
)
def test_timings_name_the_stages_and_add_up(sample_book: Daybook, question: str, stages: set[str]) -> None:
    timings = dict(sample_book.ask(question).timings_ms)
    total = timings.pop("total")
    assert set(timings) == stages
    assert all(spent >= 0 for spent in timings.values())
    assert 0 < math.fsum(timings.values()) <= total


def test_time_goes_on_while_an_answer_grows(sample_book: Daybook) -> None:
    totals = [answer.timings_ms["total"] for answer in sample_book.stream(TWO_PAPERS)]
    assert len(totals) > 1
    assert totals == sorted(totals)


# ---- questions that are none


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\x00", "\u200b\ufeff"])
def test_a_question_of_nothing_is_refused(sample_book: Daybook, question: str) -> None:
    for ask in (sample_book.ask, sample_book.search):
        with pytest.raises(InputError, match="the question is empty"):
            ask(question)
    with pytest.raises(InputError, match="the question is empty"):
        list(sample_book.stream(question))


def test_a_question_is_refused_above_a_length_and_not_below(sample_book: Daybook) -> None:
    longest = ("polyp " * LONGEST_QUESTION)[:LONGEST_QUESTION].strip().ljust(LONGEST_QUESTION, "x")
    assert sample_book.ask(longest).question == longest
    for ask in (sample_book.ask, sample_book.search):
        with pytest.raises(InputError, match="4,001 characters"):
            ask(longest + "x")


def test_white_space_and_unseen_characters_do_not_matter(sample_book: Daybook) -> None:
    answer = sample_book.ask("  How does\n Wake\u200bMem\x00 remember\t\tlost vessels?\ufeff ")
    assert untimed(answer) == untimed(sample_book.ask(ONE_PAPER))


ANY_CHARACTER = st.text(st.characters(exclude_categories=[]), max_size=40)


@given(before=st.sampled_from(["", ONE_PAPER, TWO_PAPERS, "KerbFirst"]), question=questions | ANY_CHARACTER)
def test_any_text_gets_an_answer_that_keeps_the_contract_or_one_line(
    sample_book: Daybook, before: str, question: str
) -> None:
    try:
        answer = sample_book.ask(before + question)
    except InputError as refusal:
        answer = None
        told = str(refusal)
    if answer is None:
        assert "the question is empty" in told
        return
    check_grade(answer, sample_book.library)
    answer.text.encode()


# ---- other writers


class Liar:
    """Cites what it was not given."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim]:
        yield DraftClaim(f"{question} It is so.", (evidence[0],))
        yield DraftClaim("And so is this.", (self._evidence,))


class Silent:
    """Writes nothing, as a model does whose claims were all dropped."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim]:  # noqa: ARG002
        yield from ()


class Speaker:
    """Says everything in one sentence of its own."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim]:  # noqa: ARG002
        yield DraftClaim("All of this is so.", tuple(evidence))


def engine_with(book: Daybook, writer: Writer) -> Engine:
    return replace(book.engine, writer_on=lambda: writer)


@pytest.mark.parametrize(
    "evidence",
    [
        evidence_from(stored_paper("2101.00001")),
        evidence_from(stored_paper(sample_id(28), abstract="WakeMem was never tried.")),
    ],
    ids=["a paper that is not there", "words that are not there"],
)
def test_no_writer_can_cite_what_is_not_there(sample_book: Daybook, evidence: Evidence) -> None:
    grown = engine_with(sample_book, Liar(evidence)).stream(ONE_PAPER)
    assert len(next(grown).claims) == 1
    with pytest.raises(ContractError):
        next(grown)


def test_a_writer_may_say_several_quotes_in_one_sentence(sample_book: Daybook) -> None:
    answer = engine_with(sample_book, Speaker()).answer(TWO_PAPERS)
    (claim,) = answer.claims
    assert quotes(answer) == quotes(sample_book.ask(TWO_PAPERS))
    assert markers(answer.text) == [reference.number for reference in answer.references]
    assert len(answer.references) > 1
    assert claim.sentence in answer.text


def test_a_writer_that_writes_nothing_makes_an_abstention(sample_book: Daybook) -> None:
    assert engine_with(sample_book, Silent()).answer(ONE_PAPER).abstained


def test_no_writer_is_asked_where_the_library_holds_no_answer(sample_book: Daybook) -> None:
    liar = Liar(evidence_from(stored_paper("2101.00001")))
    assert engine_with(sample_book, liar).answer(NOT_HELD).abstained


# ---- llama-index: the query engine


def test_a_query_gives_a_llama_index_response(sample_book: Daybook) -> None:
    engine = sample_book.query_engine
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(TWO_PAPERS)
    assert isinstance(response, Response)
    answer = sample_book.ask(TWO_PAPERS)
    assert str(response) == answer.text
    assert response.metadata is not None
    assert untimed(response.metadata["answer"]) == untimed(answer)
    assert {node.node_id for node in response.source_nodes} == set(cited_ids(answer))
    for node in response.source_nodes:
        assert node.metadata["arxiv_id"] == node.node_id


def test_source_nodes_stand_in_the_order_of_their_markers(sample_book: Daybook) -> None:
    for question in (TWO_PAPERS, "Compare BerthLink and WakeMem", "List papers about monocular depth estimation"):
        response = sample_book.query_engine.query(question)
        assert [node.node_id for node in response.source_nodes] == cited_ids(sample_book.ask(question))


def test_a_query_bundle_and_an_awaited_query_are_answered_too(sample_book: Daybook) -> None:
    text = sample_book.ask(ONE_PAPER).text
    assert str(sample_book.query_engine.query(QueryBundle(ONE_PAPER))) == text
    assert str(asyncio.run(sample_book.query_engine.aquery(ONE_PAPER))) == text


def test_a_query_that_is_not_answered_has_no_source(sample_book: Daybook) -> None:
    response = sample_book.query_engine.query(NOT_HELD)
    assert response.source_nodes == []
    assert "does not hold" in str(response)


def test_a_query_to_an_empty_library_is_not_answered(book: Daybook) -> None:
    assert "does not hold" in str(book.query_engine.query(ONE_PAPER))


# ---- llama-index: the chat engine


def test_a_chat_gives_responses_and_keeps_the_conversation(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    assert isinstance(chat, BaseChatEngine)
    assert chat.chat_history == []
    first = chat.chat(ONE_PAPER)
    second = chat.chat("How fast is it?")
    assert first.metadata is not None
    assert str(first) == first.metadata["answer"].text == sample_book.ask(ONE_PAPER).text
    assert [(message.role, message.content) for message in chat.chat_history] == [
        (MessageRole.USER, ONE_PAPER),
        (MessageRole.ASSISTANT, str(first)),
        (MessageRole.USER, "How fast is it?"),
        (MessageRole.ASSISTANT, str(second)),
    ]
    assert [cited_ids(answer) for answer in chat.answers] == [[sample_id(28)], [sample_id(28)]]


def test_a_chat_can_be_forgotten(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat(ONE_PAPER)
    chat.reset()
    assert (chat.chat_history, chat.answers) == ([], ())
    response = chat.chat("How fast is it?")
    assert response.metadata is not None
    assert untimed(response.metadata["answer"]) == untimed(sample_book.ask("How fast is it?"))


def test_two_conversations_share_nothing(sample_book: Daybook) -> None:
    one, other = sample_book.chat_engine(), sample_book.chat_engine()
    one.chat(ONE_PAPER)
    assert other.chat_history == []
    other.chat("How does SiltLine map floods?")
    one.chat("How fast is it?")
    other.chat("How accurate is it in towns?")
    assert [cited_ids(answer) for answer in one.answers] == [[sample_id(28)]] * 2
    assert [cited_ids(answer) for answer in other.answers] == [[sample_id(22)]] * 2
    one.reset()
    assert len(other.answers) == 2


def test_an_answer_is_kept_once_it_is_complete(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    growing = chat.talk.stream(TWO_PAPERS)
    next(growing)
    del growing  # a reader who leaves
    assert len(chat.answers) == 0
    *_, complete = chat.talk.stream(TWO_PAPERS)
    assert list(chat.answers) == [complete]


def test_a_refused_question_leaves_the_conversation_as_it_was(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    chat.chat(ONE_PAPER)
    with pytest.raises(InputError):
        chat.chat("")
    assert len(chat.answers) == 1
    chat.chat("How fast is it?")
    assert cited_ids(chat.answers[-1]) == [sample_id(28)]


@pytest.mark.parametrize("question", [ONE_PAPER, TWO_PAPERS, NOT_HELD])
def test_a_streamed_chat_gives_the_text_once_a_piece_for_each_claim(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    chat = sample_book.chat_engine()
    response = chat.stream_chat(question)
    assert response.response == answer.text
    pieces = list(response.response_gen)
    assert "".join(pieces) == answer.text
    assert len(pieces) == max(1, len(answer.claims)) + bool(answer.claims and answer.nearest)
    assert untimed(chat.answers[-1]) == untimed(answer)


def test_a_streamed_chat_over_several_papers_has_several_pieces(sample_book: Daybook) -> None:
    assert len(list(sample_book.chat_engine().stream_chat(TWO_PAPERS).response_gen)) > 1


def test_an_awaited_chat_is_a_chat(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    assert str(asyncio.run(chat.achat(ONE_PAPER))) == sample_book.ask(ONE_PAPER).text
    assert len(chat.answers) == 1


def test_an_awaited_streamed_chat_can_be_read(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    response = asyncio.run(chat.astream_chat(ONE_PAPER))
    assert "".join(response.response_gen) == sample_book.ask(ONE_PAPER).text
    assert len(chat.answers) == 1


def test_an_awaited_streamed_chat_can_be_read_as_it_is_meant_to(sample_book: Daybook) -> None:
    async def read() -> str:
        response = await sample_book.chat_engine().astream_chat(ONE_PAPER)
        return "".join([piece async for piece in response.async_response_gen()])

    assert asyncio.run(read()) == sample_book.ask(ONE_PAPER).text


def test_a_history_from_elsewhere_is_refused(sample_book: Daybook) -> None:
    chat = sample_book.chat_engine()
    history = [ChatMessage(role=MessageRole.USER, content="Hello")]
    with pytest.raises(ValueError, match="keeps its own history"):
        chat.chat(ONE_PAPER, history)
    with pytest.raises(ValueError, match="keeps its own history"):
        chat.stream_chat(ONE_PAPER, history)
    assert chat.answers == ()
