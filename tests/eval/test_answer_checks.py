"""Everything that can be wrong with an answer's citations is found, in a real answer that is spoilt in one place."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from assistant import Daybook
from eval.answer_checks import HeldPaper, faults, held_papers, own_words

QUESTION = "Which papers are about polyp segmentation?"
Data = dict[str, Any]


@pytest.fixture(scope="module")
def papers(sample_book: Daybook) -> dict[str, HeldPaper]:
    return held_papers(sample_book.library.folder)


@pytest.fixture(scope="module")
def answer(sample_book: Daybook) -> Data:
    found = sample_book.ask(QUESTION).to_dict()
    assert len(found["references"]) >= 2
    return found


def test_the_papers_are_read_as_they_were_stored(papers: dict[str, HeldPaper], sample_book: Daybook) -> None:
    for stored in sample_book.papers():
        held = papers[stored.paper.arxiv_id]
        assert (held.title, held.abstract, held.url) == (stored.paper.title, stored.paper.abstract, stored.paper.url)
        assert held.days == {listing.day for listing in stored.listings}
    assert len(papers) == 42


def test_a_sound_answer_has_no_fault(answer: Data, papers: dict[str, HeldPaper]) -> None:
    assert faults(answer, papers, None) == []
    assert faults(answer, papers, frozenset(one["arxiv_id"] for one in answer["references"])) == []


def test_an_abstention_has_no_fault(sample_book: Daybook, papers: dict[str, HeldPaper]) -> None:
    refused = sample_book.ask("What does PriorGAN propose?").to_dict()
    assert refused["abstained"]
    assert faults(refused, papers, frozenset()) == []


def _citation(answer: Data) -> Data:
    found: Data = answer["claims"][0]["citations"][0]
    return found


def _alter_quote(answer: Data) -> None:
    _citation(answer)["quote"] = _citation(answer)["quote"].replace("e", "a", 1)


def _move_quote(answer: Data) -> None:
    _citation(answer)["start"] += 1


def _empty_quote(answer: Data) -> None:
    _citation(answer).update(quote="", start=0, end=0)


def _alter_shown_quote(answer: Data) -> None:
    answer["answer"] = answer["answer"].replace(_citation(answer)["quote"], "We solved it all.")


def _cite_a_stranger(answer: Data) -> None:
    _citation(answer)["arxiv_id"] = "2101.99999"


def _uncite(answer: Data) -> None:
    answer["claims"][0]["citations"] = []


def _misnumber(answer: Data) -> None:
    _citation(answer)["number"] = 7


def _add_marker(answer: Data) -> None:
    answer["answer"] += " It is fast [7]."


def _remove_markers(answer: Data) -> None:
    answer["answer"] = answer["answer"].replace("[2]", "")


def _retitle(answer: Data) -> None:
    answer["references"][0]["title"] = "Another Title"


def _redate(answer: Data) -> None:
    answer["references"][0]["day"] = "2020-01-01"


def _relink(answer: Data) -> None:
    answer["references"][0]["url"] = "https://example.org/paper.pdf"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (_alter_quote, "inexact quote"),
        (_move_quote, "inexact quote"),
        (_empty_quote, "inexact quote"),
        (_alter_shown_quote, "inexact quote"),
        (_cite_a_stranger, "foreign paper"),
        (_uncite, "uncited sentence"),
        (_misnumber, "dangling citation"),
        (_add_marker, "dangling citation"),
        (_remove_markers, "dangling citation"),
        (_retitle, "false reference"),
        (_redate, "false reference"),
        (_relink, "false reference"),
    ],
)
def test_every_planted_fault_is_found(
    answer: Data, papers: dict[str, HeldPaper], spoil: Callable[[Data], None], kind: str
) -> None:
    spoilt = copy.deepcopy(answer)
    spoil(spoilt)
    assert kind in {fault.kind for fault in faults(spoilt, papers, None)}


def test_a_paper_outside_of_the_limits_is_found(answer: Data, papers: dict[str, HeldPaper]) -> None:
    *inside, outside = (reference["arxiv_id"] for reference in answer["references"])
    (fault,) = faults(answer, papers, frozenset(inside))
    assert (fault.kind, fault.text) == ("out of scope", f"arXiv:{outside}")


def test_a_writers_own_words_are_neither_titles_nor_exact_quotes(answer: Data) -> None:
    spoken = copy.deepcopy(answer)
    spoken["answer"] += " In short, “both are slow”."
    own = own_words(spoken)
    assert "In short, “both are slow”." in own
    assert "polyp" not in own.lower()
    assert "SparseScope" not in own
    assert "Trusting the Glare" not in own
