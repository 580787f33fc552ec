"""Words, stems and names of a question."""

import pytest

from assistant.language.terms import question_terms


def test_a_name_is_kept_with_its_words_once() -> None:
    terms = question_terms("PP-YOLOv2 or DETR? PP-YOLOv2!")
    assert [(name.text, name.words) for name in terms.names] == [("PP-YOLOv2", ("pp", "yolov2")), ("DETR", ("detr",))]


@pytest.mark.parametrize("question", ["What is this paper about?", "which papers do they propose", "", "?!", "s t d"])
def test_words_of_asking_carry_nothing(question: str) -> None:
    terms = question_terms(question)
    assert (terms.words, terms.stems, terms.pairs, terms.names) == ((), (), (), ())


def test_the_words_that_carry_meaning_stand_once_in_the_order_of_the_question() -> None:
    terms = question_terms("Which papers segment polyps, and how do they segment small polyps?")
    assert terms.words == ("segment", "polyps", "small")


def test_words_of_one_stem_make_one_stem() -> None:
    terms = question_terms("tracking a tracked track")
    assert terms.words == ("tracking", "tracked", "track")
    assert terms.stems == ("track",)


def test_a_single_letter_carries_meaning_only_in_a_name() -> None:
    assert question_terms("vitamin k").words == ("vitamin",)
    assert question_terms("vitamin K-2B").words == ("vitamin", "k", "2b")


def test_pairs_are_stems_of_words_that_stand_side_by_side() -> None:
    terms = question_terms("estimating the depth of crowded scenes")
    assert terms.pairs == (("crowd", "scene"),)
