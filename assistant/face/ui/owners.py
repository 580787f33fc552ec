"""Who a browser is: a token that only it and this server know, in a cookie that no script can read."""

import re
import secrets
from collections.abc import Mapping
from html import escape
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.conversation.history import is_conversation_id

OWNER_COOKIE = "daybook-owner"
_AGAIN = "again"
_LINKED = re.compile(r"/(?:(?:day|paper)/.+|ask|compare)?", re.DOTALL)
_SCRIPT = (
    "<script>const { pathname, search, hash } = location;"
    f' location.replace(`${{pathname}}${{search ? `${{search}}&` : "?"}}{_AGAIN}${{hash}}`);</script>'
)
"""What is asked for once more, with what stands behind its `#`: no server is told that."""
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


def is_linked(scope: Scope) -> bool:
    """Whether a request is for what links lead to: the page, a place of it, or the page of a paper."""
    return (scope["type"], scope.get("method")) == ("http", "GET") and bool(_LINKED.fullmatch(scope["path"]))


def is_again(scope: Scope) -> bool:
    """Whether a request is one that `open_again` has asked for."""
    return bool(scope["query_string"].rpartition(b"&")[2] == _AGAIN.encode())


def open_again(scope: Scope) -> str:
    """A page that asks for the same once more: what a link from elsewhere leads to comes without strict cookies."""
    query = scope["query_string"].decode("latin-1")
    address = escape(f"?{query}&{_AGAIN}" if query else f"?{_AGAIN}")
    refresh = f'<noscript><meta http-equiv="refresh" content="0;url={address}"></noscript>'
    return f"<!doctype html><title>Daybook</title>{_SCRIPT}{refresh}"


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
        cookies, was_asked_again = HTTPConnection(scope).cookies, is_again(scope)
        owner = owner_in(cookies)
        if owner and was_asked_again:
            await RedirectResponse("./", status_code=303)(scope, receive, send)
        elif not owner and not was_asked_again and _KNOWN_COOKIE in cookies:
            await HTMLResponse(open_again(scope), headers={"Cache-Control": "no-store"})(scope, receive, send)
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
