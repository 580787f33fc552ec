"""The way from a question to a checked answer, as llama-index's query and chat engines.

scope → ranked papers → evidence → enough? → writer → contract → answer
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.query_engine import CustomQueryEngine
from pydantic import ConfigDict, PrivateAttr

from assistant.answer import Answer
from assistant.comparing.asking import answer_comparing
from assistant.contract import AnswerBuilder, abstention
from assistant.conversation import Reading, read_turn
from assistant.day.answering import answer_day
from assistant.evidence import EvidenceSet
from assistant.exact import answer_exactly
from assistant.exact.again import asked_again
from assistant.following import gather_for
from assistant.history import History
from assistant.kinds import KindLists, Listed
from assistant.lists import left_out
from assistant.premise import named_apart, premise_doubted
from assistant.retrieval import HybridRetriever, RankedPaper, as_node
from assistant.scope import Scope
from assistant.sufficiency import is_sufficient
from assistant.terms import QuestionTerms, question_terms
from assistant.understanding import read_as, reason_of_nothing, understood
from assistant.writing import Writer
from ingest.cleaning import printable
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from prompts import fill

LONGEST_QUESTION = 4000
_PAPERS_RANKED = 20
_NEAREST_SHOWN = 3


def checked_question(question: str) -> str:
    """A question in one line without unseen characters.

    Raises:
        InputError: it is empty, or longer than `LONGEST_QUESTION` characters.
    """
    text = printable(question)
    if not text:
        raise InputError("the question is empty; ask something such as “Which papers are about segmentation?”")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; ask in at most {LONGEST_QUESTION:,}")
    return text


class DaybookQueryEngine(CustomQueryEngine):
    """Answers a question with claims that stand on verbatim quotes, or abstains."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    library: Library
    retriever: HybridRetriever
    writer: Writer
    _kinds: KindLists = PrivateAttr(default_factory=KindLists)

    def stream(self, question: str, history: Sequence[Answer] = ()) -> Iterator[Answer]:
        """Yield the answer as it grows, one claim at a time; the last one is complete.

        Raises:
            InputError: the question is empty or too long.
        """
        clock = _Clock()
        question = checked_question(question)
        reading = self._read(question, history)
        scope = reading.scope
        whole = self._exactly(question, reading, history)
        whole = whole or answer_comparing(question, reading, history, self.library, self.retriever)
        if whole is not None:
            clock.lap("library")
            yield replace(whole, timings_ms=clock.timings())
            return
        terms = question_terms(scope.rest)
        clock.lap("scope")
        listed = None if reading.is_follow_up else self._kinds.asked(scope, self.retriever, self.library)
        found = self.retriever.rank(scope, terms, _PAPERS_RANKED) if listed is None else listed.ranked
        ranked = [paper for paper in found if paper.stored.paper.arxiv_id not in reading.apart_from]
        clock.lap("retrieve")
        evidence = gather_for(reading, terms, ranked, self.library) if listed is None else listed.evidence
        kept = tuple(filter(None, (reading.about, *understood(scope, ranked))))
        clock.lap("evidence")
        answer: Answer | None = None
        if listed is not None or is_sufficient(evidence, ranked, is_follow_up=reading.is_follow_up):
            builder = AnswerBuilder(question, [paper.stored for paper in ranked])
            for draft in self.writer.write(reading.asked(question), evidence.sentences):
                builder.add(draft)
                if builder.is_empty:
                    continue
                answer = builder.answer()
                clock.lap("write")
                yield replace(answer, understood=kept, timings_ms=clock.timings())
        if answer is None:
            answer = abstention(question, self._reason(scope, ranked, evidence), self._nearest(ranked))
            yield replace(answer, understood=kept, timings_ms=clock.timings())
            return
        cited = _cited(answer, ranked)
        if remarks := self._remarks(cited, scope, terms, listed):
            note = " ".join(filter(None, (answer.note, *remarks)))
            yield replace(answer, note=note, understood=kept, timings_ms=clock.timings())

    def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        """The complete answer; `history` holds the answers before it, newest last.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, complete = self.stream(question, history)
        return complete

    def custom_query(self, query_str: str) -> Response:
        """Answer as llama-index wants it; the `Answer` itself is in `metadata["answer"]`."""
        answer = self.answer(query_str)
        cited = self.library.database.papers_by_id([reference.arxiv_id for reference in answer.references])
        order = [cited[reference.arxiv_id] for reference in answer.references]
        nodes = [as_node(RankedPaper(stored, 0.0, 0.0)) for stored in order]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer})

    def _read(self, question: str, history: Sequence[Answer]) -> Reading:
        return read_turn(question, history, self.retriever.understood, self.library)

    def _exactly(self, question: str, reading: Reading, history: Sequence[Answer]) -> Answer | None:
        """What the library itself says to a question or a follow-up: facts, or the page of a day; or None."""
        exact = answer_exactly(question, reading.scope, self.library)
        exact = exact or answer_day(question, reading.scope, self.library, history)
        if exact is not None:
            return replace(exact, understood=tuple(filter(None, (reading.about, *exact.understood))))
        again = asked_again(question, history, self.retriever.understood)
        if again is None or (exact := answer_exactly(again, self.retriever.understood(again), self.library)) is None:
            return None
        return replace(exact, question=question, understood=(read_as(question, again), *exact.understood))

    def _remarks(
        self, cited: Sequence[StoredPaper], scope: Scope, terms: QuestionTerms, listed: Listed | None
    ) -> list[str]:
        """What else to know of an answer: what a list leaves out, what the question takes for granted."""
        left = listed.note if listed else left_out(cited, scope, terms, self.retriever, self.library)
        apart = "" if scope.respelt else named_apart(scope.rest, terms.names, cited)
        remarks = (left, premise_doubted(scope.rest, cited), apart)
        return [remark for remark in remarks if remark]

    def _reason(self, scope: Scope, ranked: Sequence[RankedPaper], evidence: EvidenceSet) -> str:
        if not ranked:
            return reason_of_nothing(scope, self.library)
        if not evidence.is_stated:
            return fill("not_stated")
        if evidence.missing:
            return fill("no_paper_mentions", names=" or ".join(f"“{name.text}”" for name in evidence.missing))
        return ""

    def _nearest(self, ranked: Sequence[RankedPaper]) -> list[StoredPaper]:
        return [paper.stored for paper in ranked[:_NEAREST_SHOWN]]


def _cited(answer: Answer, ranked: Sequence[RankedPaper]) -> list[StoredPaper]:
    ids = {reference.arxiv_id for reference in answer.references}
    return [paper.stored for paper in ranked if paper.stored.paper.arxiv_id in ids]


class DaybookChatEngine(BaseChatEngine):
    """One conversation; the answers that were given are its history, for follow-ups."""

    def __init__(self, query_engine: DaybookQueryEngine, history: History | None = None) -> None:
        self._query_engine = query_engine
        self._history = history or History(None)

    @property
    def conversation_id(self) -> str:
        """The id under which the library keeps the conversation."""
        return self._history.id

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The complete answers so far, oldest first."""
        return self._history.answers

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The conversation as llama-index messages."""
        return [
            message
            for answer in self.answers
            for message in (
                ChatMessage(role=MessageRole.USER, content=answer.question),
                ChatMessage(role=MessageRole.ASSISTANT, content=answer.text),
            )
        ]

    def reset(self) -> None:
        """Begin a new conversation; the library keeps the former one."""
        self._history.clear()

    def stream(self, message: str) -> Iterator[Answer]:
        """Yield the growing answer to a message, and keep it once it is complete."""
        self._history.refresh()
        answer: Answer | None = None
        for answer in self._query_engine.stream(message, self.answers):
            yield answer
        if answer is not None:
            self._history.add(answer)
            if not self._history.is_saved and self._history.is_stored:
                yield replace(answer, note=" ".join(filter(None, (answer.note, fill("not_saved")))))

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer a message; the `Answer` is in `metadata["answer"]`. The engine keeps its own history."""
        _refuse(chat_history)
        *_, answer = self.stream(message)
        return AgentChatResponse(response=answer.text, metadata={"answer": answer})

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """Answer a message as a stream of text."""
        _refuse(chat_history)
        response = StreamingAgentChatResponse()
        for piece in self._pieces(message):
            response.put_in_queue(piece)
            response.response += piece
        response.is_done = True
        return response

    def _pieces(self, message: str) -> Iterator[str]:
        """What each step of the growing answer adds to its text."""
        shown = ""
        for answer in self.stream(message):
            yield answer.text.removeprefix(shown)
            shown = answer.text

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer a message."""
        return self.chat(message, chat_history)

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Answer a message as a stream of text."""
        _refuse(chat_history)
        response = StreamingAgentChatResponse()
        response._ensure_async_setup()  # noqa: SLF001 - as llama-index's own engines do
        for piece in self._pieces(message):
            response.put_in_queue(piece)
            response.aput_in_queue(piece)
            response.response += piece
        response.is_done = True
        return response


def _refuse(chat_history: list[ChatMessage] | None) -> None:
    if chat_history is not None:
        raise ValueError("a conversation keeps its own history; make a new engine for another one")


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._spent: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._spent[stage] = self._spent.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._spent, "total": (time.perf_counter() - self._start) * 1000}
