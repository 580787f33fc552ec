"""What a question counts, and which sentences give that count."""

import pytest

from assistant.counted import counted_thing, gives_count, head_counted
from ingest.words import stem


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("How many boats were tracked?", "boat"),
        ("How many wooden boats does HarbourTrack hold?", "boat"),
        ("In how many harbours was WakeMem tried?", "harbours"),
    ],
)
def test_the_last_word_is_what_is_counted(question: str, head: str) -> None:
    assert head_counted(question) == {stem(head)} <= counted_thing(question)


def test_nothing_is_counted_where_no_number_is_asked_for() -> None:
    assert counted_thing("Which boats were tracked?") == head_counted("Which boats were tracked?") == frozenset()


def test_what_is_counted_by_one_word_may_be_told_by_another() -> None:
    assert stem("scans") in counted_thing("How many images were used?")


@pytest.mark.parametrize(
    ("text", "is_given"),
    [
        ("It holds 1,200 boats.", True),
        ("It holds 1,200 small wooden fishing boats.", True),
        ("It was tried in a 12-boat harbour.", True),
        ("Seven boats took part.", True),
        ("Thousands of boats took part.", True),
        ("It saw 12 hours of boats.", False),
        ("It was tried on two large boat datasets.", False),
        ("Boats pass 7 bridges.", False),
        ("It reaches 12% on 3 harbours with boats.", False),
        ("Many boats took part.", False),
    ],
)
def test_a_count_is_a_number_before_its_noun(text: str, is_given: bool) -> None:
    assert gives_count(text, head_counted("How many boats are there?")) is is_given
