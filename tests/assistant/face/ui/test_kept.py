"""The conversations of one browser: found and deleted by it, and by no other."""

import asyncio
from typing import Any

import pytest

from assistant.engine.daybook import Daybook
from assistant.face.ui.kept import KeptConversations, is_token, labels, new_token
from assistant.face.ui.page import Page
from tests.assistant.face.ui.reading import text_of
from tests.assistant.face.ui.test_page import ASKED, page_over, shown

GUESSES: list[Any] = [None, "", 0, [], {}, "0" * 32, "' OR 1=1 --", "%", "x" * 10_000, "\ud800", "../../etc/passwd"]


@pytest.fixture(scope="module")
def page(word_book: Daybook) -> Page:
    return page_over(word_book)


def asked(page: Page, token: str) -> str:
    """The id of a conversation that a browser with this token began."""
    current: str = shown(list(page._ask(ASKED, None, token)), page._current)[-1]
    return current


def test_a_browser_gets_a_token_and_keeps_it(page: Page) -> None:
    token = shown([page._open(None, None)], page._token)[0]
    assert is_token(token)
    assert shown([page._open(token, None)], page._token) == [token]
    assert shown([page._open("mine", None)], page._token) != ["mine"]


def test_the_page_comes_back_as_it_was_left(page: Page) -> None:
    token = new_token()
    current = asked(page, token)
    (turns,) = shown([page._open(token, current)], page._turns)
    assert text_of(turns).startswith(ASKED)
    assert f"own/conversations/{current}.md" in shown([page._open(token, current)], page._export)[0]


def test_a_page_whose_server_forgot_it_goes_on_with_its_conversation(page: Page) -> None:
    token = new_token()
    updates = list(page._ask("And how fast is it?", None, token, asked(page, token)))
    assert shown(updates, page._turns)[-1].count('<article class="turn"') == 2


@pytest.mark.parametrize("guess", GUESSES, ids=lambda guess: repr(guess)[:20])
def test_nothing_is_read_or_deleted_by_guessing(page: Page, word_book: Daybook, guess: object) -> None:
    token = new_token()
    current = asked(page, token)
    for stranger in (guess, new_token()):
        for wanted in (guess, current):
            assert "Ask the papers" in shown([page._open(stranger, wanted)], page._turns)[0]
            page._delete_current(stranger, wanted)
            assert current not in shown([page._open(stranger, wanted)], page._earlier_ids)[0]
    assert KeptConversations(word_book, token).find(current) is not None
    assert token not in [summary.id for summary in word_book.conversations()]


def test_earlier_conversations_are_listed_reopened_and_deleted(page: Page) -> None:
    token = new_token()
    current = asked(page, token)
    updates = [page._begin_anew(token)]
    assert shown(updates, page._earlier_ids) == [[current]]
    assert shown(updates, page._current) == [""]
    assert text_of(shown([page._reopen(0, [current], token)], page._turns)[0]).startswith(ASKED)
    assert "Ask the papers" in shown([page._reopen(5, [current], token)], page._turns)[0]
    page._delete_current(token, current)
    assert shown([page._begin_anew(token)], page._earlier_ids) == [[]]


def test_a_long_title_is_cut_before_its_day(word_book: Daybook) -> None:
    kept = KeptConversations(word_book, new_token())
    list(kept.dialogue().ask("Which " + "very " * 40 + "good networks are there?"))
    (label,) = labels(kept.listed())
    assert len(label) <= 60
    assert " … · " in label


def test_the_export_is_for_who_knows_the_id(word_book: Daybook) -> None:
    import httpx  # noqa: PLC0415

    from assistant.face.ui.server import build_app  # noqa: PLC0415

    chat = word_book.chat_engine()
    chat.chat(ASKED)
    app = build_app(word_book)

    async def get(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:7860") as client:
            return await client.get(path)

    found = asyncio.run(get(f"/own/conversations/{chat.conversation_id}.md"))
    assert found.headers["content-disposition"].startswith("attachment; ")
    assert f"## {ASKED}" in found.text
    for path in ("0" * 32, chat.conversation_id[:-1], "*", "%2e%2e"):
        assert asyncio.run(get(f"/own/conversations/{path}.md")).status_code == 404
