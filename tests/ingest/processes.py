"""Other processes for the tests: Python code that speaks line by line."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.conftest import PROJECT

Child = subprocess.Popen[str]


@contextmanager
def python(code: str, *arguments: object, preexec: Callable[[], None] | None = None) -> Iterator[Child]:
    """Run Python code with the project at hand; the process is killed at the end, if it is still there."""
    command = [sys.executable, "-u", "-c", code, *map(str, arguments)]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=preexec,  # noqa: PLW1509 - see `tests/ordinary.py`
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def line_of(child: Child) -> str:
    """The next line that a process prints."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line, f"the process ended with {child.wait(10)}"
    return line.rstrip("\n")


def tell(child: Child, line: str) -> None:
    """Send a line to a process."""
    assert child.stdin is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()
