"""Whether what looks like a date is one: what stands around it decides ("in 2019", but "ImageNet 2012")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from assistant.dates import Piece
from assistant.days import Period, held_within

LISTED = (
    r"(?:papers?|works?|articles?|preprints?|digests?|listings?|submissions?|publications?|studies|abstracts?|ones?"
    r"|those|arrivals?|additions|cross-lists?|cross-listings?)"
)
_COUNTED = (  # what numbers such as 2019 count or name, where they are no years
    r"(?:challenges?|benchmarks?|competitions?|workshops?|conferences?|datasets?|data|images?|pictures|photos|frames?"
    r"|scenes?|samples?|iterations?|epochs?|steps?|class(?:es)?|categories|points?|pixels?|videos?|clips|subjects?"
    r"|patients?|objects?|people|persons|participants|identities|hours?|minutes?|seconds?|days|nodes|neurons|channels"
    r"|filters|layers|words|tokens|queries|questions|sequences|instances|annotations|labels|models?|novel|test|train"
    r"|training|validation|split|version|edition|season|outbreak|pandemic|world|olympic|gpus?|examples|shots?|views?"
    r"|cameras|faces|slides|scans|cases)\b"
)
_MADE = re.compile(  # of data, not of papers: "images collected in 2019"
    r"\b(?:collected|recorded|captured|acquired|taken|shot|gathered|crawled|scanned|scraped|held|organi[sz]ed|filmed"
    r"|sampled|deployed|observed|sensed|imaged|photographed|born|infected|trained|harvested|driven|flown|built"
    r"|(?<!^what\s)(?<!^what\shas\s)happened|occurred)\s+$",  # but "what happened in 2019" asks for the papers
    re.IGNORECASE,
)
_DATA_NOUN = re.compile(
    r"\b(?:data|datasets?|images?|videos?|footage|pictures|photos|challenges?|benchmarks?|competitions?|workshops?"
    r"|conferences?|pandemic|outbreak|winners?|models?|editions?|networks?|architectures?|methods?|algorithms?)\s+$",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(  # "who builds on EfficientNet from May 2019?"
    r"\b(?:follow\w*\s+up\s+on|(?:build\w*|based|improv\w+)\s+(?:up)?on|extend\w*|cit(?:e|es|ing))\s+\S+\s+$",
    re.IGNORECASE,
)
_OPERATOR = re.compile(
    r"(?:\b(?P<op>between|not?\s+(?:later|earlier|newer|older)\s+than|(?:later|newer|earlier|older|more\s+recent)\s+than"
    r"|(?:starting|beginning)(?:\s+(?:from|on|in|with))?|as\s+of|as\s+(?:far|early)(?:\s+back)?\s+as|(?:(?:going|dating)\s+)?back\s+to"
    r"|all\s+of|all\s+through|since|from|after|following|before|preceding|ahead\s+of|prior\s+to"
    r"|(?:(?:up\s+)?to|until|till|through)\s+and\s+including|up\s+(?:to|until|till|through)|until|till|through|thru|by|on|in|of"
    r"|for|during|within|throughout|over|dated|pre|post)"
    r"\s+(?:the\s+)?(?:(?:whole|entire|days?|dates?|months?|years?)\s+(?:of\s+)?)?|\b(?P<prefix>pre|post)-)$",
    re.IGNORECASE,
)
NOT = re.compile(
    r"(?:(?:^|[,;(]\s*)no|[,;]?\s*\b(?:(?:everything|anything|all)\s+but|(?:(?:but|and)\s+)?not|except(?:ing)?(?:\s+for)?"
    r"|(?:but\s+)?(?:excluding|omitting|skipping|barring|minus)|exclude|omit|skip|leave\s+out|save(?:\s+for)?|bar|other\s+than"
    r"|(?:apart|aside)(?:\s+from)?|(?:but\s+)?without|leaving(?:\s+(?:out|aside))?|ignor(?:e|ing)|outside(?:\s+of)?|rather\s+than"
    r"|with\s+the\s+exception(?:\s+of)?|instead(?:\s+of)?|(?:not|don['’]t)\s+(?:including|include)|neither))"
    rf"\s+(?:(?:the|any|all)\s+)?(?:{LISTED}\s+)?$|[,;]?\s*\bnon-$",
    re.IGNORECASE,
)
_UNREAD_BEFORE = re.compile(  # what says that only a part of the date was understood: "three days after 14 March"
    r"(?:\b(?:half|halves|thirds?|quarters?|weeks?|weekdays?|weekends?|fortnights?|(?:\d+|few|several|two|three|couple\s+of|last|first)"
    r"\s+(?:days|months|years)|parts?|rest|remainder|most|semester|terms?|middle|start|beginning|end|turn|holidays?)"
    r"(?:\s+(?:\d+|right|just|long|shortly|well))?"
    r"|\b(?:around|circa|ca\.?|roughly|approximately|approx\.?|almost|nearly|near|towards?|early|mid|late|past|beyond|at\s+least"
    r"|at\s+most|than|pre|post|half|to)"
    r"|\b(?:first|second|third|fourth|last|[qh][1-4]|spring|summer|autumn|fall|winter)\s*(?:and|or|to|through|,|-|–|&))"
    r"[-\s]\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_UNREAD_AFTER = re.compile(
    r"\s*(?:(?:,?\s*or\s+(?:so|thereabouts)|±|\+/-|plus\s+or\s+minus|give\s+or\s+take)|-?ish\b"
    r"|\s(?:weeks?|weekends?|holidays|semester)\b"
    r"|(?:\s(?:to|until|till|through|up\s+to)\s|\s*[-–]\s*)\s*(?:the\s+)?(?:(?:end|middle|start|beginning|early|mid|late|last|first|second"
    r"|third|fourth|spring|summer|autumn|fall|winter|q[1-4]|\d{1,2}(?:st|nd|rd|th))\b|\d{1,2}(?=\s*(?:[?,.:;!)]|$))))",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+and\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:every|each)\s+$", re.IGNORECASE)
_OPEN_RANGE = re.compile(r"\s+(?:to|until|till|through|up\s+to)\s+(?!date\b|now\b|(?:the\s+)?present\b)", re.IGNORECASE)
LEFT_OUT = re.compile(r"\s+(?:out|aside)\b", re.IGNORECASE)  # "leaving 2019 out"
LEFT_OUT_AFTER = re.compile(
    r",?\s+(?:(?:is|are|being)\s+)?(?:excluded|excepted|exempted|omitted|skipped|left\s+(?:out|aside)|not\s+included)\b",
    re.IGNORECASE,
)
_CLAUSE = r"(?=\s*(?:[?,.:;!)]|$|\b(?:on|about|that|with|which|who|for|in|of)\b(?!\s+(?:the\s+)?\d)))"
LATER = re.compile(
    r",?\s+(?:and|or)\s+(?:(?:all|everything|anything|those)\s+)?(?:later|after(?:wards?)?|newer|beyond|onwards?|more\s+recent)"
    rf"\b{_CLAUSE}|,?\s+(?:and\s+)?(?:onwards?|forwards?)\b|\s+on\b(?!\s+\w)|\s+at\s+the\s+earliest\b"
    r"|\s+(?:up\s+)?(?:to|until|till|through|and)\s+(?:date|now|(?:the\s+)?present(?:\s+day)?)\b"
    rf"{_CLAUSE}",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r",?\s+(?:and|or)\s+(?:(?:all|everything|anything|those)\s+)?(?:earlier|before|older|prior|previously)"
    rf"\b{_CLAUSE}|\s+at\s+the\s+latest\b",
    re.IGNORECASE,
)
_LISTED_SOON = re.compile(rf"\s+(?:(?!{_COUNTED}|on\b|in\b)[\w-]+\s+){{1,3}}(?:papers|works|articles)\b", re.IGNORECASE)
MAYBE_LEFT_OUT = re.compile(  # a date may follow that was not understood: "2019 except the first week"
    r"\b(?:except(?:ing)?(?:\s+for)?|excluding|exclude|omit(?:ting)?|skip(?:ping)?|minus|without|apart\s+from|aside\s+from|other\s+than"
    r"|(?:but|and)\s+not|,\s*not|not\s+(?:in|on|from|of|during)|leav(?:e|ing)\s+out|with\s+the\s+exception\s+of)\s+"
    r"(?:(?:for|in|on|from|of|during|the|those|its|any|all|papers|digests?|every|first|second|third|fourth|last|early|mid|late|two)\s+){0,5}"
    r"(?P<what>(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weeks?|weekends?|weekdays?|days?|months?|quarters?|half|halves|seasons?"
    r"|holidays|q[1-4]|h[12]|spring|summer|autumn|fall|winter|\d{1,2}(?:st|nd|rd|th)|january|february|april|june|july|august"
    r"|september|october|november|december|(?-i:March|May)|march(?=\s*(?:[?,.:;!)]|$)))\b",
    re.IGNORECASE,
)
A_YEAR = re.compile(r"\b(?:199\d|20\d\d)\b")
_NO = re.compile(r"\bno\s+$", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?\b|['’](?=\s)")
_LISTED_NEXT = re.compile(rf"(?:['’]s?)?\s+(?:(?:new|cross-listed|other|two|three)\s+)?{LISTED}\b", re.IGNORECASE)
_NAMED_NEXT = re.compile(
    r"\s+(?:releases?(?!\s+(?:an?|the|their|its|new|code|data|all|some|any)\b)|versions?|editions?|snapshots?|dumps?|challenges?|splits?|competitions?|workshops?|conferences?)\b",
    re.IGNORECASE,
)
_COUNTED_NEXT = re.compile(rf"\s+{_COUNTED}", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"\s*(?:[?,.:;!)–-]|$|(?:on|about|that|with|which|who|and|or|in|for)\b)", re.IGNORECASE)
_OPENS = re.compile(r"(?:^|[,;:(–])\s*$")
_LISTED_BEFORE = re.compile(
    rf"\b(?:{LISTED}|appeared|published|new|listed|posted|submitted|added|out|in|up|came|there|arrived)"
    r"(?:\s+(?:dated|of|from|for))?\s+$",
    re.IGNORECASE,
)
_ARRIVES = re.compile(
    rf"\b(?:{LISTED}|appear|appeared|appears|published|listed|posted|submitted|arrived|digests?|listings?|came\s+out|new\s+papers)\b",
    re.IGNORECASE,
)
_BACK = 60  # characters before a date that may belong to it
_RELATIVE = frozenset({"today", "yesterday", "calendar", "weekday", "rolling", "ago"})


@dataclass(frozen=True)
class Chain:
    """Dates that belong together, with the text around them: "[from] 3 to 10 January 2019"."""

    text: str
    pieces: tuple[Piece, ...]

    @cached_property
    def before(self) -> str:
        """What stands before it."""
        return self.text[max(0, self.pieces[0].start - _BACK) : self.pieces[0].start]

    @cached_property
    def after(self) -> str:
        """What stands after it."""
        return self.text[self.pieces[-1].end :]

    @cached_property
    def operator(self) -> str:
        """The preposition before it, or nothing."""
        found = _OPERATOR.search(self.before)
        operator = " ".join((found["op"] or found["prefix"]).lower().split()) if found else ""
        is_looked_through = operator in {"through", "thru"} and _LISTED_NEXT.match(
            self.after
        )  # "go through 2019 papers"
        return "during" if is_looked_through else operator

    @cached_property
    def is_left_out(self) -> bool:
        """Whether the words around it exclude it: "not in 2019"."""
        return bool(NOT.search(self.before[: operator_start(self)]) or LEFT_OUT_AFTER.match(self.after))


# ---- whether they are dates at all


def is_date(chain: Chain) -> bool:
    """Whether it dates papers, as far as the text around it tells."""
    if _is_ruled_out(chain) or _is_partly_read(chain):
        return False
    if chain.pieces[0].match.lastgroup == "compact" and _COUNTED_NEXT.match(chain.after):
        return False
    if any(piece.kind in _RELATIVE for piece in chain.pieces):
        return _is_relative_date(chain, chain.pieces[-1])
    if any(_is_strong(piece) for piece in chain.pieces):
        return True
    return _is_year(chain) if chain.pieces[0].kind == "year" else _is_yearless(chain)


def _is_ruled_out(chain: Chain) -> bool:
    """Whether it dates something else: "images collected in 2019", "last year's challenge", "the 2019 release"."""
    is_of_other = POSSESSIVE.match(chain.after) and not _LISTED_NEXT.match(chain.after)
    is_denied = _NO.search(chain.before) and not NOT.search(chain.before)
    return bool(is_of_other or is_denied or _NAMED_NEXT.match(chain.after) or _is_of_data(chain))


def _is_partly_read(chain: Chain) -> bool:
    """Whether words next to it change what it says and are not understood: "around 14 March", "weekends of May"."""
    before = chain.before[: operator_start(chain)]
    if before.strip() and _UNREAD_BEFORE.search(before) and not NOT.search(before):
        return not (_LISTED_NEXT.match(chain.after) and chain.operator)
    first = chain.pieces[0]
    is_every_other = first.kind == "inner" and first.match["inner_nth"] and _EVERY.search(before)
    if is_every_other or _UNREAD_AFTER.match(chain.after):
        return True
    outer = [piece for piece in chain.pieces if piece.kind != "inner"]
    is_single = len(outer) == 1 and len(outer[0].periods) < 2 and outer[0].kind != "month_days"
    if chain.operator == "between" and is_single and _AND.match(chain.after) and not LATER.match(chain.after):
        return True
    return chain.operator == "from" and len(outer) == 1 and bool(_OPEN_RANGE.match(chain.after))


def without_names(chain: Chain) -> Chain:
    """The chain without years before it that belong to names: "VOC 2007 and 25 May 2020"."""
    if chain.pieces[0].kind != "year" or is_bare(chain) or _is_year(chain):
        return chain
    return without_names(replace(chain, pieces=chain.pieces[1:]))


def _is_of_data(chain: Chain) -> bool:
    """Whether it dates the making of data ("images collected in 2019"), or a challenge, and no paper."""
    operator = _OPERATOR.search(chain.before)
    if operator is None:
        return False
    stands_before = chain.before[: operator.start()]
    if _MADE.search(stands_before) or _OF_OTHERS.search(stands_before):
        return True
    is_weak = is_bare(chain) and chain.operator in {"from", "of"}
    return bool(is_weak and _DATA_NOUN.search(stands_before))


def _is_strong(piece: Piece) -> bool:
    return piece.kind != "year" and not (piece.kind in {"day", "month"} and piece.year is None)


def is_bare(chain: Chain) -> bool:
    """Whether it is nothing but years."""
    return all(piece.kind == "year" and not piece.part for piece in chain.pieces)


def _is_year(chain: Chain) -> bool:
    """A year needs a preposition or papers: "in 2019", "2019 papers"; "ImageNet 2012" is a name."""
    if _COUNTED_NEXT.match(chain.after):
        return False
    if _LISTED_NEXT.match(chain.after) or chain.is_left_out:
        return True
    if chain.operator in {"of", "for"}:
        before = chain.before[: operator_start(chain)]
        return not before.strip() or bool(_LISTED_BEFORE.search(before))
    if chain.operator not in {"", "on", "over", "by"} or (is_bare_opening(chain) and _LISTED_SOON.match(chain.after)):
        return True
    if LATER.match(chain.after) or EARLIER.match(chain.after):
        return bool(_OPENS.search(chain.before) or _LISTED_BEFORE.search(chain.before))
    return len(chain.pieces) > 1 and bool(_OPENS.search(chain.before))


def is_bare_opening(chain: Chain) -> bool:
    """Whether it is a year with which a question begins: "2019 GANs"."""
    return is_bare(chain) and not chain.before.strip() and not _COUNTED_NEXT.match(chain.after)


def operator_start(chain: Chain) -> int:
    """Where in `before` the preposition begins, its end where there is none."""
    found = _OPERATOR.search(chain.before)
    return found.start() if found else len(chain.before)


def _is_yearless(chain: Chain) -> bool:
    """A day or month without a year needs a preposition, or a place where nothing else can stand."""
    first = chain.pieces[0]
    if _COUNTED_NEXT.match(chain.after):
        return False
    is_verb_like = re.search(r"\b(?:may|march)\b", first.match.group()) is not None
    clause_ends = _CLAUSE_ENDS.match(chain.after) or LEFT_OUT_AFTER.match(chain.after) or LEFT_OUT.match(chain.after)
    if chain.is_left_out and (chain.operator or clause_ends or _LISTED_NEXT.match(chain.after)):
        return bool(clause_ends and (chain.operator or A_YEAR.search(chain.text))) or not is_verb_like
    if is_verb_like and not (chain.operator and clause_ends):
        return False
    if first.kind == "month":
        has_sign = first.part or _LISTED_NEXT.match(chain.after)
        return bool(has_sign or (chain.operator and chain.operator not in {"on", "for", "over", "by", "following"}))
    return bool(chain.operator or (_OPENS.search(chain.before) and _CLAUSE_ENDS.match(chain.after)))


def _is_relative_date(chain: Chain, last: Piece) -> bool:
    if last.kind == "today":
        return bool(
            _LISTED_NEXT.match(chain.after)
            or chain.operator in {"of", "from", "for", "since"}
            or (chain.operator == "between" and len(chain.pieces) > 1)
            or _LISTED_BEFORE.search(chain.before)
            or (not chain.before.strip() and chain.after.startswith(":"))
            or (not chain.after.strip(" ?.!") and _ARRIVES.search(chain.text))
        )
    if last.kind == "ago" and last.match["ago_unit"].lower() in {"month", "year"}:
        return chain.operator in {"from", "of", "since"} or bool(_LISTED_BEFORE.search(chain.before))
    if last.kind == "rolling" and (last.match["rolling_units"] or "").lower() in {"month", "year"}:
        return bool(_ARRIVES.search(chain.text))
    if last.kind == "weekday" and not last.match["weekday_which"]:
        return bool(chain.operator or _LISTED_NEXT.match(chain.after))
    return True


def years_fit(chain: Chain, meant: Sequence[Period], held: Sequence[date]) -> bool:
    """Whether bare years are years of this library; "before 2012" is not, where it begins in 2019."""
    if not held:
        return False
    years = [piece.year or 0 for piece in chain.pieces]
    is_near = all(held[0].year - 1 <= year <= held[-1].year + 1 for year in years)
    return is_near and any(held_within(period, held) for period in meant)
