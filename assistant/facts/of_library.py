"""What stored fields say of the library, and of the papers within a question's limits: counts, lists, days, places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.facts.saying import FactsAsked, Stated, holds_nothing_of, limits_of, papers_of, rows_of
from assistant.finding.mention import Wanted, rows_holding
from assistant.finding.papers import respelt
from assistant.finding.understanding import reason_of_nothing
from assistant.language.counting import counted
from assistant.language.days import spoken_day
from assistant.question.scope import rows_within
from assistant.question.wish import Fact
from ingest.database import DaySummary
from ingest.paper import Block
from ingest.words import words_of
from prompts import fill

_MOST_NAMED = 20  # papers beside a count of words
_MOST_DAYS = 7  # of which a paper at a place is named


def summaries_of(asked: FactsAsked) -> list[DaySummary]:
    """The days within the question's limits, newest first."""
    days = asked.scope.days
    return [summary for summary in asked.library.days() if days is None or summary.day in days]


def size_of(summary: DaySummary, block: Block | None) -> int:
    """How many papers a day has, of a block where one is meant."""
    if block is None:
        return summary.new + summary.cross_listed
    return summary.new if block is Block.NEW else summary.cross_listed


# ---- papers


def how_many(asked: FactsAsked) -> Stated:
    """How many papers are within the limits, by block."""
    scope, limits = asked.scope, limits_of(asked.scope, leaves_out_block=True)
    numbers = {one: _within(asked, one) for one in (None, *Block)}
    if scope.block is None:
        total, new, crossed = counted(numbers[None]), numbers[Block.NEW], numbers[Block.CROSS_LISTED]
        facts = [fill("exact_count", papers=total, limits=limits, new=f"{new:,}", crossed=f"{crossed:,}")]
    else:
        papers = counted(numbers[scope.block], _thing(scope.block))
        facts = [fill("exact_count_of_block", papers=papers, limits=limits)]
    if scope.with_code is not None:
        facts.append(fill("exact_with_code") if scope.with_code else fill("exact_without_code"))
    return Stated(tuple(facts))


def _thing(block: Block | None) -> str:
    return {Block.NEW: "new paper", Block.CROSS_LISTED: "cross-listed paper", None: "paper"}[block]


def _within(asked: FactsAsked, block: Block | None) -> int:
    return len(rows_within(replace(asked.scope, block=block), asked.library))


def which_papers(asked: FactsAsked) -> Stated:
    """All papers within the limits, in the digest's order."""
    papers, limits = papers_of(asked, rows_of(asked)), limits_of(asked.scope)
    if papers:
        return Stated((fill("exact_list", papers=counted(len(papers)), limits=limits),), tuple(papers))
    return Stated((fill("exact_list_empty", limits=limits), *how_many(asked).facts))


def whether_any(asked: FactsAsked) -> Stated:
    """Whether the library holds anything within the limits."""
    if holds_nothing_of(asked):
        return Stated((fill("exact_has_not", reason=reason_of_nothing(asked.scope, asked.library)),))
    count, limits = len(rows_of(asked)), limits_of(asked.scope)
    if not count:
        return Stated((fill("exact_has_none", limits=limits),))
    return Stated((fill("exact_has_days", papers=counted(count), limits=limits),))


def holding_words(asked: FactsAsked) -> Stated:
    """How many papers within the limits hold the words that the question names, and which."""
    wish = asked.wish
    database, within = asked.library.database, rows_of(asked)
    terms = tuple(target for target in wish.targets if words_of(target))
    wanted = Wanted(terms, is_all=not wish.is_any, title_only="in_title" in wish.facts)
    holding = rows_holding(database, wanted)
    if not holding:  # as they are written; else as the library writes them
        wanted = replace(wanted, terms=tuple(respelt(term, asked.scope) for term in terms))
        holding = rows_holding(database, wanted)
    rows = [row for row in within if row in holding]
    count, papers, limits = f"{len(rows):,}", counted(len(within)), limits_of(asked.scope)
    if wanted.title_only:
        fact = fill("exact_mention_in_title", count=count, papers=papers, limits=limits, words=wanted.spoken)
    else:
        fact = fill("exact_mention", count=count, papers=papers, limits=limits, words=wanted.spoken)
    are_named = "papers" in wish.facts or len(rows) <= _MOST_NAMED
    return Stated((fact,), tuple(papers_of(asked, rows)) if are_named else ())


def at_places(asked: FactsAsked) -> Stated:
    """The papers at the places that the question names, of each of its days; of the newest where it names none."""
    days = asked.scope.days if asked.scope.days is not None else frozenset({asked.library.days()[0].day})
    found = [_at(asked, day, place) for day in sorted(days, reverse=True)[:_MOST_DAYS] for place in asked.wish.places]
    return Stated(
        tuple(fact for one in found for fact in one.facts), tuple(paper for one in found for paper in one.papers)
    )


def _at(asked: FactsAsked, day: date, place: int) -> Stated:
    scope = asked.scope
    of_day = replace(asked, scope=replace(scope, days=frozenset({day})))
    papers = papers_of(of_day, rows_of(of_day))
    limits = limits_of(scope) if scope.days is not None and len(scope.days) == 1 else f" ({spoken_day(day)})"
    number = place if place > 0 else len(papers) + 1 + place
    if not 0 < number <= len(papers):
        return Stated((fill("exact_no_such_place", papers=counted(len(papers)), limits=limits, number=abs(place)),))
    paper = papers[number - 1]
    return Stated((fill("exact_at_place", number=number, limits=limits, title=paper.title),), (paper,))


# ---- days


def which_days(asked: FactsAsked) -> Stated:
    """All days within the limits with their numbers, newest first."""
    summaries = summaries_of(asked)
    first, last = summaries[-1].day, summaries[0].day
    count, limits = counted(len(summaries), "day"), limits_of(asked.scope)
    head = fill("exact_days", days=count, limits=limits, first=spoken_day(first), last=spoken_day(last))
    return Stated((head, *day_lines(summaries)))


def day_lines(summaries: Sequence[DaySummary]) -> list[str]:
    """Some days with their numbers, a line each."""
    return [fill("exact_day", day=spoken_day(s.day), new=s.new, crossed=s.cross_listed) for s in summaries]


def how_many_days(asked: FactsAsked) -> Stated:
    """On how many days papers within the limits were listed."""
    held = [summary for summary in summaries_of(asked) if size_of(summary, asked.scope.block)]
    return Stated((fill("exact_day_count", days=counted(len(held), "day"), limits=limits_of(asked.scope)),))


def average(asked: FactsAsked) -> Stated:
    """How many papers a day has on average."""
    summaries = summaries_of(asked)
    total = sum(size_of(summary, asked.scope.block) for summary in summaries)
    said, days = f"{total / len(summaries):.1f}", counted(len(summaries), "day")
    limits = limits_of(asked.scope)
    return Stated((fill("exact_average", average=said, listings=f"{total:,}", days=days, limits=limits),))


def _extreme(asked: FactsAsked, which: str) -> Stated:
    """On which days the most or the fewest papers were listed."""
    block = asked.scope.block
    sizes = {summary.day: size_of(summary, block) for summary in summaries_of(asked)}
    size = (max if which == "most" else min)(sizes.values())
    days = ", ".join(spoken_day(day) for day, held in sizes.items() if held == size)
    limits = limits_of(asked.scope, leaves_out_block=True)
    papers = counted(size, _thing(block))
    return Stated((fill("exact_extreme_day", days=days, which=which, papers=papers, limits=limits),))


def _end(asked: FactsAsked, which: str) -> Stated:
    """The newest or the oldest day of the library, or within the limits; "newest day" is a limit as well."""
    every, within = asked.library.days(), summaries_of(asked)
    ends = {"newest": every[0], "oldest": every[-1]}
    if len(within) == 1 < len(every):
        named = next((name for name, end in ends.items() if end == within[0]), None)
        if named is None:  # a day that is neither
            return how_many(asked)
        which = named
    summary = within[0 if which == "newest" else -1]
    day = spoken_day(summary.day)
    limits = limits_of(asked.scope) if len(within) > 1 else ""
    return Stated(
        (fill("exact_last_day", which=which, day=day, limits=limits, new=summary.new, crossed=summary.cross_listed),)
    )


def which_categories(asked: FactsAsked) -> Stated:
    """Which categories the library holds, and how many papers of each."""
    counts = asked.library.database.category_counts()
    listed = ", ".join(f"{name} ({counted(count)})" for name, count in counts.items())
    return Stated((fill("exact_categories", categories=counted(len(counts), "category"), listed=listed),))


OF_LIBRARY: Mapping[Fact, Callable[[FactsAsked], Stated]] = {
    "held": whether_any,
    "count": how_many,
    "papers": which_papers,
    "place": at_places,
    "most": lambda asked: _extreme(asked, "most"),
    "fewest": lambda asked: _extreme(asked, "fewest"),
    "newest": lambda asked: _end(asked, "newest"),
    "oldest": lambda asked: _end(asked, "oldest"),
    "average": average,
    "per_day": which_days,
    "days": which_days,
    "day_count": how_many_days,
    "category": which_categories,
}
"""What states each fact of the papers within the limits, in the order in which an answer states them."""
IMPLIED: Mapping[Fact, frozenset[Fact]] = {
    "count": frozenset({"papers", "most", "fewest", "per_day", "days"}),
    "held": frozenset({"papers", "count", "place", "days", "per_day", "day_count"}),
    "per_day": frozenset({"days"}),
    "day_count": frozenset({"days", "per_day", "average"}),
}
"""Facts that are stated with others: a list says how many it has."""
