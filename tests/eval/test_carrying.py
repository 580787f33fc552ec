"""The measurement of what a language model's reader is shown."""

import json
from datetime import date
from pathlib import Path

import pytest

from eval.carrying import Case, measure, read_cases, shown_by
from eval.sealed_cases import fingerprint
from ingest.errors import InputError
from tests.conftest import digest_text

QUOTE = "On HarbourTrack, WakeMem outperforms BerthLink by 5%."
CASES = (
    Case(QUOTE, "WakeMem outperforms BerthLink by 5% on HarbourTrack.", is_supported=True, kind="turned"),
    Case(QUOTE, "WakeMem is better than BerthLink.", is_supported=True, kind="free"),
    Case(QUOTE, "BerthLink outperforms WakeMem by 5%.", is_supported=False, kind="swapped"),
)


def unasked() -> Path:
    raise AssertionError("no line names a paper")


def test_a_quote_may_be_named_by_its_place_in_an_abstract(tmp_path: Path) -> None:
    abstract = f"We track ships. {QUOTE}"
    for folder, arxiv_id in (("digests", "2101.00001"), ("digests_2019", "1901.00002")):
        (tmp_path / folder).mkdir()
        text = digest_text(date(2021, 1, 4), [(arxiv_id, "WakeMem", abstract)])
        (tmp_path / folder / "day.txt").write_text(text, encoding="utf-8")
    file, span = tmp_path / "cases.jsonl", [abstract.index(QUOTE), len(abstract)]
    place = {"paper": "2101.00001", "span": span, "abstract": fingerprint(abstract)}
    line = {**place, "sentence": "Yes.", "supported": False, "kind": "yes"}
    file.write_text(json.dumps(line), encoding="utf-8")
    assert read_cases([file], lambda: tmp_path) == [Case(QUOTE, "Yes.", is_supported=False, kind="yes")]
    file.write_text(json.dumps({**line, "abstract": "other"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"the abstract of 2101\.00001 is another one"):
        read_cases([file], lambda: tmp_path)


def test_the_report_counts_what_is_shown_and_lists_the_mistakes() -> None:
    report = measure(CASES)
    assert report.share("this build", is_supported=True) == 0.5
    assert report.share("this build", is_supported=False) == 0.0
    assert any("turned" in line and "1.000" in line for line in report.lines())
    (mistake,) = report.mistakes()
    assert mistake.startswith("not shown (free)")


def test_another_checkout_judges_in_a_process_of_its_own() -> None:
    own = Path(__file__).parents[2]
    assert shown_by(own, CASES, None)[0]
    with pytest.raises(InputError, match="the check of"):
        shown_by(own / "docs", CASES, None)


def test_cases_are_read_or_told_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    line = {"quote": QUOTE, "sentence": "Yes.", "supported": False, "kind": "yes"}
    file.write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    assert read_cases([file], unasked) == [Case(QUOTE, "Yes.", is_supported=False, kind="yes")]
    file.write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_cases([file], unasked)
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no case"):
        read_cases([file], unasked)
