"""A session is of the browser that began it: no other reads it or says anything in it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.face.ui.owners import new_token
from assistant.face.ui.sessions import Sessions
from tests.assistant.face.ui.serving import ASKED, WAITING, Server, Tab, browser_at, served

FOLLOW_UP = "And how fast is it?"
IMPATIENT = """
from assistant.face.ui import sessions
sessions.UNREAD_SECONDS = sessions._LOOK_SECONDS = 0
"""


def everything_that(thief: Tab, event_id: str) -> Iterator[httpx.Response]:
    """What comes of everything that can be done with a session whose name is known."""
    data = {"session_hash": thief.session}
    yield thief.post("queue/join", thief.asking(FOLLOW_UP))
    yield thief.post("run/predict", {**data, "fn_index": 0, "data": []})
    yield thief.post("cancel", {**data, "fn_index": 0, "event_id": event_id})
    yield thief.stream()
    yield thief.browser.get(f"/gradio_api/heartbeat/{thief.session}")


class TestOthers:
    def test_who_knows_the_name_of_a_session_reads_nothing_and_says_nothing_in_it(
        self, browser: httpx.Client, stranger: httpx.Client
    ) -> None:
        tab = Tab(browser)
        tab.open()
        event_id = tab.join().json()["event_id"]
        thief = Tab(stranger, session=tab.session)
        thief.open()
        for refused in everything_that(thief, event_id):
            assert (refused.status_code, refused.json()["detail"]) == (
                403,
                "this page is no longer known here; load it again",
            )
        assert "KerbFirst" in tab.stream().text
        later = tab.ask(FOLLOW_UP)
        assert "38 FPS" in later

    def test_without_the_cookie_nothing_is_done(self, server: Server, browser: httpx.Client) -> None:
        tab = Tab(browser)
        tab.open()
        event_id = tab.join().json()["event_id"]
        browser.cookies.clear()
        for refused in everything_that(tab, event_id):
            assert refused.status_code == 403
            assert "allow cookies and load the page again" in refused.json()["error"]
        made_up = {"cookie": "daybook-owner=mine"}
        assert httpx.get(f"{server.address}/gradio_api/heartbeat/abc", headers=made_up).status_code == 403

    def test_the_event_of_another_cannot_be_cancelled_from_a_session_of_ones_own(
        self, server: Server, browser: httpx.Client, stranger: httpx.Client
    ) -> None:
        tab, thief = Tab(browser), Tab(stranger)
        tab.open()
        thief.open()
        with server.holding():
            event_id = tab.join(WAITING).json()["event_id"]
            cancelled = {"session_hash": thief.session, "fn_index": 0, "event_id": event_id}
            assert thief.post("cancel", cancelled).status_code == 403
            assert thief.post("reset", {"event_id": event_id}).status_code == 403
        assert '"process_completed"' in tab.stream().text

    def test_a_name_that_stands_twice_is_no_name(self, browser: httpx.Client) -> None:
        tab = Tab(browser)
        tab.open()
        twice = json.dumps(tab.asking()).replace("{", '{"session_hash": "other", ', 1)
        assert browser.post("/gradio_api/queue/join", content=twice).status_code == 400
        names = {"session_hash": [tab.session, "other"]}
        assert browser.get("/gradio_api/queue/data", params=names).status_code == 400

    @pytest.mark.parametrize("body", ["", "[]", "{}", "[" * 100_000, '{"session_hash": 1}', "\ud800"])
    def test_what_names_no_session_is_refused(self, browser: httpx.Client, body: str) -> None:
        Tab(browser).open()
        sent = browser.post("/gradio_api/queue/join", content=body.encode(errors="surrogatepass"))
        assert (sent.status_code, sent.json()["detail"]) == (400, "this request names no session")


def test_messages_that_nobody_reads_are_dropped(word_library: Path) -> None:
    with served(word_library, setup=IMPATIENT) as server, browser_at(server.address) as browser:
        unread, other = Tab(browser), Tab(browser)
        unread.open()
        other.open()
        assert unread.join().status_code == 200
        other.ask()
        answer = unread.stream().text
        assert '"session_not_found": true' in answer
        assert ASKED not in answer


class Kept:
    """What is kept of sessions, without Gradio: their names."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def session_of(self, event_id: str) -> str | None:
        return event_id if event_id in self.names else None

    def knows(self, session: str) -> bool:
        return session in self.names

    def unread(self) -> list[str]:
        return sorted(self.names)

    async def forget_messages(self, session: str) -> None:
        self.names.discard(session)

    async def forget(self, session: str) -> None:
        self.names.discard(session)


class TestBounds:
    def test_the_session_used_longest_ago_goes_with_all_that_is_kept_of_it(self) -> None:
        async def run() -> None:
            kept, one, other = Kept(), new_token(), new_token()
            sessions = Sessions(kept, most=2)
            for name in ("a", "b"):
                assert await sessions.is_of(name, one)
                kept.names.add(name)
            assert await sessions.is_of("a", one)
            assert await sessions.is_of("c", other)
            assert len(sessions) == 2
            assert kept.names == {"a"}
            assert await sessions.is_of("a", one)
            assert not await sessions.is_of("a", other)

        asyncio.run(run())

    def test_a_session_whose_page_is_open_stays(self) -> None:
        async def run() -> None:
            kept, one = Kept(), new_token()
            sessions = Sessions(kept, most=2)
            assert await sessions.is_of("open", one)
            with sessions.open_stream("open", is_reader=False):
                for number in range(50):
                    assert await sessions.is_of(f"other{number}", new_token())
                assert not await sessions.is_of("open", new_token())
            assert len(sessions) == 2

        asyncio.run(run())

    def test_what_is_left_of_a_session_that_is_not_known_is_nobodys(self) -> None:
        async def run() -> None:
            kept = Kept()
            kept.names.add("left")
            assert not await Sessions(kept).is_of("left", new_token())

        asyncio.run(run())
