"""What came of sealed sets, as data without a word of a question: a table to print, files, lines of the ledger."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.results import Version, write_result
from eval.sealed_cases import Passage
from eval.sealed_facts import first_hit
from eval.sealed_figures import Figure
from eval.sealed_outcomes import Asked

_CELL = "{value:7.3f}  {low:.3f} to {high:.3f} {n:5}"
_CELL_WIDTH = 29


@dataclass(frozen=True, slots=True)
class Column:
    """The figures of one build; `failures` counts errors by their names."""

    title: str
    version: Version
    failures: Mapping[str, int]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SetResult:
    """The figures of a set; `left_out` questions were written for abstracts that now are read otherwise."""

    name: str
    sha256: str
    is_sealed: bool
    made_at: str
    questions: int
    left_out: int
    columns: tuple[Column, ...]


def table_lines(result: SetResult) -> list[str]:
    """A set as a table: value, 95% interval and number of cases of each figure, a column for each build."""
    rows = list(dict.fromkeys((one.group, one.name) for column in result.columns for one in column.figures))
    found = [{(one.group, one.name): one for one in column.figures} for column in result.columns]
    wide = max((len(group) for group, _ in rows), default=0)
    long = max((len(name) for _, name in rows), default=0)
    left_out = f"; {result.left_out} more left out, their abstracts are not as they were" if result.left_out else ""
    head = " | ".join(f"{column.title:{_CELL_WIDTH}.{_CELL_WIDTH}}" for column in result.columns)
    builds = ", ".join(f"{title} is {version}" for title, version in _versions(result).items())
    lines = [f"{result.name}: {result.questions} questions{left_out}; {builds}", f"{'':{wide}}  {'':{long}} | {head}"]
    former = ""
    for group, name in rows:
        cells = " | ".join(_cell(figures.get((group, name))) for figures in found)
        lines.append(f"{group if group != former else '':{wide}}  {name:{long}} | {cells}".rstrip())
        former = group
    failed = [(column.title, name, count) for column in result.columns for name, count in column.failures.items()]
    return [*lines, *(f"failed, {title}: {count} × {name}" for title, name, count in failed)]


def _versions(result: SetResult) -> dict[str, Version]:
    """The commits by the first column that each has."""
    found: dict[Version, str] = {}
    for column in result.columns:
        found.setdefault(column.version, column.title)
    return {title: version for version, title in found.items()}


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return f"{'–':>7}".ljust(_CELL_WIDTH)
    shown = _CELL.format(value=figure.value, low=figure.low, high=figure.high, n=figure.n)
    return shown.ljust(_CELL_WIDTH)


def ledger_figures(result: SetResult) -> dict[str, dict[str, list[float]]]:
    """The figures for the ledger: by build and name, the number of cases, the value and its bounds."""
    own = result.columns[0].version
    return {
        column.title if column.version == own else f"{column.title} at {column.version}": {
            f"{one.group}: {one.name}": [one.n, *(round(number, 4) for number in (one.value, one.low, one.high))]
            for one in column.figures
        }
        for column in result.columns
    }


def write_set(out: Path, result: SetResult) -> Path:
    """Write a set's aggregates to the folder of results."""
    path = out / f"sealed-{result.name.replace('/', '-')}-{result.columns[0].version}.json"
    write_result(path, result)
    return path


def detail_lines(set_name: str, title: str, asked: Sequence[Asked]) -> list[str]:
    """A line of JSON for every question of a set that may be read, with what a build made of it."""
    return [json.dumps({"set": set_name, "build": title, **_detail(one)}, ensure_ascii=False) for one in asked]


def _detail(asked: Asked) -> dict[str, object]:
    question, outcome = asked.question, asked.outcome
    return {
        "id": question.id,
        "kind": question.kind,
        "library": question.library,
        "question": question.text,
        "grade": outcome.grade,
        "first_hit": first_hit(asked),
        "claims": _spans(outcome.claims),
        "text": outcome.text,
        "sentences": outcome.sentences,
        "closest": _spans(outcome.closest),
        "listed": list(outcome.listed),
        "rows": list(outcome.rows),
        "cells": {f"{paper} {column}": _spans(given) for (paper, column), given in outcome.cells.items()},
        "failure": outcome.failure,
    }


def _spans(passages: Sequence[Passage]) -> list[list[str | int]]:
    return [[passage.arxiv_id, passage.start, passage.end] for passage in passages]
