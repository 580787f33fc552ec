"""A page as Markdown, and as one HTML file that needs nothing else."""

import re

from assistant.day.page import DayPage, DayPaper, Theme, about_of
from assistant.language.inline import escaped, is_linked, link, set_apart
from prompts import fill

STANDS_OUT = "What stands out"
"""The heading of the results that come first."""

_SPECIAL = re.compile(r"([\\`*_\[\]<]|&(?=#?\w+;))")
_BEGINS_BLOCK = re.compile(r"^(\d*)([-+=#>.)|~])")
_STYLE = """
:root { color-scheme: light dark;
  --ink: #20252b; --soft: #5f6871; --paper: #faf9f6; --rule: #e3dfd6; --accent: #1d5377 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e2db; --soft: #9ba3aa; --paper: #15181b; --rule: #31363c; --accent: #8fc1df }
}
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1.2rem; color: var(--ink); background: var(--paper);
  font: 1.05rem/1.55 Charter, "Bitstream Charter", "Iowan Old Style", Georgia, serif; overflow-wrap: anywhere }
h1, h2, summary, .about, nav { font-family: system-ui, sans-serif }
h1 { font-size: 1.6rem } h2 { display: inline; font-size: 1.1rem } h3 { margin: 0; font-size: 1.05rem }
summary { padding: .6rem 0; cursor: pointer; border-top: 1px solid var(--rule) }
article { margin: 0 0 1.3rem } li { margin: 0 0 .6rem }
article, li { overflow: clip; overflow-clip-margin: 6px }
blockquote { margin: .3rem 0 0; padding-left: .9rem; border-left: 3px solid var(--rule) }
blockquote p { margin: 0 0 .3rem }
a { color: var(--accent) } .about { color: var(--soft); font-size: .85rem; margin: .1rem 0 }
"""


def to_markdown(page: DayPage) -> str:
    """The page as Markdown that reads well as it is."""
    parts = [f"# {shown_in_markdown(page.title)}", " ".join(shown_in_markdown(said) for said in page.opening)]
    if page.standing_out:
        parts += [f"## {STANDS_OUT}", "\n".join(_markdown_result(paper) for paper in page.standing_out)]
    for theme in page.themes:
        parts.append(f"## {shown_in_markdown(theme.label)} ({len(theme.papers)})")
        if theme.words:
            parts.append(f"*{shown_in_markdown(fill('day_words', words=', '.join(theme.words)))}*")
        parts += [_markdown_paper(paper, page) for paper in theme.papers]
    return "\n\n".join(parts) + "\n"


def _markdown_result(paper: DayPaper) -> str:
    title, result = shown_in_markdown(paper.stored.paper.title), paper.result
    return rf"- {title}: “{shown_in_markdown(result.quote)}” \[{result.number}\]" if result else f"- {title}"


def _markdown_paper(paper: DayPaper, page: DayPage) -> str:
    stored = paper.stored.paper
    title = shown_in_markdown(stored.title)
    named = f"**[{title}]({stored.url})**" if is_linked(stored.url) else f"**{title}**"
    about = [f"arXiv:{stored.arxiv_id}", *about_of(paper, page)]
    if paper.code is not None:
        about.append(f"[code]({paper.code.url})" if is_linked(paper.code.url) else shown_in_markdown(paper.code.url))
    quotes = [rf"> “{shown_in_markdown(cited.quote)}” \[{cited.number}\]" for cited in paper.quoted]
    quoted = "\n>\n".join(quotes) or f"> {fill('day_no_quote')}"
    return f"{named}  \n{' · '.join(about)}\n{quoted}"


def shown_in_markdown(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _BEGINS_BLOCK.sub(r"\1\\\2", plain)


# ---- HTML


def to_html(page: DayPage) -> str:
    """The page as one HTML file: no script, nothing fetched, every text escaped, links to known hosts only."""
    opening = f"<p>{escaped(' '.join(page.opening))}</p>"
    results = "".join(_html_result(paper) for paper in page.standing_out)
    standing_out = f"<h2>{STANDS_OUT}</h2>\n<ul>{results}</ul>\n" if results else ""
    themes = standing_out + "\n".join(_html_theme(theme, page) for theme in page.themes)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escaped(page.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escaped(page.title)}</h1>\n{opening}\n{themes}\n</body>\n</html>\n"
    )


def _html_theme(theme: Theme, page: DayPage) -> str:
    words = f'<p class="about">{escaped(fill("day_words", words=", ".join(theme.words)))}</p>' if theme.words else ""
    papers = "\n".join(_html_paper(paper, page) for paper in theme.papers)
    head = f"<summary><h2>{set_apart(theme.label)} ({len(theme.papers)})</h2></summary>"
    return f"<details open>{head}{words}\n{papers}\n</details>"


def _html_result(paper: DayPaper) -> str:
    title, result = link(paper.stored.paper.url, set_apart(paper.stored.paper.title)), paper.result
    quote = f" “{set_apart(result.quote)}” {escaped(f'[{result.number}]')}" if result else ""
    return f"<li>{title}{quote}</li>"


def _html_paper(paper: DayPaper, page: DayPage) -> str:
    stored = paper.stored.paper
    about = [escaped(f"arXiv:{stored.arxiv_id}"), *(escaped(said) for said in about_of(paper, page))]
    if paper.code is not None:
        about.append(link(paper.code.url, "code") if is_linked(paper.code.url) else escaped(paper.code.url))
    quotes = [f"<p>“{set_apart(cited.quote)}” {escaped(f'[{cited.number}]')}</p>" for cited in paper.quoted]
    nothing = f'<p class="about">{escaped(fill("day_no_quote"))}</p>'
    quote = f"<blockquote>{''.join(quotes)}</blockquote>" if quotes else nothing
    title = f"<h3>{link(stored.url, set_apart(stored.title))}</h3>"
    return f'<article>{title}<p class="about">{" · ".join(about)}</p>{quote}</article>'
