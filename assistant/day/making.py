"""From a period to its page, in one screen."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count

import numpy as np

from assistant.answer import Citation
from assistant.day.labels import Label
from assistant.day.narrowing import of_theme
from assistant.day.overview import opening
from assistant.day.page import OTHER_TOPICS, DayPage, DayPaper, Limits, Theme
from assistant.day.phrases import Phrase, Stems, phrases_of
from assistant.day.standing_out import standing_out
from assistant.day.themes import Group, grouped
from assistant.language.days import Period, held_within, spoken_day, spoken_period
from assistant.question.scope import SPOKEN_BLOCKS
from assistant.reading.finding import findings_of
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Block, Listing, Span, StoredPaper, key_span

_FEW = 12  # papers; so few need no themes below the one they were narrowed to
_MOST_LEFT_OVER = 0.3
_RANKS = {block: rank for rank, block in enumerate((Block.NEW, Block.CROSS_LISTED, Block.REPLACED))}
NO_LIMITS = Limits()


def day_page(library: Library, period: Period | None = None, limits: Limits = NO_LIMITS) -> DayPage:
    """The page of a period, of the newest day held where none is named.

    Raises:
        InputError: the library is empty, holds no paper of the period or within the limits, or none on the theme.
    """
    return page_of_days(library, held_days(library, period), limits)


def page_of_days(library: Library, days: Sequence[date], limits: Limits = NO_LIMITS) -> DayPage:
    """The page of some ascending days that the library holds, at least one.

    Raises:
        InputError: the library holds none of their papers within the limits, or none on the theme.
    """
    listed = papers_listed(library, days, limits)
    if not listed:
        raise InputError(_nothing_within(library, days, limits))
    papers = [stored for stored, _ in listed]
    narrowed = of_theme(limits.theme, papers, library) if limits.theme else None
    if narrowed is not None:
        listed = [listed[place] for place in narrowed.places]
        papers = [stored for stored, _ in listed]
    found = phrases_of(papers)
    groups = _groups_of(papers, found, library, narrowed.label if narrowed else None)
    themes = _themes(groups, listed, library)
    return DayPage(tuple(days), limits, opening(library, days, themes, limits, found), themes, standing_out(themes))


def _groups_of(
    papers: Sequence[StoredPaper], found: dict[Stems, Phrase], library: Library, narrowed_to: Label | None
) -> list[Group]:
    """The papers by themes; under the one they were narrowed to, where they are few or have little else in common.

    What is within a theme is told by the papers' own phrases, not by fields.
    """
    if narrowed_to is None:
        return grouped(papers, found, library)
    whole = [Group(narrowed_to, tuple(range(len(papers))))]
    if len(papers) <= _FEW:
        return whole
    groups = grouped(papers, found, library, narrowed_to, fields=())
    left_over = sum(len(group.places) for group in groups if group.label is None)
    return groups if left_over <= _MOST_LEFT_OVER * len(papers) else whole


# ---- which papers


def held_days(library: Library, period: Period | None) -> Sequence[date]:
    """The days of a period that the library holds, the newest day of all where none is named.

    Raises:
        InputError: there is none; the message names the nearest days held.
    """
    held = library.holdings().days
    if not held:
        raise InputError("the library is empty; bring digests in: daybook ingest PATH")
    if period is None:
        return held[-1:]
    days = held_within(period, held)
    if not days:
        before, after = [day for day in held if day < period.first][-1:], [day for day in held if day > period.last][:1]
        nearest = " and ".join(f"{spoken_day(day)} ({day.isoformat()})" for day in (*before, *after))
        of = "of " if period.has_begin and period.has_end else ""
        raise InputError(f"the library holds no papers {of}{spoken_period(period)}; the nearest it holds: {nearest}")
    return days


def papers_listed(library: Library, days: Sequence[date], limits: Limits) -> list[tuple[StoredPaper, Listing]]:
    """Every paper of some days once, with its listing: as new where it was new on one of them, else the first."""
    categories = [limits.category] if limits.category else None
    rows = library.rows_within(days=days, categories=categories, block=limits.block)
    if limits.author:
        rows = np.intersect1d(rows, library.database.rows_by(limits.author))
    found = library.database.papers_by_row([int(row) for row in rows])
    within = frozenset(days)

    def listing_of(stored: StoredPaper) -> Listing:
        fitting = [
            o
            for o in stored.listings
            if o.day in within and limits.category in {"", o.category} and limits.block in {None, o.block}
        ]
        return min(fitting, key=lambda o: (_RANKS[o.block], o.basis, o.day, o.category, o.position))

    listed = [(stored, listing_of(stored)) for stored in found.values()]
    return sorted(listed, key=lambda one: _order(one[1]))


def _order(listing: Listing) -> tuple[int, int, str, int]:
    """New before cross-listed before replaced, newest day first, then as the digest has them."""
    return _RANKS[listing.block], -listing.day.toordinal(), listing.category, listing.position


def _nothing_within(library: Library, days: Sequence[date], limits: Limits) -> str:
    """What the library holds nothing of, and what it does hold."""
    period = spoken_period(Period(days[0], days[-1]))
    held = library.holdings().categories
    if limits.category and limits.category not in held:
        return f"the library holds no papers of {limits.category}; its categories are {', '.join(sorted(held))}"
    author = f"by {limits.author}" if limits.author else ""
    block = SPOKEN_BLOCKS[limits.block] if limits.block else ""
    wanted = " and ".join(filter(None, [limits.category, block, author]))
    return f"the library holds no papers of {period} within {wanted}; leave that out to see what it holds"


# ---- how they stand on the page


def _themes(
    groups: Sequence[Group], listed: Sequence[tuple[StoredPaper, Listing]], library: Library
) -> tuple[Theme, ...]:
    """The papers under their labels: new ones first, replaced last, of each block those first that state a result.

    What is quoted of them is numbered as they stand.
    """
    sentences = library.roled_sentences([stored.row for stored, _ in listed])
    results = findings_of([stored for stored, _ in listed], library)
    numbers = count(1)
    themes = []
    for group in groups:
        places = sorted(
            group.places, key=lambda place: (_RANKS[listed[place][1].block], listed[place][0].row not in results)
        )
        papers = []
        for place in places:
            stored, listing = listed[place]
            span = key_span(sentences.get(stored.row, ()))
            papers.append(_paper(stored, listing, span, results.get(stored.row), numbers))
        label = group.label.text if group.label else OTHER_TOPICS
        themes.append(Theme(label, tuple(papers), group.words))
    return tuple(themes)


def _paper(
    stored: StoredPaper, listing: Listing, key: Span | None, result: Span | None, numbers: Iterator[int]
) -> DayPaper:
    if key is None:
        return DayPaper(stored, listing, None)
    number = next(numbers)
    found = None if result is None else _citation(stored, result, number)
    return DayPaper(stored, listing, _citation(stored, key, number), found)


def _citation(stored: StoredPaper, span: Span, number: int) -> Citation:
    quote = stored.paper.abstract[span.start : span.end]
    return Citation(number, stored.paper.arxiv_id, quote, span.start, span.end)
