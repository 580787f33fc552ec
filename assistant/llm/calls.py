"""One call to a language model's server, which another thread can cut."""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any


class Call:
    """The connection of one call: `cut` ends it from another thread, and its reader hears of it at once."""

    def __init__(self, patience_seconds: float) -> None:
        self._end = time.monotonic() + patience_seconds
        self._stream: Any = None
        self._cut = threading.Event()

    def follow(self, event: str, told: Mapping[str, Any]) -> None:
        """Take note of a connection; httpcore tells of each step of a request."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._stream = told["return_value"]
            if self.is_cut:
                self.cut()

    @property
    def is_cut(self) -> bool:
        """Whether nobody reads on."""
        return self._cut.is_set()

    def cut(self) -> None:
        """End the call, also while it is being made, and while it waits."""
        self._cut.set()
        if self._stream is not None:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def has_waited(self, seconds: float) -> bool:
        """Wait, where that leaves time for an answer; whether it did and the call was not cut meanwhile."""
        return seconds < self._end - time.monotonic() and not self._cut.wait(seconds)


current: ContextVar[Call | None] = ContextVar("call", default=None)
"""The call that is made in this context."""
