"""A page whose server goes away and comes back, or that is left: nothing is lost, and nobody is waited for in vain."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.assistant.llm import fake_llm as fake
from tests.browser.conftest import SECONDS_TO_SEE
from tests.browser.test_conversations import OTHER, RestartableServer, opened
from tests.browser.test_page import ASKED, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

FOLLOW_UP = "And how fast is it?"


@pytest.fixture(scope="module")
def library(served_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(served_library, tmp_path_factory.mktemp("recovered") / "library"))


@pytest.fixture(scope="module")
def server(library: Path, models_folder: Path) -> Iterator[RestartableServer]:
    started = RestartableServer(library, models_folder)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shared_model() -> Iterator[fake.FakeLlm]:
    with fake.fake_llm(fake.Hold("")) as model:
        yield model


@pytest.fixture(scope="module")
def shared_slow_server(library: Path, models_folder: Path, shared_model: fake.FakeLlm) -> Iterator[RestartableServer]:
    started = RestartableServer(library, models_folder, shared_model.url)
    yield started
    started.stop()


@pytest.fixture
def model(shared_model: fake.FakeLlm) -> Iterator[fake.FakeLlm]:
    """A language model that was asked nothing yet, and says nothing until it is released."""
    shared_model.reply = fake.Hold("KerbFirst predicts a thin map of semantic boundaries [1].")
    shared_model.asked.clear()
    yield shared_model
    hold(shared_model).released.set()


@pytest.fixture
def slow_server(shared_slow_server: RestartableServer) -> RestartableServer:
    """A server of that model's; it runs, whatever the test before did to it."""
    return shared_slow_server


def hold(model: fake.FakeLlm) -> fake.Hold:
    assert isinstance(model.reply, fake.Hold)
    return model.reply


def reader(browser: "Browser", server: RestartableServer) -> "BrowserContext":
    context = browser.new_context(base_url=server.address)
    context.set_default_timeout(SECONDS_TO_SEE * 1000)
    return context


def send(page: "Page", question: str) -> None:
    page.get_by_role("textbox", name="Question").fill(question)
    page.get_by_role("textbox", name="Question").press("Enter")


def until_asked(page: "Page", model: fake.FakeLlm, count: int = 1) -> None:
    for _ in range(SECONDS_TO_SEE * 20):
        if len(model.asked) >= count:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the model was not asked: {page.locator('#newest').inner_text()}")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "stopped"])
def test_a_question_that_no_server_heard_is_answered_when_it_is_back(
    browser: "Browser", server: RestartableServer, how: signal.Signals
) -> None:
    with reader(browser, server) as context:
        page = opened(context)
        ask(page, ASKED)
        server.end(how)
        send(page, FOLLOW_UP)
        page.get_by_text("Connection to the server was lost").wait_for()
        expect(page.get_by_role("textbox", name="Question")).to_have_value(FOLLOW_UP)
        expect(page.locator(".turn .question")).to_have_text([ASKED])
        server.start()
        expect(page.locator(".turn .question")).to_have_text([ASKED, FOLLOW_UP])
        expect(page.locator(".turn").last).to_contain_text("38 FPS")
        assert OTHER in ask(page, OTHER).inner_text()
        assert page.locator(".turn").count() == 3


def is_left_to_the_reader(page: "Page", loaded: list["Page"]) -> bool:
    """Whether the page says that the answer broke off, with the question in its box, as the server could still tell it.

    Else the page is loaded anew when the server is back, and asks again by itself.
    """
    for _ in range(SECONDS_TO_SEE * 20):
        if loaded or page.locator("#newest .problem").count():
            return not loaded
        page.wait_for_timeout(50)
    pytest.fail(f"neither answered nor told: {page.locator('#newest').inner_text()}")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "stopped"])
def test_an_answer_that_broke_off_is_given_when_the_server_is_back(
    browser: "Browser", slow_server: RestartableServer, model: fake.FakeLlm, how: signal.Signals
) -> None:
    with reader(browser, slow_server) as context:
        page = opened(context)
        send(page, ASKED)
        until_asked(page, model)
        loaded: list[Page] = []
        page.on("load", lambda again: loaded.append(again))  # noqa: PLW0108 - Playwright takes no bound method of a list
        slow_server.end(how)
        hold(model).released.set()
        slow_server.start()
        if is_left_to_the_reader(page, loaded):
            expect(page.get_by_role("textbox", name="Question")).to_have_value(ASKED)
            page.get_by_role("textbox", name="Question").press("Enter")
        question = page.locator(".turn .question")
        expect(page.locator(".turn .answer")).to_contain_text("thin map of semantic boundaries")
        expect(question).to_have_text([ASKED])
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        expect(question).to_have_text([ASKED])  # also where the page was loaded anew just now


def test_a_page_that_waited_through_a_restart_goes_on(browser: "Browser", server: RestartableServer) -> None:
    with reader(browser, server) as context:
        page = opened(context)
        ask(page, ASKED)
        server.stop()
        server.start()
        assert "38 FPS" in ask(page, FOLLOW_UP).inner_text()
        assert page.locator(".turn .question").all_inner_texts() == [ASKED, FOLLOW_UP]


@pytest.mark.parametrize("way", ["closed", "New conversation"])
def test_who_leaves_is_not_answered_any_more(
    browser: "Browser", slow_server: RestartableServer, model: fake.FakeLlm, way: str
) -> None:
    with reader(browser, slow_server) as context:
        page = opened(context)
        send(page, ASKED)
        until_asked(page, model)
        if way == "closed":
            page.close()
        else:
            page.get_by_role("button", name=way).click()
            page.get_by_role("heading", name="Ask the papers").wait_for()
        assert hold(model).hung_up.wait(SECONDS_TO_SEE)
        page = opened(context)
        expect(page.locator("#newest .welcome")).to_be_visible()
        assert page.locator(".turn, .earlier").count() == 0


def test_a_new_conversation_is_not_undone_by_the_answer_before_it(
    browser: "Browser", slow_server: RestartableServer, model: fake.FakeLlm
) -> None:
    with reader(browser, slow_server) as context:
        page = opened(context)
        for number in range(1, 4):
            send(page, ASKED)
            until_asked(page, model, number)
            page.get_by_role("button", name="New conversation").click()
            page.get_by_role("heading", name="Ask the papers").wait_for()
        hold(model).released.set()
        send(page, ASKED)
        expect(page.locator(".turn .answer")).to_contain_text(re.compile("semantic boundaries"))
        assert page.locator(".turn").count() == 1


def test_what_is_sent_during_an_answer_stays_in_its_box(
    browser: "Browser", slow_server: RestartableServer, model: fake.FakeLlm
) -> None:
    with reader(browser, slow_server) as context:
        page = opened(context)
        send(page, ASKED)
        until_asked(page, model)
        expect(page.locator("#send")).to_be_disabled()
        send(page, OTHER)
        hold(model).released.set()
        expect(page.locator(".turn .answer")).to_contain_text("semantic boundaries")
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        assert page.locator(".turn").count() == 1
        expect(page.get_by_role("textbox", name="Question")).to_have_value(OTHER)
        page.get_by_role("textbox", name="Question").press("Enter")
        expect(page.locator(".turn .question")).to_have_text([ASKED, OTHER])
