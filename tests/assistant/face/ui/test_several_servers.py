"""Two servers over one library that may only be read, as behind a proxy: a browser is the same one at both."""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.assistant.face.ui.serving import ASKED, Server, Tab, browser_at, served
from tests.ordinary import make_read_only, make_writable, ordinary

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no modes that keep a user from writing")

TOKEN = "a-token-of-twenty-one"  # noqa: S105 - it opens what is made here
NAME = "papers.example.org"
SETUP = """
from functools import partial
Library = partial(Library, create=False, conversations=Path({conversations!r}))
server.serve = partial(server.serve, names=[{name!r}])
"""
WRITER_BOX = "llm-keep"  # of `assistant/face/ui/writer_view.py`, where there is the panel
FOLLOW_UP = "And how fast is it?"


@pytest.fixture(scope="module")
def folder(word_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A library that nobody may write to."""
    folder = Path(shutil.copytree(word_library, tmp_path_factory.mktemp("mounted") / "library"))
    (folder / "daybook.token").unlink(missing_ok=True)
    make_read_only(folder)
    yield folder
    make_writable(folder)


@pytest.fixture(scope="module")
def servers(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two servers with one token, and one file for conversations that the first of them makes."""
    file = tmp_path_factory.mktemp("state") / "conversations.sqlite3"
    setup = SETUP.format(conversations=str(file), name=NAME)
    with (
        served(folder, token=TOKEN, setup=setup, preexec=ordinary()) as one,
        served(folder, token=TOKEN, setup=setup, preexec=ordinary()) as other,
    ):
        yield one, other


@contextmanager
def invited(server: Server) -> Iterator[httpx.Client]:
    """A browser that has opened the link at a server, by the name of the proxy."""
    with browser_at(server.address) as browser:
        browser.headers["host"] = NAME
        assert browser.get(f"/?token={TOKEN}").status_code == 303
        yield browser


@contextmanager
def moved(browser: httpx.Client, server: Server) -> Iterator[httpx.Client]:
    """The same browser, whom the proxy sends to another server."""
    with browser_at(server.address) as other:
        other.headers, other.cookies = browser.headers, browser.cookies
        yield other


@contextmanager
def at(server: Server) -> Iterator[httpx.Client]:
    """A browser that has opened the page, which gave it its cookies."""
    with invited(server) as browser:
        opened(browser)
        yield browser


def opened(browser: httpx.Client) -> Tab:
    """A page of a browser."""
    tab = Tab(browser)
    assert tab.open().status_code == 200
    return tab


def asked(tab: Tab, question: str = ASKED) -> str:
    """The id of the conversation in which a question was answered."""
    told = tab.ask(question)
    kept = re.search(r"own/conversations/([0-9a-f]{32})\.md", told)
    assert kept is not None, told
    return kept[1]


def test_a_browser_is_the_same_one_at_both(servers: tuple[Server, Server], folder: Path) -> None:
    before = sorted(folder.iterdir())
    one, other = servers
    with at(one) as browser, moved(browser, other) as elsewhere, invited(other) as stranger:
        conversation = asked(opened(browser))
        there = Tab(elsewhere)
        assert there.open().status_code == 200, "the link need not be opened again"
        assert f'value=\\"{conversation}\\"' in there.load()
        assert ASKED in elsewhere.get(f"/own/conversations/{conversation}.md").text
        there._conversation = conversation
        assert asked(there, FOLLOW_UP) == conversation
        assert FOLLOW_UP in browser.get(f"/own/conversations/{conversation}.md").text, "it goes on at the first"
        opened(stranger)
        assert stranger.get(f"/own/conversations/{conversation}.md").status_code == 404
    assert sorted(folder.iterdir()) == before


def test_a_stream_is_only_where_its_question_was_asked(servers: tuple[Server, Server]) -> None:
    """Why a proxy has to send a browser to the same server, as long as there is one."""
    one, other = servers
    with at(one) as browser, moved(browser, other) as elsewhere:
        tab = opened(browser)
        assert tab.join().status_code == 200
        astray = Tab(elsewhere, session=tab.session)
        assert '"session_not_found": true' in astray.stream().text
        assert "KerbFirst" in tab.stream().text


def test_both_keep_conversations_at_the_same_time(servers: tuple[Server, Server]) -> None:
    def several(server: Server) -> int:
        with invited(server) as browser:
            tab = opened(browser)
            (conversation,) = {asked(tab, question) for question in (ASKED, FOLLOW_UP, ASKED, FOLLOW_UP)}
            return browser.get(f"/own/conversations/{conversation}.md").text.count("\n## ")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(several, servers * 2)) == [4] * 4


def test_only_the_named_host_is_served_and_only_by_the_link(servers: tuple[Server, Server]) -> None:
    for server in servers:
        with browser_at(server.address) as browser:
            assert browser.get("/", headers={"host": "elsewhere.example.org"}).status_code == 400
            assert browser.get("/", headers={"host": NAME}).status_code == 401
            assert browser.get(f"/?token={TOKEN}x", headers={"host": NAME}).status_code == 401


def test_behind_https_the_cookies_are_for_https_alone(servers: tuple[Server, Server]) -> None:
    with invited(servers[0]) as browser:
        page = browser.get("/", headers={"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"})
        assert page.status_code == 200
        left = page.headers.get_list("set-cookie")
        assert left
        assert all("; Secure" in one for one in left)


def test_nobody_sets_the_writer_behind_a_proxy(servers: tuple[Server, Server]) -> None:
    with invited(servers[0]) as browser:
        assert WRITER_BOX not in browser.get("/").text


def test_a_name_makes_the_page_one_that_only_the_link_opens(word_library: Path, tmp_path: Path) -> None:
    """Whatever the name is, and wherever the server listens: a proxy hands on what comes from anywhere."""
    folder = Path(shutil.copytree(word_library, tmp_path / "library"))
    setup = SETUP.format(conversations=str(tmp_path / "conversations.sqlite3"), name="localhost")
    with served(folder, setup=setup) as server:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", server.link)
        with browser_at(server.address) as browser:
            assert browser.get("/").status_code == 401
