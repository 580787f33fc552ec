"""What the words of a question say about how it hangs together with those before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.describing import description
from assistant.pointing import (
    asking_which,
    carrying_words,
    is_only_limits,
    new_topic,
    places,
    signs_of,
    tried_on,
    without,
    without_same_day,
)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Different subject: what does WakeMem do?", "what does WakeMem do?"),
        ("New topic. Can mistakes be put right?", "Can mistakes be put right?"),
        ("OK. Something else: which paper forecasts rain?", "which paper forecasts rain?"),
        ("Now something else, synthesising gestures?", "synthesising gestures?"),
        ("By the way, what is GritDet?", "what is GritDet?"),
        ("Let's move on to polyps.", "polyps."),
    ],
)
def test_words_that_announce_a_new_topic_are_left_out(question: str, left: str) -> None:
    assert new_topic(question) == left


@pytest.mark.parametrize(
    "question", ["What is new?", "Is there something new on polyps?", "And its topic?", "Which topic models are there?"]
)
def test_other_questions_announce_nothing(question: str) -> None:
    assert new_topic(question) is None


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What about the first one?", [1]),
        ("and the second", [2]),
        ("How does the third paper do it?", [3]),
        ("And the last of the three, which dataset does it give away?", [-1]),
        ("Does the latter need labels?", [-1]),
        ("Compare the first with the third.", [1, 3]),
        ("What does [2] say?", [2]),
        ("number 2, please", [2]),
        ("What is the first method to segment polyps?", []),
        ("Which network lets the first layers grow?", []),
        ("Who won in the last year of the war?", []),
        ("How many parameters has ResNet [sic]?", []),
        ("Which paper reports 2.5 points?", []),
    ],
)
def test_places_in_a_list(question: str, numbers: list[int]) -> None:
    assert [place.number for place in places(question)] == numbers


def test_the_last_of_three_is_of_a_list_of_three() -> None:
    assert [place.count for place in places("And the last of the three?")] == [3]


def test_a_place_leaves_it_in_its_place() -> None:
    question = "What does the second one do with a dart?"
    assert without(question, [place.span for place in places(question)]) == "What does it do with a dart?"


@pytest.mark.parametrize(
    "question",
    ["And its accuracy?", "how fast is it?", "What datasets did they use?", "what do they find wrong with earlier ones",
     "How much human work does that save?", "Is there code for it?", "How much smaller is it than its best rival?"],
)  # fmt: skip
def test_a_pronoun_points_back(question: str) -> None:
    assert signs_of(question).pronoun


@pytest.mark.parametrize(
    "question",
    [
        "Is there work on mapping floods with radar, and does it need terrain models or gauges?",
        "Which detector halves its memory use?",
        "Which papers are about polyps?",
        "Which networks remove rain from images while keeping their details?",
        "Which papers use cameras that see events?",
    ],
)
def test_a_pronoun_for_what_the_question_names_points_nowhere(question: str) -> None:
    assert not signs_of(question).pronoun


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("Back to the lip-reading one: how fast?", "the lip-reading one"),
        ("The tomato one: which properties are estimated?", "tomato"),
        ("Compare that with the compression paper.", "compression"),
        ("What does the paper on shadows say?", "on shadows say"),
    ],
)
def test_papers_are_described(question: str, what: str) -> None:
    said = description(question)
    assert said is not None
    assert said.what == what


@pytest.mark.parametrize("question", ["the first one", "Which one wins?", "What is the best paper?", "the other one"])
def test_what_describes_nothing_is_no_description(question: str) -> None:
    assert description(question) is None


@pytest.mark.parametrize("rest", ["only those", "Just the ones.", "and", "What about", "", "only papers"])
def test_only_limits_are_left(rest: str) -> None:
    assert is_only_limits(rest)


@pytest.mark.parametrize("rest", ["papers", "How many papers?", "only polyps", "Which papers are there?"])
def test_more_than_limits_is_left(rest: str) -> None:
    assert not is_only_limits(rest)


def test_what_something_was_tried_on() -> None:
    assert tried_on("Was it tried on ADE20K too?") == "ADE20K too"
    assert tried_on("and on COCO?") == "COCO"
    assert tried_on("On which datasets was it tested?") == ""
    assert tried_on("Papers on polyps") == ""


def test_phrases_that_point_are_taken_out() -> None:
    assert asking_which("Which of the two is about attacks?") == "which paper is about attacks?"
    assert without_same_day("And BCNet of the same day?") == "And BCNet?"
    assert carrying_words("And how fast is it on the first one?") == []


@given(
    st.text() | st.lists(st.sampled_from(["the", "first", "it", "that", "[1]", "on", "and", ",", "one"])).map(" ".join)
)
def test_any_text_can_be_read(text: str) -> None:
    signs_of(text)
    description(text)
    new_topic(text)
    spans = [place.span for place in places(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    without(text, spans)
