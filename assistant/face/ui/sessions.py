"""Whose a Gradio session is: it names itself in every request, so the name alone must open nothing."""

import json
import re
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.face.ui.guard import body_of, replayed
from assistant.face.ui.owners import owner_in

MOST_SESSIONS = 10_000
"""Ten times the sessions whose state Gradio keeps; a binding takes some 300 bytes."""
UNREAD_SECONDS = 60.0
"""How long a session's messages wait for a reader: a page reads within a second, and comes back within some."""
_LOOK_SECONDS = 10.0
_SESSION = re.compile(r"\w{1,64}", re.ASCII)
_HEARTBEAT = "/gradio_api/heartbeat/"
_STREAM = "/gradio_api/queue/data"
_OPEN_TO_ALL = {"/gradio_api/app_id", "/gradio_api/startup-events"}
_NO_OWNER = "this page has no cookie of this server, or has lost it; allow cookies and load the page again"
_NOT_YOURS = "this page is no longer known here; load it again"
_NO_SESSION = "this request names no session"
_GONE = {"msg": "unexpected_error", "message": _NOT_YOURS, "success": False, "session_not_found": True}
_NOTHING_TO_READ = f"data: {json.dumps(_GONE)}\n\n"


class KeptSessions(Protocol):
    """What is kept of sessions elsewhere; `GradioQueue` is one."""

    def session_of(self, event_id: str) -> str | None:
        """The session that an event is of."""
        ...

    def knows(self, session: str) -> bool:
        """Whether something is kept of a session."""
        ...

    def unread(self) -> Collection[str]:
        """The sessions with messages that nobody has read."""
        ...

    async def forget_messages(self, session: str) -> None:
        """Drop those messages."""
        ...

    async def forget(self, session: str) -> None:
        """Drop everything that is kept of a session."""
        ...


@dataclass(slots=True)
class _Session:
    """Whose it is, how many streams of it are open, and when one last was (seconds of the monotonic clock)."""

    owner: str
    used: float
    heartbeats: int = 0
    readers: int = 0

    @property
    def is_open(self) -> bool:
        """Whether a page of it is open."""
        return self.heartbeats + self.readers > 0


class Sessions:
    """Each session belongs to the browser that named it first, for as long as anything is kept of it.

    At most `most` are known. The one used longest ago, of those without an open page, is forgotten for another, with
    everything that is kept of it: whoever names it then finds nothing.
    """

    def __init__(self, kept: KeptSessions, most: int = MOST_SESSIONS) -> None:
        self._kept = kept
        self._most = most
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._looked = 0.0

    def __len__(self) -> int:
        return len(self._sessions)

    async def is_of(self, name: str, owner: str) -> bool:
        """Whether a session is an owner's; one that is nobody's becomes so."""
        session = self._sessions.get(name)
        if session is None:
            if self._kept.knows(name):  # something is left of a session that was forgotten: it is nobody's to read
                return False
            session = self._sessions[name] = _Session(owner, time.monotonic())
            await self._forget_the_oldest(but=name)
        elif session.owner == owner:
            session.used = time.monotonic()
            self._sessions.move_to_end(name)
        return session.owner == owner

    async def _forget_the_oldest(self, *, but: str) -> None:
        if len(self._sessions) <= self._most:
            return
        others = [name for name in self._sessions if name != but]
        oldest = next((name for name in others if not self._sessions[name].is_open), others[0])
        del self._sessions[oldest]
        await self._kept.forget(oldest)

    @contextmanager
    def open_stream(self, name: str, *, is_reader: bool) -> Iterator[None]:
        """Hold a session that has an open page, which `is_reader` of its messages or only says that it is there."""
        session = self._sessions[name]
        self._count(session, is_reader=is_reader, by=1)
        try:
            yield
        finally:
            self._count(session, is_reader=is_reader, by=-1)

    @staticmethod
    def _count(session: _Session, *, is_reader: bool, by: int) -> None:
        session.used = time.monotonic()
        if is_reader:
            session.readers += by
        else:
            session.heartbeats += by

    async def forget_unread(self) -> None:
        """Drop the messages that nobody has come to read for `UNREAD_SECONDS`; looks at them now and then."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        for name in list(self._kept.unread()):
            session = self._sessions.get(name)
            if session is None or (not session.readers and now - session.used > UNREAD_SECONDS):
                await self._kept.forget_messages(name)


class SessionGuard:
    """Lets a request touch a Gradio session only where it comes from the browser whose session that is."""

    def __init__(self, app: ASGIApp, *, kept: KeptSessions) -> None:
        self._app = app
        self._kept = kept
        self._sessions = Sessions(kept)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that may be, and refuse every other."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/gradio_api/") or path in _OPEN_TO_ALL:
            await self._app(scope, receive, send)
            return
        owner = owner_in(HTTPConnection(scope).cookies)
        if not owner:
            await refusal(403, _NO_OWNER)(scope, receive, send)
        elif scope["method"] == "GET":
            await self._stream(scope, receive, send, owner)
        else:
            await self._event(scope, receive, send, owner)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, owner: str) -> None:
        name = _named_in_address(scope)
        if name is None:
            await refusal(400, _NO_SESSION)(scope, receive, send)
        elif not await self._sessions.is_of(name, owner):
            await refusal(403, _NOT_YOURS)(scope, receive, send)
        elif scope["path"] == _STREAM and name not in self._kept.unread():  # Gradio says so too, and logs a defect
            await PlainTextResponse(_NOTHING_TO_READ, media_type="text/event-stream")(scope, receive, send)
        else:
            with self._sessions.open_stream(name, is_reader=scope["path"] == _STREAM):
                await self._app(scope, receive, send)

    async def _event(self, scope: Scope, receive: Receive, send: Send, owner: str) -> None:
        body = await body_of(receive)
        named = _read(body) if body is not None else None
        if named is None or (not isinstance(named.get("session_hash"), str) and not _is_reset(scope)):
            await refusal(400, _NO_SESSION)(scope, receive, send)
        elif not await self._may(named, owner):
            await refusal(403, _NOT_YOURS)(scope, receive, send)
        else:
            await self._sessions.forget_unread()
            await self._app(scope, replayed(body or b"", receive), send)

    async def _may(self, named: dict[str, Any], owner: str) -> bool:
        """Whether an owner may do what a body says: to its own sessions, and to events of theirs."""
        name, event = named.get("session_hash"), named.get("event_id")
        if name is not None and not (_is_session(name) and await self._sessions.is_of(name, owner)):
            return False
        if event is None:
            return True
        session = self._kept.session_of(event) if isinstance(event, str) else None
        return session is None or await self._sessions.is_of(session, owner)


def refusal(status: int, line: str) -> JSONResponse:
    """An answer whose line the page shows: Gradio's client reads one name after `join`, the other after `run`."""
    return JSONResponse({"detail": line, "error": line}, status_code=status, headers={"Cache-Control": "no-store"})


def _is_reset(scope: Scope) -> bool:
    return bool(scope["path"] == "/gradio_api/reset")


def _is_session(name: object) -> bool:
    return isinstance(name, str) and _SESSION.fullmatch(name) is not None


def _named_in_address(scope: Scope) -> str | None:
    """The one session that the address of a stream names."""
    if scope["path"].startswith(_HEARTBEAT):
        names = [scope["path"].removeprefix(_HEARTBEAT)]
    else:
        names = QueryParams(scope["query_string"]).getlist("session_hash")
    return names[0] if len(names) == 1 and _is_session(names[0]) else None


def _read(body: bytes) -> dict[str, Any] | None:
    """A JSON object in which no name stands twice, so that nobody after us reads another one."""
    try:
        read = json.loads(body.decode(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice")
    return read
