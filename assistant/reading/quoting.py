"""The sentences of any text that answer a question, verbatim: `daybook quote`, and `quote` from Python.

One head says how likely each sentence states what is asked, or bears a claim out; another whether any of them does.
`daybook eval train-quoting` makes both anew, and `quoting.json` says how well each does.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.learned.heads import Heads, probability
from assistant.learned.linear import kept
from assistant.reading.cutting import sentences_to_read
from assistant.reading.evidence import Passages
from assistant.reading.quote_features import ReadText, answer_features, quote_features
from assistant.reading.scoring import beside_title
from ingest.cross_encoder import CrossEncoder, PairReader, PairsRead
from ingest.embedding import Embedder, OnnxEmbedding
from ingest.errors import InputError, ModelUnavailableError
from ingest.models import DEFAULT_MODELS, EMBEDDING_FOLDER
from ingest.readable import printable
from ingest.roles import roles_of
from prompts import fill

MOST_QUOTES = 5  # of SciFact's rationales in one abstract 99 in 100 have no more
_WEIGHTS = "quoting.npz"
_MIDDLE_COSINE, _COSINE_SCALE = 0.7, 20.0  # brings cosines of bge-small, .5 to .9, to about the reader's logits
_DIVIDED_WORD = re.compile(r"(?<=[^\W\d_])-\s*[\r\n]\s*(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a text, exactly `text[start:end]` of it; `score`, 0 to 1, is how likely it states the answer."""

    text: str
    start: int
    end: int
    score: float


class CosinePairs:
    """Where there is no reader: the cosine of question and passage, as a logit, without a state."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        """Compare each passage with the question."""
        asked = self._embedder.question_vector(question)
        cosines = np.array([float(asked @ self._embedder.text_vector(text)) for text in passages], dtype=np.float32)
        logits = (cosines - np.float32(_MIDDLE_COSINE)) * np.float32(_COSINE_SCALE)
        return PairsRead(logits, np.zeros((len(passages), 0), dtype=np.float32))


def read_text(reader: PairReader, question: str, text: str, title: str = "") -> ReadText:
    """Read the sentences of any text beside a question; a text without words has none."""
    spans = sentences_to_read(question, text)
    sentences = [text[span.start : span.end] for span in spans]
    passages = [printable(_DIVIDED_WORD.sub("", beside_title(title, sentence))) for sentence in sentences]
    read = reader.read(printable(question), passages)
    return ReadText(question, Passages(title, text, tuple(spans), tuple(roles_of(sentences))), read.logits, read.states)


class Quoter:
    """Chooses the sentences that answer; `name`, "reader" or "cosine", tells which heads were trained for its model.

    `note` says why there is no reader, where there is none.
    """

    def __init__(self, reader: PairReader, name: str = "reader", heads: Heads | None = None, note: str = "") -> None:
        heads = heads or quoting_heads()
        self.note = note
        self._reader = reader
        self._sentence, self._answered = heads[f"{name} sentence"], heads[f"{name} answered"]

    def quotes(self, question: str, text: str, title: str = "") -> list[Quote]:
        """The sentences that answer, best first; none where none does."""
        read, log_odds = self._scored(question, text, title)
        if not len(log_odds) or float(self._answered.log_odds(answer_features(read, log_odds))) < self._answered.cut:
            return []
        best, *others = _ranked(read, log_odds)
        return [best, *(one for one in others[: MOST_QUOTES - 1] if one.score >= probability(self._sentence.cut))]

    def ranked(self, question: str, text: str, title: str = "") -> list[Quote]:
        """All sentences that are read, best first: of a text of up to 600 all."""
        return _ranked(*self._scored(question, text, title))

    def _scored(self, question: str, text: str, title: str) -> tuple[ReadText, NDArray[np.float32]]:
        if not printable(question):
            raise InputError("the question is empty; ask what the text may say")
        read = read_text(self._reader, question, text, title)
        if not len(read.logits):
            return read, read.logits
        return read, self._sentence.log_odds(quote_features(read))


def _ranked(read: ReadText, log_odds: NDArray[np.float32]) -> list[Quote]:
    spans, text = read.text.spans, read.text.text
    best_first = sorted(range(len(spans)), key=lambda number: -log_odds[number])
    return [
        Quote(text[span.start : span.end], span.start, span.end, probability(float(log_odds[number])))
        for number, span in ((number, spans[number]) for number in best_first)
    ]


@lru_cache(maxsize=1)
def quoting_heads() -> Heads:
    """The heads that ship with Daybook."""
    return Heads(kept(_WEIGHTS))


# ---- from Python


def quote(question: str, text: str, title: str = "", models: Path | str | None = None) -> list[Quote]:
    """The sentences of any text that answer a question, best first; none where none does.

    `title` says what the text is about, which helps; `models` is the folder that keeps model files.

    >>> quote("How long is it?", "The bridge opened in 1890. It is 2.5 km long.")[0].text  # doctest: +SKIP
    'It is 2.5 km long.'

    Raises:
        InputError: the question is empty.
        ModelUnavailableError: no model can be had.
    """
    return loaded(Path(models or DEFAULT_MODELS)).quotes(question, text, title)


def ranked_sentences(
    question: str, text: str, title: str = "", models: Path | str | None = None
) -> list[tuple[int, int, float]]:
    """All sentences of a text, best first, whether or not one answers: where each starts and ends, and its score.

    Of a text of more than 600 sentences, those of the parts that hold most of the question's words.
    """
    ranked = loaded(Path(models or DEFAULT_MODELS)).ranked(question, text, title)
    return [(one.start, one.end, one.score) for one in ranked]


def _silent(_: str) -> None:
    pass


@lru_cache(maxsize=2)
def loaded(models: Path, tell: Callable[[str], None] = _silent) -> Quoter:
    """The quoter with the models of a folder, loaded once a process; by cosine where the reader cannot be had.

    Raises:
        ModelUnavailableError: neither can be had.
    """
    try:
        return Quoter(CrossEncoder.load(models, tell))
    except ModelUnavailableError as error:
        cosines = CosinePairs(OnnxEmbedding.load(models / EMBEDDING_FOLDER, tell))
        return Quoter(cosines, "cosine", note=fill("no_reader", why=str(error)))
