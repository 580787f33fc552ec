"""The conversations that a library keeps, as answers; and what is exported of one."""

import json
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.answer import Answer
from assistant.language.days import spoken_day
from assistant.language.markdown import escaped_in_markdown
from ingest.conversations import Conversations, ConversationSummary
from ingest.errors import DaybookError, InputError

_log = logging.getLogger(__name__)
_ID = re.compile(r"[0-9a-f]{32}")
_LIST_START = re.compile(r"^(\d*)([-+=.)])")


def new_conversation_id() -> str:
    """An id that nobody can guess: 128 random bits."""
    return secrets.token_hex(16)


def no_conversation(conversation_id: str) -> InputError:
    """The error that there is no such conversation."""
    return InputError(f"there is no conversation “{conversation_id[:40]}”; list them: daybook conversations")


def is_conversation_id(text: object) -> bool:
    """Whether a text is written as an id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A kept conversation: its title is the first question; times are UTC."""

    id: str
    title: str
    created: datetime
    updated: datetime
    answers: tuple[Answer, ...]

    def to_dict(self) -> dict[str, Any]:
        """The conversation as JSON-ready data, with the id that opens it."""
        return {"id": self.id, **self.to_exported_dict()}

    def to_exported_dict(self) -> dict[str, Any]:
        """The conversation as JSON-ready data for others: nothing in it opens it."""
        return {
            "title": self.title,
            "created": self.created.isoformat(timespec="seconds"),
            "updated": self.updated.isoformat(timespec="seconds"),
            "turns": [answer.to_dict() for answer in self.answers],
        }

    def to_text(self) -> str:
        """The conversation for a terminal."""
        return "\n\n".join(_turn_text(answer) for answer in self.answers)

    def to_markdown(self) -> str:
        """The conversation as Markdown for others, each answer with its references."""
        head = f"# {_plain(self.title)}\n\n{spoken_day(self.created.date())}\n"
        return "\n".join([head, *(_turn_markdown(answer) for answer in self.answers)])


def summary_dict(summary: ConversationSummary) -> dict[str, Any]:
    """A summary as JSON-ready data."""
    return {
        "id": summary.id,
        "title": summary.title,
        "created": summary.created.isoformat(timespec="seconds"),
        "updated": summary.updated.isoformat(timespec="seconds"),
        "turns": summary.turn_count,
    }


def _turn_text(answer: Answer) -> str:
    understood = [f"(understood: {'; '.join(answer.understood)})"] if answer.understood else []
    references = [
        f"[{paper.number}] {paper.title}, {paper.dated}, arXiv:{paper.arxiv_id}" for paper in answer.references
    ]
    return "\n".join([f"> {answer.question}", *understood, answer.text, *references])


def _turn_markdown(answer: Answer) -> str:
    understood = f"*Understood: {_plain('; '.join(answer.understood))}*\n\n" if answer.understood else ""
    references = "".join(
        f"{paper.number}. {_plain(paper.title)}, {paper.dated}, [arXiv:{paper.arxiv_id}]({paper.url})\n"
        for paper in answer.references
    )
    text = "\n".join(_said(line) for line in answer.text.split("\n"))
    return f"## {_plain(answer.question)}\n\n{understood}{text}\n" + (f"\n{references}" if references else "")


def _said(line: str) -> str:
    return f"- {_plain(line[2:])}" if line.startswith("- ") else _plain(line)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line; what begins a list or a quote is no list and no quote."""
    return _LIST_START.sub(r"\1\\\2", escaped_in_markdown(text))


def find_conversation(store: Conversations, conversation_id: str, owner: str | None = None) -> Conversation | None:
    """The conversation of an id, where it is the owner's, if one is named; turns that cannot be read are left out."""
    summary = store.find(conversation_id, owner) if is_conversation_id(conversation_id) else None
    if summary is None:
        return None
    answers = tuple(answer for turn in store.turns(conversation_id) if (answer := _read(turn)) is not None)
    return Conversation(summary.id, summary.title, summary.created, summary.updated, answers)


def _read(turn: str) -> Answer | None:
    try:
        return Answer.from_dict(json.loads(turn))
    except ValueError as error:
        _log.warning("a turn of a conversation cannot be read and is left out: %s", error)
        return None


class History:
    """The answers of one conversation, kept in the library; in memory alone as long as that cannot be written.

    Without a store they are kept in memory. With an `owner`, only that owner's conversations can be gone on with.

    Raises:
        InputError: the conversation to go on with is not there.
    """

    def __init__(self, store: Conversations | None, conversation_id: str | None = None, owner: str = "") -> None:
        self._store = store
        self._owner = owner
        self._answers: list[Answer] = []
        self._unsaved: list[Answer] = []
        self._kept = 0
        self.id = conversation_id or new_conversation_id()
        if conversation_id is not None:
            if not self._is_there():
                raise no_conversation(self.id)
            self.refresh()

    def _is_there(self) -> bool:
        """Whether the library keeps the conversation."""
        if self._store is None or not is_conversation_id(self.id):
            return False
        return self._store.find(self.id, self._owner or None) is not None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers, oldest first."""
        return (*self._answers, *self._unsaved)

    @property
    def is_saved(self) -> bool:
        """Whether the library keeps every answer."""
        return not self._unsaved

    @property
    def is_stored(self) -> bool:
        """Whether a library is there to keep the answers."""
        return self._store is not None

    def refresh(self) -> None:
        """Take in what was added elsewhere; a conversation that was deleted meanwhile is forgotten."""
        if self._store is None:
            return
        try:
            is_gone = self._kept > 0 and not self._is_there()
            turns = [] if is_gone else self._store.turns(self.id, after=self._kept)
        except DaybookError as error:
            _log.warning("the conversation could not be read again: %s", error)
            return
        if is_gone:
            self.clear()
        self._kept += len(turns)
        self._answers += [answer for turn in turns if (answer := _read(turn)) is not None]

    def add(self, answer: Answer) -> None:
        """Keep an answer; where the library cannot be written it is kept here, and tried again with the next."""
        self._unsaved.append(answer)
        if self._store is None:
            return
        turns = [
            json.dumps({**unsaved.to_dict(), "read": unsaved.read}, ensure_ascii=False) for unsaved in self._unsaved
        ]
        try:
            self._store.append(self.id, turns, title=self._title(), owner=self._owner)
        except DaybookError as error:
            _log.warning("the answer was not saved: %s", error)
            return
        self._answers += self._unsaved
        self._kept += len(self._unsaved)
        self._unsaved = []

    def _title(self) -> str:
        return self.answers[0].question

    def clear(self) -> None:
        """Begin a new conversation; the former one stays in the library."""
        self._answers, self._unsaved, self._kept = [], [], 0
        self.id = new_conversation_id()


def chosen(summaries: Sequence[ConversationSummary], beginning: str) -> ConversationSummary:
    """The conversation whose id begins so.

    Raises:
        InputError: none does, or several do.
    """
    found = [summary for summary in summaries if beginning and summary.id.startswith(beginning)]
    if len(found) != 1:
        if not found:
            raise no_conversation(beginning)
        raise InputError(f"{len(found)} conversations begin with “{beginning}”; name more of the id")
    return found[0]
