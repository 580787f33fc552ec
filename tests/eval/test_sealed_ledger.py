"""A sealed set is run once; after it is spent it may be run and read."""

import json
from pathlib import Path

import pytest

from eval.results import Version
from eval.sealed_cases import SealedSet, read_set
from eval.sealed_ledger import is_spent, mark_spent, need_allowed, record_run
from ingest.errors import InputError
from tests.eval.test_sealed_cases import FACT, written

VERSION = Version("abc123", is_dirty=True)
FIGURES = {"daybook": {"all: answered": [1, 1.0, 0.2, 1.0]}}


@pytest.fixture
def sealed_set(tmp_path: Path) -> SealedSet:
    return read_set(written(tmp_path / "sealed" / "round-1" / "facts.jsonl", FACT))


def ledger(one: SealedSet) -> list[dict[str, object]]:
    lines = (one.path.parent.parent / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_second_run_is_refused(sealed_set: SealedSet) -> None:
    need_allowed([sealed_set], with_detail=False)
    record_run(sealed_set, VERSION, "2026-11-28", FIGURES)
    with pytest.raises(InputError, match="was run on 2026-11-28 at abc123") as raised:
        need_allowed([sealed_set], with_detail=False)
    assert "\n" not in str(raised.value)
    assert ledger(sealed_set) == [
        {
            "event": "run",
            "file": "round-1/facts.jsonl",
            "sha256": sealed_set.sha256,
            "commit": "abc123",
            "dirty": True,
            "date": "2026-11-28",
            "figures": FIGURES,
        }
    ]


def test_another_set_may_be_run(sealed_set: SealedSet) -> None:
    record_run(sealed_set, VERSION, "2026-11-28", FIGURES)
    other = written(sealed_set.path.parent.parent / "round-2" / "facts.jsonl", {**FACT, "id": "x2"})
    need_allowed([read_set(other)], with_detail=False)


def test_single_questions_are_shown_of_a_spent_set_only(sealed_set: SealedSet) -> None:
    with pytest.raises(InputError, match="only after it is spent"):
        need_allowed([sealed_set], with_detail=True)
    record_run(sealed_set, VERSION, "2026-11-28", FIGURES)
    assert not is_spent(sealed_set)
    assert mark_spent(sealed_set, VERSION, "2026-11-29")
    assert is_spent(sealed_set)
    need_allowed([sealed_set], with_detail=True)
    need_allowed([sealed_set], with_detail=False)


def test_a_spent_set_gets_no_more_lines(sealed_set: SealedSet) -> None:
    assert mark_spent(sealed_set, VERSION, "2026-11-28")
    assert not mark_spent(sealed_set, VERSION, "2026-11-29")
    record_run(sealed_set, VERSION, "2026-11-30", FIGURES)
    assert [line["event"] for line in ledger(sealed_set)] == ["spent"]


def test_training_data_needs_no_ledger(tmp_path: Path) -> None:
    one = read_set(written(tmp_path / "training" / "facts.jsonl", FACT))
    need_allowed([one], with_detail=True)
    record_run(one, VERSION, "2026-11-28", FIGURES)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["facts.jsonl"]
    with pytest.raises(InputError, match="no folder named “sealed”"):
        mark_spent(one, VERSION, "2026-11-28")


def test_nothing_is_run_by_a_ledger_that_cannot_be_read(sealed_set: SealedSet) -> None:
    (sealed_set.path.parent.parent / "ledger.jsonl").write_text('{"event"', encoding="utf-8")
    with pytest.raises(InputError, match=r"ledger\.jsonl cannot be read"):
        need_allowed([sealed_set], with_detail=False)
