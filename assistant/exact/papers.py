"""What the library knows of a paper that a question names: title, link, id, days, block, version, category, code."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Answer
from assistant.contract import AnswerBuilder, DraftClaim
from assistant.days import spoken_day
from assistant.exact.naming import ids_in, papers_named, respellings
from assistant.exact.saying import exact_answer
from assistant.exact.wording import Asked
from assistant.reading.evidence import Evidence
from ingest.database import ListedPaper
from ingest.paper import Link, StoredPaper
from prompts import fill

_ATTRIBUTES = {
    "code": r"(?:(?:links?\s+to\s+(?:the\s+)?)?(?:(?:source|official|public|github)\s+)*(?:code(?:base)?|implementation"
    r"|repository|repo|github)(?:\s+(?:links?|repository|repo|page|url))?)",
    "title": r"(?:full\s+|exact\s+)?titles?|name\s+of\s+the\s+paper",
    "link": r"(?:arxiv\s+|pdf\s+|download\s+|web\s+)?(?:links?|urls?|address(?:es)?|pages?)|pdfs?(?:\s+file)?",
    "id": r"(?:arxiv\s*)?(?:id|ids|identifiers?|numbers?)(?:\s+(?:on|at)\s+arxiv)?",
    "listed": r"(?:listing\s+|publication\s+)?(?:days?|dates?)(?:\s+of\s+(?:listing|publication|appearance))?",
    "block": r"blocks?|section",
    "version": r"versions?(?:\s+numbers?)?",
    "category": r"(?:arxiv\s+)?categor(?:y|ies)",
    "place": r"(?:place|position|rank)s?(?:\s+(?:in|on)\s+(?:the|its)\s+(?:list|digest|listing))?",
}
_ATTRIBUTE = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _ATTRIBUTES.items())
_PAPER = r"(?P<paper>.+?)"
_ASKS = (
    r"(?:(?:what|which)\s+(?:is|are|was|were)|(?:show|give|send|get|find|tell|open|fetch)(?:\s+me|\s+us)?"
    r"|where\s+(?:is|(?:can|do)\s+i\s+(?:find|get|download|see)|to\s+find)|)"
)
_OF = re.compile(
    rf"{_ASKS}\s*(?:the\s+)?(?:{_ATTRIBUTE})\s+(?:does\s+(?P<owner>.+?)\s+have|(?:of|to|for)\s+{_PAPER})", re.IGNORECASE
)
_OWN = re.compile(rf"{_ASKS}\s*{_PAPER}(?:'s|(?<=\bits)|(?<=\btheir))\s+(?:{_ATTRIBUTE})", re.IGNORECASE)
_LISTED = (
    r"(?:listed|published|posted|announced|submitted|added|uploaded|put\s+(?:up\s+)?on(?:\s+arxiv)?|on\s+arxiv"
    r"|in\s+the\s+digest)"
)
_APPEAR = (
    r"(?:appear(?:ed)?|come\s+out|came\s+out|get\s+(?:listed|published|posted)|show\s+up)"
    r"(?:\s+(?:in\s+the\s+digest|on\s+arxiv|on|in))?"
)
_WHEN = re.compile(
    r"(?:when|(?:(?:on|in|of|from)\s+)?(?:which|what)\s+(?:day|date|digest)(?:'s\s+(?:list|digest))?)\s+(?:exactly\s+)?"
    rf"(?:(?:was|were|is|are)\s+{_PAPER}\s+(?:first\s+)?(?:{_LISTED}(?:\s+(?:on|in|at)(?:\s+arxiv)?)?|from|of|in|on)"
    rf"|(?P<owner>.+?)\s+(?:was|were|is)\s+(?:first\s+)?{_LISTED}"
    rf"|(?:did|does|do)\s+(?P<other>.+?)\s+(?:first\s+)?{_APPEAR}"
    r"|(?:has|had|lists?|listed|holds?|contains?|brought|features?|includes?)\s+(?P<held>.+))",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"(?:is|was)\s+{_PAPER}\s+(?:in|from)\s+which\s+(?:digest|day)", re.IGNORECASE)
_WHICH_BLOCK = re.compile(
    rf"(?:(?:is|was|are|were)\s+{_PAPER}\s+(?:an?\s+|listed\s+as\s+)?(?:new(?:\s+(?:paper|submission|listing))?|cross[-\s]?list(?:ed|ing|s)?)"
    r"(?:\s+or\s+(?:(?:is\s+it\s+|was\s+it\s+)?(?:an?\s+)?(?:new(?:\s+(?:paper|submission|listing))?|(?:only\s+)?cross[-\s]?list(?:ed|ing|s)?|not)))?"
    r"|(?:in\s+)?(?:which|what)\s+block\s+(?:is|was|does|lists?|has)\s+(?P<other>.+?)(?:\s+(?:in|listed\s+in|belong\s+to|listed))?)",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    rf"(?:is|are)\s+{_PAPER}\s+(?:(?:stored|included|held|contained|also)\s+)?(?:in|part\s+of)\s+(?:the|your|this|my|our)\s+"
    r"(?:library|database|collection)"
    r"|(?:do|does)\s+(?:you|we|i|it|(?:the|your|this|my)\s+library|daybook)\s+(?:have|hold|contain|know|include|store|list)\s+(?P<other>.+?)"
    r"(?:\s+in\s+(?:the|your)\s+library)?"
    r"|have\s+you\s+(?:got\s+)?(?P<held>.+)",
    re.IGNORECASE,
)
_WHICH_PAPER = re.compile(
    r"(?:which|what)\s+paper\s+(?:is|has(?:\s+the)?(?:\s+arxiv)?(?:\s+id)?|hides\s+behind|does)\s+"
    rf"{_PAPER}(?:\s+(?:refer\s+to|stand\s+for|belong\s+to))?",
    re.IGNORECASE,
)
_WHICH_CATEGORY = re.compile(
    rf"(?:in\s+|of\s+|under\s+)?(?:which|what)\s+categor(?:y|ies)\s+(?:is|was|are|does|has)\s+{_PAPER}"
    r"(?:\s+(?:in|of|from|listed\s+in|listed\s+under|listed|belong\s+to|have|appear\s+in))?",
    re.IGNORECASE,
)
_CODE_OF = re.compile(
    r"(?:where\s+(?:is|are|can\s+(?:i|one|we)\s+(?:find|get|download)|do\s+i\s+find|to\s+find)\s+(?:the\s+)?"
    rf"{_ATTRIBUTES['code']}\s+(?:of|for|to|from)\s+{_PAPER}"
    rf"|where\s+(?:is|can\s+i\s+find)\s+(?P<owner>.+?)(?:'s|(?<=\bits)|(?<=\btheir))\s+{_ATTRIBUTES['code']}"
    r"|(?:do|does|did|has|have)\s+(?:the\s+authors\s+of\s+)?(?P<other>.+?)\s+(?:have|come\s+with|released?|provided?|give|publish(?:ed)?"
    rf"|offer|share[d]?|link\s+to)\s+(?:(?:its|their|the|any|a|public|link\s+to)\s+)*{_ATTRIBUTES['code']}(?:\s+(?:available|online|link))?"
    rf"|is\s+(?:there\s+)?(?:any\s+|the\s+|an?\s+)?{_ATTRIBUTES['code']}\s+(?:available\s+)?(?:of|for|to)\s+(?P<held>.+?)"
    r"(?:\s+(?:(?:publicly\s+|openly\s+)?(?:available|released|online|public|open)|on\s+github))?"
    rf"|is\s+(?P<its>.+?)(?:'s|(?<=\bits)|(?<=\btheir))\s+{_ATTRIBUTES['code']}\s+(?:publicly\s+|openly\s+)?"
    r"(?:available|released|online|public|open)"
    r"|is\s+(?P<open>.+?)\s+open[-\s]sourced?)",
    re.IGNORECASE,
)
_ITS = re.compile(
    rf"(?:what\s+about\s+|how\s+about\s+|what\s+is\s+)?(?P<paper>its|their|the)\s+(?:{_ATTRIBUTE})", re.IGNORECASE
)
_SAYS_CODE = re.compile(r"\bcodes?\b|\bimplementations?\b|\bgithub\b|\bopen[-\s]sourced?\b", re.IGNORECASE)


def paper_facts(asked: Asked) -> Answer | None:
    """The answer to a question for something that the library knows of a paper; None where it is no such question."""
    for pattern, name in _PATTERNS:
        match = pattern.fullmatch(asked.plain)
        if match is None:
            continue
        groups = match.groupdict()
        text = next((groups[key] for key in ("paper", "owner", "other", "held", "its", "open") if groups.get(key)), "")
        wanted = name or next((key for key in _ATTRIBUTES if groups.get(key)), "")
        text = asked.pointed_at[0] if text == "the" and len(asked.pointed_at) == 1 else text
        if (answer := _answer(asked, text, wanted)) is not None:
            return answer
    return None


def _answer(asked: Asked, text: str, wanted: str) -> Answer | None:
    papers = papers_named(text, asked)
    if papers is None:
        return None
    facts = [fact for paper in papers for fact in _FACTS[wanted](paper)]
    held = {paper.paper.arxiv_id for paper in papers}
    missing = [] if held else [one for one in ids_in(text) if one not in held]
    facts += [fill("exact_no_such_paper", paper=f"arXiv:{one}") for one in missing]
    if not facts:
        return None
    answer = exact_answer(asked, facts, [as_listed(paper) for paper in papers], respellings(text, asked))
    return with_code_quotes(asked, answer, papers) if wanted == "code" else answer


def as_listed(stored: StoredPaper) -> ListedPaper:
    """A paper as a list of the library names it."""
    paper = stored.paper
    return ListedPaper(stored.row, paper.arxiv_id, paper.title, paper.url, stored.listings[0])


def _days(stored: StoredPaper) -> str:
    return " and ".join(dict.fromkeys(spoken_day(listing.day) for listing in stored.listings))


def _listed_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_listed", title=stored.paper.title, days=_days(stored))]


def _title_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_title", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _link_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_link", title=stored.paper.title, url=stored.paper.url)]


def _id_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_id", arxiv_id=stored.paper.arxiv_id, title=stored.paper.title)]


def _place_facts(stored: StoredPaper) -> list[str]:
    title = stored.paper.title
    return [
        fill("exact_place", title=title, number=o.position, category=o.category, day=spoken_day(o.day), block=o.block)
        for o in stored.listings
    ]


def _version_fact(stored: StoredPaper) -> list[str]:
    if stored.paper.version:
        return [fill("exact_version", title=stored.paper.title, version=stored.paper.version)]
    return [fill("exact_no_version", title=stored.paper.title)]


def _category_fact(stored: StoredPaper) -> list[str]:
    names = " and ".join(dict.fromkeys(listing.category for listing in stored.listings))
    return [fill("exact_category", title=stored.paper.title, categories=names)]


def _held_fact(stored: StoredPaper) -> list[str]:
    return [fill("exact_held", title=stored.paper.title, days=_days(stored))]


# ---- code


def _code_facts(stored: StoredPaper) -> list[str]:
    title, links = stored.paper.title, stored.paper.links
    code = [link.url for link in links if link.is_code]
    if code:
        return [fill("exact_code", title=title, links=", ".join(code))]
    if links:
        return [fill("exact_no_code_but_links", title=title, links=", ".join(link.url for link in links))]
    return [fill("exact_no_code", title=title)]


def with_code_quotes(asked: Asked, answer: Answer, papers: Sequence[StoredPaper]) -> Answer:
    """The answer with the sentences of the abstracts that give the links, or else speak of code."""
    builder = AnswerBuilder(asked.question, papers)
    spans = asked.library.sentences([paper.row for paper in papers])
    pieces = [
        Evidence(paper, span, 1.0)
        for paper in papers
        for span in spans[paper.row]
        if _is_on_code(paper.paper.abstract[span.start : span.end], paper.paper.links)
    ]
    for piece in pieces:
        builder.add(DraftClaim(piece.quote, (piece,)))
    if not pieces:
        return answer
    quoted = builder.answer()
    listed, *_ = {reference.arxiv_id: reference for reference in answer.references}, None
    unquoted = [one for one in listed.values() if one.arxiv_id not in {q.arxiv_id for q in quoted.references}]
    more = [replace(one, number=len(quoted.references) + n) for n, one in enumerate(unquoted, start=1)]
    text = "\n\n".join(["\n".join(answer.facts), quoted.text])
    return replace(answer, text=text, claims=quoted.claims, references=(*quoted.references, *more))


def _is_on_code(sentence: str, links: Sequence[Link]) -> bool:
    code = [link.url for link in links if link.is_code]
    return any(url in sentence for url in code) if code else _SAYS_CODE.search(sentence) is not None


_FACTS: dict[str, Callable[[StoredPaper], list[str]]] = {
    "listed": _listed_fact,
    "title": _title_fact,
    "link": _link_fact,
    "id": _id_fact,
    "place": _place_facts,
    "block": _place_facts,
    "version": _version_fact,
    "category": _category_fact,
    "held": _held_fact,
    "code": _code_facts,
}
_ON_A_CARD = ("title", "place", "link", "code")


def all_facts(stored: StoredPaper) -> list[str]:
    """What the library's fields say of a paper: id and title, where it was listed, its link, its code."""
    return [fact for name in _ON_A_CARD for fact in _FACTS[name](stored)]


_PATTERNS = (
    (_OF, ""),
    (_OWN, ""),
    (_ITS, ""),
    (_WHEN, "listed"),
    (_SINCE, "listed"),
    (_WHICH_BLOCK, "block"),
    (_WHICH_PAPER, "title"),
    (_WHICH_CATEGORY, "category"),
    (_CODE_OF, "code"),
    (_HOLDS, "held"),
)
