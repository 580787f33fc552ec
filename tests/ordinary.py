"""Child processes whom file modes hold as they hold an ordinary user, whoever runs the tests.

Root may write to everything. A process of root keeps that right only by its capabilities: a child that gets none is
held by owner, group and modes as everybody is, and still reads the interpreter where that lies in root's own folders,
as no child that became another user could.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import PROJECT

NOBODY = 65534
_SET_SECUREBITS, _ROOT_GETS_NONE = 28, 0b11  # of linux/prctl.h and linux/securebits.h: SECBIT_NOROOT, and locked


def ordinary() -> Callable[[], None] | None:
    """What a child process calls to be one whom modes hold; None where it is one already."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    if not sys.platform.startswith("linux"):
        pytest.skip("root cannot lay down its rights here; run these tests as an ordinary user")
    libc = ctypes.CDLL(None, use_errno=True)

    def lay_down() -> None:
        if libc.prctl(_SET_SECUREBITS, _ROOT_GETS_NONE, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "root may not lay down its rights here")

    return lay_down


def run_ordinary(
    code: str, *arguments: object, environment: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Python code with the project at hand, to its end."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=ordinary(),
    )


def said_by(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of a child that ended well."""
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def make_read_only(folder: Path) -> None:
    """Let nobody write to a folder and what is in it; another user owns it, where the one who tests may say so."""
    for path in [*folder.rglob("*"), folder]:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.chmod(0o555 if path.is_dir() else 0o444)


def make_writable(folder: Path) -> None:
    """Take `make_read_only` back, so that the folder can be removed."""
    for path in [folder, *folder.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)
