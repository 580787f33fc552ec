"""What the events of the page show, over the sample, without a browser."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from typing import Any

import gradio as gr
import pytest
from fastapi import Request
from gradio.components import Component

from assistant.engine.daybook import Daybook
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.kept import KeptConversations
from assistant.face.ui.owners import OWNER_COOKIE, new_token
from assistant.face.ui.page import Page
from assistant.face.ui.parts import Updates
from tests.assistant.face.ui.reading import marked_texts, text_of

ASKED = "What does KerbFirst predict?"


def asking(token: str = "", session: str = "") -> gr.Request:
    """A request of a browser with this token, from one of its pages."""
    cookie = f"{OWNER_COOKIE}={token or new_token()}".encode()
    return gr.Request(Request({"type": "http", "headers": [(b"cookie", cookie)]}), session_hash=session or new_token())


def updates_of(steps: AsyncIterator[Updates]) -> list[Updates]:
    """All that an event shows, in order."""

    async def collect() -> list[Updates]:
        return [updates async for updates in steps]

    return asyncio.run(collect())


def update_of(step: Awaitable[Updates]) -> Updates:
    """What an event shows at once."""

    async def wait() -> Updates:
        return await step

    return asyncio.run(wait())


def ask(page: Page, question: str | None, current: object = "", request: gr.Request | None = None) -> list[Updates]:
    return updates_of(page._ask(question, current, request or asking()))


def page_over(book: Daybook) -> Page:
    async def make() -> Page:
        return Page(book)  # in a loop, where Gradio leaves nothing open

    return asyncio.run(make())


@pytest.fixture(scope="module")
def page(sample_book: Daybook) -> Page:
    return page_over(sample_book)


def shown(updates: list[Updates], component: Component) -> list[Any]:
    """What a component was told, in order."""
    return [update[component] for update in updates if component in update]


def test_a_library_is_described_and_asked_about(page: Page) -> None:
    shown_first = update_of(page._open("", "", asking()))
    assert "42\u00a0papers 2\u00a0Nov\u00a02026 – 4\u00a0Nov\u00a02026" in text_of(shown_first[page._masthead])
    assert shown_first[page._shown].count('class="example"') == 4
    assert "What does GritDet propose?" in text_of(shown_first[page._shown])


def test_an_answer_grows_beside_its_sources(page: Page) -> None:
    updates = ask(page, ASKED)
    turns = shown(updates, page._shown)
    assert text_of(turns[0]) == ASKED + "Reading the library …"
    assert text_of(turns[-1]).startswith(ASKED + "Where the Road Ends")
    quoted = marked_texts(shown(updates, page._sources)[-1])
    assert quoted
    assert all(f"“{quote}”" in text_of(turns[-1]) for quote in quoted)


def test_the_button_is_busy_from_the_first_step_to_the_last(page: Page) -> None:
    updates = ask(page, ASKED)
    assert page._send in updates[0]
    assert page._send in updates[-1]
    assert [button["interactive"] for button in shown(updates, page._send)] == [False, True]


def test_a_question_that_can_be_mended_comes_back_into_the_box(page: Page) -> None:
    too_long = "x" * 5000
    updates = ask(page, too_long)
    assert shown(updates, page._box) == ["", too_long]
    assert "The question has 5,000 characters" in text_of(shown(updates, page._shown)[-1])


def test_a_question_that_was_answered_leaves_the_box_to_the_next(page: Page) -> None:
    assert shown(ask(page, ASKED), page._box) == [""]


def test_what_is_no_question_is_a_mistake_and_no_defect(page: Page) -> None:
    for nothing in (None, "", " \u200b "):
        assert "The question is empty" in text_of(shown(ask(page, nothing), page._shown)[-1])


def test_a_conversation_goes_on_and_only_its_newest_turn_is_sent(page: Page) -> None:
    token = new_token()
    current = shown(ask(page, ASKED, "", asking(token)), page._current)[-1]
    updates = ask(page, "And how fast is it?", current, asking(token))
    assert shown(updates, page._current) == [current]
    turns = shown(updates, page._shown)
    assert {turn.count("<article") for turn in turns} == {1}
    assert all('id="turn-2"' in turn for turn in turns)
    assert "38 FPS" in text_of(turns[-1])
    assert shown(updates, page._past) == []
    assert 'id="source-2-1"' in shown(updates, page._sources)[-1]


def test_what_a_page_is_sent_does_not_grow_with_its_conversation(page: Page) -> None:
    token, current, sent = new_token(), "", []
    for _ in range(12):
        updates = ask(page, ASKED, current, asking(token))
        sent.append(sum(len(value) for update in updates for value in update.values() if isinstance(value, str)))
        current = shown(updates, page._current)[-1]
    assert max(sent) < 4 * min(sent)  # as often as the turn is seen growing, which is another number each time


def test_a_page_that_is_not_live_any_more_goes_on_with_what_the_library_keeps(page: Page) -> None:
    token = new_token()
    current = shown(ask(page, ASKED, "", asking(token)), page._current)[-1]
    page._live.drop(KeptConversations(page._book, token).owner, current)
    turns = shown(ask(page, "And how fast is it?", current, asking(token)), page._shown)
    assert 'id="turn-2"' in turns[-1]
    assert "38 FPS" in text_of(turns[-1])


def test_a_conversation_that_is_lost_begins_anew_where_the_turns_before_stood(page: Page) -> None:
    updates = ask(page, ASKED, "0" * 32)
    assert 'id="turn-1"' in shown(updates, page._shown)[0]
    assert shown(updates, page._past)[0] == ""


def test_conversations_know_nothing_of_each_other(page: Page) -> None:
    one, other = (shown(ask(page, ASKED), page._current)[-1] for _ in range(2))
    assert one != other
    stolen = ask(page, "And how fast is it?", one)  # by somebody else
    assert 'id="turn-1"' in shown(stolen, page._shown)[-1]


def test_a_new_conversation_begins_with_nothing(page: Page) -> None:
    update = update_of(page._begin_anew(asking()))
    assert (update[page._current], update[page._past]) == ("", "")
    assert "Ask the papers" in update[page._shown]


def test_an_empty_library_says_how_papers_come_into_it(book: Daybook) -> None:
    page = page_over(book)
    begun = update_of(page._begin_anew(asking()))[page._shown]
    assert "daybook ingest PATH" in text_of(begun)
    assert "example" not in begun
    assert "The library is empty; bring digests in" in text_of(shown(ask(page, ASKED), page._shown)[-1])


def test_an_answer_that_cannot_be_shown_leaves_the_page_usable(
    sample_book: Daybook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = page_over(sample_book)

    def fail(*_: object) -> Updates:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(page, "_sources_of", fail)
    updates = ask(page, ASKED)
    assert text_of(shown(updates, page._shown)[-1]) == ASKED + DEFECT
    assert shown(updates, page._box)[-1] == ASKED
    assert shown(updates, page._send)[-1]["interactive"]
    assert "secret detail" in caplog.text


class TestWhatIsAskedMeanwhile:
    def test_what_was_asked_before_a_new_conversation_is_not_shown_after_it(self, page: Page) -> None:
        request = asking()

        async def leave_an_answer() -> list[Updates]:
            async with aclosing(page._ask(ASKED, "", request)) as steps:
                await anext(steps)
                await page._begin_anew(request)
                return [updates async for updates in steps]

        (last,) = asyncio.run(leave_an_answer())
        assert last.keys() == {page._send}
        assert last[page._send]["interactive"]
        assert update_of(page._begin_anew(request))[page._shown].count('class="earlier"') == 0

    def test_a_question_right_after_new_conversation_begins_one(self, page: Page) -> None:
        """The page does not know yet that its conversation has ended."""
        request = asking()
        current = shown(ask(page, ASKED, "", request), page._current)[-1]
        assert current
        asyncio.run(page._begin_anew(request))
        again = ask(page, ASKED, current, request)
        assert 'id="turn-1"' in shown(again, page._shown)[-1]
        assert shown(again, page._past) == [""]
        assert shown(again, page._current)[-1] not in {"", current}
        update_of(page._reopen(current, request))  # one that was left may be taken up again
        assert 'id="turn-2"' in shown(ask(page, ASKED, current, request), page._shown)[-1]

    def test_what_is_typed_stays_when_a_new_conversation_begins(self, page: Page) -> None:
        assert page._box not in update_of(page._begin_anew(asking()))

    def test_a_question_and_what_ends_it_begin_in_their_order(self, page: Page) -> None:
        """Gradio takes the groups of its events in any order, and the events of a group in theirs."""
        fns = [fn for fn in page.blocks.fns.values() if fn.fn in {page._ask, page._begin_anew, page._reopen}]
        assert len(fns) == 3
        assert len({fn.concurrency_id for fn in fns}) == 1

    def test_a_page_that_opens_late_does_not_undo_a_question(self, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
        request, is_asked = asking(), threading.Event()
        monkeypatch.setattr(page, "_welcome", lambda _: {page._shown: str(is_asked.wait())})

        async def open_late() -> Updates:
            opening = asyncio.create_task(page._open("", "", request))
            await asyncio.sleep(0)
            async with aclosing(page._ask(ASKED, "", request)) as steps:
                await anext(steps)
                is_asked.set()
                return await opening

        assert asyncio.run(open_late()) == {page._box: gr.skip()}

    def test_two_pages_of_one_conversation_ask_one_after_the_other(self, page: Page) -> None:
        token = new_token()
        current = shown(ask(page, ASKED, "", asking(token)), page._current)[-1]

        async def numbers() -> list[str]:
            async def last(question: str) -> str:
                updates = [update async for update in page._ask(question, current, asking(token))]
                return str(shown(updates, page._shown)[-1])

            return [*await asyncio.gather(last("And how fast is it?"), last("And its code?"))]

        one, other = asyncio.run(numbers())
        assert ('id="turn-2"' in one, 'id="turn-3"' in other) == (True, True)
        assert update_of(page._open("", current, asking(token)))[page._past].count("<article") == 2
