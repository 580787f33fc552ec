"""What the guards let through, and what they add."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.face.ui.guard import MOST_BODY_BYTES, BodyLimit, RequestGuard, ResponseGuard, host_names
from ingest.errors import InputError

JOIN = "/gradio_api/queue/join"
HERE = "http://localhost:7860"


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def ask(
    app: ASGIApp,
    target: str,
    *,
    base: str = HERE,
    headers: dict[str, str] | None = None,
    content: bytes | AsyncIterator[bytes] = b"",
) -> httpx.Response:
    """Send a request such as `POST /path` to an application."""
    method, path = target.split()

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
            return await client.request(method, path, headers=headers, content=content)

    return asyncio.run(send())


def guarded(*, any_address: bool = False) -> RequestGuard:
    return RequestGuard(count, hosts={"localhost", "127.0.0.1", "::1", "daybook.lan"}, any_address=any_address)


class TestHosts:
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7860", "[::1]:7860", "[::1]", "LOCALHOST", "daybook.lan"])
    def test_a_host_of_ours_is_served(self, host: str) -> None:
        assert ask(guarded(), "GET /", headers={"host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "", "[::1", "192.168.1.5", "a@localhost:b"]
    )
    def test_any_other_is_refused(self, host: str) -> None:
        assert ask(guarded(), "GET /", headers={"host": host}).status_code == 400

    def test_names_are_taken_as_requests_have_them(self) -> None:
        assert host_names([" Papers.Example.ORG", "[::2]", "192.0.2.1"]) == ("papers.example.org", "::2", "192.0.2.1")

    @pytest.mark.parametrize("name", ["", "papers.example.org:443", "https://papers.example.org", "a b", "*", "[::1"])
    def test_what_is_no_name_is_told(self, name: str) -> None:
        with pytest.raises(InputError, match="is no name of a host; write it as papers"):
            host_names([name])

    def test_listening_on_every_address_lets_addresses_through_and_no_names(self) -> None:
        guard = guarded(any_address=True)
        assert ask(guard, "GET /", headers={"host": "192.168.1.5:7860"}).status_code == 200
        assert ask(guard, "GET /", headers={"host": "[fe80::1]:7860"}).status_code == 200
        assert ask(guard, "GET /", headers={"host": "evil.example"}).status_code == 400


class TestOrigins:
    def test_the_page_itself_may_ask(self) -> None:
        assert ask(guarded(), f"POST {JOIN}", headers={"origin": HERE}).status_code == 200

    @pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:8000", "null", "file://", "http://["])
    def test_no_other_page_may(self, origin: str) -> None:
        assert ask(guarded(), f"POST {JOIN}", headers={"origin": origin}).status_code == 403


class TestPaths:
    @pytest.mark.parametrize(
        "target",
        [
            "GET /",
            "GET /own/page.css",
            "GET /own/views.js",
            "GET /own/days/2021-01-04/2021-01-08.html?theme=kites",
            "GET /own/comparison.csv?paper=2101.00001&paper=2101.00002",
            "GET /own/papers/cs/0101001.ris",
            "GET /own/paper.css",
            "GET /day/2021-04-19/2021-04-23?theme=kites",
            "GET /ask?q=x",
            "GET /compare?ids=2101.00001",
            "GET /paper/cs/0101001",
            "GET /assets/index-DphvyggB.js",
            "GET /static/fonts/IBMPlexSans/IBMPlexSans-Regular.woff2",
            "GET /theme.css?v=1",
            "GET /gradio_api/heartbeat/k9p7a2xqv5g",
            "GET /gradio_api/queue/data?session_hash=k9p7a2xqv5g",
            f"POST {JOIN}?",
            "POST /gradio_api/cancel",
            "POST /gradio_api/run/predict",
            "GET /gradio_api/app_id",
        ],
    )
    def test_what_the_page_needs_is_served(self, target: str) -> None:
        assert ask(guarded(), target).status_code == 200

    @pytest.mark.parametrize(
        "target",
        [
            "GET /openapi.json",
            "GET /gradio_api/openapi.json",
            "GET /docs",
            "GET /gradio_api/info",
            "GET /config",
            "POST /gradio_api/upload",
            "POST /gradio_api/run/_ask",
            "POST /gradio_api/call/_ask",
            "POST /gradio_api/component_server",
            "GET /gradio_api/file=/etc/passwd",
            "GET /gradio_api/proxy=https://evil.example",
            "GET /own/page.py",
            "GET /own/days/2021-01-04/2021-01-08.exe",
            "GET /own/days/2021-01-04/..%2f..%2fpage.md",
            "GET /own/days/yesterday/today.md",
            "GET /own/comparison.py",
            "GET /own/paper_view.py",
            "GET /own/papers/../../page.bib",
            "GET /own/papers/2101.00001.py",
            "POST /ask?q=x",
            "GET /paper/a/b/c",
            "GET /monitoring",
            "PUT /",
            "OPTIONS /",
        ],
    )
    def test_nothing_else_is(self, target: str) -> None:
        assert ask(guarded(), target).status_code == 404


class TestBodies:
    def test_a_body_up_to_the_limit_arrives_whole(self) -> None:
        body = b"x" * MOST_BODY_BYTES
        assert ask(BodyLimit(count), f"POST {JOIN}", content=body).text == str(MOST_BODY_BYTES)
        assert ask(BodyLimit(count), f"POST {JOIN}").text == "0"

    def test_a_longer_one_is_refused(self) -> None:
        assert ask(BodyLimit(count), f"POST {JOIN}", content=b"x" * (MOST_BODY_BYTES + 1)).status_code == 413

    def test_half_a_body_is_none(self) -> None:
        messages: list[Message] = [
            {"type": "http.request", "body": b"{}", "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": JOIN, "headers": []}
        asyncio.run(BodyLimit(count)(scope, receive, send))
        assert sent[0]["status"] == 413

    def test_a_longer_one_is_refused_before_all_of_it_was_read(self) -> None:
        sent = 0

        async def parts() -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(1000):
                sent += 1
                yield b"x" * 100_000

        assert ask(BodyLimit(count), f"POST {JOIN}", content=parts()).status_code == 413
        assert sent <= MOST_BODY_BYTES // 100_000 + 1


class TestHeaders:
    def test_every_response_keeps_foreign_content_out(self) -> None:
        headers = ask(ResponseGuard(count), "GET /theme.css").headers
        policy = headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self';", "connect-src 'self'", "form-action 'none'"):
            assert part in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"

    def test_a_refusal_has_them_too(self) -> None:
        response = ask(ResponseGuard(guarded()), "GET /docs")
        assert (response.status_code, "content-security-policy" in response.headers) == (404, True)

    def test_of_inline_scripts_those_in_the_page_run_and_no_others(self) -> None:
        script = '\n let a = "<b>";\n'
        page = HTMLResponse(f'<script src="a.js"></script><script type="module">{script}</script>')
        response = ask(ResponseGuard(page), "GET /")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}';" in response.headers["content-security-policy"]
        assert script in response.text

    def test_a_page_in_parts_arrives_whole(self) -> None:
        async def parts() -> AsyncIterator[str]:
            for part in ("<script>a", "lert(1)</script>", "end"):
                yield part

        response = ask(ResponseGuard(StreamingResponse(parts(), media_type="text/html")), "GET /")
        assert response.text == "<script>alert(1)</script>end"
        assert response.headers["content-security-policy"].count("sha256-") == 1

    def test_a_stream_is_passed_on_part_by_part(self) -> None:
        sent: list[bytes] = []

        async def parts() -> AsyncIterator[bytes]:
            for part in (b"one", b"two"):
                yield part
                assert part in sent

        async def run() -> None:
            async def receive() -> dict[str, str]:
                await asyncio.sleep(60)
                return {"type": "http.disconnect"}

            async def send(message: dict[str, bytes]) -> None:
                sent.append(message.get("body", b""))

            scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
            stream = StreamingResponse(parts(), media_type="text/event-stream")
            await ResponseGuard(stream)(scope, receive, send)  # type: ignore[arg-type]

        asyncio.run(run())
        assert sent[:3] == [b"", b"one", b"two"]
