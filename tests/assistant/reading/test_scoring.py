"""The scorers: what is read of a sentence, and cosines where no reader can be had, which is told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant import Daybook
from assistant.reading.evidence import Passages
from assistant.reading.scoring import SENTENCE_FEATURES, CosineScorer, ReaderScorer, beside_title, sentence_features
from ingest.cross_encoder import STATE_SIZE, CrossEncoder, PairReader
from ingest.embedding import OnnxEmbedding
from ingest.errors import ModelUnavailableError
from ingest.library import Library
from ingest.models import EMBEDDING_FOLDER
from tests.assistant.conftest import check_grade, shown_ids
from tests.assistant.reading.conftest import WordReader, made_heads
from tests.conftest import WordEmbedder

QUESTION = "Do red kites fly over a wide sea?"
KITES = Passages.of("Red kites fly over a wide sea. Dogs bark at the cats of the town.", "On Kites")
BOATS = Passages.of("White boats sail over the sea at night.", "")


def test_each_sentence_is_read_behind_its_title() -> None:
    reader = WordReader()
    found = ReaderScorer(reader, made_heads()).score(QUESTION, [KITES, Passages.of(""), BOATS])
    assert reader.asked == [
        (
            QUESTION,
            [
                "On Kites. Red kites fly over a wide sea.",
                "On Kites. Dogs bark at the cats of the town.",
                "White boats sail over the sea at night.",
            ],
        )
    ]
    assert [one.logits.tolist() for one in found] == [[7.0, 0.0], [], [2.0]]
    assert [one.states.shape for one in found] == [(2, STATE_SIZE), (0, STATE_SIZE), (1, STATE_SIZE)]
    assert found[0].log_odds.tolist() == [8.0, -6.0]


def test_cosines_stand_in_for_the_reader() -> None:
    embedder = WordEmbedder()
    found = CosineScorer(embedder).score(QUESTION, [KITES, Passages.of(""), BOATS])
    assert embedder.questions == [QUESTION]
    assert embedder.texts == [beside_title(text.title, one) for text in (KITES, BOATS) for one in text.sentences]
    assert [len(one.log_odds) for one in found] == [2, 0, 1]
    assert not any(one.states.any() for one in found)
    assert found[0].logits[0] == pytest.approx(
        embedder.question_vector(QUESTION) @ embedder.text_vector("On Kites. Red kites fly over a wide sea."), abs=1e-6
    )


def test_the_features_of_a_sentence_know_its_neighbours_and_its_place() -> None:
    text = Passages.of("Red kites fly over a wide sea. It takes 3 hours at best. Dogs bark at the cats.")
    features = sentence_features(text, np.array([1.0, 4.0, 2.0], dtype=np.float32))
    assert features.shape == (3, len(SENTENCE_FEATURES))
    column = {name: features[:, place].tolist() for place, name in enumerate(SENTENCE_FEATURES)}
    assert column["below the best"] == [-3.0, 0.0, -2.0]
    assert (column["logit before"], column["logit after"]) == ([-12.0, 1.0, 4.0], [4.0, 2.0, -12.0])
    assert (column["place"], column["first"], column["last"]) == ([0.0, 0.5, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    assert column["digit"] == [0.0, 1.0, 0.0]
    assert features[:, SENTENCE_FEATURES.index("digit") + 1 :].sum(axis=1).tolist() == [1.0, 1.0, 1.0]


# ---- a whole Daybook


class NoReader:
    """A loader that cannot give a reader; `count` is how often it was asked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> PairReader:
        self.count += 1
        raise ModelUnavailableError("the model file model.onnx cannot be had")


ASKED = [
    "How many video sequences does HarbourTrack gather?",
    "What mIoU does KerbFirst reach on Cityscapes?",
    "Which papers deal with polyps in colonoscopy?",
    "Compare WakeMem and BerthLink",
    "What is the boiling point of ethanol?",
    "What does ZX81 predict?",
]


@pytest.fixture(scope="module")
def cosine_book(real_embedder: OnnxEmbedding, sample_library_folder: Path) -> Iterator[Daybook]:
    """The sample with the real embedder, where no reader can be had."""
    with Daybook(Library(sample_library_folder), lambda: real_embedder, load_reader=NoReader()) as book:
        yield book


def test_without_a_reader_cosines_choose(cosine_book: Daybook, sample_book: Daybook, word_book: Daybook) -> None:
    assert isinstance(cosine_book.scorer, CosineScorer)
    assert cosine_book.engine.list_reader is None
    assert isinstance(word_book.scorer, CosineScorer)  # none was given
    assert isinstance(sample_book.scorer, ReaderScorer)
    assert sample_book.engine.list_reader is not None


@pytest.mark.parametrize("question", ASKED)
def test_answers_without_a_reader_keep_the_contract(cosine_book: Daybook, question: str) -> None:
    check_grade(cosine_book.ask(question), cosine_book.library)


def test_without_a_reader_facts_are_found_and_what_is_not_held_is_not(cosine_book: Daybook) -> None:
    grades = {question: cosine_book.ask(question).grade for question in ASKED}
    assert shown_ids(cosine_book.ask(ASKED[0])) == ["9901.00013"]
    assert shown_ids(cosine_book.ask(ASKED[1])) == ["9901.00014"]
    assert "answered" in (grades[ASKED[0]], grades[ASKED[1]])
    assert grades[ASKED[4]] != "answered"
    assert grades[ASKED[5]] != "answered"


def test_a_reader_that_cannot_be_had_is_asked_for_once(
    real_embedder: OnnxEmbedding, sample_library_folder: Path
) -> None:
    load = NoReader()
    with Daybook(Library(sample_library_folder), lambda: real_embedder, load_reader=load) as book:
        for question in ASKED[:3]:
            book.ask(question)
        assert book.pair_reader is None
    assert load.count == 1


def test_that_cosines_choose_is_told(
    real_embedder: OnnxEmbedding,  # noqa: ARG001 - its files are there now
    models_folder: Path,
    sample_library_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shutil.copytree(models_folder / EMBEDDING_FOLDER, tmp_path / EMBEDDING_FOLDER)
    told: list[str] = []
    with Daybook.open(sample_library_folder, models=tmp_path, tell=told.append) as book:
        check_grade(book.ask(ASKED[0]), book.library)
        book.ask(ASKED[1])
    said = [line for line in told if "sentences are chosen by cosine" in line]
    assert len(said) == 1
    assert "model.onnx cannot be had" in said[0]


def test_another_error_of_the_loader_is_not_hidden(real_embedder: OnnxEmbedding, sample_library_folder: Path) -> None:
    def broken() -> CrossEncoder:
        raise RuntimeError("a defect")

    with (
        Daybook(Library(sample_library_folder), lambda: real_embedder, load_reader=broken) as book,
        pytest.raises(RuntimeError, match="a defect"),
    ):
        book.ask(ASKED[0])
