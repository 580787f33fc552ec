"""A page that the network reaches opens for who has its link, and for nobody else."""

import re
import stat
from pathlib import Path

import pytest

from assistant.face.ui.access import TOKEN_FILE, AccessGuard, access_token, is_this_machine
from assistant.face.ui.owners import OWNER_COOKIE, OwnerCookie, new_token
from ingest.errors import InputError
from tests.assistant.face.ui.serving import Tab, browser_at, served
from tests.assistant.face.ui.test_guard import ask, count

TOKEN = "a-token-of-twenty-one"  # noqa: S105 - it opens what is made here
EVERYWHERE = "0.0.0.0"  # noqa: S104 - each request goes to the loopback address
CLOSED = "this page needs its link with the token; open the one that Daybook printed when it was started"


class TestServed:
    def test_only_the_printed_link_opens_the_page(self, word_library: Path) -> None:
        with served(word_library, host=EVERYWHERE) as server:
            kept = word_library / TOKEN_FILE
            token = kept.read_text(encoding="utf-8").strip()
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
            assert server.link == f"http://127.0.0.1:{server.port}/?token={token}"
            said = []
            with browser_at(server.address) as stranger:
                for path in ("/", "/?token=" + "x" * 32, "/?token=é", "/own/page.css", "/gradio_api/app_id", "/?token"):
                    refused = stranger.get(path)
                    assert (refused.status_code, CLOSED in refused.text) == (401, True)
                    said.append(refused)
                said.append(stranger.post("/gradio_api/queue/join", json={"session_hash": "abc", "data": []}))
                assert said[-1].status_code == 401
            with browser_at(server.address) as invited:
                entered = invited.get(server.link)
                assert (entered.status_code, entered.headers["location"]) == (303, "./")
                assert re.fullmatch(
                    r"daybook-access-[0-9a-f]{8}=[0-9a-f]{64}; HttpOnly; .*Path=/; SameSite=Strict",
                    entered.headers["set-cookie"],
                )
                tab = Tab(invited)
                said += [entered, tab.open()]
                assert "KerbFirst" in tab.ask()
                broken = tab.post("queue/join", {**tab.asking(), "fn_index": 987})
                assert broken.status_code == 500
                secrets = [token, invited.cookies[OWNER_COOKIE], entered.headers["set-cookie"].split(";")[0]]
            assert not [answer for answer in said if token in answer.text or token in str(answer.headers)]
            status, output, errors = server.stop()
        assert (status, output) == (0, "closed\n")
        assert "Traceback" in errors  # a defect is logged
        assert "is not encrypted" in errors.splitlines()[0]
        assert not [secret for secret in secrets if secret in output + errors]


class TestToken:
    def test_on_this_machine_nobody_needs_one(self, tmp_path: Path) -> None:
        assert access_token("127.0.0.1", tmp_path) == access_token("localhost", tmp_path) == ""
        assert list(tmp_path.iterdir()) == []
        assert is_this_machine("::1")
        assert is_this_machine("127.0.0.2")
        assert not is_this_machine(EVERYWHERE)
        assert not is_this_machine("daybook.lan")

    def test_it_is_made_once(self, tmp_path: Path) -> None:
        token = access_token(EVERYWHERE, tmp_path)
        assert len(token) >= 32
        (tmp_path / TOKEN_FILE).chmod(0o644)
        assert access_token("192.0.2.1", tmp_path) == token
        assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600

    def test_a_given_one_is_taken_wherever_the_page_is(self, tmp_path: Path) -> None:
        assert access_token(EVERYWHERE, tmp_path, TOKEN) == access_token("127.0.0.1", tmp_path, TOKEN) == TOKEN
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("weak", ["short", "x" * 15, "with a space in between", "x" * 201, "ümlaut" * 4])
    def test_a_weak_one_is_an_error_that_does_not_tell_it(self, tmp_path: Path, weak: str) -> None:
        with pytest.raises(InputError, match="DAYBOOK_TOKEN has to be of 16 to 200 letters") as error:
            access_token(EVERYWHERE, tmp_path, weak)
        assert weak not in str(error.value)

    def test_a_file_that_holds_none_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / TOKEN_FILE).write_text("\n")
        with pytest.raises(InputError, match="holds no token; delete it"):
            access_token(EVERYWHERE, tmp_path)

    def test_where_none_can_be_kept_one_has_to_be_given(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"can be kept in .*; give one in DAYBOOK_TOKEN"):
            access_token(EVERYWHERE, tmp_path / "none")


class TestCookies:
    """What a browser brings and gets; links on other sites lead here without the strict ones."""

    def test_a_browser_gets_a_token_and_keeps_it(self) -> None:
        first = ask(OwnerCookie(count), "GET /").headers.get_list("set-cookie")
        assert re.fullmatch(rf"{OWNER_COOKIE}=[0-9a-f]{{32}}; HttpOnly; Max-Age=\d+; Path=/; SameSite=Strict", first[0])
        own = f"{OWNER_COOKIE}={new_token()}"
        assert ask(OwnerCookie(count), "GET /", headers={"cookie": own}).headers["set-cookie"].startswith(own)
        guessed = ask(OwnerCookie(count), "GET /", headers={"cookie": f"{OWNER_COOKIE}=mine"})
        assert not guessed.headers["set-cookie"].startswith(f"{OWNER_COOKIE}=mine")
        assert "set-cookie" not in ask(OwnerCookie(count), "GET /own/page.css").headers

    def test_over_https_no_other_connection_brings_it(self) -> None:
        assert ask(OwnerCookie(count), "GET /", base="https://localhost").headers["set-cookie"].endswith("; Secure")

    def test_a_browser_that_was_here_is_asked_once_more_before_it_gets_another_token(self) -> None:
        known = {"cookie": "daybook-known=1"}
        again = ask(OwnerCookie(count), "GET /", headers=known)
        assert 'http-equiv="refresh" content="0;url=?again"' in again.text
        assert "set-cookie" not in again.headers
        both = {"cookie": f"daybook-known=1; {OWNER_COOKIE}={new_token()}"}
        found = ask(OwnerCookie(count), "GET /?again", headers=both)
        assert (found.status_code, found.headers["location"]) == (303, "./")
        lost = ask(OwnerCookie(count), "GET /?again", headers=known)
        assert lost.headers["set-cookie"].startswith(OWNER_COOKIE)

    def test_the_page_is_asked_for_once_more_before_the_link_is_missed(self) -> None:
        guard = AccessGuard(count, token=TOKEN)
        assert 'content="0;url=?again"' in ask(guard, "GET /").text
        assert ask(guard, "GET /?again").text == CLOSED
        entered = ask(guard, f"GET /?token={TOKEN}").headers["set-cookie"]
        assert ask(guard, "GET /", headers={"cookie": entered.split(";")[0]}).status_code == 200

    def test_two_servers_of_one_host_do_not_take_each_others_cookie(self) -> None:
        names = {
            ask(AccessGuard(count, token=token), f"GET /?token={token}").headers["set-cookie"].partition("=")[0]
            for token in (TOKEN, TOKEN + "2")
        }
        assert len(names) == 2

    def test_a_token_opens_the_page_alone(self) -> None:
        assert ask(AccessGuard(count, token=TOKEN), f"GET /own/page.css?token={TOKEN}").status_code == 401
