"""What a language model does for an answer: it chooses sentences, writes and searches; code checks all of it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.answer import Usage
from assistant.answering.contract import DraftClaim, Note
from assistant.answering.verify import Similarity
from assistant.answering.writing import Picked, Searches
from assistant.llm.asking import Asking
from assistant.llm.checking import Checked
from assistant.llm.foreign import Familiar
from assistant.llm.prompt import NOT_ANSWERED, messages_for, messages_to_search, that_fits
from assistant.llm.refusals import RefusedError
from assistant.llm.searches import searches_in
from assistant.llm.sentences import WrittenSentence
from assistant.llm.settings import DEFAULT_PATIENCE, Patience
from assistant.llm.stream import Outage
from assistant.reading.evidence import Evidence
from ingest.errors import LlmError
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_MOST_SENTENCES = 8
_SEARCH_TOKENS = 120  # two phrases, and what a model may say around them


class _RepeatedError(LlmError):
    """A model says again what it said; what it said before stands."""


class LlmWriter:
    """Lets a model choose and write from numbered sentences, and search; what code cannot check is not shown.

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
        self._asking = Asking(llm, patience, outage)
        self._similarity = similarity
        self._familiar = familiar

    @property
    def usage(self) -> Usage | None:
        """What the answer took that this thread wrote last; None where no model was asked for it."""
        return self._asking.usage

    def write(
        self, question: str, evidence: Sequence[Evidence], read: Sequence[Evidence] = ()
    ) -> Iterator[DraftClaim | Note | Usage]:
        """Yield each sentence of the model as it is complete and checked, then the quotes that none of them covers.

        `evidence` are the quotes of the answer without a model, `read` all sentences of what was read. A note says
        where the model did not say it all. Last comes what it took, where the model was asked.
        """
        yield from self._drafts(question, evidence, read)
        if (usage := self.usage) is not None:
            yield usage

    def _drafts(
        self, question: str, evidence: Sequence[Evidence], read: Sequence[Evidence]
    ) -> Iterator[DraftClaim | Note]:
        self._asking.begin(question, is_last=True)
        shown = that_fits(question, evidence, read, self._asking.room)
        checked = Checked(evidence, self._similarity, self._familiar, shown)
        notes: list[str] = []
        try:
            for sentence in self._written(question, shown):
                yield from checked.drafts(sentence)
            if checked.unsupported and not (checked.supported or checked.has_picked):
                raise LlmError("nothing that the language model wrote was supported by the abstracts")
        except LlmError as error:
            if not (isinstance(error, _RepeatedError) and checked.supported):
                yield Note(_complaint(str(error), is_begun=bool(checked.supported)))
                yield from checked.rest()
                return
            notes.append(fill("llm_repeated"))
        yield from checked.rest()
        if checked.unsupported:
            written = checked.supported + checked.unsupported
            notes.append(fill("llm_unsupported", unsupported=checked.unsupported, written=written))
        if notes:
            yield Note(" ".join(notes))

    def picked(self, question: str, closest: Sequence[Evidence], read: Sequence[Evidence]) -> Picked:
        """The sentences that the model says come closest, the best first; none where it says nothing of the kind."""
        self._asking.begin(question, is_last=True)
        shown = that_fits(question, closest, read, self._asking.room)
        checked = Checked(closest, self._similarity, self._familiar, shown)
        try:
            for sentence in self._said(question, shown, writes=False):
                checked.pick(sentence)
                break  # a model that goes on has said what it was asked for
        except LlmError as error:
            return Picked((), fill("llm_absent", reason=str(error)), self.usage)
        return Picked(tuple(checked.picks), usage=self.usage)

    def searches(self, question: str) -> Searches:
        """What else to search for, in the model's words: search text, and never an answer."""
        self._asking.begin(question, is_last=False)
        try:
            said = [one.text for one in self._asking.sentences(messages_to_search(question), _SEARCH_TOKENS)]
        except LlmError as error:
            return Searches((), fill("llm_absent", reason=str(error)), self.usage)
        return Searches(searches_in(said, question), usage=self.usage)

    def _written(self, question: str, shown: Sequence[Evidence]) -> Iterator[WrittenSentence]:
        """The sentences that the model writes, and what it chooses, until it says enough or nothing new."""
        written: set[str] = set()
        for sentence in self._said(question, shown, writes=True):
            if not sentence.text:
                yield sentence
            elif NOT_ANSWERED.lower() in sentence.text.lower():
                if not written:
                    raise LlmError("the language model found no answer in the abstracts")
            elif sentence.text in written:  # small models go round in circles
                raise _RepeatedError("the language model repeated itself")
            elif len(written) == _MOST_SENTENCES:
                return
            else:
                written.add(sentence.text)
                yield sentence

    def _said(self, question: str, shown: Sequence[Evidence], *, writes: bool) -> Iterator[WrittenSentence]:
        """What the model says, shown half of the sentences where its server refuses all as too long."""
        if not shown:
            raise LlmError("the question and its evidence are too long for the language model")
        try:
            yield from self._asking.sentences(messages_for(question, shown, writes=writes))
        except RefusedError as refusal:
            less = shown[: len(shown) // 2]
            if not (refusal.is_too_long and less):
                raise
            yield from self._asking.sentences(messages_for(question, less, writes=writes))


def _complaint(reason: str, *, is_begun: bool) -> str:
    return fill("llm_completed", reason=reason) if is_begun else fill("llm_failed", reason=reason)
