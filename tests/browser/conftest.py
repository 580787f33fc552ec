"""A real server over the sample and some hostile papers, and a real Chromium in front of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.engine.daybook import Daybook
from eval.hostile_page import CHROMIUM_NAMES, CHROMIUM_OPTIONS, chromium_path
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.conftest import write_digest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

SECONDS_TO_STOP = 120
SECONDS_TO_SEE = 120
"""After so many something that is awaited will not come, on however busy a machine."""

SERVER = """
import socket, sys
from pathlib import Path
from assistant.engine.daybook import Daybook
from eval.hostile_page import CHROMIUM_NAMES, CHROMIUM_OPTIONS, chromium_path
from assistant.face.ui.server import serve
from assistant.llm.settings import LlmSettings, Patience

connect = socket.socket.connect
def connect_here(self, address):
    if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1"}:
        print("LEFT THE MACHINE", address, file=sys.stderr, flush=True)
    return connect(self, address)
socket.socket.connect = connect_here

llm = LlmSettings(sys.argv[3], "kitten", patience=Patience(600, 600)) if len(sys.argv) > 3 else None
with Daybook.open(sys.argv[1], models=sys.argv[2], llm=llm) as book:
    serve(book, "127.0.0.1", 0)
"""

HOSTILE_PAPERS = [
    (
        "9902.00002",
        "QuirkNet: &lt;img src=x onerror=document.title='broken'&gt; **bold** [link](javascript:alert(1))",
        "QuirkNet proposes &lt;script&gt;document.title='broken'&lt;/script&gt; a network &lt;/mark&gt;&lt;/p&gt; that"
        " ![image](https://evil.example/x.png) &lt;img src=https://evil.example/y.png name=getElementById&gt; learns"
        " `quirks` of |tables| # and lists. QuirkNet reports https://evil.example/z and https://github.com/quirk/net.",
    ),
    ("9902.00001", "SumNet: Adding Numbers", "SumNet proposes a sum over $x_1 + x_2$ terms for \\$5 or \\$6 each."),
]
EARLIER_PAPERS = [
    (
        "9902.00002",
        "QuirkNet: &lt;img src=x onerror=document.title='broken'&gt; **bold**",
        "QuirkNet proposes &lt;/del&gt;&lt;script&gt;document.title='gone'&lt;/script&gt; a network. It ends.",
    )
]
"""What the day before said of one of them."""


@pytest.fixture(scope="session")
def served_library(real_embedder: OnnxEmbedding, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the sample and of papers that mean harm."""
    folder = tmp_path_factory.mktemp("served")
    earlier = write_digest(folder, date(2026, 10, 29), EARLIER_PAPERS)
    hostile = write_digest(folder, date(2026, 10, 30), HOSTILE_PAPERS)
    with Daybook(Library(folder / "library"), lambda: real_embedder) as book:
        book.ingest([sample_folder, earlier, hostile])
    return folder / "library"


@pytest.fixture(scope="session")
def served_page(served_library: Path, models_folder: Path) -> Iterator[str]:
    """The address of the page; at the end Ctrl+C must stop the server without a word."""
    command = [sys.executable, "-c", SERVER, str(served_library), str(models_folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("Daybook is at http://127.0.0.1:"):
            server.kill()
            pytest.fail(f"the server did not start: {line}{server.communicate()[1]}")
        yield line.split()[3]
        server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=SECONDS_TO_STOP)
        assert (server.returncode, output, errors) == (0, "", "")


@pytest.fixture(scope="module")  # no longer: while it is open, asyncio.run fails in every other test
def browser() -> Iterator["Browser"]:
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = chromium_path()
    if not path:
        pytest.skip(f"there is no Chromium on this machine, under none of the names {', '.join(CHROMIUM_NAMES)}")
    playwright.expect.set_options(timeout=SECONDS_TO_SEE * 1000)
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser", served_page: str) -> Iterator["Page"]:
    """The page, opened anew. Whatever a test does, nothing is asked of another server and nothing goes wrong."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        tab = context.new_page()
        requested: list[str] = []
        wrong: list[str] = []

        def refuse(dialog: "Dialog") -> None:
            wrong.append(dialog.message)
            dialog.dismiss()

        tab.on("request", lambda request: requested.append(request.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: wrong.extend([said.text] * (said.type == "error")))
        tab.on("dialog", refuse)
        tab.goto(served_page)
        tab.get_by_role("heading", name="Ask the papers").wait_for()
        yield tab
        assert [url for url in requested if not url.startswith((served_page, "data:"))] == []
        assert wrong == []
        assert tab.title() == "Daybook"
