"""How much of what the cores can do an ingest uses: operations a paper, the rate of embedding, that of bare products.

The products are those of the model itself: for each shape of its layers one graph with a single `MatMulInteger`, of
as many rows as a text has tokens, run over and over on every core at once, as embedding runs the model.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from ingest.chunking import embedded_text, split_chunks
from ingest.embedding import OnnxEmbedding
from ingest.models import BGE_SMALL_TOKENIZER, model_paths
from ingest.onnx import field, session_of, varint
from ingest.paper import Entry
from ingest.sources import find_sources

_WIDTH, _LAYERS, _INNER = 384, 12, 1536
"""Of bge-small-en-v1.5 (its config.json)."""
_SHAPES = ((_WIDTH, _WIDTH, 4), (_WIDTH, _INNER, 1), (_INNER, _WIDTH, 1))
"""The products of a layer: width, result's width, how many."""
_SECONDS = 3.0
_UINT8, _INT8, _INT32 = 2, 3, 6  # TensorProto.DataType


@dataclass(frozen=True, slots=True)
class Roofline:
    """What was measured; rates are those of all cores."""

    chunks_a_paper: float
    tokens: float
    gigaoperations_a_paper: float
    papers_a_second: float
    reached: float
    products: float

    def lines(self) -> list[str]:
        """For a person."""
        return [
            f"chunks a paper, tokens a chunk (median)   {self.chunks_a_paper:.2f}, {self.tokens:.0f}",
            f"operations a paper                        {self.gigaoperations_a_paper:.2f} G (product and sum are two)",
            f"embedding                                 {self.papers_a_second:.2f} papers/s on {os.cpu_count()} cores",
            f"that is                                   {self.reached:.0f} G operations/s",
            f"the model's bare int8 products            {self.products:.0f} G operations/s",
            f"embedding reaches of these                {self.reached / self.products:.2f}",
        ]


def measure(paths: Sequence[Path], models: Path, tell: Callable[[str], None]) -> Roofline:
    """Embed the papers of some sources, then run bare products of the same shapes."""
    embedder = OnnxEmbedding.load(models, tell)
    (file,) = model_paths([BGE_SMALL_TOKENIZER], models, tell)
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    items = [item for source in find_sources(paths) for item in source.items()]
    papers = [item.paper for item in items if isinstance(item, Entry)]
    texts = [embedded_text(paper, chunk) for paper in papers for chunk in split_chunks(paper)]
    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    tell(f"roofline: embedding {len(papers)} papers")
    start = time.perf_counter()
    list(embedder.text_vectors(texts))
    rate = len(papers) / (time.perf_counter() - start)
    each = 2e-9 * sum(map(_products_of, lengths)) / len(papers)
    tell("roofline: bare products")
    return Roofline(
        len(texts) / len(papers), median(lengths), each, rate, each * rate, _bare_products(int(median(lengths)))
    )


def _products_of(tokens: int) -> int:
    """How often two numbers are multiplied for a text of so many tokens, attention with them."""
    dense = sum(width * result * count for width, result, count in _SHAPES)
    return _LAYERS * (tokens * dense + 2 * tokens * tokens * _WIDTH)


def _bare_products(rows: int) -> float:
    """Billions of operations a second that every core together does, at the model's own mix of shapes."""
    cores = os.cpu_count() or 1
    sessions = [(_session(width, result), width, result, count) for width, result, count in _SHAPES]

    def work(_: int) -> int:
        chance = np.random.default_rng(1)
        inputs = {width: chance.integers(0, 255, (rows, width), dtype=np.uint8) for width, *_ in _SHAPES}
        done, until = 0, time.perf_counter() + _SECONDS
        while time.perf_counter() < until:
            for session, width, result, count in sessions:
                for _ in range(count):
                    session.run(None, {"a": inputs[width]})
                done += 2 * rows * width * result * count
        return done

    start = time.perf_counter()
    with ThreadPoolExecutor(cores) as pool:
        done = sum(pool.map(work, range(cores)))
    return done / (time.perf_counter() - start) / 1e9


# ---- a graph of one product, written by hand: onnx.proto's fields, without its library


def _session(width: int, result: int) -> Any:
    weights = np.random.default_rng(2).integers(-127, 127, (width, result), dtype=np.int8)
    node = _text(1, "a") + _text(1, "b") + _text(2, "y") + _text(4, "MatMulInteger")
    held = _number(1, width) + _number(1, result) + _number(2, _INT8) + _text(8, "b") + _bytes(9, weights.tobytes())
    graph = (
        _bytes(1, node)
        + _text(2, "product")
        + _bytes(5, held)
        + _bytes(11, _value("a", _UINT8, width))
        + _bytes(12, _value("y", _INT32, result))
    )
    model = _number(1, 8) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, 13))
    return session_of(model)


def _value(name: str, kind: int, width: int) -> bytes:
    shape = _bytes(1, _text(2, "rows")) + _bytes(1, _number(1, width))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode())


def _bytes(number: int, content: bytes) -> bytes:
    return field(number << 3 | 2, content)


def _number(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)
