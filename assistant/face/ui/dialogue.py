"""One browser session's conversation, and what has come of each question."""

import asyncio
import logging
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answer import Answer
from ingest.errors import DaybookError, InputError

MOST_TURNS = 50
DEFECT = "This could not be answered: an error happened inside Daybook, and its log says which."
BROKEN_OFF = "The answer broke off, because this page was not connected any more; ask again."
_log = logging.getLogger(__name__)


class ChatEngine(Protocol):
    """What a conversation is held with; `Talk` is one."""

    @property
    def conversation_id(self) -> str:
        """The id under which the conversation is kept."""
        ...

    @property
    def is_saved(self) -> bool:
        """Whether the library keeps every answer."""
        ...

    def stream(self, message: str) -> Iterator[Answer]:
        """Yield the growing answer to a message."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer so far, or with the problem that kept it from one."""

    question: str
    answer: Answer | None = None
    problem: str = ""


class Dialogue:
    """The turns of a conversation; `begin` makes its chat engine when the first question comes.

    `answers` are those of a conversation that goes on, and `conversation_id` is its id.
    """

    def __init__(
        self, begin: Callable[[], ChatEngine], answers: Sequence[Answer] = (), conversation_id: str = ""
    ) -> None:
        self._begin = begin
        self._conversation_id = conversation_id
        self._engine: ChatEngine | None = None
        self._turns = [Turn(answer.question, answer) for answer in answers]
        self._answering = threading.Lock()
        self.asking = asyncio.Lock()
        """Held by who asks, from the question to the end of its answer: a conversation has one at a time."""

    @property
    def conversation_id(self) -> str:
        """The id under which the conversation is kept; empty before the first question."""
        return self._engine.conversation_id if self._engine else self._conversation_id

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns so far, oldest first."""
        return tuple(self._turns)

    @property
    def is_saved(self) -> bool:
        """Whether the library keeps every answer."""
        return self._engine is None or self._engine.is_saved

    @property
    def next_number(self) -> int:
        """The number of the turn that the next question is asked in, from 1 on."""
        return self._next_place() + 1

    def _next_place(self) -> int:
        is_replaced = bool(self._turns) and not self._turns[-1].question.strip()
        return min(len(self._turns) - is_replaced, MOST_TURNS)  # what was said of an empty question ends with the next

    def ask(self, question: str) -> Generator[Turn, None, None]:
        """Yield the newest turn as it grows: the bare question first, the complete answer or a problem last.

        Whoever closes the generator before its end has not asked.
        """
        with self._answering:  # who left a moment ago is still in its last step
            place, is_whole = self._next_place(), False
            before = self._turns[place:]
            try:
                for turn in self._growing_turn(question, is_full=place == MOST_TURNS):
                    self._turns[place:] = [turn]
                    yield turn
                is_whole = True
            finally:
                if not is_whole:
                    self._turns[place:] = before

    def _growing_turn(self, question: str, *, is_full: bool) -> Iterator[Turn]:
        yield Turn(question)
        try:
            if is_full:
                raise InputError(f"this conversation has {MOST_TURNS} questions; begin a new one")
            self._engine = self._engine or self._begin()
            for answer in self._engine.stream(question):
                yield Turn(question, answer)
        except DaybookError as error:
            yield Turn(question, problem=str(error))
        except Exception:  # noqa: BLE001 - whatever it is, the page goes on and the log has the traceback
            _log.exception("a question could not be answered")
            yield Turn(question, problem=DEFECT)
