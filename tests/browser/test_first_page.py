"""The first page as a researcher finds it in the morning, and what keys do, in a real Chromium."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.engine.daybook import Daybook
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.browser.conftest import SECONDS_TO_SEE, SERVER
from tests.browser.test_conversations import RestartableServer
from tests.browser.test_page import ASKED, ask
from tests.conftest import write_digest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

NEWEST, BEFORE = "4 Nov 2026", "3 Nov 2026"
RESULTS_ON_FIRST_SCREEN = 5


@pytest.fixture
def forgetful_server(
    served_library: Path, models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RestartableServer]:
    """A server for which each look at the page is a visit of its own."""
    at_once = "from assistant.face.ui import today_view\ntoday_view.VISIT_SECONDS = 0.0\n"
    monkeypatch.setattr("tests.browser.test_conversations.SERVER", at_once + SERVER)
    server = RestartableServer(Path(shutil.copytree(served_library, tmp_path / "library")), models_folder)
    yield server
    server.stop()


@pytest.fixture
def growing(
    browser: "Browser", forgetful_server: RestartableServer, tmp_path: Path, real_embedder: OnnxEmbedding
) -> Iterator["Growing"]:
    """A page over a library that grows."""
    with browser.new_context(base_url=forgetful_server.address) as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        page = context.new_page()
        page.goto("/")
        page.locator("#today .today").wait_for()
        yield Growing(page, tmp_path / "library", tmp_path, real_embedder)


@dataclass(frozen=True)
class Growing:
    """A page, and what brings papers into its library."""

    page: "Page"
    library: Path
    digests: Path
    embedder: OnnxEmbedding

    def ingest(self, day: date, *papers: tuple[str, str, str]) -> None:
        """Bring the papers of a day in, beside the server."""
        digest = write_digest(self.digests / day.isoformat(), day, list(papers))
        with Daybook(Library(self.library), lambda: self.embedder) as book:
            book.ingest([digest])


def in_window(page: "Page", selector: str) -> int:
    """How many elements stand whole in the window, without a turn of the wheel."""
    return int(
        page.evaluate(
            "s => [...document.querySelectorAll(s)].filter(e => { const r = e.getBoundingClientRect();"
            " return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight; }).length",
            selector,
        )
    )


def test_the_newest_day_stands_below_the_question_with_its_results_and_themes(page: "Page") -> None:
    today = page.locator("#today")
    expect(today.locator("h2")).to_have_text(NEWEST)
    assert in_window(page, "#today li.result") >= RESULTS_ON_FIRST_SCREEN - 1  # and the questions above them
    box, heading = page.locator("#question").bounding_box(), today.locator("h2").bounding_box()
    assert box is not None
    assert heading is not None
    assert box["y"] < heading["y"]
    theme = today.locator("details.theme").first
    theme.locator("summary").press("Enter")
    expect(theme.locator("article").first).to_be_visible()
    ask(page, ASKED)
    expect(today).to_be_hidden()
    expect(page.locator("#beside")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(today.locator("h2")).to_be_visible()


def test_a_day_has_five_results_on_its_first_screen_and_its_neighbours_a_key_away(page: "Page") -> None:
    page.locator("#today").get_by_role("button", name="the whole day").click()
    expect(page.locator("#day-page h2")).to_have_text(NEWEST)
    assert in_window(page, "#day-page li.result") >= RESULTS_ON_FIRST_SCREEN
    expect(page.locator("#day-page .neighbour.after")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#day-page h2")).to_have_text(BEFORE)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#day-page h2")).to_have_text(NEWEST)
    page.get_by_label("Only on").press("ArrowLeft")  # where something is typed it moves the cursor
    page.wait_for_timeout(300)
    expect(page.locator("#day-page h2")).to_have_text(NEWEST)


def test_keys_lead_to_the_question_and_from_paper_to_paper(page: "Page") -> None:
    page.locator("#today li.result").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#today li.result").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#today li.result").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    page.keyboard.type("/?jk")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("/?jk")
    page.get_by_role("textbox", name="Question").fill("")
    ask(page, ASKED)
    page.locator("a.view", has_text="Day").click()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Question")).to_have_value(ASKED)


def test_keys_are_told_and_letters_can_be_turned_off(page: "Page") -> None:
    page.locator("#today li.result").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("the day before, the day after")
    keys.get_by_role("checkbox").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")


def test_what_came_since_the_last_visit_is_told_with_its_days(growing: Growing) -> None:
    page = growing.page
    assert page.locator("#today .since").count() == 0
    growing.ingest(date(2026, 11, 5), ("2611.09999", "Kites", "Kites fly at 9 m."))
    page.reload()
    expect(page.locator("#today .since")).to_contain_text("Since you last looked 1 paper came or changed: 5")
    expect(page.locator("#today h2")).to_have_text("5 Nov 2026")
    page.locator("#today .since button").click()
    expect(page.locator("#day-page h2")).to_have_text("5 Nov 2026")


def test_what_is_followed_stands_on_the_first_page_until_it_was_seen(growing: Growing) -> None:
    page = growing.page
    page.get_by_label("Follow a topic").fill("kite flying")
    page.get_by_role("button", name="Follow", exact=True).click()
    news = page.locator("#news .news")
    expect(news).to_contain_text("kite flying topic · nothing new")
    page.get_by_label("Follow a topic").fill("kite flying")
    page.get_by_label("Follow a topic").press("Enter")
    expect(page.locator("#follow-status .problem")).to_contain_text("followed already, as number 1")
    text = "We study kite flying. Kite flying reaches 9 m."
    growing.ingest(date(2026, 11, 5), ("2611.09999", "Kite Flying <b>High</b>", text))
    page.reload()
    expect(news).to_contain_text("1 new")
    news.locator("summary").click()
    expect(news.locator("article")).to_contain_text("Kite Flying")
    feed = page.request.get("/feed")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "2611.09999" in feed.text()
    growing.ingest(date(2026, 11, 6), ("2611.09998", "Kite Flying Again", text))
    news.get_by_role("button", name="Mark as seen").click()  # of what is shown, not of what came meanwhile
    expect(news).to_contain_text("Kite Flying Again")
    expect(news).not_to_contain_text("High")
    assert news.locator("article").count() == 1
    news.get_by_role("button", name="Mark as seen").click()
    expect(news).to_contain_text("nothing new")
    news.get_by_role("button", name="stop").click()
    expect(news).to_have_count(0)
    assert "2611.09999" not in page.request.get("/feed").text()
