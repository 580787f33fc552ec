"""What can be followed: a text that has what its kind needs."""

from collections.abc import Callable

from assistant.day.narrowing import theme_label
from ingest.authors import words_of_name
from ingest.errors import InputError
from ingest.follows import FollowKind
from ingest.readable import printable
from ingest.words import words_of

LONGEST_FOLLOW = 1000


def checked_text(kind: FollowKind, text: str) -> str:
    """The text of a follow in one line.

    Raises:
        InputError: it is empty or too long, or no topic, author or name can be told from it.
    """
    shown = printable(text)
    if len(shown) > LONGEST_FOLLOW:
        raise InputError(f"the {kind} has {len(shown):,} characters; follow one of at most {LONGEST_FOLLOW:,}")
    if not shown:
        raise InputError(f"the {kind} is empty; name what to follow, such as daybook follow “event cameras”")
    _CHECKS[kind](shown)
    return shown


def _check_author(text: str) -> None:
    if not words_of_name(text):
        raise InputError(f"“{text}” is no author; name one as in “A. Author” or “author”")


def _check_name(text: str) -> None:
    if not words_of(text):
        raise InputError(f"“{text}” is no name; name a method, data set or the like, such as MetaPoison")


def _check_topic(text: str) -> None:
    theme_label(text)


_CHECKS: dict[FollowKind, Callable[[str], None]] = {
    FollowKind.TOPIC: _check_topic,
    FollowKind.AUTHOR: _check_author,
    FollowKind.NAME: _check_name,
    FollowKind.QUESTION: lambda _: None,
}
