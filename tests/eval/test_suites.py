import json
from datetime import date
from pathlib import Path

import pytest

from eval.suites import SUITES, Case, chosen_suites, data_folder, scifact_ids
from ingest.errors import InputError

BY_NAME = {suite.name: suite for suite in SUITES}


def write_lines(path: Path, *lines: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_each_kind_of_file_is_read(tmp_path: Path) -> None:
    known = tmp_path / "known_item"
    write_lines(known / "tldr.jsonl", {"question": "A summary", "gold": ["1904.02632"]})
    write_lines(known / "reported_numbers.jsonl", {"name": "CC-Net", "gold": ["1901.01578"], "day": "2019-01-08"})
    write_lines(
        known / "same_dataset_groups.jsonl", {"day": "2020-05-05", "dataset": "COCO", "gold": ["2005.1", "2005.2"]}
    )
    assert BY_NAME["summaries"].cases(tmp_path) == [Case("summary-1", "A summary", {"1904.02632": 1})]
    (numbers,) = BY_NAME["numbers"].cases(tmp_path)
    assert (numbers.question, numbers.day) == ("What results does CC-Net report?", None)
    (group,) = BY_NAME["same-dataset"].cases(tmp_path)
    assert group.question == "Which papers of 5 May 2020 use COCO?"
    assert (group.day, group.gold) == (date(2020, 5, 5), {"2005.1": 1, "2005.2": 1})


def test_scifact_keeps_its_grades_under_ids_that_a_library_takes(tmp_path: Path) -> None:
    folder = tmp_path / "scifact" / "beir"
    write_lines(
        folder / "corpus.jsonl", {"_id": "4983", "title": "T", "text": "A"}, {"_id": "7", "title": "U", "text": "B"}
    )
    write_lines(folder / "queries.jsonl", {"_id": "1", "text": "A claim."}, {"_id": "3", "text": "Not judged."})
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\t7\t2\n1\t4983\t1\n", encoding="utf-8")
    assert scifact_ids(folder) == {"4983": "scifact/0000001", "7": "scifact/0000002"}
    assert BY_NAME["scifact"].cases(tmp_path) == [
        Case("scifact-1", "A claim.", {"scifact/0000002": 2, "scifact/0000001": 1})
    ]


def test_our_own_cases_are_split_by_kind(tmp_path: Path) -> None:
    counts = {
        name: len(BY_NAME[name].cases(tmp_path)) for name in ("single", "several", "paraphrased", "misspelt", "day")
    }
    assert counts == {"single": 45, "several": 25, "paraphrased": 50, "misspelt": 25, "day": 30}
    assert BY_NAME["single@3345"].cases(tmp_path) == BY_NAME["single"].cases(tmp_path)
    assert BY_NAME["day"].cases(tmp_path)[0].day == date(2020, 5, 25)


def test_the_real_suites_are_whole(data_folder: Path) -> None:
    counts = {suite.name: len(suite.cases(data_folder)) for suite in SUITES if not suite.is_own}
    assert counts == {"summaries": 91, "numbers": 111, "same-dataset": 156, "scifact": 300}


def test_without_real_data_only_the_invented_sample_is_left() -> None:
    assert [suite.name for suite in chosen_suites([], None)] == ["sample"]
    with pytest.raises(InputError, match="the suite single needs real data; name its folder in DAYBOOK_DATA"):
        chosen_suites(["sample", "single"], None)
    with pytest.raises(InputError, match="needs real data"):
        BY_NAME["numbers"].cases(None)
    assert BY_NAME["sample"].cases(None)


def test_with_real_data_every_other_suite_is_chosen_or_the_named_ones(tmp_path: Path) -> None:
    assert {suite.name for suite in chosen_suites([], tmp_path)} == BY_NAME.keys() - {"sample"}
    assert [suite.name for suite in chosen_suites(["sample", "day", "sample"], tmp_path)] == ["sample", "day"]
    with pytest.raises(InputError, match=r"there is no suite “singel”; there are: single, several"):
        chosen_suites(["singel"], tmp_path)


@pytest.mark.parametrize("text", ["no JSON\n", '{"question": "without gold"}\n', "", '["a list"]\n'])
def test_a_malformed_file_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "known_item").mkdir()
    (tmp_path / "known_item" / "tldr.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="summaries") as raised:
        BY_NAME["summaries"].cases(tmp_path)
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match=r"reported_numbers\.jsonl cannot be read"):
        BY_NAME["numbers"].cases(tmp_path)


def test_the_folder_of_real_data_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYBOOK_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("DAYBOOK_DATA", str(tmp_path / "absent"))
    assert data_folder() is None
