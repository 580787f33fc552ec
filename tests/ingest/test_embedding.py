from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from ingest.embedding import DIMENSIONS, Embedder, OnnxEmbedding
from tests.conftest import WordEmbedder

TEXTS = [
    "We train a network to tell red kites from black ones in flight.",
    "The tensile strength of silk threads falls with the humidity of the air.",
    "",
    "kite",
    "A diffusion model restores old photographs of ships. " * 12,
    "$\\alpha$ 中文 😀 naïve",
]


@pytest.fixture(params=["words", pytest.param("model", marks=pytest.mark.model)])
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    """The fake and the real: what holds for the one must hold for the other."""
    if request.param == "words":
        return WordEmbedder()
    real: OnnxEmbedding = request.getfixturevalue("real_embedder")
    return real


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_a_unit_vector(any_embedder: Embedder, text: str) -> None:
    for vector in (any_embedder.text_vector(text), any_embedder.question_vector(text)):
        assert vector.dtype == np.dtype(np.float32)
        assert vector.shape == (DIMENSIONS,)
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)


def test_the_vector_of_a_text_does_not_depend_on_what_runs_beside_it(any_embedder: Embedder) -> None:
    alone = [any_embedder.text_vector(text) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(any_embedder.text_vector, TEXTS * 8))
    for number, vector in enumerate(together):
        assert np.array_equal(vector, alone[number % len(TEXTS)])


def test_a_vector_is_the_state_of_the_first_token(models_folder: Path, real_embedder: OnnxEmbedding) -> None:
    """As the model card asks for; the same model, run here by hand."""
    folder = models_folder / "bge-small-en-v1.5-int8"
    ids = np.array([Tokenizer.from_file(str(folder / "tokenizer.json")).encode(TEXTS[0]).ids], dtype=np.int64)
    session = onnxruntime.InferenceSession(str(folder / "model_quantized.onnx"), providers=["CPUExecutionProvider"])
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    states = session.run(["last_hidden_state"], feed)[0]
    first = states[0, 0] / np.linalg.norm(states[0, 0])
    assert float(real_embedder.text_vector(TEXTS[0]) @ first) == pytest.approx(1, abs=1e-4)
    mean = states[0].mean(axis=0) / np.linalg.norm(states[0].mean(axis=0))
    assert float(mean @ first) < 0.99


def test_many_texts_are_embedded_in_order(real_embedder: OnnxEmbedding) -> None:
    for vector, text in zip(real_embedder.text_vectors(TEXTS), TEXTS, strict=True):
        assert np.array_equal(vector, real_embedder.text_vector(text))


def test_the_first_calls_may_come_from_many_threads(models_folder: Path, real_embedder: OnnxEmbedding) -> None:
    fresh = OnnxEmbedding.load(models_folder / "bge-small-en-v1.5-int8")
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(fresh.text_vector, ["a kite"] * 32))
    assert all(np.array_equal(vector, real_embedder.text_vector("a kite")) for vector in vectors)


def test_a_question_stands_behind_the_instruction_of_the_model_card(real_embedder: OnnxEmbedding) -> None:
    question = "Which birds can be told apart in flight?"
    instruction = "Represent this sentence for searching relevant passages: "
    asked = real_embedder.question_vector(question)
    assert np.array_equal(asked, real_embedder.text_vector(instruction + question))
    assert float(asked @ real_embedder.text_vector(question)) < 0.99


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("Which birds can be told apart in flight?", 0),
        ("How does moisture change the strength of fibres?", 1),
        ("How can damaged historical pictures be repaired?", 4),
    ],
)
def test_a_question_is_nearest_to_the_text_that_answers_it(
    real_embedder: OnnxEmbedding, question: str, nearest: int
) -> None:
    asked = real_embedder.question_vector(question)
    scores = [float(asked @ real_embedder.text_vector(text)) for text in TEXTS]
    assert int(np.argmax(scores)) == nearest


def test_what_stands_beyond_the_window_is_not_read(real_embedder: OnnxEmbedding) -> None:
    inside, beyond = "kite " * 400, "kite " * 600
    assert not np.array_equal(real_embedder.text_vector(inside), real_embedder.text_vector(inside + "zebra"))
    assert np.array_equal(real_embedder.text_vector(beyond), real_embedder.text_vector(beyond + "zebra " * 5000))


def test_the_tokens_are_those_that_transformers_reads(models_folder: Path, real_embedder: OnnxEmbedding) -> None:
    file = str(models_folder / "bge-small-en-v1.5-int8" / "tokenizer.json")
    theirs = PreTrainedTokenizerFast(tokenizer_file=file, model_max_length=512)  # type: ignore[no-untyped-call]
    for text in (*TEXTS, "kite " * 600, "\u2028ﬁ²", "[CLS] [SEP] [MASK]"):
        assert real_embedder._tokenizer.encode(text).ids == theirs(text, truncation=True)["input_ids"]
