import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

import eval.run
from eval.cli import eval_cli
from eval.corpora import CORPORA, corpus_items, library_folder
from eval.metrics import METRICS
from eval.results import SuiteResult, Version, current_version, latency_path, read_suite, suite_path
from eval.run import Outcome, Wish, printed, run
from eval.suites import SUITES
from eval.systems import ABOUT, DAYBOOK
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Entry
from tests.conftest import WordEmbedder

Measure = Callable[..., Outcome]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Measure:
    """Measure without real data, as a clean commit."""
    monkeypatch.setenv("DAYBOOK_DATA", str(tmp_path / "absent"))
    monkeypatch.setattr(eval.run, "current_version", lambda: Version("abc", is_dirty=False))

    def measured(**wish: object) -> Outcome:
        found = replace(Wish(out=tmp_path / "out", work=tmp_path / "work"), **wish)  # type: ignore[arg-type]
        return run(found, WordEmbedder, told.append)

    return measured


def test_without_real_data_the_sample_is_measured_and_reported(
    measure: Measure, tmp_path: Path, told: list[str]
) -> None:
    outcome = measure()
    (result,) = outcome.suites
    assert told[0].startswith("there is no real data")
    assert (result.suite, result.papers, len(result.questions)) == ("sample", 42, 10)
    assert list(result.systems) == list(ABOUT)
    assert result.systems[DAYBOOK].metrics["hit@10"].mean > 0.8
    assert result.systems[DAYBOOK].behind == {}
    assert read_suite(suite_path(tmp_path / "out", "sample", "abc")) == result
    assert outcome.report == tmp_path / "out" / "retrieval-abc.html"
    assert html.parse(str(outcome.report)).findtext(".//h1") == "How well Daybook finds papers"
    text = printed(outcome, as_json=False)
    assert all(name in text for name in (*ABOUT, "sample", str(outcome.report)))


def test_means_and_leads_are_those_of_the_questions(measure: Measure) -> None:
    (result,) = measure().suites
    for name, system in result.systems.items():
        for metric in METRICS:
            values = [one.rankings[name].metrics[metric] for one in result.questions]
            assert system.metrics[metric].mean == pytest.approx(sum(values) / len(values))
            assert system.metrics[metric].low <= system.metrics[metric].mean <= system.metrics[metric].high
            if name != DAYBOOK:
                lead = result.systems[DAYBOOK].metrics[metric].mean - system.metrics[metric].mean
                assert system.behind[metric].mean == pytest.approx(lead)
    for one in result.questions:
        for ranking in one.rankings.values():
            assert ranking.milliseconds > 0
            assert len(ranking.top) <= 10
            assert min((rank for rank in ranking.gold_ranks.values() if rank), default=None) == ranking.first_rank
            assert {*ranking.top, *one.gold} <= result.titles.keys()


def test_a_finished_suite_of_a_clean_commit_is_measured_again_only_when_asked(
    measure: Measure, told: list[str]
) -> None:
    first = measure().suites
    told.clear()
    assert measure().suites == first
    assert "sample: 10 of 10 questions" not in told
    measure(again=True)
    assert "sample: 10 of 10 questions" in told


def test_a_dirty_commit_is_always_measured(
    measure: Measure, told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(eval.run, "current_version", lambda: Version("abc", is_dirty=True))
    assert measure().report == tmp_path / "out" / "retrieval-abc-dirty.html"
    told.clear()
    measure()
    assert "sample: 10 of 10 questions" in told


def test_the_output_as_json_leaves_the_single_questions_to_the_files(measure: Measure) -> None:
    data = json.loads(printed(measure(), as_json=True))
    (suite,) = data["suites"]
    assert suite["systems"]["daybook"]["metrics"]["hit@1"].keys() == {"mean", "low", "high"}
    assert suite["questions"] == []


def test_the_speed_of_search_is_measured_by_size(measure: Measure, tmp_path: Path, told: list[str]) -> None:
    outcome = measure(latency_papers=150)
    assert outcome.suites == ()
    assert outcome.latency
    assert [size.papers for size in outcome.latency.sizes] == [42, 150]
    assert all(size.questions == 10 and size.latency.ratio > 0 for size in outcome.latency.sizes)
    assert latency_path(tmp_path / "out", "abc").exists()
    assert "150" in printed(outcome, as_json=False)
    assert "As a library grows" in outcome.report.read_text(encoding="utf-8")
    told.clear()
    measure(latency_papers=150)
    assert not [line for line in told if "generated papers" in line]
    (folder,) = (tmp_path / "work").glob("generated-150-*")
    with Library(folder, create=False) as library:
        assert len({stored.paper.arxiv_id for stored in library.papers()}) == 150
        assert len(library.days()) == 2


# ---- libraries


def test_a_library_is_built_once_and_anew_when_its_papers_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder, told = WordEmbedder(), list[str]()
    folder = library_folder(CORPORA["sample"], None, tmp_path, embedder, told.append)
    assert told[-1] == "library sample: 42 of 42 papers"
    embedded = len(embedder.texts)
    assert library_folder(CORPORA["sample"], None, tmp_path, embedder, told.append) == folder
    assert len(embedder.texts) == embedded
    monkeypatch.setattr("eval.corpora.CHUNK_TOKENS", 99)
    a_users_own = tmp_path / "sample-photos"
    a_users_own.mkdir()
    other = library_folder(CORPORA["sample"], None, tmp_path, embedder, told.append)
    assert other != folder
    assert not folder.exists()
    assert a_users_own.exists()


def test_an_interrupted_build_goes_on(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    whole = library_folder(CORPORA["sample"], None, tmp_path, embedder, lambda _: None)
    (whole / "complete").unlink()
    embedded = len(embedder.texts)
    assert library_folder(CORPORA["sample"], None, tmp_path, embedder, lambda _: None) == whole
    assert len(embedder.texts) == embedded


def test_scifact_documents_become_papers(tmp_path: Path) -> None:
    folder = tmp_path / "scifact" / "beir"
    folder.mkdir(parents=True)
    documents = [
        {"_id": "9", "title": "On &lt;tails&gt;", "text": "Cells\nmove."},
        {"_id": "4", "title": "T", "text": ""},
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    entries = [item for item in corpus_items(CORPORA["scifact"], tmp_path) if isinstance(item, Entry)]
    assert [(e.paper.arxiv_id, e.paper.title, e.paper.abstract) for e in entries] == [
        ("scifact/0000001", "On <tails>", "Cells move."),
        ("scifact/0000002", "T", ""),
    ]
    built = library_folder(CORPORA["scifact"], tmp_path, tmp_path / "work", WordEmbedder(), lambda _: None)
    with Library(built, create=False) as library:
        assert len(library.papers()) == 2


@pytest.mark.parametrize("name", ["five-days", "scifact"])
def test_papers_that_are_not_there_are_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="needs real data"):
        list(corpus_items(CORPORA[name], None))
    with pytest.raises(InputError, match=str(tmp_path)):
        list(corpus_items(CORPORA[name], tmp_path))


def test_a_case_that_names_an_absent_paper_is_told(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = next(suite for suite in SUITES if suite.name == "sample")
    (case, *_) = sample.cases(None)
    wrong = replace(sample, read=lambda _: iter([replace(case, gold={"2101.99999": 1.0})]))
    monkeypatch.setattr(eval.run, "chosen_suites", lambda *_: [wrong])
    with pytest.raises(InputError, match=r"s01 expects papers that are not in sample: .*2101\.99999"):
        measure()


# ---- files and the command line


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"suite": "sample"', "\x00"])
def test_a_malformed_result_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"result\.json is no result of daybook eval retrieval: ") as raised:
        read_suite(path)
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_suite(tmp_path / "absent.json")


def test_a_result_survives_its_file(measure: Measure, tmp_path: Path) -> None:
    (result,) = measure().suites
    kept: SuiteResult = read_suite(suite_path(tmp_path / "out", "sample", "abc"))
    assert kept == result
    assert [path.name for path in (tmp_path / "out").glob("*.unfinished")] == []


def test_the_version_is_the_commit_and_whether_files_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.results.files", lambda _: tmp_path / "eval")
    assert str(current_version()) == "unversioned-dirty"
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@b.example"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "first"], check=True)
    assert re.fullmatch("[0-9a-f]{10}", str(current_version()))
    (tmp_path / "new.py").touch()
    assert re.fullmatch("[0-9a-f]{10}-dirty", str(current_version()))


def test_an_unknown_suite_is_told_before_anything_is_built(tmp_path: Path) -> None:
    shown = CliRunner().invoke(eval_cli, ["retrieval", "--suite", "x", "--work", str(tmp_path / "w")])
    assert isinstance(shown.exception, InputError)
    assert "there is no suite “x”" in str(shown.exception)
    assert not (tmp_path / "w").exists()


def test_an_interrupted_run_says_what_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eval.run.run", interrupted)
    shown = CliRunner().invoke(eval_cli, ["retrieval", "--work", str(tmp_path)])
    assert shown.exit_code == 130
    assert "are kept" in shown.output
