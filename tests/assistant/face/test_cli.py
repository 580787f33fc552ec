"""The command line as people run it: the installed `daybook`, in processes of its own.

A start takes a second or two, so each command runs once, all of them side by side, and variants of
commands that are tested so run in this process, through the same `main`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import app
from assistant import Daybook
from ingest.embedding import OnnxEmbedding
from tests.assistant.conftest import SAMPLE_PAPERS, sample_id

DAYBOOK = Path(sys.executable).parent / "daybook"
QUESTION = "Which papers are about polyp segmentation?"
ANSWER_KEYS = {
    "question", "answer", "grade", "abstained", "kind", "facts", "claims", "references", "closest", "near", "nearest",
    "understood", "job", "limits", "note", "table", "timings_ms", "usage",
}  # fmt: skip
CONVERSATIONS: list[dict[str, Any]] = [
    {"id": "a1", "conversation": "a", "question": "How does WakeMem remember lost vessels?"},
    {"id": "b1", "conversation": "b", "question": "How does SiltLine map floods?"},
    {"id": "a2", "conversation": "a", "question": "How fast is it?"},
    {"id": "b2", "conversation": "b", "question": "How accurate is it in towns?"},
    {"id": 5, "question": "What does KerbFirst propose?"},
    {"id": 6, "question": "And its accuracy?"},
    {"id": 7, "question": "What is the boiling point of ethanol?"},
]

Run = subprocess.CompletedProcess[str]


def run_daybook(*arguments: str, folder: Path, environment: Mapping[str, str], stdin: str | None = None) -> Run:
    """Run the console script in a folder, to its end."""
    return subprocess.run(
        [str(DAYBOOK), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def environment(real_embedder: OnnxEmbedding, models_folder: Path) -> dict[str, str]:  # noqa: ARG001 - it is there now
    """The real model, and no way to fetch one."""
    return {"DAYBOOK_MODELS": str(models_folder), "PIP_NO_INDEX": "1", "HF_HUB_OFFLINE": "1"}


@pytest.fixture
def said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    models_folder: Path,
    sample_library_folder: Path,
) -> Callable[..., str]:
    """What a command that works says over the sample, run in this process."""

    def say(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["daybook", *arguments])
        monkeypatch.setenv("DAYBOOK_MODELS", str(models_folder))
        monkeypatch.setenv("DAYBOOK_LIBRARY", str(sample_library_folder))
        with pytest.raises(SystemExit) as ended:
            app.main()
        shown = capsys.readouterr()
        assert (ended.value.code, shown.err) == (0, "")
        return shown.out

    return say


# ---- what works


ON_THE_SAMPLE: dict[str, Sequence[str]] = {
    "search --json": ("search", QUESTION, "--limit", "3", "--json"),
    "ask": ("ask", QUESTION),
    "ask --json": ("ask", QUESTION, "--json"),
    "ask --questions": ("ask", "--questions", "-"),
    "papers --json": ("papers", "--json"),
    "days --json": ("days", "--json"),
}


@pytest.fixture(scope="module")
def runs(
    sample_library_folder: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Run]:
    """Each command over a copy of the sample's library."""
    folder = tmp_path_factory.mktemp("cli")
    shutil.copytree(sample_library_folder, folder / "library")
    lines = "\n".join(json.dumps(question) for question in CONVERSATIONS)

    def run(name: str) -> Run:
        command = (*ON_THE_SAMPLE[name], "--library", "library")
        return run_daybook(*command, folder=folder, environment=environment, stdin=lines)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(ON_THE_SAMPLE, pool.map(run, ON_THE_SAMPLE), strict=True))


@pytest.mark.parametrize("name", ON_THE_SAMPLE)
def test_what_works_ends_well_and_says_nothing_beside(runs: dict[str, Run], name: str) -> None:
    assert (runs[name].returncode, runs[name].stderr) == (0, "")
    assert runs[name].stdout.endswith("\n")


def test_what_can_be_taken_is_taken_once_and_the_rest_is_named(
    environment: dict[str, str], sample_folder: Path, tmp_path: Path
) -> None:
    environment = {**environment, "DAYBOOK_LIBRARY": "new/library"}
    first = run_daybook("ingest", str(sample_folder), folder=tmp_path, environment=environment)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "42 new, 0 updated, 0 unchanged, 0 rejected\n"
    before = content(tmp_path / "new" / "library")

    text = (sample_folder / "2026-11-02.md").read_text(encoding="utf-8")
    broken = text.replace("https://arxiv.org/pdf/9901.00013.pdf", "https://arxiv.org/")
    (tmp_path / "half.md").write_text(broken, encoding="utf-8")
    second = run_daybook("ingest", "half.md", "--json", folder=tmp_path, environment=environment)
    assert (second.returncode, second.stderr) == (0, "")
    report = json.loads(second.stdout)
    (rejection,) = report.pop("rejected")
    assert report == {"new": 0, "updated": 0, "unchanged": 13, "embedded": 0, "rejected_count": 1}
    line = next(number for number, said in enumerate(broken.splitlines(), start=1) if "HarbourTrack" in said)
    assert (rejection["file"], rejection["line"]) == ("half.md", line)
    assert "https://arxiv.org/" in rejection["reason"]
    assert content(tmp_path / "new" / "library") == before


def test_a_search_lists_a_paper_a_line(said: Callable[..., str], sample_book: Daybook) -> None:
    lines = said("search", QUESTION, "--limit", "3").splitlines()
    results = sample_book.search(QUESTION, 3)
    assert len(lines) == len(results)
    for line, result in zip(lines, results, strict=True):
        assert result.arxiv_id in line
        assert line.endswith(result.title)
        assert f"{result.day.day} Nov 2026" in line


def test_a_search_as_json(runs: dict[str, Run], sample_book: Daybook) -> None:
    results = [result.to_dict() for result in sample_book.search(QUESTION, 3)]
    assert json.loads(runs["search --json"].stdout) == {"question": QUESTION, "understood": [], "results": results}


def test_a_search_for_each_question_of_a_file(said: Callable[..., str], sample_book: Daybook, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(asked) for asked in CONVERSATIONS), encoding="utf-8")
    found = [json.loads(line) for line in said("search", "--questions", str(file), "--limit", "2").splitlines()]
    assert found == [
        {
            "id": asked["id"],
            "question": asked["question"],
            "understood": [],
            "results": [result.to_dict() for result in sample_book.search(asked["question"], 2)],
        }
        for asked in CONVERSATIONS
    ]


def test_an_answer_is_its_text_and_its_references(runs: dict[str, Run], sample_book: Daybook) -> None:
    answer = sample_book.ask(QUESTION)
    text, _, below = runs["ask"].stdout.rpartition("\n\n")
    assert text == answer.text
    lines = below.splitlines()
    assert len(lines) == 2 * len(answer.references)
    for reference, first, second in zip(answer.references, lines[::2], lines[1::2], strict=True):
        assert first == f"[{reference.number}] {reference.title}"
        assert second.strip() == f"arXiv:{reference.arxiv_id}, {reference.day.day} Nov 2026, {reference.url}"


def check_answer_shape(answer: dict[str, Any]) -> None:
    assert set(answer) == ANSWER_KEYS
    assert isinstance(answer["answer"], str)
    assert answer["abstained"] is (answer["claims"] == answer["facts"] == [])
    for claim in answer["claims"]:
        assert set(claim) == {"sentence", "citations", "is_replaced", "heading"}
        assert isinstance(claim["sentence"], str)
        assert claim["citations"]
        for citation in claim["citations"]:
            assert {key: type(value) for key, value in citation.items()} == {
                "number": int,
                "arxiv_id": str,
                "quote": str,
                "start": int,
                "end": int,
            }
    for reference in answer["references"]:
        assert {key: type(value) for key, value in reference.items()} == {
            "number": int,
            "arxiv_id": str,
            "title": str,
            "day": str,
            "url": str,
            "basis": str,
            "is_withdrawn": bool,
        }
    assert answer["near"] == answer["nearest"]
    for near in answer["near"]:
        assert set(near) == {"arxiv_id", "title", "day", "url", "basis", "is_withdrawn"}
    assert answer["grade"] == (
        "answered" if answer["claims"] or answer["facts"] else "closest" if answer["closest"] else "none"
    )
    for passage in answer["closest"]:
        assert {key: type(value) for key, value in passage.items()} == {
            "arxiv_id": str,
            "quote": str,
            "start": int,
            "end": int,
            "score": float,
        }
    assert "total" in answer["timings_ms"]
    assert all(isinstance(spent, float | int) for spent in answer["timings_ms"].values())


def test_an_answer_as_json(runs: dict[str, Run], sample_book: Daybook) -> None:
    answer = json.loads(runs["ask --json"].stdout)
    check_answer_shape(answer)
    expected = sample_book.ask(QUESTION).to_dict()
    assert {key: value for key, value in answer.items() if key != "timings_ms"} == {
        key: value for key, value in json.loads(json.dumps(expected)).items() if key != "timings_ms"
    }
    abstracts = {paper["arxiv_id"]: paper["abstract"] for paper in json.loads(runs["papers --json"].stdout)}
    for claim in answer["claims"]:
        for citation in claim["citations"]:
            quoted = abstracts[citation["arxiv_id"]][citation["start"] : citation["end"]]
            assert quoted == citation["quote"]


def test_the_questions_of_a_file_are_turns_of_their_conversations(runs: dict[str, Run]) -> None:
    answers = [json.loads(line) for line in runs["ask --questions"].stdout.splitlines()]
    assert [answer.pop("id") for answer in answers] == ["a1", "b1", "a2", "b2", 5, 6, 7]
    for answer, asked in zip(answers, CONVERSATIONS, strict=True):
        check_answer_shape(answer)
        assert answer["question"] == asked["question"]
    cited = [[reference["arxiv_id"] for reference in answer["references"]] for answer in answers]
    vessels, floods, streets = [sample_id(28)], [sample_id(22)], [sample_id(14)]
    assert cited[:5] == [vessels, floods, vessels, floods, streets]
    assert cited[5] not in (vessels, floods, streets)
    assert answers[6]["grade"] == "none"
    assert (answers[6]["references"], answers[6]["near"]) == ([], [])


def test_the_papers_of_a_day_are_listed_in_its_order(said: Callable[..., str], sample_book: Daybook) -> None:
    lines = said("papers", "--day", "2026-11-03").splitlines()
    numbers = [28, 27, 25, 24, 23, 21, 20, 19, 18, 16, 15, 26, 22, 17]
    for line, number in zip(lines, numbers, strict=True):
        stored = sample_book.library.paper(sample_id(number))
        assert stored is not None
        assert line.startswith(f"{sample_id(number)} ")
        assert line.endswith(f" 3 Nov 2026  {stored.paper.title}")


def test_papers_as_json(runs: dict[str, Run]) -> None:
    papers = json.loads(runs["papers --json"].stdout)
    assert len(papers) == SAMPLE_PAPERS
    by_id = {paper["arxiv_id"]: paper for paper in papers}
    harbour_track = by_id[sample_id(13)]
    assert harbour_track.pop("abstract").startswith("Ports are an awkward place for multi-object trackers: vessels")
    assert harbour_track == {
        "arxiv_id": "9901.00013",
        "version": 0,
        "is_withdrawn": False,
        "authors": [],
        "categories": [],
        "submitted": None,
        "title": "HarbourTrack: A Long-Horizon Benchmark for Tracking Vessels in Busy Ports",
        "day": "2026-11-02",
        "basis": "announced",
        "category": "cs.CV",
        "block": "new",
        "url": "https://arxiv.org/pdf/9901.00013.pdf",
        "links": [{"url": "https://github.com/daybook-sample/harbourtrack", "is_code": True}],
        "listings": [{"day": "2026-11-02", "basis": "announced", "category": "cs.CV", "block": "new", "position": 2}],
    }
    assert by_id[sample_id(1)]["block"] == "cross-listed"


def test_the_days_are_listed(runs: dict[str, Run], said: Callable[..., str]) -> None:
    assert json.loads(runs["days --json"].stdout) == [
        {"day": f"2026-11-{day:02}", "papers": 14, "new": new, "cross_listed": crossed, "replaced": 0, "unannounced": 0}
        for day, new, crossed in ((4, 10, 4), (3, 11, 3), (2, 10, 4))
    ]
    assert [line.split() for line in said("days").splitlines()] == [
        ["2026-11-04", "10", "new", "4", "cross-listed"],
        ["2026-11-03", "11", "new", "3", "cross-listed"],
        ["2026-11-02", "10", "new", "4", "cross-listed"],
    ]


# ---- what does not


@dataclass(frozen=True)
class Mistake:
    """A command that cannot work, and what its line has to name."""

    command: Sequence[str]
    names: str
    environment: Mapping[str, str] = field(default_factory=dict)


MISTAKES = {
    "a path that is not there": Mistake(("ingest", "nowhere.md"), "nowhere.md does not exist"),
    "a folder without digests": Mistake(("ingest", "empty"), "the folder empty holds no"),
    "a file that is no digest": Mistake(("ingest", "letter.txt"), "letter.txt"),
    "a library made by a newer version": Mistake(("ask", QUESTION), "upgrade Daybook"),
    "a library file of garbage": Mistake(("ingest", "digest.md"), "daybook.sqlite3 cannot be used"),
    "no library": Mistake(("ask", QUESTION, "--library", "elsewhere"), "no library in elsewhere"),
    "no model and no network": Mistake(("ask", QUESTION), "cannot be had", {"DAYBOOK_MODELS": "empty"}),
    "an empty question": Mistake(("ask", ""), "the question is empty"),
    "a question of 100,000 characters": Mistake(("ask", "x" * 100_000), "100,000 characters"),
    "a day that is none": Mistake(("papers", "--day", "2026-02-30"), "2026-02-30"),
    "questions that are none": Mistake(("ask", "--questions", "questions.jsonl"), "questions.jsonl:2: "),
}


def content(library: Path) -> bytes | dict[str, list[tuple[Any, ...]]]:
    """What a library holds, rejections left out; the bytes of one that SQLite cannot read."""
    file = library / "daybook.sqlite3"
    connection = sqlite3.connect(file)
    try:
        tables = ("papers", "versions", "listings", "chunks", "sentences", "state", "conversations", "turns")
        held = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
        return {**held, "version": connection.execute("PRAGMA user_version").fetchall()}
    except sqlite3.DatabaseError:
        return file.read_bytes()
    finally:
        connection.close()


def damage(library: Path, name: str) -> None:
    """Make the library what the name of the mistake says."""
    if "newer" in name:
        connection = sqlite3.connect(library / "daybook.sqlite3")
        connection.execute("PRAGMA user_version = 1000")
        connection.close()
    elif "garbage" in name:
        for beside in library.glob("daybook.sqlite3-*"):
            beside.unlink()  # what another test wrote, from which SQLite would restore the file
        (library / "daybook.sqlite3").write_bytes(b"It was a dark and stormy night. " * 300)


@dataclass(frozen=True)
class Failure:
    """How a mistake ended, and what the library held before and after."""

    run: Run
    before: object
    after: object
    made: set[Path]


@pytest.fixture(scope="module")
def failures(
    sample_library_folder: Path,
    sample_folder: Path,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Failure]:
    """Each mistake over a copy of the sample's library of its own."""

    def fail(name: str) -> Failure:
        mistake, folder = MISTAKES[name], tmp_path_factory.mktemp("mistake")
        shutil.copytree(sample_library_folder, folder / "library")
        (folder / "empty").mkdir()
        shutil.copy(sample_folder / "2026-11-02.md", folder / "digest.md")
        (folder / "letter.txt").write_text("Dear reader,\n# this is\nno digest.\n", encoding="utf-8")
        lines = json.dumps(CONVERSATIONS[0]) + '\n{"id": 2, "question":\n'
        (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
        damage(folder / "library", name)
        there, before = set(folder.iterdir()), content(folder / "library")
        command = mistake.command if "--library" in mistake.command else (*mistake.command, "--library", "library")
        run = run_daybook(*command, folder=folder, environment={**environment, **mistake.environment})
        return Failure(run, before, content(folder / "library"), set(folder.iterdir()) - there)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(MISTAKES, pool.map(fail, MISTAKES), strict=True))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_one_line(failures: dict[str, Failure], name: str) -> None:
    lines = failures[name].run.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("daybook: ")
    assert MISTAKES[name].names in lines[0]
    assert failures[name].run.stdout == ""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_without_a_traceback(failures: dict[str, Failure], name: str) -> None:
    run = failures[name].run
    assert run.returncode == 1
    assert MISTAKES[name].names in run.stderr + run.stdout
    assert "Traceback" not in run.stderr + run.stdout


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_leaves_the_library_as_it_was(failures: dict[str, Failure], name: str) -> None:
    failure = failures[name]
    assert failure.before
    assert failure.after == failure.before
    assert failure.made == set()


def test_a_question_of_broken_bytes_is_searched_for(said: Callable[..., str]) -> None:
    assert json.loads(said("search", os.fsdecode(b"polyps \xff in colonoscopy"), "--json"))["results"]


def test_what_was_understood_is_said_beside_the_answer(said: Callable[..., str], sample_book: Daybook) -> None:
    question = "Which papers of 3 November 2026 are about polyp segmentaion?"
    understood = sample_book.ask(question).understood
    assert understood == ("3 Nov 2026", "read “segmentaion” as “segmentation”")
    first, _, rest = said("ask", question).partition("\n\n")
    assert first == "(understood: 3 Nov 2026; read “segmentaion” as “segmentation”)"
    assert rest.startswith(sample_book.ask(question).text)
    assert json.loads(said("ask", question, "--json"))["understood"] == list(understood)
    assert json.loads(said("search", question, "--json"))["understood"] == list(understood)


def test_what_was_understood_of_a_search_is_said_on_stderr(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    models_folder: Path,
    sample_library_folder: Path,
) -> None:
    monkeypatch.setattr(sys, "argv", ["daybook", "search", "polyps of 3 November 2026"])
    monkeypatch.setenv("DAYBOOK_MODELS", str(models_folder))
    monkeypatch.setenv("DAYBOOK_LIBRARY", str(sample_library_folder))
    with pytest.raises(SystemExit):
        app.main()
    shown = capsys.readouterr()
    assert shown.err == "daybook: understood: 3 Nov 2026\n"
    assert " 3 Nov 2026 " in shown.out
