"""Chunks: pieces of an abstract that fit the embedding model's window."""

from collections.abc import Sequence
from functools import lru_cache

import tiktoken
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.utils import get_tokenizer

from ingest.paper import Paper, Span

_JOINING_TOKENS = 8  # the splitter adds up the tokens of sentences; joined, they may be a few more
CHUNK_TOKENS = 380
"""The budget of a chunk without its title: about 480 of the model's 512 word pieces with it."""


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    get_tokenizer()  # registers the copy that llama-index-core bundles, so that no network is needed
    return tiktoken.get_encoding("cl100k_base")


def count_tokens(text: str) -> int:
    """The number of cl100k_base tokens of a text."""
    return len(_encode(text))


def _encode(text: str) -> Sequence[int]:
    return _encoding().encode(text, disallowed_special=())


@lru_cache(maxsize=1)
def _splitter() -> SentenceSplitter:
    return SentenceSplitter(
        chunk_size=CHUNK_TOKENS - _JOINING_TOKENS, chunk_overlap=0, tokenizer=_encode, include_metadata=False
    )


def split_chunks(paper: Paper) -> list[Span]:
    """Split an abstract into spans of at most `CHUNK_TOKENS` tokens, sentences kept whole where they fit.

    A paper without an abstract gives one empty span: its title alone is embedded.
    """
    abstract = paper.abstract
    if len(abstract) <= CHUNK_TOKENS:  # a token is at least one character
        return [Span(0, len(abstract))]
    spans: list[Span] = []
    for piece in _splitter().split_text(abstract):
        start = abstract.index(piece, spans[-1].end if spans else 0)
        spans.append(Span(start, start + len(piece)))
    return spans


def embedded_text(paper: Paper, chunk: Span) -> str:
    """The text whose vector stands for a chunk: the title, then the chunk."""
    return f"{paper.title}\n{paper.abstract[chunk.start : chunk.end]}".strip()
