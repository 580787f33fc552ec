"""Daybook as parts of llama-index: its embedding model, retriever, query engine and chat engine.

Each is a thin adapter, and nothing else here imports this file: llama-index takes more than a second to import.
"""

from collections.abc import Iterator

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from pydantic import ConfigDict, PrivateAttr

from assistant.answer import Answer
from assistant.engine.engines import Engine, Talk
from assistant.finding.retrieval import HybridRetriever, RankedPaper
from assistant.language.terms import question_terms
from ingest.embedding import Embedder


class DaybookEmbedding(BaseEmbedding):
    """The embedding model of the library: unit vectors of 384 dimensions."""

    model_name: str = "bge-small-en-v1.5-int8"
    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._embedder.question_vector(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(x) for x in self._embedder.text_vector(text)]


class DaybookRetriever(BaseRetriever):
    """The papers nearest to a question, at most `limit`."""

    def __init__(self, finder: HybridRetriever, limit: int = 10) -> None:
        super().__init__()
        self._finder = finder
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        scope = self._finder.understood(query_bundle.query_str)
        return [as_node(paper) for paper in self._finder.rank(scope, question_terms(scope.rest), self._limit)]


def as_node(ranked: RankedPaper) -> NodeWithScore:
    """A ranked paper as llama-index knows it; the node's id is the arXiv id, its text the abstract."""
    paper = ranked.stored.paper
    metadata = {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "day": ranked.stored.day.isoformat(),
        "basis": ranked.stored.basis,
        "is_withdrawn": paper.is_withdrawn,
        "url": paper.url,
    }
    return NodeWithScore(node=TextNode(id_=paper.arxiv_id, text=paper.abstract, metadata=metadata), score=ranked.score)


class DaybookQueryEngine(CustomQueryEngine):
    """Answers a question with claims that stand on verbatim quotes, or abstains."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    engine: Engine

    def custom_query(self, query_str: str) -> Response:
        """Answer as llama-index wants it; the `Answer` itself is in `metadata["answer"]`."""
        answer = self.engine.answer(query_str)
        cited = self.engine.library.database.papers_by_id([reference.arxiv_id for reference in answer.references])
        order = [cited[reference.arxiv_id] for reference in answer.references]
        nodes = [as_node(RankedPaper(stored, 0.0, 0.0)) for stored in order]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer})


class DaybookChatEngine(BaseChatEngine):
    """One conversation; the engine keeps its own history."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        """The same as answers instead of texts."""

    @property
    def conversation_id(self) -> str:
        """The id under which the library keeps the conversation."""
        return self.talk.conversation_id

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The complete answers so far, oldest first."""
        return self.talk.answers

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The conversation as llama-index messages."""
        return [
            message
            for answer in self.talk.answers
            for message in (
                ChatMessage(role=MessageRole.USER, content=answer.question),
                ChatMessage(role=MessageRole.ASSISTANT, content=answer.text),
            )
        ]

    def reset(self) -> None:
        """Begin a new conversation; the library keeps the former one."""
        self.talk.reset()

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer a message; the `Answer` is in `metadata["answer"]`. The engine keeps its own history."""
        _refuse(chat_history)
        *_, answer = self.talk.stream(message)
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
        for answer in self.talk.stream(message, only_lasting=True):
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
