"""Connections that nobody uses are closed, and no address holds so many that others find none."""

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.face.ui.owners import network_of

WAIT_SECONDS = 8.0
"""How long a connection waits for the whole head of a request; twice that at most, since it is looked at so often."""
MOST_CONNECTIONS = 2048
"""A third more than six hundred open pages have, with two streams each and requests between."""
MOST_OF_ADDRESS = 512
"""Of one address: a hundred sessions have three hundred, and a quarter of all leaves the rest to others."""
GONE_SECONDS = 60
"""How long what was sent may stay unread: whoever it is for has gone, though nobody said so."""


class BoundedConnection(H11Protocol):
    """A connection that is closed where no request comes on it, or there are too many already.

    h11 rather than httptools, which reads a head of any length into memory; this one ends at 64 KB.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many."""
        super().connection_made(transport)
        self._seen: object = None
        self._look: asyncio.TimerHandle | None = None
        self._network = network_of(self.client[0]) if self.client else ""
        others = [other for other in self.connections if isinstance(other, BoundedConnection)]
        of_address = sum(other._network == self._network for other in others)  # noqa: SLF001 - of this class
        if of_address > MOST_OF_ADDRESS or len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and watch no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Close the connection if since the last look no request has come whole, and none is being answered."""
        cycle: Any = self.cycle
        is_waiting = cycle is None or cycle.response_complete
        if self._look is not None and is_waiting and self._seen is cycle:
            self.transport.abort()  # closing would wait until what was sent is read, which may be never
            return
        self._seen = cycle if is_waiting else self
        self._look = self.loop.call_later(WAIT_SECONDS, self._watch)


def notice_gone_readers(listener: socket.socket) -> None:
    """Let the system close each connection of a listener whose other side has stopped to read, where it can."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        listener.setsockopt(socket.IPPROTO_TCP, option, GONE_SECONDS * 1000)


def allow_connections() -> None:
    """Raise the number of files that this process may open, of which each connection is one, where it may be raised."""
    try:
        import resource  # noqa: PLC0415 - Windows has none, and no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
