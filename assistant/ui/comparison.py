"""A comparison as HTML: what is shared and differs, a row a paper, the numbers side by side."""

from collections.abc import Callable, Sequence

from assistant.answer import Answer, Claim, Reference
from assistant.comparing.table import Cell, ComparisonTable, NumberLine, Row
from assistant.ui.inline import escaped, rich_text
from ingest.cleaning import links_in, printable
from prompts import fill

Marker = Callable[[Reference], str]
"""The HTML of a paper's number, which leads to its abstract."""


def comparison_html(answer: Answer, table: ComparisonTable, marker: Marker) -> str:
    """The table of an answer with its sentences before it and its numbers below, in one line."""
    papers = {row.paper.number: row.paper for row in table.rows}
    quotes = {quote for row in table.rows for cell in row.cells for quote in cell.quotes}
    said = [claim for claim in answer.claims if claim.sentence not in {quote.quote for quote in quotes}]
    notes = "".join(f"<p>{rich_text(printable(note))}</p>" for note in table.notes)
    sentences = "".join(f"<p>{_sentence(claim, papers, marker)}</p>" for claim in said)
    head = "".join(f"<th>{escaped(column)}</th>" for column in ("paper", *table.columns))
    rows = "".join(_row(row, marker) for row in table.rows)
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'{notes}{sentences}<div class="comparison" tabindex="0">{body}</div>{_numbers(table.numbers, papers, marker)}'
    )


def _sentence(claim: Claim, papers: dict[int, Reference], marker: Marker) -> str:
    numbers = dict.fromkeys(citation.number for citation in claim.citations)
    return f"{rich_text(printable(claim.sentence))} {''.join(marker(papers[number]) for number in numbers)}"


def _row(row: Row, marker: Marker) -> str:
    cells = "".join(f"<td>{_cell(cell)}</td>" for cell in row.cells)
    return f"<tr><th>{rich_text(row.name)} {marker(row.paper)}</th>{cells}</tr>"


def _cell(cell: Cell) -> str:
    if not cell.is_stated:
        return f'<span class="about">{escaped(fill("compare_not_stated"))}</span>'
    quotes = [f"“{rich_text(quote.quote)}”" for quote in cell.quotes]
    return " ".join([*quotes, *(rich_text(link, links_in(link)) for link in cell.links)])


def _numbers(lines: Sequence[NumberLine], papers: dict[int, Reference], marker: Marker) -> str:
    items = "".join(f"<li>{_number_line(line, papers, marker)}</li>" for line in lines)
    return f'<ul class="numbers">{items}</ul>' if items else ""


def _number_line(line: NumberLine, papers: dict[int, Reference], marker: Marker) -> str:
    where = escaped(f"{line.metric} on {line.dataset}" if line.dataset else line.metric)
    values = "; ".join(
        f"{rich_text(one.value + (f' ({one.setting})' if one.setting else ''))} {marker(papers[one.citation.number])}"
        for one in line.values
    )
    return f"{where}: {values}. {rich_text(line.reason)}"
