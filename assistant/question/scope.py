"""The limits that a question sets before anything is searched."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.language.days import EVER, Period, held_within, spoken_period
from assistant.learned.tagging import runs_of
from assistant.question.limits import COVER, USES, Tag, Token, covered, limit_tokens, trained_limits
from assistant.question.periods import Dated, Periods, periods_of
from ingest.library import Library
from ingest.listings import Holdings
from ingest.paper import Block

_MOST_NAMED = 4
_BLOCKS: Mapping[Tag, Block] = {"new": Block.NEW, "cross": Block.CROSS_LISTED}
_CODE: Mapping[Tag, bool] = {"code": True, "nocode": False}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which papers may answer; None sets no limit.

    `days` are the held ones that the question allows; day, category and block must be those of one listing. `with_code`
    is whether papers have to link to code, or may not; `without` are categories that are left out. `rest` is the
    question without the words that set the limits, `description` what they say, for the user, `missing` those of them
    that the library does not hold, `respelt` what was written and read otherwise, `periods` those asked for, `excluded`
    those that are left out. `author` is the name of one, which no question sets by itself; empty sets no limit.
    """

    rest: str
    days: frozenset[date] | None = None
    arxiv_ids: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    block: Block | None = None
    with_code: bool | None = None
    without: frozenset[str] = frozenset()
    description: str = ""
    missing: tuple[str, ...] = ()
    respelt: tuple[tuple[str, str], ...] = ()
    periods: tuple[Period, ...] = ()
    excluded: tuple[Period, ...] = ()
    author: str = ""

    @property
    def is_open(self) -> bool:
        """Whether every paper may answer."""
        limits = (self.days, self.arxiv_ids, self.categories, self.block, self.with_code)
        return not self.without and not self.author and all(limit is None for limit in limits)


def read_scope(question: str, holdings: Holdings, today: date) -> Scope:
    """Read the limits of a question in view of what the library holds."""
    tokens = limit_tokens(question, today, holdings.days)
    return scope_of_tags(question, tokens, trained_limits().tags(tokens), holdings, today)


def scope_of_tags(
    question: str, tokens: Sequence[Token], tags: Sequence[Tag], holdings: Holdings, today: date
) -> Scope:
    """The limits that the words of a question set, each with what it says."""
    periods = periods_of(list(_dates(question, tokens, tags)), today, holdings.days)
    if not periods.included and not periods.excluded:  # no such day: its words are words
        tags = ["" if tag in USES else tag for tag in tags]
    days, missing = _days(periods, holdings.days)
    ids = _named(tokens, tags, "id")
    categories = _named(tokens, tags, "cat")
    scope = Scope(
        _rest(question, tokens, tags),
        days,
        frozenset(ids) or None,
        frozenset(categories) or None,
        _BLOCKS.get(_only(tags, ("new", "cross", "all"))),
        _CODE.get(_only(tags, ("code", "nocode"))),
        frozenset(_named(tokens, tags, "nocat")),
        missing=(*missing, *(name for name in categories if name not in holdings.categories)),
        periods=periods.included,
        excluded=periods.excluded,
    )
    return replace(scope, description=", ".join([*(f"arXiv:{one}" for one in ids), *_described(scope)]))


def _dates(question: str, tokens: Sequence[Token], tags: Sequence[Tag]) -> Iterator[Dated]:
    """The dates that limit, each with what it is for."""
    former: int | None = None
    for number, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        if tag in USES and token.piece is not None:
            adjoins = former is not None and all(
                tags[n] in USES or tokens[n].text in {",", "&", "and", "or"} for n in range(former + 1, number)
            )
            gap = question[tokens[former].end : token.start] if former is not None and adjoins else None
            yield Dated(token.piece, tag, gap)
            former = number


def _named(tokens: Sequence[Token], tags: Sequence[Tag], wanted: Tag) -> list[str]:
    """The ids or categories that are meant."""
    found = (token.name for token, tag in zip(tokens, tags, strict=True) if tag == wanted and token.name)
    return list(dict.fromkeys(found))


def _only(tags: Sequence[Tag], some: Sequence[Tag]) -> Tag:
    """The one of some tags that is there; none where several are."""
    found = [tag for tag in some if tag in tags]
    return found[0] if len(found) == 1 else ""


def _rest(question: str, tokens: Sequence[Token], tags: Sequence[Tag]) -> str:
    """The question without the words that set limits; as it was, where none does."""
    left = question
    for first, end in runs_of(tags):
        tag = tags[first]
        needed = "date" if tag in USES else {"id": "id", "cat": "category", "nocat": "category"}.get(tag)
        if needed is None or any(token.sort == needed for token in tokens[first:end]):
            left = covered(left, tokens[first].start, tokens[end - 1].end)
    return question if left == question else _tidied(left)


def rows_within(scope: Scope, library: Library) -> NDArray[np.int64]:
    """The rows of the papers that a scope lets answer, ascending."""
    rows = library.rows_within(
        days=scope.days,
        categories=scope.categories,
        block=scope.block,
        arxiv_ids=scope.arxiv_ids,
        with_code=scope.with_code,
    )
    if scope.author:
        rows = np.intersect1d(rows, library.database.rows_by(scope.author))
    return np.setdiff1d(rows, library.rows_within(categories=scope.without)) if scope.without else rows


def with_author(scope: Scope, author: str) -> Scope:
    """A scope within the papers of an author; as it is where none is named."""
    if not author:
        return scope
    return replace(scope, author=author, description=", ".join(filter(None, (scope.description, f"by {author}"))))


def period_named(text: str, held: Sequence[date], today: date) -> Period | None:
    """The one day or period that a text is, as 2020-05-25 or in words; None where it is none."""
    try:
        return Period(date.fromisoformat(text), date.fromisoformat(text))
    except ValueError:
        read = read_scope(f"in {text}", Holdings(tuple(held)), today)
    is_alone = not read.rest and read == Scope(
        "", read.days, description=read.description, missing=read.missing, periods=read.periods
    )
    return read.periods[0] if len(read.periods) == 1 and is_alone else None


def limits_as_data(scope: Scope) -> dict[str, Any]:
    """The limits as JSON-ready data; days are ISO 8601, and both of a period are included.

    What is left out stands there where anything is: "without_periods", "without_categories", "without_code".
    """
    return {
        "periods": _pairs(scope.periods),
        "blocks": [str(scope.block)] if scope.block else [],
        "categories": sorted(scope.categories or ()),
        "code": bool(scope.with_code),
        "ids": sorted(scope.arxiv_ids or ()),
        **({"without_periods": _pairs(scope.excluded)} if scope.excluded else {}),
        **({"without_code": True} if scope.with_code is False else {}),
        **({"without_categories": sorted(scope.without)} if scope.without else {}),
        **({"author": scope.author} if scope.author else {}),
    }


def kept_scope(scope: Scope) -> dict[str, Any]:
    """A scope as JSON-ready data, to be stored."""
    return {**limits_as_data(scope), "rest": scope.rest, "said": scope.description}


def _pairs(periods: Sequence[Period]) -> list[list[str]]:
    return [[period.first.isoformat(), period.last.isoformat()] for period in periods]


def scope_of(data: Mapping[str, Any], held: Sequence[date]) -> Scope:
    """The scope of what `kept_scope` gave, over the days that the library holds now, which ascend."""
    left_out_pairs = data.get("without_periods", data.get("without", ()))  # the latter as an older Daybook kept it
    included, left_out = (
        tuple(Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs)
        for pairs in (data["periods"], left_out_pairs)
    )
    days, missing = _days(Periods(included, left_out), held)
    return Scope(
        data["rest"], days, frozenset(data["ids"]) or None, frozenset(data["categories"]) or None,
        Block(data["blocks"][0]) if data["blocks"] else None, _code_of(data),
        frozenset(data.get("without_categories", ())), data["said"], tuple(missing),
        periods=included, excluded=left_out, author=data.get("author", ""),
    )  # fmt: skip


def _code_of(data: Mapping[str, Any]) -> bool | None:
    return False if data.get("without_code") else data["code"] or None


def with_limits(former: Scope, newer: Scope, held: Sequence[date]) -> Scope:
    """A former scope with newer limits: each kind that the newer one sets takes the place of the former."""
    periods = newer.periods or former.periods
    excluded = newer.excluded if newer.periods else (*former.excluded, *newer.excluded)
    days, missing = _days(Periods(periods, excluded), held)
    categories = newer.categories or (former.categories or frozenset()) - newer.without
    without = (former.without | newer.without) - categories
    not_held = (one for one in (*former.missing, *newer.missing) if one in categories)
    merged = replace(
        former,
        days=days,
        periods=periods,
        excluded=excluded,
        categories=categories or None,
        block=newer.block or former.block,
        with_code=former.with_code if newer.with_code is None else newer.with_code,
        without=without,
        author=newer.author or former.author,
        missing=(*missing, *dict.fromkeys(not_held)),
    )
    return replace(merged, description=", ".join(_described(merged)))


def _described(scope: Scope) -> list[str]:
    """The limits of a scope apart from its papers, as the user is told them."""
    return [
        *_spoken_periods(Periods(scope.periods, scope.excluded)),
        *sorted(scope.categories or ()),
        *([SPOKEN_BLOCKS[scope.block]] if scope.block else []),
        *([] if scope.with_code is None else ["with code" if scope.with_code else "without code"]),
        *(f"not in {name}" for name in sorted(scope.without)),
        *([f"by {scope.author}"] if scope.author else []),
    ]


def as_written(scope: Scope) -> str:
    """What is left of a question without its limits, in its own spelling: "summarise" may be no word of a paper."""
    rest = scope.rest
    for written, read in scope.respelt:
        found = re.search(rf"(?<!\w){re.escape(read)}(?!\w)", rest)
        rest = f"{rest[: found.start()]}{written}{rest[found.end() :]}" if found else rest
    return rest


SPOKEN_BLOCKS = {Block.NEW: "new submissions", Block.CROSS_LISTED: "cross-listed", Block.REPLACED: "replaced"}


def without_block(description: str) -> str:
    """A scope's description without its block."""
    return ", ".join(part for part in description.split(", ") if part not in SPOKEN_BLOCKS.values())


_TIDYING = (
    (re.compile(f"^{COVER}[{COVER}\\s]*(?:on|about)\\s+"), ""),
    (re.compile(f"[(\\[]\\s*{COVER}[{COVER}\\s]*[)\\]]"), " "),
    (
        re.compile(f"(?:\\b(?:and|or|but|,)\\s*)?{COVER}[{COVER}\\s]*(?:(?:,|\\band\\b|\\bor\\b)\\s*{COVER}+\\s*)*"),
        " ",
    ),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+(?=[?!,;:)]|\.(?!\d))"), ""),
    (re.compile(r"^[\s,;:.–—-]+|[\s,;:–—-]+$"), ""),
    (re.compile(r",\s*(?=[,?.!;])"), ""),
)


def _tidied(text: str) -> str:
    for pattern, replacement in _TIDYING:
        text = pattern.sub(replacement, text)
    return text.strip()


# ---- days


def _days(periods: Periods, held: Sequence[date]) -> tuple[frozenset[date] | None, list[str]]:
    """The held days that fit, None where all do; and what was asked for but is not held."""
    if not periods.included and not periods.excluded:
        return None, []
    missing = [spoken_period(period) for period in periods.included if not held_within(period, held)]
    included = chain.from_iterable(held_within(period, held) for period in periods.included or (EVER,))
    excluded = chain.from_iterable(held_within(period, held) for period in periods.excluded)
    fitting = frozenset(included) - frozenset(excluded)
    return (None if held and len(fitting) == len(held) else fitting), missing


def _spoken_periods(periods: Periods) -> list[str]:
    included = [spoken_period(period) for period in periods.included]
    if len(included) > _MOST_NAMED:
        included = [*included[: _MOST_NAMED - 1], f"and {len(included) - _MOST_NAMED + 1} more"]
    return [*included, *(f"without {spoken_period(period)}" for period in periods.excluded)]
