"""The lexical index: BM25 by hand and beside a published implementation, and growth."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lexical import LexicalTable, PaperText

KITES = PaperText(3, "Kites", "A kite flies over the harbour; kites are light.")
WINDS = PaperText(1, "Winds", "They blow, and a kite is lifted by them over the sea.")
BOATS = PaperText(2, "Boats", "Boats lie in the harbour.")


def table(*papers: PaperText, last: int = 3) -> LexicalTable:
    return LexicalTable().extended(papers, last)


def test_bm25_is_what_its_formula_gives() -> None:
    words = table(KITES, WINDS, BOATS)
    lengths = {1: 2 + 12, 2: 2 + 5, 3: 2 + 9}
    average = sum(lengths.values()) / 3

    def one(count: int, row: int, holding: int) -> float:
        weight = math.log(1 + (3 - holding + 0.5) / (holding + 0.5))
        return weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[row] / average))

    assert words.rows.tolist() == [1, 2, 3]
    expected = [one(1, 1, 2), one(1, 2, 2), one(4, 3, 2) + one(1, 3, 2)]  # a title counts twice
    assert words.bm25(["kite", "harbor"]) == pytest.approx(expected, rel=1e-5)
    assert words.highest_bm25(["kite", "harbor"]) == pytest.approx(2 * 2.2 * math.log(1 + 1.5 / 2.5))
    assert max(expected) < words.highest_bm25(["kite", "harbor"])


def test_the_share_of_some_stems_goes_by_how_rare_they_are() -> None:
    words = table(KITES, WINDS, BOATS)
    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)  # in one paper of three, and in two
    assert words.share(["kite", "boat"]) == pytest.approx([one / (rare + common) for one in (common, rare, common)])
    assert words.share([]).tolist() == [0, 0, 0]


def test_counts_vocabulary_and_papers_of_several_stems() -> None:
    words = table(KITES, WINDS, BOATS)
    assert [words.document_count(stem) for stem in ("kite", "harbor", "boat", "train")] == [2, 2, 1, 0]
    assert words.stems_beginning("b") == ["blow", "boat", "by"]


def test_an_index_of_other_words_or_papers_is_not_the_same() -> None:
    words = table(KITES, WINDS)
    assert words.holds_as(table(WINDS).extended([KITES], 9))
    assert not words.holds_as(table(KITES, WINDS, BOATS))
    assert not words.holds_as(table(KITES, replace(WINDS, title="Gusts")))
    assert not words.holds_as(table(KITES, replace(WINDS, row=2)))


def test_an_empty_index_finds_nothing() -> None:
    words = LexicalTable()
    assert (len(words), words.bm25(["kite"]).tolist(), words.document_count("kite")) == (0, [], 0)
    assert words.stems_beginning("k") == []


words = st.text("abcde ", max_size=30)


@given(st.lists(st.tuples(st.integers(1, 9), words, words), max_size=20), st.integers(0, 20))
def test_growing_step_by_step_is_as_good_as_making_it_anew(texts: list[tuple[int, str, str]], cut: int) -> None:
    papers = [PaperText(*text) for text in texts]
    first, second = ({p.row: p for p in some}.values() for some in (papers[:cut], papers[cut:]))
    grown = table(*first).extended(second, 9)
    anew = table(*{p.row: p for p in papers}.values())
    assert grown.rows.tolist() == anew.rows.tolist()
    stems = sorted({*anew.vocabulary, *grown.vocabulary})
    assert np.allclose(grown.bm25(stems), anew.bm25(stems))
    assert [grown.document_count(s) for s in stems] == [anew.document_count(s) for s in stems]
    assert [grown.stems_beginning(letter) for letter in "abcde"] == [anew.stems_beginning(letter) for letter in "abcde"]


def test_counts_are_of_every_paper_and_double_for_the_title() -> None:
    papers = [
        PaperText(3, "Kites", "A kite flies."),
        PaperText(1, "Wind", "No such thing."),
        PaperText(7, "T", "kites"),
    ]
    assert table(*papers).counts_of("kite").tolist() == [0, 3, 1]
    assert table(*papers).counts_of("zebra").tolist() == [0, 0, 0]


def test_a_paper_that_holds_a_word_without_end_is_counted_so_far_as_it_matters() -> None:
    words = table(PaperText(1, "Kites", "kite " * 70_000), BOATS)
    assert words.counts_of("kite").tolist() == [65_535, 0]
    assert words.lengths.tolist() == [70_002, 7]
    assert words.extended([KITES], 9).bm25(["kite"])[0] == pytest.approx(words.highest_bm25(["kite"]), rel=0.6)
