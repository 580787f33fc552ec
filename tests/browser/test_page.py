"""The page, as a reader has it: a real server, a real Chromium, the real model."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ASKED = "What does KerbFirst predict?"


def ask(page: "Page", question: str) -> "Locator":
    """Type a question, send it with Enter, and wait for what comes of it."""
    turns = page.locator(".turn").count()
    page.get_by_role("textbox", name="Question").fill(question)
    page.get_by_role("textbox", name="Question").press("Enter")
    turn = page.locator(".turn").nth(turns)
    turn.locator(".answer, .problem").wait_for()
    page.get_by_role("button", name="Ask", exact=True).wait_for()
    return turn


def test_a_cited_answer_stands_beside_the_marked_abstract(page: "Page") -> None:
    turn = ask(page, ASKED)
    quotes = re.findall(r"“([^”]+)” ", turn.inner_text())
    assert any("thin map of semantic boundaries" in quote for quote in quotes)
    assert [mark for mark in page.locator(".source mark").all_inner_texts() if mark not in quotes] == []
    reference = turn.locator(".references a:not(.marker):not(.own)")
    assert reference.get_attribute("href") == "https://arxiv.org/pdf/9901.00014.pdf"
    assert "arXiv:9901.00014" in page.locator(".source").inner_text()


def test_a_marker_leads_to_its_source_and_nowhere_else(page: "Page") -> None:
    address = page.url
    ask(page, "Which papers are about polyp segmentation?")
    marker = page.locator(".references .marker").last
    number = marker.inner_text().strip("[]")
    marker.press("Enter")
    source = page.locator(f"#source-1-{number}.is-shown")
    source.wait_for()
    assert source.evaluate("element => element === document.activeElement")
    source.locator(".number").press("Enter")
    page.locator("#turn-1.is-shown").wait_for()
    assert page.url == address


def test_a_new_answer_and_its_sources_are_seen_from_their_beginning(page: "Page") -> None:
    ask(page, "Which papers are about polyp segmentation?")
    page.locator(".references .marker").last.click()
    page.locator("#beside").evaluate("element => element.scrollTop = 500")
    turn = ask(page, ASKED)
    assert page.locator("#beside").evaluate("element => element.scrollTop") == 0
    box, top = turn.locator(".question").bounding_box(), page.locator("#top").bounding_box()
    assert box is not None
    assert top is not None
    assert 0 <= box["y"] - (top["y"] + top["height"]) < 40


def test_a_follow_up_is_about_the_paper_before(page: "Page") -> None:
    ask(page, ASKED)
    turn = ask(page, "And how fast is it?")
    assert "38 FPS" in turn.inner_text()
    assert "9901.00014" in turn.inner_text()
    assert page.locator(".turn").count() == 2


def test_markers_of_an_older_answer_lead_to_its_references(page: "Page") -> None:
    ask(page, ASKED)
    ask(page, "What does HarbourTrack gather?")
    page.locator(".turn").first.locator(".passage .marker").first.click()
    page.locator("#reference-1-1.is-shown").wait_for()


def test_where_nothing_is_held_no_paper_is_shown(page: "Page") -> None:
    turn = ask(page, "Who won the football world cup in Brazil?")
    assert "The library does not hold an answer to this." in turn.inner_text()
    assert turn.locator(".marker, .nearest a, .passage").count() == 0
    assert page.locator(".source").count() == 0
    assert "Nothing in the library answers the question" in page.locator(".sources").inner_text()


def test_where_no_abstract_states_it_what_comes_closest_is_marked(page: "Page") -> None:
    turn = ask(page, "What does KerbFirst achieve on the ZX81 benchmark?")
    assert "No abstract states this outright; these passages come closest" in turn.inner_text()
    assert "No paper of it mentions “ZX81”." in turn.inner_text()
    assert turn.locator(".marker").count() == 0
    quotes = re.findall(r"“([^”]+)”", turn.locator(".passage").first.inner_text())
    marks = page.locator(".source").first.locator("mark").all_inner_texts()
    assert quotes
    assert sorted(marks) == sorted(quotes)
    assert turn.locator(".passage").count() == page.locator(".source").count()
    assert "No abstract states it outright" in page.locator(".sources").inner_text()


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=\"document.title='broken'\"> <script>document.title='broken'</script>",
        "<form action=https://evil.example><input name=getElementById></form><a name=getElementById>",
        "[link](javascript:alert(1)) ![image](https://evil.example/x.png) **bold** # heading `code`",
    ],
)
def test_a_question_is_shown_as_the_text_that_it_is(page: "Page", question: str) -> None:
    turn = ask(page, question)
    assert turn.locator(".question").inner_text() == question
    assert turn.locator(".question *").count() == 0
    assert "GritDet" in ask(page, "What does GritDet propose?").inner_text()  # the page still works


def test_a_hostile_paper_is_shown_as_the_text_that_it_is(page: "Page") -> None:
    turn = ask(page, "What does QuirkNet propose?")
    assert "<script>document.title='broken'</script>" in turn.inner_text()
    source = page.locator(".source").first
    assert "![image](https://evil.example/x.png) <img src=https://evil.example/y.png" in source.inner_text()
    assert page.locator(".md :is(img, script, form, input, code, svg)").count() == 0
    links = source.locator(".abstract a").all()
    assert [link.get_attribute("href") for link in links] == ["https://github.com/quirk/net"]
    assert turn.locator("a[href^='https://arxiv.org/pdf/9902.00002']").count() == 1


def test_formulas_are_typeset_and_dollars_are_dollars(page: "Page") -> None:
    turn = ask(page, "Explain $x_1^2$ for $5 or $6")
    assert turn.locator(".question .katex").count() == 1
    assert "for $5 or $6" in turn.locator(".question").inner_text()


@pytest.mark.parametrize(("question", "problem"), [(" ", "The question is empty"), ("x" * 5000, "5,000 characters")])
def test_a_question_that_cannot_be_asked_says_why_in_one_line(page: "Page", question: str, problem: str) -> None:
    turn = ask(page, question)
    assert problem in turn.locator(".problem").inner_text()
    assert page.get_by_role("textbox", name="Question").input_value() == question


def test_an_example_is_asked_with_a_click_and_a_new_conversation_brings_them_back(page: "Page") -> None:
    examples = page.locator("#examples button")
    page.wait_for_function("document.querySelector('#examples button')?.innerText")  # it is there before its text is
    question = examples.first.inner_text()
    examples.first.click()
    page.locator(".turn .answer").wait_for()
    page.locator(".turn .question").get_by_text(question, exact=True).wait_for()
    assert examples.count() == 0
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("heading", name="Ask the papers").wait_for()
    examples.first.wait_for()
    assert page.locator(".turn, .source").count() == 0
    ask(page, ASKED)
    assert page.locator("#source-1-1").count() == 1


def test_the_masthead_says_what_the_library_holds(page: "Page") -> None:
    assert "44\u00a0papers" in page.locator(".masthead").inner_text()
    assert "29\u00a0Oct\u00a02026 – 4\u00a0Nov\u00a02026" in page.locator(".masthead").inner_text()


@pytest.mark.parametrize("width", [400, 899, 1280])
def test_nothing_runs_out_of_the_window(page: "Page", width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    ask(page, "w" * 300)
    ask(page, "What does QuirkNet propose?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_another_page_cannot_put_this_one_in_a_frame(page: "Page", served_page: str) -> None:
    response = page.request.get(served_page)
    assert response.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_the_turns_before_stay_as_they_are_drawn(page: "Page") -> None:
    ask(page, ASKED)
    page.evaluate("document.querySelector('.turn .answer').dataset.seen = 'yes'")
    ask(page, "And how fast is it?")
    first = page.locator(".turn").first.locator(".answer")
    drawn = first.evaluate_handle("element => element")
    ask(page, "What does HarbourTrack gather?")
    assert first.evaluate("(element, drawn) => element === drawn", drawn)
    assert page.locator(".turn").evaluate_all("turns => turns.map((turn) => turn.id)") == ["turn-1", "turn-2", "turn-3"]
    assert page.locator("[role=log] .turn").count() == 3
