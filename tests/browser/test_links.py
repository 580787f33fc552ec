"""Links that last, in a real Chromium: each opens what it names, and what is shown stands in the address."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import SECONDS_TO_SEE
from tests.browser.test_page import ASKED, ask
from tests.browser.test_views import open_view

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

QUESTION = "/ask?q=What%20does%20KerbFirst%20predict%3F"
OTHER = "What does HarbourTrack gather?"
COPIED = """() => {
  window.copied = [];
  const take = (text) => { window.copied.push(text); return Promise.resolve(); };
  Object.defineProperty(navigator, "clipboard", { value: { writeText: take }, configurable: true });
}"""


@pytest.fixture
def reader(browser: "Browser", served_page: str) -> Iterator["BrowserContext"]:
    """A browser that has never been here; nothing in it goes wrong."""
    with browser.new_context(base_url=served_page, viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        wrong: list[str] = []
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        yield context
        assert wrong == []


def opened(context: "BrowserContext", address: str) -> "Page":
    page = context.new_page()
    page.goto(address)
    return page


def place(page: "Page") -> str:
    return str(page.evaluate("location.pathname + location.hash"))


def stands(page: "Page", expected: str) -> None:
    """Wait until the address says this."""
    page.wait_for_function("(expected) => location.pathname + location.hash === expected", arg=expected)


class TestDays:
    def test_a_day_a_period_and_a_theme_are_opened(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/day/2026-11-03")
        expect(page.locator("#day-page h2")).to_have_text("3 Nov 2026")
        assert place(page) == "/#day/2026-11-03"
        expect(page.locator("button.is-chosen")).to_have_count(1)
        page.goto("/day/2026-11-02/2026-11-04?theme=vessels")
        expect(page.locator("#day-page h2")).to_have_text("2–4 Nov 2026: vessels")
        expect(page.get_by_label("Only on")).to_have_value("vessels")
        assert place(page) == "/#day/2026-11-02/2026-11-04?theme=vessels"
        page.reload()
        expect(page.locator("#day-page h2")).to_have_text("2–4 Nov 2026: vessels")

    @pytest.mark.parametrize(
        ("address", "line"),
        [
            ("/day/nonsense", "“nonsense” is no day; write it as 2020-05-25"),
            ("/day/2019-01-01", "The library holds no papers of 1 Jan 2019"),
            ("/day/2026-11-03?theme=zorblax", "zorblax"),
        ],
    )
    def test_a_bad_one_is_one_clear_line(self, reader: "BrowserContext", address: str, line: str) -> None:
        page = opened(reader, address)
        expect(page.locator("#day-status .problem")).to_contain_text(line)
        expect(page.locator("button.held")).not_to_have_count(0)

    def test_back_and_forward_lead_through_the_days_that_were_picked(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/")
        open_view(page, "Day")
        stands(page, "/#day/2026-11-04")
        page.locator("button.held[value='2026-11-02']").click()
        stands(page, "/#day/2026-11-02")
        page.get_by_label("Only on").fill("vessels")
        page.get_by_label("Only on").press("Enter")
        stands(page, "/#day/2026-11-02?theme=vessels")
        page.go_back()
        expect(page.locator("#day-page h2")).to_have_text("2 Nov 2026")
        expect(page.get_by_label("Only on")).to_have_value("")
        page.go_back()
        expect(page.locator("#day-page h2")).to_have_text("4 Nov 2026")
        page.go_forward()
        expect(page.locator("#day-page h2")).to_have_text("2 Nov 2026")
        stands(page, "/#day/2026-11-02")
        page.go_back()
        page.go_back()
        expect(page.locator("#desk")).to_be_visible()
        assert place(page) == "/"


class TestComparisons:
    def test_papers_are_put_side_by_side_and_stay_so(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/compare?ids=9901.00014,9901.00028v2&columns=frame%20rate")
        expect(page.locator("#table table").first.locator("tbody tr")).to_have_count(2)
        expect(page.get_by_role("columnheader", name="Frame rate")).to_be_visible()
        link = "/#compare?ids=9901.00014,9901.00028&columns=frame%20rate"
        stands(page, link)
        page.locator(".chip button").first.click()
        stands(page, "/#compare?ids=9901.00028&columns=frame%20rate".partition("&")[0])
        page.go_back()
        expect(page.locator(".chip")).to_have_count(2)
        stands(page, link)
        page.reload()
        expect(page.get_by_role("columnheader", name="Frame rate")).to_be_visible()
        expect(page.locator(".chip")).to_have_count(2)

    def test_a_link_shows_its_papers_alone_and_one_that_adds_keeps_the_others(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/compare?ids=9901.00001,9901.00002")
        expect(page.locator(".chip")).to_have_count(2)
        page.goto("/compare?add=9901.00003")
        expect(page.locator(".chip")).to_have_count(3)
        page.goto("/compare?ids=9901.00014,9901.00028")
        expect(page.locator("#table table").first).to_contain_text("arXiv:9901.00028")
        expect(page.locator(".chip")).to_have_count(2)

    def test_an_unknown_paper_is_one_clear_line(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/compare?ids=1234.56789,9901.00014")
        expect(page.locator("#compare-status .problem")).to_contain_text("The library holds no paper “1234.56789”")
        expect(page.locator(".chip")).to_have_count(1)


class TestQuestions:
    def test_a_question_is_asked_once(self, reader: "BrowserContext") -> None:
        page = opened(reader, QUESTION)
        expect(page.locator(".turn .answer")).to_contain_text("thin map of semantic boundaries")
        assert place(page) == "/#ask"
        for _ in range(2):
            page.reload()
            expect(page.locator(".turn .question")).to_have_text([ASKED])
            page.wait_for_timeout(300)
            expect(page.locator(".turn")).to_have_count(1)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#earlier button")).to_have_count(1)

    def test_it_begins_a_conversation_of_its_own(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/")
        page.locator("#newest .welcome").wait_for()
        ask(page, OTHER)
        page.goto(QUESTION)
        expect(page.locator(".turn .question")).to_have_text([ASKED])
        expect(page.locator(".turn .answer")).to_contain_text("thin map of semantic boundaries")
        page.goto(QUESTION)  # once more, while its own conversation is open
        expect(page.locator(".turn .question")).to_have_text([ASKED])
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#earlier button")).to_have_count(2)

    def test_an_empty_one_is_one_clear_line(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/ask?q=")
        expect(page.locator(".turn .problem")).to_contain_text("The question is empty")


class TestCopying:
    def test_links_are_those_of_what_is_shown(self, reader: "BrowserContext", served_page: str) -> None:
        page = opened(reader, "/day/2026-11-02/2026-11-03?theme=vessels")
        page.evaluate(COPIED)
        page.locator("#day-page").get_by_role("button", name="copy link").click()
        expect(page.locator("#copied")).to_have_text("Copied")
        page.goto("/compare?ids=9901.00014,9901.00028")
        page.evaluate(COPIED)
        page.locator("#table").get_by_role("button", name="copy link").click()
        assert page.evaluate("copied") == [f"{served_page}/compare?ids=9901.00014,9901.00028"]

    def test_an_answer_and_a_quote_are_copied_with_their_papers(
        self, reader: "BrowserContext", served_page: str
    ) -> None:
        page = opened(reader, QUESTION)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        page.evaluate(COPIED)
        turn = page.locator(".turn")
        for name in ("copy answer", "copy quote", "copy link"):
            button = turn.get_by_role("button", name=name).first
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24
            button.press("Enter")
        answer, quote, link = page.evaluate("copied")
        paper = "arXiv:9901.00014, https://arxiv.org/pdf/9901.00014.pdf"
        assert "thin map of semantic boundaries" in answer
        assert answer.splitlines()[-1].startswith("[1] Where the Road Ends")
        assert answer.endswith(paper)
        assert "copy" not in answer
        assert quote.startswith("“")
        assert "[1]" not in quote
        assert quote.endswith(f"{paper})")
        assert link == served_page + QUESTION

    def test_a_quote_of_a_day_is_copied_by_hand_where_there_is_no_clipboard(self, reader: "BrowserContext") -> None:
        page = opened(reader, "/day/2026-11-03?theme=vessels")
        page.evaluate("""() => {
          Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
          document.execCommand = () => { window.taken = document.activeElement.value; return true; };
        }""")
        page.locator("#day-page .listed").first.get_by_role("button", name="copy quote").click()
        assert "keeps an entry for every lost vessel" in page.evaluate("taken")
        page.evaluate("document.execCommand = () => false")
        page.locator("#day-page .listed").first.get_by_role("button", name="copy quote").click()
        expect(page.locator("#copied")).to_contain_text("does not let this page copy")


def test_a_conversation_is_saved_with_the_papers_that_it_cites(reader: "BrowserContext") -> None:
    page = opened(reader, QUESTION)
    page.locator("#export summary").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").locator("visible=true").click()
    assert "eprint = {9901.00014}" in download.value.path().read_text(encoding="utf-8")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        box = page.locator("#export p").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_link_on_another_site_leads_to_its_place_and_the_reader_stays_known(
    reader: "BrowserContext", served_page: str
) -> None:
    page = opened(reader, QUESTION)
    page.locator(".turn .answer").wait_for()
    page.get_by_role("button", name="Ask", exact=True).wait_for()
    page.goto("about:blank")
    page.set_content(f'<a href="{served_page}/day/2026-11-03">a day</a>')
    page.get_by_role("link").click()  # what comes from there comes without the cookie that says who this is
    expect(page.locator("#day-page h2")).to_have_text("3 Nov 2026")
    assert place(page) == "/#day/2026-11-03"
    open_view(page, "Ask")
    expect(page.locator(".turn .question")).to_have_text([ASKED])
