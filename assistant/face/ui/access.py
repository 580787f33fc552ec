"""Who may open a page that the network reaches: who has the link with the token."""

import re
import secrets
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.face.ui.owners import cookie, is_again, is_linked, is_page, open_again
from ingest.errors import InputError
from ingest.files import OWNERS_FILE, write_whole

TOKEN_FILE = "daybook.token"  # noqa: S105 - a file's name
TOKEN_VARIABLE = "DAYBOOK_TOKEN"  # noqa: S105 - a variable's name
TOKEN_PARAMETER = "token"  # noqa: S105 - a parameter's name
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,200}")  # what stands in a link as it is, and is too long to be guessed
_REFUSAL = "this page needs its link with the token; open the one that Daybook printed when it was started"
_NO_STORE = {"Cache-Control": "no-store"}


def is_this_machine(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def access_token(host: str, folder: Path, given: str = "") -> str:
    """The token that opens the page: the given one, or that of the library's folder; none where nobody else comes.

    Raises:
        InputError: the given one is too weak or cannot stand in a link, or none can be kept in the folder.
    """
    if given:
        if not _TOKEN.fullmatch(given):
            raise InputError(f"{TOKEN_VARIABLE} has to be of 16 to 200 letters, digits or “._~-”; give such a one")
        return given
    return "" if is_this_machine(host) else _kept_token(folder / TOKEN_FILE)


def _kept_token(file: Path) -> str:
    """The token of a file that its owner alone can read; made where there is none."""
    try:
        if not file.exists():
            write_whole(file, f"{secrets.token_urlsafe(24)}\n".encode())
        file.chmod(OWNERS_FILE)
        token = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise InputError(
            f"no token for the page can be kept in {file}: {error.strerror}; give one in {TOKEN_VARIABLE}"
        ) from None
    if not _TOKEN.fullmatch(token):
        raise InputError(f"{file} holds no token; delete it, and a new one is made")
    return token


class AccessGuard:
    """Lets through who has opened the link with the token: it leaves a cookie, whose value tells no token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token.encode()
        digest = sha256(b"daybook-access:" + self._token).hexdigest()
        self._cookie_value = digest.encode()
        self._cookie_name = f"daybook-access-{sha256(digest.encode()).hexdigest()[:8]}"  # two servers of a host: two

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request that may be, and answer every other."""
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        parameters = QueryParams(scope["query_string"])
        if is_page(scope) and TOKEN_PARAMETER in parameters:
            return self._enter(scope, parameters[TOKEN_PARAMETER])
        brought = HTTPConnection(scope).cookies.get(self._cookie_name, "")
        if secrets.compare_digest(brought.encode(errors="replace"), self._cookie_value):
            return None
        if is_linked(scope) and not is_again(scope):  # from another site's link the cookie does not come
            return HTMLResponse(f"{open_again(scope)}{_REFUSAL}\n", status_code=401, headers=_NO_STORE)
        return PlainTextResponse(_REFUSAL, status_code=401, headers=_NO_STORE)

    def _enter(self, scope: Scope, brought: str) -> Response:
        if not secrets.compare_digest(brought.encode(errors="replace"), self._token):
            return PlainTextResponse(_REFUSAL, status_code=401, headers=_NO_STORE)
        left = cookie(scope, self._cookie_name, self._cookie_value.decode())
        return RedirectResponse("./", status_code=303, headers={"Set-Cookie": left, **_NO_STORE})
