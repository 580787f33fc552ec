"""Gold for the cells of comparisons: abstracts with what each sentence tells of, and aspects that users name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.reading.columns import COLUMNS
from assistant.reading.evidence import Passages, passages_of
from eval.compare_cases import read_cases
from eval.corpora import CORPORA, corpus_items
from eval.lines import json_lines
from eval.sealed_cases import fingerprint
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Entry, Paper, StoredPaper

_EVAL = Path(__file__).parent
_CASES = ("comparisons", "comparisons_fresh")
LABELLED = (  # those of rounds are spent
    "training/comparisons",
    "training/comparisons_more",
    "sealed/round-1/comparisons",
    "sealed/round-2/comparisons",
    "sealed/round-4/comparisons",
)
_BY_RULES = _EVAL / "labels" / "cells_by_rules.jsonl"
_OF_SAMPLE = _EVAL / "labels" / "cells_of_sample.jsonl"


@dataclass(frozen=True, slots=True)
class GoldCells:
    """An abstract and, for each column, the numbers of the sentences that may stand in its cell."""

    source: str
    arxiv_id: str
    text: Passages
    cells: Mapping[str, frozenset[int]]

    def labels(self, column: str) -> NDArray[np.bool_]:
        """Which sentences may stand in a cell.

        The older cases take the proposal for the problem where an abstract states none; the labelled lines leave that
        empty, and so do these labels: a cell that repeats the one beside it tells nothing.
        """
        gold = self.cells[column]
        if column == "problem" and self.source in _CASES_TOLD:
            gold -= self.cells["method"]
        return np.array([number in gold for number in range(len(self.text.spans))], dtype=bool)


@dataclass(frozen=True, slots=True)
class GoldAspect:
    """An aspect of a paper and the numbers of the sentences that tell of it; aspects of one `case` stay together."""

    source: str
    case: str
    aspect: str
    stored: StoredPaper
    text: Passages
    gold: frozenset[int]


_CASES_TOLD = frozenset(f"cases/{name}" for name in _CASES)


class GoldPapers:
    """Reads gold from the files that the package brings; the papers are those of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: dict[str, tuple[StoredPaper, Passages]] = {}

    def cells(self) -> list[GoldCells]:
        """All abstracts with gold cells; one that is in several cases comes once for each."""
        return [*self._of_cases(), *self._labelled(), *_of_sample()]

    def by_rules(self, apart_from: Iterable[str]) -> list[GoldCells]:
        """What the rules of 239a43b put in the cells of all other abstracts: where training begins."""
        others = set(apart_from)
        lines = [line for line in json_lines(_BY_RULES) if line["paper"] not in others]
        papers = self._papers([line["paper"] for line in lines], [line["abstract"] for line in lines])
        return [
            GoldCells("rules", line["paper"], text, {column: frozenset(line["cells"][column]) for column in COLUMNS})
            for line, (_, text) in zip(lines, papers, strict=True)
        ]

    def aspects(self) -> Iterator[GoldAspect]:
        """All aspects with gold."""
        for name in _CASES:
            for case in read_cases(_EVAL / "cases" / f"{name}.jsonl"):
                for (arxiv_id, column), gold in case.cells.items():
                    if column not in COLUMNS:
                        (held,) = self._papers([arxiv_id])
                        yield GoldAspect(f"cases/{name}", case.id, column, *held, gold)
        for source, line in _labelled_lines():
            for aspect, papers in line.get("aspects", {}).items():
                for arxiv_id, spans in papers.items():
                    (held,) = self._papers([arxiv_id], [line["abstracts"][arxiv_id]])
                    yield GoldAspect(source, line["id"], aspect, *held, _numbers(held[1], spans))

    def _of_cases(self) -> Iterator[GoldCells]:
        for name in _CASES:
            for case in read_cases(_EVAL / "cases" / f"{name}.jsonl"):
                papers = list(dict.fromkeys(arxiv_id for arxiv_id, _ in case.cells))
                for arxiv_id, (_, text) in zip(papers, self._papers(papers), strict=True):
                    if (arxiv_id, COLUMNS[0]) in case.cells:
                        cells = {column: case.cells[arxiv_id, column] for column in COLUMNS}
                        yield GoldCells(f"cases/{name}", arxiv_id, text, cells)

    def _labelled(self) -> Iterator[GoldCells]:
        for source, line in _labelled_lines():
            for arxiv_id, cells in line.get("cells", {}).items():
                ((_, text),) = self._papers([arxiv_id], [line["abstracts"][arxiv_id]])
                told = {column: _numbers(text, cells[column]) for column in COLUMNS}
                yield GoldCells(source, arxiv_id, text, told)

    def _papers(self, ids: Sequence[str], fingerprints: Sequence[str] = ()) -> list[tuple[StoredPaper, Passages]]:
        """The papers of these ids with their sentences, in this order.

        Raises:
            InputError: one is not held, or its abstract is not the one that was labelled.
        """
        missing = [arxiv_id for arxiv_id in dict.fromkeys(ids) if arxiv_id not in self._read]
        held = self._library.database.papers_by_id(missing)
        texts = passages_of(list(held.values()), self._library)
        self._read |= {arxiv_id: (held[arxiv_id], text) for arxiv_id, text in zip(held, texts, strict=True)}
        if unheld := [arxiv_id for arxiv_id in ids if arxiv_id not in self._read]:
            raise InputError(f"the library lacks labelled papers: {', '.join(unheld[:5])}")
        found = [self._read[arxiv_id] for arxiv_id in ids]
        for (stored, _), wanted in zip(found, fingerprints, strict=False):
            _need_same(stored.paper, wanted)
        return found


def _of_sample() -> Iterator[GoldCells]:
    """The abstracts that come with Daybook, which never say "we propose"."""
    papers = {
        item.paper.arxiv_id: item.paper for item in corpus_items(CORPORA["sample"], None) if isinstance(item, Entry)
    }
    for line in json_lines(_OF_SAMPLE):
        paper = papers[line["paper"]]
        _need_same(paper, line["abstract"])
        cells = {column: frozenset(line["cells"][column]) for column in COLUMNS}
        yield GoldCells("sample", paper.arxiv_id, Passages.of(paper.abstract, paper.title), cells)


def _need_same(paper: Paper, wanted: str) -> None:
    if fingerprint(paper.abstract) != wanted:
        raise InputError(f"the abstract of {paper.arxiv_id} is not the one that was labelled")


def _labelled_lines() -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of the labelled files, each with its file's name."""
    for name in LABELLED:
        yield from ((name, line) for line in json_lines(_EVAL / f"{name}.jsonl"))


def _numbers(text: Passages, spans: Iterable[Sequence[int]]) -> frozenset[int]:
    """The numbers of the sentences that spans of characters touch."""
    wanted = list(spans)
    return frozenset(
        n for n, held in enumerate(text.spans) for start, end in wanted if held.start < end and start < held.end
    )
