"""A language model set on the page, in a real browser: it is tried, it writes, and its key never comes back."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.llm.kept import KEPT_FILE
from tests.assistant.face.fake_writer import KEY, SAID, TOKENS_READ, TOKENS_WRITTEN, writing
from tests.assistant.llm import fake_llm as fake
from tests.browser.conftest import SECONDS_TO_SEE, SECONDS_TO_STOP, SERVER
from tests.browser.test_page import ASKED, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

LOGGING = "import logging; logging.basicConfig(level=logging.DEBUG)\n"


class Wire:
    """A port that hands everything on to a server's, and keeps what the server says."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._said: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def said(self) -> bytes:
        """All that came from the server, of one connection after the other as it came."""
        with self._lock:
            return b"".join(self._said)

    def _listen(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hand_on, args=(browser,), daemon=True).start()

    def _hand_on(self, browser: socket.socket) -> None:
        with browser, socket.create_connection(("127.0.0.1", self._server)) as server:
            asking = threading.Thread(target=_copy, args=(browser, server, lambda _: None))
            asking.start()
            _copy(server, browser, self._keep)
            asking.join()

    def _keep(self, data: bytes) -> None:
        with self._lock:
            self._said.append(data)

    def close(self) -> None:
        """No further connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or a thread that waits for one would wait on
        self._listener.close()


def _copy(source: socket.socket, target: socket.socket, keep: Callable[[bytes], None]) -> None:
    """Hand on until one side ends, which ends both."""
    with suppress(OSError):
        while data := source.recv(1 << 16):
            keep(data)
            target.sendall(data)
    for side in (source, target):
        with suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


class Served:
    """A server over a library of its own, on a wire; everything that it logs is in a file."""

    def __init__(self, library: Path, models: Path, log: Path) -> None:
        self.library = library
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LOGGING + SERVER, str(library), str(models)],
                stdout=subprocess.PIPE,
                stderr=out,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("Daybook is at "), line + self.logged
        self.wire = Wire(int(line.split()[3].rpartition(":")[2]))

    @property
    def logged(self) -> str:
        """What it logged so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.communicate(timeout=SECONDS_TO_STOP)
        self.wire.close()


@pytest.fixture
def served(served_library: Path, models_folder: Path, tmp_path: Path) -> Iterator[Served]:
    library = Path(shutil.copytree(served_library, tmp_path / "library"))
    started = Served(library, models_folder, tmp_path / "log")
    yield started
    started.stop()


@pytest.fixture
def model() -> Iterator[fake.FakeLlm]:
    with fake.fake_llm(writing) as server:
        yield server


@pytest.fixture(params=[1280, 400])
def page(browser: "Browser", served: Served, request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The page on a wide screen and on a narrow one."""
    with browser.new_context(viewport={"width": request.param, "height": 800}) as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        tab = context.new_page()
        tab.goto(served.wire.address)
        tab.get_by_role("heading", name="Ask the papers").wait_for()
        yield tab
        top = tab.locator("#top").bounding_box()
        assert top is not None
        assert top["height"] < 220  # three lines of controls at most, whatever the name of the model
        assert tab.evaluate("document.documentElement.scrollWidth") <= request.param


def press(page: "Page", name: str) -> "Locator":
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    return button


def ask_again(page: "Page") -> "Locator":
    """Go to the conversation and ask; the newest answer."""
    page.get_by_role("link", name="Ask", exact=True).click()
    turn = ask(page, ASKED)
    turn.locator(".spent").wait_for()
    return turn


def kept_by_browser(page: "Page") -> str:
    return str(page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"))


def test_a_model_is_set_tried_and_asked_and_its_key_is_nowhere(
    page: "Page", served: Served, model: fake.FakeLlm, tmp_path: Path
) -> None:
    link = page.get_by_role("link", name="Writer")
    expect(link).to_have_text("Writer: quotes only")
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    page.get_by_label("Server").fill(model.url)
    page.get_by_label("Model").fill("kitten")
    page.get_by_label("Key", exact=True).fill(KEY)
    assert page.get_by_label("Key", exact=True).get_attribute("type") == "password"
    press(page, "Test")
    expect(page.locator("#writer-status")).to_contain_text("This model can write")
    for found in ("reachable", "streams", "obeys", "tokens a second"):
        expect(page.locator(".trial")).to_contain_text(found)
    expect(link).to_have_text("Writer: quotes only")
    press(page, "Use it")
    expect(link).to_have_text("Writer: kitten")
    expect(link).to_have_attribute("aria-current", "page")
    expect(page.get_by_label("Key", exact=True)).to_have_value("")
    turn = ask_again(page)
    expect(turn).to_contain_text(SAID)
    expect(turn.locator(".spent")).to_contain_text(f"kitten · {TOKENS_READ:,} tokens read, {TOKENS_WRITTEN} written")
    with page.expect_download() as downloading:
        page.locator(".exporting summary").click()
        page.locator(".exporting").get_by_role("link", name="Markdown").click()
    exported = tmp_path / "exported.md"
    downloading.value.save_as(exported)
    page.reload()
    expect(page.locator(".turn .spent")).to_contain_text("kitten")
    link.click()
    expect(page.get_by_label("Server")).to_have_value(model.url)
    expect(page.locator("#writing")).to_contain_text("A key is set.")
    assert set(model.keys) == {f"Bearer {KEY}"}
    for place in (page.content(), kept_by_browser(page), served.logged, exported.read_text(encoding="utf-8")):
        assert place
        assert KEY not in place
    assert KEY.encode() not in served.wire.said
    assert b"kitten" in served.wire.said
    files = [path for path in served.library.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in path.read_bytes() for path in files)
    press(page, "Quotes only")
    expect(link).to_have_text("Writer: quotes only")
    asked = len(model.asked)
    expect(ask_again(page).locator(".spent")).not_to_contain_text("tokens")
    assert len(model.asked) == asked


def test_everything_can_be_used_and_what_is_kept_is_forgotten_again(
    page: "Page", served: Served, model: fake.FakeLlm
) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.get_by_role("link", name="Writer").click()
    controls = [page.get_by_label(label, exact=True) for label in ("Server", "Model", "Key")]
    controls += [
        page.get_by_role("button", name=name, exact=True) for name in ("Test", "Use it", "Quotes only", "Forget")
    ]
    controls += [page.get_by_label("Keep on this machine")]
    for control in controls:
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
    page.get_by_label("Server").fill("javascript:alert(1)")
    press(page, "Use it")
    expect(page.locator("#writer-status .problem")).to_contain_text("is no URL")
    page.get_by_label("Server").fill(model.url)
    page.get_by_label("Model").fill("a-model-" * 30)
    page.get_by_label("Keep on this machine").check()
    press(page, "Use it")
    expect(page.locator("#writer-status")).to_contain_text("kept on this machine")
    kept = served.library / KEPT_FILE
    assert kept.stat().st_mode & 0o077 == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    press(page, "Forget")
    expect(page.get_by_role("link", name="Writer")).to_have_text("Writer: quotes only")
    assert not kept.exists()
