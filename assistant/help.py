"""What Daybook says of itself: to a greeting, to who asks what it can do, and in a language that it does not read."""

from datetime import date

from assistant.answer import Answer
from assistant.language.counting import counted
from assistant.language.days import spoken_day
from ingest.library import Library
from ingest.names import looks_like_name
from prompts import fill


def answer_help(question: str, library: Library, *, is_foreign: bool = False) -> Answer | None:
    """What can be asked, with three questions that this library can answer; None where it holds nothing."""
    days = library.days()
    if not days:
        return None
    newest = days[0]
    name = _a_name(library, newest.day)
    examples = [
        fill("help_of_day", day=spoken_day(newest.day)),
        fill("help_of_count", day=spoken_day(newest.day)),
        fill("help_of_paper", paper=name) if name else fill("help_of_topic"),
    ]
    said = fill("help_language") if is_foreign else fill("help_greeting")
    held = fill(
        "help_library",
        papers=counted(len(library.rows_within())),
        days=counted(len(days), "day"),
        first=spoken_day(days[-1].day),
        last=spoken_day(newest.day),
    )
    facts = (said, held, fill("help_examples"), *examples)
    return Answer(
        question, "\n".join((f"{said} {held}", facts[2], *(f"- {one}" for one in examples))), False, facts=facts
    )


def _a_name(library: Library, day: date) -> str:
    """What the first paper of a day with a name before its title's colon is called; "" where none has."""
    heads = (stored.paper.title.partition(":")[0] for stored in library.papers(day) if ":" in stored.paper.title)
    return next((head for head in heads if looks_like_name(head)), "")
