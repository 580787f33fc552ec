"""The conversations of one browser: kept in the library under a token that only that browser has."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assistant.conversation.history import Conversation, find_conversation, is_conversation_id
from assistant.engine.daybook import Daybook
from assistant.face.ui.dialogue import Dialogue
from assistant.language.days import spoken_day
from ingest.conversations import ConversationSummary

EARLIER_SHOWN = 8
_LONGEST_TITLE = 44  # the list cuts what is longer than 60 characters with the day


def new_token() -> str:
    """What tells a browser apart: 128 random bits, written as an id is."""
    return secrets.token_hex(16)


def is_token(value: object) -> bool:
    """Whether a browser brought a token; whatever else it brings is none."""
    return is_conversation_id(value)


@dataclass(frozen=True, slots=True)
class KeptConversations:
    """What a browser with this token may see and delete; the library knows a hash of the token alone."""

    book: Daybook
    token: str

    @property
    def owner(self) -> str:
        """Who it is to the library."""
        return sha256(self.token.encode()).hexdigest()

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
            return Dialogue(lambda: self.book.chat_engine(owner=self.owner))
        kept = conversation.id
        return Dialogue(lambda: self.book.chat_engine(kept, owner=self.owner), conversation.answers, kept)

    def delete(self, conversation_id: object) -> bool:
        """Delete a conversation of this browser; whether there was one."""
        if not isinstance(conversation_id, str) or not is_conversation_id(conversation_id):
            return False
        return self.book.library.conversations.delete(conversation_id, self.owner)


def labels(summaries: Sequence[ConversationSummary]) -> list[str]:
    """What each conversation is called in a list."""
    return [f"{_shortened(summary.title)} · {spoken_day(summary.updated.date())}" for summary in summaries]


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rstrip()} …"
