"""What a language model is shown: a question, and numbered evidence that cannot pass for anything else."""

import re
import secrets
from collections.abc import Sequence
from itertools import groupby

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from assistant.language.days import dated
from assistant.reading.evidence import Evidence
from ingest.cleaning import printable
from prompts import fill

NOT_ANSWERED = "NOT IN THESE SENTENCES"
"""What a model writes where the evidence does not answer; the prompt asks for it, and the reader looks for it."""

_DELIMITER_BYTES = 8
_BYTES_IN_TOKEN = 3  # few texts have more tokens than this
_PROMPT_TOKENS = 400  # what the prompt itself takes, generously
_CONTROL_TOKEN = re.compile(r"<([|｜/]{0,2}[^<>\s]{1,40})>|\[(/?INST)\]", re.IGNORECASE)
_RULE = re.compile(r"([=#*_~`-])\1{2,}")
_MARKER = re.compile(r"[\[【](\s*(?:(?:source|sentence|evidence)\s*)?\d[\d\s,;–-]*)[\]】]", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(system|user|assistant|human|instructions?|question|answer|paper|(?:source|sentence|evidence|document)\s*\d+)\s*[:：]",
    re.IGNORECASE,
)


def messages_for(question: str, evidence: Sequence[Evidence]) -> list[ChatMessage]:
    """The conversation that asks a model for an answer; piece n of the evidence is numbered n, from 1."""
    shown, asked = _numbered(evidence), neutral(question)
    delimiter = _delimiter(shown + asked)
    rules = fill("llm_rules", refusal=NOT_ANSWERED)
    return [
        ChatMessage(role=MessageRole.SYSTEM, content=rules),
        ChatMessage(
            role=MessageRole.USER,
            content=fill("llm_question", delimiter=delimiter, evidence=shown, question=asked),
        ),
    ]


def that_fits(question: str, evidence: Sequence[Evidence], prompt_tokens: int) -> list[Evidence]:
    """As much of the evidence, from its beginning, as a prompt of this length takes."""
    room = (prompt_tokens - _PROMPT_TOKENS) * _BYTES_IN_TOKEN - len(question.encode())
    kept: list[Evidence] = []
    for piece in evidence:
        room -= len(_numbered([piece]).encode())
        if room < 0:
            break
        kept.append(piece)
    return kept


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
    """A word that no text can foresee, and that this one does not hold."""
    while (word := secrets.token_hex(_DELIMITER_BYTES)) in text:
        pass
    return word
