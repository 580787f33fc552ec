"""The server of the page: what it serves, where, and until when."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse

from assistant.engine.daybook import Daybook
from assistant.face.ui.access import TOKEN_PARAMETER, AccessGuard, access_token, is_this_machine
from assistant.face.ui.connections import BoundedConnection, allow_connections, notice_gone_readers
from assistant.face.ui.downloads import add_downloads
from assistant.face.ui.fairness import FairQueue
from assistant.face.ui.gradio_queue import GradioQueue, gradio_app_of
from assistant.face.ui.guard import BodyLimit, RequestGuard, ResponseGuard, host_names
from assistant.face.ui.linked import add_links
from assistant.face.ui.owners import OwnerCookie
from assistant.face.ui.pieces import ICON
from assistant.face.ui.sessions import SessionGuard
from assistant.llm.settings import LlmSettings
from ingest.errors import InputError

_NO_DOCUMENTS: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - named to tell it apart, not to listen there
_CLOSING_SECONDS = 2
_LAST_SECONDS = 10.0
"""How long after a signal the process ends though threads of it still work, such as one that waits for a model."""
_ENDING = (signal.SIGINT, signal.SIGTERM)
_HEAD = (
    '<link rel="stylesheet" href="own/page.css"><link rel="stylesheet" href="own/views.css">'
    '<script src="own/page.js" defer></script><script src="own/links.js" defer></script>'
    '<script src="own/views.js" defer></script><script src="own/copying.js" defer></script>'
    '<script src="own/keys.js" defer></script>'
    f'<link rel="icon" href="{ICON}">'
)


def serve(  # noqa: PLR0913 - each is something that a user may name
    book: Daybook,
    host: str,
    port: int,
    *,
    token: str = "",
    limits: LlmSettings | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serve the page until Ctrl+C or TERM; a second of them ends the process at once.

    Whoever is to open it over the network needs the link that is printed, which holds `token`, or one that the
    library's folder keeps. On this machine nobody needs one, unless there is a `token`. Where only this machine reaches
    the page, it sets who writes; `limits` are settings without a server, for those that are set there. `names` are host
    names by which a proxy is reached that hands requests on; then the network reaches the page, wherever it listens.

    Raises:
        InputError: nothing can listen there, which is found before anything heavy is loaded; or token or name is none.
        ModelUnavailableError: the library holds papers, and the model that searches them cannot be had.
    """
    with (
        contextlib.suppress(KeyboardInterrupt),
        _last_moment() as come_to_an_end,
        _first_signal(come_to_an_end, _interrupt),
        _listen(host, port) as listener,
    ):
        names = host_names(names)
        token = access_token(_EVERY_ADDRESS[0] if names else host, book.library.folder, token)
        allow_connections()
        with _files_of_gradio():
            app = build_app(book, host, token=token, limits=limits, names=names)
        if book.days():
            book.search("Daybook", limit=1)  # loads the model, so that the first question need not wait
        if not is_this_machine(host):
            print(_WARNING, file=sys.stderr, flush=True)
        link = _address(host, listener) + (f"/?{TOKEN_PARAMETER}={token}" if token else "")
        _PageServer(app, link, come_to_an_end).run(sockets=[listener])


@contextlib.contextmanager
def _files_of_gradio() -> Iterator[None]:
    """Where Gradio makes the folders that it makes when a page is built; the page has no files, so they can go then.

    Its own choice would be one folder for all users of the machine, which it never takes away.
    """
    with tempfile.TemporaryDirectory(prefix="daybook-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # read by its import
        yield


def build_app(
    book: Daybook,
    host: str = "127.0.0.1",
    *,
    token: str = "",
    limits: LlmSettings | None = None,
    names: Sequence[str] = (),
) -> FastAPI:
    """The page over a library, as an application that answers to `host`, to `names` and to the names of this machine.

    Where there is a `token`, only those who have opened the link with it are answered.
    """
    import assistant.face.ui.page  # noqa: PLC0415, F401 - it takes seconds: not in a loop, which would not stop at Ctrl+C

    async def build() -> FastAPI:
        return _make_app(book, host, token, limits, names)

    try:
        asyncio.get_running_loop()
    except RuntimeError:  # where no loop runs, Gradio makes one for each of its locks and leaves it open
        return asyncio.run(build())
    return _make_app(book, host, token, limits, names)


def _make_app(book: Daybook, host: str, token: str, limits: LlmSettings | None, names: Sequence[str]) -> FastAPI:
    from gradio import mount_gradio_app  # noqa: PLC0415 - gradio takes seconds to import

    from assistant.face.ui.page import THEME, Page  # noqa: PLC0415 - it imports gradio

    app = FastAPI(**_NO_DOCUMENTS)
    page = Page(book, may_set=is_this_machine(host) and not names, limits=limits)
    app.state.page = page
    add_downloads(app, book, page.current_news)
    add_links(app, book)
    app.add_api_route("/own/{name}", _own_file)
    mount_gradio_app(
        app,
        page.blocks,
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
    queue = GradioQueue(gradio_app_of(app))
    app.add_middleware(CORSMiddleware, allow_origins=[])  # with one here, Gradio adds none of its own
    app.add_middleware(FairQueue, events=queue.events)
    app.add_middleware(SessionGuard, kept=queue)
    app.add_middleware(BodyLimit)
    app.add_middleware(OwnerCookie)
    if token:
        app.add_middleware(AccessGuard, token=token)
    hosts = {host.lower(), *_THIS_MACHINE, *names}
    app.add_middleware(RequestGuard, hosts=hosts, any_address=host in _EVERY_ADDRESS)
    app.add_middleware(ResponseGuard)
    return app


_WARNING = (
    "daybook: what this page sends over the network is not encrypted, and whoever is on the way can read it;"
    " from elsewhere, open its link with the address of this machine"
)


def _own_file(
    name: Literal["page.css", "page.js", "views.css", "views.js", "keys.js", "links.js", "copying.js", "paper.css"],
) -> FileResponse:
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
        notice_gone_readers(listener)
        yield listener


def _address(host: str, listener: socket.socket) -> str:
    """The page's URL for a browser on this machine."""
    name = "127.0.0.1" if host in _EVERY_ADDRESS else host
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"


@contextlib.contextmanager
def _first_signal(*handle: Callable[[], None]) -> Iterator[None]:
    """`handle` the first signal that asks to end; the next ends the process at once, whatever it is doing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(*_: object) -> None:
        for each in _ENDING:
            signal.signal(each, signal.SIG_DFL)
        for do in handle:
            do()

    former = {each: signal.signal(each, first) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in former.items():
            if signal.getsignal(each) is first:
                signal.signal(each, handler)


@contextlib.contextmanager
def _last_moment() -> Iterator[Callable[[], None]]:
    """What sets the moment at which the process ends, should it not have come to its end by then."""
    last = threading.Timer(_LAST_SECONDS, os._exit, [0])
    last.daemon = True
    try:
        yield last.start
    finally:
        last.cancel()


def _interrupt() -> None:
    raise KeyboardInterrupt


class _PageServer(uvicorn.Server):
    """Says where the page is as soon as it can be opened, and stops although pages are open."""

    def __init__(self, app: FastAPI, address: str, come_to_an_end: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedConnection,
                log_level="warning",
                ws="none",
                timeout_graceful_shutdown=_CLOSING_SECONDS,
            )
        )
        self._app = app
        self._address = address
        self._come_to_an_end = come_to_an_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Daybook is at {self._address} (Ctrl+C stops it)", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with _first_signal(self._come_to_an_end, self._stop):
            yield

    def _stop(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        gradio_app_of(self._app).stop_event.set()  # every open page holds a stream that would go on
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # an answer cut off by stopping is no error
        await super().shutdown(sockets)
        await self._app.state.page.close()
