"""WCAG 2.2 AA by axe, in both themes and at two widths: the first page, an answer, a day, a comparison, the writer."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_page import ASKED, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


LOOKS = ((390, "light"), (1440, "dark"))


def violations(page: "Page") -> list[str]:
    """What axe finds wrong in one theme at one width, and in the other at the other: the rule, the first elements."""
    wrong = []
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => document.body.classList.toggle('dark', theme === 'dark')", theme)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{width}: wider than its window")
        found = Axe().run(page, options={"runOnly": STANDARD, "resultTypes": ["violations"]}).response
        wrong += [
            f"{width} {theme} {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
            for one in found["violations"]
        ]
    return wrong


def test_every_view_can_be_used_by_everyone_in_both_themes(page: "Page") -> None:
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; animation: none !important }")
    page.locator("#today .today").wait_for()
    found = {"first page": violations(page)}
    page.locator("#today details.theme summary").first.click()
    page.locator("#today button.compare").first.click()
    ask(page, ASKED)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    found["answer"] = violations(page)
    page.locator("a.view", has_text="Day").click()
    page.locator("#day-page .day").wait_for()
    page.locator("#day-page button.unfold").click()
    found["day"] = violations(page)
    page.locator("#day-page button.compare:not([aria-pressed='true'])").last.click()
    page.locator("a.view", has_text="Compare").click()
    page.locator("#table table.comparison").first.wait_for()
    found["comparison"] = violations(page)
    page.locator("a.view", has_text="Writer").click()
    page.locator("#writer-view").wait_for()
    found["writer"] = violations(page)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    found["keys"] = violations(page)
    assert not any(found.values()), found
