"""The suites of questions for whole answers: what is asked, and what a right answer to it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.language.days import Period
from eval.lines import OWN_CASES, json_lines, unreadable_told
from eval.scope import ScopeCase, read_cases
from ingest.errors import InputError
from ingest.paper import StoredPaper


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """A question and what a right answer to it is; what is None or empty is not asked for.

    Where `is_answerable` is False, only an abstention is right. One of the `gold` papers must be cited, and the
    answer must hold one of the `wanted` texts; `are_numbers` says that these are numbers with their units. `scope`
    are the limits that a person reads in the question.
    """

    id: str
    kind: str
    question: str
    is_answerable: bool | None = None
    gold: frozenset[str] = frozenset()
    wanted: tuple[str, ...] = ()
    are_numbers: bool = False
    scope: ScopeCase | None = None

    def allowed(self, papers: Sequence[StoredPaper]) -> frozenset[str] | None:
        """The papers that its limits let in, None where it has none."""
        if self.scope is None:
            return None
        return frozenset(stored.paper.arxiv_id for stored in papers if self.scope.allows(stored))


@dataclass(frozen=True, slots=True)
class AnswerSuite:
    """Questions over one library; `source` is a file of our own cases, or one of the real data."""

    name: str
    library: str
    source: str
    read: Callable[[Path], Iterator[AnswerCase]]
    about: str
    is_own: bool = True

    @property
    def needs_data(self) -> bool:
        """Whether it needs papers that do not come with the project."""
        return self.library != "sample"

    def cases(self, data: Path | None) -> list[AnswerCase]:
        """The questions of the suite; `data` is the folder of real data.

        Raises:
            InputError: its file is not there, or is not what it must be.
        """
        path = (OWN_CASES if self.is_own or data is None else data) / self.source
        with unreadable_told(f"the questions of {self.name}", path):
            return list(self.read(path))


# ---- reading


def _with_gold(path: Path) -> Iterator[AnswerCase]:
    """Cases with gold papers; those without any have no answer."""
    for line in json_lines(path):
        wanted = _alternatives(line.get("answer", []))
        case = AnswerCase(
            line["id"], line["kind"], line["question"], bool(line["gold"]), frozenset(line["gold"]), wanted
        )
        yield _limited_to(case, line.get("day"))


def _alternatives(answer: str | list[str]) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(answer)


def _limited_to(case: AnswerCase, day: str | None) -> AnswerCase:
    if day is None:
        return case
    only = date.fromisoformat(day)
    return replace(case, scope=ScopeCase(case.id, case.question, date.today(), periods=(Period(only, only),)))


def _unanswerable(path: Path) -> Iterator[AnswerCase]:
    for line in json_lines(path):
        yield AnswerCase(line["id"], line["kind"], line["question"], is_answerable=False)


def _thirty(path: Path) -> Iterator[AnswerCase]:
    for line in json_lines(path):
        yield AnswerCase(line["id"], "thirty", line["question"])


def _summaries(path: Path) -> Iterator[AnswerCase]:
    for number, line in enumerate(json_lines(path), start=1):
        gold = frozenset(line["gold"])
        yield AnswerCase(f"summary-{number}", "summary", line["question"], is_answerable=True, gold=gold)


def _numbers(path: Path) -> Iterator[AnswerCase]:
    for line in json_lines(path):
        name, gold, numbers = line["name"], frozenset(line["gold"]), tuple(line["numbers"])
        question = f"What results does {name} report?"
        yield AnswerCase(f"numbers-{name}", "numbers", question, True, gold, numbers, are_numbers=True)


def _same_dataset(path: Path) -> Iterator[AnswerCase]:
    for line in json_lines(path):
        day = date.fromisoformat(line["day"])
        question = f"Which papers of {day.day} {day:%B %Y} use {line['dataset']}?"
        case = AnswerCase(f"{line['day']}-{line['dataset']}", "same-dataset", question, True, frozenset(line["gold"]))
        yield _limited_to(case, line["day"])


def _absent(path: Path) -> Iterator[AnswerCase]:
    for line in json_lines(path):
        yield AnswerCase(f"absent-{line['name']}", "absent-method", line["question"], is_answerable=False)


def _scopes(_: Path) -> Iterator[AnswerCase]:
    for case in read_cases():
        yield AnswerCase(case.id, "limited" if case.sets_limit else "unlimited", case.question, scope=case)


# ---- the table

_FIVE, _ALL = "five-days", "all-days"
ANSWER_SUITES = (
    AnswerSuite("retrieval", _FIVE, "retrieval.jsonl", _with_gold, "The questions of the search suites, answered."),
    AnswerSuite("facts", _FIVE, "answers.jsonl", _with_gold, "How, why, which data set, what number: one fact each."),
    AnswerSuite("unanswerable", _FIVE, "unanswerable.jsonl", _unanswerable, "What the library cannot answer."),
    AnswerSuite("thirty", _FIVE, "thirty.jsonl", _thirty, "Thirty questions that a person reads the answers of."),
    AnswerSuite(
        "numbers",
        _ALL,
        "known_item/reported_numbers.jsonl",
        _numbers,
        "“What results does NAME report?”; the numbers of its abstract.",
        is_own=False,
    ),
    AnswerSuite(
        "summaries",
        _ALL,
        "known_item/tldr.jsonl",
        _summaries,
        "A one-line summary that a person wrote of a paper (SciTLDR).",
        is_own=False,
    ),
    AnswerSuite(
        "absent",
        _ALL,
        "known_item/absent_methods.jsonl",
        _absent,
        "“What does NAME propose?” of methods that no paper holds.",
        is_own=False,
    ),
    AnswerSuite(
        "same-dataset",
        _ALL,
        "known_item/same_dataset_groups.jsonl",
        _same_dataset,
        "“Which papers of DAY use DATASET?”",
        is_own=False,
    ),
    AnswerSuite("scope", _ALL, "scope.jsonl", _scopes, "Questions with limits: days, categories, papers, code."),
    AnswerSuite("sample", "sample", "sample_answers.jsonl", _with_gold, "Questions over the invented sample."),
)


def chosen_answer_suites(names: list[str], data: Path | None) -> list[AnswerSuite]:
    """The suites of these names; without names, all over real data, or the sample where there is none.

    Raises:
        InputError: no suite has that name, or it needs real data and there is none.
    """
    if not names:
        return [suite for suite in ANSWER_SUITES if suite.needs_data == (data is not None)]
    known = {suite.name: suite for suite in ANSWER_SUITES}
    for name in names:
        if name not in known:
            raise InputError(f"there is no suite “{name}” of answers; there are: {', '.join(known)}")
        if known[name].needs_data and data is None:
            raise InputError(f"the suite {name} needs real data; name its folder in DAYBOOK_DATA")
    return [known[name] for name in dict.fromkeys(names)]
