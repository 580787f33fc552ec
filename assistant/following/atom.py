"""What is new as an Atom feed (RFC 4287) that a feed reader takes as a file or by its address.

A paper is one entry, whatever follows it is new for, and a new version of it another; both keep their ids for ever.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree as ET

from assistant.following.formats import about, quoted, spoken_changes, spoken_follow
from assistant.following.news import News, NewsPaper
from ingest.database import text_hash
from ingest.follows import Follow
from ingest.readable import printable
from prompts import fill

ATOM = "http://www.w3.org/2005/Atom"
_GENERATOR = "Daybook"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, however it is escaped."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed was changed that is of no follow."""


def to_atom(news: News, library: Path) -> str:
    """The feed of a library's news; `library` is its folder, by which feeds of several are told apart."""
    papers: dict[UUID, tuple[NewsPaper, list[Follow]]] = {}
    for one in news.follows:
        for paper in one.papers:
            papers.setdefault(_entry_id(paper), (paper, []))[1].append(one.follow)
    ET.register_namespace("", ATOM)
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", uuid5(NAMESPACE_URL, library.absolute().as_uri()).urn)
    _add(feed, "title", fill("news_title"))
    _add(feed, "subtitle", fill("news_topics", follows=", ".join(spoken_follow(one.follow) for one in news.follows)))
    changed = [*(paper.seen for paper, _ in papers.values()), *(one.follow.seen.at for one in news.follows)]
    _add(feed, "updated", _moment(max(changed, default=_NEVER)))
    _add_people(feed, [_GENERATOR])
    _add(feed, "generator", _GENERATOR)
    newest_first = sorted(papers.items(), key=lambda item: item[1][0].seen, reverse=True)
    for identity, (paper, follows) in newest_first:
        feed.append(_entry(identity, paper, follows))
    ET.indent(feed)
    return ET.tostring(feed, encoding="unicode", xml_declaration=False)


def _entry(identity: UUID, paper: NewsPaper, follows: Iterable[Follow]) -> ET.Element:
    stored = paper.stored.paper
    entry = ET.Element(_tag("entry"))
    _add(entry, "id", identity.urn)
    _add(entry, "title", stored.title)
    _add(entry, "updated", _moment(paper.seen))
    ET.SubElement(entry, _tag("link"), rel="alternate", type="text/html", href=_address(paper))
    _add_people(entry, stored.authors)
    for follow in follows:
        ET.SubElement(entry, _tag("category"), term=_clean(spoken_follow(follow)))
    _add(entry, "summary", "\n".join([", ".join(about(paper)), *quoted(paper), *spoken_changes(paper)]))
    return entry


def _entry_id(paper: NewsPaper) -> UUID:
    """That of a paper by its address; of a new version by its text too, as a source may name no version."""
    stored = paper.stored.paper
    version = f"#{text_hash(stored.title, stored.abstract)}" if paper.is_new_version else ""
    return uuid5(NAMESPACE_URL, f"{_address(paper)}{version}")


def _address(paper: NewsPaper) -> str:
    return f"https://arxiv.org/abs/{paper.stored.paper.arxiv_id}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _tag(name)).text = _clean(text)


def _add_people(parent: ET.Element, names: Iterable[str]) -> None:
    for name in names:
        if shown := printable(name):
            _add(ET.SubElement(parent, _tag("author")), "name", shown)


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _clean(text: str) -> str:
    """A text that XML can hold: each line printable."""
    return "\n".join(printable(_NOT_XML.sub(" ", line)) for line in text.split("\n"))


def _moment(moment: datetime) -> str:
    """A moment as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
