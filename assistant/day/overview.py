"""The first sentences of a page: facts of the library about the whole."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import log

from assistant.day.labels import readable
from assistant.day.page import Limits, Theme
from assistant.day.phrases import Phrase, Stems
from assistant.day.words import names_nothing
from assistant.finding.mention import Wanted, rows_holding
from assistant.language.bases import unannounced
from assistant.language.counting import by_block, counted
from assistant.language.days import Period, held_within, spoken_day, spoken_period
from ingest.library import Library
from ingest.names import looks_like_name
from ingest.paper import Block
from ingest.words import stems_of
from prompts import fill

_LARGEST = 3
_DAYS_NAMED = 6
_STANDING_OUT = 2
_LEAST_PAPERS = 3
_LEAST_OTHERS = 30
_LEAST_RATIO = 3.0
_LEAST_EVIDENCE = 8.0  # of the log-likelihood ratio (Dunning 1993)
_LEAST_NOUN = 0.5
_LOOKED_AT = 12
_MOST_READ = 400


def opening(
    library: Library, days: Sequence[date], themes: Sequence[Theme], limits: Limits, found: Mapping[Stems, Phrase]
) -> tuple[str, ...]:
    """How many papers, of what their days are, which themes are the largest, what stands out, how many have code."""
    said = [
        _listed(library, days, themes, limits),
        *_unannounced(days, themes),
        *_largest(themes),
        *_standing_out(library, themes, limits, found),
        *_code(themes),
    ]
    return tuple(said)


def _listed(library: Library, days: Sequence[date], themes: Sequence[Theme], limits: Limits) -> str:
    papers = [paper for one in themes for paper in one.papers]
    blocks = Counter(paper.listing.block for paper in papers)
    counts = by_block(blocks[Block.NEW], blocks[Block.CROSS_LISTED], blocks[Block.REPLACED])
    what = counted(len(papers), f"{limits.block} paper" if limits.block else "paper")
    what += f" of {limits.category}" if limits.category else ""
    what += f" by {limits.author}" if limits.author else ""
    period = spoken_days(days, library.holdings().days)
    if limits.theme:
        return fill("day_listed_on", papers=what, period=period, theme=limits.theme, counts=counts)
    if len(days) == 1:
        return fill("day_listed", papers=what, day=period, counts=counts)
    listed = counted(len({paper.listing.day for paper in papers}), "day")
    return fill("day_listed_in_period", papers=what, period=period, days=listed, counts=counts)


def _unannounced(days: Sequence[date], themes: Sequence[Theme]) -> list[str]:
    """Of how many papers the day is another one than that of an announcement."""
    bases = Counter(paper.listing.basis for one in themes for paper in one.papers)
    return unannounced(bases, days[0] if len(days) == 1 else None)


def spoken_days(days: Sequence[date], held: Sequence[date]) -> str:
    """Some ascending days as people write them: a period, unless the library holds days within it that are none."""
    if is_whole_period(days, held):
        return spoken_period(Period(days[0], days[-1]))
    if len(days) > _DAYS_NAMED:
        return f"{counted(len(days), 'day')} from {spoken_day(days[0])} to {spoken_day(days[-1])}"
    return ", ".join(map(spoken_day, days[:-1])) + f" and {spoken_day(days[-1])}"


def is_whole_period(days: Sequence[date], held: Sequence[date]) -> bool:
    """Whether some ascending days are all that the library holds from the first to the last of them."""
    return list(held_within(Period(days[0], days[-1]), held)) == list(days)


def _largest(themes: Sequence[Theme]) -> Iterator[str]:
    named = [one for one in themes if not one.is_other]
    if len(named) < 2:
        return
    some = [f"{one.label} ({len(one.papers)})" for one in named[:_LARGEST] if len(one.papers) > 1]
    if len(some) < 2:
        return
    largest = ", ".join(some[:-1]) + f" and {some[-1]}"
    others = sum(len(one.papers) for one in themes if one.is_other)
    if others:
        yield fill("day_themes_and_others", count=len(named), largest=largest, others=f"{others:,}")
    else:
        yield fill("day_themes", count=len(named), largest=largest)


def _code(themes: Sequence[Theme]) -> Iterator[str]:
    papers = [paper for one in themes for paper in one.papers]
    with_code = sum(paper.code is not None for paper in papers)
    if with_code:
        yield fill("day_code", count=f"{with_code:,}") if with_code > 1 else fill("day_code_of_one")
    without = sum(not paper.stored.paper.abstract for paper in papers)
    if without:
        yield fill("day_no_abstract", papers=counted(without))


# ---- what stands out


def _standing_out(
    library: Library, themes: Sequence[Theme], limits: Limits, found: Mapping[Stems, Phrase]
) -> Iterator[str]:
    """Words that many of the papers hold and few others of the library do, counted exactly; none of the theme's."""
    rows = frozenset(paper.stored.row for one in themes for paper in one.papers)
    others = library.database.paper_count() - len(rows)
    if others < _LEAST_OTHERS or len(rows) < _LEAST_PAPERS or len(rows) > _MOST_READ:
        return
    told: list[Stems] = [tuple(stems_of(limits.theme))]
    for phrase, _ in _ranked(found, library, len(rows), others)[:_LOOKED_AT]:
        text, _ = readable(phrase)
        if any(not set(phrase.stems).isdisjoint(stems) for stems in told):
            continue
        holding = rows_holding(library.database, Wanted((text,)))
        here, there = len(holding & rows), len(holding - rows)
        if here < _LEAST_PAPERS or _evidence(here, len(rows), there, others) < _LEAST_EVIDENCE:
            continue
        told.append(phrase.stems)
        yield fill(
            "day_stands_out",
            word=_within_sentence(text),
            here=here,
            papers=len(rows),
            there=there,
            others=f"{others:,}",
        )
        if len(told) > _STANDING_OUT:
            return


def _within_sentence(text: str) -> str:
    """A label within a sentence: no capital at its beginning, where that word has no other."""
    first = re.split(r"[\s-]", text, maxsplit=1)[0]
    return text[:1].lower() + text[1:] if first[1:].islower() else text


def _ranked(found: Mapping[Stems, Phrase], library: Library, papers: int, others: int) -> list[tuple[Phrase, float]]:
    """Phrases by how much more often they stand in the papers than elsewhere, as far as the index of words tells."""
    words = library.lexical_table()
    ranked: list[tuple[Phrase, float]] = []
    for phrase in found.values():
        here = len(phrase.counts)
        if here < _LEAST_PAPERS or not phrase.titles or names_nothing(phrase.stems):
            continue
        there = max(0, min(words.document_count(stem) for stem in phrase.stems) - here)
        evidence = _evidence(here, papers, there, others)
        text, surely_noun = readable(phrase)
        is_telling = len(phrase.stems) > 1 or looks_like_name(text)
        if evidence >= _LEAST_EVIDENCE and surely_noun >= _LEAST_NOUN and is_telling:
            ranked.append((phrase, evidence))
    return sorted(ranked, key=lambda one: (-one[1], -len(one[0].stems), one[0].stems))


def _evidence(here: int, papers: int, there: int, others: int) -> float:
    """The log-likelihood ratio of two shares; 0 where the first is not much the greater."""
    share, rest = here / papers, there / others
    if share < _LEAST_RATIO * rest:
        return 0.0
    both = (here + there) / (papers + others)

    likelier = _log_likelihood(here, papers, share) + _log_likelihood(there, others, rest)
    return 2 * (likelier - _log_likelihood(here, papers, both) - _log_likelihood(there, others, both))


def _log_likelihood(count: int, total: int, share: float) -> float:
    held = count * log(share) if count else 0.0
    return held + ((total - count) * log(1 - share) if total > count else 0.0)
