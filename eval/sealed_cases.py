"""Sealed questions: their stored form. Gold stands as offsets into abstracts, so a file holds no text of a paper.

A line of a file:

    {"id", "kind", "register", "library", "question",
     "gold": [{"paper", "spans": [[start, end], …], "abstract"}], "also": […]}

`abstract` is the beginning of the SHA-256 of the abstract that the offsets count in. `also` has what is accepted too.
A list has arXiv ids in both. A comparison has "papers", "abstracts" {id: beginning of its SHA-256}, "cells" {id:
{column: spans}} and "aspects" {aspect: {id: spans}}; no spans where the abstract does not state it. A request of any
job has "job" and "limits"; a turn also its "conversation", whose turns stand in their order, whether it "refers" back,
the papers that it is "about", and a "value" that the answer has to state. `library` is "five-days", "all-days" or
"2019: DAY DAY …".
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eval.corpora import CORPORA, Corpus
from ingest.errors import InputError
from ingest.paper import Paper

SEALED_FOLDER = "sealed"
FACTS, OTHERWORDS, RIDDLES, UNANSWERABLE = "facts", "otherwords", "riddles", "unanswerable"
LISTS, COMPARISONS, JOBS, TURNS = "lists", "comparisons", "jobs", "turns"
SORTS = {
    "fact": FACTS,
    "paraphrase": OTHERWORDS,
    "riddle": RIDDLES,
    "unstated": UNANSWERABLE,
    "premise": UNANSWERABLE,
    "absent": UNANSWERABLE,
    "list": LISTS,
    "comparison": COMPARISONS,
    "job": JOBS,
    "turn": TURNS,
}
"""The sort of a question by its kind; all questions of a file are of one sort."""
_DAYS_OF_2019 = "2019: "
_FINGERPRINT_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A half-open range of characters of a paper's abstract."""

    arxiv_id: str
    start: int
    end: int

    def hits(self, other: "Passage") -> bool:
        """Whether they share at least half of the shorter of the two."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        shorter = min(self.end - self.start, other.end - other.start)
        return self.arxiv_id == other.arxiv_id and shared > 0 and 2 * shared >= shorter


@dataclass(frozen=True, slots=True)
class GoldCell:
    """What may stand in a cell of a comparison, any of it; nothing where the abstract does not state it."""

    arxiv_id: str
    column: str
    is_aspect: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class SealedQuestion:
    """A question and its answer.

    `papers` are the right ones: with a gold sentence, of a list, or compared; for a question that cannot be answered
    the one that it is about, if any. `also` and `also_papers` count as right too, but in a list neither way.
    `abstracts` has the fingerprint of each abstract in which passages are counted. Of a request `job` and `limits`
    are the right ones; of a turn `conversation`, `refers` and `value` are as in the file, `papers` what it is about.
    """

    id: str
    kind: str
    register: str
    library: str
    text: str
    papers: tuple[str, ...] = ()
    also_papers: tuple[str, ...] = ()
    gold: tuple[Passage, ...] = ()
    also: tuple[Passage, ...] = ()
    cells: tuple[GoldCell, ...] = ()
    abstracts: Mapping[str, str] | None = None
    job: str = ""
    limits: Mapping[str, Any] | None = None
    conversation: str = ""
    refers: bool = False
    value: str = ""

    @property
    def part(self) -> str:
        """Which papers it is asked of, for a reader."""
        return "2019" if self.library.startswith(_DAYS_OF_2019) else self.library.replace("-", " ")

    @property
    def right_papers(self) -> frozenset[str]:
        """All papers that state the answer."""
        return frozenset((*self.papers, *self.also_papers))

    @property
    def aspects(self) -> tuple[str, ...]:
        """The aspects of a comparison that are asked for beside the columns that every table has."""
        return tuple(dict.fromkeys(cell.column for cell in self.cells if cell.is_aspect))

    def is_current(self, held: Mapping[str, Paper]) -> bool:
        """Whether the papers that are held are those that the gold was written for, letter by letter."""
        known = self.abstracts or {}
        are_same = (fingerprint(held[one].abstract) == known[one] for one in known if one in held)
        return all(one in held for one in self.papers) and all(are_same)


@dataclass(frozen=True, slots=True)
class SealedSet:
    """The questions of a file. It is sealed where it lies under a folder named “sealed”."""

    path: Path
    sha256: str
    questions: tuple[SealedQuestion, ...]

    @property
    def name(self) -> str:
        """Its folder and its name, for a reader."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def sort(self) -> str:
        """The sort that all its questions are of."""
        return SORTS[self.questions[0].kind]

    @property
    def is_sealed(self) -> bool:
        """Whether nobody who builds may have read it."""
        return SEALED_FOLDER in self.path.parts[:-1]


def fingerprint(abstract: str) -> str:
    """The beginning of an abstract's SHA-256."""
    return hashlib.sha256(abstract.encode()).hexdigest()[:_FINGERPRINT_LETTERS]


def corpus_of(library: str) -> Corpus:
    """The papers of a question's library.

    Raises:
        ValueError: it is none.
    """
    if library in CORPORA:
        return CORPORA[library]
    if not library.startswith(_DAYS_OF_2019):
        raise ValueError("a library is “five-days”, “all-days” or “2019: DAY …”")
    days = sorted({date.fromisoformat(day).isoformat() for day in library.removeprefix(_DAYS_OF_2019).split()})
    if not days:
        raise ValueError("a library of 2019 names its days")
    name = f"days-{hashlib.sha256(' '.join(days).encode()).hexdigest()[:8]}"
    return Corpus(name, f"the papers of {len(days)} days of 2019", tuple(f"digests_2019/{day}.txt" for day in days))


def read_set(path: Path) -> SealedSet:
    """The questions of a file; what is wrong with it is told without a word of a question.

    Raises:
        InputError: it cannot be read, a line is no question, or they are of several sorts.
    """
    where = path.resolve()
    try:
        content = where.read_bytes()
        lines = content.decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the questions {path} cannot be read: {type(error).__name__}") from None
    questions = tuple(_question(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip())
    sorts = {SORTS[one.kind] for one in questions}
    if len(sorts) != 1:
        raise InputError(f"{path} holds {len(sorts)} sorts of questions; a file holds one: {', '.join(sorted(sorts))}")
    return SealedSet(where, hashlib.sha256(content).hexdigest(), questions)


def _question(line: str, place: str) -> SealedQuestion:
    try:
        found = _read(json.loads(line))
        corpus_of(found.library)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{place}: no sealed question ({type(error).__name__})") from None
    return found


def _read(data: Mapping[str, Any]) -> SealedQuestion:
    kind, gold, also = data["kind"], data.get("gold", ()), data.get("also", ())
    common = (data["id"], kind, data["register"], data["library"], data["question"])
    if SORTS[kind] == LISTS:
        return SealedQuestion(*common, tuple(gold), tuple(also))
    if SORTS[kind] in {JOBS, TURNS}:
        told = {name: data[name] for name in ("job", "limits")}
        told |= {name: data[name] for name in ("conversation", "refers", "value") if name in data}
        return SealedQuestion(*common, tuple(data.get("about", ())), **told)
    if SORTS[kind] == COMPARISONS:
        return SealedQuestion(*common, tuple(data["papers"]), cells=_cells(data), abstracts=data.get("abstracts"))
    found = SealedQuestion(
        *common,
        _papers(gold),
        _papers(also),
        tuple(_gold_passages(gold)),
        tuple(_gold_passages(also)),
        abstracts={one["paper"]: one["abstract"] for one in (*gold, *also)},
    )
    if SORTS[kind] != UNANSWERABLE and not found.gold:
        raise ValueError("no gold sentence")
    return found


def _papers(items: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one["paper"] for one in items))


def _gold_passages(items: Iterable[Mapping[str, Any]]) -> Iterable[Passage]:
    return (passage for one in items for passage in _passages(one["paper"], one["spans"]))


def _passages(arxiv_id: str, spans: Iterable[Sequence[int]]) -> tuple[Passage, ...]:
    return tuple(Passage(arxiv_id, start, end) for start, end in spans)


def _cells(data: Mapping[str, Any]) -> tuple[GoldCell, ...]:
    columns = [
        GoldCell(arxiv_id, column, False, _passages(arxiv_id, spans))
        for arxiv_id, cells in data.get("cells", {}).items()
        for column, spans in cells.items()
    ]
    aspects = [
        GoldCell(arxiv_id, aspect, True, _passages(arxiv_id, spans))
        for aspect, cells in data.get("aspects", {}).items()
        for arxiv_id, spans in cells.items()
    ]
    return (*columns, *aspects)
