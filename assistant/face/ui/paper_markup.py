"""The page of one paper as HTML that needs no script: a pure function from what is told of it.

As in `markup`, every text is escaped. Formulas stay LaTeX, set apart from the words around them.
"""

from collections.abc import Sequence
from datetime import date

from assistant.answer.bibliography import BibliographyFormat, bibliography
from assistant.face.ui.bibliographies import bibliography_links
from assistant.face.ui.links import adding_link, day_link
from assistant.face.ui.paper_view import Earlier, PaperView
from assistant.face.ui.pieces import ICON, problem_html, stored_text
from assistant.language.days import dated, spoken_day
from assistant.language.inline import DISPLAY_MATH, INLINE_MATH, escaped, is_linked, link, rich_text, set_apart
from assistant.language.word_changes import Piece, PieceKind, word_changes
from ingest.database import Sighting
from ingest.paper import Block, Listing, Paper, Span, StoredPaper
from ingest.readable import printable

_AS_CODE = str.maketrans(
    {
        **dict.fromkeys((INLINE_MATH[0], DISPLAY_MATH[0]), '<code class="math">'),
        **dict.fromkeys((INLINE_MATH[1], DISPLAY_MATH[1]), "</code>"),
    }
)
_BLOCKS = {Block.NEW: "new", Block.CROSS_LISTED: "cross-listed", Block.REPLACED: "replaced"}
_TAGS = {PieceKind.REMOVED: "del", PieceKind.ADDED: "ins"}


def paper_html(view: PaperView, root: str) -> str:
    """The page of a paper; `root` leads from it to the page of Daybook, such as `../`."""
    stored = view.stored
    paper = stored.paper
    parts = [
        f"<h1>{_rich(paper.title)}</h1>",
        _authors(paper),
        f'<p class="about">{_about(stored)}</p>',
        _in_short(view),
        _abstract(view),
        _section("Listed", _listings(stored.listings, root)),
        _section("Links", _links(paper)),
        _section("Cite", _cite(stored, root)),
        _section("What earlier versions said", _earlier(view.earlier)),
    ]
    article = f'<article class="paper">{"".join(parts)}</article>'
    back = [
        (day_link(stored.day, stored.day), f"Its day, {spoken_day(stored.day)}"),
        (adding_link(paper.arxiv_id), "Compare it"),
    ]
    return _document(paper.title, article, root, back)


def problem_page(heading: str, problem: str, root: str) -> str:
    """A page that says in one line why there is none."""
    return _document(heading, f"<h1>{escaped(heading)}</h1>{problem_html(problem)}", root, [])


def _document(title: str, main: str, root: str, ways: Sequence[tuple[str, str]]) -> str:
    links = "".join(f'<a href="{escaped(root + address)}">{escaped(label)}</a>' for address, label in ways)
    name = f'<a class="name" href="{root}">Daybook</a>'
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(printable(title))} · Daybook</title>\n"
        f'<link rel="stylesheet" href="{root}own/paper.css">\n<link rel="icon" href="{ICON}">\n</head>\n<body>\n'
        f'<header><nav aria-label="Daybook">{name}{links}</nav></header>\n<main>{main}</main>\n</body>\n</html>\n'
    )


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{escaped(heading)}</h2>{body}</section>" if body else ""


def _rich(text: str, paper: Paper | None = None, marks: Sequence[Span] = ()) -> str:
    return rich_text(text, paper.links if paper else (), marks).translate(_AS_CODE)


# ---- what the paper is


def _authors(paper: Paper) -> str:
    names = ", ".join(set_apart(printable(name)) for name in paper.authors)
    return f'<p class="authors">{names}</p>' if names else ""


def _about(stored: StoredPaper) -> str:
    paper = stored.paper
    version = f"v{paper.version}" if paper.version else ""
    submitted = f"submitted {spoken_day(paper.submitted)}" if paper.submitted else ""
    said = [f"arXiv:{paper.arxiv_id}{version}", *paper.categories, submitted]
    return " · ".join([stored_text(stored), *(escaped(one) for one in said if one)])


def _in_short(view: PaperView) -> str:
    """What it does and what it found, as quotes."""
    abstract = view.stored.paper.abstract
    quoted = [("What it does", view.key), ("What it found", view.finding)]
    quotes = [(name, _rich(abstract[span.start : span.end])) for name, span in quoted if span]
    terms = "".join(f"<div><dt>{name}</dt><dd>“{quote}”</dd></div>" for name, quote in quotes)
    return f'<dl class="short">{terms}</dl>' if terms else ""


def _abstract(view: PaperView) -> str:
    paper = view.stored.paper
    if not paper.abstract:
        return _section("Abstract", '<p class="hint">No source gave its abstract.</p>')
    marks = [span for span in (view.key, view.finding) if span]
    return _section("Abstract", f'<p class="abstract">{_rich(paper.abstract, paper, marks)}</p>')


def _listings(listings: Sequence[Listing], root: str) -> str:
    """The days, each with the blocks and categories under which the paper stood on it."""
    items = []
    for one in listings:
        day = f'<a href="{escaped(root + day_link(one.day, one.day))}">{escaped(dated(one.day, one.basis))}</a>'
        items.append(f"<li>{day}: {_BLOCKS[one.block]} in {escaped(one.category)}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _links(paper: Paper) -> str:
    """Where the paper is, and what its abstract links to; what leads to no known host is text."""
    items = [f"<li>{link(paper.url, 'the paper at arXiv')}</li>"] if is_linked(paper.url) else []
    items += [
        f"<li>{link(one.url, escaped(one.url))}{' <small>code</small>' if one.is_code else ''}</li>"
        for one in paper.links
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _cite(stored: StoredPaper, root: str) -> str:
    saved = bibliography_links(f"{root}own/papers/{stored.paper.arxiv_id}")
    bibtex = escaped_lines(bibliography([stored], BibliographyFormat.BIBTEX))
    shown = f"<details><summary>BibTeX to copy</summary><pre>{bibtex}</pre></details>"
    return f'<p class="saving">Save as {saved}</p>{shown}'


def escaped_lines(text: str) -> str:
    """A text whose lines stay lines."""
    return "\n".join(escaped(line) for line in text.splitlines())


# ---- what it was


def _earlier(earlier: Sequence[Earlier]) -> str:
    if not earlier:
        return ""
    how = '<p class="hint">Struck out is what the next text left out, underlined what it brought.</p>'
    return how + "".join(
        f"<h3>{escaped(_named(one.text))}</h3>{_changed('Title', one.text.title, one.next.title)}"
        f"{_changed('Abstract', one.text.abstract, one.next.abstract)}"
        for one in earlier
    )


def _named(text: Sighting) -> str:
    """Which text it is, by its version and the day on which it was listed last, as far as they are known."""
    version = f"Version {text.version}" if text.version else "An earlier text"
    return version + (f", last listed {spoken_day(date.fromisoformat(text.last_day))}" if text.last_day else "")


def _changed(what: str, before: str, after: str) -> str:
    """What became of a title or an abstract; nothing where it stayed."""
    changes = word_changes(before, after)
    if all(change.kind is PieceKind.SAME for change in changes):
        return ""
    return f'<p class="changed"><strong>{what}:</strong> {" ".join(map(_change, changes))}</p>'


def _change(change: Piece) -> str:
    text = set_apart(printable(change.text))
    return f"<{_TAGS[change.kind]}>{text}</{_TAGS[change.kind]}>" if change.kind in _TAGS else text
