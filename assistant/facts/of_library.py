"""What stored fields say of the library, and of the papers within a question's limits: counts, lists, days, places."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

from assistant.facts.saying import FactsAsked, Stated, holds_nothing_of, limits_of, papers_of, rows_of
from assistant.finding.mention import Wanted, rows_holding
from assistant.finding.papers import respelt
from assistant.finding.understanding import reason_of_nothing
from assistant.language.bases import unannounced
from assistant.language.counting import by_block, counted
from assistant.language.days import spoken_day
from assistant.question.scope import rows_within
from assistant.question.wish import Fact
from ingest.database import DaySummary
from ingest.paper import Basis, Block
from ingest.words import words_of
from prompts import fill

_MOST_NAMED = 20  # papers beside a count of words
_MOST_CATEGORIES = 5  # of which each pair is told
_MOST_DAYS = 7  # of which a paper at a place is named


def summaries_of(asked: FactsAsked) -> list[DaySummary]:
    """The days of the papers within the question's limits other than its block, newest first."""
    scope, days = asked.scope, asked.scope.days
    of_papers = replace(scope, days=None, block=None)
    if of_papers.is_open:
        found = asked.library.days()
    else:
        found = asked.library.database.days(rows_within(of_papers, asked.library).tolist(), scope.categories)
    return [summary for summary in found if days is None or summary.day in days]


def _true_days(summaries: Sequence[DaySummary]) -> list[DaySummary]:
    """The days that are one to some paper, not only the first of a month that is all that is known of each."""
    return [summary for summary in summaries if summary.is_a_day]


def size_of(summary: DaySummary, block: Block | None) -> int:
    """How many papers a day has, of a block where one is meant."""
    sizes = {
        None: summary.papers,
        Block.NEW: summary.new,
        Block.CROSS_LISTED: summary.cross_listed,
        Block.REPLACED: summary.replaced,
    }
    return sizes[block]


def counts_of(summary: DaySummary) -> str:
    """How many papers a day has of each block."""
    return by_block(summary.new, summary.cross_listed, summary.replaced)


# ---- papers


def how_many(asked: FactsAsked) -> Stated:
    """How many papers are within the limits, by block; what their days are; what is of other categories too."""
    scope, limits = asked.scope, limits_of(asked.scope, leaves_out_block=True)
    rows = rows_of(asked)
    counts = asked.library.database.counts(rows, days=scope.days, categories=scope.categories)
    if scope.block is None:
        blocks = Counter[Block]()
        for (block, _), count in counts.items():
            blocks[block] += count
        said = by_block(blocks[Block.NEW], blocks[Block.CROSS_LISTED], blocks[Block.REPLACED])
        facts = [fill("exact_count", papers=counted(len(rows)), limits=limits, counts=said)]
    else:
        papers = counted(len(rows), _thing(scope.block))
        facts = [fill("exact_count_of_block", papers=papers, limits=limits)]
    facts += _also_elsewhere(asked, rows)
    if scope.days is not None:
        bases = Counter[Basis]()
        for (_, basis), count in counts.items():
            bases[basis] += count
        facts += unannounced(bases, next(iter(scope.days)) if len(scope.days) == 1 else None)
    if scope.with_code is not None:
        facts.append(fill("exact_with_code") if scope.with_code else fill("exact_without_code"))
    return Stated(tuple(facts))


def _thing(block: Block | None) -> str:
    return f"{block} paper" if block else "paper"


def _also_elsewhere(asked: FactsAsked, rows: Sequence[int]) -> list[str]:
    """How many papers of the categories that are asked for are listed in others as well."""
    wanted = asked.scope.categories
    if wanted is None or not rows:
        return []
    listed = asked.library.database.category_counts(rows, asked.scope.days)
    others = Counter[str]()
    for categories, count in listed.items():
        others.update(dict.fromkeys(categories - wanted, count))
    return [
        fill("exact_also_of", papers=counted(count), category=name, named=" or ".join(sorted(wanted)))
        for name, count in others.most_common(_MOST_CATEGORIES)
    ]


def which_papers(asked: FactsAsked) -> Stated:
    """All papers within the limits, in the digest's order."""
    papers, limits = papers_of(asked, rows_of(asked)), limits_of(asked.scope)
    if papers:
        count = counted(len(papers))
        if any(paper.listing.block is Block.REPLACED for paper in papers):
            head = fill("exact_list_with_replaced", papers=count, limits=limits)
        else:
            head = fill("exact_list", papers=count, limits=limits)
        return Stated((head,), tuple(papers))
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
    if not summaries:
        return how_many(asked)
    first, last = summaries[-1].day, summaries[0].day
    count, limits = counted(len(summaries), "day"), limits_of(asked.scope)
    head = fill("exact_days", days=count, limits=limits, first=spoken_day(first), last=spoken_day(last))
    return Stated((head, *day_lines(summaries)))


def day_lines(summaries: Sequence[DaySummary]) -> list[str]:
    """Some days with their numbers, a line each."""
    lines = []
    for summary in summaries:
        if not summary.is_a_day:
            lines.append(fill("exact_month", month=f"{summary.day:%B %Y}", papers=counted(summary.papers)))
            continue
        line = fill("exact_day", day=spoken_day(summary.day), counts=counts_of(summary))
        if summary.unannounced:
            line += " " + fill("exact_day_unannounced", count=f"{summary.unannounced:,}")
        lines.append(line)
    return lines


def how_many_days(asked: FactsAsked) -> Stated:
    """On how many days papers within the limits were listed."""
    held = [summary for summary in summaries_of(asked) if size_of(summary, asked.scope.block)]
    return Stated((fill("exact_day_count", days=counted(len(held), "day"), limits=limits_of(asked.scope)),))


def average(asked: FactsAsked) -> Stated:
    """How many papers a day has on average."""
    summaries = _true_days(summaries_of(asked))
    if not summaries:
        return how_many(asked)
    total = sum(size_of(summary, asked.scope.block) for summary in summaries)
    said, days = f"{total / len(summaries):.1f}", counted(len(summaries), "day")
    limits = limits_of(asked.scope)
    return Stated((fill("exact_average", average=said, listings=f"{total:,}", days=days, limits=limits),))


def _extreme(asked: FactsAsked, which: str) -> Stated:
    """On which days the most or the fewest papers were listed."""
    block = asked.scope.block
    sizes = {summary.day: size_of(summary, block) for summary in _true_days(summaries_of(asked))}
    if not sizes:
        return how_many(asked)
    size = (max if which == "most" else min)(sizes.values())
    days = ", ".join(spoken_day(day) for day, held in sizes.items() if held == size)
    limits = limits_of(asked.scope, leaves_out_block=True)
    papers = counted(size, _thing(block))
    return Stated((fill("exact_extreme_day", days=days, which=which, papers=papers, limits=limits),))


def _end(asked: FactsAsked, which: str) -> Stated:
    """The newest or the oldest day of the library, or within the limits; "newest day" is a limit as well."""
    every, within = _true_days(asked.library.days()), _true_days(summaries_of(asked))
    if not within:
        return how_many(asked)
    ends = {"newest": every[0].day, "oldest": every[-1].day}
    if len(within) == 1 < len(every):
        named = next((name for name, end in ends.items() if end == within[0].day), None)
        if named is None:  # a day that is neither
            return how_many(asked)
        which = named
    summary = within[0 if which == "newest" else -1]
    day = spoken_day(summary.day)
    limits = limits_of(asked.scope) if len(within) > 1 else ""
    return Stated((fill("exact_last_day", which=which, day=day, limits=limits, counts=counts_of(summary)),))


def which_categories(asked: FactsAsked) -> Stated:
    """Which categories the library holds, how many papers of each, and how many are of several: so all add up."""
    scope = asked.scope
    limits = limits_of(scope, leaves_out_block=True)
    rows = None if replace(scope, days=None).is_open else rows_of(asked)
    listed_in = asked.library.database.category_counts(rows, scope.days)
    of_each, with_others = Counter[str](), Counter[tuple[str, str]]()
    for categories, count in listed_in.items():
        of_each.update(dict.fromkeys(categories, count))
        with_others.update(dict.fromkeys(permutations(sorted(categories), 2), count))
    names = sorted(of_each)
    listed = ", ".join(f"{name} ({counted(of_each[name])})" for name in names)
    counts = counted(len(names), "category")
    facts = [fill("exact_categories", categories=counts, limits=limits, listed=listed)]
    if unknown := listed_in.get(frozenset(), 0):
        facts.append(fill("exact_of_no_category", papers=counted(unknown)))
    several = sum(count for categories, count in listed_in.items() if len(categories) > 1)
    if several:
        total = counted(sum(listed_in.values()))
        facts.append(fill("exact_of_several", count=f"{several:,}", papers=total))
    if len(names) <= _MOST_CATEGORIES:
        for name in names:
            others = [f"{with_others[name, o]:,} of them also of {o}" for o in names if with_others[name, o]]
            facts += [f"{name}: {', '.join([counted(of_each[name]), *others])}"] if others else []
    return Stated(tuple(facts))


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
