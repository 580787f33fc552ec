"""Run by its path, with another checkout first on the path of modules: what that one's check shows.

Reads JSON lines `[sentence, quote]`, prints one JSON list; its argument is the folder of the embedding model.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def _verifier() -> Any:
    """Its module, where it is or where it was."""
    try:
        module = importlib.import_module("assistant.verify")
    except ModuleNotFoundError:
        module = importlib.import_module("assistant.answering.verify")
    if not Path(str(module.__file__)).is_relative_to(os.environ["PYTHONPATH"]):  # but one that is installed
        raise SystemExit("it has no module verify")
    return module


class _Cosine:
    """The similarity of two texts, each embedded once."""

    def __init__(self, folder: Path) -> None:
        self._embedder = importlib.import_module("ingest.embedding").OnnxEmbedding.load(folder)
        self._vectors: dict[str, Any] = {}

    def __call__(self, one: str, other: str) -> float:
        return float(self._vector(one) @ self._vector(other))

    def _vector(self, text: str) -> Any:
        if text not in self._vectors:
            self._vectors[text] = self._embedder.text_vector(text)
        return self._vectors[text]


def _main() -> None:
    verifier = _verifier()
    similarity = _Cosine(Path(sys.argv[1])) if len(sys.argv) > 1 else None
    pairs = [json.loads(line) for line in sys.stdin]
    print(
        json.dumps(
            [
                verifier.verify(sentence, [quote], similarity).is_supported
                and not verifier.unsupported_tokens(sentence, [quote])
                for sentence, quote in pairs
            ]
        )
    )


if __name__ == "__main__":
    _main()
