"""Lists of papers and days in full, and single places of a list."""

import re

from assistant.answer import Answer
from assistant.days import spoken_day
from assistant.exact.counting import days_answer, mention_fact, summaries_of
from assistant.exact.mention import rows_holding, wanted_in
from assistant.exact.saying import counted, exact_answer, holds_nothing_of, limits_of, nothing_of_it, papers_of, rows_of
from assistant.exact.wording import DAY_WORDS, FILLER, PAPER_WORDS, PAPERS, Asked, words_in
from assistant.understanding import reason_of_nothing
from ingest.paper import Block
from prompts import fill

_LISTING = re.compile(
    r"(?:list|show|give|name|enumerate|print|display|find|get|what\s+(?:are|were)|which|what)\b", re.IGNORECASE
)
_TELLING = re.compile(r"(?:list|show|give|name|enumerate|print|display|find|get|what\s+(?:are|were))\b", re.IGNORECASE)
_LIST_WORDS = frozenset(
    """list show give name names enumerate print display what every each full complete whole entire everything links
    link ids id urls url pdf pdfs their get see them new by order""".split()  # noqa: SIM905
)
_WHOLE = frozenset({"all", "every", "each", "full", "complete", "whole", "entire", "everything"})
_APPEARED = frozenset(
    {"listed", "appeared", "appear", "published", "posted", "announced", "list", "lists", "out", "submitted"}
)
_BARE = frozenset({"all", "the", "of", "with", "from", "on", "everything", "that", "which", "was", "were", "new"})
_MENTIONS = (
    r"(?:mention(?:s|ing)?|(?:contain|have|use|include)s?\s+the\s+(?:words?|terms?|phrase|name)|contain(?:s|ing)?|name)"
)
_USES = (
    r"(?:use[sd]?|using|(?:are\s+)?evaluated?\s+on|evaluate\s+on|report\s+results\s+on|(?:are\s+)?test(?:ed)?\s+on"
    r"|(?:are\s+)?train(?:ed)?\s+on|work\s+(?:on|with))"
)
_LISTS_MENTIONS = re.compile(
    rf"(?P<ask>(?:{_TELLING.pattern}(?:\s+(?:me|us))?(?:\s+(?:all|every|each|the|of|full|complete|list))*|which|what|all)\s+)?"
    rf"{PAPERS}(?:\s+(?:in\s+the\s+library|you\s+have|there\s+are|that|which|explicitly))*\s+"
    rf"(?:(?P<mention>{_MENTIONS})\s+(?P<term>.+)|(?P<use>{_USES})\s+(?P<used>.+)"
    r"|(?:with|have|that\s+have)\s+(?P<titled>.+\s+in\s+(?:its|their|the)\s+(?:title|abstract)s?))",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_PLACE = re.compile(
    r"(?:(?:what|which)\s+(?:paper\s+)?(?:is|was|came|comes|stands|stood)\s+(?:listed\s+)?|(?:show|give|name|tell)(?:\s+me)?\s+|(?:what|which)\s+is\s+the\s+title\s+of\s+|)"
    rf"(?:the\s+)?(?:title\s+of\s+)?(?:the\s+)?(?:{PAPERS}\s+)?"
    rf"(?:(?:number|no\.?|nr\.?|#|entry|item|place|position)\s*#?\s*(?P<number>\d{{1,4}})|(?P<bare>(?<=\w\s)\d{{1,4}})"
    rf"|(?P<nth>\d{{1,4}})(?:st|nd|rd|th)|(?P<ordinal>{'|'.join(_ORDINALS)}))"
    rf"(?:\s+(?:{PAPERS}|one|entry|item))?(?:\s+(?:listed|in\s+the\s+(?:list|digest)|on\s+the\s+list|of\s+the\s+(?:list|digest|day)))*",
    re.IGNORECASE,
)
_NEWEST = frozenset({"newest", "latest", "recent", "last"})
_OLDEST = frozenset({"oldest", "earliest", "first"})
_SUPERLATIVE_FILLER = frozenset({"what", "most", "when", "cover", "covers", "covered"})
_SPAN = re.compile(
    r"(?:which|what)\s+(?:(?:time\s+)?(?:span|period|range)(?:\s+of\s+(?:days|dates|time))?|(?:range\s+of\s+)?(?:days|dates))"
    r"\s+(?:do|does)\s+(?:the|this|your|my)?\s*(?:library|you|database|collection|it)\s+(?:cover|span|hold|have|contain|include)"
    r"|how\s+far\s+back\s+(?:does|do)\s+(?:the\s+library|it|you|your\s+(?:library|papers|digests))\s+go"
    r"|what\s+(?:do\s+you|does\s+(?:the|this|your|my)\s+library)\s+(?:hold|have|contain|cover)"
    r"|what\s+is\s+(?:in|held\s+in)\s+(?:the|this|your|my)\s+library|how\s+(?:recent|old|up\s+to\s+date)\s+is\s+(?:the|this|your)\s+library",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"when\s+(?:does|do)\s+(?:the|your|this|my)\s+(?:library|digests|papers)\s+(?:begin|start|(?P<ends>end|stop))",
    re.IGNORECASE,
)
_OF_PAPERS = re.compile(
    r"\s+(?:with|(?:you|i|we|the\s+library)\s+(?:have|has|hold|holds)(?:\s+any)?)\s+papers(?:\s+(?:from|of|for|on))?$",
    re.IGNORECASE,
)
_WHICH_DAYS = re.compile(r"(?:(?:from|of|for|on)\s+)?(?:which|what)\s+(?:days|dates|digests)\b", re.IGNORECASE)
_HAVING = re.compile(r"(?:is|are|do|does|did|have|has|was|were)\b", re.IGNORECASE)


def newest_or_oldest_day(asked: Asked) -> Answer | None:
    """The newest or the oldest day of the library."""
    words = frozenset(words_in(_OF_PAPERS.sub("", asked.plain)))
    if match := _BEGINS.fullmatch(asked.plain):
        words = frozenset({"when", "day", "newest" if match["ends"] else "oldest"})
    is_newest = not words.isdisjoint(_NEWEST)
    if is_newest is not words.isdisjoint(_OLDEST) or words.isdisjoint(DAY_WORDS - {"days", "dates", "digests"}):
        return None
    allowed = FILLER - PAPER_WORDS - {"how", "many"} | DAY_WORDS | _NEWEST | _OLDEST | _SUPERLATIVE_FILLER
    if words - allowed or words.isdisjoint({"what", "which", "when"}):
        return None
    summary = asked.library.days()[0 if is_newest else -1]
    which = "newest" if is_newest else "oldest"
    fact = fill(
        "exact_last_day", which=which, day=spoken_day(summary.day), new=summary.new, crossed=summary.cross_listed
    )
    return exact_answer(asked, [fact])


def held_days(asked: Asked) -> Answer | None:
    """Which days the library holds, or whether it holds some that are named."""
    words = set(asked.words)
    names_days = not words.isdisjoint({"days", "dates", "digests"})
    is_days = _WHICH_DAYS.match(asked.rest) or (_LISTING.match(asked.rest) and PAPER_WORDS.isdisjoint(words))
    if _SPAN.fullmatch(asked.rest) or (names_days and is_days and not words - FILLER - DAY_WORDS - _LIST_WORDS):
        if asked.scope.block or asked.scope.with_code or asked.names_papers:
            return None
        return days_answer(asked, summaries_of(asked))
    is_having = asked.has_period and _HAVING.match(asked.rest) and not words - FILLER - DAY_WORDS
    if not is_having or asked.names_papers or words & {"how", "which", "who"} or asked.scope.with_code:
        return None
    return _has_days(asked)


def _has_days(asked: Asked) -> Answer | None:
    if holds_nothing_of(asked):
        return exact_answer(asked, [fill("exact_has_not", reason=reason_of_nothing(asked.scope, asked.library))])
    rows = rows_of(asked)
    papers, limits = counted(len(rows)), limits_of(asked.scope)
    fact = fill("exact_has_days", papers=papers, limits=limits) if rows else fill("exact_has_none", limits=limits)
    return exact_answer(asked, [fact])


def papers_listed(asked: Asked) -> Answer | None:
    """All papers within the limits, in the digest's order."""
    words = set(asked.words)
    scope = asked.scope
    if asked.names_papers or words - FILLER - _LIST_WORDS or "how" in words or "many" in words:
        return None
    is_limited = scope.days is not None or scope.block or scope.with_code or asked.has_period
    if not (is_limited or scope.categories or (_TELLING.match(asked.rest) and words & _WHOLE)) or not _wants_list(
        asked
    ):
        return None
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    if "new" in words and scope.block is None:
        return None
    papers = papers_of(asked, rows_of(asked))
    if not papers:
        return exact_answer(asked, [fill("exact_list_empty", limits=limits_of(scope)), _of_these_days(asked)])
    return exact_answer(asked, [fill("exact_list", papers=counted(len(papers)), limits=limits_of(scope))], papers)


def _wants_list(asked: Asked) -> bool:
    """Whether papers are asked for: named as such, or as what appeared on a day."""
    words = set(asked.words)
    if not asked.words:
        return asked.scope.block is not None
    has_noun = not words.isdisjoint(PAPER_WORDS | {"titles", "links", "ids", "urls", "pdfs", "everything"})
    if _LISTING.match(asked.rest):
        is_appearing = asked.has_period and not words.isdisjoint(_APPEARED)
        return has_noun or is_appearing or (asked.scope.block is not None and _TELLING.match(asked.rest) is not None)
    return has_noun and words <= PAPER_WORDS | _APPEARED | _BARE


def _of_these_days(asked: Asked) -> str:
    scope = asked.scope
    total, new, crossed = (
        len(asked.library.database.rows_within(days=scope.days, categories=scope.categories, block=block))
        for block in (None, *Block)
    )
    limits = limits_of(asked.scope, leaves_out_block=True).replace(", with code", "").replace(" (with code)", "")
    return fill("exact_count", papers=counted(total), limits=limits, new=f"{new:,}", crossed=f"{crossed:,}")


def papers_mentioning(asked: Asked) -> Answer | None:
    """All papers whose text holds some words; where they only say what papers are about, search answers."""
    match = _LISTS_MENTIONS.fullmatch(asked.rest)
    if match is None or asked.names_papers:
        return None
    wanted = wanted_in(asked.as_asked(match["term"] or match["used"] or match["titled"]))
    asks_all = match["ask"] is not None and _TELLING.match(match["ask"]) is not None
    is_whole = asks_all and not set(asked.words).isdisjoint(_WHOLE)
    is_plain = is_whole if match["use"] else True
    if wanted is None or not is_plain or not (wanted.is_named or (is_whole and not match["use"]) or wanted.title_only):
        return None
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    within = rows_of(asked)
    holding = rows_holding(asked.library.database, wanted)
    papers = papers_of(asked, [row for row in within if row in holding])
    return exact_answer(
        asked, [mention_fact(asked, wanted, len(papers), len(within))], papers, asked.names_read_in(asked.rest)
    )


def paper_at(asked: Asked) -> Answer | None:
    """The paper at a place of a day's digest, or of one block of it."""
    match = _PLACE.fullmatch(asked.rest)
    days = asked.scope.days
    if match is None or not asked.has_period or asked.names_papers or asked.scope.with_code:
        return None
    if not days:
        return nothing_of_it(asked) if days is not None else None
    if len(days) != 1:
        return None
    papers = papers_of(asked, rows_of(asked))
    number = _ORDINALS.get((match["ordinal"] or "").lower()) or int(match["number"] or match["bare"] or match["nth"])
    number = len(papers) if number < 0 else number
    if not 0 < number <= len(papers):
        fact = fill("exact_no_such_place", papers=counted(len(papers)), limits=limits_of(asked.scope), number=number)
        return exact_answer(asked, [fact])
    paper = papers[number - 1]
    fact = fill("exact_at_place", number=number, limits=limits_of(asked.scope), title=paper.title)
    return exact_answer(asked, [fact], [paper])
