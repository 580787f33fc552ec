"""From the markup of a digest to text that a person reads; the raw text is kept elsewhere."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import ftfy

from ingest.latex import latex_to_text
from ingest.paper import Link

CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co")

_ANCHOR = re.compile(r"<a\b[^<>]{0,300}?\bhref=\"([^\"<>]{0,2000})\"[^<>]{0,300}>([^<>]*)</a>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"this https? URL", re.IGNORECASE)
_FALSE_LINK_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.[A-Z][a-z]*")
_BREAK = re.compile(r"<\s?/?\s?br\s?/?\s?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|b|i|em|strong|sub|sup|span|tt|a)(?:\s+[\w-]+=[^<>]*)?\s?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_BARE_URL = re.compile(r"https?://[^\s<>\"{}]+")
_TRAILING_PUNCTUATION = ".,;:!?)]}'\""
_OPENING = {")": "(", "]": "["}
_WITHDRAWAL = re.compile(
    r"(?:this|the) (?:\w+ )?(?:paper|article|submission|manuscript|work|preprint|draft) (?:has been|was|is|is being) "
    r"(?:temporarily )?withdrawn|withdrawn by the authors?|this (?:version )?has been withdrawn",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_MENDING = ftfy.TextFixerConfig(unescape_html=False, uncurl_quotes=False, fix_character_width=False)
_SPACE = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_SPACE = re.compile(r"[ \t\r\n]+")  # not all space: mojibake is mended by bytes that look like it


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
    text = _ANCHOR.sub(_anchor_text, _LINE_SPACE.sub(" ", _SURROGATE.sub("", raw)))
    text = _TAG.sub("", _BREAK.sub(" ", text))
    text = _unescape(text)
    text = _mended(text)
    text = printable(latex_to_text(text))
    return CleanText(text, links_in(text))


def _mended(text: str) -> str:
    """A text without mojibake; plain ASCII without terminal escapes has none."""
    if text.isascii() and "\x1b" not in text:
        return text
    return ftfy.fix_text(text, _MENDING)


def is_withdrawal(abstract: str, comment: str = "") -> bool:
    """Whether an abstract, or the authors' comment on it, says that the paper was withdrawn."""
    return any(_WITHDRAWAL.search(text) for text in (abstract, comment))


def printable(text: str) -> str:
    """A text in one line, without characters that a reader cannot see or UTF-8 cannot hold."""
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


def links_in(text: str) -> tuple[Link, ...]:
    """The distinct URLs of a clean text in order of appearance, code hosts marked as code."""
    urls = dict.fromkeys(_address(match.group()) for match in _BARE_URL.finditer(text))
    return tuple(Link(url, _is_code_host(url)) for url in urls)


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
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith(".github.io") or any(host == h or host.endswith("." + h) for h in CODE_HOSTS)


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
    for _ in range(3):
        resolved = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if resolved == text:
            break
        text = resolved
    return text
