"""Papers from arXiv into the library: today's announcement, and days back, each closed only with proof."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ingest.arxiv_source import ArxivSource
from ingest.errors import IncompleteDayError, InputError, SourceUnavailableError
from ingest.paper import Block, Entry, Rejection
from ingest.pipeline import Ingestion
from ingest.taxonomy import categories_of, category_code, category_name, nearest_categories

_MOST_TOLD = 3
_SETTLED = timedelta(days=3)
"""A day fetched this long after its end is complete; one fetched earlier may still grow."""


@dataclass(frozen=True, slots=True)
class FetchedDay:
    """A day of a category: how many papers arXiv gave, whether it had been fetched before, and whether it is whole."""

    day: date
    papers: int
    was_fetched_before: bool
    is_whole: bool = True


def fetch(
    source: ArxivSource,
    category: str,
    days: Sequence[date],
    ingestion: Ingestion,
    tell: Callable[[FetchedDay], None] = lambda _: None,
) -> list[FetchedDay]:
    """Bring the papers of a category into the library, by day of submission, in arXiv's spelling of the category.

    A day that was fetched in full is not asked for again, so an interrupted fetch goes on where it was. Of a day of
    which arXiv proves not that it gave all, what came is kept and the other days are fetched before that is raised.

    Raises:
        InputError: arXiv has no such category.
        SourceUnavailableError: a day is not whole; or arXiv did not answer, which ends the fetch at once.
        LibraryLockedError: another process is writing to the library.
    """
    category = checked_category(category)
    if within := categories_of(category):
        raise InputError(f"{category} is an archive; days back are of its categories: name one such as {within[0]}")
    fetched: list[FetchedDay] = []
    doubts: list[IncompleteDayError] = []
    library = ingestion.library
    with library.writer():
        before = library.database.fetched_days(category)
        for day in days:
            papers, fetched_at = before.get(day, (0, None))
            if fetched_at is not None and _is_settled(day, fetched_at):
                fetched.append(FetchedDay(day, papers, was_fetched_before=True))
            else:
                papers, doubt = _bring(source.papers_of_day(category, day), ingestion, doubts)
                doubts += [doubt] if doubt else []
                if not doubt:
                    library.database.save_fetched_day(category, day, papers)
                fetched.append(FetchedDay(day, papers, was_fetched_before=False, is_whole=not doubt))
            tell(fetched[-1])
    if doubts:
        raise _unavailable(doubts)
    return fetched


def _bring(
    items: Iterable[Entry | Rejection], ingestion: Ingestion, doubts: Sequence[IncompleteDayError]
) -> tuple[int, IncompleteDayError | None]:
    """Bring what arXiv gives of a day into the library, also where it breaks off: how many papers, and the doubt."""
    came: list[Entry | Rejection] = []
    failure: SourceUnavailableError | None = None
    try:
        for item in items:
            came.append(item)  # noqa: PERF402 - what came before a failure counts
    except SourceUnavailableError as error:
        failure = error
    ingestion.take(came)
    if failure is not None and not isinstance(failure, IncompleteDayError):
        raise _unavailable([*doubts, failure]) from failure
    return sum(isinstance(item, Entry) for item in came), failure


def _unavailable(failures: Sequence[SourceUnavailableError]) -> SourceUnavailableError:
    """What was wrong, in one line; the advice that failures share stands once."""
    told = [str(failure).rpartition("; ") for failure in failures]
    shown = [what for what, _, _ in told[-_MOST_TOLD:]]
    more = [f"{len(told) - _MOST_TOLD} more days are not whole"] if len(told) > _MOST_TOLD else []
    return SourceUnavailableError("; ".join([*more, *shown, *dict.fromkeys(advice for _, _, advice in told)]))


@dataclass(frozen=True, slots=True)
class Announced:
    """What arXiv announced: on which day, None where it announced nothing, and how many papers in each block."""

    day: date | None
    new: int = 0
    cross_listed: int = 0
    replaced: int = 0


def fetch_announcement(source: ArxivSource, category: str, ingestion: Ingestion) -> Announced:
    """Bring today's announcement of a category or an archive into the library.

    Raises:
        InputError: arXiv has no such category.
        SourceUnavailableError: arXiv did not answer, or nothing of its answer can be read.
        LibraryLockedError: another process is writing to the library.
    """
    category = checked_category(category)
    with ingestion.library.writer():
        items = list(source.announcement(category))
        ingestion.take(items)
    listings = [item.listing for item in items if isinstance(item, Entry)]
    if items and not listings:
        reason = next(item.reason for item in items if isinstance(item, Rejection))
        raise SourceUnavailableError(f"nothing of the announcement of {category} could be read ({reason})")
    count = {block: sum(listing.block is block for listing in listings) for block in Block}
    day = max((listing.day for listing in listings), default=None)
    return Announced(day, count[Block.NEW], count[Block.CROSS_LISTED], count[Block.REPLACED])


def checked_category(text: str) -> str:
    """The code of a category or an archive as arXiv spells it, given in any case.

    Raises:
        InputError: arXiv has none such; the nearest are named.
    """
    code = category_code(text)
    if code is None:
        near = [f"{near} ({category_name(near)})" for near in nearest_categories(text)]
        raise InputError(f"arXiv has no category “{text[:80]}”; name one such as {', '.join(near) or 'cs.CV'}")
    return code


def _is_settled(day: date, fetched_at: datetime) -> bool:
    return fetched_at >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) + _SETTLED


def days_between(since: date, until: date) -> list[date]:
    """Every day from `since` to `until`, both included.

    Raises:
        InputError: the period ends before it begins.
    """
    if until < since:
        raise InputError(f"the period ends ({until}) before it begins ({since}); give --since the earlier day")
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
