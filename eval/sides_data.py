"""Questions that compare papers, and questions that do not: asked by people, and made of patterns and titles."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.comparing.reading import name_of
from assistant.finding.retrieval import HybridRetriever
from eval.cells_data import LABELLED
from eval.compare_cases import read_cases
from eval.lines import OWN_CASES, json_lines
from ingest.library import Library
from ingest.paper import StoredPaper

_TRAINING = Path(__file__).parent / "training"
_WORDINGS = Path(__file__).parent / "wordings"
FIVE_DAYS, ALL_DAYS = "five-days", "all-days"
_OTHERS = ("facts", "unanswerable", "otherwords", "riddles", "lists")
_OTHER_CASES = ("retrieval", "unanswerable", "exact", "answers", "scope")
_COMPARE = frozenset({"e151", "s120", "s250", "s327"})  # of these cases, which are on limits and on counts
_PAIRS_ALONE = "sealed/round-6/comparisons"  # its writers took what a paper is about for the problem, too
_NEAR = 12  # papers: what is compared is mostly near to one another
_TIMES = {"two": 3, "three": 6, "one": 6}  # that a pattern is used
_DESCRIBED = 200  # papers of each library
_PROPOSED = re.compile(r"\b(?:propos|present|introduc|develop)\w*\s+(?:an?\s+|the\s+)?((?:[\w-]+\s+){3,9}[\w-]+)")
_SHORTEST_PART, _LONGEST_PART = 4, 6  # words of a title


@dataclass(frozen=True, slots=True)
class SideCase:
    """A question of a library and the papers that it compares, none where it compares none.

    `kind` is where it comes from; `is_made` of a pattern; `is_copy` of a case, asked of more papers than it had.
    """

    id: str
    kind: str
    library: str
    question: str
    papers: frozenset[str] = frozenset()
    is_made: bool = False
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """What a person may call a paper in a library that holds it, or one that does not: then without its id."""

    text: str
    library: str
    arxiv_id: str = ""


def asked_by_people() -> Iterator[SideCase]:
    """All questions of the files that the package brings; those of the five days are asked of all days too."""
    for case in (*_comparing(), *_others()):
        yield case
        if case.papers and case.library != ALL_DAYS:
            yield SideCase(case.id, f"{case.kind}, of all days", ALL_DAYS, case.question, case.papers, is_copy=True)


def _comparing() -> Iterator[SideCase]:
    for name in (*LABELLED, _PAIRS_ALONE):
        for line in json_lines(_TRAINING.parent / f"{name}.jsonl"):
            yield SideCase(line["id"], name, line["library"], line["question"], frozenset(line["papers"]))
    for line in json_lines(OWN_CASES / "retrieval.jsonl"):
        if line["kind"] == "comparison":
            yield SideCase(line["id"], "cases", FIVE_DAYS, line["question"], frozenset(line["gold"]))
    for name in ("comparisons", "comparisons_fresh"):
        for case in read_cases(OWN_CASES / f"{name}.jsonl"):
            if case.is_chat and len(case.ask) == 1:
                yield SideCase(case.id, "cases", case.library, case.ask[0], frozenset(case.papers))


def _others() -> Iterator[SideCase]:
    for name in _OTHERS:
        for line in json_lines(_TRAINING / f"{name}.jsonl"):
            library = FIVE_DAYS if line["library"] == FIVE_DAYS else ALL_DAYS
            yield SideCase(line["id"], name, library, line["question"])
    for name in _OTHER_CASES:
        for line in json_lines(OWN_CASES / f"{name}.jsonl"):
            if "question" in line and line.get("kind") != "comparison" and line["id"] not in _COMPARE:
                yield SideCase(str(line["id"]), f"cases of {name}", FIVE_DAYS, line["question"])
    for number, line in enumerate(json_lines(_WORDINGS / "comparing_words.jsonl")):
        if line["kind"] in {"topic", "other"}:
            yield SideCase(f"w{number}", line["kind"], ALL_DAYS, line["question"])


class SideMaker:
    """Makes questions of patterns: of two or three papers as people call them, of one, of one and a name not held."""

    def __init__(self, libraries: Mapping[str, Library], retrievers: Mapping[str, HybridRetriever], seed: int) -> None:
        self._random = random.Random(seed)
        self._retrievers = retrievers
        self._papers = {name: self._shuffled(library) for name, library in libraries.items()}
        five = {stored.paper.arxiv_id for stored in self._papers[FIVE_DAYS]}
        self._elsewhere = [one for one in self._papers[ALL_DAYS] if one.paper.arxiv_id not in five]
        self._names = [name for one in self._elsewhere if (name := _name_before_colon(one)) is not None]
        self._libraries = libraries

    def made(self) -> Iterator[SideCase]:
        """All of them, the same with the same seed."""
        lines = list(json_lines(_WORDINGS / "comparing_words.jsonl"))
        patterns = [(line["kind"], line["question"]) for line in lines for _ in range(_TIMES.get(line["kind"], 0))]
        patterns += [("absent", line["question"]) for line in lines if line["kind"] == "two"]
        for number, (kind, pattern) in enumerate(patterns):
            library = FIVE_DAYS if kind == "absent" else self._random.choice((FIVE_DAYS, ALL_DAYS))
            first = self._papers[library][number % len(self._papers[library])]
            papers = [first, *self._beside(kind, first, library)]
            called = [*map(self._called, papers), *([self._random.choice(self._names)] if kind == "absent" else [])]
            sides = dict(zip("abc", called, strict=False))
            is_comparison = kind in {"two", "three"}
            ids = frozenset(stored.paper.arxiv_id for stored in papers) if is_comparison else frozenset[str]()
            yield SideCase(f"made {number}", f"made, {kind}", library, pattern.format(**sides), ids, is_made=True)

    def described(self) -> Iterator[Described]:
        """Papers as people call them, and as many that a library does not hold."""
        for library in (FIVE_DAYS, ALL_DAYS):
            for stored in self._papers[library][:_DESCRIBED]:
                yield Described(self._called(stored), library, stored.paper.arxiv_id)
        for stored in self._elsewhere[: 2 * _DESCRIBED]:
            yield Described(self._called(stored), FIVE_DAYS)

    def _shuffled(self, library: Library) -> list[StoredPaper]:
        papers = [stored for stored in library.papers() if stored.paper.abstract]
        self._random.shuffle(papers)
        return papers

    def _beside(self, kind: str, first: StoredPaper, library: str) -> list[StoredPaper]:
        if kind not in {"two", "three"}:
            return []
        dense = self._libraries[library].dense_scores(self._retrievers[library].vector(first.paper.title))
        rows = [int(dense.rows[n]) for n in np.argsort(-dense.scores)[: _NEAR + 1]]
        near = [
            stored for stored in self._libraries[library].database.papers_by_row(rows).values() if stored.paper.abstract
        ]
        others = [stored for stored in near if stored.row != first.row]
        return self._random.sample(others, 2 if kind == "three" else 1)

    def _called(self, stored: StoredPaper) -> str:
        """What a person may call a paper: its name, its title, a part of that, or what it proposes."""
        title = stored.paper.title
        tail = title.partition(": ")[2]
        name = _name_before_colon(stored)
        ways = [title, title.lower(), f"the paper on {title}"]
        if name is not None:
            ways = [name, name, tail, f"the {tail.lower()} paper"]
        words = title.split()
        if len(words) > _LONGEST_PART:
            start = self._random.randint(0, len(words) - _LONGEST_PART)
            ways.append(" ".join(words[start : start + self._random.randint(_SHORTEST_PART, _LONGEST_PART)]).lower())
        if proposed := _PROPOSED.search(stored.paper.abstract):
            ways += [proposed[1].lower(), f"the one with {proposed[1].lower()}"]
        return self._random.choice(ways).strip(" .,:")


def _name_before_colon(stored: StoredPaper) -> str | None:
    """The name of a method that its title begins with; None where it begins with none."""
    head, colon, _ = stored.paper.title.partition(": ")
    return head if colon and name_of(stored) == head else None
