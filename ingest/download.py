"""Files brought over a line that may be slow or cut."""

import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import httpx

Tell = Callable[[str], None]
"""Receives lines for a person."""

_TIMEOUT = httpx.Timeout(30, connect=10)  # a slow line may be silent for long; a server that is there accepts soon
_TRIES = 5  # that bring nothing new: with the pauses half a minute, in which a radio link comes back
_PAUSE_SECONDS = 1.0  # before the first of them; doubled with each
_TELL_SECONDS = 5.0
_MEGABYTE = 1_000_000


def download(url: str, target: Path, tell: Tell) -> Path:
    """Bring what a URL has to a file; only one process at a time may bring it (see `alone`).

    Where the line is cut, what has come stays in a `.partial` beside it, and this call or the next goes on from there.
    The bytes are not checked.

    Raises:
        httpx.HTTPError: the server cannot be reached, or refuses.
        ConnectionError: the line was cut, and stayed so.
    """
    partial = target.with_name(f"{target.name}.partial")
    had = most = _size(partial)
    failed = 0
    while not target.exists():
        try:
            _receive(url, partial, tell)
            partial.replace(target)
        except httpx.HTTPError as error:
            came = _size(partial)
            if came == had:  # nothing new yet: it may be us that the server does not want
                raise
            failed = 0 if came > most else failed + 1
            most = max(most, came)
            cut = f"cut off after {_megabytes(came)} ({first_line(error)})"
            if failed == _TRIES:
                raise ConnectionError(f"{cut}; the next try goes on from there") from error
            tell(f"fetching {target.name}: {cut}; trying again")
            time.sleep(_PAUSE_SECONDS * 2**failed)
    return target


def _receive(url: str, partial: Path, tell: Tell) -> None:
    """Add what is missing to a file; a server that knows no ranges sends everything anew."""
    came = _size(partial)
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={came}-"} if came else {})}
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT) as response:
        if came and response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.unlink()  # no beginning of this file; the next try has none
        response.raise_for_status()
        goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {came}-")
        came = came if goes_on else 0
        whole = came + int(response.headers.get("Content-Length", 0))
        with partial.open("ab" if goes_on else "wb") as out:
            for block in _told(response.iter_raw(), partial.stem, came, whole, tell):
                out.write(block)


def _told(blocks: Iterator[bytes], name: str, came: int, whole: int, tell: Tell) -> Iterator[bytes]:
    """The blocks as they are; how much has come is told at once, then every few seconds."""
    told_at = -_TELL_SECONDS
    for block in chain([b""], blocks):
        came += len(block)
        if time.monotonic() >= told_at + _TELL_SECONDS:
            told_at = time.monotonic()
            tell(f"fetching {name}: {_megabytes(came)} of {_megabytes(whole) if whole else 'an unknown size'}")
        yield block


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:.1f} MB"


def first_line(error: BaseException) -> str:
    """The first line of what went wrong, of pip the last of its own."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        return f"pip download failed ({lines[-1][:160] if lines else error.returncode})"
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
