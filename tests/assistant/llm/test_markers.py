"""Markers in the shapes that models give them, and what only looks like one."""

import pytest

from assistant.llm.markers import numbers_in, plain_markers
from assistant.llm.sentences import AnswerReader, read_sentence

CATS = "Cats purr softly at night."


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)), ("[1, 3]", (1, 3)), ("[1][3]", (1, 3)), ("[1-3]", (1, 2, 3)), ("[1; 3]", (1, 3)),
        ("[1 and 3]", (1, 3)), ("¹", (1,)), ("¹³", (1, 3)), ("¹ ³", (1, 3)), ("¹˒³", (1, 3)), ("⁽¹⁾", (1,)),
        ("①", (1,)),
        ("[citation:1]", (1,)), ("[citation: 1, 3]", (1, 3)), ("[citation:1][citation:3]", (1, 3)), ("[cite: 1]", (1,)),
        ("[[1]](#1)", (1,)), ("[[1]]", (1,)), ("[1](#sentence-1)", (1,)), ("[1](https://a.example/1)", (1,)),
        ("{1}", (1,)), ("{1, 3}", (1, 3)), ("[^1]", (1,)), ("[^1^]", (1,)), ("(1)", (1,)), ("(1, 3)", (1, 3)),
        ("[doc1]", (1,)), ("[doc 1]", (1,)), ("[Document 1]", (1,)), ("[S1]", (1,)), ("[Source 1, Source 3]", (1, 3)),
        ("[ref_1]", (1,)), ("[#1]", (1,)), ("[Sentence 1]", (1,)), ("(sentence 1)", (1,)), ("(Source: 1)", (1,)),
        ("(see 1)", (1,)), ("(sentences 1 and 3)", (1, 3)), ("【1】", (1,)), ("【1†source】", (1,)),
        ("【1†L3-L9】", (1,)),
        ("[1†source]", (1,)), ("［1］", (1,)), ("〔1〕", (1,)), ("\\[1\\]", (1,)), ("<sup>1</sup>", (1,)),
        ("<sup>[1]</sup>", (1,)), ("<cite>1</cite>", (1,)), ("(pqac-00000001)", (1,)), ("[kitt-0003]", (3,)),
    ],
)  # fmt: skip
def test_every_shape_is_read(marker: str, numbers: tuple[int, ...]) -> None:
    for text in (f"Cats purr softly at night {marker}.", f"Cats purr softly at night.{marker}", f"{CATS} {marker}"):
        if marker.startswith("(") and "1" in marker[:2] and not text.endswith("."):
            text += "\n"  # noqa: PLW2901 - bare parentheses are markers only where a sentence ends
        for size in (1, 4, 100):
            reader = AnswerReader(1000, 1000)
            pieces = [text[place : place + size] for place in range(0, len(text), size)]
            (sentence,) = reader.sentences(pieces, lambda: "")
            assert (sentence.text, sentence.numbers) == (CATS, numbers), (text, size)


@pytest.mark.parametrize(
    "text",
    [
        "It has 5 m² and R² of 0.9 at 10⁻³.",
        "It is equivariant under SE(3).",
        "We (1) purr and (2) bark at noon.",
        "It runs on COVID-19 scans (ResNet-50).",
        "Sets {a, b} and f(1) are used [sic].",
        "In May (2020) cats purred (Smith 2020).",
        "The interval [0.5, 1.5] and <b>2</b> hold.",
    ],
)
def test_what_only_looks_like_a_marker_stays(text: str) -> None:
    assert plain_markers(text) == text
    assert read_sentence(text).numbers == ()


def test_numbers_are_each_there_once() -> None:
    assert numbers_in("a [1]. b [2, 1].") == (1, 2)
