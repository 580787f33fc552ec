"""Training questions, read once: what the heads of reading are trained and tried on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.finding.information import Information
from assistant.finding.names import names_meant
from assistant.finding.retrieval import HybridRetriever, RankedPaper
from assistant.language.terms import QuestionTerms, question_terms
from assistant.reading.choosing import papers_meant, read_texts
from assistant.reading.evidence import Passages
from assistant.reading.grading import Found
from assistant.reading.scoring import Scored, beside_title
from ingest.cross_encoder import PairReader
from ingest.embedding import Embedder, Vector
from ingest.errors import InputError
from ingest.library import Library

TODAY = date(2026, 11, 28)  # when the questions were written: "last week" is read from here
ANSWERABLE = frozenset({"fact", "answerable"})
_RANKED = 20
_COSINES_OF = 5


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A labelled question; `gold` are (arXiv id, start, end) of the sentences that state the answer.

    `group` is what must not stand in training and test at once: its paper, or the question itself. `is_of_round`: of a
    sealed round that is spent, by writers of their own.
    """

    id: str
    kind: str
    question: str
    library: str
    gold: frozenset[tuple[str, int, int]]
    papers: frozenset[str]
    is_of_round: bool = False

    @property
    def group(self) -> str:
        """The first of its papers."""
        return min(self.papers, default=self.id)


def read_training(file: Path, *, is_of_round: bool = False) -> list[TrainingQuestion]:
    """The labelled questions of a file.

    Raises:
        InputError: it is not there, or a line is none.
    """
    try:
        found = [_question(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
        return [replace(one, is_of_round=is_of_round) for one in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the training questions {file} cannot be read: {error}") from error


def _question(data: dict[str, Any]) -> TrainingQuestion:
    told = [*data.get("gold", ()), *data.get("also", ())]
    spans = frozenset((one["paper"], start, end) for one in told for start, end in one["spans"])
    papers = frozenset(one["paper"] for one in data.get("gold", ()))
    return TrainingQuestion(data["id"], data["kind"], data["question"], data["library"], spans, papers)


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A training question with what the models say of it.

    `logits` and `cosines` are of the sentences of `texts`, one array a text; `states` likewise, [sentences, 384].
    Of most questions the cosines are not known: a sentence costs an embedding there.
    """

    asked: TrainingQuestion
    rest: str
    terms: QuestionTerms
    vector: Vector
    ranked: tuple[RankedPaper, ...]
    texts: tuple[Passages, ...]
    logits: tuple[NDArray[np.float32], ...]
    states: tuple[NDArray[np.float32], ...]
    cosines: tuple[NDArray[np.float32], ...] = ()

    def labels(self) -> list[NDArray[np.bool_]]:
        """Which sentences state the answer, one array a text."""
        ids = [paper.stored.paper.arxiv_id for paper in self.ranked]
        return [
            np.array([(arxiv_id, span.start, span.end) in self.asked.gold for span in text.spans], dtype=bool)
            for arxiv_id, text in zip(ids, self.texts, strict=False)
        ]

    def found(self, scored: Sequence[Scored], library: Library) -> Found:
        """As reading grades it."""
        return Found(self.rest, self.terms, self.ranked, self.texts, scored, library, Information(self.terms, library))


class Bench:
    """Reads training questions of one library."""

    def __init__(self, library: Library, embedder: Embedder, reader: PairReader) -> None:
        self.library = library
        self._retriever = HybridRetriever(library, embedder, today=lambda: TODAY)
        self._embedder = embedder
        self._reader = reader

    def read(self, questions: Sequence[TrainingQuestion]) -> Iterator[ReadQuestion]:
        """Read each question as `ask` does."""
        for number, asked in enumerate(questions):
            scope = self._retriever.understood(asked.question)
            terms = question_terms(scope.rest)
            found = self._retriever.rank(scope, terms, _RANKED)
            ranked = papers_meant(found, names_meant(scope.rest, terms.names, self.library))
            texts = read_texts(ranked, self.library, Information(terms, self.library))
            if not any(text.spans for text in texts):
                continue
            one = self._read(asked, scope.rest, terms, ranked, texts)
            yield one if number % _COSINES_OF else self._with_cosines(one)

    def _read(
        self,
        asked: TrainingQuestion,
        rest: str,
        terms: QuestionTerms,
        ranked: Sequence[RankedPaper],
        texts: Sequence[Passages],
    ) -> ReadQuestion:
        pairs = [beside_title(text.title, sentence) for text in texts for sentence in text.sentences]
        read = self._reader.read(rest, pairs)
        vector = self._retriever.vector(rest)
        ends = np.cumsum([len(text.spans) for text in texts])[:-1]
        return ReadQuestion(
            asked, rest, terms, vector, tuple(ranked), tuple(texts),
            tuple(np.split(read.logits, ends)), tuple(np.split(read.states, ends)),
        )  # fmt: skip

    def _with_cosines(self, one: ReadQuestion) -> ReadQuestion:
        pairs = [[beside_title(text.title, sentence) for sentence in text.sentences] for text in one.texts]
        vectors = [[self._embedder.text_vector(pair) for pair in of_text] for of_text in pairs]
        return replace(one, cosines=tuple(np.array([one.vector @ v for v in some], np.float32) for some in vectors))
