"""Many who wait for a slow language model hold up nobody who does not; who leaves frees everything."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import gradio as gr
import pytest

from assistant.engine.daybook import Daybook
from assistant.face.ui.page import READ_AT_ONCE, Page
from assistant.face.ui.parts import Updates
from assistant.llm.settings import LlmSettings, Patience
from tests.assistant.face.ui.reading import text_of
from tests.assistant.face.ui.test_page import asking, page_over, shown
from tests.assistant.llm import fake_llm as fake

ASKED = "How does WakeMem remember lost vessels?"
COUNTED = "How many papers are there?"  # stored facts, in which no model has a part
CHATS = READ_AT_ONCE + 6
ENOUGH = 60
PATIENT = Patience(600, 600)  # or a busy machine would give the model up


@pytest.fixture
def model() -> Iterator[fake.FakeLlm]:
    with fake.fake_llm(fake.Hold("WakeMem keeps an entry for every lost vessel [1].")) as server:
        yield server
        hold(server).released.set()


def hold(model: fake.FakeLlm) -> fake.Hold:
    assert isinstance(model.reply, fake.Hold)
    return model.reply


@pytest.fixture
def page(word_book: Daybook, model: fake.FakeLlm) -> Page:
    return page_over(
        Daybook(word_book.library, lambda: word_book.embedder, llm=LlmSettings(model.url, "kitten", patience=PATIENT))
    )


async def until_asked(model: fake.FakeLlm, count: int) -> None:
    while len(model.asked) < count:
        await asyncio.sleep(0.01)


async def all_of(steps: AsyncGenerator[Updates, None]) -> list[Updates]:
    return [updates async for updates in steps]


def test_a_question_without_a_model_is_answered_while_many_wait_for_theirs(page: Page, model: fake.FakeLlm) -> None:
    async def ask_all() -> tuple[list[Updates], list[list[Updates]]]:
        chats = [asyncio.create_task(all_of(page._ask(ASKED, "", asking()))) for _ in range(CHATS)]
        await until_asked(model, CHATS)  # all of them at the same time
        counted = await all_of(page._ask(COUNTED, "", asking()))
        assert not any(chat.done() for chat in chats)
        hold(model).released.set()
        return counted, [*await asyncio.gather(*chats)]

    counted, chats = asyncio.run(asyncio.wait_for(ask_all(), ENOUGH))
    assert "holds 42 papers" in text_of(shown(counted, page._shown)[-1])
    assert all("arXiv:9901.00028" in text_of(shown(chat, page._shown)[-1]) for chat in chats)


@pytest.mark.parametrize("way", ["new conversation", "closed page"])
def test_who_leaves_is_waited_for_no_more_and_its_question_is_not_kept(
    page: Page, model: fake.FakeLlm, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    request = asking()

    async def leave() -> str:
        async def ask() -> list[Updates]:
            async with aclosing(page._ask(ASKED, "", request)) as steps:
                return [updates async for updates in steps]

        chat = asyncio.create_task(ask())
        await until_asked(model, 1)
        if way == "closed page":
            await page._leave(request)
        else:
            chat.cancel()  # as Gradio does
        (shown_last,) = await asyncio.gather(chat, return_exceptions=True)
        if way == "closed page":  # or only its line was cut
            assert isinstance(shown_last, list)
            assert "The answer broke off" in shown_last[-1][page._shown]
            assert shown_last[-1][page._box] == ASKED
        await asyncio.to_thread(hold(model).hung_up.wait, ENOUGH)
        welcome: str = (await page._begin_anew(request))[page._shown]
        return welcome

    welcome = asyncio.run(asyncio.wait_for(leave(), ENOUGH))
    assert hold(model).hung_up.is_set()
    assert 'class="earlier"' not in welcome
    assert "Traceback" not in caplog.text


def test_nothing_that_opens_waits_for_others(page: Page) -> None:
    """What the page does as it opens, and what only turns a page, is no part of the queue that others may fill."""
    blocks = page.blocks
    unqueued = {target for fn in blocks.fns.values() if not fn.queue for target in fn.targets}
    opened = {target for fn in blocks.fns.values() for target in fn.targets if target[1] == "load"}
    assert opened
    assert opened <= unqueued
    assert isinstance(blocks, gr.Blocks)
