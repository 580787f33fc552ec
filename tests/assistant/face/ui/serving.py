"""A server in a process of its own, and browsers without a screen: what goes over the wire, and nothing else."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.conftest import PROJECT

SECONDS = 60
"""How long anything may take on a busy machine; nothing here is timed."""

ASKED = "What does KerbFirst predict?"

_SERVER = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from assistant.engine.daybook import Daybook
from assistant.face.ui import server
from ingest.library import Library
from tests.conftest import WordEmbedder
{setup}
with Daybook(Library(Path(sys.argv[1])), WordEmbedder) as book:
    {before}
    server.serve(book, sys.argv[2], int(sys.argv[3]), **({{"token": sys.argv[4]}} if sys.argv[4] else {{}}))
print("closed", flush=True)
"""


HELD = """
import time
answering = WordEmbedder.question_vector
def held_back(self, question):
    while "wait" in question and not Path(sys.argv[5]).exists():
        time.sleep(0.02)
    return answering(self, question)
WordEmbedder.question_vector = held_back
"""
"""Makes a server that leaves questions with the word "wait" unanswered while `Server.holding` says so."""
WAITING = "Which papers wait for vessels?"


class Server:
    """A running server: its process, where it listens, and the link that it printed."""

    def __init__(self, process: subprocess.Popen[str], link: str, gate: Path) -> None:
        self.process = process
        self.link = link
        self.address = link.partition("/?")[0]
        self.port = int(self.address.rpartition(":")[2])
        self._gate = gate

    def let_go(self) -> None:
        """Let the questions be answered that wait."""
        self._gate.touch()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Leave questions with the word "wait" unanswered meanwhile."""
        self._gate.unlink(missing_ok=True)
        try:
            yield
        finally:
            self.let_go()

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal and wait for the end: the exit status, and what was written since the link."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, output, errors


@contextmanager
def started(
    library: Path,
    gate: Path,
    *,
    host: str = "127.0.0.1",
    token: str = "",
    setup: str = "",
    before: str = "pass",
    preexec: Callable[[], None] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """A server's process over a library; `setup` is run before it opens the library, and `before` before it serves.

    `preexec` is called in the process before it is Python's (`tests/ordinary.py`).
    """
    code = _SERVER.format(setup=setup, before=before)
    command = [sys.executable, "-c", code, str(library), host, "0", token, str(gate)]
    variables = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
        preexec_fn=preexec,  # noqa: PLW1509 - see `tests/ordinary.py`
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def served(
    library: Path,
    *,
    host: str = "127.0.0.1",
    token: str = "",
    setup: str = "",
    preexec: Callable[[], None] | None = None,
) -> Iterator[Server]:
    """A server over a library, as soon as its page can be opened; `setup` is run before it opens the library."""
    with TemporaryDirectory() as folder:
        gate = Path(folder, "gate")
        with started(library, gate, host=host, token=token, setup=setup, preexec=preexec) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Daybook is at http://"), line + process.communicate(timeout=SECONDS)[1]
            try:
                yield Server(process, line.split()[3], gate)
            finally:
                gate.touch()


def is_listening(port: int) -> bool:
    """Whether something listens on a port of this machine."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


class Tab:
    """A page that is open in a browser: a Gradio session with the browser's cookies."""

    def __init__(self, browser: httpx.Client, *, session: str = "") -> None:
        self.browser = browser
        self.session = session or secrets.token_hex(6)
        self._config: dict[str, Any] = {}
        self._conversation: str | None = None

    def another(self) -> "Tab":
        """A further page of the same browser."""
        tab = Tab(self.browser)
        tab._config = self._config
        return tab

    def open(self) -> httpx.Response:
        """Open the page, which gives the browser its cookie."""
        page = self.browser.get("/")
        found = re.search(r"window\.gradio_config = (\{.*?\});</script>", page.text, re.DOTALL)
        self._config = json.loads(found[1]) if found else {}
        return page

    def asking(self, question: str = ASKED) -> dict[str, Any]:
        """The event that Enter in the question box is."""
        (box,) = (one["id"] for one in self._config["components"] if one["props"].get("elem_id") == "question")
        (asking,) = (one for one in self._config["dependencies"] if [box, "submit"] in one["targets"])
        data = [question if component == box else self._conversation for component in asking["inputs"]]
        return {"session_hash": self.session, "fn_index": asking["id"], "data": data}

    def load(self) -> str:
        """What the page is told when it is opened, beside the queue where it asks so."""
        loading = [one for one in self._config["dependencies"] if any(event == "load" for _, event in one["targets"])]
        told = []
        for one in loading:
            event = {"session_hash": self.session, "fn_index": one["id"], "data": [None] * len(one["inputs"])}
            answer = self.post("queue/join" if one["queue"] else "run/predict", event)
            assert answer.status_code == 200, answer.text
            told.append(self.stream().text if one["queue"] else answer.text)
        return "".join(told)

    def join(self, question: str = ASKED) -> httpx.Response:
        """Ask a question; what comes of it is read from the stream."""
        return self.post("queue/join", self.asking(question))

    def post(self, route: str, body: object) -> httpx.Response:
        """Send JSON to a route of Gradio's."""
        return self.browser.post(f"/gradio_api/{route}", json=body)

    def stream(self) -> httpx.Response:
        """All that comes of what this session has asked, until nothing of it runs."""
        told = self.browser.get("/gradio_api/queue/data", params={"session_hash": self.session})
        if kept := re.search(r"own/conversations/([0-9a-f]{32})\.md", told.text):
            self._conversation = kept[1]
        return told

    def ask(self, question: str = ASKED) -> str:
        """What the stream says while a question is answered."""
        joined = self.join(question)
        assert joined.status_code == 200, joined.text
        return self.stream().text


@contextmanager
def browser_at(address: str) -> Iterator[httpx.Client]:
    """A browser that has not been anywhere."""
    with httpx.Client(base_url=address, timeout=SECONDS) as browser:
        yield browser
