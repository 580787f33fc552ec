"""How many papers, days and categories; how many a day; on which day the most."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Answer
from assistant.days import spoken_day
from assistant.exact.mention import Wanted, rows_holding, wanted_in
from assistant.exact.saying import (
    counted,
    exact_answer,
    holds_nothing_of,
    limits_of,
    nothing_of_it,
    papers_of,
    rows_of,
)
from assistant.exact.wording import DAY_WORDS, FILLER, PAPER_WORDS, PAPERS, Asked
from ingest.database import DaySummary
from ingest.paper import Block
from prompts import fill

_COUNTING = re.compile(
    r"(?:how\s+many|what\s+number\s+of|(?:what\s+is\s+|give\s+me\s+|tell\s+me\s+|show\s+me\s+)?(?:the\s+)?(?:total\s+|exact\s+|overall\s+)?"
    r"(?:number|count)(?:\s+of|$)|count(?:\s+up)?|(?:on|in|of)\s+how\s+many)\b",
    re.IGNORECASE,
)
_MENTION = (
    r"(?:mention(?:s|ed|ing)?|name[sd]?|contain(?:s|ing)?|use[sd]?|using|evaluated?\s+on|report(?:ed)?\s+results\s+on"
    r"|work(?:s|ed)?\s+(?:on|with)|test(?:ed)?\s+on|train(?:ed)?\s+on|experiment(?:ed)?\s+(?:on|with)|refer(?:s|red)?\s+to"
    r"|(?:contain|have|use|include)s?\s+the\s+(?:words?|terms?|phrase|name)|say)"
)
_ABOUT = (
    r"(?:about|on|concern(?:s|ing|ed\s+with)?|deal(?:s|t)?\s+with|dealing\s+with|talk(?:s|ing)?\s+about|speak\s+of"
    r"|treat|discuss|address|cover|study)"
)
_BETWEEN = (
    r"(?:\s+(?:are|were|is|was|there|that|which|do|does|did|have|in|the|library|you|we|i|hold|listed|published|held"
    r"|appeared|explicitly|actually|literally|also|made))*"
)
_COUNTS_MENTIONS = re.compile(
    rf"{_COUNTING.pattern}\s+(?:(?:of\s+)?(?:the|these|all|its|your)\s+)*{PAPERS}{_BETWEEN}\s+"
    rf"(?:(?P<mention>{_MENTION})|(?P<about>{_ABOUT}))\s+(?P<term>.+)",
    re.IGNORECASE,
)
_IN_HOW_MANY = re.compile(
    rf"in\s+how\s+many\s+{PAPERS}\s+(?:does|do|is|are)\s+(?P<term>.+?)\s+(?:appear|occur|stand|mentioned|named|used|come\s+up"
    r"|show\s+up)",
    re.IGNORECASE,
)
_HOW_BIG = re.compile(
    r"how\s+(?:big|large|long)\s+(?:is|was)\s+(?:the|your|this|my)\s+(?:digest|day|library|list(?:ing)?|collection)",
    re.IGNORECASE,
)
_HAS_IN_TITLE = re.compile(
    rf"{_COUNTING.pattern}\s+{PAPERS}{_BETWEEN}\s+(?:have|has|with)\s+(?P<term>.+\s+in\s+(?:its|their|the)\s+"
    r"(?:title|abstract)s?)",
    re.IGNORECASE,
)
_COUNT_WORDS = frozenset({"number", "count", "what", "new", "give", "show", "exact"})
_TITLES = re.compile(rf"{_COUNTING.pattern}\s+(?:of\s+)?(?:the\s+)?titles\b", re.IGNORECASE)
_MOST_NAMED = 20
_EXTREMES = {
    "most": ("most", "largest", "biggest", "busiest", "highest", "longest", "maximum"),
    "fewest": ("fewest", "least", "smallest", "quietest", "lowest", "shortest", "minimum"),
}
_EXTREME_FILLER = frozenset({*_EXTREMES["most"], *_EXTREMES["fewest"], "number", "what", "when", "amount", "new"})
_AVERAGE = frozenset({"average", "mean", "per", "daily"})
_EACH = frozenset({"each", "every"})


def count(asked: Asked) -> Answer | None:
    """The answer to a question for a number; None where it is not one that the library's tables hold."""
    for read in (_average, _per_day, _of_mentions, _of_papers, _of_days, _of_categories):
        if (answer := read(asked)) is not None:
            return answer
    return None


def extreme_day(asked: Asked) -> Answer | None:
    """On which day the most or the fewest papers were listed."""
    words = set(asked.words)
    which = next((name for name, forms in _EXTREMES.items() if not words.isdisjoint(forms)), None)
    is_day = not words.isdisjoint(DAY_WORDS) or "when" in words
    if which is None or not is_day or words - FILLER - DAY_WORDS - _EXTREME_FILLER:
        return None
    is_plain = asked.scope.with_code or asked.scope.categories is not None
    if is_plain or (PAPER_WORDS.isdisjoint(words) and not _names_block(asked) and "busiest" not in words):
        return None
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    block = Block.NEW if "new" in words else asked.scope.block
    return _extreme(asked, which, block)


def _extreme(asked: Asked, which: str, block: Block | None) -> Answer:
    sizes = {summary.day: _size(summary, block) for summary in summaries_of(asked)}
    size = (max if which == "most" else min)(sizes.values())
    days = [day for day, held in sizes.items() if held == size]
    thing = counted(size, {Block.NEW: "new paper", Block.CROSS_LISTED: "cross-listed paper", None: "paper"}[block])
    facts = [
        fill(
            "exact_extreme_day",
            days=", ".join(map(spoken_day, days)),
            which=which,
            papers=thing,
            limits=limits_of(asked.scope, leaves_out_block=True),
        )
    ]
    return exact_answer(asked, facts)


def _size(summary: DaySummary, block: Block | None) -> int:
    if block is None:
        return summary.new + summary.cross_listed
    return summary.new if block is Block.NEW else summary.cross_listed


def summaries_of(asked: Asked) -> list[DaySummary]:
    """The days within the question's limits, newest first."""
    days = asked.scope.days
    return [summary for summary in asked.library.days() if days is None or summary.day in days]


def _names_block(asked: Asked) -> bool:
    return asked.scope.block is not None


# ---- papers


def _of_papers(asked: Asked) -> Answer | None:
    """Of how many papers the library holds within the limits, by block."""
    if not asked.has_period and not {"day", "date", "digest"}.isdisjoint(asked.words):
        return None  # which one is not said
    if not _HOW_BIG.fullmatch(asked.rest) and not _counts_papers(asked):
        return None
    return nothing_of_it(asked) if holds_nothing_of(asked) else exact_answer(asked, counted_papers(asked))


def _counts_papers(asked: Asked) -> bool:
    """Whether a number of papers is asked for, in words that say nothing else."""
    words = set(asked.words)
    if not _COUNTING.match(asked.rest) or asked.names_papers or words - FILLER - DAY_WORDS - _COUNT_WORDS:
        return False
    if not words.isdisjoint(PAPER_WORDS):
        return True
    limits = _names_block(asked) or asked.has_period or asked.scope.with_code
    return limits and words.isdisjoint(DAY_WORDS)


def counted_papers(asked: Asked) -> list[str]:
    """How many papers are within the limits, by block."""
    scope = asked.scope
    is_new = "new" in asked.words
    block = Block.NEW if is_new and scope.block is None else scope.block
    if scope.block is Block.CROSS_LISTED and "new" in asked.plain_words:
        block = None  # both are asked for
    numbers = {one: _within(asked, one) for one in (None, *Block)}
    limits = limits_of(scope, leaves_out_block=True)
    if block is None:
        total, new, crossed = counted(numbers[None]), numbers[Block.NEW], numbers[Block.CROSS_LISTED]
        facts = [fill("exact_count", papers=total, limits=limits, new=f"{new:,}", crossed=f"{crossed:,}")]
    else:
        thing = "new paper" if block is Block.NEW else "cross-listed paper"
        facts = [fill("exact_count_of_block", papers=counted(numbers[block], thing), limits=limits)]
    if scope.with_code:
        facts.append(fill("exact_with_code"))
    return facts


def _within(asked: Asked, block: Block | None) -> int:
    scope = asked.scope
    rows = asked.library.database.rows_within(
        days=scope.days, categories=scope.categories, block=block, with_code=scope.with_code
    )
    return len(rows)


def _of_mentions(asked: Asked) -> Answer | None:
    """Of how many papers hold some words."""
    match = (
        _COUNTS_MENTIONS.fullmatch(asked.rest)
        or _HAS_IN_TITLE.fullmatch(asked.rest)
        or _IN_HOW_MANY.fullmatch(asked.rest)
    )
    wanted = wanted_in(asked.as_asked(match["term"])) if match else None
    if match is None or wanted is None or asked.names_papers:
        return None
    if _TITLES.match(asked.rest):
        wanted = replace(wanted, title_only=True)
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    within = rows_of(asked)
    holding = rows_holding(asked.library.database, wanted)
    rows = [row for row in within if row in holding]
    if not rows and match.groupdict().get("about"):
        return None  # papers may well be about it in other words
    return _counted_mentions(asked, wanted, rows, len(within))


def _counted_mentions(asked: Asked, wanted: Wanted, rows: list[int], total: int) -> Answer:
    facts = [mention_fact(asked, wanted, len(rows), total)]
    read = asked.names_read_in(asked.rest)
    return exact_answer(asked, facts, papers_of(asked, rows) if len(rows) <= _MOST_NAMED else (), read)


def mention_fact(asked: Asked, wanted: Wanted, count: int, total: int) -> str:
    """How many of the papers within the limits hold some words, and what was counted."""
    said, papers, limits = f"{count:,}", counted(total), limits_of(asked.scope)
    if wanted.title_only:
        return fill("exact_mention_in_title", count=said, papers=papers, limits=limits, words=wanted.spoken)
    return fill("exact_mention", count=said, papers=papers, limits=limits, words=wanted.spoken)


# ---- days and categories


def _average(asked: Asked) -> Answer | None:
    words = set(asked.words)
    is_asked = not words.isdisjoint(_AVERAGE) and ("day" in words or "daily" in words or "digest" in words)
    filler = FILLER | DAY_WORDS | _AVERAGE | {"number", "what", "a", "usually", "typically", "count"}
    if not is_asked or words - filler or (PAPER_WORDS.isdisjoint(words) and not _names_block(asked)):
        return None
    if asked.scope.with_code or asked.scope.categories is not None or asked.names_papers:
        return None
    summaries = summaries_of(asked)
    if not summaries:
        return nothing_of_it(asked)
    total = sum(_size(summary, asked.scope.block) for summary in summaries)
    average, days = f"{total / len(summaries):.1f}", counted(len(summaries), "day")
    limits = limits_of(asked.scope)
    return exact_answer(
        asked, [fill("exact_average", average=average, listings=f"{total:,}", days=days, limits=limits)]
    )


def _per_day(asked: Asked) -> Answer | None:
    """The numbers of every day."""
    words = set(asked.words)
    is_asked = _COUNTING.match(asked.rest) and not words.isdisjoint(_EACH) and not words.isdisjoint(DAY_WORDS)
    if not is_asked or words - FILLER - DAY_WORDS - _EACH or PAPER_WORDS.isdisjoint(words):
        return None
    return days_answer(asked, summaries_of(asked))


def days_answer(asked: Asked, summaries: list[DaySummary]) -> Answer:
    """All of some days with their numbers, newest first."""
    if not summaries:
        return nothing_of_it(asked)
    first, last = summaries[-1].day, summaries[0].day
    count, limits = counted(len(summaries), "day"), limits_of(asked.scope)
    head = fill("exact_days", days=count, limits=limits, first=spoken_day(first), last=spoken_day(last))
    return exact_answer(asked, [head, *day_lines(summaries)])


def day_lines(summaries: Sequence[DaySummary]) -> list[str]:
    """Some days with their numbers, a line each."""
    return [fill("exact_day", day=spoken_day(s.day), new=s.new, crossed=s.cross_listed) for s in summaries]


def _of_days(asked: Asked) -> Answer | None:
    """Of how many days the library holds."""
    words = set(asked.words)
    is_asked = _COUNTING.match(asked.rest) and not words.isdisjoint(DAY_WORDS) and PAPER_WORDS.isdisjoint(words)
    if not is_asked or words - FILLER - DAY_WORDS - {"number", "what", "count"} or asked.scope.with_code:
        return None
    summaries = [s for s in summaries_of(asked) if _size(s, asked.scope.block)]
    if not summaries and holds_nothing_of(asked):
        return nothing_of_it(asked)
    return exact_answer(
        asked, [fill("exact_day_count", days=counted(len(summaries), "day"), limits=limits_of(asked.scope))]
    )


_CATEGORIES = frozenset({"category", "categories", "subject", "subjects"})


def categories(asked: Asked) -> Answer | None:
    """Which categories the library holds, and how many papers of each."""
    words = set(asked.words)
    if words.isdisjoint(_CATEGORIES) or words - FILLER - _CATEGORIES - {"what", "name", "show", "number"}:
        return None
    if asked.pointed_at and asked.names_papers:
        return None
    counts = asked.library.database.category_counts()
    listed = ", ".join(f"{name} ({counted(count)})" for name, count in counts.items())
    return exact_answer(asked, [fill("exact_categories", categories=counted(len(counts), "category"), listed=listed)])


_of_categories: Callable[[Asked], Answer | None] = categories
