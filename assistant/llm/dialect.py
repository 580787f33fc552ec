"""How a server wants to be asked: what it refused to be sent is left out, and asked so from then on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from assistant.llm.refusals import RefusedError

_USAGE = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_LIMIT = re.compile(r"max_(?:completion_)?tokens", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
_SYSTEM = re.compile(r"\bsystem\b|\broles?\b|alternate|template|jinja|developer (?:role|instruction)", re.IGNORECASE)
_UNDERSTOOD = {400, 422, 500, 0}  # where servers complain of a request; 0: at status 200
_FAILED = 500  # and above: servers say so of themselves, not of the request
_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": ""}
_BYTES_IN_TOKEN = 3  # few texts have more tokens than this


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server is sent beside the question; `limit` is its name for how many tokens it may write, or empty."""

    has_system: bool = True
    has_temperature: bool = True
    has_room_to_think: bool = True
    asks_for_usage: bool = True
    limit: str = "max_tokens"

    def body(
        self, model: str, messages: Sequence[ChatMessage], answer_tokens: int, thinking_tokens: int
    ) -> dict[str, object]:
        """The request for an answer, which may have `answer_tokens`, after thoughts of `thinking_tokens`."""
        tokens = answer_tokens + (thinking_tokens if self.has_room_to_think else 0)
        return {
            "model": model,
            "messages": self._messages(messages),
            "stream": True,
            **({"temperature": 0} if self.has_temperature else {}),
            **({self.limit: tokens} if self.limit else {}),
            **({"stream_options": {"include_usage": True}} if self.asks_for_usage else {}),
        }

    def _messages(self, messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
        sent = [{"role": message.role.value, "content": message.content or ""} for message in messages]
        if self.has_system or not sent or sent[0]["role"] != MessageRole.SYSTEM.value:
            return sent
        rules, *rest = sent
        first, *others = rest or [{"role": MessageRole.USER.value, "content": ""}]
        return [{**first, "content": f"{rules['content']}\n\n{first['content']}".strip()}, *others]

    def after(self, refusal: RefusedError) -> "Dialect | None":
        """How to ask after a refusal; None where asking otherwise is of no use. Each time there is less to refuse."""
        if refusal.is_begun or refusal.is_about_the_account:
            return None
        if refusal.is_too_long:
            return replace(self, has_room_to_think=False) if self.has_room_to_think else None
        return self._without(refusal.told) or (self._plainer(refusal) if refusal.status in _UNDERSTOOD else None)

    def learned(self, refusal: RefusedError) -> "Dialect":
        """How to ask from then on, where an answer came after a refusal: without what a server refuses each time.

        It stays as it is where one question was too long, and where a server failed without a word of what it refuses.
        """
        is_named = self._without(refusal.told) is not None or bool(_SYSTEM.search(refusal.told))
        if refusal.is_too_long or (refusal.status >= _FAILED and not is_named):
            return self
        return self.after(refusal) or self

    def _without(self, told: str) -> "Dialect | None":
        """Without the parameter that a refusal names."""
        if self.asks_for_usage and _USAGE.search(told):
            return replace(self, asks_for_usage=False)
        if self.limit and _LIMIT.search(told):
            return replace(self, limit=_LIMITS[self.limit])
        if self.has_temperature and _TEMPERATURE.search(told):
            return replace(self, has_temperature=False)
        return None

    def _plainer(self, refusal: RefusedError) -> "Dialect | None":
        """Without a system's role, where that may be what is refused; else, once, with nothing that not all know."""
        if self.has_system and _SYSTEM.search(refusal.told):
            return replace(self, has_system=False)
        plainest = replace(self, has_system=False, has_temperature=False, asks_for_usage=False)
        return None if refusal.status == 0 or plainest == self else plainest


def room_to_think(messages: Sequence[ChatMessage], context_tokens: int, answer_tokens: int) -> int:
    """How many tokens are left for thoughts where a model reads and writes so many in all."""
    prompt = sum(len((message.content or "").encode()) for message in messages) // _BYTES_IN_TOKEN
    return max(context_tokens - answer_tokens - prompt, 0)
