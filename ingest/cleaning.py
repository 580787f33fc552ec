"""From the markup of a digest to text that a person reads; the raw text is kept elsewhere."""

import html
import re
from dataclasses import dataclass

from ingest.latex.text import latex_to_text
from ingest.paper import Link
from ingest.readable import links_in, printable

_ANCHOR = re.compile(r"<a\b[^<>]{0,300}?\bhref=\"([^\"<>]{0,2000})\"[^<>]{0,300}>([^<>]*)</a>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"this https? URL", re.IGNORECASE)
_FALSE_LINK_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.[A-Z][a-z]*")
_BREAK = re.compile(r"<\s?/?\s?br\s?/?\s?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?(?:p|div|ul|ol|li|blockquote|h[1-6])(?:\s+[\w-]+=[^<>]*)?\s?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|tt|code|small|a)(?:\s+[\w-]+=[^<>]*)?\s?/?>", re.IGNORECASE)
_RAISED = re.compile(r"\s?<(su[bp])>\s?([^<>]{0,40}?)\s?</\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_THIS = r"(?:this|the|our)\s+(?:\w+\s+)?(?:paper|article|submission|manuscript|work|preprint|draft|version|e-?print)"
_WITHDRAWN = r"(?:withdrawn|retracted)\b(?!\s+from\s+(?!arxiv|the\s+arxiv))"
_WITHDRAWAL = re.compile(rf"{_THIS}\s+(?:has\s+been|was|is|is\s+being)\s+(?:\w+ly\s+)?{_WITHDRAWN}", re.IGNORECASE)
"""A sentence that says so of its own paper; withdrawing it from a venue is another thing."""
_WITHDRAWAL_NOTE = re.compile(
    rf"(?:^|[.;:(\[]\s*)(?:{_THIS}\s+|paper\s+|article\s+)?(?:(?:has\s+been|was|is)\s+)?(?:\w+ly\s+)?{_WITHDRAWN}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
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
    import ftfy  # noqa: PLC0415 - few texts need it

    kept = ftfy.TextFixerConfig(unescape_html=False, uncurl_quotes=False, fix_character_width=False)
    return ftfy.fix_text(text, kept)


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
