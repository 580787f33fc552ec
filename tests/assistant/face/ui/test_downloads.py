"""Files that the page saves: for whom they are, and that making them keeps nobody waiting."""

import asyncio
import threading

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant.engine.daybook import Daybook
from assistant.face.ui.downloads import FILES_AT_ONCE, MOST_OF_ADDRESS, MOST_OF_BROWSER, Workshop
from assistant.face.ui.kept import KeptConversations
from assistant.face.ui.owners import OWNER_COOKIE, new_token
from assistant.face.ui.server import build_app
from tests.assistant.face.ui.serving import SECONDS
from tests.assistant.face.ui.test_page import ASKED


def requested(*, owner: str = "", host: str = "192.0.2.1") -> Request:
    """A request of a browser, or of a program without a cookie."""
    cookies = [(b"cookie", f"{OWNER_COOKIE}={owner}".encode())] if owner else []
    return Request({"type": "http", "method": "GET", "path": "/own/x", "headers": cookies, "client": (host, 1)})


class Client:
    """What asks an application for files."""

    def __init__(self, book: Daybook) -> None:
        self._app = build_app(book)

    def get(self, path: str, owner: str) -> httpx.Response:
        """The answer to a browser with a token."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
                return await client.get(path, headers={"cookie": f"{OWNER_COOKIE}={owner}"})

        return asyncio.run(send())


@pytest.fixture(scope="module")
def client(word_book: Daybook) -> Client:
    return Client(word_book)


class TestConversations:
    def test_a_conversation_is_for_its_browser(self, word_book: Daybook, client: Client) -> None:
        owner = new_token()
        dialogue = KeptConversations(word_book, owner).dialogue()
        list(dialogue.ask(ASKED))
        path = f"/own/conversations/{dialogue.conversation_id}.md"
        found = client.get(path, owner)
        assert f"## {ASKED}" in found.text
        assert found.headers["content-disposition"].startswith('attachment; filename="conversation-20')
        for stranger in (new_token(), "", "guess"):
            assert client.get(path, stranger).status_code == 404
        for guess in ("0" * 32, dialogue.conversation_id[:-1], "*", "%2e%2e"):
            assert client.get(f"/own/conversations/{guess}.md", owner).status_code == 404

    def test_what_is_saved_holds_nothing_that_opens_it(self, word_book: Daybook, client: Client) -> None:
        kept = KeptConversations(word_book, new_token())
        dialogue = kept.dialogue()
        list(dialogue.ask(ASKED))
        found = client.get(f"/own/conversations/{dialogue.conversation_id}.md", kept.token)
        said = found.text + str(found.headers)
        assert not [key for key in (dialogue.conversation_id[:8], kept.owner[:8], kept.token[:8]) if key in said]

    def test_a_conversation_of_the_command_line_is_for_no_browser(self, word_book: Daybook, client: Client) -> None:
        chat = word_book.chat_engine()
        chat.chat(ASKED)
        for stranger in (new_token(), ""):
            assert client.get(f"/own/conversations/{chat.conversation_id}.md", stranger).status_code == 404


class Slow:
    """A file that is not made until `go` is set."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.making = self.most = 0

    def __call__(self) -> Response:
        self.making += 1
        self.most = max(self.most, self.making)
        self.go.wait(SECONDS)
        self.making -= 1
        return PlainTextResponse("made")


class TestWorkshop:
    def test_however_many_files_are_asked_for_few_are_made_at_once(self) -> None:
        async def run() -> None:
            slow, workshop = Slow(), Workshop()
            owners = [new_token() for _ in range(MOST_OF_ADDRESS)]
            asked = [asyncio.create_task(workshop.make(requested(owner=owner), slow)) for owner in owners]
            while not slow.making:
                await asyncio.sleep(0)
            refused = asyncio.create_task(workshop.make(requested(owner=new_token()), slow))
            done, _ = await asyncio.wait([*asked, refused], return_when=asyncio.FIRST_COMPLETED, timeout=SECONDS)
            slow.go.set()
            assert done == {refused}
            assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
            assert (refused.result().status_code, slow.most) == (429, FILES_AT_ONCE)
            assert (await workshop.make(requested(owner=owners[0]), slow)).status_code == 200

        asyncio.run(run())

    @pytest.mark.parametrize("owner", ["", new_token()], ids=["nobody", "somebody"])
    def test_a_browser_has_few_made(self, owner: str) -> None:
        async def run() -> None:
            slow, workshop = Slow(), Workshop()
            asked = [
                asyncio.create_task(workshop.make(requested(owner=owner), slow)) for _ in range(MOST_OF_BROWSER + 1)
            ]
            done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=SECONDS)
            slow.go.set()
            assert [task.result().status_code for task in done] == [429]
            assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [200, 200, 429]

        asyncio.run(run())
