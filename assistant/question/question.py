"""A question, read once: kept with its answer, so that no later turn reads it again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

from assistant.question.scope import Scope, kept_scope, scope_of
from assistant.question.wish import Wish

Job = Literal["ask", "list", "facts", "day", "compare", "help"]
JOBS: tuple[Job, ...] = get_args(Job)
Reference = Literal["none", "papers", "again", "within"]
REFERENCES: tuple[Reference, ...] = get_args(Reference)
"""What a question of a conversation refers to. Nothing: it stands on its own. Papers that were shown. The former
request again, with something in its place. What the former request covered: its limits, its papers."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, on its own: what it referred to is in it.

    `scope` holds the limits, and in `rest` the text to embed and match. `wish` is there where facts are asked for.
    """

    text: str
    scope: Scope
    job: Job = "ask"
    reference: Reference = "none"
    wish: Wish | None = None

    def to_dict(self) -> dict[str, Any]:
        """The question as JSON-ready data."""
        wish = None if self.wish is None else asdict(self.wish)
        return {"scope": kept_scope(self.scope), "job": self.job, "reference": self.reference, "wish": wish}


def question_of(text: str, data: Mapping[str, Any], held: Sequence[date]) -> Question:
    """The question of what `to_dict` gave, over the days that the library holds now, which ascend."""
    kept = data.get("wish")
    wish = None
    if kept is not None and data["job"] == "facts":
        places = tuple(kept.get("places", ()))
        wish = Wish(tuple(kept["facts"]), tuple(kept["targets"]), kept.get("is_any", False), places)
    return Question(text, scope_of(data["scope"], held), data["job"], data["reference"], wish)
