"""Days and comparisons beside the chat, as a reader has them: a real server, a real Chromium, the real model."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_page import ASKED, ask

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def open_view(page: "Page", name: str) -> None:
    page.locator("a.view", has_text=name).press("Enter")


def open_day(page: "Page", day: str, heading: str) -> "Locator":
    """Pick a day in the calendar and wait for its page."""
    open_view(page, "Day")
    page.locator("#day-page .day").wait_for()
    page.locator(f"button.held[value='{day}']").press("Enter")
    expect(page.locator("#day-page h2")).to_have_text(heading)
    return page.locator("#day-page")


def saved(page: "Page", link: "Locator") -> str:
    """The text of the file that a link saves."""
    with page.expect_download() as download:
        link.click()
    return download.value.path().read_text(encoding="utf-8")


def test_the_chat_is_the_start_and_stays_as_it_was(page: "Page") -> None:
    ask(page, ASKED)
    open_view(page, "Day")
    page.locator("#day-page .day").wait_for()
    assert not page.locator("#desk").is_visible()
    page.go_back()
    expect(page.locator("#desk")).to_be_visible()
    assert page.locator(".turn").count() == 1
    assert "38 FPS" in ask(page, "And how fast is it?").inner_text()


def test_a_day_is_picked_in_the_calendar_and_a_theme_folds_open(page: "Page") -> None:
    day = open_day(page, "2026-11-03", "3 Nov 2026")
    expect(page.locator("button.held:focus")).to_have_attribute("aria-pressed", "true")
    theme = day.locator("details.theme").first
    assert not theme.locator("article").first.is_visible()
    theme.locator("summary").first.press("Enter")
    expect(theme.locator("article").first).to_be_visible()
    theme.locator(".whole summary").first.press("Enter")
    article = theme.locator("article").first
    quotes = [quote.strip("“”") for quote in article.locator("blockquote p").all_inner_texts()]
    assert sorted(article.locator(".whole mark").all_inner_texts()) == sorted(quotes)
    assert len(quotes) == 2  # what it does, and what it found
    day.get_by_role("button", name="unfold all").click()
    expect(day.locator("details.theme:not([open])")).to_have_count(0)
    assert "on 3 Nov 2026" in day.inner_text() or "of 3 Nov 2026" in day.inner_text()


def test_a_day_is_saved_as_it_is_shown(page: "Page") -> None:
    day = open_day(page, "2026-11-02", "2 Nov 2026")
    shown = day.locator("article").count()
    assert saved(page, day.get_by_role("link", name="Markdown")).startswith("# 2 Nov 2026")
    assert "<h1>" in saved(page, day.get_by_role("link", name="HTML"))
    assert json.loads(saved(page, day.get_by_role("link", name="JSON", exact=True)))["papers"] == shown > 0


def test_a_period_and_a_theme_are_typed_and_a_bad_day_loses_nothing(page: "Page") -> None:
    open_day(page, "2026-11-03", "3 Nov 2026")
    page.get_by_label("From").fill("2 November 2026")
    page.get_by_label("To", exact=True).press("Enter")
    expect(page.locator("#day-page h2")).to_have_text("2–3 Nov 2026")
    expect(page.locator("button.is-chosen")).to_have_count(2)
    page.get_by_label("From").fill("someday")
    page.get_by_role("button", name="Show").locator("visible=true").click()
    expect(page.locator("#day-status .problem")).to_have_text("“someday” is no day; write it as 2020-05-25")
    expect(page.locator("#day-page h2")).to_have_text("2–3 Nov 2026")


def test_papers_of_a_day_are_compared_and_saved(page: "Page") -> None:
    day = open_day(page, "2026-11-03", "3 Nov 2026")
    day.get_by_role("button", name="unfold all").click()
    controls = day.locator("article button.compare")
    ids = [controls.nth(place).get_attribute("value") for place in (0, 2)]
    for place in (0, 1, 2):
        controls.nth(place).click()
    controls.nth(1).click()  # and out again
    expect(page.locator("#views a.view").last).to_have_text("Compare (2)")
    expect(day.locator("article button.compare[aria-pressed=true]")).to_have_count(2)
    open_view(page, "Compare")
    for one in ids:  # before the rows are counted: the first two papers had a table too
        expect(page.locator("#table table").first).to_contain_text(f"arXiv:{one}")
    expect(page.locator("#table table").first.locator("tbody tr")).to_have_count(2)
    quotes = page.locator("#table td p").all_inner_texts()
    assert quotes
    csv = saved(page, page.locator("#table").get_by_role("link", name="CSV"))
    assert [line.split(",")[0] for line in csv.splitlines() if line[:6] == "arXiv:"] == [f"arXiv:{one}" for one in ids]
    assert saved(page, page.locator("#table").get_by_role("link", name="LaTeX")).startswith(r"\begin{tabular}")
    assert saved(page, page.locator("#table").get_by_role("link", name="Markdown")).startswith("| paper |")


def test_a_quote_leads_to_its_place_in_the_abstract(page: "Page") -> None:
    ask(page, ASKED)
    page.locator(".references button.compare").first.click()
    ask(page, "What does HarbourTrack gather?")
    page.locator(".source button.compare").first.click()
    open_view(page, "Compare")
    page.locator("#table td .marker").first.press("Enter")
    page.locator("#source-0-1.is-shown").wait_for()
    marked = page.locator("#source-0-1 mark").all_inner_texts()
    quoted = page.locator("#table td p").first.inner_text()
    assert any(quoted.partition("”")[0].strip("“”") in mark for mark in marked)


def test_papers_and_columns_are_typed_and_what_is_unknown_loses_nothing(page: "Page") -> None:
    open_view(page, "Compare")
    name = page.get_by_label("Add a paper")
    for number, typed in enumerate(("KerbFirst", "9901.00028"), start=1):
        name.fill(typed)
        name.press("Enter")
        expect(page.locator(".chip")).to_have_count(number)
    page.get_by_label("More columns").fill("frame rate")
    page.get_by_label("More columns").press("Enter")
    expect(page.get_by_role("columnheader", name="Frame rate")).to_be_visible()
    name.fill("zorblax")
    name.press("Enter")
    expect(page.locator("#compare-status .problem")).to_contain_text("no paper that “zorblax” surely names")
    assert name.input_value() == "zorblax"
    assert page.locator(".chip").count() == 2
    page.locator(".chip button").first.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#table")).to_contain_text("Add another to see them side by side")


def test_a_ninth_paper_is_refused_in_one_line(page: "Page") -> None:
    day = open_day(page, "2026-11-03", "3 Nov 2026")
    day.get_by_role("button", name="unfold all").click()
    for place in range(9):
        day.locator("article button.compare").nth(place).click()
    expect(page.locator("#compare-status .problem")).to_contain_text("at most 8 papers; remove one to add")
    expect(day.locator("article button.compare[aria-pressed=true]")).to_have_count(8)
    expect(page.locator("#views a.view").last).to_have_text("Compare (8)")


def test_a_comparison_and_its_view_outlive_a_reload(page: "Page") -> None:
    ask(page, "Which papers are about polyp segmentation?")
    for place in (0, 1):
        page.locator(".references button.compare").nth(place).click()
    open_view(page, "Compare")
    page.locator("#table table").first.wait_for()
    page.reload()
    page.locator("#table table").first.wait_for()
    expect(page.locator(".chip")).to_have_count(2)


def test_an_answer_that_compares_has_a_table_which_opens_as_a_comparison(page: "Page") -> None:
    turn = ask(page, "How do KerbFirst and GritDet differ?")
    assert turn.locator("table.comparison").first.locator("tbody tr").count() == 2
    turn.get_by_role("button", name="open as a comparison").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator("#compare-view")).to_be_visible()
    page.locator("#table table").first.wait_for()


def test_a_hostile_paper_is_text_in_every_view(page: "Page") -> None:
    day = open_day(page, "2026-10-30", "30 Oct 2026")
    assert "<img src=x onerror=document.title='broken'> **bold**" in day.inner_text()
    for place in (0, 1):
        day.locator("article button.compare").nth(place).click()
    open_view(page, "Compare")
    page.locator("#table table").first.wait_for()
    assert "<img src=x onerror=document.title='broken'> **bold**" in page.locator("#table").inner_text()
    assert page.locator(".md :is(img, script, form, input, code, svg)").count() == 0


@pytest.mark.parametrize("width", [360, 899, 1280])
def test_no_view_runs_out_of_the_window(page: "Page", width: int) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    day = open_day(page, "2026-10-30", "30 Oct 2026")
    for place in (0, 1):
        day.locator("article button.compare").nth(place).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    open_view(page, "Compare")
    page.locator("#table table").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_problem_of_any_length_leaves_the_box_to_ask_in_free(page: "Page") -> None:
    page.set_viewport_size({"width": 400, "height": 760})
    name = page.get_by_label("Add a paper")
    open_view(page, "Compare")
    name.fill("zorblax")
    name.press("Enter")
    expect(page.locator("#compare-status .problem")).to_be_visible()
    page.evaluate("document.querySelector('#compare-status .problem').textContent = 'kelp '.repeat(4000)")
    open_view(page, "Ask")
    for control in ("#question textarea", "#send"):
        is_free = """(control) => {
          const { x, y, width, height } = control.getBoundingClientRect();
          return control.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }"""
        assert page.locator(control).evaluate(is_free)
