"""What changed between two texts, in whole sentences and the words within them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.following.changes import Change, changes_between
from assistant.language.word_changes import PieceKind
from ingest.database import Sighting
from ingest.paper import Paper

FLY, SING = "Kites fly at 5 km over the sea.", "They sing of the winds by day."


def changes(old: str, new: str, old_title: str = "Kites", new_title: str = "Kites") -> tuple[Change, ...]:
    former = Sighting(1, old_title, old, "2021-01-04")
    return changes_between(former, Paper("2101.00001", new_title, new, ""))


def told(found: tuple[Change, ...]) -> list[str]:
    signs = {PieceKind.SAME: "=", PieceKind.REMOVED: "-", PieceKind.ADDED: "+"}
    return [" ".join(f"{signs[piece.kind]}{piece.text}" for piece in change.pieces) for change in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (f"{FLY} {SING}", f"{FLY}  {SING} ", []),
        (f"{FLY} {SING}", FLY, [f"-{SING}"]),
        (FLY, f"{FLY} {SING}", [f"+{SING}"]),
        (f"{FLY} {SING}", f"{FLY.replace('5', '6')} {SING}", ["=Kites fly at -5 +6 =km over the sea."]),
        ("", FLY, [f"+{FLY}"]),
        (FLY, "No word of all this stays.", [f"-{FLY} +No word of all this stays."]),
        (
            f"{FLY} {SING} Nobody knows their names.",
            f"{FLY.replace('5', '6')} {SING} Nobody knows their songs.",
            ["=Kites fly at -5 +6 =km over the sea.", "=Nobody knows their -names. +songs."],
        ),
    ],
)
def test_only_what_differs_is_told(old: str, new: str, expected: list[str]) -> None:
    assert told(changes(old, new)) == expected


def test_a_title_is_told_by_itself() -> None:
    (change,) = changes("Kites fly.", "Kites fly.", "Red Kites", "Blue Kites")
    assert (change.place, told((change,))) == ("title", ["-Red +Blue =Kites"])


def test_very_long_texts_are_told_as_replaced() -> None:
    old, new = " ".join(map(str, range(2100))), " ".join(map(str, range(1, 2101)))
    (change,) = changes(old, new)
    assert [piece.kind for piece in change.pieces] == [PieceKind.REMOVED, PieceKind.ADDED]


@given(st.text(alphabet="ab. ", max_size=60), st.text(alphabet="ab. ", max_size=60))
def test_the_pieces_are_the_words_of_both_texts(old: str, new: str) -> None:
    for change in changes(old, new):
        former = " ".join(piece.text for piece in change.pieces if piece.kind is not PieceKind.ADDED)
        latter = " ".join(piece.text for piece in change.pieces if piece.kind is not PieceKind.REMOVED)
        assert former in " ".join(old.split())
        assert latter in " ".join(new.split())
