"""How right comparisons are: the papers, every cell, what is not stated, and whether a cell ever quotes another paper.

Quotes are checked against what SQLite holds, read by a statement of its own; no part of the product takes part in that.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer import Answer
from assistant.answer.table import Cell, ComparisonTable, Row
from assistant.comparing.aspects import column_of
from assistant.comparing.reading import ReadPaper, read_papers
from assistant.engine.daybook import Daybook
from eval.answer_checks import HeldPaper, faults, held_papers
from eval.compare_baselines import Filler, baselines
from eval.compare_cases import ComparisonCase
from ingest.errors import InputError

_OWN = "daybook"


@dataclass(frozen=True, slots=True)
class CellResult:
    """A cell of a case: the sentences that a system put in it, and those that are right."""

    case: str
    arxiv_id: str
    column: str
    given: frozenset[int]
    gold: frozenset[int]

    @property
    def is_right(self) -> bool:
        """Whether it quotes right sentences only, or rightly says that nothing is stated."""
        return self.given <= self.gold if self.given and self.gold else self.given == self.gold


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case; `table` is None where there was no comparison, `problem` says why."""

    case: ComparisonCase
    table: ComparisonTable | None
    answer: Answer | None
    milliseconds: float
    problem: str = ""

    @property
    def compared(self) -> frozenset[str]:
        """The papers of the table."""
        return frozenset(row.paper.arxiv_id for row in self.table.rows) if self.table else frozenset()


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """The measured cells of every system by its name, and what was found wrong."""

    results: tuple[CaseResult, ...]
    cells: Mapping[str, tuple[CellResult, ...]]
    foreign: tuple[str, ...]
    inexact: tuple[str, ...]
    quotes: int
    faults: tuple[str, ...]

    def lines(self) -> list[str]:
        """The report for a person."""
        same = sum(result.compared == frozenset(result.case.papers) for result in self.results)
        asked = [result for result in self.results if result.case.better is not None]
        winners = sum(_is_winner_right(result) for result in asked)
        spent = sorted(result.milliseconds for result in self.results)
        return [
            f"comparisons              {len(self.results)}",
            f"papers as asked for      {_share(same, len(self.results))}",
            *(f"  {kind:<22} {self._papers_of(kind)}" for kind in self._kinds()),
            f"better number            {_share(winners, len(asked))}",
            f"quotes                   {self.quotes}, {len(self.inexact)} inexact",
            f"cross-attributions       {len(self.foreign)}",
            f"faults of chat answers   {len(self.faults)}",
            f"milliseconds             {spent[len(spent) // 2]:.0f} median, {spent[int(len(spent) * 0.95)]:.0f} p95",
            *(line for name, cells in self.cells.items() for line in _system_lines(name, cells)),
            *(f"wrong cell: {_spoken(cell)}" for cell in self.cells[_OWN] if not cell.is_right),
            *(f"wrong papers: {_papers_spoken(r)}" for r in self.results if r.compared != frozenset(r.case.papers)),
            *(f"wrong better: {r.case.id}" for r in asked if not _is_winner_right(r)),
            *(f"fault: {text}" for text in (*self.foreign, *self.inexact, *self.faults)),
        ]

    def _kinds(self) -> list[str]:
        return list(dict.fromkeys(result.case.kind for result in self.results))

    def _papers_of(self, kind: str) -> str:
        of_kind = [result for result in self.results if result.case.kind == kind]
        return _share(sum(r.compared == frozenset(r.case.papers) for r in of_kind), len(of_kind))


def _share(right: int, total: int) -> str:
    return f"{right} of {total} ({right / max(total, 1):.3f})"


def _system_lines(name: str, cells: Sequence[CellResult]) -> list[str]:
    columns = list(dict.fromkeys(cell.column for cell in cells))
    main = [column for column in columns if column in {"problem", "method", "data", "results"}]
    unstated = [cell for cell in cells if not cell.gold]
    said = [cell for cell in cells if not cell.given]
    lines = [f"{name}: cells right {_right(cells)}"]
    lines += [f"  {column:<22} {_right([c for c in cells if c.column == column])}" for column in main]
    if aspects := [cell for cell in cells if cell.column not in main]:
        lines.append(f"  {'aspects':<22} {_right(aspects)}")
    lines.append(f"  {'not stated, of gold':<22} {_right(unstated)}")
    lines.append(f"  {'not stated, as said':<22} {_right(said)}")
    return lines


def _right(cells: Sequence[CellResult]) -> str:
    return _share(sum(cell.is_right for cell in cells), len(cells))


def _spoken(cell: CellResult) -> str:
    given = ",".join(map(str, sorted(cell.given))) or "not stated"
    gold = ",".join(map(str, sorted(cell.gold))) or "not stated"
    return f"{cell.case} {cell.arxiv_id} {cell.column}: {given} instead of {gold}"


def _papers_spoken(result: CaseResult) -> str:
    shown = ", ".join(sorted(result.compared)) or result.problem or "no comparison"
    return f"{result.case.id}: {shown} instead of {', '.join(sorted(result.case.papers))}"


def _is_winner_right(result: CaseResult) -> bool:
    winners = {line.better for line in result.table.numbers if line.better} if result.table else set()
    return winners == ({result.case.better} if result.case.better else set())


# ---- measuring


def measure(
    books: Mapping[str, Daybook], cases: Sequence[ComparisonCase], tell: Callable[[str], None]
) -> ComparisonReport:
    """Ask every comparison of its library, by the corpus's name, and look at every cell that the case knows."""
    names = [name for name in books if any(case.library == name for case in cases)]
    reports = [_measured(books[name], [case for case in cases if case.library == name]) for name in names]
    tell(f"{len(cases)} comparisons asked")
    return ComparisonReport(
        tuple(result for report in reports for result in report.results),
        {system: tuple(c for report in reports for c in report.cells[system]) for system in reports[0].cells},
        tuple(text for report in reports for text in report.foreign),
        tuple(text for report in reports for text in report.inexact),
        sum(report.quotes for report in reports),
        tuple(text for report in reports for text in report.faults),
    )


def _measured(book: Daybook, cases: Sequence[ComparisonCase]) -> ComparisonReport:
    results = tuple(_asked(book, case) for case in cases)
    papers = _read(book, cases)
    held = held_papers(book.library.folder)
    cells = {_OWN: _cells(results, lambda result, i, column: _of_table(result, papers[i], column), papers)}
    for name, filler in baselines(book.library, book.embedder).items():
        cells[name] = _cells(results, _of_filler(filler, papers), papers)
    quotes = [
        (r.case.id, row.paper.arxiv_id, q) for r in results for row in _rows(r) for c in row.cells for q in c.quotes
    ]
    return ComparisonReport(
        results,
        cells,
        tuple(f"{case}: {i}: {q.quote}" for case, i, q in quotes if q.arxiv_id != i or q.quote not in held[i].abstract),
        tuple(f"{case}: {i}: {q.quote}" for case, i, q in quotes if held[i].abstract[q.start : q.end] != q.quote),
        len(quotes),
        tuple(_faults(results, held)),
    )


def _read(book: Daybook, cases: Sequence[ComparisonCase]) -> dict[str, ReadPaper]:
    """The papers of which the cases know cells, by their arXiv ids."""
    wanted = sorted({arxiv_id for case in cases for arxiv_id, _ in case.cells})
    stored = book.library.database.papers_by_id(wanted)
    return {paper.stored.paper.arxiv_id: paper for paper in read_papers(list(stored.values()), book.library)}


def _rows(result: CaseResult) -> Iterable[Row]:
    return result.table.rows if result.table else ()


def _asked(book: Daybook, case: ComparisonCase) -> CaseResult:
    start = time.perf_counter()
    try:
        if case.is_chat:
            history: list[Answer] = []
            for question in case.ask:
                history.append(book.ask(question, history))
            answer = history[-1]
            return CaseResult(case, answer.table, answer, _since(start))
        return CaseResult(case, _command(book, case), None, _since(start))
    except InputError as error:
        return CaseResult(case, None, None, _since(start), str(error).splitlines()[0])


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _command(book: Daybook, case: ComparisonCase) -> ComparisonTable:
    """What `daybook compare` makes of a case."""
    if case.kind != "topic":
        return book.compare(*case.ask, aspects=case.aspects).table
    topic, since, until = case.ask
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return book.compare_topic(topic, case.aspects, since=first, until=last).table


def _cells(
    results: Sequence[CaseResult],
    given: Callable[[CaseResult, str, str], frozenset[int]],
    papers: Mapping[str, ReadPaper],
) -> tuple[CellResult, ...]:
    return tuple(
        CellResult(result.case.id, arxiv_id, column, given(result, arxiv_id, column), gold)
        for result in results
        for (arxiv_id, column), gold in result.case.cells.items()
        if arxiv_id in papers
    )


def _of_filler(filler: Filler, papers: Mapping[str, ReadPaper]) -> Callable[[CaseResult, str, str], frozenset[int]]:
    return lambda _, arxiv_id, column: filler(papers[arxiv_id], column)


def _of_table(result: CaseResult, paper: ReadPaper, column: str) -> frozenset[int]:
    """The numbers of the sentences that a cell quotes; -1 for a cell that is not there, or a quote of no sentence."""
    cell = _cell(result.table, paper.stored.paper.arxiv_id, column)
    return frozenset({-1}) if cell is None else frozenset(_number(quote.start, paper) for quote in cell.quotes)


def _cell(table: ComparisonTable | None, arxiv_id: str, column: str) -> Cell | None:
    if table is None:
        return None
    try:
        return table.cell(arxiv_id, column_of(column) or column)
    except KeyError:
        return None


def _number(start: int, paper: ReadPaper) -> int:
    found = (s.number for s in paper.sentences if s.span.start <= start < s.span.end)
    return next(found, -1)


def _faults(results: Sequence[CaseResult], held: Mapping[str, HeldPaper]) -> Iterable[str]:
    for result in results:
        if result.answer is not None:
            for fault in faults(result.answer.to_dict(), held, None):
                yield f"{result.case.id}: {fault.kind}: {fault.text}"
