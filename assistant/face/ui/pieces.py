"""The small parts of HTML that all views share: days, ids, markers, quotes, and the control that compares a paper."""

import re
from collections.abc import Mapping
from datetime import date

from assistant.answer import Citation, Claim, Closest, NearPaper, Reference
from assistant.face.ui.links import paper_link
from assistant.language.days import dated, spoken_day
from assistant.language.inline import escaped, rich_text
from ingest.identity import read_identity
from ingest.paper import Span, StoredPaper
from ingest.readable import printable

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231d5377'/%3E"
    "%3Cpath d='M9 10h14M9 16h14M9 22h8' stroke='%23fff' stroke-width='2.5' stroke-linecap='round'/%3E%3C/svg%3E"
)
_LISTED = re.compile(r"- (?P<title>.+) \([^()]*arXiv:(?P<id>[^\s()]+)\)")


def day_text(day: date) -> str:
    """A day in one unbroken piece."""
    return spoken_day(day).replace(" ", "\u00a0")


def dated_text(paper: Reference | NearPaper) -> str:
    """A paper's day as what it is, and whether it is withdrawn."""
    return _unbroken(paper.dated)


def stored_text(stored: StoredPaper) -> str:
    """The same of a paper as the library holds it."""
    return _unbroken(dated(stored.day, stored.basis, is_withdrawn=stored.paper.is_withdrawn))


def _unbroken(said: str) -> str:
    day, comma, more = said.partition(", ")
    return day.replace(" ", "\u00a0") + comma + more


def arxiv_text(arxiv_id: str) -> str:
    """A paper's id as a reader writes it, which leads to the page of the paper."""
    return f'<a class="own" href="{escaped(paper_link(arxiv_id))}">{escaped(f"arXiv:{arxiv_id}")}</a>'


def compare_button(*arxiv_ids: str, title: str, label: str = "compare") -> str:
    """A control that adds papers to the comparison, or takes the one out again; `title` says which paper it is."""
    value, hint = escaped(" ".join(arxiv_ids)), escaped(printable(f"Comparison: {title}"))
    return f'<button type="button" class="compare" value="{value}" title="{hint}">{label}</button>'


def copy_link_button(link: str, what: str) -> str:
    """A control that copies the lasting address of what is shown; the page's own address follows it, too."""
    return f'<button type="button" class="copy-link" value="{escaped(link)}" title="Copy a link to {what}"></button>'


def quoted_html(claim: Claim) -> str:
    """The sentence of a claim, in quotation marks where it is a quote."""
    text = rich_text(printable(claim.sentence))
    is_quote = any(claim.sentence == citation.quote for citation in claim.citations)
    return f"“{text}”" if is_quote else text


def markers_html(claim: Claim, papers: Mapping[int, Reference], turn: int) -> str:
    """The markers of a claim's papers, each once."""
    numbers = dict.fromkeys(citation.number for citation in claim.citations)
    return "".join(marker_html(papers[number], turn) for number in numbers)


def marker_html(paper: Reference, turn: int) -> str:
    """The number of a paper, which leads to its abstract."""
    place, title = f"#source-{turn}-{paper.number}", escaped(paper.title)
    return f'<a class="marker" href="{place}" title="{title}">&#91;{paper.number}&#93;</a>'


def quote_span(citation: Citation | Closest, abstract: str) -> Span | None:
    """Where a quote stands; None where the paper has got another abstract since."""
    if abstract[citation.start : citation.end] == citation.quote:
        return Span(citation.start, citation.end)
    start = abstract.find(citation.quote)
    return Span(start, start + len(citation.quote)) if citation.quote and start >= 0 else None


def problem_html(text: str) -> str:
    """What kept something from being done, in one line."""
    return f'<p class="problem">{escaped(printable(text[:1].upper() + text[1:]))}</p>' if text else ""


def listed_problem_html(text: str) -> str:
    """A problem whose further lines list papers, each with the control that takes it."""
    problem, *lines = filter(None, (line.strip() for line in text.splitlines()))
    listed = "".join(f"<li>{escaped(printable(line))}{_control(line)}</li>" for line in lines)
    return problem_html(problem) + (f'<ul class="nearest">{listed}</ul>' if listed else "")


def _control(line: str) -> str:
    """The control of the paper that a line of a list ends with: "- A title (25 May 2020, arXiv:2005.12345)"."""
    named = _LISTED.fullmatch(line)
    return f" {compare_button(named['id'], title=named['title'])}" if named and read_identity(named["id"]) else ""
