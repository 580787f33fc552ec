"""What is seen of a text: one line without unseen characters, and the links that it names."""

import re
from urllib.parse import urlsplit

from ingest.paper import Link

FORGES = (
    *("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "gitee.com", "sr.ht", "gitea.com"),
    *("sourceforge.net", "framagit.org", "notabug.org", "gitcode.com", "launchpad.net", "salsa.debian.org"),
)
_FORGE_NAMES = ("git", "gitlab", "github", "gitea", "forgejo", "code", "gerrit", "svn")
"""What a forge of one's own is called, as the first part of its host: gitlab.inria.fr, git.ist.ac.at."""

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
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
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
