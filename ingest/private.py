"""What lies there already is made its owner's alone, and folders that nobody else sees and that go again.

Where the system knows no such modes (Windows), a folder of the user's account is private by itself.
"""

import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_OTHERS = 0o077


def tighten(path: Path, is_ours: Callable[[str], bool] = lambda _: True) -> None:
    """Take from others what they may do with the files of ours in a folder, and below them; nothing that is not ours.

    The folder itself is ours where nothing else lies in it: others lose nothing that they could still read. Links are
    not followed, and what another user owns, or what may not be changed, is left as it is.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        inside = list(path.iterdir())
        ours = [one for one in inside if is_ours(one.name)]
        for one in ours:
            _tighten_one(one)
        if ours == inside:
            _take_from_others(path)


def _tighten_one(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        tighten(path)
    else:
        _take_from_others(path)


def _take_from_others(path: Path) -> None:
    with suppress(OSError):
        told = path.lstat()
        if told.st_uid == os.geteuid() and told.st_mode & _OTHERS and not stat.S_ISLNK(told.st_mode):
            path.chmod(stat.S_IMODE(told.st_mode) & ~_OTHERS)


class TemporaryFolder:
    """A folder among the temporary files; it goes when it is closed or forgotten, or at the end of the process.

    Raises:
        OSError: there is no place for it.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="daybook-"))
        self.close = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
