"""Models under the ONNX runtime, each call on one core; nothing else imports the runtime.

Texts are run one at a time: dynamic int8 quantisation makes a result depend on what stands beside it in a batch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Tokens = NDArray[np.int64]
"""Of shape [sequences, tokens]."""

_GRAPH, _GRAPH_OUTPUT, _NAME, _TYPE = 0x3A, 0x62, 0x0A, 0x12  # tags of onnx.proto: field number, wire type 2
_FLOAT_TENSOR = b"\x0a\x02\x08\x01"  # TypeProto.tensor_type.elem_type = FLOAT


class BertSession:
    """A BERT-like model; several threads may call at once."""

    def __init__(self, weights: Path, state: str = "", *, threads: int = 1) -> None:
        """Load `weights`; `state` names an inner float tensor that is wanted as a further result; 0: all cores."""
        model = _with_output(weights.read_bytes(), state) if state else str(weights)
        self._session = session_of(model, threads)

    def run(self, token_ids: Sequence[int], type_ids: Sequence[int]) -> list[NDArray[Any]]:
        """The results for one sequence of tokens, each with a leading axis of one."""
        ids, types = np.array([token_ids], dtype=np.int64), np.array([type_ids], dtype=np.int64)
        return self.run_batch(ids, np.ones_like(ids), types)

    def run_batch(self, ids: Tokens, mask: Tokens, types: Tokens) -> list[NDArray[Any]]:
        """The results for padded sequences; `mask` is 1 for tokens and 0 for padding."""
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return list(self._session.run(None, feed))


def session_of(model: str | bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """A session of a model, by the name of its file or as its bytes, on so many cores; 0: all."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _with_output(model: bytes, name: str) -> bytes:
    """A model with one more output; protobuf merges a message whose field is given twice, and appends to its lists."""
    output = field(_NAME, name.encode()) + field(_TYPE, _FLOAT_TENSOR)
    return model + field(_GRAPH, field(_GRAPH_OUTPUT, output))


def field(tag: int, content: bytes) -> bytes:
    """A field of a protobuf message whose content has a length; the tag is 8 times its number, plus 2."""
    return bytes([tag]) + varint(len(content)) + content


def varint(number: int) -> bytes:
    """A whole number, not negative, as protobuf has it: seven bits a byte, the lowest first."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])
