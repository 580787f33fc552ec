"""A language model tried: what its server does, a line each, for the command line and for the page."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from assistant.answer.usage import seconds_text
from assistant.llm.probe import Probe, probe
from assistant.llm.settings import LlmSettings


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One thing that was tried: its name, whether it is as it must be (None: not known), and what was found."""

    name: str
    is_good: bool | None
    found: str

    def to_text(self) -> str:
        """The line for a terminal."""
        return f"{_SIGNS[self.is_good]} {self.name}: {self.found}"


_SIGNS = {True: "ok  ", False: "FAIL", None: "  - "}


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found, in order; `problem` says in one line what to do where it is not good enough to write."""

    lines: tuple[TrialLine, ...] = ()
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The trial as JSON-ready data."""
        return {"ok": not self.problem, "problem": self.problem, "lines": [asdict(line) for line in self.lines]}


def tried(settings: LlmSettings) -> Trial:
    """Ask a server's model a made-up question, and tell what it does with it; no word of a library is sent.

    Raises:
        InputError: the settings name no server or no model, or a key that cannot be sent.
    """
    found = probe(settings)
    names = ("reachable", "model", "streams", "obeys")
    checked = [TrialLine(name, check.holds, check.line) for name, check in zip(names, found.checks, strict=True)]
    return Trial((*checked, *_timed(found)), _advice(found))


def _timed(found: Probe) -> Iterator[TrialLine]:
    """How fast it is, where it wrote."""
    if found.first_token_seconds is not None:
        yield TrialLine("first word", True, f"after {seconds_text(found.first_token_seconds)}")
        speed = found.tokens_per_second
        told = "the server counts no tokens" if speed is None else f"{speed:,.0f} tokens a second"
        yield TrialLine("speed", None if speed is None else True, told)


def _advice(found: Probe) -> str:
    """What to do where a model cannot write; one that is not named but answers can, as llama.cpp takes any name."""
    if found.reachable.holds is False:
        return "Start the model’s server, or correct its URL."
    if found.obeys.holds:
        return ""
    if found.has_model.holds is False:
        return "Choose a model that the server has."
    if found.streams.holds is None:  # no word came
        return f"{found.obeys.line[:1].upper()}{found.obeys.line[1:]}."
    return "Take a larger model: most of what this one writes would be replaced by quotes."
