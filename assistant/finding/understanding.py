"""What was understood of a question and what the library lacks for it, said to the user."""

import re
from collections.abc import Sequence
from datetime import date

from rapidfuzz.distance import OSA

from assistant.finding.retrieval import RankedPaper
from assistant.language.days import Period, spoken_day
from assistant.question.scope import Scope
from ingest.library import Library
from ingest.words import stem, words_of
from prompts import fill

_DAYS_NAMED = 5
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SAME_BEGINNING = 3


def understood(scope: Scope, ranked: Sequence[RankedPaper]) -> tuple[str, ...]:
    """The limits, what of them is not held, and the words that were read as others; empty where all is plain."""
    limits = scope.description
    if limits and scope.missing and ranked:
        limits += f" (not held: {', '.join(scope.missing)})"
    read = [_respelt(written, stems, ranked) for written, stems in scope.respelt]
    return (limits, *read) if limits else tuple(read)


def _respelt(written: str, read: str, ranked: Sequence[RankedPaper]) -> str:
    if read.startswith(f"{written} "):
        added = read.removeprefix(f"{written} ")
        return f"also {read_as(written, _as_written(written, added, ranked))}"
    return read_as(written, _as_written(written, read, ranked))


def read_as(written: str, read: str) -> str:
    """That a word was read as another, for the user."""
    return f"read “{written}” as “{read}”"


def _as_written(written: str, read: str, ranked: Sequence[RankedPaper]) -> str:
    """The word that the papers found write for a stem, the one nearest to what was written; or else the stem."""
    wanted = re.compile(rf"\b{re.escape(read[:_SAME_BEGINNING])}", re.IGNORECASE)
    words = {
        word
        for paper in ranked
        for text in (paper.stored.paper.title, paper.stored.paper.abstract)
        for found in wanted.finditer(text)
        if (word := _word_at(text, found.start())) and stem("".join(words_of(word))) in {read, stem(read)}
    }
    plain = written.replace(" ", "").lower()
    near = min(words, key=lambda word: (OSA.distance(word.lower(), plain), word != word.lower(), word), default=read)
    return near.lower() if near.istitle() and written.islower() else near


def _word_at(text: str, start: int) -> str:
    found = _WORD.match(text, start)
    return found.group() if found else ""


def reason_of_nothing(scope: Scope, library: Library) -> str:
    """Why no paper is within the limits: a sentence for each thing that the library does not hold."""
    if scope.arxiv_ids is not None:
        held = library.database.papers_by_id(sorted(scope.arxiv_ids))
        if unheld := sorted(scope.arxiv_ids - held.keys()):
            return fill("no_such_paper", papers=" or ".join(f"arXiv:{arxiv_id}" for arxiv_id in unheld))
    holdings = library.holdings()
    if scope.categories is not None and not scope.categories & holdings.categories:
        asked, known = " or ".join(sorted(scope.categories)), ", ".join(sorted(holdings.categories))
        return fill("no_such_category", categories=asked, held=known)
    if scope.days is not None and not scope.days:
        asked = ", ".join(scope.missing) or scope.description
        nearest = ", ".join(spoken_day(day) for day in _nearest(holdings.days, scope.periods))
        if len(holdings.days) <= _DAYS_NAMED:
            return fill("no_such_day", days=asked, held=nearest)
        return fill("no_such_day_of_many", days=asked, count=len(holdings.days), held=nearest)
    return fill("nothing_within", limits=scope.description) if scope.description else ""


def _nearest(days: Sequence[date], periods: Sequence[Period]) -> list[date]:
    """The held days nearest to what was asked for, newest first."""

    def distance(day: date) -> int:
        gaps = [max((period.first - day).days, (day - period.last).days) for period in periods]
        return min(gaps, default=-day.toordinal())

    return sorted(sorted(days, key=distance)[:_DAYS_NAMED], reverse=True)
