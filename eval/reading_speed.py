"""How fast sentences are read, beside the plain way; how long whole answers take, in question embeddings."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from assistant.engine.daybook import Daybook
from assistant.engine.plan import plan
from assistant.finding.retrieval import HybridRetriever
from assistant.reading.evidence import passages_of
from assistant.reading.scoring import beside_title
from eval.lines import json_lines
from eval.reader import reader
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.models import READER_TOKENIZER, READER_WEIGHTS
from ingest.onnx import BertSession

_PAIRS = 320
_PLAIN_BATCH = 16
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class PairSpeed:
    """Pairs a second: in batches of 16 in order of arrival, padded to the longest; and one at a time on all cores."""

    plain: float
    ours: float


def pair_speed(library: Library, models: Path) -> PairSpeed:
    """The median of five rounds each, taken in turns, over the first sentences of a library."""
    papers = library.papers()[: _PAIRS // 4]
    texts = passages_of(papers, library)
    pairs = [beside_title(text.title, sentence) for text in texts for sentence in text.sentences][:_PAIRS]
    question = "What accuracy does the method reach, and on which data was it measured?"
    ours, plain = reader(), _plain(models)
    spent: dict[str, list[float]] = {"plain": [], "ours": []}
    for _ in range(_ROUNDS):
        spent["plain"].append(_seconds(lambda: plain(question, pairs)))
        spent["ours"].append(_seconds(lambda: ours.read(question, pairs)))
    return PairSpeed(*(len(pairs) / float(np.median(spent[name])) for name in ("plain", "ours")))


def _plain(models: Path) -> Callable[[str, Sequence[str]], object]:
    session = BertSession(models / READER_WEIGHTS.name, threads=0)
    tokenizer = Tokenizer.from_file(str(models / READER_TOKENIZER.name))
    tokenizer.enable_padding()

    def read(question: str, passages: Sequence[str]) -> object:
        for first in range(0, len(passages), _PLAIN_BATCH):
            batch = tokenizer.encode_batch([(question, one) for one in passages[first : first + _PLAIN_BATCH]])
            ids, mask, types = (
                np.array([getattr(one, name) for one in batch], dtype=np.int64)
                for name in ("ids", "attention_mask", "type_ids")
            )
            session.run_batch(ids, mask, types)
        return None

    return read


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class AnswerSpeed:
    """Milliseconds of whole answers, and of the question embedding in the same run."""

    papers: int
    embedding: float
    median: float
    p95: float


def answer_speed(library: Library, embedder: Embedder, questions: Sequence[str]) -> AnswerSpeed:
    """Ask each question once, after three that warm everything up; an embedding of each is taken in turns."""
    embeddings, answers = [], []
    with Daybook(library, lambda: embedder, load_reader=reader) as book:
        for question in questions[:3]:
            book.ask(question)
        for question in questions:
            embeddings.append(_seconds(lambda asked=question: embedder.question_vector(asked)))  # type: ignore[misc]
            answers.append(_seconds(lambda asked=question: book.ask(asked)))  # type: ignore[misc]
        papers = book.library.database.paper_count()
    median, p95 = np.quantile(answers, [0.5, 0.95]) * 1000
    return AnswerSpeed(papers, float(np.median(embeddings)) * 1000, float(median), float(p95))


def training_questions(count: int) -> list[str]:
    """Facts of the training set, evenly spread."""
    lines = list(json_lines(Path(__file__).parent / "training" / "facts.jsonl"))
    return [line["question"] for line in lines[:: max(len(lines) // count, 1)]][:count]


def turn_speed(library: Library, embedder: Embedder, questions: Sequence[str]) -> dict[int, float]:
    """Question embeddings that it takes to read a follow-up as turn 2 and as turn 50, the median of all questions."""
    spent: dict[int, list[float]] = {2: [], 50: []}
    embeddings = []
    with Daybook(library, lambda: embedder, load_reader=reader) as book:
        answers = [book.ask(question) for question in questions]
        for number, question in enumerate(questions):
            embeddings.append(_seconds(lambda asked=question: embedder.question_vector(asked)))  # type: ignore[misc]
            for turn, seconds in spent.items():
                history = [answers[(number + back) % len(answers)] for back in range(1, turn)]
                follow_up = f"and on the data of case {number}?"  # a new text each time: no vector of it is at hand
                retriever = HybridRetriever(book.library, embedder)
                seconds.append(_seconds(partial(plan, follow_up, history, retriever, book.library)))
    return {turn: float(np.median(seconds) / np.median(embeddings)) for turn, seconds in spent.items()}
