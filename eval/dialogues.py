"""How well follow-ups are understood: whole conversations, asked turn by turn with Daybook's own answers before.

The cases were written for the library of the five days of 2019 to 2021.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from assistant.answer import Answer
from assistant.engine.daybook import Daybook


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """A turn and the papers that its answer has to cite; an empty `gold` means that it has to abstain.

    `set` names who wrote it when: the turns of "own" were written after the rules, and show what is new to them.
    """

    id: str
    conversation: str
    question: str
    gold: frozenset[str]
    set: str = "first"


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn, where it stands in its conversation (from 0), and what was answered."""

    turn: DialogueTurn
    place: int
    answer: Answer

    @property
    def cited(self) -> frozenset[str]:
        """The papers that the answer cites."""
        return frozenset(reference.arxiv_id for reference in self.answer.references)

    @property
    def is_right(self) -> bool:
        """Whether every expected paper is cited, or an expected abstention came."""
        return self.turn.gold <= self.cited if self.turn.gold else self.answer.abstained


@dataclass(frozen=True, slots=True)
class DialogueReport:
    """What came of all turns."""

    results: tuple[TurnResult, ...]

    def lines(self) -> list[str]:
        """The report for a person."""
        told = []
        for name in dict.fromkeys(result.turn.set for result in self.results):
            of_set = [result for result in self.results if result.turn.set == name]
            answerable = [result for result in of_set if result.turn.gold]
            named = "" if name == "first" else f" ({name})"
            told += [
                f"turns{named:<20}{_share(of_set)} right",
                f"  the first ones         {_share([r for r in of_set if not r.place])}",
                f"  follow-ups             {_share([r for r in of_set if r.place])}",
                f"  to be answered         {_share(answerable)}, {exact_share(answerable):.3f} cite nothing else",
                f"  to be abstained from   {_share([r for r in of_set if not r.turn.gold])}",
            ]
        return [*told, *(f"wrong: {_spoken(result)}" for result in self.results if not result.is_right)]


def share_right(results: Sequence[TurnResult]) -> float:
    """The share of turns that are right; 1 where there is none."""
    return sum(result.is_right for result in results) / max(len(results), 1)


def exact_share(results: Sequence[TurnResult]) -> float:
    """The share of turns that cite the expected papers and no other."""
    return sum(result.cited == result.turn.gold for result in results) / max(len(results), 1)


def _share(results: Sequence[TurnResult]) -> str:
    return f"{sum(result.is_right for result in results)} of {len(results)} ({share_right(results):.3f})"


def _spoken(result: TurnResult) -> str:
    cited = ", ".join(sorted(result.cited)) or "abstained"
    expected = ", ".join(sorted(result.turn.gold)) or "abstention"
    read = f" [{'; '.join(result.answer.understood)}]" if result.answer.understood else ""
    return f"{result.turn.id}: {result.turn.question} – {cited} instead of {expected}{read}"


def read_turns() -> list[DialogueTurn]:
    """The turns that the package brings, conversation by conversation."""
    text = files("eval").joinpath("cases/dialogues.jsonl").read_text(encoding="utf-8")
    return [
        DialogueTurn(
            data["id"], data["conversation"], data["question"], frozenset(data["gold"]), data.get("set", "first")
        )
        for data in map(json.loads, text.splitlines())
    ]


def measure(book: Daybook, turns: Sequence[DialogueTurn], tell: Callable[[str], None]) -> DialogueReport:
    """Ask every turn after those before it in its conversation."""
    tell(f"{len(turns)} turns")
    return DialogueReport(tuple(_results(book, turns)))


def _results(book: Daybook, turns: Sequence[DialogueTurn]) -> Iterator[TurnResult]:
    for _, conversation in groupby(turns, key=lambda turn: turn.conversation):
        history: list[Answer] = []
        for turn in conversation:
            answer = book.ask(turn.question, history)
            yield TurnResult(turn, len(history), answer)
            history.append(answer)
