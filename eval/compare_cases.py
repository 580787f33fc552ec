"""Comparisons with known cells: which sentences of an abstract may stand in which cell, by their numbers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingest.errors import InputError

GOLD_COLUMNS = ("problem", "method", "data", "results")


@dataclass(frozen=True, slots=True)
class ComparisonCase:
    """What is asked of a library, which papers must be compared, and what may stand in their cells.

    `ask` are the papers' ids or names, or a topic with its first and last day, or the turns of a chat; `aspects` are
    further columns that are asked for. `cells` has for each arXiv id and column the numbers (from 0) of the sentences
    that are right; none where the abstract does not state it. `better` is the arXiv id of the paper with the better
    number, "" where none may be called so, None where that is not asked.
    """

    id: str
    library: str
    kind: str
    ask: tuple[str, ...]
    aspects: tuple[str, ...]
    papers: tuple[str, ...]
    cells: Mapping[tuple[str, str], frozenset[int]]
    better: str | None = None

    @property
    def is_chat(self) -> bool:
        """Whether it is a question, not a command."""
        return self.kind == "chat"


def read_cases(file: Path | None = None) -> list[ComparisonCase]:
    """The cases of a file, by default those that the package brings.

    Raises:
        InputError: a line is no case; the message says which.
    """
    place = file or Path(str(files("eval").joinpath("cases/comparisons.jsonl")))
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"the comparisons {place} cannot be read: {error.strerror}") from error
    return [_case(line, f"{place}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _case(line: str, place: str) -> ComparisonCase:
    try:
        data = json.loads(line)
        return ComparisonCase(
            data["id"],
            data["library"],
            data["kind"],
            (data["ask"],) if isinstance(data["ask"], str) else tuple(data["ask"]),
            tuple(data.get("aspects") or ()),
            tuple(data["papers"]),
            _cells(data),
            None if data.get("better") is None else data["better"]["winner"] or "",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{place}: no comparison ({error!r})") from None


def _cells(data: Mapping[str, Any]) -> dict[tuple[str, str], frozenset[int]]:
    cells = {
        (arxiv_id, column): frozenset(numbers)
        for arxiv_id, columns in data["cells"].items()
        for column, numbers in columns.items()
    }
    for aspect, papers in (data.get("aspects") or {}).items():
        cells |= {(arxiv_id, aspect): frozenset(numbers) for arxiv_id, numbers in papers.items()}
    return cells
