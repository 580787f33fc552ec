"""The server of the page: what it serves, where, and until when."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse
from starlette.routing import Mount

from assistant.engine.daybook import Daybook
from assistant.face.ui.downloads import add_downloads
from assistant.face.ui.guard import BodyLimit, RequestGuard, ResponseGuard
from ingest.errors import InputError

_NO_DOCUMENTS: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - named to tell it apart, not to listen there
_CLOSING_SECONDS = 2
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231d5377'/%3E"
    "%3Cpath d='M9 10h14M9 16h14M9 22h8' stroke='%23fff' stroke-width='2.5' stroke-linecap='round'/%3E%3C/svg%3E"
)
_HEAD = (
    '<link rel="stylesheet" href="own/page.css"><link rel="stylesheet" href="own/views.css">'
    '<script src="own/page.js" defer></script><script src="own/views.js" defer></script>'
    f'<link rel="icon" href="{_ICON}">'
)


def serve(book: Daybook, host: str, port: int) -> None:
    """Serve the page until Ctrl+C.

    Raises:
        InputError: nothing can listen there, which is found before anything heavy is loaded.
        ModelUnavailableError: the library holds papers, and the model that searches them cannot be had.
    """
    with contextlib.suppress(KeyboardInterrupt), _listen(host, port) as listener:
        app = build_app(book, host)
        if book.days():
            book.search("Daybook", limit=1)  # loads the model, so that the first question need not wait
        _PageServer(app, _address(host, listener)).run(sockets=[listener])


def build_app(book: Daybook, host: str = "127.0.0.1") -> FastAPI:
    """The page over a library, as an application that answers to `host` and to the names of this machine."""
    import assistant.face.ui.page  # noqa: PLC0415, F401 - it takes seconds: not in a loop, which would not stop at Ctrl+C

    async def build() -> FastAPI:
        return _make_app(book, host)

    try:
        asyncio.get_running_loop()
    except RuntimeError:  # where no loop runs, Gradio makes one for each of its locks and leaves it open
        return asyncio.run(build())
    return _make_app(book, host)


def _make_app(book: Daybook, host: str) -> FastAPI:
    from gradio import mount_gradio_app  # noqa: PLC0415 - gradio takes seconds to import

    from assistant.face.ui.page import THEME, Page  # noqa: PLC0415 - it imports gradio

    app = FastAPI(**_NO_DOCUMENTS)
    add_downloads(app, book)
    app.add_api_route("/own/{name}", _own_file)
    mount_gradio_app(
        app,
        Page(book).blocks,
        path="/",
        app_kwargs=dict(_NO_DOCUMENTS),
        theme=THEME,
        head=_HEAD,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )
    app.add_middleware(CORSMiddleware, allow_origins=[])  # with one here, Gradio adds none of its own
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestGuard, hosts={host.lower(), *_THIS_MACHINE}, any_address=host in _EVERY_ADDRESS)
    app.add_middleware(ResponseGuard)
    return app


def _own_file(name: Literal["page.css", "page.js", "views.css", "views.js"]) -> FileResponse:
    return FileResponse(Path(__file__).with_name(name), headers={"Cache-Control": "no-cache"})


@contextlib.contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Hold a listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"port {port} on {host} is in use; stop what runs there or name another with --port"
            ) from None
        raise InputError(
            f"nothing can listen on {host}, port {port}: {error.strerror}; name others with --host and --port"
        ) from None
    with listener:
        yield listener


def _address(host: str, listener: socket.socket) -> str:
    """The page's URL for a browser on this machine."""
    name = "127.0.0.1" if host in _EVERY_ADDRESS else host
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"


class _PageServer(uvicorn.Server):
    """Says where the page is as soon as it can be opened, and stops although pages are open."""

    def __init__(self, app: FastAPI, address: str) -> None:
        super().__init__(
            uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=_CLOSING_SECONDS)
        )
        self._app = app
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Daybook is at {self._address} (Ctrl+C stops it)", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        mounted: list[Any] = [route.app for route in self._app.routes if isinstance(route, Mount)]
        for gradio_app in mounted:
            gradio_app.stop_event.set()  # every open page holds a stream that would go on
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # an answer cut off by stopping is no error
        await super().shutdown(sockets)
