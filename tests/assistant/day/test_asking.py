"""Which questions ask for an overview, and that all others are left alone."""

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from assistant.day.asking import wish_in
from assistant.scope import read_scope
from ingest.database import Holdings

TODAY = date(2021, 1, 9)
HELD = Holdings((date(2020, 5, 25), date(2021, 1, 4), date(2021, 1, 5), date(2021, 1, 8)), frozenset({"cs.CV"}))
RIGHTLY_TAKEN = {
    "Summarise the papers of 25 May 2020.",
    "Give me an overview of 25 May 2020.",
    "What was published this week?",
    "summarize the digest of Jan 3 2019",
    "What was new yesterday in domain adaptation?",
    "In March of 2019, what was new for OCR?",
    "Anything new since yesterday on GANs?",
    "What was new about lip reading in 2Q 2019?",
    "Summarise what came out on sign language on Monday, 25 May 2020.",
}
"""Of the questions of all cases; what they are about must be on the day, or retrieval answers after all."""


def theme_in(question: str) -> str | None:
    wish = wish_in(question, read_scope(question, HELD, TODAY))
    return None if wish is None else wish.theme


@pytest.mark.parametrize(
    "question",
    [
        "what happened on 25 May 2020",
        "What's new?",
        "anything new today?",
        "summarise last Thursday",
        "give me an overview of the papers of 25 May",
        "Could you please give me a short summary of yesterday's papers?",
        "recap of January 2021",
        "catch me up on last week, please",
        "what did I miss this week?",
        "What came out on 4 January 2021?",
        "what were the main themes of 25 May 2020?",
        "what's new in cs.CV today?",
        "summarise the new papers of 25 May 2020",
    ],
)
def test_an_overview_of_a_day_is_taken(question: str) -> None:
    assert theme_in(question) == ""


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        ("what is new in segmentation this week?", "segmentation"),
        ("What's new in medical imaging since Monday?", "medical imaging"),
        ("overview of the object detection papers of January 2021", "object detection"),
        ("give me a summary of 25 May 2020 on person re-identification", "person re-identification"),
        ("what happened yesterday in vision and language?", "vision and language"),
    ],
)
def test_a_theme_is_read(question: str, theme: str) -> None:
    assert theme_in(question) == theme


@pytest.mark.parametrize(
    "question",
    [
        "anything on GANs that day?",
        "what is new in segmentation?",
        "what is new about the method of MetaPoison?",
        "what's new in the loss function of PP-YOLOv2 of 25 May 2020?",
        "summarise MetaPoison",
        "summarise 2005.11295",
        "summarise the paper on driver identification",
        "give me an overview of methods for person re-identification",
        "what happened to the patients after surgery on 25 May 2020?",
        "what happens after 2019 iterations?",
        "summarise the papers with code of 25 May 2020",
        "What does KerbFirst propose?",
        "25 May 2020",
        "",
    ],
)
def test_a_question_about_papers_is_left_alone(question: str) -> None:
    assert theme_in(question) is None


def test_a_word_that_was_read_as_another_is_read_as_written() -> None:
    scope = replace(
        read_scope("Summarise 25 May 2020", HELD, TODAY), rest="summaries", respelt=(("Summarise", "summaries"),)
    )
    assert wish_in("Summarise 25 May 2020", scope) is not None
    misspelt = read_scope("what is new in segmentation this week", HELD, TODAY)
    wish = wish_in(
        "what is new in segmantation this week", replace(misspelt, respelt=(("segmantation", "segmentation"),))
    )
    assert wish is not None
    assert wish.theme == "segmentation"


def test_of_all_questions_of_the_cases_only_overviews_are_taken() -> None:
    taken, asked = set(), 0
    for case in files("eval").joinpath("cases").iterdir():
        for line in case.read_text(encoding="utf-8").splitlines():
            question = json.loads(line).get("question", "")
            asked += bool(question)
            taken |= {question} if theme_in(question) is not None else set()
    assert asked > 1000
    assert taken == RIGHTLY_TAKEN
