"""A checkout of Daybook that serves its page, as a process of its own, and the memory that it takes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from eval.sealed_builds import version_of
from ingest.errors import DaybookError, InputError

_SECONDS_TO_STOP = 20.0  # answers that run are let end, for two seconds
_MEGABYTE = 1024 * 1024
_SAMPLED_EVERY = 0.25  # seconds; reading it takes some microseconds


@dataclass(frozen=True, slots=True)
class Checkout:
    """A Daybook whose command line can be run."""

    folder: Path

    @property
    def name(self) -> str:
        """Its commit."""
        return str(version_of(self.folder))

    def command(self, *arguments: str) -> list[str]:
        """Its command line, with the Python that it brings or else with ours."""
        own = self.folder / ".venv" / "bin" / "python"
        return [str(own) if own.exists() else sys.executable, str(self.folder / "app.py"), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Where it finds its own packages and no language model."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_LLM")}
        return {**kept, "PYTHONPATH": str(self.folder), "PYTHONUNBUFFERED": "1"}

    def ingest(self, paths: Sequence[Path], library: Path) -> None:
        """Make a library of digests.

        Raises:
            InputError: it could not be made.
        """
        if not (self.folder / "app.py").exists():
            raise InputError(f"{self.folder} is no checkout of Daybook: it has no app.py")
        command = self.command("ingest", *map(str, paths), "--library", str(library))
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError(f"the Daybook of {self.folder} could not ingest: {done.stderr.strip()}")


@dataclass(slots=True)
class Server:
    """A page that is served; `peak` is the most memory that was seen since it was last set, in bytes."""

    address: str
    process: int
    log: Path
    peak: int = 0

    def memory(self) -> int:
        """The resident memory of the process in bytes; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.process}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def processor_seconds(self) -> float:
        """The processor time that the process has taken; NaN where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")  # in user mode and in the kernel

    def megabytes(self) -> float:
        """The resident memory now."""
        return self.memory() / _MEGABYTE

    def defects(self) -> int:
        """How many errors the server has written down."""
        return self.log.read_text(encoding="utf-8", errors="replace").count("Traceback (most recent call last)")

    async def watch(self) -> None:
        """Sample the memory for its peak, until cancelled."""
        while True:
            self.peak = max(self.peak, self.memory())
            await asyncio.sleep(_SAMPLED_EVERY)


@asynccontextmanager
async def served(checkout: Checkout, library: Path, log: Path, *options: str) -> AsyncIterator[Server]:
    """The page of a library, until the context ends, however it ends.

    Raises:
        DaybookError: the server did not start.
    """
    command = checkout.command("serve", "--port", str(_free_port()), "--library", str(library), *options)
    with log.open("w", encoding="utf-8") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=checkout.environment,
            cwd=log.parent,  # so that no package of this folder is imported
            start_new_session=True,  # Ctrl+C is for us alone, and we stop it
        )
    try:
        line = (await process.stdout.readline()).decode() if process.stdout else ""
        if not line.startswith("Daybook is at http://"):
            raise DaybookError(f"the server of {checkout.folder} did not start: {log.read_text(encoding='utf-8')}")
        yield Server(line.split()[3], process.pid, log)
    finally:
        await _stop(process)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


async def _stop(process: asyncio.subprocess.Process) -> None:
    try:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _SECONDS_TO_STOP)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
