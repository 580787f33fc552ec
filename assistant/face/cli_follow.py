"""The command line for what is followed: `daybook follow` and `daybook new`."""

import io
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_bibliography import bibliography_format, print_bibliography
from assistant.face.cli_options import JsonOption, LibraryOption, read_day
from assistant.face.opening import opened
from assistant.face.terminal import json_text, print_json, tell
from assistant.following import News
from assistant.following.atom import to_atom
from assistant.following.formats import spoken_count, spoken_follow, to_markdown, to_text
from assistant.following.news import follow_data
from ingest.errors import InputError, LibraryError
from ingest.follows import FollowKind
from prompts import fill


class NewsFormat(StrEnum):
    """What news is printed as."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"
    ATOM = "atom"


def follow_command(
    topic: Annotated[str | None, typer.Argument(metavar="TOPIC", help="A topic, such as “event cameras”.")] = None,
    author: Annotated[str | None, typer.Option("--author", metavar="NAME", help="What this author writes.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Papers that name this, word by word.")
    ] = None,
    question: Annotated[str | None, typer.Option("--question", metavar="TEXT", help="What answers this.")] = None,
    stop: Annotated[int | None, typer.Option("--stop", metavar="NUMBER", help="Follow this no longer.")] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Follow a topic, an author, a name or a question; without any, list what is followed, with how much is new."""
    kinds = zip(
        (FollowKind.TOPIC, FollowKind.AUTHOR, FollowKind.NAME, FollowKind.QUESTION),
        (topic, author, name, question),
        strict=True,
    )
    wanted = {kind: text for kind, text in kinds if text is not None}
    if len(wanted) + (stop is not None) > 1:
        raise InputError("several things are named; follow a topic, an author, a name or a question, or --stop one")
    with opened(library) as book:
        if stop is not None:
            _stop(book, stop, as_json=as_json)
        elif wanted:
            _follow(book, wanted, as_json=as_json)
        else:
            _list(book.news(), as_json=as_json)


def _follow(book: Daybook, wanted: Mapping[FollowKind, str], *, as_json: bool) -> None:
    ((kind, text),) = wanted.items()
    follow = book.follow(kind, text)
    if as_json:
        print_json(follow_data(follow))
        return
    print(f"{spoken_follow(follow)} {fill('follow_started', number=follow.number)}")
    tell(fill("follow_again"))


def _stop(book: Daybook, number: int, *, as_json: bool) -> None:
    stopped = book.stop_following(number)
    if as_json:
        print_json(follow_data(stopped))
        return
    print(fill("follow_stopped", follow=spoken_follow(stopped)))


def _list(news: News, *, as_json: bool) -> None:
    if as_json:
        counts = ({"new": one.new_papers, "new_versions": one.new_versions} for one in news.follows)
        print_json([{**follow_data(one.follow), **count} for one, count in zip(news.follows, counts, strict=True)])
        return
    if not news.follows:
        tell(fill("follow_nothing"))
    for one in news.follows:
        print(f"{one.follow.number:>3}  {spoken_follow(one.follow)}: {spoken_count(one)}")


def new_command(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it new: mark nothing as seen.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="What was listed from this day on, seen or not.")
    ] = None,
    as_format: Annotated[NewsFormat, typer.Option("--format", help="How it is printed.")] = NewsFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Print what is new for all that is followed, with quotes, and mark it as seen.

    With --since nothing is marked.
    """
    day = read_day(since)
    with opened(library) as book:
        news = book.news(day)
        if not news.follows:
            tell(fill("follow_nothing"))
        _print(news, book, as_format)
        if not keep:
            try:
                book.looked(news)
            except LibraryError as error:  # what was asked for is there
                tell(fill("follow_not_marked", why=error))


def _print(news: News, book: Daybook, as_format: NewsFormat) -> None:
    """Print news, files for other programs in UTF-8 whatever the terminal has."""
    if (for_managers := bibliography_format(as_format)) is not None:
        print_bibliography(news.papers, for_managers)
    elif as_format is NewsFormat.JSON:
        print(json_text([one.to_dict() for one in news.follows]), flush=True)
    elif as_format is NewsFormat.ATOM:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        print('<?xml version="1.0" encoding="utf-8"?>')
        print(to_atom(news, book.library.folder), flush=True)
    elif news.follows:
        print(to_markdown(news) if as_format is NewsFormat.MARKDOWN else f"{to_text(news)}\n", end="", flush=True)
