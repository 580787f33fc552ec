"""What is new as text for a terminal and as Markdown."""

from collections.abc import Iterable, Iterator

from assistant.day.formats import shown_in_markdown
from assistant.following.changes import Change
from assistant.following.news import FollowNews, News, NewsPaper
from assistant.language.inline import is_linked
from assistant.language.word_changes import PieceKind
from ingest.follows import Follow
from prompts import fill

_INDENT = "    "
_AS_TEXT = {PieceKind.SAME: "{}", PieceKind.REMOVED: "[-{}-]", PieceKind.ADDED: "{{+{}+}}"}
"""Removed and added words as GNU wdiff marks them."""
_AS_MARKDOWN = {PieceKind.SAME: "{}", PieceKind.REMOVED: "~~{}~~", PieceKind.ADDED: "**{}**"}


def spoken_follow(follow: Follow) -> str:
    """What is followed: topic “event cameras”."""
    return fill("follow_kind", kind=follow.kind, text=follow.text)


def spoken_count(news: FollowNews) -> str:
    """How much is new: 3 new, 1 in a new version."""
    new, versions = news.new_papers, news.new_versions
    if new and versions:
        return fill("follow_new_and_versions", new=new, versions=versions)
    if new:
        return fill("follow_new", new=new)
    return fill("follow_versions", versions=versions) if versions else fill("follow_nothing_new")


def to_text(news: News) -> str:
    """What is new for each follow, without a line end after the last."""
    return "\n\n".join("\n\n".join(_text_of_follow(one)) for one in news.follows)


def _text_of_follow(news: FollowNews) -> Iterator[str]:
    yield f"{news.follow.number}. {spoken_follow(news.follow)}: {spoken_count(news)}"
    for paper in news.papers:
        lines = [paper.stored.paper.title, f"{', '.join(about(paper))}, {paper.stored.paper.url}"]
        lines += quoted(paper)
        lines += spoken_changes(paper)
        yield f"\n{_INDENT}".join(lines)


def about(paper: NewsPaper) -> list[str]:
    """The id of a paper, its day, and which version it is in where that is new."""
    return [f"arXiv:{paper.stored.paper.arxiv_id}", paper.dated, *_version(paper)]


def _version(paper: NewsPaper) -> Iterator[str]:
    version, former = paper.stored.paper.version, paper.former_version
    if paper.is_new_version and version and former and version != former:
        yield fill("news_new_version_of", version=version, former=former)
    elif paper.is_new_version:
        yield fill("news_new_version")


def quoted(paper: NewsPaper) -> list[str]:
    """The quotes of a paper, or that there is none."""
    return [f"“{quote}”" for quote in paper.quotes] or [fill("day_no_quote")]


def spoken_changes(paper: NewsPaper) -> list[str]:
    """Each change in a line, words that went and came marked as GNU wdiff does: [-went-] {+came+}."""
    return [_spoken_change(change, change_in_text(change)) for change in paper.changes]


def change_in_text(change: Change) -> str:
    """The words of a change, marked as GNU wdiff does."""
    return " ".join(_AS_TEXT[piece.kind].format(piece.text) for piece in change.pieces)


def _spoken_change(change: Change, text: str) -> str:
    return fill("news_was_changed", place=change.place, text=text)


# ---- Markdown


def to_markdown(news: News) -> str:
    """What is new for each follow, as Markdown that reads well as it is."""
    parts = [f"# {fill('news_title')}", *(part for one in news.follows for part in _markdown_of_follow(one))]
    return "\n\n".join(parts) + "\n"


def _markdown_of_follow(news: FollowNews) -> Iterable[str]:
    yield f"## {shown_in_markdown(spoken_follow(news.follow))} ({spoken_count(news)})"
    yield from map(_markdown_of_paper, news.papers)


def _markdown_of_paper(paper: NewsPaper) -> str:
    stored = paper.stored.paper
    title = shown_in_markdown(stored.title)
    named = f"**[{title}]({stored.url})**" if is_linked(stored.url) else f"**{title}**"
    lines = [f"{named}  ", f"{' · '.join(about(paper))}"]
    lines.append("\n>\n".join(f"> {shown_in_markdown(quote)}" for quote in quoted(paper)))
    changes = [_spoken_change(change, _change_in_markdown(change)) for change in paper.changes]
    return "\n\n".join(["\n".join(lines), *changes])


def _change_in_markdown(change: Change) -> str:
    shown = ((piece.kind, shown_in_markdown(piece.text).replace("~", r"\~")) for piece in change.pieces)
    return " ".join(_AS_MARKDOWN[kind].format(text) for kind, text in shown)
