"""From the markup of a digest to text that a person reads; the raw text is kept elsewhere."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import ftfy

from ingest.latex.text import latex_to_text
from ingest.paper import Link

FORGES = (
    *("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "gitee.com", "sr.ht", "gitea.com"),
    *("sourceforge.net", "framagit.org", "notabug.org", "gitcode.com", "launchpad.net", "salsa.debian.org"),
)
_FORGE_NAMES = ("git", "gitlab", "github", "gitea", "forgejo", "code", "gerrit", "svn")
"""What a forge of one's own is called, as the first part of its host: gitlab.inria.fr, git.ist.ac.at."""

_ANCHOR = re.compile(r"<a\b[^<>]{0,300}?\bhref=\"([^\"<>]{0,2000})\"[^<>]{0,300}>([^<>]*)</a>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"this https? URL", re.IGNORECASE)
_FALSE_LINK_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.[A-Z][a-z]*")
_BREAK = re.compile(r"<\s?/?\s?br\s?/?\s?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?(?:p|div|ul|ol|li|blockquote|h[1-6])(?:\s+[\w-]+=[^<>]*)?\s?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|tt|code|small|a)(?:\s+[\w-]+=[^<>]*)?\s?/?>", re.IGNORECASE)
_RAISED = re.compile(r"\s?<(su[bp])>\s?([^<>]{0,40}?)\s?</\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_PATH = r"[^\s<>\"{}`“”«»‹›„]+"
_URL = re.compile(rf"https?://{_PATH}", re.IGNORECASE)
_ADDRESS = re.compile(
    rf"https?://{_PATH}|(?<![\w./@:-])(?:[a-z\d-]{{1,63}}\.){{1,4}}[a-z]{{2,12}}/{_PATH}", re.IGNORECASE
)
_HOST_END = re.compile(
    r"\.[a-zA-Z]{2,12}/"
)  # few texts have any, and looking for addresses without a scheme takes long
_TRAILING_PUNCTUATION = ".,;:!?)]}'\"’‘*"
_OPENING = {")": "(", "]": "["}
_THIS = r"(?:this|the|our)\s+(?:\w+\s+)?(?:paper|article|submission|manuscript|work|preprint|draft|version|e-?print)"
_WITHDRAWN = r"(?:withdrawn|retracted)\b(?!\s+from\s+(?!arxiv|the\s+arxiv))"
_WITHDRAWAL = re.compile(rf"{_THIS}\s+(?:has\s+been|was|is|is\s+being)\s+(?:\w+ly\s+)?{_WITHDRAWN}", re.IGNORECASE)
"""A sentence that says so of its own paper; withdrawing it from a venue is another thing."""
_WITHDRAWAL_NOTE = re.compile(
    rf"(?:^|[.;:(\[]\s*)(?:{_THIS}\s+|paper\s+|article\s+)?(?:(?:has\s+been|was|is)\s+)?(?:\w+ly\s+)?{_WITHDRAWN}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_MENDING = ftfy.TextFixerConfig(unescape_html=False, uncurl_quotes=False, fix_character_width=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CleanText:
    """Readable text, in one line, and the links that it names."""

    text: str
    links: tuple[Link, ...]


def clean(raw: str) -> CleanText:
    """Turn the markup of a title or an abstract into readable text.

    Anchors become the URL they point to, or, where arXiv linked two words that a full stop joined,
    those words again. Characters that a reader cannot see are dropped, and white space is folded.
    """
    text = raw if raw.isascii() else _SURROGATE.sub("", raw)
    text = _one_line(text)
    text = _mended(_unescape(_without_tags(text)))
    text = printable(latex_to_text(text))
    return CleanText(text, links_in(text))


def _one_line(text: str) -> str:
    """A text with single spaces in place of white space; not of all: mojibake is mended by bytes that look like it."""
    for space in "\t\r\n":
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _without_tags(text: str) -> str:
    """A text without the tags of HTML; what they raise or lower is raised or lowered as LaTeX says it."""
    if "<" not in text:
        return text
    text = _BREAK.sub(" ", _ANCHOR.sub(_anchor_text, text))
    text = _TAG.sub("", _PARAGRAPH.sub(" ", text))
    return _RAISED.sub(lambda match: f"${'^' if match[1].lower() == 'sup' else '_'}{{{match[2]}}}$", text)


def _mended(text: str) -> str:
    """A text without mojibake; plain ASCII without terminal escapes has none."""
    if text.isascii() and "\x1b" not in text:
        return text
    return ftfy.fix_text(text, _MENDING)


def is_withdrawal(abstract: str, comment: str = "") -> bool:
    """Whether the authors' comment, or the abstract in its first or last sentence, says that the paper is withdrawn.

    Papers about withdrawals speak of those of others.
    """
    if not any(word in text.lower() for word in ("withdrawn", "retracted") for text in (abstract, comment)):
        return False
    sentences = _SENTENCE_END.split(abstract.strip())
    return bool(_WITHDRAWAL_NOTE.search(comment)) or any(
        _WITHDRAWAL.match(sentence.lstrip("([*- ")) for sentence in (sentences[0], sentences[-1])
    )


def printable(text: str) -> str:
    """A text in one line, without characters that a reader cannot see or UTF-8 cannot hold."""
    seen = text if text.isprintable() else _UNSEEN.sub("", text)
    return " ".join(seen.split())


def links_in(text: str) -> tuple[Link, ...]:
    """The distinct URLs of a clean text in order of appearance, code hosts marked as code.

    Where the scheme is missing, what points into a code host is a link, and nothing else.
    """
    if "/" not in text:
        return ()
    pattern = _ADDRESS if _HOST_END.search(text) else _URL
    found = dict.fromkeys(_address(match.group()) for match in pattern.finditer(text))
    links = [link_to(address) for address in found]
    return tuple(
        dict.fromkeys(link for address, link in zip(found, links, strict=True) if "://" in address or link.is_code)
    )


def link_to(address: str) -> Link:
    """The link to an address, made complete where it has no scheme."""
    url = address if "://" in address else f"https://{address}"
    return Link(url, _is_code_host(url))


def _address(found: str) -> str:
    """An address without the punctuation after it; a bracket that closes one inside the address belongs to it."""
    unopened = {closing: found.count(closing) - found.count(opening) for closing, opening in _OPENING.items()}
    end = len(found)
    while end and (last := found[end - 1]) in _TRAILING_PUNCTUATION:
        if unopened.get(last, 1) <= 0:
            break
        if last in unopened:
            unopened[last] -= 1
        end -= 1
    return found[:end]


def _is_code_host(url: str) -> bool:
    """Whether a URL leads to a place on a forge; its front page is no code."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith((".github.io", ".gitlab.io")):
        return True
    first, _, rest = host.partition(".")
    if any(host == forge or host.endswith("." + forge) for forge in FORGES):
        return True
    is_lookalike = host.startswith(tuple(f"{forge}." for forge in FORGES))  # github.com.example.org
    return not is_lookalike and (first in _FORGE_NAMES and "." in rest and bool(parts.path.strip("/")))


def _anchor_text(match: re.Match[str]) -> str:
    url, shown = match.group(1).strip(), match.group(2)
    if not _PLACEHOLDER.fullmatch(shown.strip()):
        return shown
    words = url.partition("://")[2]
    if _FALSE_LINK_HOST.fullmatch(words):
        return words.rpartition(".")[0] + ". " + words.rpartition(".")[2]
    return url


def _unescape(text: str) -> str:
    """Resolve entities, doubled ones (`&amp;lt;`) too."""
    for _ in range(3 if "&" in text else 0):
        resolved = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if resolved == text:
            break
        text = resolved
    return text
