"""What the views are asked for, checked on the server: days, a theme, papers, columns. Nothing here knows Gradio."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.day import DayPage
from assistant.day.page import MOST_PAPERS
from assistant.engine.daybook import Daybook
from assistant.language.days import EVER, Period, spoken_period
from assistant.question.scope import period_named
from ingest.errors import InputError
from ingest.identity import read_identity
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.readable import printable
from prompts import fill

MOST_COMPARED = 8
MOST_ASPECTS = 4
LONGEST_TEXT = 100
_LONGEST_LIST = 100
_MOST_DIGITS = 9
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Wanted:
    """A day or a period, and the theme that narrows it; a period without a begin or an end goes as far as is held."""

    period: Period | None
    theme: str = ""


def numbered(text: str | None) -> tuple[int | None, str]:
    """What the page's script wrote into a hidden box, and which of its requests it is: "7 2020-05-25"."""
    number, _, rest = (text or "").strip().partition(" ")
    is_numbered = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
    return (int(number), rest.strip()) if is_numbered else (None, (text or "").strip())


def wanted_days(first: str, last: str, theme: str, held: Sequence[date], today: date) -> Wanted:
    """Read what stands in the boxes of the day view; `held` are the days of the library, ascending.

    Raises:
        InputError: a day cannot be read, the period ends before it begins, or the theme is too long.
    """
    begin = _period(first, held, today).first if first.strip() else EVER.first
    end = _period(last, held, today).last if last.strip() else EVER.last
    if end < begin:
        raise InputError(f"the period ends on {end} before it begins on {begin}; exchange the two days")
    is_any = not first.strip() and not last.strip()
    return Wanted(None if is_any else Period(begin, end), _short_text(theme, "theme"))


def _period(text: str, held: Sequence[date], today: date) -> Period:
    """The day or period that a box names, as 2020-05-25 or in words."""
    text = _short_text(text, "day")
    if (found := period_named(text, held, today)) is None:
        raise InputError(f"“{text}” is no day; write it as 2020-05-25")
    return found


def _short_text(text: str, what: str) -> str:
    text = " ".join(printable(text).split())
    if len(text) > LONGEST_TEXT:
        raise InputError(f"the {what} has {len(text):,} characters; {LONGEST_TEXT} are the most")
    return text


def page_of(book: Daybook, wanted: Wanted) -> DayPage:
    """The page of what is wanted.

    Raises:
        InputError: it holds more papers than a browser can show, or as with `Daybook.day`.
    """
    if wanted.period is not None:
        found = [summary for summary in book.days() if summary.day in wanted.period]
        count = sum(summary.papers for summary in found)
        if count > MOST_PAPERS:
            days = spoken_period(Period(found[-1].day, found[0].day))
            raise InputError(fill("page_too_many_papers", days=days, count=f"{count:,}", most=f"{MOST_PAPERS:,}"))
    return book.day(wanted.period, theme=wanted.theme)


# ---- papers to compare


@dataclass(frozen=True, slots=True)
class Chosen:
    """The papers that are to be compared, in their order, and what could not be chosen, in one line."""

    papers: tuple[StoredPaper, ...] = ()
    problem: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Their arXiv ids."""
        return tuple(stored.paper.arxiv_id for stored in self.papers)


def chosen_papers(ids: Sequence[str], library: Library) -> Chosen:
    """The papers of these arXiv ids, each once; those that cannot be chosen are left out and said to be."""
    wanted = list(dict.fromkeys(ids))[:_LONGEST_LIST]
    held = library.database.papers_by_id([one for one in wanted if read_identity(one)])
    papers = [held[one] for one in wanted if one in held]
    unknown = next((one for one in wanted if one not in held), None)
    problem = ""
    if len(papers) > MOST_COMPARED:
        problem = fill("page_full_comparison", most=MOST_COMPARED, title=papers[MOST_COMPARED].paper.title)
    elif unknown is not None:
        problem = fill("page_unknown_paper", asked=printable(unknown)[:_LONGEST_SHOWN])
    return Chosen(tuple(papers[:MOST_COMPARED]), problem)


def aspects_in(text: str) -> tuple[str, ...]:
    """The further columns that a text names, with commas between them.

    Raises:
        InputError: there are too many, or one is too long.
    """
    aspects = dict.fromkeys(_short_text(part, "column") for part in text.split(","))
    named = tuple(aspect for aspect in aspects if aspect)
    if len(named) > MOST_ASPECTS:
        raise InputError(f"there are {len(named)} further columns; {MOST_ASPECTS} are the most")
    return named
