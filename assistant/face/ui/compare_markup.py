"""A comparison as HTML: the table, the numbers side by side, what is shared and what differs, the papers chosen.

As in `markup`, every function returns one line, and every text is escaped.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from assistant.answer import Answer, Claim
from assistant.answer.citation import Reference
from assistant.answer.table import COLUMNS, Cell, ComparisonTable, NumberLine, Row
from assistant.comparing.build import Comparison
from assistant.comparing.reading import name_of
from assistant.face.ui.bibliographies import BIBLIOGRAPHIES
from assistant.face.ui.links import compare_link
from assistant.face.ui.pieces import (
    arxiv_text,
    compare_button,
    copy_link_button,
    dated_text,
    marker_html,
    markers_html,
    quoted_html,
)
from assistant.language.inline import escaped, is_linked, link, rich_text
from ingest.paper import StoredPaper
from ingest.readable import printable
from prompts import fill

FORMATS = {"md": "Markdown", "csv": "CSV", "tex": "LaTeX"}
"""What a comparison is saved as, by the ending of the file."""
_SAVED_AS = {**FORMATS, **{ending: saved.name for ending, saved in BIBLIOGRAPHIES.items()}}


# ---- in an answer


def answer_table_html(answer: Answer, table: ComparisonTable, turn: int) -> str:
    """An answer that compares papers: what it says of them all, the table, the numbers; no quote stands twice."""
    in_cells = {quote for row in table.rows for cell in row.cells for quote in cell.quotes}
    said = [claim for claim in answer.claims if not in_cells.issuperset(claim.citations) or len(claim.citations) > 1]
    lead = "".join(f"<p>{rich_text(printable(line))}</p>" for line in _lead(answer, said))
    ids = [row.paper.arxiv_id for row in table.rows]
    control = compare_button(*ids, title="these papers", label="open as a comparison")
    return f'{lead}{_said(said, table, turn)}{table_html(table, turn)}<p class="about">{control}</p>'


def _lead(answer: Answer, said: Sequence[Claim]) -> list[str]:
    """The lines that an answer's text begins with before its first sentence or column."""
    lines: list[str] = []
    for line in answer.text.partition("\n\n")[0].splitlines():
        if line.endswith(":") or any(line.startswith(claim.sentence) for claim in said):
            break
        lines.append(line)
    return lines


# ---- the table


def comparison_html(comparison: Comparison, turn: int) -> str:
    """A whole comparison: its sentences, its table, its numbers."""
    return _said(comparison.said, comparison.table, turn) + table_html(comparison.table, turn)


def _said(claims: Sequence[Claim], table: ComparisonTable, turn: int) -> str:
    papers = {row.paper.number: row.paper for row in table.rows}
    lines = [f"<p>{quoted_html(claim)} {markers_html(claim, papers, turn)}</p>" for claim in claims]
    return f'<div class="said">{"".join(lines)}</div>' if lines else ""


def table_html(table: ComparisonTable, turn: int) -> str:
    """Papers by columns in a box that scrolls sideways, the numbers below it."""
    head = "".join(f'<th scope="col">{rich_text(printable(_title(name)))}</th>' for name in ("paper", *table.columns))
    rows = "".join(_row(row, turn) for row in table.rows)
    html = f'<table class="comparison"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    notes = "".join(f'<p class="about note">{rich_text(printable(note))}</p>' for note in table.notes)
    return _scrolling(html, "The comparison") + _numbers(table, turn) + notes


def _title(column: str) -> str:
    return column.capitalize() if column == "paper" or column in COLUMNS else column[:1].upper() + column[1:]


def _scrolling(html: str, label: str) -> str:
    return f'<div class="sideways" role="region" title="{label}" tabindex="0">{html}</div>'


def _row(row: Row, turn: int) -> str:
    paper = row.paper
    title = link(paper.url, rich_text(paper.title))
    about = f'<span class="about">{dated_text(paper)} · {arxiv_text(paper.arxiv_id)}</span>'
    head = f'<th scope="row">{marker_html(paper, turn)} {title} {about}</th>'
    return f"<tr>{head}{''.join(_cell(cell, paper, turn) for cell in row.cells)}</tr>"


def _cell(cell: Cell, paper: Reference, turn: int) -> str:
    if not cell.is_stated:
        return f'<td class="unstated">{escaped(fill("compare_not_stated"))}</td>'
    quotes = [f"<p>“{rich_text(quote.quote)}” {marker_html(paper, turn)}</p>" for quote in cell.quotes]
    links = [f"<p>{link(url, escaped(_short(url)))}</p>" for url in cell.links]
    return f"<td>{''.join(quotes + links)}</td>"


def _short(url: str) -> str:
    """A link as it is written in a narrow column; one that leads nowhere stays whole."""
    return url.partition("://")[2].removeprefix("www.") if is_linked(url) else url


def _numbers(table: ComparisonTable, turn: int) -> str:
    """A row for each metric and data set, a column for each paper that any of them tells of."""
    told = {value.citation.number for line in table.numbers for value in line.values}
    papers = [row.paper for row in table.rows if row.paper.number in told]
    if not papers:
        return ""
    heads = "".join(f'<th scope="col">{marker_html(paper, turn)}</th>' for paper in papers)
    head = f'<tr><th scope="col">Numbers side by side</th>{heads}<th scope="col">Which is better</th></tr>'
    rows = "".join(_number_row(line, papers) for line in table.numbers)
    html = f'<table class="comparison numbers"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    return _scrolling(html, "The numbers side by side")


def _number_row(line: NumberLine, papers: Sequence[Reference]) -> str:
    data = f" on {line.dataset}" if line.dataset else ""
    cells = "".join(f"<td>{_values(line, paper)}</td>" for paper in papers)
    better = next((f"[{paper.number}]. " for paper in papers if paper.arxiv_id == line.better), "")
    reason = rich_text(printable(better + line.reason))
    return f'<tr><th scope="row">{rich_text(printable(line.metric + data))}</th>{cells}<td>{reason}</td></tr>'


def _values(line: NumberLine, paper: Reference) -> str:
    values = [value for value in line.values if value.citation.arxiv_id == paper.arxiv_id]
    shown = [
        f"<p><strong>{rich_text(printable(value.value))}</strong> {_setting(value.setting)}</p>" for value in values
    ]
    return "".join(shown)


def _setting(setting: str) -> str:
    return f'<span class="about">{rich_text(printable(setting))}</span>' if setting else ""


# ---- the papers chosen


def chips_html(papers: Sequence[StoredPaper], number: int = 0) -> str:
    """The papers of the comparison, each with the control that takes it out.

    `number` is that of the choice they come of: the page makes them its own where it has not chosen again since.
    """
    chips = "".join(_chip(stored) for stored in papers)
    clear = '<button type="button" class="clear" value="">remove all</button>' if len(papers) > 1 else ""
    return f'<ul class="chips of-{number}">{chips}</ul>{clear}'


def added_html(arxiv_ids: Sequence[str], number: int, *, is_kept: bool = False) -> str:
    """Papers that the page is to add to those it has chosen; `number` is another each time, so that it sees them.

    Those that are `kept` from another visit give way to a comparison that a link has opened.
    """
    values, kept = escaped(" ".join(arxiv_ids)), " kept" if is_kept else ""
    return f'<button type="button" class="added of-{number}{kept}" value="{values}">add</button>'


def _chip(stored: StoredPaper) -> str:
    name, hint = rich_text(name_of(stored)), escaped(printable(stored.paper.title))
    value = escaped(stored.paper.arxiv_id)
    button = f'<button type="button" class="remove" value="{value}" title="Remove: {hint}">×</button>'
    return f'<li class="chip"><span title="{hint}">{name}</span>{button}</li>'


def too_few_html(count: int) -> str:
    """What stands in the place of a table of no paper or one."""
    if count:
        return '<p class="hint">One paper is chosen. Add another to see them side by side.</p>'
    how = (
        "Press “compare” beside a paper in an answer or on a day’s page, or name papers above: "
        "an arXiv id, a title, or what a method is called."
    )
    return f'<section class="welcome"><h2>Papers side by side</h2><p>{how}</p></section>'


def saving_html(arxiv_ids: Sequence[str], aspects: Sequence[str]) -> str:
    """The links under which a comparison is saved."""
    query = urlencode([*(("paper", one) for one in arxiv_ids), *(("column", one) for one in aspects)])
    links = " ".join(
        f'<a href="own/comparison.{ending}?{escaped(query)}" title="Save as {name}">{name}</a>'
        for ending, name in _SAVED_AS.items()
    )
    copy = copy_link_button(compare_link(arxiv_ids, aspects), "this comparison")
    return f'<p class="saving">{copy} <span>Save as {links}</span></p>'
