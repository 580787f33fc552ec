"""The measurement of comparisons: that it counts what is right, and sees what is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Daybook
from eval.compare_cases import ComparisonCase, read_cases
from eval.compare_methods import CellResult, measure
from ingest.errors import InputError
from tests.assistant.conftest import sample_id

ONE, OTHER = sample_id(28), sample_id(37)
CELLS = {(ONE, "problem"): frozenset({0}), (ONE, "results"): frozenset({3}), (OTHER, "data"): frozenset[int]()}
CASE = ComparisonCase("t1", "sample", "names", ("WakeMem", "BerthLink"), (), (ONE, OTHER), CELLS)


@pytest.mark.parametrize(
    ("given", "gold", "is_right"),
    [
        ({1}, {1, 2}, True),
        ({1, 2}, {1, 2, 3}, True),
        ({1, 4}, {1, 2}, False),
        (set(), set(), True),
        (set(), {1}, False),
        ({1}, set(), False),
        ({-1}, {1}, False),
    ],
)
def test_a_cell_is_right_where_all_its_quotes_are(given: set[int], gold: set[int], is_right: bool) -> None:
    assert CellResult("t", ONE, "data", frozenset(given), frozenset(gold)).is_right is is_right


def test_cells_papers_and_quotes_are_counted(sample_book: Daybook) -> None:
    report = measure(
        {"sample": sample_book}, [CASE, replace(CASE, id="t2", papers=(ONE, sample_id(13)))], lambda _: None
    )
    lines = report.lines()
    assert "papers as asked for      1 of 2 (0.500)" in lines
    assert "cross-attributions       0" in lines
    assert len(report.cells["daybook"]) == 2 * len(CELLS)
    assert set(report.cells) == {
        "daybook",
        "cosine to the column's name",
        "BM25 with the column's name",
        "first sentence of the role",
    }
    assert any(line.startswith("wrong papers: t2") for line in lines)
    assert report.inexact == report.foreign == ()
    assert report.quotes > 8


def test_a_paper_that_is_not_compared_has_no_right_cell(sample_book: Daybook) -> None:
    unknown = replace(CASE, ask=("WakeMem", "PriorGAN"))
    report = measure({"sample": sample_book}, [unknown], lambda _: None)
    assert [cell.is_right for cell in report.cells["daybook"]] == [False] * len(CELLS)
    assert "PriorGAN" in report.results[0].problem


def test_chat_and_topics_are_asked_as_users_ask(sample_book: Daybook) -> None:
    chat = replace(CASE, kind="chat", ask=("Compare WakeMem and BerthLink.",), better="")
    topic = replace(CASE, kind="topic", ask=("polyp segmentation", "2026-11-02", "2026-11-04"), cells={})
    report = measure({"sample": sample_book}, [chat, topic], lambda _: None)
    assert report.results[0].compared == {ONE, OTHER}
    assert report.results[1].compared == {sample_id(12), sample_id(25)}
    assert report.faults == ()
    assert any(line.startswith("better number") for line in report.lines())


def test_cases_are_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    line = {"id": "c1", "library": "sample", "kind": "chat", "ask": "Compare them.", "papers": [ONE], "cells": {}}
    better = {"better": {"metric": "PSNR", "winner": None}, "aspects": {"speed": {ONE: [1]}}}
    file.write_text("\n".join([json.dumps(line), json.dumps({**line, **better})]), encoding="utf-8")
    first, second = read_cases(file)
    assert (first.ask, first.better, first.is_chat) == (("Compare them.",), None, True)
    assert (second.better, second.aspects, second.cells) == ("", ("speed",), {(ONE, "speed"): frozenset({1})})
    file.write_text('{"id": "c1"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"cases\.jsonl:1: no comparison"):
        read_cases(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")
