"""The limits that a question sets before anything is searched."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from assistant.dates import MONTH
from assistant.days import EVER, Period, held_within, spoken_period
from assistant.periods import Periods, read_periods
from ingest.database import Holdings
from ingest.paper import Block

_COVER, _KEPT = "\ue000", "\ue001"  # of Unicode's private use: `printable` leaves none in a question
_MONTHS = {f"{y % 100:02}{m:02}" for y in range(1991, 2091) for m in range(1, 13)}
_ARCHIVE = (
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|nlin|nucl-(?:ex|th)|physics|q-bio|q-fin"
    r"|quant-ph|stat)"
)
_PREPOSITION = r"(?:\b(?:in|of|from|under|within)\s+(?:the\s+)?)?"
_ARXIV_ID = re.compile(
    r"(?:\b(?:in|of|from|by|for)\s+(?:the\s+(?:paper|preprint|work)\s+)?(?=[\d(\[a-z]*[\d/.:]))?"
    r"(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|(?:(?:https?://)?(?:dx\.)?doi\.org/|\bdoi:\s*)?10\.48550/arXiv\."
    r"|\barXiv\s*[:.]?\s*|(?<![\w.-]))"
    rf"(?:(?P<new>(?P<month>\d{{4}})\.\d{{4,5}})|(?P<archive>{_ARCHIVE})(?:\.[A-Z]{{2}})?/(?P<old>\d{{7}}))"
    r"(?:v\d+)?(?:\.pdf)?(?![\w/]|[.-]\w)",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(  # "papers like 2005.11295": not about that paper
    r"\b(?:like|similar\s+(?:\w+\s+)?to|related\s+to|close\s+to|near|cite[sd]?|citing|(?:build[s]?|building|based)\s+(?:up)?on"
    r"|extend(?:s|ing)?|follow(?:s|ing)?|besides|resembl(?:e|es|ing)|as\s+in|than|not|except|without|beyond|improv(?:e|es|ing)(?:\s+on)?)"
    r"\s+(?:the\s+paper\s+|that\s+of\s+)?$",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    rf"{_PREPOSITION}(?<![\w./-])(?P<category>{_ARCHIVE}\.(?:[A-Z]{{2}}|[a-z]{{2}}|[a-z]+-[a-z]+))(?![\w/.-]\w|\w)"
    r"(?:\s+categor(?:y|ies))?(?P<more>\s*(?:,|and|or|&|/)\s*(?=[a-z-]+\.[A-Za-z]{2}))?"
)
_CROSS_LISTED = re.compile(
    r"(?P<not>\b(?:not|no|without|excluding|except|other\s+than)\s+(?:the\s+)?)?"
    r"(?:(?:among|of|in|from)\s+(?:the\s+)?)?\bcross[-\s]?list(?:ed|s|ings?)?\b"
    r"(?:\s+only\b)?(?P<out>\s+(?:excluded|left\s+out|aside|apart|omitted))?(?P<in>\s+included\b)?",
    re.IGNORECASE,
)
_NEW_BLOCK = re.compile(
    r"(?:\b(?:among|of|in|from)\s+(?:the\s+)?)?\b(?:new\s+(?:submissions|listings)|newly\s+(?:submitted|listed))\b",
    re.IGNORECASE,
)
_NEW = re.compile(r"\bnew\b", re.IGNORECASE)
_NEW_PAPERS = re.compile(r"\bnew(?=\s+(?:papers|works|articles|ones|preprints)\b)", re.IGNORECASE)
_PAPERS = (
    r"(?:papers|works|articles|methods|approaches|ones|those|studies|publications|preprints|anything|something|listings"
    r"|submissions|which|(?:a|any|some|another)\s+(?:\w+\s+)?(?:paper|work|article|preprint|method|approach))"
)
_CODE = (
    r"(?:(?:source|open[-\s]sourced?|public|publicly\s+available|released|available)\s+)*(?:code|implementations?)"
    r"(?:\s+(?:available|released|online|links?|on\s+git(?:hub|lab)))?"
)
_GITHUB = r"(?:a\s+)?(?:link\s+to\s+)?git(?:hub|lab)(?:\s+(?:link|repository|repo|page)s?)?"
_HAS_CODE = (
    rf"(?:(?:come|comes|came)\s+)?with\s+(?:their\s+|the\s+|a\s+)?(?:{_CODE}|{_GITHUB}|links?\s+to\s+(?:its\s+|their\s+)?code)",
    rf"(?:release|publish|provide|share|give|offer|have|link(?:\s+to)?|open[-\s]source)[ds]?\s+(?:the\s+|its\s+|their\s+)?{_CODE}",
    rf"whose\s+{_CODE}\s+(?:is|are|was)\s+(?:\w+ly\s+)?(?:available|public|released|online|open|on\s+git(?:hub|lab))",
    r"(?:is|are)\s+open[-\s]sourced?",
    rf"have\s+{_GITHUB}",
)
_CODE_ENDS = (
    r"(?=\s*(?:[?,.:;!)]|$"
    r"|\b(?:on|for|about|from|in|of|that|which|and|please|listed|published|available|online|publicly|treat|work)\b))"
)
_GOVERNING = """deal deals dealt dealing working trained training pretrained together along combined combining paired
    interact associated start augmented written experiment cope problems programming concerned comes"""
_NOT_GOVERNED = r"(?<=\S)" + "".join(rf"(?<!\b{word})" for word in _GOVERNING.split())  # "they deal with code"
_WITH_CODE = re.compile(
    rf"\b{_PAPERS}\b(?:(?!\bcode\b)[^?.;]){{0,120}}?{_NOT_GOVERNED}(?P<limit>,?\s*\b(?:(?:that|which|who|and)\s+)?"
    rf"(?:(?:also|do|only)\s+)?(?:{'|'.join(_HAS_CODE)})){_CODE_ENDS}",
    re.IGNORECASE,
)
_TOPIC_WITH_CODE = re.compile(  # "deblurring with code", but not "does X come with code" or "deal with code"
    r"^(?!\W*(?:does|do|did|is|are|was|were|can|could|has|have|had|how|why|where|when|who|should|would|will|if|what\s+(?:is|are|does|do))\b)"
    r"(?:[^?.;]|\.(?=\w)){2,200}?(?<=[^\s(])(?<!\bworks)(?<!\bcome)"
    rf"{_NOT_GOVERNED}"
    rf"(?P<limit>\s*[,(]?\s*\bwith\s+(?:their\s+|available\s+|official\s+)*{_CODE}\)?)"
    r"(?=\s*(?:[?,.:;!)]|$|\b(?:on|for|about|from|that|which|and|please|published|since|before|after|between|in\s+cs"
    rf"|(?:of|in)\s+(?:the\s+)?(?:\d|{MONTH}|(?:this|last|spring|summer|autumn|fall|winter|newest|latest|oldest|digest|cs)\b))\b)"
    rf"|[ {_COVER}]*$)",
    re.IGNORECASE,
)
_CODE_HINT = re.compile(r"code|git|implementation|open.source", re.IGNORECASE)
_MOST_NAMED = 4
_BACK = 40  # characters before an id that tell whether it is what the question is about


@dataclass(frozen=True, slots=True)
class Scope:
    """Which papers may answer; None sets no limit.

    `days` are the held ones that the question allows; day, category and block must be those of one listing. `rest` is
    the question without the words that set the limits, `description` what they say, for the user, `missing` those
    of them that the library does not hold, `respelt` what was written and read otherwise, `periods` those asked for,
    `excluded` those that are left out.
    """

    rest: str
    days: frozenset[date] | None = None
    arxiv_ids: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    block: Block | None = None
    with_code: bool = False
    description: str = ""
    missing: tuple[str, ...] = ()
    respelt: tuple[tuple[str, str], ...] = ()
    periods: tuple[Period, ...] = ()
    excluded: tuple[Period, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether every paper may answer."""
        limits = (self.days, self.arxiv_ids, self.categories, self.block)
        return all(limit is None for limit in limits) and not self.with_code


def read_scope(question: str, holdings: Holdings, today: date) -> Scope:
    """Read the limits of a question in view of what the library holds; where it is not sure, there is none."""
    reader = _Reader(question)
    arxiv_ids = reader.arxiv_ids()
    categories = reader.categories()
    with_code = reader.with_code()
    periods = read_periods(reader.text.replace(_COVER, " "), today, holdings.days)
    reader.take(periods.spans)
    block = reader.block(is_of_one_day=_is_of_days(periods))
    days, missing_days = _days(periods, holdings.days)
    described = [
        *(f"arXiv:{arxiv_id}" for arxiv_id in arxiv_ids),
        *_spoken_periods(periods),
        *categories,
        *([SPOKEN_BLOCKS[block]] if block else []),
        *(["with code"] if with_code else []),
    ]
    return Scope(
        reader.rest(),
        days,
        frozenset(arxiv_ids) or None,
        frozenset(categories) or None,
        block,
        with_code,
        ", ".join(described),
        (*missing_days, *(name for name in categories if name not in holdings.categories)),
        periods=periods.included,
        excluded=periods.excluded,
    )


def limits_as_data(scope: Scope) -> dict[str, Any]:
    """The limits as JSON-ready data, all of them; days are ISO 8601, and both of a period are included."""
    return {
        "periods": [[period.first.isoformat(), period.last.isoformat()] for period in scope.periods],
        "blocks": [str(scope.block)] if scope.block else [],
        "categories": sorted(scope.categories or ()),
        "code": scope.with_code,
        "ids": sorted(scope.arxiv_ids or ()),
    }


def kept_scope(scope: Scope) -> dict[str, Any]:
    """A scope as JSON-ready data, to be stored."""
    left_out = [[period.first.isoformat(), period.last.isoformat()] for period in scope.excluded]
    return {**limits_as_data(scope), "rest": scope.rest, "without": left_out, "said": scope.description}


def scope_of(data: Mapping[str, Any], held: Sequence[date]) -> Scope:
    """The scope of what `kept_scope` gave, over the days that the library holds now, which ascend."""
    included, left_out = (
        tuple(Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in data[name])
        for name in ("periods", "without")
    )
    days, missing = _days(Periods(included, left_out), held)
    return Scope(
        data["rest"], days, frozenset(data["ids"]) or None, frozenset(data["categories"]) or None,
        Block(data["blocks"][0]) if data["blocks"] else None, data["code"], data["said"], tuple(missing),
        periods=included, excluded=left_out,
    )  # fmt: skip


def with_limits(former: Scope, newer: Scope, held: Sequence[date]) -> Scope:
    """A former scope with newer limits: each kind that the newer one sets takes the place of the former."""
    by_days = newer if newer.periods or newer.excluded else former
    days, missing = _days(Periods(by_days.periods, by_days.excluded), held)
    merged = replace(
        former,
        days=days,
        periods=by_days.periods,
        excluded=by_days.excluded,
        categories=newer.categories or former.categories,
        block=newer.block or former.block,
        with_code=newer.with_code or former.with_code,
        missing=tuple(missing),
    )
    return replace(merged, description=", ".join(_described(merged)))


def _described(scope: Scope) -> list[str]:
    """The limits of a scope apart from its papers, as the user is told them."""
    return [
        *_spoken_periods(Periods(scope.periods, scope.excluded)),
        *sorted(scope.categories or ()),
        *([SPOKEN_BLOCKS[scope.block]] if scope.block else []),
        *(["with code"] if scope.with_code else []),
    ]


def as_written(scope: Scope) -> str:
    """What is left of a question without its limits, in its own spelling: "summarise" may be no word of a paper."""
    rest = scope.rest
    for written, read in scope.respelt:
        rest = rest.replace(read, written)
    return rest


SPOKEN_BLOCKS = {Block.NEW: "new submissions", Block.CROSS_LISTED: "cross-listed"}


def without_block(description: str) -> str:
    """A scope's description without its block."""
    return ", ".join(part for part in description.split(", ") if part not in SPOKEN_BLOCKS.values())


class _Reader:
    """A question whose limits are read one kind after the other; what was read is not read again."""

    def __init__(self, question: str) -> None:
        self._question = question
        self.text = question

    def take(self, spans: Iterable[tuple[int, int]]) -> None:
        """Cover the words at these places; `text` keeps its length."""
        for start, end in spans:
            self.text = self.text[:start] + _COVER * (end - start) + self.text[end:]

    def arxiv_ids(self) -> list[str]:
        """The papers that it is about; of ids that others are compared with, none."""
        found = []
        for match in _ARXIV_ID.finditer(self._question):
            if match["new"] and match["month"] not in _MONTHS:
                continue
            if _is_of_others(self._question, match.start()):
                self.text = self.text[: match.start()] + _KEPT * len(match.group()) + self.text[match.end() :]
                continue
            found.append(match["new"] or f"{match['archive'].lower()}/{match['old']}")
            self.take([match.span()])
        return list(dict.fromkeys(found))

    def categories(self) -> list[str]:
        matches = [m for m in _CATEGORY.finditer(self.text) if not _is_of_others(self.text, m.start())]
        self.take(match.span() for match in matches)
        return list(dict.fromkeys(_category_name(match["category"]) for match in matches))

    def block(self, *, is_of_one_day: bool) -> Block | None:
        """The block of the listing; "new papers" are those of the block only on days that are named.

        There is none where both are asked for: "cross-lists included", "how many new and how many cross-listed".
        """
        if match := _CROSS_LISTED.search(self.text):
            self.take([match.span()])
            if match["in"] or (not match["not"] and not match["out"] and _NEW.search(self.text)):
                return None
            if not match["not"] and not match["out"]:
                return Block.CROSS_LISTED
            self.take(found.span() for found in _NEW_BLOCK.finditer(self.text))
            return Block.NEW
        match = _NEW_BLOCK.search(self.text) or (_NEW_PAPERS.search(self.text) if is_of_one_day else None)
        if match is None:
            return None
        self.take([match.span()])
        return Block.NEW

    def with_code(self) -> bool:
        """Whether only papers that link to code are asked for."""
        if not _CODE_HINT.search(self.text):
            return False
        match = _WITH_CODE.search(self.text) or _TOPIC_WITH_CODE.search(self.text)
        if match is None:
            return False
        self.take([match.span("limit")])
        return True

    def rest(self) -> str:
        """The question without what was read; as it was, where nothing was."""
        if _COVER not in self.text:
            return self._question
        kept = "".join(
            original if shown == _KEPT else shown for original, shown in zip(self._question, self.text, strict=True)
        )
        return _tidied(kept)


def _is_of_others(text: str, start: int) -> bool:
    return _OF_OTHERS.search(text[max(0, start - _BACK) : start]) is not None


def _category_name(text: str) -> str:
    """A category as arXiv writes it: cs.CV, physics.med-ph."""
    archive, _, subject = text.partition(".")
    return f"{archive}.{subject.upper() if len(subject) == 2 else subject}"


_TIDYING = (
    (re.compile(f"^{_COVER}[{_COVER}\\s]*(?:on|about)\\s+"), ""),
    (re.compile(f"[(\\[]\\s*{_COVER}[{_COVER}\\s]*[)\\]]"), " "),
    (
        re.compile(f"(?:\\b(?:and|or|but|,)\\s*)?{_COVER}[{_COVER}\\s]*(?:(?:,|\\band\\b|\\bor\\b)\\s*{_COVER}+\\s*)*"),
        " ",
    ),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+(?=[?!.,;:)])"), ""),
    (re.compile(r"^[\s,;:.–—-]+|[\s,;:–—-]+$"), ""),
    (re.compile(r",\s*(?=[,?.!;])"), ""),
)


def _tidied(text: str) -> str:
    for pattern, replacement in _TIDYING:
        text = pattern.sub(replacement, text)
    return text.strip()


# ---- days


def _is_of_days(periods: Periods) -> bool:
    return bool(periods.included) and all(period.first == period.last for period in periods.included)


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
