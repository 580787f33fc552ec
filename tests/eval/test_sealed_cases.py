"""Sealed questions are read, and what is wrong with a file is told without a word of a question."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.sealed_cases import Passage, SealedQuestion, corpus_of, fingerprint, read_set
from ingest.errors import InputError
from ingest.paper import Paper
from tests.conftest import PROJECT

COMMON = {"id": "x1", "register": "terse", "library": "five-days", "question": "a secret question"}
FACT = {**COMMON, "kind": "fact", "gold": [{"paper": "2101.00001", "spans": [[10, 20]], "abstract": "abc"}]}


def written(path: Path, *lines: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def read_one(tmp_path: Path, line: dict[str, Any]) -> SealedQuestion:
    (found,) = read_set(written(tmp_path / "set.jsonl", line)).questions
    return found


@pytest.mark.parametrize(
    ("one", "other", "is_hit"),
    [
        ((0, 100), (0, 100), True),
        ((0, 100), (40, 60), True),
        ((0, 100), (90, 110), True),
        ((0, 100), (91, 111), False),
        ((0, 100), (100, 120), False),
        ((0, 100), (50, 50), False),
    ],
)
def test_a_passage_hits_another_by_half_of_the_shorter(
    one: tuple[int, int], other: tuple[int, int], is_hit: bool
) -> None:
    first, second = Passage("p", *one), Passage("p", *other)
    assert first.hits(second) is second.hits(first) is is_hit
    assert not first.hits(Passage("q", *one))


def test_a_fact_knows_its_sentences_and_papers(tmp_path: Path) -> None:
    also = [{"paper": "2101.00002", "spans": [[0, 5]], "abstract": "def"}]
    found = read_one(tmp_path, {**FACT, "also": also})
    assert found.gold == (Passage("2101.00001", 10, 20),)
    assert found.also == (Passage("2101.00002", 0, 5),)
    assert found.right_papers == {"2101.00001", "2101.00002"}
    assert found.part == "five days"


def test_a_list_and_a_comparison_are_read(tmp_path: Path) -> None:
    listed = read_one(tmp_path, {**COMMON, "kind": "list", "library": "2019: 2019-01-10", "gold": ["a"], "also": ["b"]})
    assert (listed.papers, listed.also_papers, listed.part) == (("a",), ("b",), "2019")
    cells, aspects = {"a": {"problem": [[0, 4]], "data": []}}, {"speed": {"a": [[4, 8]]}}
    abstracts = {"a": "abc"}
    compared = {**COMMON, "kind": "comparison", "papers": ["a", "b"], "abstracts": abstracts, "cells": cells}
    found = read_one(tmp_path, {**compared, "aspects": aspects})
    assert (found.papers, found.aspects) == (("a", "b"), ("speed",))
    assert [(cell.column, cell.is_aspect, len(cell.passages)) for cell in found.cells] == [
        ("problem", False, 1),
        ("data", False, 0),
        ("speed", True, 1),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "secret"},
        {"gold": []},
        {"gold": [{"paper": "2101.00001", "spans": [[1]], "abstract": "abc"}]},
        {"library": "secret"},
        {"library": "2019: "},
        {"library": "2019: yesterday"},
    ],
)
def test_a_bad_line_is_named_but_not_shown(tmp_path: Path, change: dict[str, object]) -> None:
    path = written(tmp_path / "set.jsonl", FACT, "", {**FACT, **change})
    with pytest.raises(InputError, match=r"set\.jsonl:3: no sealed question") as raised:
        read_set(path)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_holds_one_sort(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 sorts"):
        read_set(written(tmp_path / "set.jsonl", FACT, {**COMMON, "kind": "absent"}))
    with pytest.raises(InputError, match="0 sorts"):
        read_set(written(tmp_path / "set.jsonl"))
    with pytest.raises(InputError, match="cannot be read"):
        read_set(tmp_path / "none.jsonl")


def test_a_file_is_sealed_below_a_folder_of_that_name(tmp_path: Path) -> None:
    inside = read_set(written(tmp_path / "sealed" / "round-9" / "facts.jsonl", FACT))
    outside = read_set(written(tmp_path / "training" / "sealed.jsonl", FACT))
    assert (inside.is_sealed, inside.name, inside.sort) == (True, "round-9/facts", "facts")
    assert not outside.is_sealed
    link = tmp_path / "training" / "facts.jsonl"
    link.symlink_to(inside.path)
    assert read_set(link).is_sealed


def test_a_library_is_made_of_the_days_it_names() -> None:
    assert corpus_of("five-days").folders == ("digests",)
    one, other = corpus_of("2019: 2019-01-24 2019-01-10"), corpus_of("2019: 2019-01-10 2019-01-24")
    assert one == other
    assert one.folders == ("digests_2019/2019-01-10.txt", "digests_2019/2019-01-24.txt")
    assert one.name != corpus_of("2019: 2019-01-10").name


def test_gold_is_current_while_its_abstract_is_as_it_was() -> None:
    question = SealedQuestion(
        "x", "fact", "terse", "five-days", "?", ("p",), ("q",), abstracts={"p": fingerprint("text"), "q": "abc"}
    )
    assert question.is_current({"p": paper("p", "text")})
    assert not question.is_current({"p": paper("p", "text.")})
    assert not question.is_current({"p": paper("p", "text"), "q": paper("q", "text")})
    assert not question.is_current({})


def paper(arxiv_id: str, abstract: str) -> Paper:
    return Paper(arxiv_id, "A Title", abstract, "")


def test_all_sets_of_the_project_can_be_read() -> None:
    """Only counts are looked at: what an assertion shows on failure must hold no question."""
    paths = sorted(path for name in ("sealed", "training") for path in (PROJECT / "eval" / name).rglob("*.jsonl"))
    sizes = {str(path.relative_to(PROJECT)): len(read_set(path).questions) for path in paths if path.stem != "ledger"}
    assert all(size >= 40 for size in sizes.values())
    assert {name.rpartition("/")[0] for name in sizes} >= {"eval/sealed/round-1", "eval/sealed/round-2"}
