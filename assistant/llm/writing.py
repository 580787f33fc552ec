"""The writer that lets a language model write, and checks each sentence before anyone sees it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.answering.contract import DraftClaim, Note
from assistant.answering.verify import Similarity
from assistant.llm.checking import Checked
from assistant.llm.client import DEFAULT_PATIENCE, LlmStream, Outage, Patience
from assistant.llm.foreign import Familiar
from assistant.llm.prompt import NOT_ANSWERED, messages_for, that_fits
from assistant.llm.sentences import WrittenSentence, written_sentences
from assistant.llm.waiting import waiting
from assistant.reading.evidence import Evidence
from ingest.errors import LlmError, LlmSilentError
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_MOST_SENTENCES = 8
_ANSWER_TOKENS = 400  # where a model does not say how many it may write
_CHARACTERS_IN_TOKEN = 8  # no language's tokens are longer on average


class LlmWriter:
    """Lets a model write from numbered evidence; what the evidence does not support is not said.

    A model that fails costs the reader nothing: quotes take the place of what it did not write, and a note says why.
    One whose server says nothing is not asked again for some minutes.
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
        limits = llm.metadata
        self._answer_tokens = limits.num_output if limits.num_output > 0 else _ANSWER_TOKENS
        self._prompt_tokens = limits.context_window - self._answer_tokens

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim | Note]:
        """Yield each sentence of the model as it is complete and checked; a note where the model did not say it all."""
        checked = Checked(evidence, self._similarity, self._familiar)
        try:
            self._outage.check()
            shown = that_fits(question, evidence, self._prompt_tokens)
            sentences = self._sentences(question, shown)
            while (sentence := _awaited(sentences)) is not None:
                yield from checked.drafts(sentence)
            if not checked.supported:
                raise LlmError("nothing that the language model wrote was supported by the abstracts")
        except LlmError as error:
            if isinstance(error, LlmSilentError):
                self._outage.begin(str(error))
            yield Note(_complaint(str(error), is_begun=bool(checked.supported)))
            yield from checked.rest()
            return
        if checked.unsupported:
            written = checked.supported + checked.unsupported
            yield Note(fill("llm_unsupported", unsupported=checked.unsupported, written=written))

    def _sentences(self, question: str, evidence: Sequence[Evidence]) -> Iterator[WrittenSentence]:
        if not evidence:
            raise LlmError("the question and its evidence are too long for the language model")
        stream = LlmStream(self._llm, messages_for(question, evidence), self._patience)
        most = self._answer_tokens * _CHARACTERS_IN_TOKEN
        written: set[str] = set()
        for sentence in written_sentences(stream, most, lambda: stream.ended_itself):
            if NOT_ANSWERED.lower() in sentence.text.lower():
                if not written:
                    raise LlmError("the language model found no answer in the abstracts")
            elif sentence.text in written or len(written) == _MOST_SENTENCES:
                return  # small models go round in circles
            else:
                written.add(sentence.text)
                yield sentence
        if not written:
            raise LlmError("the language model wrote nothing")


def _awaited(sentences: Iterator[WrittenSentence]) -> WrittenSentence | None:
    """The next sentence, for which a model is waited for; None after the last."""
    with waiting():
        return next(sentences, None)


def _complaint(reason: str, *, is_begun: bool) -> str:
    return fill("llm_completed", reason=reason) if is_begun else fill("llm_failed", reason=reason)
