"""The writer that lets a language model write, and checks each sentence before anyone sees it."""

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.answer import Usage
from assistant.answering.contract import DraftClaim, Note
from assistant.answering.verify import Similarity
from assistant.llm.checking import Checked
from assistant.llm.client import DEFAULT_PATIENCE, Patience
from assistant.llm.foreign import Familiar
from assistant.llm.prompt import NOT_ANSWERED, messages_for, that_fits
from assistant.llm.refusals import RefusedError
from assistant.llm.sentences import AnswerReader, WrittenSentence
from assistant.llm.stream import LlmStream, LlmUsage, Outage
from assistant.llm.waiting import waiting
from assistant.reading.evidence import Evidence
from ingest.errors import LlmError, LlmSilentError
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_MOST_SENTENCES = 8
_ANSWER_TOKENS = 400  # where a model does not say how many it may write
_CHARACTERS_IN_TOKEN = 8  # no language's tokens are longer on average


class _RepeatedError(LlmError):
    """A model says again what it said; what it said before stands."""


class LlmWriter:
    """Lets a model write from numbered evidence; what the evidence does not support is not said.

    A model that fails costs the reader nothing: quotes take the place of what it did not write, and a note says why.
    One whose server cannot be reached is not asked again for some seconds.
    """

    def __init__(
        self,
        llm: "LLM",
        similarity: Similarity | None = None,
        patience: Patience = DEFAULT_PATIENCE,
        outage: Outage | None = None,
        familiar: Familiar | None = None,
    ) -> None:
        self._llm = llm
        self._similarity = similarity
        self._patience = patience
        self._outage = outage or Outage()
        self._familiar = familiar
        self._thinks_first = False  # whether its thoughts have no beginning, only an end
        self._here = threading.local()  # a page writes in many threads at once
        limits = llm.metadata
        self._model = limits.model_name
        self._answer_tokens = limits.num_output if limits.num_output > 0 else _ANSWER_TOKENS
        self._prompt_tokens = limits.context_window - self._answer_tokens
        self._thinking_tokens: int = getattr(llm, "thinking_tokens", 0)

    @property
    def usage(self) -> LlmUsage | None:
        """What the answer cost that this thread wrote last; None where no model was asked for it."""
        stream: LlmStream | None = getattr(self._here, "stream", None)
        return None if stream is None else stream.usage

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim | Note | Usage]:
        """Yield each sentence of the model as it is complete and checked; a note where the model did not say it all.

        Last comes what it took, where the model was asked.
        """
        yield from self._drafts(question, evidence)
        if (usage := self.usage) is not None:
            tokens, first = (usage.prompt_tokens, usage.completion_tokens), usage.first_token_seconds
            yield Usage(self._model, *tokens, first, usage.seconds)

    def _drafts(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim | Note]:
        self._here.stream = None
        checked = Checked(evidence, self._similarity, self._familiar)
        notes: list[str] = []
        try:
            self._outage.check()
            sentences = self._sentences(question, that_fits(question, evidence, self._prompt_tokens))
            while (sentence := _awaited(sentences)) is not None:
                yield from checked.drafts(sentence)
            if not checked.supported:
                raise LlmError("nothing that the language model wrote was supported by the abstracts")
        except LlmError as error:
            if isinstance(error, LlmSilentError):
                self._outage.begin(str(error))
            if not (isinstance(error, _RepeatedError) and checked.supported):
                yield Note(_complaint(str(error), is_begun=bool(checked.supported)))
                yield from checked.rest()
                return
            notes.append(fill("llm_repeated"))
        if checked.unsupported:
            written = checked.supported + checked.unsupported
            notes.append(fill("llm_unsupported", unsupported=checked.unsupported, written=written))
        if notes:
            yield Note(" ".join(notes))

    def _sentences(self, question: str, evidence: Sequence[Evidence]) -> Iterator[WrittenSentence]:
        """What the model writes, shown half of the evidence where its server refuses the whole as too long."""
        if not evidence:
            raise LlmError("the question and its evidence are too long for the language model")
        try:
            yield from self._written(question, evidence)
        except RefusedError as refusal:
            less = evidence[: len(evidence) // 2]
            if not (refusal.is_too_long and less):
                raise
            yield from self._written(question, less)

    def _written(self, question: str, evidence: Sequence[Evidence]) -> Iterator[WrittenSentence]:
        stream = self._here.stream = LlmStream(self._llm, messages_for(question, evidence), self._patience)
        most = self._answer_tokens * _CHARACTERS_IN_TOKEN
        most_held = most + self._thinking_tokens * _CHARACTERS_IN_TOKEN
        reader = AnswerReader(most, most_held, thinks_first=self._thinks_first)
        written: set[str] = set()

        def why_cut() -> str:
            has_only_thought = not written and (stream.has_thought or reader.has_thought)
            return stream.why_cut(has_only_thought=has_only_thought)

        for sentence in reader.sentences(stream, why_cut):
            self._thinks_first = reader.thinks_first
            if NOT_ANSWERED.lower() in sentence.text.lower():
                if not written:
                    raise LlmError("the language model found no answer in the abstracts")
            elif sentence.text in written:  # small models go round in circles
                raise _RepeatedError("the language model repeated itself")
            elif len(written) == _MOST_SENTENCES:
                return
            else:
                written.add(sentence.text)
                yield sentence
        if not written:
            thought = "thought, but " if stream.has_thought or reader.has_thought else ""
            raise LlmError(f"the language model {thought}wrote nothing")


def _awaited(sentences: Iterator[WrittenSentence]) -> WrittenSentence | None:
    """The next sentence, for which a model is waited for; None after the last."""
    with waiting():
        return next(sentences, None)


def _complaint(reason: str, *, is_begun: bool) -> str:
    return fill("llm_completed", reason=reason) if is_begun else fill("llm_failed", reason=reason)
