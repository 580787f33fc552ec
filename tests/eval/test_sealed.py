"""Sealed sets as a whole: real libraries, another checkout beside, a ledger, and never a word of a question."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.llm.settings import LlmSettings
from eval.cli import eval_cli
from eval.results import Version
from eval.sealed import SealedWish, run_sealed
from eval.sealed_builds import version_of
from eval.sealed_cases import fingerprint
from eval.sealed_facts import installed_ranker
from eval.sealed_report import Column, SetResult, ledger_figures, table_lines
from ingest.errors import InputError
from tests.assistant.llm.fake_llm import fake_llm, saying
from tests.conftest import WordEmbedder, write_digest
from tests.eval.test_sealed_cases import written

OLD_ONE, NEW_ONE = "1901.00001", "2101.00001"
ABSTRACT = "Walking robots often fall on wet grass. We train StepSure with 40 hours of video. It never falls again."
HIDDEN = "zebrafish"
RIGHT = [40, 81]

FAKE_DAYBOOK = """
import json, sys
command, *rest = sys.argv[1:]
if command == "ingest" and not all(__import__("os").path.exists(path) for path in rest[: rest.index("--library")]):
    sys.exit(1)
if command == "ask":
    for line in sys.stdin:
        asked = json.loads(line)
        if "break" in asked["question"]:
            sys.exit(3)
        quote = {"arxiv_id": "2101.00001", "start": 40, "end": 81, "quote": "We train StepSure with 40 hours of video."}
        claims = [{"sentence": "", "citations": [quote]}]
        rows = [{"paper": {"arxiv_id": name}} for name in ("1901.00001", "2101.00001")]
        answer = {"id": asked["id"], "abstained": "not" in asked["question"], "claims": claims, "table": {"rows": rows}}
        print(json.dumps(answer), flush=True)
if command == "compare":
    assert rest[2] == "--aspect=speed", rest
    cells = [{"quotes": []}, {"quotes": []}]
    print(json.dumps({"columns": ["data", "speed"], "rows": [{"paper": {"arxiv_id": rest[0]}, "cells": cells}]}))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with real data of three papers on two days, and another checkout in `base`."""
    data = tmp_path / "data"
    other = ("2101.00002", "Another Subject", "Birds sing at dawn. We record them in the forest.")
    write_digest(data / "digests", date(2021, 1, 4), [other, (NEW_ONE, "Robots on Grass", ABSTRACT)])
    write_digest(data / "digests_2019", date(2019, 1, 10), [(OLD_ONE, "Older", ABSTRACT)], name="2019-01-10.txt")
    monkeypatch.setenv("DAYBOOK_DATA", str(data))
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "app.py").write_text(FAKE_DAYBOOK, encoding="utf-8")
    return tmp_path


def fact(number: int, question: str, *, paper: str = NEW_ONE, abstract: str = ABSTRACT) -> dict[str, object]:
    library = "five-days" if paper == NEW_ONE else "2019: 2019-01-10"
    gold = [{"paper": paper, "spans": [RIGHT], "abstract": fingerprint(abstract)}]
    common = {"id": f"{HIDDEN}{number}", "kind": "fact", "register": "terse", "library": library}
    return {**common, "question": f"{HIDDEN} {question}", "gold": gold}


FACTS = (
    fact(1, "how much video trains StepSure?"),
    fact(2, "break it"),
    fact(3, "is it not so?"),
    fact(4, "what do robots fall on?", paper=OLD_ONE),
    fact(5, "StepSure?", abstract="as it was before"),
    fact(6, "why " * 2000),
)


def wish(
    place: Path,
    *names: str,
    beside: Path | None = None,
    detail: Path | None = None,
    work: Path | None = None,
    llm: LlmSettings | None = None,
) -> SealedWish:
    files = tuple(place / name for name in names)
    return SealedWish(files, beside, detail, place / "out", work or place / "work", llm)


def test_a_set_is_run_beside_another_checkout(place: Path) -> None:
    """The other one abstains once, breaks off once, and takes every question for one about the same sentence."""
    written(place / "training" / "facts.jsonl", *FACTS)
    told: list[str] = []
    (result,), _ = run_sealed(wish(place, "training/facts.jsonl", beside=place / "base"), WordEmbedder, told.append)
    own, other, derived = result.columns
    assert (result.name, result.questions, result.left_out) == ("training/facts", 5, 1)
    assert [column.title for column in result.columns] == ["daybook", "beside base", "always closest"]
    assert own.failures == {"InputError": 1}
    assert other.failures == {"exit status 3": 1}
    shown = {(one.group, one.name): (one.n, round(one.value, 2)) for one in other.figures}
    assert shown["all", "answered"] == (5, 0.6)
    assert shown["all", "gold sentence first"] == (5, 0.6)
    assert shown["2019", "right paper first"] == (1, 0.0)
    assert {one.value for one in derived.figures if one.name == "closest"} == {1.0}
    assert not any(HIDDEN in line for line in told)


def test_a_set_is_run_with_a_language_model_besides(place: Path) -> None:
    written(place / "training" / "facts.jsonl", *FACTS)
    with fake_llm(saying("StepSure learns from 40 hours of video [1].")) as model:
        llm = LlmSettings(model.url, "a-model")
        (result,), _ = run_sealed(
            wish(place, "training/facts.jsonl", detail=place / "detail", llm=llm), WordEmbedder, print
        )
    assert [column.title for column in result.columns] == ["daybook", "with a-model", "always closest"]
    assert model.asked
    told = [json.loads(line) for line in (place / "detail").read_text().splitlines()]
    assert [one["build"] for one in told] == [*["daybook"] * 5, *["with a-model"] * 5]


def test_unanswerable_questions_lists_and_comparisons_are_run(place: Path) -> None:
    common = {"id": "1", "register": "terse", "library": "five-days", "question": "StepSure?"}
    written(place / "t" / "unanswerable.jsonl", {**common, "kind": "absent"})
    written(place / "t" / "lists.jsonl", {**common, "kind": "list", "gold": [NEW_ONE]})
    pair = {"papers": [NEW_ONE, "2101.00002"], "abstracts": {NEW_ONE: fingerprint(ABSTRACT)}}
    cells = {"cells": {NEW_ONE: {"data": [RIGHT]}}, "aspects": {"speed": {NEW_ONE: []}}}
    written(place / "t" / "comparisons.jsonl", {**common, "kind": "comparison", **pair, **cells})
    names = ("t/unanswerable.jsonl", "t/lists.jsonl", "t/comparisons.jsonl")
    results, _ = run_sealed(wish(place, *names, beside=place / "base"), WordEmbedder, lambda _: None)
    assert [len(result.columns) for result in results] == [3, 2, 2]
    assert all(not column.failures for result in results for column in result.columns)
    own, other = ({one.name: one.value for one in column.figures} for column in results[2].columns)
    assert own.keys() == other.keys()
    assert (other["both papers in the table"], other["cells right"], other["aspects right"]) == (0, 0, 1)


def test_a_sealed_set_is_run_once_and_tells_no_question(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.cli._embedder", WordEmbedder)
    path = written(place / "sealed" / "round-1" / "facts.jsonl", *FACTS)
    options = ["--work", str(place / "work"), "--out", str(place / "out"), "--beside", str(place / "base")]
    refused = CliRunner().invoke(eval_cli, ["sealed", str(path), *options, "--detail", str(place / "detail")])
    assert isinstance(refused.exception, InputError)
    shown = CliRunner().invoke(eval_cli, ["sealed", str(path), *options])
    assert shown.exit_code == 0, type(shown.exception)
    assert "gold sentence first" in shown.stdout
    assert "round-1/facts: 5 questions; 1 more left out" in shown.stdout
    kept = [*(place / "out").iterdir(), path.parent.parent / "ledger.jsonl"]
    assert [one.name.startswith("sealed-round-1-facts-") for one in kept] == [True, False]
    for text in (shown.output, *(one.read_text(encoding="utf-8") for one in kept)):
        assert HIDDEN not in text
    again = CliRunner().invoke(eval_cli, ["sealed", str(path), *options])
    assert isinstance(again.exception, InputError)
    assert "a sealed set is run once" in str(again.exception)


def test_a_spent_set_is_training_data(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.cli._embedder", WordEmbedder)
    path = written(place / "sealed" / "facts.jsonl", *FACTS)
    detail = place / "detail.jsonl"
    spent = CliRunner().invoke(eval_cli, ["sealed", "--spent", str(path)])
    assert spent.stdout == "sealed/facts is spent: it is training data now\n"
    assert "was spent before" in CliRunner().invoke(eval_cli, ["sealed", "--spent", str(path)]).stdout
    options = ["--work", str(place / "work"), "--out", str(place / "out"), "--detail", str(detail)]
    for _ in range(2):
        assert CliRunner().invoke(eval_cli, ["sealed", str(path), *options]).exit_code == 0
    lines = [json.loads(line) for line in detail.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == [f"{HIDDEN}{number}" for number in (1, 2, 3, 4, 6)]
    assert lines[0]["build"] == "daybook"


def test_a_sealed_set_is_not_lost_on_a_broken_build(place: Path) -> None:
    path = written(place / "sealed" / "facts.jsonl", *(fact(number, "why " * 2000) for number in range(4)))
    with pytest.raises(InputError, match=r"daybook failed on 4 of 4 questions \(4 × InputError\)"):
        run_sealed(wish(place, "sealed/facts.jsonl"), WordEmbedder, lambda _: None)
    assert [one.name for one in path.parent.iterdir()] == ["facts.jsonl"]
    assert not (place / "out").exists()


def test_what_is_no_checkout_or_answers_nothing_is_said(place: Path) -> None:
    written(place / "t" / "facts.jsonl", *FACTS)
    with pytest.raises(InputError, match="is no checkout of Daybook"):
        run_sealed(wish(place, "t/facts.jsonl", beside=place / "data"), WordEmbedder, lambda _: None)
    (place / "base" / "app.py").write_text("import sys; sys.exit('ask' in sys.argv)", encoding="utf-8")
    with pytest.raises(InputError, match=r"answered nothing \(exit status 1\)") as raised:
        run_sealed(wish(place, "t/facts.jsonl", beside=place / "base"), WordEmbedder, lambda _: None)
    assert HIDDEN not in str(raised.value)
    (place / "base" / "app.py").write_text("import sys; sys.exit(1)", encoding="utf-8")
    with pytest.raises(InputError, match="could not ingest"):
        run_sealed(wish(place, "t/facts.jsonl", beside=place / "base"), WordEmbedder, lambda _: None)


def test_a_checkout_with_the_environment_of_another_is_refused(place: Path) -> None:
    """It would be asked in the name of the other, and prove nothing."""
    path = written(place / "sealed" / "facts.jsonl", *FACTS)
    binaries = place / "base" / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "daybook").touch()
    (binaries / "python").symlink_to(sys.executable)
    with pytest.raises(InputError, match="runs the code of"):
        run_sealed(wish(place, str(path), beside=place / "base"), WordEmbedder, print)
    assert not (path.parent / "ledger.jsonl").exists()


def test_sealed_sets_need_data(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(place / "t" / "facts.jsonl", *FACTS)
    monkeypatch.setenv("DAYBOOK_DATA", str(place / "absent"))
    with pytest.raises(InputError, match="DAYBOOK_DATA"):
        run_sealed(wish(place, "t/facts.jsonl"), WordEmbedder, lambda _: None)


def test_a_table_names_its_builds_and_failures() -> None:
    own, other = Version("abc", is_dirty=True), Version("def", is_dirty=False)
    columns = (Column("daybook", own, {"KeyError": 2}, ()), Column("beside x", other, {}, ()))
    result = SetResult("round-1/facts", "0", True, "now", 3, 0, columns)
    first, _, failed = table_lines(result)
    assert first == "round-1/facts: 3 questions; daybook is abc-dirty, beside x is def"
    assert failed == "failed, daybook: 2 × KeyError"
    assert list(ledger_figures(result)) == ["daybook", "beside x at def"]


def test_a_folder_without_a_commit_has_no_version(tmp_path: Path) -> None:
    assert version_of(tmp_path) == Version("unversioned", is_dirty=True)


def test_the_reader_of_sentences_is_found_where_there_is_one() -> None:
    rank = installed_ranker()
    assert rank is None or callable(rank)
