"""What the page says, as HTML: pure functions from questions, answers and papers.

Every function returns one line without blank lines, which a Markdown parser passes on as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from assistant.answer import Answer, Citation, Claim, Closest, NearPaper, Reference
from assistant.face.ui.bibliographies import bibliography_links
from assistant.face.ui.compare_markup import answer_table_html
from assistant.face.ui.dialogue import Turn
from assistant.face.ui.links import ask_link
from assistant.face.ui.pieces import (
    arxiv_text,
    compare_button,
    copy_link_button,
    dated_text,
    day_text,
    marker_html,
    markers_html,
    problem_html,
    quote_span,
    quoted_html,
    stored_text,
)
from assistant.language.inline import escaped, link, rich_text
from ingest.paper import StoredPaper
from ingest.readable import links_in, printable
from prompts import fill

_LONGEST_SHOWN = 600
_MOST_UNBOXED = 12
_MOST_CARDS = 30
_LONGEST_LINKED = 1000  # characters; mail and chat cut longer addresses off


# ---- the conversation


def turn_html(turn: Turn, number: int, *, is_restored: bool = False) -> str:
    """A question and what has come of it; `number` sets the anchors of a turn apart from those of others.

    What the page shows of other turns ends with one that is restored, because all before it come with it.
    """
    if turn.problem:
        reply = problem_html(turn.problem)
    elif turn.answer:
        reply = answer_html(turn.answer, number) + _copying(turn.question)
    else:
        reply = '<p class="pending">Reading the library …</p>'
    kind = "turn restored" if is_restored else "turn"
    return f'<article class="{kind}" id="turn-{number}" tabindex="-1">{_question(turn.question)}{reply}</article>'


def _copying(question: str) -> str:
    """Where a question is copied from as a link; the page's script puts further controls there."""
    button = copy_link_button(ask_link(question.strip()), "this question") if len(question) <= _LONGEST_LINKED else ""
    return f'<p class="copying">{button}</p>'


def _question(question: str) -> str:
    """A question as it was asked; of a very long one, the beginning."""
    text = printable(question)
    shown = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN].rstrip() + " …"
    return f'<h2 class="question">{rich_text(shown)}</h2>' if shown else ""


def answer_html(answer: Answer, turn: int) -> str:
    """An answer with its references; `turn` sets the anchors of an answer apart from those of others."""
    if answer.closest:
        body = _plain(answer.text.splitlines()[0]) + _closest(answer)
    elif answer.abstained:
        body = _plain(answer.text) + _near_list(answer.nearest)
    elif answer.table:
        body = _facts(answer.facts) + answer_table_html(answer, answer.table, turn)
    elif answer.claims or answer.facts:
        near = _plain(fill("also_near")) + _near_list(answer.nearest) if answer.nearest else ""
        body = _facts(answer.facts) + _passages(answer, turn) + near
    else:
        body = _plain(answer.text, with_bullets=True)
    references = _reference_list(answer.references, turn)
    return f'<div class="answer">{_understood(answer)}{body}{_note(answer)}{references}{_spent(answer)}</div>'


def _facts(facts: Sequence[str]) -> str:
    """Sentences about the library itself; many of them in a box that scrolls."""
    lines = [f"<p>{rich_text(printable(fact), links_in(fact))}</p>" for fact in facts]
    if len(lines) <= _MOST_UNBOXED:
        return "".join(lines)
    return lines[0] + _boxed("".join(lines[1:]), "The list")


def _boxed(html: str, label: str) -> str:
    return f'<div class="listing" title="{label}" tabindex="0">{html}</div>'


def _understood(answer: Answer) -> str:
    """The limits that were kept and the words read as others, in one line."""
    said = "; ".join(answer.understood)
    return f'<p class="about">Understood: {rich_text(printable(said))}</p>' if said else ""


def _note(answer: Answer) -> str:
    """What became of a language model's part, in one line."""
    return f'<p class="about note">{rich_text(printable(answer.note))}</p>' if answer.note else ""


def _spent(answer: Answer) -> str:
    """What it took, quietly."""
    return f'<p class="about spent">{escaped(printable(answer.spent))}</p>' if answer.spent else ""


def _plain(text: str, *, with_bullets: bool = False) -> str:
    """The lines of a text as paragraphs; those that begin with a bullet too, where wanted."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = [line for line in lines if with_bullets or not line.startswith("- ")]
    return "".join(f"<p>{rich_text(printable(line.removeprefix('- ')))}</p>" for line in shown)


def _near_list(papers: Sequence[NearPaper]) -> str:
    items = "".join(f"<li>{_cited_paper(paper)}</li>" for paper in papers)
    return f'<ul class="nearest">{items}</ul>' if papers else ""


def _closest(answer: Answer) -> str:
    """One paragraph a paper: its title and day, then its passages that come closest."""
    return "".join(
        f'<div class="passage"><p class="paper">{_cited_paper(paper)}</p><p>'
        + " … ".join(f"“{rich_text(one.quote)}”" for one in answer.closest if one.arxiv_id == paper.arxiv_id)
        + "</p></div>"
        for paper in answer.nearest
    )


def _passages(answer: Answer, turn: int) -> str:
    """One paragraph a paper, as in the answer's text: its title and day, then its claims; headings stand above."""
    papers = {reference.number: reference for reference in answer.references}
    parts = []
    for heading, headed in groupby(answer.claims, key=lambda claim: claim.heading):
        parts += [f'<h3 class="heading">{rich_text(printable(heading))}</h3>'] if heading else []
        parts += [
            _passage(papers[number], claims, papers, turn)
            for number, claims in groupby(headed, key=lambda claim: claim.citations[0].number)
        ]
    return "".join(parts)


def _passage(paper: Reference, claims: Iterable[Claim], papers: Mapping[int, Reference], turn: int) -> str:
    said = " ".join(f"{quoted_html(claim)} {markers_html(claim, papers, turn)}" for claim in claims)
    head = f'<strong>{rich_text(paper.title)}</strong> <span class="about">{dated_text(paper)}</span>'
    return f'<div class="passage"><p class="paper">{head}</p><p>{said}</p></div>'


def _reference_list(references: Sequence[Reference], turn: int) -> str:
    """The papers of an answer; their numbers lead to their abstracts, where those are shown."""

    def mark(paper: Reference) -> str:
        return marker_html(paper, turn) if len(references) <= _MOST_CARDS else f"<span>&#91;{paper.number}&#93;</span>"

    items = "".join(
        f'<li id="reference-{turn}-{paper.number}">{mark(paper)} <span>{_cited_paper(paper)}</span></li>'
        for paper in references
    )
    listed = f'<ol class="references">{items}</ol>' if references else ""
    return listed if len(references) <= _MOST_UNBOXED else _boxed(listed, f"{len(references)} papers")


def _cited_paper(paper: Reference | NearPaper) -> str:
    title = link(paper.url, rich_text(paper.title))
    about = f"{dated_text(paper)} · {arxiv_text(paper.arxiv_id)}"
    return f'{title} <span class="about">{about} {compare_button(paper.arxiv_id, title=paper.title)}</span>'


# ---- the sources beside it


def no_sources_html() -> str:
    """What the sources will be, before there is an answer."""
    return _sources("Sources", "The abstracts that an answer cites stand here, with the cited sentences marked.")


def sources_html(answer: Answer, papers: Mapping[str, StoredPaper], turn: int) -> str:
    """The abstracts that an answer cites, quotes marked, or those near an abstention; `papers` by arXiv id."""
    if answer.abstained:
        return _nearest_sources(answer, papers)
    if answer.kind == "exact" and len(answer.references) > _MOST_CARDS:
        return _sources("Sources", "The answer lists many papers; ask about one of them to read its abstract here.")
    cards = "".join(
        _cited_card(reference, papers[reference.arxiv_id], _citations(answer, reference.number), turn)
        for reference in answer.references
        if reference.arxiv_id in papers
    )
    note = (
        "The papers that the answer names." if answer.facts and not answer.claims else "The cited sentences are marked."
    )
    return _sources("Sources", note, cards) if cards else no_sources_html()


def _nearest_sources(answer: Answer, papers: Mapping[str, StoredPaper]) -> str:
    found = [papers[paper.arxiv_id] for paper in answer.nearest if paper.arxiv_id in papers]
    if not found:
        return _sources("No source", "Nothing in the library answers the question.")
    cards = "".join(_card(paper, "", _marked(paper, answer.closest)) for paper in found)
    if not answer.closest:  # kept by an older Daybook, which showed papers without passages
        return _sources("Nearest papers", "They do not answer the question; they are the nearest to it.", cards)
    return _sources("Closest passages", "No abstract states it outright; what comes closest is marked.", cards)


def _marked(stored: StoredPaper, passages: Sequence[Closest]) -> str:
    """An abstract with its passages marked."""
    own = [passage for passage in passages if passage.arxiv_id == stored.paper.arxiv_id]
    marks = [span for passage in own if (span := quote_span(passage, stored.paper.abstract))]
    return rich_text(stored.paper.abstract, stored.paper.links, marks)


def _citations(answer: Answer, number: int) -> list[Citation]:
    return [citation for claim in answer.claims for citation in claim.citations if citation.number == number]


def _cited_card(reference: Reference, stored: StoredPaper, citations: Sequence[Citation], turn: int) -> str:
    marks = [span for citation in citations if (span := quote_span(citation, stored.paper.abstract))]
    abstract = rich_text(stored.paper.abstract, stored.paper.links, marks)
    number = f'<a class="number" href="#turn-{turn}" title="Back to the answer">{reference.number}</a>'
    return _card(stored, number, abstract, f' id="source-{turn}-{reference.number}" tabindex="-1"')


def _card(stored: StoredPaper, number: str, abstract: str, attributes: str = "") -> str:
    paper = stored.paper
    title = f"<h3>{number}{link(paper.url, rich_text(paper.title))}</h3>"
    control = compare_button(paper.arxiv_id, title=paper.title)
    about = f'<p class="about">{stored_text(stored)} · {arxiv_text(paper.arxiv_id)} {control}</p>'
    return f'<article class="source"{attributes}>{title}{about}<p class="abstract">{abstract}</p></article>'


def _sources(heading: str, note: str, cards: str = "") -> str:
    return f'<section class="sources"><header><h2>{heading}</h2><p>{note}</p></header>{cards}</section>'


# ---- the library


def masthead_html(paper_count: int, days: Sequence[date]) -> str:
    """The name, and what the library holds."""
    return f'<header class="masthead"><h1 class="name">Daybook</h1> <p>{_holdings(paper_count, days)}</p></header>'


def _holdings(paper_count: int, days: Sequence[date]) -> str:
    if not paper_count:
        return "The library is empty"
    papers = f"{paper_count:,}&nbsp;paper{'s' if paper_count > 1 else ''}"
    first, last = day_text(min(days)), day_text(max(days))
    return f"{papers} <span>{first if first == last else f'{first} – {last}'}</span>"


def views_html() -> str:
    """The views of the page; a script shows the one that is chosen."""
    links = "".join(f'<a class="view" href="#{name.lower()}">{name}</a>' for name in ("Ask", "Day", "Compare"))
    return f'<nav class="views" title="Views">{links}</nav>'


def export_html(conversation_id: str) -> str:
    """The links under which a conversation and the papers that it cites are saved, for the browser whose it is."""
    address = f"own/conversations/{escaped(conversation_id)}"
    whole = f'<a href="{address}.md" title="Save as Markdown">Markdown</a>'
    cited = f"<span>Papers cited: {bibliography_links(f'own/conversations/{conversation_id}')}</span>"
    return f'<details class="exporting"><summary>Export</summary><p>{whole} {cited}</p></details>'


def welcome_html(examples: Sequence[str] = (), earlier: Sequence[tuple[str, str]] = ()) -> str:
    """What stands in the place of a conversation that has not begun; `earlier` are ids of others with their labels."""
    promise = "<p>Every sentence of an answer rests on an abstract, which is shown with it.</p>"
    return _welcome("Ask the papers", promise) + _examples(examples) + _earlier(earlier)


def empty_library_html(earlier: Sequence[tuple[str, str]] = ()) -> str:
    """How papers come into an empty library."""
    how = "<p>Bring digests in; they can be asked as soon as they are read.</p><p><code>daybook ingest PATH</code></p>"
    return _welcome("The library is empty", how) + _earlier(earlier)


def _welcome(heading: str, body: str) -> str:
    return f'<section class="welcome"><h2>{heading}</h2>{body}</section>'


def _examples(questions: Sequence[str]) -> str:
    buttons = "".join(_button("example", question, question) for question in questions)
    return f'<div id="examples">{buttons}</div>' if questions else ""


def _earlier(conversations: Sequence[tuple[str, str]]) -> str:
    buttons = "".join(_button("earlier", conversation, label) for conversation, label in conversations)
    return f'<div id="earlier"><h3>Earlier conversations</h3>{buttons}</div>' if conversations else ""


def _button(kind: str, value: str, label: str) -> str:
    """A button that the page's script hears; its value is for the server, its label for the reader."""
    return f'<button type="button" class="{kind}" value="{escaped(value)}">{escaped(printable(label))}</button>'
