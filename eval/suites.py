"""The suites of questions with known answers: one table, and how each kind of file is read."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from eval.lines import OWN_CASES, json_lines, unreadable_told
from ingest.errors import InputError


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the papers that answer it: arXiv ids with their grades; `day` where it is limited to one."""

    id: str
    question: str
    gold: dict[str, float]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Questions of one kind over one library; `about` says to a reader what is asked."""

    name: str
    library: str
    source: str
    read: Callable[[Path], Iterator[Case]]
    about: str
    is_day_limited: bool = False

    @property
    def needs_data(self) -> bool:
        """Whether it needs papers that do not come with the project."""
        return self.library != "sample"

    @property
    def is_own(self) -> bool:
        """Whether its questions are ours, put as users put them."""
        return self.source in {"retrieval.jsonl", "sample.jsonl"}

    def cases(self, data: Path | None) -> list[Case]:
        """The questions of the suite; `data` is the folder of real data.

        Raises:
            InputError: its file is not there, or is not what it must be.
        """
        if self.needs_data and data is None:
            raise InputError(f"the suite {self.name} needs real data; name its folder in DAYBOOK_DATA")
        path = (OWN_CASES if self.is_own or data is None else data) / self.source
        with unreadable_told(f"the questions of {self.name}", path):
            found = list(self.read(path))
        if not found:
            raise InputError(f"{path} holds no question of the suite {self.name}")
        return found


def data_folder() -> Path | None:
    """The folder of real data: `DAYBOOK_DATA`, else `../shared/data` beside the project; None where it is absent."""
    named = os.environ.get("DAYBOOK_DATA")
    folder = Path(named) if named else Path(str(files("eval"))).resolve().parents[1] / "shared" / "data"
    return folder if folder.is_dir() else None


# ---- reading


def _equal(papers: list[str]) -> dict[str, float]:
    return dict.fromkeys(papers, 1.0)


def _own(kind: str) -> Callable[[Path], Iterator[Case]]:
    """The cases of one kind in a file of our own."""

    def read(path: Path) -> Iterator[Case]:
        for line in json_lines(path):
            if line["kind"] == kind:
                day = line.get("day")
                yield Case(line["id"], line["question"], _equal(line["gold"]), date.fromisoformat(day) if day else None)

    return read


def _summaries(path: Path) -> Iterator[Case]:
    for number, line in enumerate(json_lines(path), start=1):
        yield Case(f"summary-{number}", line["question"], _equal(line["gold"]))


def _numbers(path: Path) -> Iterator[Case]:
    for line in json_lines(path):
        yield Case(f"numbers-{line['name']}", f"What results does {line['name']} report?", _equal(line["gold"]))


def _same_dataset(path: Path) -> Iterator[Case]:
    for line in json_lines(path):
        day = date.fromisoformat(line["day"])
        question = f"Which papers of {day.day} {day:%B %Y} use {line['dataset']}?"
        yield Case(f"{line['day']}-{line['dataset']}", question, _equal(line["gold"]), day)


def scifact_ids(folder: Path) -> dict[str, str]:
    """An id that a library takes for each document of SciFact: numbered in the order of the corpus."""
    return {
        line["_id"]: f"scifact/{number:07}" for number, line in enumerate(json_lines(folder / "corpus.jsonl"), start=1)
    }


def _scifact(folder: Path) -> Iterator[Case]:
    questions = {line["_id"]: line["text"] for line in json_lines(folder / "queries.jsonl")}
    ids = scifact_ids(folder)
    gold: dict[str, dict[str, float]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, grade = line.split("\t")
        gold.setdefault(question, {})[ids[document]] = float(grade)
    for question, grades in gold.items():
        yield Case(f"scifact-{question}", questions[question], grades)


# ---- the table

_FIVE, _ALL = "five-days", "all-days"
SUITES = (
    Suite("single", _FIVE, "retrieval.jsonl", _own("single"), "A plain question that one paper answers."),
    Suite("several", _FIVE, "retrieval.jsonl", _own("several"), "A question that several papers answer."),
    Suite(
        "paraphrased", _FIVE, "retrieval.jsonl", _own("paraphrased"), "A question in words that its paper does not use."
    ),
    Suite("misspelt", _FIVE, "retrieval.jsonl", _own("misspelt"), "A question with typing mistakes in its key words."),
    Suite("fact", _FIVE, "retrieval.jsonl", _own("fact"), "A question about one figure or fact in an abstract."),
    Suite("day", _FIVE, "retrieval.jsonl", _own("day"), "A question about the papers of a named day.", True),
    Suite("comparison", _FIVE, "retrieval.jsonl", _own("comparison"), "A comparison of two methods; both papers."),
    Suite("single@3345", _ALL, "retrieval.jsonl", _own("single"), "The same, among twelve times as many papers."),
    Suite("paraphrased@3345", _ALL, "retrieval.jsonl", _own("paraphrased"), "The same, among twelve times as many."),
    Suite("misspelt@3345", _ALL, "retrieval.jsonl", _own("misspelt"), "The same, among twelve times as many papers."),
    Suite("fact@3345", _ALL, "retrieval.jsonl", _own("fact"), "The same, among twelve times as many papers."),
    Suite(
        "comparison@3345", _ALL, "retrieval.jsonl", _own("comparison"), "The same, among twelve times as many papers."
    ),
    Suite(
        "summaries",
        _ALL,
        "known_item/tldr.jsonl",
        _summaries,
        "A one-line summary that a person wrote of a paper (SciTLDR).",
    ),
    Suite(
        "numbers",
        _ALL,
        "known_item/reported_numbers.jsonl",
        _numbers,
        "“What results does NAME report?”; find the paper of that name.",
    ),
    Suite(
        "same-dataset",
        _ALL,
        "known_item/same_dataset_groups.jsonl",
        _same_dataset,
        "“Which papers of DAY use DATASET?”; find all of them.",
        True,
    ),
    Suite("scifact", "scifact", "scifact/beir", _scifact, "A scientific claim; the abstract that settles it (BEIR)."),
    Suite("sample", "sample", "sample.jsonl", _own("sample"), "Questions over the invented papers that Daybook ships."),
)


def chosen_suites(names: list[str], data: Path | None) -> list[Suite]:
    """The suites of these names; without names, all over real data, or the sample where there is none.

    Raises:
        InputError: no suite has that name, or it needs real data and there is none.
    """
    if not names:
        return [suite for suite in SUITES if suite.needs_data == (data is not None)]
    known = {suite.name: suite for suite in SUITES}
    for name in names:
        if name not in known:
            raise InputError(f"there is no suite “{name}”; there are: {', '.join(known)}")
        if known[name].needs_data and data is None:
            raise InputError(f"the suite {name} needs real data; name its folder in DAYBOOK_DATA")
    return [known[name] for name in dict.fromkeys(names)]
