"""Whatever is asked of the sample, and in whatever conversation: grade, claims and passages agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Daybook
from assistant.reading.choosing import PAIRS_READ
from ingest.errors import InputError
from tests.assistant.conftest import check_grade
from tests.assistant.finding.test_retrieval import questions

NAMES = ["KerbFirst", "WakeMem", "Vellum", "ZX81", "QuuxFormer", "COCO", "it", "the second one", "LumenTrace"]
TOPICS = ["polyp segmentation", "small objects", "boiling ethanol", "tracking vessels in harbours", "mean Dice"]
FORMS = [
    "What does {name} reach on {topic}?", "Which papers are about {topic}?", "Why is {name} worse at {topic}?",
    "List papers on {topic} with {name}", "How many {topic} does {name} have and how fast is it?", "{topic}",
    "Does {name} use {topic} or not?", "Compare {name} and WakeMem on {topic}", "papers of 3 November 2026 on {topic}",
    "Which surveys are there on {topic}?", "How does {name} do {topic}, and what does it cost?",
]  # fmt: skip
asked = st.builds(
    lambda form, name, topic: form.format(name=name, topic=topic),
    st.sampled_from(FORMS), st.sampled_from(NAMES), st.sampled_from(TOPICS),
)  # fmt: skip


@settings(max_examples=60)
@given(turns=st.lists(asked | questions, min_size=1, max_size=2))
def test_whatever_is_asked_the_grade_agrees_with_what_is_shown(sample_book: Daybook, turns: list[str]) -> None:
    history: list[Answer] = []
    for question in turns:
        try:
            answer = sample_book.ask(question, history)
        except InputError:
            continue
        check_grade(answer, sample_book.library)
        assert answer.table is not None or answer.facts or len(answer.closest) <= 3
        assert answer.facts or len(answer.references) <= PAIRS_READ  # stored fields list all there is
        if any(name in question for name in ("ZX81", "QuuxFormer")) and not answer.facts:
            assert answer.grade != "answered"
        history.append(answer)


@pytest.mark.parametrize(
    "question",
    ["What is the boiling point of ethanol?", "Who won the football world cup in Brazil?", "Write me a poem on bread"],
)
def test_where_nothing_is_near_no_paper_is_named(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    assert answer.grade == "none" or answer.job == "help"
    assert (answer.references, answer.nearest, answer.closest) == ((), (), ())
    assert "arXiv" not in answer.text
