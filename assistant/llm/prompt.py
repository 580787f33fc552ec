"""What a language model is shown: numbered sentences that cannot pass for anything else, a question, and what to do."""

import re
import secrets
from collections.abc import Iterator, Sequence
from itertools import groupby

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from assistant.language.days import dated
from assistant.reading.evidence import Evidence
from ingest.chunking import count_tokens
from ingest.readable import printable
from prompts import fill

NOT_ANSWERED = "NOT IN THESE SENTENCES"
"""What a model writes where the evidence does not answer; the prompt asks for it, and the reader looks for it."""

_DELIMITER_BYTES = 8
_OTHER_TOKENS = 1.25  # a model's own tokenizer may need more than cl100k_base: 1.0 for Qwen 2.5, 1.2 for Llama 2
_TEMPLATE_TOKENS = 40  # what a model's template puts around two messages
_CONTROL_TOKEN = re.compile(r"<([|｜/]{0,2}[^<>\s]{1,40})>|\[(/?INST)\]", re.IGNORECASE)
_RULE = re.compile(r"([=#*_~`-])\1{2,}")
_MARKER = re.compile(r"[\[【](\s*(?:(?:source|sentence|evidence)\s*)?\d[\d\s,;–-]*)[\]】]", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(system|user|assistant|human|instructions?|question|answer|numbers|paper"
    r"|(?:source|sentence|evidence|document)\s*\d+)\s*[:：]",
    re.IGNORECASE,
)
_word = secrets.token_hex(_DELIMITER_BYTES)  # of this process: a prompt that begins as one before is read from a cache


def messages_for(question: str, evidence: Sequence[Evidence], *, writes: bool = True) -> list[ChatMessage]:
    """The conversation that asks a model to choose, and mostly to write; piece n of the evidence is numbered n."""
    return messages_over(question, _numbered(evidence), writes=writes)


def messages_over(question: str, shown: str, *, writes: bool = True) -> list[ChatMessage]:
    """The same over numbered sentences that are a text already; what differs from question to question stands last."""
    asked = neutral(question)
    delimiter = _delimiter(shown + asked)
    rules = fill("llm_rules", refusal=NOT_ANSWERED)
    task = fill("llm_write") if writes else fill("llm_pick")
    told = fill("llm_question", delimiter=delimiter, evidence=shown, question=asked, task=task)
    return [ChatMessage(role=MessageRole.SYSTEM, content=rules), ChatMessage(role=MessageRole.USER, content=told)]


def messages_to_search(question: str) -> list[ChatMessage]:
    """The conversation that asks a model for other words to search for."""
    return [ChatMessage(role=MessageRole.USER, content=fill("llm_search", question=neutral(question)))]


def that_fits(
    question: str, needed: Sequence[Evidence], read: Sequence[Evidence], prompt_tokens: float
) -> list[Evidence]:
    """What a prompt of this length takes: of what is needed all that fits, then the rest of each abstract, if whole.

    The papers of what is needed come first, and the sentences of a paper in their order.
    """
    room = (prompt_tokens - _TEMPLATE_TOKENS) / _OTHER_TOKENS - tokens_of(messages_for(question, ()))
    kept: dict[tuple[str, int], Evidence] = {}
    for pieces in _steps(needed, read):
        new = [piece for piece in pieces if piece.place not in kept]
        if (left := room - count_tokens(_numbered(new))) >= 0:
            kept |= {piece.place: piece for piece in new}
            room = left
        elif new and new[0] in needed:
            break
    papers = list(dict.fromkeys(paper for paper, _ in kept))
    return [kept[place] for place in sorted(kept, key=lambda place: (papers.index(place[0]), place[1]))]


def _steps(needed: Sequence[Evidence], read: Sequence[Evidence]) -> Iterator[list[Evidence]]:
    """What is shown together or not at all, the most needed first."""
    yield from ([piece] for piece in needed)
    for _, pieces in groupby(read, key=lambda piece: piece.stored.paper.arxiv_id):
        yield list(pieces)


def tokens_of(messages: Sequence[ChatMessage]) -> int:
    """How many tokens a conversation has, by our own count."""
    return sum(count_tokens(str(message.content)) for message in messages)


def neutral(text: str) -> str:
    """A text in one line that has no form of the prompt's: no control token, rule, marker or speaker's label."""
    text = _CONTROL_TOKEN.sub(lambda found: f"‹{found[1] or found[2]}›", printable(text))
    text = _RULE.sub(r"\1", text)
    text = _MARKER.sub(r"(\1)", text)
    return _LABEL.sub(r"\1 –", text)


def _numbered(evidence: Sequence[Evidence]) -> str:
    """The evidence a sentence a line, under the paper that it is from."""
    lines: list[str] = []
    numbered = enumerate(evidence, start=1)
    for stored, pieces in groupby(numbered, key=lambda item: item[1].stored):
        day = dated(stored.day, stored.basis, is_withdrawn=stored.paper.is_withdrawn)
        lines.append(f"Paper “{neutral(stored.paper.title)}” (arXiv {stored.paper.arxiv_id}, {day})")
        lines.extend(f"[{number}] {neutral(piece.quote)}" for number, piece in pieces)
    return "\n".join(lines)


def _delimiter(text: str) -> str:
    """A word that no paper can foresee, and that this text does not hold."""
    word = _word
    while word in text:
        word = secrets.token_hex(_DELIMITER_BYTES)
    return word
