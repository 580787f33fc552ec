"""How a server ends: in order when it is told to, and at once when it is told so again."""

import signal
import time
from pathlib import Path

import pytest

from tests.assistant.face.ui.serving import HELD, SECONDS, WAITING, Tab, browser_at, is_listening, served, started

SHORT = f"{HELD}\nserver._LAST_SECONDS = 0.5"
ENDED_WHILE_LOADING = """
import os, signal
making = server.build_app
def made(*given, **named):
    os.kill(os.getpid(), signal.SIGTERM)
    return making(*given, **named)
server.build_app = made
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_term_ends_as_ctrl_c_does_and_open_pages_end_with_it(word_library: Path, number: int) -> None:
    with served(word_library) as server, browser_at(server.address) as browser:
        tab = Tab(browser)
        tab.open()
        assert "KerbFirst" in tab.ask()
        with browser.stream("GET", f"/gradio_api/heartbeat/{tab.session}") as heartbeat:
            lines = heartbeat.iter_lines()
            assert next(lines) == "data: ALIVE"
            assert server.stop(number) == (0, "closed\n", "")
            assert [line for line in lines if line] == []


def test_a_second_signal_ends_the_process_at_once(word_library: Path) -> None:
    with served(word_library, setup=HELD) as server, browser_at(server.address) as browser, server.holding():
        tab = Tab(browser)
        tab.open()
        tab.join(WAITING)
        server.process.send_signal(signal.SIGTERM)
        while is_listening(server.port):
            time.sleep(0.02)
        assert server.stop()[0] == -signal.SIGTERM


def test_a_thread_that_goes_on_does_not_keep_the_process(word_library: Path) -> None:
    with served(word_library, setup=SHORT) as server, browser_at(server.address) as browser, server.holding():
        tab = Tab(browser)
        tab.open()
        with browser.stream("GET", "/gradio_api/queue/data", params={"session_hash": tab.session}):
            tab.join(WAITING)
        assert server.stop()[0] == 0


def test_it_ends_in_order_before_it_has_begun(word_library: Path, tmp_path: Path) -> None:
    with started(word_library, tmp_path / "gate", setup=ENDED_WHILE_LOADING) as process:
        assert process.communicate(timeout=SECONDS) == ("closed\n", "")
        assert process.returncode == 0
