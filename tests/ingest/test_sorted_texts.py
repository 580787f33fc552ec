import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sorted_texts import SortedTexts

texts = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=6))


@given(texts, st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=6))
def test_texts_are_found_in_their_order(some: list[str], other: str) -> None:
    found, expected = SortedTexts.of(some), sorted(set(some))
    assert list(found) == expected
    assert [found[place] for place in range(len(found))] == expected
    assert [found.find(text) for text in expected] == list(range(len(expected)))
    assert found.find(other) == (expected.index(other) if other in expected else None)


@given(texts)
def test_those_that_begin_with_a_letter_stand_together(some: list[str]) -> None:
    found = SortedTexts.of(some)
    for letter in {text[0] for text in some if text} | {"a", "\ud7ff", "é"}:
        places = found.beginning(letter)
        assert found[places.start : places.stop] == sorted({text for text in some if text.startswith(letter)})


def test_beyond_the_end_is_nothing() -> None:
    found = SortedTexts.of(["a", "b"])
    for place in (-1, 2):
        with pytest.raises(IndexError):
            found[place]
    assert found[1:1] == []
