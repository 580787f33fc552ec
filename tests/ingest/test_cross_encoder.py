"""The reader: the same pair has the same score, and what is taken from inside the model is what it says it is."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ingest.cross_encoder import _CLS_STATE, READER_FOLDER, STATE_SIZE, CrossEncoder
from ingest.onnx import BertSession

QUESTION = "How does WakeMem remember lost vessels?"
PASSAGES = [
    "Lost at Sea. WakeMem keeps an entry for every lost vessel.",
    "It runs.",
    "",
    "On the test set it reaches 38 FPS with 1.3 million parameters, 4.6% fewer errors than the frame-wise detector.",
    "Kites fly over the sea; “naïve” ones — 漢字, 👩‍🔬 — do not.\x00\n",
    "A vessel that is lost is remembered by its wake. " * 8,
]


def alone(reader: CrossEncoder, passage: str) -> tuple[np.float32, NDArray[np.float32]]:
    """The logit and the state of one pair that is read alone."""
    read = reader.read(QUESTION, [passage])
    return read.logits[0], read.states[0]


def test_the_same_pair_has_the_same_score_whatever_stands_beside_it(real_reader: CrossEncoder) -> None:
    each = [alone(real_reader, passage) for passage in PASSAGES]
    together = real_reader.read(QUESTION, PASSAGES)
    for place, (logit, state) in enumerate(each):
        assert together.logits[place] == logit
        assert (together.states[place] == state).all()


def test_the_same_pair_has_the_same_score_in_any_order(real_reader: CrossEncoder) -> None:
    together = real_reader.read(QUESTION, PASSAGES)
    places = [*reversed(range(len(PASSAGES))), *range(len(PASSAGES)), 3, 0, 3, 5]
    shuffled = real_reader.read(QUESTION, [PASSAGES[place] for place in places])
    assert (shuffled.logits == together.logits[places]).all()
    assert (shuffled.states == together.states[places]).all()
    assert len(set(together.logits.tolist())) == len(PASSAGES)


def test_the_same_pair_has_the_same_score_in_any_thread(real_reader: CrossEncoder) -> None:
    expected = real_reader.read(QUESTION, PASSAGES)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: real_reader.read(QUESTION, PASSAGES), range(12)))
    for read in found:
        assert (read.logits == expected.logits).all()
        assert (read.states == expected.states).all()


@pytest.fixture(scope="module")
def plain(real_reader: CrossEncoder, models_folder: Path) -> "PlainModel":  # noqa: ARG001 - its files are there now
    return PlainModel(models_folder / READER_FOLDER)


class PlainModel:
    """The unmodified model under the runtime as it comes, and the tokenizer without padding."""

    def __init__(self, folder: Path) -> None:
        self.weights = folder / "model.onnx"
        self._session = onnxruntime.InferenceSession(str(self.weights), providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def logit(self, token_ids: Sequence[int], type_ids: Sequence[int]) -> float:
        """What the model says of exactly these tokens."""
        ids, types = np.array([token_ids], dtype=np.int64), np.array([type_ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        (found,) = self._session.run(None, feed)
        return float(np.asarray(found)[0, 0])


def test_a_pair_is_read_without_padding_and_with_the_logits_of_the_unmodified_model(
    real_reader: CrossEncoder, plain: PlainModel
) -> None:
    encoded = [plain.tokenizer.encode(QUESTION, passage) for passage in PASSAGES]
    expected = [plain.logit(one.ids, one.type_ids) for one in encoded]
    assert max(len(one.ids) for one in encoded) < 512
    assert real_reader.read(QUESTION, PASSAGES).logits == pytest.approx(expected, abs=1e-5)


def test_a_long_pair_is_cut_to_the_window_of_the_model(real_reader: CrossEncoder, plain: PlainModel) -> None:
    passage = "vessel " * 3000
    encoded = plain.tokenizer.encode(QUESTION, passage)
    question = plain.tokenizer.encode(QUESTION).ids
    kept = [*encoded.ids[:511], encoded.ids[-1]]
    types = [0] * len(question) + [1] * (512 - len(question))
    assert real_reader.read(QUESTION, [passage]).logits == pytest.approx([plain.logit(kept, types)], abs=1e-5)
    assert np.isfinite(real_reader.read(passage, PASSAGES[:1]).logits).all()


def test_nothing_is_read_of_nothing(real_reader: CrossEncoder) -> None:
    read = real_reader.read(QUESTION, [])
    assert (read.logits.shape, read.states.shape) == ((0,), (0, STATE_SIZE))
    assert read.logits.dtype == read.states.dtype == np.float32


# ---- the extra output


def test_asking_for_the_state_changes_nothing_else(plain: PlainModel) -> None:
    with_state, without = BertSession(plain.weights, _CLS_STATE), BertSession(plain.weights)
    for passage in PASSAGES:
        encoded = plain.tokenizer.encode(QUESTION, passage)
        logit, state = with_state.run(encoded.ids, encoded.type_ids)
        (alone,) = without.run(encoded.ids, encoded.type_ids)
        assert (logit == alone).all()
        assert state.shape == (1, STATE_SIZE)
        assert state.dtype == np.float32


def fields_of(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The numbered fields of a protobuf message that have a length: texts and messages."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80:
                return value

    while at < len(message):
        number, wire = divmod(varint(), 8)
        if wire == 2:
            length = varint()
            yield number, message[at : at + length]
            at += length
        elif wire == 0:
            varint()
        else:
            at += {1: 8, 5: 4}[wire]


def test_the_state_is_the_tensor_that_feeds_the_pooler_and_nothing_else(plain: PlainModel) -> None:
    """By onnx.proto: a model's graph is field 7, its nodes 1; a node's inputs 1, outputs 2, kind 4."""
    (graph,) = [content for number, content in fields_of(plain.weights.read_bytes()) if number == 7]
    nodes = [list(fields_of(content)) for number, content in fields_of(graph) if number == 1]
    makers = [node for node in nodes if (2, _CLS_STATE.encode()) in node]
    users = [node for node in nodes if (1, _CLS_STATE.encode()) in node]
    assert [dict(node)[4] for node in makers] == [b"Gather"]
    (source, _) = [content for number, content in makers[0] if number == 1]
    assert source.startswith(b"/bert/encoder/layer.11/output/LayerNorm/")
    assert users
    assert all(dict(node)[3].startswith(b"/bert/pooler/") for node in users)


def test_the_states_of_pairs_tell_them_apart(real_reader: CrossEncoder) -> None:
    states = real_reader.read(QUESTION, PASSAGES[:4]).states
    assert states.shape == (4, STATE_SIZE)
    assert len({state.tobytes() for state in states}) == 4
