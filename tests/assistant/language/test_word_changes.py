"""What became of a text, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.language.word_changes import word_changes


def test_what_stayed_what_went_and_what_came() -> None:
    changes = word_changes("Kites fly very well.", "Kites fly well at night.")
    assert [(change.kind, change.text) for change in changes] == [
        ("same", "Kites fly"),
        ("removed", "very well."),
        ("added", "well at night."),
    ]


def test_texts_without_words_and_the_same_twice() -> None:
    assert word_changes("", "") == ()
    assert [change.kind for change in word_changes("a b", "a  b\n")] == ["same"]
    assert [change.kind for change in word_changes("", "a")] == ["added"]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_both_texts_are_there_again(before: list[str], after: list[str]) -> None:
    changes = word_changes(" ".join(before), " ".join(after))
    for kind, text in (("added", before), ("removed", after)):
        assert " ".join(change.text for change in changes if change.kind != kind).split() == text


def test_texts_that_are_very_long_or_have_little_in_common_are_told_one_after_the_other() -> None:
    for before, after in (("a b " * 1_100, "b a " * 1_100), ("a b c d e", "a v w x y")):
        assert [change.kind for change in word_changes(before, after)] == ["removed", "added"]
