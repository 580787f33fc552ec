"""Waiting for a language model. Where many ask at once, others have the thread's turn meanwhile; who leaves ends it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol


class Turn(Protocol):
    """A turn at answering, which a server of many readers lends to one thread."""

    def waiting(self) -> AbstractContextManager[None]:
        """Around a wait, in which others may have the turn; afterwards the thread has it again."""
        ...

    def ended_by(self, end: Callable[[], None]) -> AbstractContextManager[None]:
        """Around what nobody may want any more: then `end`, called from another thread, ends it."""
        ...


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def lent(turn: Turn) -> Iterator[None]:
    """What is done inside, is done in this turn."""
    token = _turn.set(turn)
    try:
        yield
    finally:
        _turn.reset(token)


@contextmanager
def waiting() -> Iterator[None]:
    """Around what only waits for another machine. Where no turn was lent it does nothing."""
    if (turn := _turn.get()) is None:
        yield
    else:
        with turn.waiting():
            yield


@contextmanager
def ended_by(end: Callable[[], None]) -> Iterator[None]:
    """Around what `end` ends, from another thread, once nobody is there for it any more."""
    if (turn := _turn.get()) is None:
        yield
    else:
        with turn.ended_by(end):
            yield
