"""Which writer is on. It can be changed at any time: an answer that is under way is written to its end by its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer import Usage
from assistant.answering.contract import DraftClaim, Note
from assistant.answering.verify import Similarity
from assistant.answering.writing import QuotingWriter, Writer
from assistant.llm.client import LlmSettings, connect
from assistant.llm.foreign import Familiar
from assistant.llm.writing import LlmWriter
from assistant.reading.evidence import Evidence

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


@dataclass(frozen=True, slots=True)
class Writing:
    """A writer, the name of its model (empty where it only quotes), and the settings that it was made from, if any."""

    writer: Writer
    model: str = ""
    settings: LlmSettings | None = None


def writing_with(llm: "LlmSettings | LLM | None", similarity: Similarity, familiar: Familiar) -> Writing:
    """The writer of a language model, a server's or any of llama-index; without one, that which quotes.

    Raises:
        InputError: the settings name no server, no model, or a key that cannot be sent.
    """
    if llm is None:
        return Writing(QuotingWriter())
    if isinstance(llm, LlmSettings):
        return Writing(LlmWriter(connect(llm), similarity, llm.patience, familiar=familiar), llm.model.strip(), llm)
    return Writing(LlmWriter(llm, similarity, familiar=familiar), llm.metadata.model_name)


class ChangingWriter:
    """Writes with what is on when an answer begins."""

    def __init__(self, writing: Writing) -> None:
        self.now = writing
        """One thing, replaced as a whole: whoever reads it sees a writer with its own model and settings."""

    def write(self, question: str, evidence: Sequence[Evidence]) -> Iterator[DraftClaim | Note | Usage]:
        """Yield what the writer that is on now writes, also after another one is put in its place."""
        return self.now.writer.write(question, evidence)
