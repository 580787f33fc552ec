"""A model's text as sentences with markers, whatever pieces it comes in."""

import re
import time
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.sentences import AnswerReader, WrittenSentence, read_sentence
from assistant.llm.stream import BROKE_OFF
from ingest.errors import LlmError


def read(text: str, size: int = 5, *, is_ended: bool = True) -> list[tuple[str, tuple[int, ...]]]:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    return [(s.text, s.numbers) for s in reading(pieces, is_ended=is_ended) if s.text]


def reading(pieces: Iterable[str], most: int = 10_000, *, is_ended: bool = True) -> Iterator[WrittenSentence]:
    return AnswerReader(most, 2 * most).sentences(pieces, lambda: "" if is_ended else BROKE_OFF)


CATS, DOGS = "Cats purr softly at night.", "Dogs bark loudly at noon."


@pytest.mark.parametrize(
    "text",
    [
        "Cats purr softly at night [1]. Dogs bark loudly at noon [2].",
        "Cats purr softly at night. [1] Dogs bark loudly at noon. [2]",
        "Cats purr softly at night.[1] Dogs bark loudly at noon.[2]",
        "Cats purr softly at night [1].\nDogs bark loudly at noon [2].",
        "Cats purr softly at night.\n[1]\nDogs bark loudly at noon.\n[2]",
        "[1] Cats purr softly at night.\n[2] Dogs bark loudly at noon.",
        "1. Cats purr softly at night [1].\n2. Dogs bark loudly at noon [2].",
        "- Cats purr softly at night 【1】.\n\n* **Dogs** bark loudly at noon [Source 2].",
        "Answer: Cats purr softly at night [^1]. Dogs bark loudly at noon (sentence 2).",
        "<think>Cats [7]. Or dogs?</think>\nCats purr softly at night [1]. Dogs bark loudly at noon [2].",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_markers_belong_to_their_sentence(text: str, size: int) -> None:
    assert read(text, size) == [(CATS, (1,)), (DOGS, (2,))]


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1][3]", (1, 3)), ("[1, 3]", (1, 3)), ("[1-3]", (1, 2, 3)), ("[3, 3]", (3,)), ("[0]", (0,)), ("[9]", (9,)),
        ("[-1]", ()), ("[3-1]", (3, 1)), ("[1-9999]", (1, 9999)), ("[12345678901234567890]", ()), ("", ()),
    ],
)  # fmt: skip
def test_markers_are_numbers_whatever_they_name(marker: str, numbers: tuple[int, ...]) -> None:
    assert read(f"Cats purr softly at night {marker}.") == [(CATS, numbers)]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("According to [1], cats purr softly at night [1].", CATS),
        ("Cats purr [1] softly at night (see [2]).", CATS),
        ("The answer is: Cats purr softly at night.", CATS),
        ("iMAP reaches 55.2 points, e.g. on KittyBench.", "iMAP reaches 55.2 points, e.g. on KittyBench."),
    ],
)
def test_no_trace_of_a_marker_stays(written: str, text: str) -> None:
    assert read_sentence(written).text == text


def test_decimals_and_abbreviations_end_no_sentence() -> None:
    text = "PurrNet reaches 93.5% vs. 55.2% of Cat et al. on the bench [1]."
    assert read(text, 1) == [("PurrNet reaches 93.5% vs. 55.2% of Cat et al. on the bench.", (1,))]


def test_a_sentence_is_there_once_the_next_one_has_begun() -> None:
    given_pieces: list[str] = []

    def pieces() -> "list[str]":
        return ["Cats purr softly at night", " [1].", " Dogs bark lou", "dly at noon [2]."]

    def giving() -> Iterator[str]:
        for piece in pieces():
            given_pieces.append(piece)
            yield piece

    sentences = reading(giving())
    assert next(sentences) == WrittenSentence(CATS, (1,))
    assert len(given_pieces) == 3


@pytest.mark.parametrize("rest", ["Dogs bark lou", "Dogs bark 55.", "Dogs", "Dogs bark loudly at noon [2"])
def test_of_a_text_that_broke_off_only_what_is_certain_is_read(rest: str) -> None:
    sentences = reading([f"{CATS[:-1]} [1]. {rest}"], is_ended=False)
    assert next(sentences) == WrittenSentence(CATS, (1,))
    with pytest.raises(LlmError):
        next(sentences)


def test_a_text_too_long_is_left() -> None:
    with pytest.raises(LlmError, match="did not come to an end"):
        list(reading(iter(lambda: "and on ", ""), 1000))


def test_a_thought_without_an_end_is_no_sentence() -> None:
    with pytest.raises(LlmError, match="broke off"):
        read("<think>Cats purr softly at night. Dogs bark.", is_ended=False)


@given(
    text=st.text(st.sampled_from("ab A.!?[]【】()0129,-\n<think/>*“"), max_size=120) | st.text(max_size=60),
    size=st.integers(1, 30),
)
def test_any_text_is_read_in_any_pieces(text: str, size: int) -> None:
    if "<think>" in text:
        return
    for sentence, numbers in read(text, size):
        assert all(0 <= number <= 9999 for number in numbers)
        assert not re.search(r"\[\s*\d+\s*\]", sentence)


def test_blank_pieces_cost_next_to_nothing() -> None:
    """Each was once a look through all the text, and the look took the square of its blanks: 13 seconds."""
    start = time.process_time()
    found = list(reading(["The net is fast [1]. ", *["\n "] * 800, "[2]\n", "It is small [3]."]))
    assert time.process_time() - start < 5
    assert found == [WrittenSentence("The net is fast.", (1, 2)), WrittenSentence("It is small.", (3,))]


@pytest.mark.parametrize("blank", [" ", "\n", "\n ", "\t"])
def test_a_model_that_goes_on_with_nothing_is_left(blank: str) -> None:
    with pytest.raises(LlmError, match="did not come to an end"):
        list(reading([f"{CATS[:-1]} [1]. ", *[blank] * 600], 500))


def test_blanks_before_the_end_of_a_thought_are_no_thought() -> None:
    reader = AnswerReader(1000, 1000)
    assert list(reader.sentences(["\n\n", "</think>\n\n", f"{CATS[:-1]} [1]."], lambda: ""))
    assert not reader.thinks_first
