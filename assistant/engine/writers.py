"""Which writer is on. It can be changed at any time: an answer that is under way is written to its end by its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.verify import Similarity
from assistant.answering.writing import QuotingWriter, Writer
from assistant.llm.foreign import Familiar
from assistant.llm.settings import LlmSettings

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
    from assistant.llm.client import connect  # noqa: PLC0415 - they import llama-index
    from assistant.llm.writing import LlmWriter  # noqa: PLC0415

    if isinstance(llm, LlmSettings):
        return Writing(LlmWriter(connect(llm), similarity, llm.patience, familiar=familiar), llm.model.strip(), llm)
    return Writing(LlmWriter(llm, similarity, familiar=familiar), llm.metadata.model_name)
