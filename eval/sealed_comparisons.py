"""Figures of comparisons: whether the right papers stand side by side, and the right sentences in their cells."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from eval.sealed_cases import GoldCell, Passage
from eval.sealed_figures import ALL, Figure, share
from eval.sealed_outcomes import Asked, Outcome, spoken


@dataclass(frozen=True, slots=True)
class CellResult:
    """A cell and what a build put there; None where its table has no such cell."""

    gold: GoldCell
    given: tuple[Passage, ...] | None

    @property
    def is_right(self) -> bool:
        """Whether any of its quotes is right, or it rightly is empty."""
        if self.given is None:
            return False
        if not self.gold.passages:
            return not self.given
        return any(quote.hits(right) for quote in self.given for right in self.gold.passages)


def comparison_figures(asked: Sequence[Asked]) -> list[Figure]:
    """Both papers found from the question; cells of the papers named by id: all, each column, aspects, empty ones."""
    results = [result for one in asked for result in cell_results(one)]
    columns = [result for result in results if not result.gold.is_aspect]
    aspects = [result for result in results if result.gold.is_aspect]
    return [
        *share(ALL, "both papers in the table", (set(one.question.papers) <= set(one.outcome.rows) for one in asked)),
        *_right("cells", columns),
        *(
            figure
            for name in dict.fromkeys(result.gold.column for result in columns)
            for figure in share(ALL, name, (result.is_right for result in columns if result.gold.column == name))
        ),
        *_right("aspects", aspects),
    ]


def _right(name: str, results: Sequence[CellResult]) -> Iterable[Figure]:
    yield from share(ALL, f"{name} right", (result.is_right for result in results))
    yield from share(ALL, f"{name} stated, right", (result.is_right for result in results if result.gold.passages))
    yield from share(ALL, f"{name} empty, said so", (r.is_right for r in results if not r.gold.passages))


def cell_results(asked: Asked) -> list[CellResult]:
    """Every cell that a question knows, with what was put there."""
    return [CellResult(cell, _given(cell, asked.outcome)) for cell in asked.question.cells]


def _given(cell: GoldCell, outcome: Outcome) -> tuple[Passage, ...] | None:
    """A table may tell of an aspect in a column that it has anyway."""
    name = spoken(cell.column)
    found = outcome.cells.get((cell.arxiv_id, name))
    if found is None and cell.is_aspect and (column := _column_for(name)):
        return outcome.cells.get((cell.arxiv_id, column))
    return found


@lru_cache(maxsize=1000)
def _column_for(aspect: str) -> str | None:
    """The column that every table has and that the product takes an aspect for; None in a checkout that has no such."""
    try:
        column_of: Callable[[str], str | None] | None = getattr(
            import_module("assistant.comparing.aspects"), "column_of", None
        )
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("assistant.comparing"):
            raise
        return None
    return column_of(aspect) if column_of else None
