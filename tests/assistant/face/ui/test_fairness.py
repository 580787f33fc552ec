"""Nobody has so much of the server that others wait for it."""

import asyncio
from contextlib import ExitStack

import httpx
import pytest
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from assistant.face.ui.fairness import MOST_OF_ADDRESS, MOST_OF_OWNER, MOST_RUNS, RUNS_AT_ONCE, FairQueue
from assistant.face.ui.owners import OWNER_COOKIE, network_of, new_token
from tests.assistant.face.ui.serving import SECONDS, WAITING, Server, Tab, browser_at

JOIN = "/gradio_api/queue/join"
RUN = "/gradio_api/run/predict"


class TestServed:
    def test_one_browser_that_asks_for_everything_keeps_no_other_from_the_page(
        self, server: Server, browser: httpx.Client, stranger: httpx.Client
    ) -> None:
        hog, reader = Tab(browser), Tab(stranger)
        hog.open()
        with server.holding():
            pages = [hog.another() for _ in range(68)]
            joined = [page.join(WAITING) for page in pages]
            assert [answer.status_code for answer in joined].count(200) == MOST_OF_OWNER
            assert {answer.status_code for answer in joined} == {200, 429}
            assert "wait for one of them, then try again" in joined[-1].json()["detail"]
            assert reader.open().status_code == 200
            assert "Ask the papers" in reader.load()
            assert reader.join().status_code == 200
        assert "KerbFirst" in reader.stream().text
        answers = [page.stream().text for page, answer in zip(pages, joined, strict=True) if answer.is_success]
        assert sum('"process_completed"' in answer for answer in answers) == MOST_OF_OWNER
        assert hog.join().status_code == 200

    def test_a_hundred_sessions_of_one_address_are_all_taken(self, server: Server) -> None:
        with ExitStack() as opened, server.holding():
            tabs = [Tab(opened.enter_context(browser_at(server.address))) for _ in range(100)]
            for tab in tabs:
                tab.open()
            assert {tab.join(WAITING).status_code for tab in tabs} == {200}

    def test_a_browser_that_goes_takes_what_waits_for_it_with_it(self, server: Server, browser: httpx.Client) -> None:
        gone, back = Tab(browser), Tab(browser)
        gone.open()
        back.open()
        with server.holding():
            pages = [gone.another() for _ in range(MOST_OF_OWNER)]
            for page in pages:
                page.join(WAITING)
            assert back.join(WAITING).status_code == 429
            for page in pages:
                with browser.stream("GET", f"/gradio_api/heartbeat/{page.session}") as heartbeat:
                    next(heartbeat.iter_lines())
            while back.join(WAITING).status_code == 429:  # the server notices by itself
                pass


def request(path: str = JOIN, *, owner: str = "", host: str = "192.0.2.1") -> Scope:
    """A request of a browser, from an address."""
    cookie = f"{OWNER_COOKIE}={owner or new_token()}".encode()
    return {"type": "http", "method": "POST", "path": path, "headers": [(b"cookie", cookie)], "client": (host, 1)}


async def answered(queue: FairQueue, scope: Scope) -> int:
    """The status of what a request gets."""
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, int]) -> None:
        statuses.append(message.get("status", 0))

    await queue(scope, receive, send)  # type: ignore[arg-type]
    return statuses[0]


async def take(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("taken")(scope, receive, send)


class TestBounds:
    @pytest.mark.parametrize(
        ("hosts", "host", "status"),
        [
            (["192.0.2.1"], "192.0.2.1", 429),
            (["192.0.2.1"], "192.0.2.2", 200),
            ([f"2001:db8::{number:x}" for number in range(1, 9)], "2001:db8::abc", 429),
            (["2001:db8::1"], "2001:db8:0:1::1", 200),
        ],
    )
    def test_an_address_fills_half_of_the_queue_however_many_browsers_it_pretends_to_be(
        self, hosts: list[str], host: str, status: int
    ) -> None:
        events = [HTTPConnection(request(host=hosts[number % len(hosts)])) for number in range(MOST_OF_ADDRESS)]
        assert asyncio.run(answered(FairQueue(take, events=lambda: events), request(host=host))) == status

    def test_events_that_are_on_their_way_count(self) -> None:
        async def run() -> None:
            go, owner = asyncio.Event(), new_token()

            async def slow(scope: Scope, receive: Receive, send: Send) -> None:
                await go.wait()
                await take(scope, receive, send)

            queue = FairQueue(slow, events=list)
            asked = [asyncio.create_task(answered(queue, request(owner=owner))) for _ in range(MOST_OF_OWNER + 1)]
            await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            go.set()
            assert sorted(await asyncio.gather(*asked)) == [200] * MOST_OF_OWNER + [429]
            assert await answered(queue, request(owner=owner)) == 200

        asyncio.run(asyncio.wait_for(run(), SECONDS))

    def test_events_beside_the_queue_wait_for_each_other(self) -> None:
        async def run() -> None:
            go, owner, inside, most = asyncio.Event(), new_token(), 0, 0

            async def slow(scope: Scope, receive: Receive, send: Send) -> None:
                nonlocal inside, most
                inside += 1
                most = max(most, inside)
                await go.wait()
                inside -= 1
                await take(scope, receive, send)

            queue = FairQueue(slow, events=list)
            asked = [asyncio.create_task(answered(queue, request(RUN, owner=owner))) for _ in range(MOST_RUNS + 1)]
            await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            other = asyncio.create_task(answered(queue, request(RUN)))
            go.set()
            assert sorted(await asyncio.gather(*asked)) == [200] * MOST_RUNS + [429]
            assert await other == 200
            assert most == RUNS_AT_ONCE + 1

        asyncio.run(asyncio.wait_for(run(), SECONDS))


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("testclient", "testclient"),
    ],
)
def test_the_network_of_a_host(host: str, network: str) -> None:
    assert network_of(host) == network
