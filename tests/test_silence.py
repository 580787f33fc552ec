"""Nothing leaves the machine and nothing is left on it, seen from outside: by the calls that the kernel gets.

Each way of using Daybook runs under strace, in a home of its own that is empty. A page is served meanwhile, so that
what only happens some time after a start is seen too.
"""

import ast
import html
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ingest import SILENCE
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from tests.conftest import PROJECT

QUESTION = "What accuracy does WakeMem reach for hidden vessels?"
REPLY = "46.8"
SERVED_SECONDS = 20  # onnxruntime looked its host up after some 10
PATIENCE_SECONDS = 300  # for what takes 10 on a machine with nothing else to do
APP = str(PROJECT / "app.py")
LIBRARY_USER = f"""
import sys
from pathlib import Path
from assistant import Daybook
import onnxruntime
with Daybook.open(sys.argv[1], models=Path(sys.argv[2])) as book:
    print(book.ask({QUESTION!r}).text)
"""
SENDING = ("socket", "connect", "sendto", "sendmsg", "sendmmsg", "bind")
WRITING = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2"),
    *("link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "rmdir", "truncate"),
)
NO_RING = "inject=?io_uring_setup:error=ENOSYS"  # through a ring calls are made that no trace shows; all do without
STRACE = (
    *("strace", "-ff", "-qq", "-y", "--seccomp-bpf", "-e", NO_RING),
    *("-e", "trace=" + ",".join(f"?{call}" for call in (*SENDING, *WRITING, "io_uring_setup"))),
)
_ADDRESS = re.compile(r'(?:sin_addr=inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?("(?:[^"\\]|\\.)*")')
_LOCAL_DEVICES = re.compile(r"/dev/(?:null|tty|shm/sem\.[\w.-]+)")  # a semaphore has no other place
NAMES_ARE_LOOKED_UP = ("/etc/resolv.conf", "htons(53)", "nscd/socket", "systemd.resolve", "io.systemd.Resolve")


@dataclass(frozen=True, slots=True)
class Traced:
    """A run of Daybook: what it printed, and its calls; `folder` has its home, its temporary folder, its trace."""

    folder: Path
    library: Path
    status: int
    output: str

    def calls(self) -> Iterator[str]:
        """The calls of every thread and every process that it started."""
        for trace in sorted(self.folder.glob("trace.*")):
            yield from trace.read_text(encoding="utf-8", errors="replace").splitlines()

    def leaving(self) -> list[str]:
        """The calls that go to another machine, or that look one up."""
        return [call for call in self.calls() if _leaves(call)]

    def written_elsewhere(self) -> list[str]:
        """The calls that make, change or take away a file that is neither the library's nor a temporary one."""
        own = (self.library, self.folder / "temporary")
        return [
            f"{call[:200]} → {path}"
            for call in self.calls()
            for path in _written(call, self.folder / "work")
            if not any(path.is_relative_to(folder) for folder in own) and not _LOCAL_DEVICES.fullmatch(str(path))
        ]

    def left_behind(self) -> list[str]:
        """What lies in its home, in its working folder and in its temporary folder."""
        return [str(path) for name in ("home", "work", "temporary") for path in (self.folder / name).rglob("*")]


def _leaves(call: str) -> bool:
    name = call.partition("(")[0]
    elsewhere = [address for address in _ADDRESS.findall(call) if not ipaddress.ip_address(address).is_loopback]
    looked_up = any(sign in call for sign in NAMES_ARE_LOOKED_UP)
    return (name in SENDING and bool(elsewhere)) or looked_up


def _written(call: str, work: Path) -> Iterator[Path]:
    """The files that a call makes, changes or takes away."""
    name, _, arguments = call.partition("(")
    is_reading = name.startswith("open") and not re.search(r"O_(?:WRONLY|RDWR|CREAT|TRUNC)", call)
    if name in WRITING and not is_reading:
        for folder, path in _PATH.findall(arguments.rpartition(" = ")[0]):
            yield Path(os.path.normpath(Path(folder or work, ast.literal_eval(path))))


# ---- runs


@pytest.fixture(scope="module")
def strace() -> None:
    """Skips the tests where no process can be watched."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        pytest.skip("there is no strace on this machine, so what Daybook does cannot be watched from outside")
    probe = subprocess.run([*STRACE, "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"strace may not watch a process here: {probe.stderr.strip()}")


class Tracer:
    """Runs Daybook under strace, each time in a home of its own, over one library."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.folder, self.models, self.library = folder, models, folder / "library"

    def start(self, name: str, *command: str) -> "subprocess.Popen[str]":
        """A process with nothing of this one's environment."""
        folder = self.folder / name
        for part in ("home", "work", "temporary"):
            (folder / part).mkdir(parents=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "temporary"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DAYBOOK_MODELS": str(self.models),
            "DAYBOOK_LIBRARY": str(self.library),
        }
        traced = [*STRACE, "-o", str(folder / "trace"), sys.executable, *command]
        return subprocess.Popen(
            traced,
            cwd=folder / "work",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that Ctrl+C reaches Daybook and not only strace
        )

    def ended(self, name: str, process: "subprocess.Popen[str]") -> Traced:
        """A run that is over, or is waited for."""
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        return Traced(self.folder / name, self.library, process.returncode, output)

    def run(self, name: str, *command: str) -> Traced:
        """A whole run."""
        return self.ended(name, self.start(name, *command))


@pytest.fixture(scope="module")
def tracer(
    strace: None,  # noqa: ARG001 - it skips
    real_embedder: OnnxEmbedding,  # noqa: ARG001 - it is there now
    real_reader: CrossEncoder,  # noqa: ARG001 - so is this
    models_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Tracer:
    return Tracer(tmp_path_factory.mktemp("silence"), models_folder)


@pytest.fixture(scope="module")
def runs(tracer: Tracer, sample_folder: Path) -> dict[str, Traced]:
    """Daybook used in every way; the page is served while all but the first take place."""
    runs = {"ingest": tracer.run("ingest", APP, "ingest", str(sample_folder))}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start = time.monotonic()
    server = tracer.start("serve", APP, "serve", "--port", str(port))
    try:
        replied = _ask_page(server)
        runs["ask"] = tracer.run("ask", APP, "ask", QUESTION)
        runs["day"] = tracer.run("day", APP, "day", "--format", "html")
        runs["python"] = tracer.run("python", "-c", LIBRARY_USER, str(tracer.library), str(tracer.models))
        runs["eval"] = tracer.run("eval", APP, "eval", "crash", str(sample_folder), "--kills", "1")
        time.sleep(max(0.0, SERVED_SECONDS - (time.monotonic() - start)))
    finally:
        os.killpg(server.pid, signal.SIGINT)
    served = tracer.ended("serve", server)
    runs["serve"] = Traced(served.folder, served.library, served.status, served.output + replied)
    return runs


def _ask_page(server: "subprocess.Popen[str]") -> str:
    """Load the page with all that it names, ask a question, and give what the server sent."""
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("Daybook is at "), line
    with httpx.Client(base_url=line.split()[3], trust_env=False, timeout=PATIENCE_SECONDS) as browser:
        page = browser.get("/").text
        for address in re.findall(r'(?:src|href)="\.?/?((?:assets|own|static|theme)[^"]+)"', page):
            assert browser.get(f"/{address}").status_code == 200, address
        found = re.search(r"gradio_config\s*=\s*(\{.*?\});</script>", page, re.DOTALL)
        assert found is not None
        config = json.loads(found[1])
        box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
        ask = next(one for one in config["dependencies"] if [box, "submit"] in one["targets"])
        data = [QUESTION if part == box else None for part in ask["inputs"]]
        join = {"fn_index": ask["id"], "data": data, "session_hash": "silence", "trigger_id": box}
        assert browser.post("/gradio_api/queue/join", json=join).status_code == 200
        return html.unescape(browser.get("/gradio_api/queue/data", params={"session_hash": "silence"}).text)


WAYS = ("ingest", "ask", "day", "python", "eval", "serve")


@pytest.mark.model
@pytest.mark.parametrize("way", WAYS)
def test_nothing_leaves_the_machine_and_no_name_is_looked_up(runs: dict[str, Traced], way: str) -> None:
    assert runs[way].status == 0, runs[way].output
    assert runs[way].leaving() == []


@pytest.mark.model
@pytest.mark.parametrize("way", WAYS)
def test_no_file_is_made_or_changed_but_the_librarys_and_temporary_ones(runs: dict[str, Traced], way: str) -> None:
    assert runs[way].written_elsewhere() == []
    assert runs[way].left_behind() == []


@pytest.mark.model
def test_what_was_watched_did_its_work(runs: dict[str, Traced]) -> None:
    assert runs["ingest"].output == "42 new, 0 updated, 0 unchanged, 0 rejected\n"
    assert all(REPLY in runs[way].output for way in ("ask", "python", "serve"))
    assert "HarbourTrack" in runs["day"].output
    assert "of them 0 in a repair" in runs["eval"].output
    assert "0 lost" in runs["eval"].output


# ---- the watching itself


OUTSIDE = """
import os, socket, pathlib
pathlib.Path.home().joinpath("left").write_text("x")
os.mkdir("made")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.connect(("192.0.2.1", 53))
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out:
    try: out.connect(("2001:db8::1", 80))
    except OSError: pass
open("/etc/resolv.conf", "rb") if os.path.exists("/etc/resolv.conf") else None
if os.fork() == 0:
    os.rename(pathlib.Path.home() / "left", pathlib.Path.home() / "moved")
    os._exit(0)
os.wait()
"""


def test_the_watch_sees_what_leaves_and_what_is_written_in_a_child_too(
    strace: None,  # noqa: ARG001 - it skips
    tmp_path: Path,
) -> None:
    seen = Tracer(tmp_path, tmp_path).run("outside", "-c", OUTSIDE)
    assert seen.status == 0, seen.output
    leaving = "\n".join(seen.leaving())
    assert "192.0.2.1" in leaving
    assert "2001:db8::1" in leaving
    assert ("/etc/resolv.conf" in leaving) == Path("/etc/resolv.conf").exists()
    written = {line.rpartition(" → ")[2] for line in seen.written_elsewhere()}
    own = tmp_path / "outside"
    assert written == {str(own / "home" / "left"), str(own / "home" / "moved"), str(own / "work" / "made")}
    assert sorted(seen.left_behind()) == sorted([str(own / "home" / "moved"), str(own / "work" / "made")])


# ---- the switches


SPY = """
import importlib, importlib.abc, os, sys
import json
seen = {}
class Spy(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in {"onnxruntime", "gradio", "chromadb", "huggingface_hub", "llama_index", "transformers"}:
            seen.setdefault(name, dict(os.environ))
sys.meta_path.insert(0, Spy())
importlib.import_module(sys.argv[1])
print(json.dumps(seen))
"""
ENTRIES = {
    "assistant.face.cli_ask": {"onnxruntime"},
    "assistant.engine.llama_parts": {"llama_index"},
    "assistant.llm.remote": {"llama_index"},
    "ingest.model_fetching": {"huggingface_hub"},
    "assistant.face.ui.page": {"gradio"},
    "eval.llama": {"llama_index"},
    "ingest.onnx": {"onnxruntime"},
    "ingest.index": {"chromadb"},
    "ingest.chroma_server": {"chromadb"},
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_library_is_told_to_be_silent_before_it_is_loaded(entry: str) -> None:
    """Though other programs are told to tell all."""
    loud = {name: "True" if silent == "False" else "0" for name, silent in SILENCE.items()}
    command = [sys.executable, "-c", SPY, entry]
    shown = subprocess.run(command, cwd=PROJECT, env={**os.environ, **loud}, capture_output=True, text=True, check=True)
    seen = json.loads(shown.stdout)
    assert seen.keys() >= ENTRIES[entry]
    assert all(told.items() >= SILENCE.items() for told in seen.values())
