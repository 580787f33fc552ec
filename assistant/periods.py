"""From a text to the periods that it names: what stands between dates and around them decides what they mean."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from assistant.date_context import (
    A_YEAR,
    EARLIER,
    LATER,
    LEFT_OUT,
    LEFT_OUT_AFTER,
    LISTED,
    MAYBE_LEFT_OUT,
    NOT,
    POSSESSIVE,
    Chain,
    is_bare,
    is_bare_opening,
    is_date,
    operator_start,
    without_names,
    years_fit,
)
from assistant.dates import Piece, pieces_of
from assistant.days import Period, held_within, inner_periods, months, part_of

_LIST_GAP = re.compile(
    r"\s*(?:,\s*(?:and|or|&)?|\b(?:and|or|nor|as\s+well\s+as|plus|with|versus|vs)\b|&)\s*(?P<again>(?:on|in|from|of|those\s+of)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
_RANGE_GAP = re.compile(
    r"\s*(?:-|–|—|\.\.\.?|…|\b(?:to|until|till|through|up\s+to)(?:\s+and\s+including)?\b)\s*(?:the\s+)?", re.IGNORECASE
)
_YEARS_GAP = re.compile(rf"\s+{LISTED}\s*\(", re.IGNORECASE)
_AND = re.compile(r"\band\b", re.IGNORECASE)
_OF_DIGEST = re.compile(
    r"\b(?:in|from|on|of|for|within|among)\s+(?:the\s+)?(?:digests?|listings?)\s+$|[,;]\s*$", re.IGNORECASE
)
_WITH = re.compile(r",?\s*\bwith\s+$", re.IGNORECASE)
_DIGEST_AFTER = re.compile(r"\s+(?:digests?|listings?)\b", re.IGNORECASE)
_CLOSES = re.compile(r"\s*\)")
_INCLUSIVE = re.compile(r",?\s+(?:inclusive(?:ly)?|included|incl\.)", re.IGNORECASE)
_SINCE = re.compile(
    r"since|as of|no(?:t)? (?:earlier|older) than|(?:starting|beginning).*|as (?:far|early).*|.*back to"
)
_AFTER = re.compile(r"after|following|(?:later|newer|more recent) than|post")
_UNTIL = re.compile(r"(?:up )?(?:until|till|to|through)(?: and including)?|thru|by|no(?:t)? (?:later|newer) than")
_BEFORE = re.compile(r"before|preceding|ahead of|prior to|(?:earlier|older) than|pre")


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that a text asks for, those that it leaves out, and where in the text it says so."""

    included: tuple[Period, ...] = ()
    excluded: tuple[Period, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def read_periods(text: str, today: date, held: Sequence[date]) -> Periods:
    """Read a text in view of the days that the library holds, which ascend."""
    included: list[Period] = []
    excluded: list[Period] = []
    yearless: list[Chain] = []
    unsure: list[Chain] = []
    spans = []
    for found in _chains(text, pieces_of(text, today, held)):
        chain = without_names(found)
        meant = _meant(chain, today, held) if is_date(chain) else []
        if not meant or (is_bare(chain) and not years_fit(chain, meant, held)):
            unsure.extend([chain] if is_bare_opening(chain) else [])
            continue
        start, end, is_excluded = _extent(chain)
        if is_excluded and any(piece.year is None and piece.month for piece in chain.pieces):
            yearless.append(chain)
        else:
            (excluded if is_excluded else included).extend(meant)
        spans.append((start, end))
    if spans and not all(_is_within(match.span("what"), spans) for match in MAYBE_LEFT_OUT.finditer(text)):
        return Periods()
    if yearless and not included and unsure:  # "2019 GANs, but not those of January"
        included.extend(_meant(unsure[0], today, held))
        spans = sorted([_extent(unsure[0])[:2], *spans])
    if yearless and not included and any(not _is_within(year.span(), spans) for year in A_YEAR.finditer(text)):
        return Periods()
    included = _joined(included)
    for chain in yearless:
        excluded.extend(_in_every_year(chain, included, today, held))
    return Periods(tuple(included), tuple(dict.fromkeys(excluded)), tuple(spans))


def _is_within(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _in_every_year(chain: Chain, included: Sequence[Period], today: date, held: Sequence[date]) -> Iterator[Period]:
    """What "except January" leaves out: the January of every year that is asked for and held."""
    asked = [period for period in included if period.has_begin and period.has_end]
    years = {day.year for day in (*held, *(day for period in asked for day in (period.first, period.last)))}
    for year in sorted(years | {year + 1 for year in years}):
        pieces = [replace(piece, year=piece.year or year) if piece.month else piece for piece in chain.pieces]
        for i in range(len(pieces) - 2, -1, -1):
            if chain.pieces[i].year is None and _RANGE_GAP.fullmatch(chain.text[pieces[i].end : pieces[i + 1].start]):
                pieces[i] = _filled_from_right(replace(pieces[i], year=None), pieces[i + 1])
        for period in _meant(replace(chain, pieces=tuple(pieces)), today, held):
            is_asked = any(other.first <= period.last and period.first <= other.last for other in included)
            if is_asked if included else held_within(period, held):
                yield period


# ---- which pieces belong together


def _chains(text: str, pieces: Sequence[Piece]) -> Iterator[Chain]:
    chain: list[Piece] = []
    for piece in pieces:
        if chain and not _belongs(text[chain[-1].end : piece.start], chain[-1], piece):
            yield from _completed(text, chain)
            chain = []
        chain.append(piece)
    if chain:
        yield from _completed(text, chain)


def _belongs(gap: str, left: Piece, right: Piece) -> bool:
    if left.kind == "inner":
        return not gap
    if left.kind == "month" and left.year is None and right.kind == "year" and _YEARS_GAP.fullmatch(gap):
        return True
    if gap.strip().lower() == "with" and LEFT_OUT_AFTER.match(right.match.string, right.end):
        return False  # "2019 with January excluded"
    return bool(_LIST_GAP.fullmatch(gap) or _RANGE_GAP.fullmatch(gap))


def _completed(text: str, chain: Sequence[Piece]) -> Iterator[Chain]:
    """The chain with what a piece leaves open taken from its neighbours; numbers that stay numbers cut it."""
    filled = list(chain)
    outer = [i for i, piece in enumerate(filled) if piece.kind != "inner"]
    for i, right in reversed(list(pairwise(outer))):
        filled[i] = _filled_from_right(filled[i], filled[right])
    for left, i in pairwise(outer):
        filled[i] = _filled_from_left(filled[i], filled[left], text[filled[left].end : filled[i].start])
    part: list[Piece] = []
    for piece in filled:
        if piece.kind != "number":
            part.append(piece)
        elif part:
            yield Chain(text, tuple(part))
            part = []
    if part:
        yield Chain(text, tuple(part))


def _filled_from_right(piece: Piece, right: Piece) -> Piece:
    """Read "3 [January 2019] to 10 January 2019", "January [2019] to March 2019", "November [2019] to May 2020"."""
    if piece.kind == "number" and right.kind == "day":
        return replace(piece, kind="day", month=right.month, year=right.year)
    if piece.year is None and right.year is not None and piece.kind in {"day", "month"}:
        is_year_before = (piece.month or 1, piece.day or 1) > (right.month or 12, right.day or 31)
        return replace(piece, year=right.year - is_year_before)
    return piece


def _filled_from_left(piece: Piece, left: Piece, gap: str) -> Piece:
    """Read "in May 2019 and [May] 2020", "May 2019 to August [2019]", but "in May 2019 and in 2020"."""
    if piece.year is None and piece.kind in {"day", "month"} and left.year and left.month:
        is_year_after = (piece.month or 1, piece.day or 31) < (left.month, left.day or 1)
        return replace(piece, year=left.year + is_year_after)
    found = _LIST_GAP.fullmatch(gap)
    if piece.kind != "year" or left.kind != "month" or not (found or _YEARS_GAP.fullmatch(gap)):
        return piece
    return piece if found and found["again"] else replace(piece, kind="month", month=left.month)


# ---- what they mean


def _meant(chain: Chain, today: date, held: Sequence[date]) -> list[Period]:
    groups = _groups(chain, today, held)
    if not groups or not all(groups):
        return []
    gaps = [chain.text[a.end : b.start] for a, b in pairwise(chain.pieces) if a.kind != "inner"]
    periods = _with_ranges(groups, gaps, is_between=chain.operator == "between")
    return _opened(periods, _operation(chain), is_range=len(periods) < len(groups))


def _groups(chain: Chain, today: date, held: Sequence[date]) -> list[list[Period]]:
    groups = []
    inner: Piece | None = None
    for piece in chain.pieces:
        if piece.kind == "inner":
            inner = piece
            continue
        own = _period_of(piece, today, held)
        periods = list(piece.periods) or ([own] if own else [])
        if inner is not None and periods:
            periods = inner_periods(inner.match, periods[0], held)
        inner = None
        groups.append(periods)
    return groups


def _period_of(piece: Piece, today: date, held: Sequence[date]) -> Period | None:
    """The days of a piece that names a day, a month or a year; where it names no year, of the newest held one."""
    if piece.kind == "year" and piece.year:
        return part_of(months(piece.year, 1, 12), piece.part)
    if piece.month is None:
        return None
    year = piece.year or _newest_year(piece, today, held)
    try:
        day = date(year, piece.month, piece.day or 1)
    except ValueError:
        return None
    return Period(day, day) if piece.day else part_of(months(year, piece.month, 1), piece.part)


def _newest_year(piece: Piece, today: date, held: Sequence[date]) -> int:
    asked = (piece.month, piece.day)
    same = (day for day in reversed(held) if asked in {(day.month, day.day), (day.month, None)})
    if found := next(same, None):
        return found.year
    return today.year if (piece.month or 1, piece.day or 1) <= (today.month, today.day) else today.year - 1


def _with_ranges(groups: Sequence[list[Period]], gaps: Sequence[str], *, is_between: bool) -> list[Period]:
    """Neighbours joined where a range stands between them; `gaps` is the text between neighbours."""
    found = list(groups[0])
    for gap, group in zip(gaps, groups[1:], strict=True):
        is_range = _RANGE_GAP.fullmatch(gap) or (is_between and _AND.search(gap))
        if is_range and found[-1].first <= group[-1].last:
            found[-1] = Period(found[-1].first, group[-1].last)
        else:
            found.extend(group)
    return found


def _operation(chain: Chain) -> str:
    """What opens or closes the period: "since", "after", "until", "before" or nothing."""
    operator, first = chain.operator, chain.pieces[0]
    part = (first.match["inner_part"] or "").lower() if first.kind == "inner" else ""
    if _SINCE.fullmatch(operator) or (_AFTER.fullmatch(operator) and part in {"beginning", "start"}):
        return "since"
    if _UNTIL.fullmatch(operator) or (_BEFORE.fullmatch(operator) and part == "end"):
        return "until"
    if _AFTER.fullmatch(operator) or _BEFORE.fullmatch(operator):
        return "after" if _AFTER.fullmatch(operator) else "before"
    later = LATER.match(chain.after)
    if later and (operator == "from" or later.group().strip() != "on"):
        return "since"
    return "until" if EARLIER.match(chain.after) else ""


def _opened(periods: list[Period], operation: str, *, is_range: bool) -> list[Period]:
    if is_range or not operation:
        return periods
    first, last = min(p.first for p in periods), max(p.last for p in periods)
    if operation == "since":
        return [Period.since(first)]
    if operation == "after":
        return [Period.since(last + timedelta(days=1))]
    return [Period.until(last if operation == "until" else first - timedelta(days=1))]


def _joined(periods: Sequence[Period]) -> list[Period]:
    """One period of "after 1 March and before 1 April"."""
    starts = [period for period in periods if not period.has_end]
    ends = [period for period in periods if not period.has_begin]
    if len(starts) == len(ends) == 1 and starts[0].first <= ends[0].last:
        return [p for p in periods if p.has_begin and p.has_end] + [Period(starts[0].first, ends[0].last)]
    return list(dict.fromkeys(periods))


# ---- which words say so


def _extent(chain: Chain) -> tuple[int, int, bool]:
    """Where the words of a chain begin and end, and whether they leave it out."""
    offset = chain.pieces[0].start - len(chain.before)
    place = operator_start(chain)
    is_excluded = chain.is_left_out
    if negation := NOT.search(chain.before[:place]):
        place = negation.start()
    elif is_excluded and (with_it := _WITH.search(chain.before)):
        place = with_it.start()
    elif digest := _OF_DIGEST.search(chain.before[:place]):
        place = digest.start()
    end = chain.pieces[-1].end
    suffixes = [POSSESSIVE, _INCLUSIVE, LATER, EARLIER, *([LEFT_OUT, LEFT_OUT_AFTER] if is_excluded else [])]
    if chain.operator or is_excluded:
        suffixes.append(_DIGEST_AFTER)
    if chain.text.count("(", chain.pieces[0].start, end):
        suffixes.append(_CLOSES)
    for suffix in suffixes:
        if found := suffix.match(chain.text, end):
            end = found.end()
    return offset + place, end, is_excluded


def period_named(text: str, held: Sequence[date], today: date) -> Period | None:
    """The one day or period that a text is, as 2020-05-25 or in words; None where it is none."""
    try:
        return Period(date.fromisoformat(text), date.fromisoformat(text))
    except ValueError:
        read = read_periods(text, today, held)
    return read.included[0] if len(read.included) == 1 and not read.excluded else None
