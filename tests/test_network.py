"""No test of this process can leave the machine."""

import socket

import httpx
import pytest

from tests.conftest import NetworkReachedError

ELSEWHERE = ("192.0.2.1", 80)  # an address that RFC 5737 keeps free for documentation


def test_a_connection_elsewhere_is_refused() -> None:
    with socket.socket() as out, pytest.raises(NetworkReachedError):
        out.connect(ELSEWHERE)
    with socket.socket() as out, pytest.raises(NetworkReachedError):
        out.connect_ex(ELSEWHERE)


def test_a_name_elsewhere_is_not_looked_up() -> None:
    with pytest.raises(NetworkReachedError):
        httpx.get("https://arxiv.org/", timeout=1)


def test_the_machine_itself_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=1) as out:
            assert out.getpeername()[1] == port
