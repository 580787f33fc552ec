"""The nouns of what is new. News is data: text, Markdown, JSON and a feed are made from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.following.changes import Change
from assistant.language.days import dated
from ingest.follows import Follow, SeenUpTo
from ingest.paper import Span, StoredPaper


@dataclass(frozen=True, slots=True)
class NewsPaper:
    """A paper that is new to a follow: `spans` of its abstract are the quotes that show why.

    There are none where it has no abstract. Where it `is_new_version`, `changes` say what is other than before, and
    `former_version` is the version that stood then, 0 where its source named none. `seen` is when it came (UTC).
    """

    stored: StoredPaper
    spans: tuple[Span, ...]
    seen: datetime
    is_new_version: bool = False
    former_version: int = 0
    changes: tuple[Change, ...] = ()

    @property
    def quotes(self) -> list[str]:
        """The quotes, verbatim."""
        return [self.stored.paper.abstract[span.start : span.end] for span in self.spans]

    @property
    def dated(self) -> str:
        """Its day as what it is, and whether it is withdrawn."""
        return dated(self.stored.day, self.stored.basis, is_withdrawn=self.stored.paper.is_withdrawn)

    def to_dict(self) -> dict[str, Any]:
        """The paper as JSON-ready data; days and moments are ISO 8601."""
        paper = self.stored.paper
        return {
            "arxiv_id": paper.arxiv_id,
            "title": paper.title,
            "day": self.stored.day.isoformat(),
            "basis": self.stored.basis,
            "url": paper.url,
            "authors": list(paper.authors),
            "is_withdrawn": paper.is_withdrawn,
            "version": paper.version,
            "is_new_version": self.is_new_version,
            "former_version": self.former_version if self.is_new_version else None,
            "seen": self.seen.isoformat(),
            "quotes": [
                {"quote": quote, "start": span.start, "end": span.end}
                for quote, span in zip(self.quotes, self.spans, strict=True)
            ],
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class FollowNews:
    """What is new for one follow: each paper once, newest day first."""

    follow: Follow
    papers: tuple[NewsPaper, ...]

    @property
    def new_papers(self) -> int:
        """How many papers were not there before."""
        return len(self.papers) - self.new_versions

    @property
    def new_versions(self) -> int:
        """How many papers are there in a new version."""
        return sum(paper.is_new_version for paper in self.papers)

    def to_dict(self) -> dict[str, Any]:
        """What is new as JSON-ready data."""
        return {
            **follow_data(self.follow),
            "new": self.new_papers,
            "new_versions": self.new_versions,
            "papers": [paper.to_dict() for paper in self.papers],
        }


@dataclass(frozen=True, slots=True)
class News:
    """What is new for all that is followed, the oldest follow first.

    `upto` is the state of the library that was looked at; None where days were named, and nothing is to be marked.
    """

    follows: tuple[FollowNews, ...]
    upto: SeenUpTo | None

    @property
    def papers(self) -> Iterator[StoredPaper]:
        """Every paper, as often as it is new for a follow."""
        return (paper.stored for one in self.follows for paper in one.papers)


def follow_data(follow: Follow) -> dict[str, Any]:
    """A follow as JSON-ready data; moments are ISO 8601, UTC."""
    return {
        "number": follow.number,
        "kind": follow.kind,
        "text": follow.text,
        "created": follow.created.isoformat(),
        "looked": follow.seen.at.isoformat(),
    }
