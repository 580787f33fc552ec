import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_cli
from eval.compare import compare, pairs
from eval.results import Version, suite_path, write_result
from ingest.errors import InputError
from tests.eval.results import suite_result

FORMER = suite_result({"daybook": [1, 1, 2, 4, None, 30, 1, 1], "dense": [1] * 8})
PRESENT = suite_result({"daybook": [1, 3, 1, 2, 1, 20, 1, 1], "dense": [1] * 8}, version=Version("def", is_dirty=False))


def test_planted_differences_are_found_the_most_changed_first() -> None:
    found = compare(FORMER, PRESENT, "daybook")
    assert [(change.id, change.former_rank, change.rank) for change in found.changes] == [
        ("q4", None, 1),
        ("q1", 1, 3),
        ("q2", 2, 1),
        ("q3", 4, 2),
        ("q5", 30, 20),
    ]
    assert [change.gain > 0 for change in found.changes] == [True, False, True, True, True]
    assert (found.questions, found.unmatched) == (8, 0)
    difference = found.differences["MRR@10"]
    assert difference.mean == pytest.approx((0 - 2 / 3 + 1 / 2 + 1 / 4 + 1 + 0) / 8)
    assert found.present["MRR@10"] - found.former["MRR@10"] == pytest.approx(difference.mean)
    assert difference.low < 0 < difference.high
    assert not difference.is_clear


def test_a_difference_that_is_more_than_chance_is_marked() -> None:
    former = suite_result({"daybook": [4] * 20})
    found = compare(former, suite_result({"daybook": [1] * 19 + [2]}), "daybook")
    assert found.differences["hit@1"].is_clear
    lines = found.lines()
    assert any(line.startswith("  hit@1") and line.endswith("*") for line in lines)
    assert "  better: 20" in lines
    assert "  worse: 0" in lines


def test_nothing_changed_is_said() -> None:
    found = compare(FORMER, PRESENT, "dense")
    assert found.changes == ()
    assert {difference.mean for difference in found.differences.values()} == {0}


def test_questions_that_only_one_result_holds_are_left_out() -> None:
    longer = suite_result({"daybook": [1, 1, 2, 4, None, 30, 1, 1, 1, 1]})
    found = compare(FORMER, longer, "daybook")
    assert (found.questions, found.unmatched, found.changes) == (8, 2, ())
    assert "2 more questions" in "\n".join(found.lines())


def test_a_system_or_questions_that_are_not_there_are_one_clear_line() -> None:
    with pytest.raises(InputError, match="has no system bm25; it has: daybook, dense"):
        compare(FORMER, PRESENT, "bm25")
    other = suite_result({"daybook": [1]}, title="x")
    without = type(other)(
        **{name: getattr(other, name) for name in other.__slots__ if name != "questions"}, questions=()
    )
    with pytest.raises(InputError, match="share no question"):
        compare(FORMER, without, "daybook")


def test_two_commits_are_compared_by_the_files_that_are_kept(tmp_path: Path) -> None:
    for result in (FORMER, PRESENT, suite_result({"daybook": [1]}, suite="day")):
        write_result(suite_path(tmp_path, result.suite, result.version), result)
    assert pairs("abc", "def", tmp_path) == [(FORMER, PRESENT)]
    assert pairs("ab", "de", tmp_path) == [(FORMER, PRESENT)]
    with pytest.raises(InputError, match="no suite measured at both abc and 123"):
        pairs("abc", "123", tmp_path)


def test_a_clean_result_of_a_commit_is_taken_before_a_dirty_one(tmp_path: Path) -> None:
    dirty = suite_result({"daybook": [9]}, version=Version("def", is_dirty=True))
    for result in (FORMER, dirty):
        write_result(suite_path(tmp_path, "single", result.version), result)
    assert pairs("abc", "def", tmp_path) == [(FORMER, dirty)]
    write_result(suite_path(tmp_path, "single", PRESENT.version), PRESENT)
    assert pairs("abc", "def", tmp_path) == [(FORMER, PRESENT)]
    assert pairs("abc", "def-dirty", tmp_path) == [(FORMER, dirty)]


def test_two_files_are_compared_from_the_command_line(tmp_path: Path) -> None:
    one, other, day = (tmp_path / name for name in ("one.json", "other.json", "day.json"))
    write_result(one, FORMER)
    write_result(other, PRESENT)
    write_result(day, suite_result({"daybook": [1]}, suite="day"))
    shown = CliRunner().invoke(eval_cli, ["compare", str(one), str(other)])
    assert shown.exit_code == 0
    assert "single, daybook: abc → def, 8 questions" in shown.stdout
    assert ">100 → 1" in shown.stdout
    (told,) = json.loads(CliRunner().invoke(eval_cli, ["compare", str(one), str(other), "--json"]).stdout)
    assert told["changes"][0]["id"] == "q4"
    mixed = CliRunner().invoke(eval_cli, ["compare", str(one), str(day)])
    assert isinstance(mixed.exception, InputError)
    assert "of the suite single" in str(mixed.exception)
    broken = CliRunner().invoke(eval_cli, ["compare", str(one), str(tmp_path / "absent.json")])
    assert isinstance(broken.exception, InputError)
