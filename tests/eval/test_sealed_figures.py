"""Figures of hand-made answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from eval.sealed_cases import GoldCell, Passage, SealedQuestion
from eval.sealed_comparisons import cell_results, comparison_figures
from eval.sealed_facts import control_figures, fact_figures, otherwords_figures, unanswerable_figures
from eval.sealed_figures import Figure, mean, share, wilson
from eval.sealed_lists import list_figures
from eval.sealed_outcomes import Asked, Grade, Outcome, Reply, always_closest, read_reply
from ingest.paper import Paper

TEXT = "It begins here. It has 7 parts. It ends there."
HELD = {one: Paper(one, "A Title", TEXT, "") for one in ("p", "q")}
FIRST, SECOND, THIRD = Passage("p", 0, 15), Passage("p", 16, 31), Passage("p", 32, 46)
ELSEWHERE = Passage("q", 16, 31)
FACT = SealedQuestion("f1", "fact", "terse", "five-days", "how many parts?", ("p",), gold=(SECOND,))
OTHER = replace(FACT, id="f2", register="chatty", library="2019: 2019-01-10", gold=(FIRST,), also=(THIRD,))


def answered(*claims: Passage) -> Outcome:
    return Outcome(Grade.ANSWERED, claims)


def closest(*passages: Passage) -> Outcome:
    return Outcome(Grade.CLOSEST, (), passages)


NONE = Outcome(Grade.NONE)


def values(figures: Sequence[Figure], group: str = "all") -> dict[str, tuple[int, float]]:
    return {one.name: (one.n, round(one.value, 3)) for one in figures if one.group == group}


# ---- figures


def test_the_interval_is_that_of_wilson() -> None:
    """The first as in Brown, Cai and DasGupta 2001; the bounds stay between 0 and 1."""
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    low, high = wilson(0, 10)
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(10, 10)[1] == pytest.approx(1, abs=1e-12)


def test_nothing_has_no_figure() -> None:
    assert share("all", "so", []) == mean("all", "so", []) == []
    assert mean("all", "so", [1.0, 3.0])[0].value == 2


# ---- replies


def citation(passage: Passage, **changes: Any) -> dict[str, Any]:
    quote = TEXT[passage.start : passage.end]
    return {"arxiv_id": passage.arxiv_id, "start": passage.start, "end": passage.end, "quote": quote, **changes}


def test_an_answer_is_read() -> None:
    claims = [
        {"sentence": "So it is.", "citations": [citation(SECOND), citation(FIRST)]},
        {"citations": [citation(ELSEWHERE)]},
    ]
    references = [{"arxiv_id": "p"}, {"arxiv_id": "q"}, {"arxiv_id": "p"}]
    found = read_reply(Reply({"grade": "answered", "claims": claims, "references": references}), HELD)
    quoted = tuple(TEXT[passage.start : passage.end] for passage in (SECOND, FIRST))
    assert found.sentences == (("So it is.", quoted), ("", (citation(ELSEWHERE)["quote"],)))
    assert replace(found, sentences=()) == Outcome(
        Grade.ANSWERED, (SECOND, FIRST, ELSEWHERE), (), ("p", "q"), job="list"
    )
    near = read_reply(Reply({"grade": "closest", "claims": [], "closest": [citation(THIRD, score=0.4)]}), HELD)
    assert (near.grade, near.shown, near.papers_shown) == (Grade.CLOSEST, (THIRD,), ("p",))


def test_an_older_answer_is_read() -> None:
    assert read_reply(Reply({"abstained": True, "claims": []}), HELD) == replace(NONE, job="ask")
    older = {"abstained": False, "claims": [{"citations": [citation(SECOND)]}], "table": None}
    assert replace(read_reply(Reply(older), HELD), sentences=()) == replace(answered(SECOND), job="ask")


@pytest.mark.parametrize(
    ("answer", "job"),
    [
        ({"table": {"rows": []}, "facts": ["x"]}, "compare"),
        ({"facts": ["x"], "claims": [{"heading": "Theme", "citations": []}]}, "day"),
        ({"facts": ["x"]}, "facts"),
        ({"job": "help", "facts": ["x"]}, "help"),
    ],
)
def test_the_job_of_an_older_answer_is_told_by_its_form(answer: dict[str, Any], job: str) -> None:
    assert read_reply(Reply({"abstained": False, **answer}), HELD).job == job


def test_a_failed_or_unreadable_reply_shows_nothing() -> None:
    assert read_reply(Reply(failure="KeyError"), HELD) == replace(NONE, failure="KeyError", job="ask")
    assert read_reply(Reply({"grade": "sure"}), HELD).failure == "unreadable answer (ValueError)"
    assert read_reply(Reply({"claims": [{"citations": [{}]}]}), HELD).failure == "unreadable answer (KeyError)"


def test_a_quote_of_an_abstract_that_was_cleaned_otherwise_is_looked_up() -> None:
    moved = citation(SECOND, start=20, end=35)
    answer = {"grade": "closest", "closest": [moved, citation(FIRST, quote="not there")]}
    assert read_reply(Reply(answer), HELD).shown == (SECOND, FIRST)


def test_always_closest_shows_the_first_three() -> None:
    derived = always_closest(answered(FIRST, SECOND, THIRD, ELSEWHERE))
    assert derived == closest(FIRST, SECOND, THIRD)
    assert always_closest(NONE).grade is Grade.CLOSEST


# ---- facts


def test_facts_are_counted_in_all_and_by_group() -> None:
    asked = [
        Asked(FACT, answered(SECOND, FIRST)),
        Asked(FACT, answered(FIRST)),
        Asked(FACT, NONE),
        Asked(OTHER, closest(ELSEWHERE, THIRD)),
    ]
    figures = fact_figures(asked, HELD)
    assert values(figures) == {
        "answered": (4, 0.5),
        "closest": (4, 0.25),
        "none": (4, 0.25),
        "right paper first": (4, 0.5),
        "gold sentence first": (4, 0.25),
        "gold sentence shown": (4, 0.5),
        "gold in claims, of answered": (2, 0.5),
        "quotes an answer, of answered": (2, 1.5),
    }
    names = ["terse", "chatty", "five days", "2019", "gold with a digit", "gold without a digit"]
    assert {name: values(figures, name)["gold sentence shown"] for name in names} == {
        "terse": (3, 0.333),
        "chatty": (1, 1.0),
        "five days": (3, 0.333),
        "2019": (1, 1.0),
        "gold with a digit": (3, 0.333),
        "gold without a digit": (1, 1.0),
    }
    assert "gold in claims, of answered" not in values(figures, "chatty")


def test_the_first_paper_of_an_answer_without_passages_is_the_first_it_lists() -> None:
    asked = [Asked(FACT, Outcome(Grade.ANSWERED, listed=("p", "q")))]
    assert values(fact_figures(asked, HELD))["right paper first"] == (1, 1.0)


def test_a_lost_answer_is_lost_with_its_paper_or_with_the_sentence() -> None:
    asked = [
        Asked(FACT, NONE),
        Asked(FACT, closest(ELSEWHERE)),
        Asked(FACT, answered(FIRST)),
        Asked(FACT, answered(SECOND)),
    ]
    found = values(otherwords_figures(asked, HELD))
    assert (found["lost to the paper"], found["lost to the sentence"]) == ((4, 0.5), (4, 0.25))


def test_the_control_asks_another_question_of_the_same_abstract() -> None:
    """A reader that looks at the question is right with the right one only; one that does not, as often with both."""
    elsewhere = replace(OTHER, papers=("q",), text="where does it end?", gold=(Passage("q", 32, 46),), also=())
    spans = [(0, 15), (16, 31), (32, 46)]

    def attentive(question: str, text: str, title: str) -> list[tuple[int, int, float]]:
        assert (text, title) == (TEXT, "A Title")
        first = 1 if "many" in question else 2
        return [(*spans[first], 1.0), (*spans[0], 0.5)]

    right, wrong = control_figures([FACT, elsewhere], HELD, attentive)
    assert ((right.n, right.value), (wrong.n, wrong.value)) == ((2, 1), (2, 0))
    right, wrong = control_figures([FACT, elsewhere], HELD, lambda *_: [(16, 31, 1.0)])
    assert (right.value, wrong.value) == (0.5, 0.5)
    assert len(control_figures([FACT], HELD, attentive)) == 1


# ---- unanswerable


def test_unanswerable_questions_are_counted_by_kind() -> None:
    unstated, absent = replace(FACT, kind="unstated", gold=()), replace(FACT, kind="absent", papers=(), gold=())
    asked = [Asked(unstated, answered(FIRST)), Asked(unstated, closest(FIRST)), Asked(absent, NONE)]
    figures = unanswerable_figures(asked)
    assert values(figures) == {"answered": (3, 0.333), "closest": (3, 0.333), "none": (3, 0.333)}
    assert values(figures, "unstated")["answered"] == (2, 0.5)
    assert values(figures, "absent") == {"answered": (1, 0.0), "closest": (1, 0.0), "none": (1, 1.0)}


# ---- lists

LIST = SealedQuestion("l1", "list", "terse", "five-days", "papers on x", ("a", "b", "c", "d"), ("e",))


def listing(*papers: str) -> Outcome:
    return Outcome(Grade.ANSWERED, listed=papers)


def test_lists_have_recall_and_precision_and_borderline_papers_count_neither_way() -> None:
    small = replace(LIST, library="2019: 2019-01-10", papers=("a",))
    asked = [
        Asked(LIST, listing("a", "b", "e", "x")),
        Asked(small, listing("a")),
        Asked(LIST, replace(listing("a"), grade=Grade.NONE)),
    ]
    figures = list_figures(asked)
    found = values(figures)
    assert found["recall, mean"] == (3, 0.5)
    assert found["precision, mean"] == (2, 0.833)
    assert found["recall, micro"] == (9, 0.333)
    assert found["precision, micro"] == (4, 0.75)
    assert found["none"] == (3, 0.333)
    assert values(figures, "2019")["recall, mean"] == (1, 1.0)
    assert values(figures, "five days")["recall, micro"] == (8, 0.25)


def test_a_list_of_borderline_papers_alone_has_no_precision() -> None:
    found = values(list_figures([Asked(LIST, listing("e"))]))
    assert found["recall, mean"] == (1, 0.0)
    assert "precision, mean" not in found


# ---- comparisons

CELLS = (
    GoldCell("p", "problem", False, (FIRST,)),
    GoldCell("p", "data", False, ()),
    GoldCell("q", "problem", False, (ELSEWHERE,)),
    GoldCell("p", "Data sets", True, ()),
    GoldCell("p", "run time", True, (THIRD,)),
)
COMPARISON = SealedQuestion("c1", "comparison", "terse", "five-days", "p or q?", ("p", "q"), cells=CELLS)
TABLE = {
    "columns": ["problem", "data", "Run  time"],
    "rows": [
        {"paper": {"arxiv_id": "p"}, "cells": [
            {"quotes": [citation(SECOND), citation(FIRST)]}, {"quotes": []}, {"quotes": [citation(THIRD)]},
        ]},
        {"paper": {"arxiv_id": "q"}, "cells": [{"quotes": []}, {"quotes": [citation(ELSEWHERE)]}, {"quotes": []}]},
    ],
}  # fmt: skip


def test_cells_are_right_where_any_quote_is_or_where_nothing_is_stated() -> None:
    """The aspect “Data sets” is told in the column that every table has for it."""
    outcome = read_reply(Reply({"grade": "answered", "table": {"rows": TABLE["rows"]}}, TABLE), HELD)
    assert outcome.rows == ("p", "q")
    assert [result.is_right for result in cell_results(Asked(COMPARISON, outcome))] == [True, True, False, True, True]
    figures = values(comparison_figures([Asked(COMPARISON, outcome)]))
    assert figures == {
        "both papers in the table": (1, 1.0),
        "cells right": (3, 0.667),
        "cells stated, right": (2, 0.5),
        "cells empty, said so": (1, 1.0),
        "problem": (2, 0.5),
        "data": (1, 1.0),
        "aspects right": (2, 1.0),
        "aspects stated, right": (1, 1.0),
        "aspects empty, said so": (1, 1.0),
    }


def test_a_comparison_that_was_not_made_has_no_right_cell() -> None:
    asked = [Asked(COMPARISON, replace(NONE, rows=("p",)))]
    found = values(comparison_figures(asked))
    assert found["both papers in the table"] == (1, 0.0)
    assert found["cells empty, said so"] == (1, 0.0)
    assert found["aspects right"] == (2, 0.0)
