"""A language model on this machine: a GGUF file, and a server for it in a child process that dies with Daybook."""

import importlib.util
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from assistant.llm.settings import DEFAULT_PATIENCE, LlmSettings, Patience
from ingest.errors import InputError, LlmError
from ingest.large_models import QWEN_CODER, large_model_path

LOCAL = "local"
_CONTEXT_TOKENS = 4096
_START_SECONDS = 120.0
_STOP_SECONDS = 5.0
_ANNOUNCED = "serving "


def local_model(
    name: str, cache: Path, may_download: Callable[[str], bool], tell: Callable[[str], None] = lambda _: None
) -> Path:
    """The GGUF file that a person named, or the one that Daybook brings where the name is `local`.

    Raises:
        InputError: there is no such file, the download is not wanted, or what runs a model is not installed.
        ModelUnavailableError: the model of Daybook's own cannot be had.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise InputError("a language model on this machine needs xllamacpp; install it: pip install 'daybook[local]'")
    if name == LOCAL:
        return large_model_path(QWEN_CODER, cache, may_download, tell)
    path = Path(name).expanduser()
    if not path.is_file():
        raise InputError(f"“{name}” is no language model; write --llm local, or the path of a GGUF file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise InputError(f"{path} is no GGUF file, the format of llama.cpp")
    return path


@contextmanager
def serving(model: Path, patience: Patience = DEFAULT_PATIENCE) -> Iterator[LlmSettings]:
    """A server for a GGUF file on a free port of this machine, with a key of its own, until the context ends.

    Raises:
        LlmError: the file cannot be served.
    """
    script = Path(__file__).with_name("server.py")
    key = secrets.token_hex(16)
    command = [sys.executable, "-P", str(script), str(model.resolve()), str(_CONTEXT_TOKENS)]
    with subprocess.Popen(  # noqa: S603 - a fixed command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            url = _started(process, key, model)
            yield LlmSettings(url, model.stem, key, patience, context_tokens=_CONTEXT_TOKENS)
        finally:
            _end(process)


def _started(process: "subprocess.Popen[str]", key: str, model: Path) -> str:
    """The address of a server, once it answers."""
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None  # noqa: S101 - they are pipes
    assert stdout is not None  # noqa: S101
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_read, args=(stdout, lines), daemon=True).start()
    try:
        stdin.write(f"{key}\n")
        stdin.flush()
        while line := lines.get(timeout=_START_SECONDS):
            if line.startswith(_ANNOUNCED):
                return line.removeprefix(_ANNOUNCED).strip()
    except (OSError, Empty):
        pass
    raise LlmError(f"the language model {model} cannot be served; it may be damaged, or too large for the memory")


def _read(stdout: IO[str], lines: "SimpleQueue[str]") -> None:
    for line in stdout:
        lines.put(line)
    lines.put("")


def _end(process: "subprocess.Popen[str]") -> None:
    """End a server: by the end of its input, and if it does not listen, by force."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
