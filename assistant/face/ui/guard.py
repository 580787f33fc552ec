"""What a request must be and what a response must say, whatever Gradio would make of it."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Collection, Iterable
from hashlib import sha256
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.errors import InputError

MOST_BODY_BYTES = 1_000_000
BODY_SECONDS = 20.0
"""How long a body may take to come: the longest a page sends are some KB."""

_SERVED = re.compile(
    r"GET /own/conversations/[0-9a-f]{32}\.(?:md|bib|ris|json)"
    r"|GET /own/days/\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d\.(?:md|json|html|bib|ris|csl)"
    r"|GET /own/comparison\.(?:md|csv|tex|bib|ris|json)"
    r"|GET /own/papers/(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})\.(?:bib|ris|json)"
    r"|GET /own/(?:page|views|keys|links|copying|paper)\.(?:css|js)"
    r"|GET /(?:feed|ask|compare|day/[^/]{1,100}(?:/[^/]{1,100})?|paper/[^/]{1,100}(?:/[^/]{1,100})?)"
    r"|GET /(?:assets/[\w.-]+|static(?:/[\w-][\w.-]*)+|theme\.css|favicon\.ico|manifest\.json)?"
    r"|GET /gradio_api/(?:heartbeat/\w+|queue/data|startup-events|app_id)"
    r"|POST /gradio_api/(?:queue/join|run/predict|cancel|reset)"
)
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?")
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Gradio and KaTeX set styles on elements
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=()",
}


def host_names(given: Iterable[str]) -> tuple[str, ...]:
    """Names of hosts as requests have them.

    Raises:
        InputError: one is none.
    """
    names = tuple(name.strip().lower() for name in given)
    for name in names:
        match = _HOST.fullmatch(name)
        if match is None or match[1] != name:
            raise InputError(f"“{name}” is no name of a host; write it as papers.example.org, without a port")
    return tuple(name.strip("[]") for name in names)


class RequestGuard:
    """Lets through only what the page asks for, to a host of ours and from the page's own origin.

    `hosts` are the names a request may be to. `any_address` lets through every IP address too, for a server
    that listens on all of them: what must not pass is a name that somebody else can point here.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], any_address: bool) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that is wanted, and answer every other."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if not self._is_own(host):
            return PlainTextResponse("this host name is not served here", status_code=400)
        if headers.get("origin", f"http://{host}") not in {f"http://{host}", f"https://{host}"}:
            return PlainTextResponse("requests from other pages are not answered", status_code=403)
        if not _SERVED.fullmatch(f"{scope['method']} {scope['path']}"):
            return PlainTextResponse("there is nothing here", status_code=404)
        return None

    def _is_own(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        name = match[1].strip("[]") if match else ""
        return name in self._hosts or (self._any_address and _is_address(name))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class BodyLimit:
    """Reads the body of a request before anything else does, up to `MOST_BODY_BYTES` and `BODY_SECONDS`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request whose body is no longer than it may be, and comes in time."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await body_of(receive)
        except TimeoutError:
            await _cut("this request took too long to come", 408)(scope, receive, send)
            return
        if body is None:
            await _cut("this request is too large", 413)(scope, receive, send)
        else:
            await self._app(scope, replayed(body, receive), send)


def _cut(line: str, status: int) -> PlainTextResponse:
    """An answer to a request that is not read to its end."""
    return PlainTextResponse(line, status_code=status, headers={"Connection": "close"})


async def body_of(receive: Receive) -> bytes | None:
    """The body of a request; None where it is too long, or whoever sends it has gone."""
    body, is_more = bytearray(), True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > MOST_BODY_BYTES or message["type"] == "http.disconnect":
            return None
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """What hands out a body that was read, and then what follows it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


class ResponseGuard:
    """Gives every response the headers that keep foreign content out of the page.

    Of the scripts inside the page only those run that the server wrote: the policy names the hash of each.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, and its response with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({**_HEADERS, "Content-Security-Policy": _policy()})
            if held or _begins_html(message):
                held.append(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    await _send_page(held, send)
            else:
                await send(message)

        await self._app(_uncompressed(scope), receive, guarded)


def _begins_html(message: Message) -> bool:
    return message["type"] == "http.response.start" and Headers(raw=message["headers"]).get(
        "content-type", ""
    ).startswith("text/html")


async def _send_page(held: list[Message], send: Send) -> None:
    start, *parts = held
    page = b"".join(part.get("body", b"") for part in parts)
    MutableHeaders(scope=start)["Content-Security-Policy"] = _policy(_INLINE_SCRIPT.findall(page))
    await send(start)
    await send({"type": "http.response.body", "body": page})


def _policy(scripts: Iterable[bytes] = ()) -> str:
    hashes = "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
    return "; ".join(f"{name} {value}" for name, value in {**_POLICY, "script-src": f"'self'{hashes}"}.items())


def _uncompressed(scope: Scope) -> Scope:
    """The request without leave to compress, because a policy is made of what the page says."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}
