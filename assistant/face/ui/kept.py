"""The conversations of one browser: kept in the library under a token that only that browser has."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assistant.conversation.history import Conversation, find_conversation, is_conversation_id
from assistant.engine.daybook import Daybook
from assistant.face.ui.dialogue import Dialogue
from assistant.face.ui.owners import is_token
from assistant.language.days import spoken_day
from assistant.language.inline import runs_right_to_left
from ingest.conversations import ConversationSummary
from ingest.errors import DaybookError

EARLIER_SHOWN = 8
_LONGEST_TITLE = 42  # with the day and the marks around the title a line of 60 characters

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptConversations:
    """What a browser with this token may see and delete; the library knows a hash of the token alone."""

    book: Daybook
    token: str

    @property
    def owner(self) -> str:
        """Who it is to the library."""
        return owner_of(self.token)

    def adopt(self, former_token: object) -> bool:
        """Take over what was kept under the token that a browser had before; whether that token is used up."""
        if not is_token(former_token):
            return True
        try:
            self.book.library.conversations.hand_over(owner_of(str(former_token)), self.owner)
        except DaybookError as error:
            _log.warning("the conversations of a browser could not be taken over: %s", error)
            return False
        return True

    def listed(self) -> list[ConversationSummary]:
        """The newest few."""
        return self.book.conversations(self.owner)[:EARLIER_SHOWN]

    def find(self, conversation_id: object) -> Conversation | None:
        """A conversation of this browser, and of no other."""
        if not isinstance(conversation_id, str) or not is_conversation_id(conversation_id):
            return None
        return find_conversation(self.book.library.conversations, conversation_id, self.owner)

    def dialogue(self, conversation: Conversation | None = None) -> Dialogue:
        """A new dialogue, or one that goes on."""
        if conversation is None:
            return Dialogue(lambda: self.book.talk(owner=self.owner))
        kept = conversation.id
        return Dialogue(lambda: self.book.talk(kept, owner=self.owner), conversation.answers, kept)

    def delete(self, conversation_id: object) -> bool:
        """Delete a conversation of this browser; whether there was one."""
        if not isinstance(conversation_id, str) or not is_conversation_id(conversation_id):
            return False
        return self.book.library.conversations.delete(conversation_id, self.owner)


def owner_of(token: str) -> str:
    """What the library knows of a token."""
    return sha256(token.encode()).hexdigest()


def labelled(summaries: Sequence[ConversationSummary]) -> list[tuple[str, str]]:
    """The id of each conversation, and what it is called in a list."""
    return [(one.id, f"{_named(one.title)} · {spoken_day(one.updated.date())}") for one in summaries]


def _named(title: str) -> str:
    """A title, shortened; characters set one apart which would turn the day around."""
    shown = _shortened(title)
    return f"\N{FIRST STRONG ISOLATE}{shown}\N{POP DIRECTIONAL ISOLATE}" if runs_right_to_left(shown) else shown


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rstrip()} …"
