"""Conversations that outlive a reload and a restart, in real browsers over a real server of their own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import SECONDS_TO_SEE, SECONDS_TO_STOP, SERVER
from tests.browser.test_page import ASKED, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

OTHER = "What does HarbourTrack gather?"


class RestartableServer:
    """A server over a library of its own, which comes back at the same address."""

    def __init__(self, library: Path, models: Path, *llm: str) -> None:
        self._arguments = [str(library), str(models), *llm]
        self.address = ""
        self.start()

    def start(self) -> None:
        """Start it, the first time at a free port."""
        port = self.address.rpartition(":")[2] or "0"
        code = SERVER.replace('serve(book, "127.0.0.1", 0)', f'serve(book, "127.0.0.1", {port})')
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *self._arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("Daybook is at "), line
        self.address = line.split()[3]

    def stop(self) -> None:
        """Stop it with Ctrl+C."""
        self.end(signal.SIGINT)

    def end(self, how: signal.Signals) -> None:
        """End it with a signal."""
        self._process.send_signal(how)
        self._process.communicate(timeout=SECONDS_TO_STOP)


@pytest.fixture(scope="module")
def server(
    served_library: Path, models_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RestartableServer]:
    folder = tmp_path_factory.mktemp("kept") / "library"
    shutil.copytree(served_library, folder)
    started = RestartableServer(folder, models_folder)
    yield started
    started.stop()


@pytest.fixture
def reader(browser: "Browser", server: RestartableServer) -> Iterator["BrowserContext"]:
    """A browser that has never been here."""
    with browser.new_context(base_url=server.address) as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        yield context


def opened(context: "BrowserContext") -> "Page":
    tab = context.new_page()
    tab.goto("/")
    tab.locator(".turn, .welcome").first.wait_for()
    return tab


def test_a_reload_shows_the_conversation_again_and_it_goes_on(reader: "BrowserContext") -> None:
    page = opened(reader)
    ask(page, ASKED)
    page.reload()
    page.locator(".turn .answer").wait_for()
    assert page.locator(".turn .question").all_inner_texts() == [ASKED]
    assert page.locator(".source mark").count() > 0
    assert "38 FPS" in ask(page, "And how fast is it?").inner_text()
    assert page.locator(".turn").count() == 2


def test_a_restart_of_the_server_keeps_the_conversation(reader: "BrowserContext", server: RestartableServer) -> None:
    page = opened(reader)
    ask(page, ASKED)
    server.stop()
    server.start()
    page.reload()
    page.locator(".turn .answer").wait_for()
    assert page.locator(".turn .question").all_inner_texts() == [ASKED]
    assert "38 FPS" in ask(page, "And how fast is it?").inner_text()


def test_earlier_conversations_are_reopened(reader: "BrowserContext") -> None:
    page = opened(reader)
    ask(page, ASKED)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name=ASKED).wait_for()
    ask(page, OTHER)
    page.get_by_role("button", name="New conversation").click()
    page.locator("#earlier button").nth(1).wait_for()
    assert [text.partition(" ·")[0] for text in page.locator("#earlier button").all_inner_texts()] == [OTHER, ASKED]
    page.get_by_role("button", name=ASKED).press("Enter")
    page.locator(".turn").wait_for()
    assert page.locator(".turn .question").all_inner_texts() == [ASKED]
    assert "38 FPS" in ask(page, "And how fast is it?").inner_text()


def test_a_deleted_conversation_is_gone(reader: "BrowserContext") -> None:
    page = opened(reader)
    ask(page, ASKED)
    address = page.locator("#export a").first.get_attribute("href") or ""
    assert ASKED in page.request.get(f"/{address}").text()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep").wait_for()
    page.locator("#keep:focus").wait_for()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("heading", name="Ask the papers").wait_for()
    assert page.locator(".turn, #earlier button").count() == 0
    page.reload()
    page.get_by_role("heading", name="Ask the papers").wait_for()
    assert page.locator(".turn, #earlier button").count() == 0
    assert page.request.get(f"/{address}").status == 404


def test_what_was_not_to_be_deleted_is_kept(reader: "BrowserContext") -> None:
    page = opened(reader)
    ask(page, ASKED)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Delete", exact=True).wait_for()
    assert page.locator(".turn").count() == 1


def test_two_browsers_share_nothing(browser: "Browser", server: RestartableServer) -> None:
    with browser.new_context(base_url=server.address) as one, browser.new_context(base_url=server.address) as other:
        one.set_default_timeout(SECONDS_TO_SEE * 1000)
        other.set_default_timeout(SECONDS_TO_SEE * 1000)
        mine, theirs = opened(one), opened(other)
        ask(mine, ASKED)
        ask(theirs, OTHER)
        assert "38 FPS" in ask(mine, "And how fast is it?").inner_text()
        theirs.reload()
        theirs.locator(".turn .answer").wait_for()
        assert theirs.locator(".turn .question").all_inner_texts() == [OTHER]
        theirs.get_by_role("button", name="New conversation").click()
        theirs.locator("#earlier button").wait_for()
        assert [text.partition(" ·")[0] for text in theirs.locator("#earlier button").all_inner_texts()] == [OTHER]


def test_nothing_runs_out_of_a_phones_window(reader: "BrowserContext") -> None:
    page = opened(reader)
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, "w" * 300)
    ask(page, ASKED)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="New conversation").click()
    page.locator("#earlier button").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
