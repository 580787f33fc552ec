"""llama-index's ready-made retrievers over the same papers and vectors, as its users would set them up."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import BaseNode, TextNode

from assistant.engine.llama_parts import DaybookEmbedding
from eval.systems import PaperTable, Ranker
from ingest.embedding import Embedder
from ingest.errors import InputError

_BATCH = 300  # ChromaVectorStore's own batch is beyond what Chroma takes
_COLLECTION = "papers"
_MISSING = "llama-index's retrievers are not installed; install them: pip install 'daybook[eval]'"


class QuestionEmbedding(DaybookEmbedding):
    """The embedding model for questions only: the papers bring their vectors."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)

    def _get_text_embedding(self, text: str) -> list[float]:
        raise NotImplementedError(f"papers are not embedded here: {text[:40]}")


class LlamaRanker:
    """A llama-index retriever as a system; `parts` are the retrievers whose number of results is set."""

    def __init__(self, retriever: BaseRetriever, parts: Sequence[Any], papers: int) -> None:
        self._retriever = retriever
        self._parts = parts
        self._papers = papers

    def rank(self, question: str, limit: int) -> list[str]:
        """The arXiv ids of the best papers, best first."""
        for part in self._parts:
            part.similarity_top_k = min(limit, self._papers)
        found = self._retriever.retrieve(question)
        return list(dict.fromkeys(one.node.node_id for one in found))


def need_extra() -> None:
    """See that llama-index's retrievers can be imported.

    Raises:
        InputError: the extra `eval` is not installed.
    """
    try:
        import llama_index.retrievers.bm25  # noqa: PLC0415 - an extra
        import llama_index.vector_stores.chroma  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise InputError(_MISSING) from error


def llama_systems(table: PaperTable, embedder: Embedder, folder: Path) -> Mapping[str, Ranker]:
    """The index over Chroma files in `folder`, which is empty, and its hybrids with BM25.

    Raises:
        InputError: the extra `eval` is not installed.
    """
    need_extra()
    from llama_index.retrievers.bm25 import BM25Retriever  # noqa: PLC0415 - an extra
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: PLC0415 - an extra

    nodes = _nodes(table)
    store = ChromaVectorStore.from_params(_COLLECTION, persist_dir=str(folder))
    for first in range(0, len(nodes), _BATCH):
        store.add(nodes[first : first + _BATCH])
    index = VectorStoreIndex.from_vector_store(store, embed_model=QuestionEmbedding(embedder))
    dense: Any = index.as_retriever()
    lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=1)

    def hybrid(mode: FUSION_MODES) -> Ranker:
        fusion = QueryFusionRetriever([dense, lexical], llm=MockLLM(), mode=mode, num_queries=1, use_async=False)
        return LlamaRanker(fusion, [dense, lexical, fusion], len(nodes))

    return {
        "llama-index": LlamaRanker(dense, [dense], len(nodes)),
        "llama-index-hybrid": hybrid(FUSION_MODES.RECIPROCAL_RANK),
        "llama-index-relative": hybrid(FUSION_MODES.RELATIVE_SCORE),
    }


def _nodes(table: PaperTable) -> list[BaseNode]:
    """A node for each paper: title and abstract, with the vector of its first chunk."""
    return [
        TextNode(id_=paper.arxiv_id, text=paper.text, embedding=[float(x) for x in vector])
        for paper, vector in zip(table.papers, table.first_vectors(), strict=True)
    ]
