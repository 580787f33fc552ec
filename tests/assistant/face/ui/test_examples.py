"""Example questions, made of titles."""

from datetime import date

from assistant.face.ui.examples import example_questions
from tests.assistant.conftest import stored_paper


def questions(*titles: str) -> list[str]:
    return example_questions([stored_paper(title=title, day=date(2021, 1, 4)) for title in titles])


def test_named_methods_and_topics_are_asked_about() -> None:
    assert questions(
        "KiteNet: Flying for Weather Forecasting",
        "A Study",
        "SkyGAN-2: Clouds",
        "Better Strings for 3D Kite Reconstruction",
    ) == [
        "What does KiteNet propose?",
        "Which papers are about weather forecasting?",
        "What results does SkyGAN-2 report?",
        "Which papers of 4 Jan 2021 are about 3D kite reconstruction?",
    ]


def test_titles_without_names_and_topics_are_asked_about_as_they_are() -> None:
    assert questions("Do Kites Fly?", "On Kites") == [
        "What is the paper “Do Kites Fly?” about?",
        "What is the paper “On Kites” about?",
    ]


def test_a_phrase_that_is_no_topic_is_left_alone() -> None:
    assert questions("Kites for the Sky", "Kites in a Box of Strings", "Kites for Flying") == [
        "What is the paper “Kites for the Sky” about?",
        "What is the paper “Kites in a Box of Strings” about?",
        "What is the paper “Kites for Flying” about?",
    ]


def test_a_plain_word_before_a_colon_is_no_name() -> None:
    assert questions("Kites: Do They Fly?") == ["What is the paper “Kites: Do They Fly?” about?"]


def test_no_paper_no_question() -> None:
    assert questions() == []
