"""Asking one language model: what it writes, in time, without asking in vain, and what it cost."""

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llama_index.core.base.llms.types import ChatMessage

from assistant.answer import Usage
from assistant.llm.prompt import tokens_of
from assistant.llm.sentences import CHARACTERS_IN_TOKEN, AnswerReader, WrittenSentence
from assistant.llm.settings import Patience
from assistant.llm.stream import LlmStream, Outage
from assistant.llm.waiting import waiting
from ingest.errors import LlmError, LlmSilentError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_ANSWER_TOKENS = 400  # where a model does not say how many it may write
_FIRST_PROMPT = 1400.0  # tokens, before it is known how fast a model reads: 16 s for one of 1.5B on two cores
_FEWEST_TOKENS = 1000.0  # the rules, and an abstract beside the quotes
_READING_SECONDS = 10.0  # that a prompt may take to be read


class Asking:
    """A model, and what was learned of it by asking."""

    def __init__(self, llm: "LLM", patience: Patience, outage: Outage | None = None) -> None:
        self._llm = llm
        self._patience = patience
        self._outage = outage or Outage()
        self._thinks_first = False  # whether its thoughts have no beginning, only an end
        self._here = threading.local()  # a page writes in many threads at once
        limits = llm.metadata
        self._answer_tokens = limits.num_output if limits.num_output > 0 else _ANSWER_TOKENS
        self._prompt_tokens = limits.context_window - self._answer_tokens
        self._thinking_tokens: int = getattr(llm, "thinking_tokens", 0)
        self._pace = _FIRST_PROMPT

    @property
    def room(self) -> float:
        """How many tokens a prompt may have: what the model holds, and reads in `_READING_SECONDS`."""
        return min(self._prompt_tokens, self._pace)

    @property
    def usage(self) -> Usage | None:
        """What was spent in this thread since it began anew; None where nothing was asked."""
        streams: list[LlmStream] = getattr(self._here, "streams", [])
        return _sum([stream.usage for stream in streams]) if streams else None

    def begin(self, question: str, *, is_last: bool) -> None:
        """Begin to ask for a question; only a last asking counts what was spent on the same one before it."""
        if not is_last or getattr(self._here, "question", None) != question:
            self._here.streams = []
        self._here.question = None if is_last else question

    def sentences(self, messages: Sequence[ChatMessage], most_tokens: float | None = None) -> Iterator[WrittenSentence]:
        """What the model writes to these messages, of at most so many tokens, each sentence as soon as it is whole.

        Raises:
            LlmError: why the model did not write, or not to its end.
        """
        self._outage.check()
        stream = LlmStream(self._llm, messages, self._patience)
        self._here.streams = [*getattr(self._here, "streams", []), stream]
        most = min(self._answer_tokens, most_tokens or self._answer_tokens) * CHARACTERS_IN_TOKEN
        reader = AnswerReader(
            int(most), int(most) + self._thinking_tokens * CHARACTERS_IN_TOKEN, thinks_first=self._thinks_first
        )
        has_said = False

        def why_cut() -> str:
            return stream.why_cut(has_only_thought=not has_said and (stream.has_thought or reader.has_thought))

        try:
            found = reader.sentences(stream, why_cut)
            while (sentence := _awaited(found)) is not None:
                self._thinks_first = reader.thinks_first
                has_said = True
                yield sentence
        except LlmSilentError as error:
            self._outage.begin(str(error))
            raise
        finally:
            self._learn_pace(stream.usage, messages)
        if not has_said:
            thought = "thought, but " if stream.has_thought or reader.has_thought else ""
            raise LlmError(f"the language model {thought}wrote nothing")

    def _learn_pace(self, usage: Usage, messages: Sequence[ChatMessage]) -> None:
        """Take note of how long the model took to read; of one that did not begin, that it was too much.

        A short prompt says nothing of it, as to be reached takes its time too; one that the server had read before is
        begun at once, so at most twice as much is sent the next time.
        """
        sent = usage.prompt_tokens or tokens_of(messages)
        if sent < _FEWEST_TOKENS:
            return
        if usage.first_token_seconds:
            read = sent / usage.first_token_seconds * _READING_SECONDS
            self._pace = max(min(read, 2 * self._pace), _FEWEST_TOKENS)
        elif usage.seconds >= self._patience.first_token_seconds:
            self._pace = max(sent / 2, _FEWEST_TOKENS)


def _awaited(sentences: Iterator[WrittenSentence]) -> WrittenSentence | None:
    """The next sentence, for which a model is waited for; None after the last."""
    with waiting():
        return next(sentences, None)


def _sum(usages: Sequence[Usage]) -> Usage:
    """What several askings cost together; the first word is that of the first."""
    return Usage(
        usages[0].model,
        _added([usage.prompt_tokens for usage in usages]),
        _added([usage.completion_tokens for usage in usages]),
        usages[0].first_token_seconds,
        sum(usage.seconds for usage in usages),
    )


def _added(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
