"""Who a browser is: a token that only it and this server know, in a cookie that no script can read."""

import secrets
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.conversation.history import is_conversation_id

OWNER_COOKIE = "daybook-owner"
OPEN_AGAIN = '<!doctype html><meta http-equiv="refresh" content="0;url=?again"><title>Daybook</title>'
"""A page that asks for the page once more: what a link from elsewhere leads to comes without strict cookies."""
AGAIN = b"again"
_KNOWN_COOKIE = "daybook-known"
_COOKIE_SECONDS = 400 * 86_400  # browsers keep none for longer
_NETWORK_BITS = 64  # of an IPv6 address are the network's, which is what a household or a server is given


def new_token() -> str:
    """What tells a browser apart: 128 random bits, written as an id is."""
    return secrets.token_hex(16)


def is_token(value: object) -> bool:
    """Whether a browser brought a token; whatever else it brings is none."""
    return is_conversation_id(value)


def owner_in(cookies: Mapping[str, str]) -> str:
    """The token among the cookies of a request; empty where there is none."""
    value = cookies.get(OWNER_COOKIE, "")
    return value if is_token(value) else ""


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from."""
    return network_of(connection.client.host) if connection.client else ""


def network_of(host: str) -> str:
    """The address of a host; of an IPv6 one its network, since who has one there has as many as they like."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, _NETWORK_BITS), strict=False))


def is_page(scope: Scope) -> bool:
    """Whether a request is for the page itself."""
    return (scope["type"], scope.get("method"), scope.get("path")) == ("http", "GET", "/")


def cookie(scope: Scope, name: str, value: str, *, is_secret: bool = True) -> str:
    """A `Set-Cookie` header that no script reads, and no other site makes a browser send where it is secret."""
    site = "Strict" if is_secret else "Lax"
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{name}={value}; HttpOnly; Max-Age={_COOKIE_SECONDS}; Path=/; SameSite={site}{secure}"


class OwnerCookie:
    """Gives a browser that opens the page its token, and the same one again as long as it brings it.

    Where a link on another site leads here the browser keeps the token back, and a new one in its place would lose
    its conversations. It does send a second cookie, which only says that it has been here: then it is asked to open
    the page once more, by itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, and the page with a cookie."""
        if not is_page(scope):
            await self._app(scope, receive, send)
            return
        cookies, is_again = HTTPConnection(scope).cookies, scope["query_string"] == AGAIN
        owner = owner_in(cookies)
        if owner and is_again:
            await RedirectResponse("./", status_code=303)(scope, receive, send)
        elif not owner and not is_again and _KNOWN_COOKIE in cookies:
            await HTMLResponse(OPEN_AGAIN, headers={"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await self._app(scope, receive, _with_token(scope, owner or new_token(), send))


def _with_token(scope: Scope, token: str, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("Set-Cookie", cookie(scope, OWNER_COOKIE, token))
            headers.append("Set-Cookie", cookie(scope, _KNOWN_COOKIE, "1", is_secret=False))
            headers["Cache-Control"] = "no-store"  # whoever keeps this answer for others would hand its token out
        await send(message)

    return sending
