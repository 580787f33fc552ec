"""What the events of the page show, over the sample, without a browser."""

import asyncio
from typing import Any

import pytest
from gradio.components import Component

from assistant.engine.daybook import Daybook
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.page import Page
from assistant.face.ui.parts import Updates
from tests.assistant.face.ui.reading import marked_texts, text_of

ASKED = "What does KerbFirst predict?"


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
    updates = [page._show_library()]
    assert "42\u00a0papers 2\u00a0Nov\u00a02026 – 4\u00a0Nov\u00a02026" in text_of(shown(updates, page._masthead)[0])
    examples = shown(updates, page._examples)[0]
    assert examples["visible"]
    assert examples["samples"][0] == ["What does GritDet propose?"]


def test_an_answer_grows_beside_its_sources(page: Page) -> None:
    updates = list(page._ask(ASKED, None))
    turns = shown(updates, page._turns)
    assert text_of(turns[0]) == ASKED + "Reading the library …"
    assert text_of(turns[-1]).startswith(ASKED + "Where the Road Ends")
    quoted = marked_texts(shown(updates, page._sources)[-1])
    assert quoted
    assert all(f"“{quote}”" in text_of(turns[-1]) for quote in quoted)


def test_the_button_is_busy_from_the_first_step_to_the_last(page: Page) -> None:
    updates = list(page._ask(ASKED, None))
    assert page._send in updates[0]
    assert page._send in updates[-1]
    assert [button["interactive"] for button in shown(updates, page._send)] == [False, True]


def test_a_question_that_can_be_mended_comes_back_into_the_box(page: Page) -> None:
    too_long = "x" * 5000
    updates = list(page._ask(too_long, None))
    assert shown(updates, page._box) == ["", too_long]
    assert "The question has 5,000 characters" in text_of(shown(updates, page._turns)[-1])


def test_a_question_that_was_answered_leaves_the_box_to_the_next(page: Page) -> None:
    assert shown(list(page._ask(ASKED, None)), page._box) == [""]


def test_what_is_no_question_is_a_mistake_and_no_defect(page: Page) -> None:
    for nothing in (None, "", " \u200b "):
        assert "The question is empty" in text_of(shown(list(page._ask(nothing, None)), page._turns)[-1])


def test_a_conversation_goes_on(page: Page) -> None:
    dialogue = shown(list(page._ask(ASKED, None)), page._dialogue)[0]
    updates = list(page._ask_example(["And how fast is it?"], dialogue))
    assert shown(updates, page._dialogue) == [dialogue]
    assert len(dialogue.turns) == 2
    assert shown(updates, page._turns)[-1].count('<article class="turn"') == 2
    assert 'id="source-2-1"' in shown(updates, page._sources)[-1]


def test_conversations_know_nothing_of_each_other(page: Page) -> None:
    one, other = (shown(list(page._ask(ASKED, None)), page._dialogue)[0] for _ in range(2))
    assert one is not other
    assert (len(one.turns), len(other.turns)) == (1, 1)


def test_a_new_conversation_begins_with_nothing(page: Page) -> None:
    updates = [page._begin_anew()]
    assert shown(updates, page._dialogue) == [None]
    assert "Ask the papers" in shown(updates, page._turns)[0]


def test_an_empty_library_says_how_papers_come_into_it(book: Daybook) -> None:
    page = page_over(book)
    updates = [page._show_library()]
    assert "daybook ingest PATH" in text_of(shown(updates, page._turns)[0])
    assert not shown(updates, page._examples)[0]["visible"]
    asked = list(page._ask(ASKED, None))
    assert "The library is empty; bring digests in" in text_of(shown(asked, page._turns)[-1])


def test_an_answer_that_cannot_be_shown_leaves_the_page_usable(
    sample_book: Daybook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = page_over(sample_book)

    def fail(*_: object) -> Updates:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(page, "_show_sources", fail)
    updates = list(page._ask(ASKED, None))
    assert text_of(shown(updates, page._turns)[-1]) == ASKED + DEFECT
    assert shown(updates, page._send)[-1]["interactive"]
    assert "secret detail" in caplog.text
