"""What is served, and where it cannot be."""

import asyncio
import re
import socket
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from assistant.engine.daybook import Daybook
from assistant.face.ui.server import _address, build_app, serve
from ingest.errors import InputError


@pytest.fixture(scope="module")
def app(word_book: Daybook) -> FastAPI:
    return build_app(word_book)


def get(app: FastAPI, path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return await client.get(path)

    return asyncio.run(send())


class _Loaded(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loads = {"script": "src", "link": "href", "img": "src", "iframe": "src"}
        self.addresses += [value or "" for name, value in attrs if name == loads.get(tag)]


def test_the_page_runs_its_own_scripts_and_loads_nothing_from_elsewhere(app: FastAPI) -> None:
    response = get(app, "/")
    assert response.status_code == 200
    inline = re.findall(r"<script(?![^>]*src=)", response.text)
    assert response.headers["content-security-policy"].count("sha256-") == len(inline) > 0
    loaded = _Loaded()
    loaded.feed(response.text)
    assert loaded.addresses
    assert not [address for address in loaded.addresses if "//" in address]


def test_the_page_opens_although_the_queue_is_full(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = next(route.app for route in app.routes if isinstance(route, Mount)).get_blocks()  # type: ignore[attr-defined]
    monkeypatch.setattr(blocks._queue, "max_size", 0)

    async def tell(client: httpx.AsyncClient, event: str) -> list[httpx.Response]:
        told = []
        for number, function in blocks.fns.items():
            if function.fn is not None and event in {name for _, name in function.targets}:
                path = "queue/join" if function.queue else "run/predict"
                body = {"data": [None] * len(function.inputs), "fn_index": number, "session_hash": "one"}
                told.append(await client.post(f"/gradio_api/{path}", json=body))
        return told

    async def open_page() -> tuple[list[httpx.Response], list[httpx.Response]]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            await client.get("/")  # which brings the cookie
            return await tell(client, "submit"), await tell(client, "load")

    submitted, loaded = asyncio.run(open_page())
    assert {response.status_code for response in submitted} == {503}
    assert {response.status_code for response in loaded} == {200}
    assert any("Ask the papers" in response.text for response in loaded)


def test_the_page_says_nothing_of_the_library_before_it_is_asked(app: FastAPI) -> None:
    assert "KerbFirst" not in get(app, "/").text


def test_the_files_of_the_page_are_served(app: FastAPI) -> None:
    assert get(app, "/own/page.css").headers["content-type"].startswith("text/css")
    assert "javascript" in get(app, "/own/page.js").headers["content-type"]
    assert "fonts.googleapis" not in get(app, "/theme.css").text


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/gradio_api/info", "/config", "/own/page.py"])
def test_nothing_describes_the_server(app: FastAPI, path: str) -> None:
    assert get(app, path).status_code == 404


def test_a_port_in_use_is_an_error_that_says_what_to_do(book: Daybook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError) as error:
            serve(book, "127.0.0.1", port)
    assert str(error.value) == (f"port {port} on 127.0.0.1 is in use; stop what runs there or name another with --port")


def test_a_host_that_is_not_this_machine_is_an_error(book: Daybook) -> None:
    with pytest.raises(InputError, match=r"nothing can listen on 192\.0\.2\.1, port 7860: .*--host"):
        serve(book, "192.0.2.1", 7860)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
        ("::1", "http://[::1]:"),
        ("localhost", "http://localhost:"),
    ],
)
def test_the_address_can_be_opened_on_this_machine(host: str, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert _address(host, listener) == address + str(listener.getsockname()[1])
