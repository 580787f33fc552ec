"""The baseline of the LLM writer: llama-index's CitationQueryEngine with the same model over the same best papers.

Its answer is text; sentences and markers are parsed out of it here. It cites whole abstracts, where Daybook's sentences
have to stand on their quotes alone. A judge made for quotes is not to be misled by their length: a sentence is
entailed where the whole texts, or any two neighbouring sentences of one, entail it (as in SummaC, Laban et al. 2022).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from llama_index.core.query_engine import CitationQueryEngine

from assistant.engine.llama_parts import DaybookRetriever
from assistant.finding.retrieval import HybridRetriever
from eval.answer_metrics import Judge, Statement
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.sentences import split_sentences

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

BASELINE = "llama-index-citation"
_PAPERS = 3
_MARKER = re.compile(r"\s*\[(?:Sources?\s*)?(\d+(?:\s*,\s*(?:Sources?\s*)?\d+)*)\]", re.IGNORECASE)
_MARKERS_AFTER_END = re.compile(r"([.!?])((?:\s*\[[^\]]{1,30}\])+)")
_LOOSE_MARKER = re.compile(r"\(?\bSources?\s+(\d+)\)?(?=\s*(?:[.,;]|$))", re.IGNORECASE)
_SOURCE_HEAD = re.compile(r"^Source \d+:\n")


@dataclass(frozen=True, slots=True)
class CitedText:
    """An answer in text as read: its statements, the papers they cite, and the markers that stand for no source."""

    text: str
    statements: tuple[Statement, ...]
    cited: tuple[str, ...]
    citations: int
    dangling: tuple[int, ...]


def by_passages(judge: Judge) -> Judge:
    """A judge of sentences that cite whole texts."""

    def is_entailed(sentence: str, cited: Sequence[str]) -> bool:
        return judge(sentence, cited) or any(judge(sentence, pair) for text in cited for pair in _pairs(text))

    return is_entailed


def _pairs(text: str) -> list[tuple[str, ...]]:
    sentences = [text[span.start : span.end] for span in split_sentences(text)]
    return list(pairwise(sentences)) or [tuple(sentences)]


def citation_engine(library: Library, embedder: Embedder, llm: "LLM") -> Callable[[str], CitedText]:
    """What asks the engine; its passages are the abstracts of the papers that Daybook ranks best."""
    retriever = DaybookRetriever(HybridRetriever(library, embedder), _PAPERS)
    engine = CitationQueryEngine(retriever, llm=llm)

    def ask(question: str) -> CitedText:
        response = engine.query(question)
        sources = [(n.node.metadata["arxiv_id"], n.node.get_content()) for n in response.source_nodes]
        return read_citations(str(response), [(arxiv_id, _SOURCE_HEAD.sub("", text)) for arxiv_id, text in sources])

    return ask


def read_citations(text: str, sources: Sequence[tuple[str, str]]) -> CitedText:
    """Read the sentences of a text and the markers in them; source n is `sources[n - 1]`, an id and its text."""
    marked = _LOOSE_MARKER.sub(r"[\1]", " ".join(text.split()))
    moved = _MARKERS_AFTER_END.sub(r"\2\1", marked)
    statements, cited, dangling, citations = [], dict[str, None](), [], 0
    for span in split_sentences(moved):
        sentence = moved[span.start : span.end]
        numbers = _numbers(sentence)
        held = [number for number in numbers if 1 <= number <= len(sources)]
        dangling += [number for number in numbers if number not in held]
        citations += len(numbers)
        cited.update(dict.fromkeys(sources[number - 1][0] for number in held))
        plain = _MARKER.sub("", sentence).strip()
        if plain:
            statements.append(Statement(plain, tuple(sources[number - 1][1] for number in held)))
    return CitedText(text, tuple(statements), tuple(cited), citations, tuple(dangling))


def _numbers(sentence: str) -> list[int]:
    found = [number for marker in _MARKER.finditer(sentence) for number in re.findall(r"\d+", marker.group(1))]
    return list(dict.fromkeys(int(number) for number in found))
