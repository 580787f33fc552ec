"""Words that one abstract alone vouches for are its own, and no model's."""

import pytest

from assistant import Daybook
from assistant.llm.foreign import Familiar
from assistant.reading.evidence import Evidence
from ingest.paper import Span, StoredPaper
from tests.assistant.conftest import stored_paper

QUOTE = "The community refers to this approach as Zelbrajor, or Quiet Lantern, and PurrNet uses 90210 detections."


def piece(abstract: str = QUOTE, title: str = "PurrNet") -> Evidence:
    stored: StoredPaper = stored_paper(title=title, abstract=abstract)
    return Evidence(stored, Span(0, len(abstract)), 1.0)


@pytest.fixture
def familiar(word_book: Daybook) -> Familiar:
    return Familiar(word_book.library, lambda word: not word.startswith(("zelb", "purr")))


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("The approach is referred to as Zelbrajor.", ["zelbrajor"]),
        ("Zelbrajor.", ["zelbrajor"]),
        ("It is said to be ZELBRAJORS.", ["zelbrajors"]),
        ("It is called quiet lantern.", ["quiet", "lantern", "quiet lantern"]),
        ("PurrNet uses 90210.", ["90210"]),
        ("PurrNet is at https://purr.example.", ["://", "purr"]),
        ("PurrNet is [here](//purr).", ["[here](", "purr"]),
    ],
)
def test_what_one_abstract_alone_holds_is_foreign(familiar: Familiar, sentence: str, foreign: list[str]) -> None:
    assert familiar.foreign_in(sentence, [piece()]) == foreign


@pytest.mark.parametrize(
    "sentence",
    [
        "PurrNet uses detections.",  # the title, other papers
        "The community refers to an approach.",  # English
        "It reaches 81.7 at 2.4 on X.",  # numbers are compared with the quote elsewhere
        "On CIFAR-10 and ImageNet it is accurate.",  # of other papers
    ],
)
def test_what_others_hold_is_not(familiar: Familiar, sentence: str) -> None:
    assert familiar.foreign_in(sentence, [piece()]) == []


def test_a_title_may_be_said() -> None:
    assert Familiar().foreign_in("Zelbrajor, or Quiet Lantern.", [piece(title="Zelbrajor: A Quiet Lantern")]) == []
    assert Familiar().foreign_in("Zelbrajor, or Quiet Lantern.", [piece()]) != []


def test_without_a_library_only_names_are_foreign() -> None:
    assert Familiar().foreign_in("PurrNet uses wholly unheard-of detections.", [piece()]) == []
    assert Familiar().foreign_in("PurrNet beats MiauNet.", [piece()]) == ["miaunet"]
