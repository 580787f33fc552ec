"""From what is followed to what is new, in one screen."""

from datetime import date

from assistant.following.arriving import Arriving, listed_since
from assistant.following.matching import Matching, Quoted
from assistant.following.news import FollowNews, News
from ingest.follows import Follow, SeenUpTo
from ingest.library import Library


def news_of(library: Library, quoted: Quoted, since: date | None = None) -> News:
    """What is new for each follow since it was looked at; with `since`, what was listed on that day or later.

    Nothing is marked as seen. Where nothing came, nothing is searched and no model is loaded.
    """
    follows = library.database.follows.listed()
    if since is not None:
        matching = Matching(listed_since(library, since), library, quoted)
        return News(tuple(_news(follow, matching) for follow in follows), None)
    if not follows:
        return News((), None)
    arriving = Arriving(library, min((follow.seen for follow in follows), key=lambda seen: seen.chunk_row))
    by_state: dict[SeenUpTo, Matching] = {}  # most were looked at together
    for follow in follows:
        if follow.seen not in by_state:
            by_state[follow.seen] = Matching(arriving.since(follow.seen), library, quoted)
    return News(tuple(_news(follow, by_state[follow.seen]) for follow in follows), arriving.upto)


def _news(follow: Follow, matching: Matching) -> FollowNews:
    return FollowNews(follow, matching.of(follow.kind, follow.text))
