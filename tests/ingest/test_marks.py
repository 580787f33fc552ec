"""What was noted of papers is kept by their ids, changed field by field, and goes when nothing is left."""

import pytest

from ingest.errors import InputError
from ingest.library import Library
from ingest.marks import LONGEST_NOTE, Mark, MarkChange, Marks

ONE = "2101.00001"


@pytest.fixture
def marks(library: Library) -> Marks:
    return library.database.marks


def test_a_change_leaves_the_rest_as_it_is(marks: Marks) -> None:
    marks.change(ONE, MarkChange(is_read=True, note=" two\n words\x1b ", tags=("b", "a", "b")))
    marks.change(ONE, MarkChange(is_starred=True, tags=("c",), tags_off=("a", "never there")))
    mark = marks.listed()[ONE]
    assert mark == Mark(ONE, True, True, False, "two words", ("b", "c"), mark.changed)
    marks.change(ONE, MarkChange(is_read=False, note=""))
    mark = marks.listed()[ONE]
    assert (mark.is_read, mark.is_starred, mark.note) == (False, True, "")


def test_a_mark_without_anything_is_not_kept(marks: Marks) -> None:
    marks.change(ONE, MarkChange(is_hidden=True, tags=("a",)))
    assert marks.hidden() == {ONE}
    left = marks.change(ONE, MarkChange(is_hidden=False, tags_off=("a",)))
    assert (left.is_empty, left.changed) == (True, None)
    assert marks.listed() == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (MarkChange(note="x" * (LONGEST_NOTE + 1)), "the note has 4,001 characters"),
        (MarkChange(is_read=True, tags=("\x00 ",)), "a tag is empty"),
        (MarkChange(tags=("x" * 101,)), "a tag has at most 100"),
        (MarkChange(tags=tuple(map(str, range(101)))), "would have 101 tags"),
    ],
)
def test_what_cannot_be_kept_changes_nothing(marks: Marks, change: MarkChange, said: str) -> None:
    before = marks.change(ONE, MarkChange(is_starred=True))
    with pytest.raises(InputError, match=said):
        marks.change(ONE, change)
    assert marks.listed() == {ONE: before}
