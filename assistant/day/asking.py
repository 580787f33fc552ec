"""Questions for an overview of a day or a period, "what happened on …", told from questions about papers.

Every word must be accounted for: what is left over is a question for retrieval.
"""

import re
from dataclasses import dataclass

from assistant.day.narrowing import theme_label
from assistant.exact.wording import LONGEST, unadorned, words_in
from assistant.scope import Scope
from assistant.terms import ASKING_WORDS, STOP_WORDS
from ingest.errors import InputError

_THINGS = (
    r"(?:(?:all|new|newest|latest|recent|newly|listed|submitted|posted|published|the|today's|arxiv|daily|whole|main|research"
    r"|important|interesting|most)\s+)*"
    r"(?:days?|weeks?|months?|periods?|digests?|papers?|preprints|articles|works|submissions|listings?|publications|news"
    r"|developments|findings|results|advances|research|arxiv|literature)"
)
_LENGTH = r"(?:(?:short|quick|brief|concise|general|full|complete|good|daily|weekly|monthly|rough|little)\s+)*"
_NEW = (
    r"(?:what\s+(?:is|are|was|were)\s+(?:the\s+)?(?:all\s+)?new(?:s)?|what\s+is\s+there\s+that\s+is\s+new"
    r"|(?:is|was)\s+there\s+anything\s+new|anything\s+new|any\s+news|what\s+(?:did|have)\s+(?:i|we)\s+miss(?:ed)?)"
)
_HAPPENED = (
    r"(?:what\s+(?:has\s+)?happened|wh?at\s+(?:was|is|were)\s+there|what\s+(?:do|did)\s+we\s+have|what\s+went\s+on|what\s+(?:has\s+)?(?:came|come)\s+out|what\s+was\s+going\s+on"
    r"|what\s+(?:was|got|has\s+been|is)\s+(?:published|posted|announced|submitted|out)"
    r"|what\s+(?:are|were)\s+(?:the\s+)?(?:highlights|headlines))"
)
_ABOUT = (
    rf"(?:\s+(?:of|for|from|in|on|about|with)(?:\s+(?:the|all|this|that))*(?:\s+{_THINGS})?|\s+(?:the\s+)?{_THINGS})?"
)
_SUMMARY = (
    rf"(?:(?:(?:summari[sz]e|recap|sum\s+up|review|brief\s+(?:me|us)(?:\s+on)?|catch\s+(?:me|us)\s+up(?:\s+on)?"
    rf"|walk\s+(?:me|us)\s+through|bring\s+(?:me|us)\s+up\s+to\s+date(?:\s+on)?|update\s+(?:me|us)(?:\s+on)?)"
    rf"(?:\s+(?:for\s+)?(?:me|us))?(?:\s+(?:the|all|this|that|what\s+(?:happened|is\s+new|came\s+out)))*(?:\s+{_THINGS})?)"
    rf"|(?:(?:give|show|write|make|get|provide|send)\s+)?(?:(?:me|us)\s+)?(?:an?\s+|the\s+)?{_LENGTH}"
    rf"(?:overview|summary|recap|digest|briefing|round-?up|rundown|run-down|synopsis|highlights){_ABOUT})"
)
_THEMES = (
    r"what\s+(?:are|were|is|was)\s+(?:the\s+)?(?:(?:main|major|largest|big|biggest|hot|most\s+common|most\s+frequent|key|top"
    rf"|dominant|research)\s+)*(?:themes?|topics?|trends?|subjects?){_ABOUT}"
)
_TAIL = r"(?:\s+(?:on\s+arxiv|in\s+the\s+(?:library|digests?)|there))?"
_TOPIC = (
    r"\s+(?:in|on|about|for|regarding|around|concerning)\s+(?:the\s+(?:field|area|topic|world)\s+of\s+)?(?P<topic>.+)"
)
_IS_NEW = re.compile(_NEW + _TAIL, re.IGNORECASE)
_ASKS = re.compile(rf"(?:{_NEW}|{_HAPPENED}|{_SUMMARY}|{_THEMES}){_TAIL}", re.IGNORECASE)
_ASKS_ON = re.compile(rf"(?:{_NEW}|what\s+(?:has\s+)?happened|{_SUMMARY}){_TAIL}{_TOPIC}", re.IGNORECASE)
_ASKS_ON_PAPERS = re.compile(
    rf"(?:(?:summari[sz]e|recap)|(?:(?:give|show|write|get)\s+)?(?:(?:me|us)\s+)?(?:an?\s+|the\s+)?{_LENGTH}(?:overview|summary|recap)"
    r"\s+of)\s+(?:the\s+|all\s+)*(?P<topic>.+?)\s+(?:papers|preprints|articles|works|submissions)",
    re.IGNORECASE,
)
_POLITE_END = re.compile(r"[\s,]+(?:please|thanks|for\s+me)\W*$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|or)?\s*(?:what\s+about|how\s+about|the\s+same|now)?\s*(?:on|for|of|in)?", re.IGNORECASE)
_MOST_WORDS = 4
_NEVER_IN_TOPIC = (STOP_WORDS | ASKING_WORDS | {"section", "table", "figure", "day", "week"}) - {"and", "of", "for"}


@dataclass(frozen=True, slots=True)
class DayWish:
    """A wish for an overview, and the theme it is narrowed to, empty where it is not."""

    theme: str = ""


def wish_in(question: str, scope: Scope, *, is_after_overview: bool = False) -> DayWish | None:
    """What overview a question asks for; None where it asks for something else.

    Without a period only "what's new" is one: of the newest day. After an overview "and on 4 May?" asks for another.
    """
    if len(question) > LONGEST or scope.arxiv_ids is not None or scope.with_code or len(scope.categories or ()) > 1:
        return None
    has_period = bool(scope.periods) or scope.days is not None
    if is_after_overview and has_period and _GOES_ON.fullmatch(unadorned(scope.rest)):
        return DayWish()
    return _wish(scope.rest, has_period=has_period) or _wish(_as_asked(scope), has_period=has_period)


def _as_asked(scope: Scope) -> str:
    """What is left of the question without its limits, in its own spelling: "summarise" may be no word of a paper."""
    rest = scope.rest
    for written, read in scope.respelt:
        rest = rest.replace(read, written)
    return rest


def _wish(text: str, *, has_period: bool) -> DayWish | None:
    rest = unadorned(_POLITE_END.sub("", text))
    if not has_period:
        return DayWish() if _IS_NEW.fullmatch(rest) else None
    if _ASKS.fullmatch(rest):
        return DayWish()
    match = _ASKS_ON.fullmatch(rest) or _ASKS_ON_PAPERS.fullmatch(rest)
    return DayWish(match["topic"]) if match is not None and _is_theme(match["topic"]) else None


def _is_theme(topic: str) -> bool:
    """Whether some words could name a field: few, and plain."""
    words = words_in(topic)
    if not 0 < len(words) <= _MOST_WORDS or not _NEVER_IN_TOPIC.isdisjoint(words):
        return False
    try:
        theme_label(topic)
    except InputError:
        return False
    return True
