"""How much of the server one browser may have at a time, so that the others are served too."""

from asyncio import Semaphore
from collections.abc import Callable, Iterable
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.face.ui.owners import address_of, owner_in
from assistant.face.ui.sessions import refusal

MOST_EVENTS = 512
"""Events that wait or run, of all browsers: 64 browsers with all that each may have."""
MOST_OF_OWNER = 8
"""Of one browser: a page has a question, a day, a comparison and a calendar at work at once, and two are open."""
MOST_OF_ADDRESS = MOST_EVENTS // 2
"""Of one address: a whole office behind it, or a hundred sessions of a test, and never the whole queue."""
RUNS_AT_ONCE = 4
"""Events beside the queue of one browser that run at once; they take milliseconds, and further ones wait."""
MOST_RUNS = 64
"""Those that run and wait: what twenty pages ask for when a browser opens them again together."""
_JOIN = "/gradio_api/queue/join"
_RUN = "/gradio_api/run/predict"
_OWN_TOO_MANY = f"{MOST_OF_OWNER} things are being done for you; wait for one of them, then try again"
_ADDRESS_TOO_MANY = "too much is being done for your network; try again in a moment"


class FairQueue:
    """Refuses an event of a browser, or of an address, that has as many at work as it may.

    `events` are the requests of those that wait or run. A request on its way there counts too.
    """

    def __init__(self, app: ASGIApp, *, events: Callable[[], Iterable[HTTPConnection]]) -> None:
        self._app = app
        self._events = events
        self._arriving: list[HTTPConnection] = []
        self._gates: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on an event that may be, and refuse every other."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path not in {_JOIN, _RUN}:
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        problem = self._problem(request, is_run=path == _RUN)
        if problem:
            await refusal(429, problem)(scope, receive, send)
            return
        self._arriving.append(request)
        try:
            if path == _JOIN:
                await self._app(scope, receive, self._arrived(request, send))
            else:
                async with self._gate(owner_in(request.cookies)):
                    await self._app(scope, receive, send)
        finally:
            self._leave(request)

    def _problem(self, request: HTTPConnection, *, is_run: bool) -> str:
        """Why an event cannot be taken; empty where it can."""
        owner, address = owner_in(request.cookies), address_of(request)
        others = [*self._events(), *self._arriving]
        own = [other for other in others if owner_in(other.cookies) == owner]
        runs = sum(_is_run(other) for other in own)
        if runs >= MOST_RUNS if is_run else len(own) - runs >= MOST_OF_OWNER:
            return _OWN_TOO_MANY
        of_address = sum(address_of(other) == address for other in others)
        return _ADDRESS_TOO_MANY if of_address >= MOST_OF_ADDRESS else ""

    def _gate(self, owner: str) -> Semaphore:
        return self._gates.setdefault(owner, Semaphore(RUNS_AT_ONCE))

    def _arrived(self, request: HTTPConnection, send: Send) -> Send:
        """What sends the answer, before which the event has its place in the queue."""

        async def sending(message: Message) -> None:
            self._leave(request)
            await send(message)

        return sending

    def _leave(self, request: HTTPConnection) -> None:
        if request in self._arriving:
            self._arriving.remove(request)


def _is_run(request: HTTPConnection) -> bool:
    return bool(request.scope["path"] == _RUN)
