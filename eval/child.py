"""A forked process that says lines; it may be killed or crash without taking the measurement with it."""

import os
import signal
import time
import traceback
from collections.abc import Callable

Say = Callable[[str], None]


class Child:
    """A forked process that says lines; make it before the model or Chroma have started threads."""

    def __init__(self, work: Callable[[Say], None]) -> None:
        self._reader, writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._reader)
            _run_and_exit(work, writer)
        os.close(writer)
        self._status: int | None = None

    def kill_after(self, seconds: float) -> bool:
        """Kill the process after some seconds; False where it ended before."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if self._has_ended():
                return False
            time.sleep(0.0005)
        os.kill(self._pid, signal.SIGKILL)
        return self.wait_status() == -signal.SIGKILL

    def _has_ended(self) -> bool:
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def wait_status(self) -> int:
        """The exit status, negative where a signal ended the process."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._status

    def wait(self) -> tuple[int, list[str]]:
        """The exit status and the lines that were said."""
        with os.fdopen(self._reader, encoding="utf-8") as lines:
            said = lines.read().splitlines()
        return self.wait_status(), said


def _run_and_exit(work: Callable[[Say], None], writer: int) -> None:
    status = 1
    try:
        work(lambda line: _write(writer, line))
        status = 0
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        _write(writer, traceback.format_exc())
    finally:
        os._exit(status)


def _write(descriptor: int, line: str) -> None:
    os.write(descriptor, (line + "\n").encode())
