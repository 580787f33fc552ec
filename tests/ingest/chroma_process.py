"""A real Chroma server on loopback, in a process of its own, and a gate before it that asks for credentials."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

_SECONDS = 60
_RUN = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', *sys.argv[1:]])"


class ChromaProcess:
    """A server over a folder, at an address that stays when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._folder.mkdir(exist_ok=True)
        where = ["--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self._folder.with_suffix(".log")).open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, "run", *where], stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + _SECONDS
        while not self._answers():
            assert time.monotonic() < until, self._folder.with_suffix(".log").read_text(errors="replace")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_SECONDS)
            self._process = None

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let it take connections and say nothing meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def chroma_running(folder: Path) -> Iterator[ChromaProcess]:
    """A server that runs, and is killed in the end."""
    server = ChromaProcess(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def gate_before(server: ChromaProcess, header: str, value: str) -> Iterator[str]:
    """The URL of a proxy that lets through who brings a header, as Chroma's documentation wants it: it asks no one."""

    class Gate(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get(header) != value:
                self._say(401, b"<html>401: who are you?</html>", "text/html")
                return
            sent = {"content-type": self.headers.get("content-type") or "application/json"}
            path = self.path.removeprefix("/behind")
            answer = httpx.request(self.command, f"{server.url}{path}", content=body, headers=sent, timeout=_SECONDS)
            self._say(answer.status_code, answer.content, answer.headers.get("content-type", ""))

        def _say(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that the library looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Gate) as gate:
        thread = Thread(target=gate.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{gate.server_port}/behind"
        finally:
            gate.shutdown()
            thread.join()
