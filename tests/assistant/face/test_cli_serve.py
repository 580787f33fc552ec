"""`daybook serve`, as a shell and a service manager run it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.assistant.face.conftest import Say
from tests.conftest import PROJECT

SECONDS = 120


def test_it_ends_with_one_line_at_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no terminals to open")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    here, terminal = pty.openpty()
    command = [sys.executable, "app.py", "serve", "--library", str(tmp_path / "library"), "--port", port]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=terminal, text=True) as served:
        try:
            assert served.stdout is not None
            assert served.stdout.readline() == f"Daybook is at http://127.0.0.1:{port} (Ctrl+C stops it)\n"
            served.send_signal(signal.SIGTERM)
            assert (served.communicate(timeout=SECONDS)[0], served.returncode) == ("", 0)
            assert os.read(here, 1000) == b"daybook: stopped\r\n"
        finally:
            served.kill()
            os.close(here)
            os.close(terminal)


def test_a_weak_token_is_one_line_that_does_not_tell_it(
    say_on: Callable[[Path], Say], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    monkeypatch.setenv("DAYBOOK_TOKEN", "guessable")
    status, output, errors = say_on(tmp_path / "library")("serve", "--port", port)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert "DAYBOOK_TOKEN has to be of 16 to 200 letters" in errors
    assert "guessable" not in errors
