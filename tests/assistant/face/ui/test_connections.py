"""Connections on which nothing comes are closed, and too many of one address are not taken."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.face.ui.connections import GONE_SECONDS, notice_gone_readers
from tests.assistant.face.ui.serving import HELD, WAITING, Server, Tab, browser_at, served
from tests.conftest import PROJECT

MOST = 12
IMPATIENT = f"""
from assistant.face.ui import connections, guard
connections.WAIT_SECONDS = guard.BODY_SECONDS = 0.4
connections.MOST_OF_ADDRESS = {MOST}
{HELD}
"""
HEAD = b"GET /own/page.css HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"


@pytest.fixture(scope="module")
def server(word_library: Path) -> Iterator[Server]:
    """A server that waits for nobody."""
    with served(word_library, setup=IMPATIENT) as running:
        yield running


def what_comes(connection: socket.socket) -> bytes:
    """All that a server sends until it closes the connection."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("said", [b"", b"G", HEAD, HEAD + b"Cookie: "])
def test_who_says_nothing_or_half_is_not_waited_for(server: Server, said: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(said)
        assert what_comes(connection) == b""


def test_a_head_that_comes_sign_by_sign_never_ends_and_is_cut(server: Server) -> None:
    with server.connect() as connection, pytest.raises(OSError, match=r"reset|pipe"):  # noqa: PT012 - until it is
        connection.sendall(HEAD + b"Cookie: ")
        while True:
            connection.sendall(b"x")


def test_a_head_without_end_is_no_head(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEAD + b"Cookie: " + b"x" * 100_000)
        assert what_comes(connection).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_does_not_come_is_not_waited_for(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(BODY + b"{")
        assert what_comes(connection).startswith(b"HTTP/1.1 408 ")


def test_after_an_answer_nobody_holds_the_connection_with_half_a_request(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEAD + b"\r\n" + HEAD)
        assert what_comes(connection).count(b"HTTP/1.1 200 ") == 1


def test_an_address_with_many_connections_gets_no_more(server: Server) -> None:
    with browser_at(server.address) as browser, ExitStack() as held:
        Tab(browser).open()
        for number in range(MOST):
            stream = held.enter_context(browser.stream("GET", f"/gradio_api/heartbeat/many{number}"))
            assert stream.status_code == 200
        with server.connect() as one_more:
            one_more.sendall(HEAD + b"\r\n")
            assert what_comes(one_more) == b""
    while not answers(server):  # the server notices by itself that they are gone
        pass


def answers(server: Server) -> bool:
    """Whether a new connection is taken."""
    with server.connect() as connection:
        connection.sendall(HEAD + b"\r\n")
        return what_comes(connection).startswith(b"HTTP/1.1 200 ")


def test_who_is_being_answered_is_not_cut(server: Server) -> None:
    with browser_at(server.address) as browser:
        tab = Tab(browser)
        tab.open()
        with server.holding():
            tab.join(WAITING)
            with browser.stream("GET", "/gradio_api/queue/data", params={"session_hash": tab.session}) as stream:
                lines = stream.iter_lines()
                next(lines)
                for said in (b"", HEAD):  # each of them is waited for longer than the stream should be
                    with server.connect() as other:
                        other.sendall(said)
                        assert what_comes(other) == b""
                server.let_go()
                assert '"process_completed"' in "".join(lines)


def test_the_system_closes_connections_whose_reader_is_gone() -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        pytest.skip("this system has no such option")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        notice_gone_readers(listener)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, option) == GONE_SECONDS * 1000


LIMITED = """
import resource
from assistant.face.ui.connections import allow_connections
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
allow_connections()
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (hard if 0 <= hard < 4096 else 4096, hard))
"""


def test_a_process_may_hold_as_many_connections_as_are_taken() -> None:
    pytest.importorskip("resource", reason="this system limits no files")
    ended = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=False, cwd=PROJECT)
    assert (ended.stdout, ended.stderr) == ("True\n", "")
