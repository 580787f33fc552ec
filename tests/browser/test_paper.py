"""The page of one paper, in a real Chromium without scripts: both themes, both widths, hostile texts."""

from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.conftest import SECONDS_TO_SEE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
HOSTILE = "paper/9902.00002"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_read_without_a_script_in_every_window(
    browser: "Browser", served_page: str, width: int, theme: Literal["light", "dark"]
) -> None:
    size = {"width": width, "height": 800}
    with browser.new_context(viewport=size, color_scheme=theme, java_script_enabled=False) as context:  # type: ignore[arg-type]
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        page = context.new_page()
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{served_page}/{HOSTILE}")
        page.locator("summary").click()
        assert "eprint = {9902.00002}" in page.locator("pre").inner_text()
        body = page.locator("body")
        background = body.evaluate("element => getComputedStyle(element).backgroundColor")
        assert background == {"light": "rgb(250, 249, 246)", "dark": "rgb(21, 24, 27)"}[theme]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        smallest = page.locator("nav a, .saving a, li a, summary").evaluate_all(
            "(all) => Math.min(...all.map((one) => one.getBoundingClientRect().height))"
        )
        assert smallest >= 24
        assert [url for url in requested if not url.startswith((served_page, "data:"))] == []


def test_hostile_texts_are_text_in_it_and_in_what_it_was(browser: "Browser", served_page: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text))
        page.goto(f"{served_page}/{HOSTILE}")
        assert page.locator("h1").inner_text().startswith("QuirkNet: <img src=x onerror=document.title='broken'> **bo")
        assert page.title().startswith("QuirkNet: <img")
        assert page.locator("main :is(img, script, form, input, svg, style, iframe)").count() == 0
        assert "[left out: QuirkNet proposes </del><script>document.title='gone'</script>" in page.locator(
            ".changed"
        ).last.evaluate(
            "(one) => [...one.childNodes].map((node) => node.tagName === 'DEL' ? `[left out: ${node.textContent}]`"
            " : node.textContent).join('')"
        )
        targets = page.locator("main a").evaluate_all("(all) => all.map((one) => new URL(one.href).hostname)")
        assert set(targets) <= {"127.0.0.1", "arxiv.org", "github.com"}
        assert wrong == []


def test_the_id_of_a_paper_leads_to_its_page_and_back(browser: "Browser", served_page: str) -> None:
    with browser.new_context() as context:
        context.set_default_timeout(SECONDS_TO_SEE * 1000)
        page = context.new_page()
        page.goto(f"{served_page}/day/2026-11-03?theme=vessels")
        with page.expect_popup() as opened:
            page.get_by_role("link", name="arXiv:9901.00028").click()
        page = opened.value
        page.get_by_role("heading", level=1, name="WakeMem").wait_for()
        assert page.url == f"{served_page}/paper/9901.00028"
        page.get_by_role("link", name="Compare it").click()
        page.locator(".chip").wait_for()
        page.go_back()
        page.get_by_role("link", name="Its day, 3 Nov 2026").click()
        page.locator("#day-page h2").wait_for()
        assert page.locator("#day-page h2").inner_text() == "3 Nov 2026"
