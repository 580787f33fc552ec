"""The nouns of a comparison. A table is data: every cell holds quotes of its own row's paper, or nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.answer.citation import Citation, Reference, paper_data

COLUMNS = ("problem", "method", "data", "results", "code")
"""What every comparison tells of a paper; aspects that the user names are further columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a paper's abstract says of a column; neither quotes nor links: it does not state it.

    `links` are the paper's own links to code, which the library knows as facts.
    """

    quotes: tuple[Citation, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether the abstract says anything of it."""
        return bool(self.quotes or self.links)


@dataclass(frozen=True, slots=True)
class Row:
    """A paper, what it is called in short, and its cells in the order of the table's columns."""

    paper: Reference
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as an abstract reports it; `setting` is what the abstract says of it beyond metric and data set."""

    value: str
    setting: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class NumberLine:
    """The numbers of several papers for one metric on one data set; `dataset` is empty where they differ in it.

    `better` is the arXiv id of the paper with the better number, empty where none may be called so; `reason` says why.
    """

    dataset: str
    metric: str
    values: tuple[Measured, ...]
    better: str
    reason: str


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Papers by columns, and their numbers lined up. `notes` are facts about the comparison, which no paper says.

    Raises:
        ValueError: a cell quotes another paper than its row's, or a row has not one cell for each column.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[NumberLine, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"the row of {row.paper.arxiv_id} has {len(row.cells)} cells")
            for quote in (quote for cell in row.cells for quote in cell.quotes):
                if quote.arxiv_id != row.paper.arxiv_id:
                    raise ValueError(f"a cell of {row.paper.arxiv_id} quotes {quote.arxiv_id}")

    def cell(self, arxiv_id: str, column: str) -> Cell:
        """The cell of a paper in a column.

        Raises:
            KeyError: there is no such row or column.
        """
        for row in self.rows:
            if row.paper.arxiv_id == arxiv_id and column in self.columns:
                return row.cells[self.columns.index(column)]
        raise KeyError(f"{column} of {arxiv_id}")

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON-ready data; days are ISO 8601."""
        return {
            "columns": list(self.columns),
            "rows": [
                {
                    "paper": {**asdict(row.paper), "day": row.paper.day.isoformat()},
                    "name": row.name,
                    "cells": [asdict(cell) for cell in row.cells],
                }
                for row in self.rows
            ],
            "numbers": [asdict(line) for line in self.numbers],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ComparisonTable":
        """The table of what `to_dict` gave.

        Raises:
            KeyError, TypeError, ValueError: this is no table.
        """
        return cls(
            columns=tuple(data["columns"]),
            rows=tuple(_row(row) for row in data["rows"]),
            numbers=tuple(_line(line) for line in data.get("numbers", ())),
            notes=tuple(data.get("notes", ())),
        )


def _row(data: Mapping[str, Any]) -> Row:
    return Row(Reference(**paper_data(data["paper"])), data["name"], tuple(_cell(cell) for cell in data["cells"]))


def _cell(data: Mapping[str, Any]) -> Cell:
    return Cell(tuple(Citation(**quote) for quote in data["quotes"]), tuple(data["links"]))


def _line(data: Mapping[str, Any]) -> NumberLine:
    values = tuple(Measured(v["value"], v["setting"], Citation(**v["citation"])) for v in data["values"])
    return NumberLine(data["dataset"], data["metric"], values, data["better"], data["reason"])
