"""The measures of answers against values computed by hand."""

from collections.abc import Sequence

import pytest

from eval.answer_metrics import (
    Abstention,
    Statement,
    abstention,
    citation_precision,
    citation_recall,
    holds_number,
    holds_text,
)


def judge(sentence: str, cited: Sequence[str]) -> bool:
    """All letters of the sentence stand in the cited texts together."""
    return set(sentence) <= set("".join(cited))


def test_citation_recall_is_the_share_of_sentences_that_their_citations_entail() -> None:
    statements = [
        Statement("ab", ("a", "b")),  # only together
        Statement("ab", ("a", "c")),  # not at all
        Statement("a", ()),  # without a citation
        Statement("c", ("c",)),
    ]
    assert citation_recall(statements, judge) == 2 / 4
    assert citation_recall([], judge) is None


@pytest.mark.parametrize(
    ("statement", "precision"),
    [
        (Statement("ab", ("a", "b")), 1.0),  # neither entails alone, and neither can be left out
        (Statement("ab", ("ab", "a")), 1 / 2),  # "a" entails nothing alone, and "ab" is enough
        (Statement("ab", ("ab", "ba")), 1.0),  # each is enough alone
        (Statement("ab", ("a", "c")), 0.0),  # together they do not entail
        (Statement("ab", ("a", "b", "c")), 2 / 3),
        (Statement("ab", ("ab",)), 1.0),
    ],
)
def test_citation_precision_leaves_out_what_is_irrelevant(statement: Statement, precision: float) -> None:
    assert citation_precision([statement], judge) == pytest.approx(precision)


def test_citation_precision_is_over_all_citations() -> None:
    assert citation_precision([Statement("ab", ("ab", "a")), Statement("c", ("c",))], judge) == pytest.approx(2 / 3)
    assert citation_precision([Statement("a", ())], judge) is None


@pytest.mark.parametrize(
    ("text", "number", "holds"),
    [
        ("an accuracy of 91.9%", "91.9 %", True),
        ("an accuracy of 91.9\\% in", "91.9%", True),
        ("reaches 39.1mAP", "39.1 mAP", True),
        ("reaches 39.1 map", "39.1 mAP", True),
        ("a rate of 81%", "1%", False),
        ("a rate of 0.1%", "1%", False),
        ("a score of 4.56", "4.5", False),
        ("4.5 or more", "4.5", True),
        ("ends in 4.5.", "4.5", True),
        ("91.9 points", "91.9%", False),
        ("about ten", "ten", True),
    ],
)
def test_a_number_is_held_with_its_unit_and_on_its_own(text: str, number: str, holds: bool) -> None:
    assert holds_number(text, number) is holds


@pytest.mark.parametrize(
    ("text", "wanted", "holds"),
    [
        ("on the AMI  corpus.", "ami corpus", True),
        ("115,354 images", "115,354", True),
        ("1115,354 images", "115,354", False),
        ("8 fps on HD", "8 fps", True),
        ("28 fps on HD", "8 fps", False),
        ("in GQAs", "GQA", False),
        ("58.391%", "58.39", False),
        ("cut by 50\\%", "50%", True),
    ],
)
def test_a_text_is_held_as_whole_words(text: str, wanted: str, holds: bool) -> None:
    assert holds_text(text, wanted) is holds


def test_abstaining_is_measured_both_ways() -> None:
    outcomes = [(True, True), (True, False), (True, False), (True, False), (False, True), (False, True), (False, False)]
    assert abstention(outcomes) == Abstention(precision=2 / 3, recall=2 / 3, refused=1 / 4)
    assert abstention([]) == Abstention(None, None, None)
