"""Text of papers, models and people as HTML that can be nothing but text.

All ASCII punctuation leaves as numeric entities, so neither HTML nor Markdown can begin in it. Links, marks
and mathematics are put in here and nowhere else, where they were checked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.paper import Link, Span
from ingest.readable import FORGES

LINKED_HOSTS = ("arxiv.org", "doi.org", "openreview.net", "zenodo.org", "github.io", "gitlab.io", *FORGES)
"""Links lead to these hosts and those below them; any other URL is shown as text."""

INLINE_MATH = ("\ue000", "\ue001")
DISPLAY_MATH = ("\ue002", "\ue003")
"""What the page takes for delimiters of mathematics. No escaped text holds them, so a dollar sign is only that."""

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_NEVER_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ue000-\ue003]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_URL = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][^\s\\<>\"'`]*)?", re.IGNORECASE)
_MATH = re.compile(
    r"(?<!\\)\$\$(?P<display>[^$]{1,300})(?<!\\)\$\$"
    r"|(?<!\\)\\\((?P<round>.{1,300}?)\\\)"
    r"|(?<![\\$])\$(?P<dollar>[^\s$](?:[^$]{0,298}[^\s$\\])?)\$(?![\d$])"
    r"|(?<![\\$])\$(?P<before_digit>(?=[^$]*[\\^_{}])[^\s$](?:[^$]{0,298}[^\s$\\])?)\$(?!\$)"
)
_NO_MATH = re.compile(
    r"(?<!\\)%"  # begins a comment, so the rest of the formula would be lost
    r"|\\(?:[egx]?def|(?:future)?let|global|long|\w*newcommand|providecommand)"
    r"|\\(?:href|url|html\w+|includegraphics|rule|m?kern|[hm]skip|hspace|raisebox|vcenter|above\w*|genfrac)"
    r"|\\(?:\w*[lrc]lap|smash|\w*color\w*|tag|\\)"
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A part of a text that is shown as more than text."""

    start: int
    end: int
    html: str


def escaped(text: str) -> str:
    """A text as HTML, in one line; it means the same to a Markdown parser."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match.group())};", _NEVER_SHOWN.sub(" ", text))


def set_apart(text: str) -> str:
    """A text as HTML that turns nothing around beside it, although it holds words written from right to left."""
    return _isolated(text, escaped(text))


def runs_right_to_left(text: str) -> bool:
    """Whether a text holds words written from right to left, as Arabic and Hebrew are."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _isolated(text: str, html: str) -> str:
    return f'<bdi dir="ltr">{html}</bdi>' if runs_right_to_left(text) else html


def link(url: str, label: str) -> str:
    """A link with a label in HTML; the label alone where the URL's host is not one of `LINKED_HOSTS`."""
    if not is_linked(url):
        return label
    return f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer nofollow">{label}</a>'


def is_linked(url: str) -> bool:
    """Whether a URL may be a link: http or https, a plain host of `LINKED_HOSTS`, no user and no port."""
    match = _URL.fullmatch(url)
    host = match.group(1).lower() if match else ""
    return any(host == allowed or host.endswith("." + allowed) for allowed in LINKED_HOSTS)


def rich_text(text: str, links: Sequence[Link] = (), marks: Sequence[Span] = ()) -> str:
    """A text as HTML with its mathematics, with these of its URLs as links, and with spans of it marked.

    A link or a formula that a mark cuts stays text. It is set apart from what stands beside it.
    """
    tokens = _tokens(text, links)
    parts, place = [], 0
    for mark in merged(marks):
        parts.append(_piece(text, Span(place, mark.start), tokens))
        parts.append(f"<mark>{_piece(text, mark, tokens)}</mark>")
        place = mark.end
    return _isolated(text, "".join([*parts, _piece(text, Span(place, len(text)), tokens)]))


def merged(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch as one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def _piece(text: str, span: Span, tokens: Sequence[_Token]) -> str:
    parts, place = [], span.start
    for token in tokens:
        if span.start <= token.start and token.end <= span.end:
            parts += [escaped(text[place : token.start]), token.html]
            place = token.end
    return "".join([*parts, escaped(text[place : span.end])])


def _tokens(text: str, links: Sequence[Link]) -> list[_Token]:
    """Links and formulas in order; where two overlap, a link stands before a formula and the longer link first."""
    found, taken = [], bytearray(len(text))
    for token in [*_link_tokens(text, links), *_math_tokens(text)]:
        if not any(taken[token.start : token.end]):
            taken[token.start : token.end] = b"\1" * (token.end - token.start)
            found.append(token)
    return sorted(found, key=lambda token: token.start)


def _link_tokens(text: str, links: Sequence[Link]) -> Iterator[_Token]:
    urls = {found.url for found in links if is_linked(found.url)}
    for url in sorted(urls, key=len, reverse=True):
        for match in re.finditer(re.escape(url), text):
            yield _Token(match.start(), match.end(), link(url, escaped(url)))


def _math_tokens(text: str) -> Iterator[_Token]:
    for match in _MATH.finditer(text):
        formula = next(filter(None, match.groups()))
        if not _NO_MATH.search(formula):
            left, right = DISPLAY_MATH if match["display"] else INLINE_MATH
            yield _Token(match.start(), match.end(), left + escaped(formula) + right)
