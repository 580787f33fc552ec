"""Trying a language model's server: whether it is there, has the model, streams and does as it is told; how fast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx

from assistant.answer import Usage
from assistant.llm.client import connect
from assistant.llm.kept import shown_url
from assistant.llm.prompt import messages_over
from assistant.llm.refusals import RefusedError
from assistant.llm.remote import ServerLlm
from assistant.llm.sentences import CHARACTERS_IN_TOKEN, AnswerReader, WrittenSentence
from assistant.llm.settings import LlmSettings
from assistant.llm.stream import NOT_REACHED, LlmStream
from ingest.errors import LlmError, LlmSilentError
from ingest.readable import printable

_EVIDENCE = "[1] The ferry to Skarn leaves at noon.\n[2] The lighthouse of Skarn is painted green."
_QUESTION = "What colour is the lighthouse of Skarn?"
_CITED, _SAID = 2, "green"
_MOST_CHARACTERS = 4000
_MOST_NAMED = 5
_LONGEST_NAME = 60
_NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Check:
    """Whether something holds, None where that could not be found out, and a line that says it to a person."""

    holds: bool | None
    line: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What a server is found to be; times of one short answer, None where there was none or the server counts none."""

    reachable: Check
    has_model: Check
    streams: Check
    obeys: Check
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        """All that was checked, in the order in which it was."""
        return self.reachable, self.has_model, self.streams, self.obeys


def probe(settings: LlmSettings) -> Probe:
    """Try a server with a made-up question; no word of a library is sent.

    Raises:
        InputError: the settings name no server or no model.
    """
    llm = connect(settings)
    reachable, has_model = _offered(llm, settings)
    if reachable.holds is False:
        return Probe(reachable, has_model, Check(None, _NOT_TRIED), Check(None, _NOT_TRIED))
    stream = LlmStream(llm, messages_over(_QUESTION, _EVIDENCE), settings.patience)
    count = _Counting(stream)
    try:
        reader = AnswerReader(_MOST_CHARACTERS, _MOST_CHARACTERS + settings.thinking_tokens * CHARACTERS_IN_TOKEN)
        written = list(reader.sentences(count, lambda: stream.why_cut(has_only_thought=not stream.has_text)))
    except LlmSilentError as error:
        return Probe(Check(False, str(error)), has_model, Check(None, _NOT_TRIED), Check(None, _NOT_TRIED))
    except LlmError as error:
        streams = Check(True, "it streams") if count.pieces > 1 else Check(None, _NOT_TRIED)
        return Probe(reachable, has_model, streams, Check(False, str(error)), stream.usage.first_token_seconds)
    return Probe(
        reachable,
        has_model,
        Check(True, "it streams")
        if count.pieces > 1
        else Check(False, "the answer came in one piece, not as a stream"),
        _obeyed(written),
        stream.usage.first_token_seconds,
        _speed(stream.usage),
    )


class _Counting:
    """The pieces of a stream, counted."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = pieces
        self.pieces = 0

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            self.pieces += 1
            yield piece


def _offered(llm: ServerLlm, settings: LlmSettings) -> tuple[Check, Check]:
    """Whether a server is reached, and whether it names the model among those that it offers."""
    reached = Check(True, f"a server answers at {shown_url(settings.url)}")
    try:
        names = llm.models(settings.patience.first_token_seconds)
    except httpx.TransportError:
        return Check(False, f"the language model's server {NOT_REACHED}"), Check(None, _NOT_TRIED)
    except (RefusedError, ValueError, RecursionError, httpx.HTTPError):
        return reached, Check(None, "the server does not tell which models it has")
    if {settings.model, f"{settings.model}:latest"}.intersection(names):
        return reached, Check(True, f"it has the model {settings.model}")
    shown = [printable(name)[:_LONGEST_NAME] for name in names if not (settings.key and settings.key in name)]
    more = " …" if len(shown) > _MOST_NAMED else ""
    offered = f"it offers {', '.join(shown[:_MOST_NAMED])}{more}" if shown else "it names none"
    return reached, Check(False, f"the server does not name the model {settings.model}; {offered}")


def _obeyed(written: Iterable[WrittenSentence]) -> Check:
    said = [sentence for sentence in written if _SAID in sentence.text.lower()]
    if any(_CITED in sentence.numbers for sentence in said):
        return Check(True, "it answers from numbered sentences and cites them")
    if said:
        return Check(False, "it answers, but does not cite the sentence it answers from: its words are matched by code")
    return Check(False, "it did not answer a plain question from numbered sentences")


def _speed(usage: Usage) -> float | None:
    """Tokens a second, from the first on."""
    seconds = usage.seconds - (usage.first_token_seconds or usage.seconds)
    return usage.completion_tokens / seconds if usage.completion_tokens and seconds > 0 else None
