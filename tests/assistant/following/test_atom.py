"""The feed is what RFC 4287 says a feed is, whatever is in a paper."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from assistant import Daybook
from assistant.following import FollowNews, News, NewsPaper
from assistant.following.atom import ATOM, to_atom
from assistant.following.changes import Change
from assistant.language.word_changes import Piece, PieceKind
from ingest.follows import Follow, FollowKind, SeenUpTo
from ingest.paper import Span
from tests.assistant.conftest import stored_paper
from tests.assistant.following.conftest import KITES, LOAVES, MONDAY, Come

NS = {"a": ATOM}
SEEN = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
NOTHING = SeenUpTo(0, 0, datetime(2026, 11, 1, tzinfo=UTC))
TOPIC = Follow(1, FollowKind.TOPIC, "event <cameras> & \x1b[31mmore", NOTHING.at, NOTHING)
NAME = Follow(2, FollowKind.NAME, "DVS", NOTHING.at, NOTHING)


def checked(feed: str) -> ET.Element:
    """The feed, parsed, with all that RFC 4287 (4.1.1, 4.1.2) wants of it."""
    root = ET.fromstring(feed)  # noqa: S314 - made here
    assert root.tag == f"{{{ATOM}}}feed"
    entries = root.findall("a:entry", NS)
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            (one,) = element.findall(f"a:{name}", NS)
            assert one.text
            assert one.text.strip()
        assert element.findtext("a:id", "", NS).startswith("urn:uuid:")
        moment = element.findtext("a:updated", "", NS)
        assert moment.endswith("Z")
        assert datetime.fromisoformat(moment).tzinfo == UTC
    assert root.findall("a:author/a:name", NS), "an entry whose authors are not known has the feed's"
    ids = [entry.findtext("a:id", "", NS) for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:
        (link,) = entry.findall("a:link[@rel='alternate']", NS)
        assert link.get("href", "").startswith("https://arxiv.org/abs/")
        (summary,) = entry.findall("a:summary", NS)
        assert summary.text
        assert all(category.get("term") for category in entry.findall("a:category", NS))
    assert not any(sign in feed for sign in map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0))))
    return root


def news_paper(title: str = "On Events", abstract: str = "We see events. They are fast.") -> NewsPaper:
    return NewsPaper(stored_paper(title=title, abstract=abstract), (Span(0, abstract.index(".") + 1),), SEEN)


def test_a_paper_is_one_entry_with_the_follows_it_is_new_for() -> None:
    news = News((FollowNews(TOPIC, (news_paper(),)), FollowNews(NAME, (news_paper(),))), NOTHING)
    root = checked(to_atom(news, Path("library")))
    (entry,) = root.findall("a:entry", NS)
    terms = [category.get("term") for category in entry.findall("a:category", NS)]
    assert terms == ["topic “event <cameras> & [31mmore”", "name “DVS”"]
    assert entry.findtext("a:summary", "", NS).splitlines() == ["arXiv:2101.00001, 4 Jan 2021", "“We see events.”"]
    assert entry.findtext("a:updated", "", NS) == root.findtext("a:updated", "", NS) == "2026-11-03T09:30:00Z"


def test_ids_stay_and_a_new_version_has_its_own() -> None:
    def ids(*papers: NewsPaper) -> list[str]:
        root = checked(to_atom(News((FollowNews(NAME, papers),), NOTHING), Path("library")))
        return [root.findtext("a:id", "", NS), *(one.findtext("a:id", "", NS) for one in root.findall("a:entry", NS))]

    change = Change("abstract", (Piece(PieceKind.REMOVED, "slow."), Piece(PieceKind.ADDED, "fast.")))
    later = replace(news_paper(), is_new_version=True, changes=(change,))
    feed, first = ids(news_paper())
    assert ids(replace(news_paper(title="Another Title"), seen=datetime.now(UTC))) == [feed, first]
    assert ids(later, news_paper())[2] == first
    assert ids(later)[1] != first
    assert ids(later) == ids(later)
    text = to_atom(News((FollowNews(NAME, (later,)),), NOTHING), Path("library"))
    assert "Changed in the abstract: [-slow.-] {+fast.+}" in text
    assert "in a new version" in text


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1b[2J", "\ud800", "\ufffe", "\x9b", "]]>", "<b>&amp;", "\u202e"])
def test_nothing_in_a_paper_breaks_the_feed(bad: str) -> None:
    paper = news_paper(f"On {bad} Events", f"We {bad} see. They are fast.")
    authors = (f"A. {bad} Kite", bad)
    stored = replace(paper.stored, paper=replace(paper.stored.paper, authors=authors))
    news = News((FollowNews(replace(NAME, text=f"a{bad}b"), (replace(paper, stored=stored),)),), NOTHING)
    root = checked(to_atom(news, Path("library")))
    assert (root.findtext("a:entry/a:title", "", NS)).startswith("On ")
    to_atom(news, Path("library")).encode()


def test_an_empty_feed_is_a_feed() -> None:
    assert checked(to_atom(News((), None), Path("library"))).findall("a:entry", NS) == []


def test_the_news_of_a_library_is_a_feed(book: Daybook, come: Come) -> None:
    book.follow("topic", "sourdough bread")
    book.follow("name", "LoafNet")
    come(MONDAY, LOAVES, KITES)
    (entry,) = checked(to_atom(book.news(), book.library.folder)).findall("a:entry", NS)
    assert entry.findtext("a:title", "", NS) == LOAVES[1]
    updated = datetime.fromisoformat(entry.findtext("a:updated", "", NS))
    assert abs((datetime.now(UTC) - updated).total_seconds()) < 60
