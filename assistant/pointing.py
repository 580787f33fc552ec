"""The words of a question that point at what was said before, read from its text alone."""

import re
from dataclasses import dataclass

from assistant.pointing_words import AFTER_NO_PLACE, COUNTS, FILLING, FILLING_BESIDE_ONLY, PLACES, WEAK_WORDS
from assistant.terms import ASKING_WORDS, STOP_WORDS, question_terms
from ingest.words import words_of

_NOUN = (
    r"(?:papers?|works?|methods?|approach(?:es)?|stud(?:y|ies)|articles?|models?|networks?|systems?|frameworks?"
    r"|algorithms?|architectures?|detectors?|techniques?|results?)"
)
_GENERIC = (
    rf"(?:{_NOUN}|authors?|data\s?sets?|databases?|data|code|experiments?|benchmarks?|evaluation|training|idea|images"
    r"|pictures|scans)"
)
OPENER = r"^(?:(?:ok(?:ay)?|right|well|now|thanks?|thank\s+you|good|fine|so|and|but|pity|then|great|hm+)[\s,.!:;–—-]+)*"
_NEW_TOPIC = re.compile(
    rf"{OPENER}(?:"
    r"(?:(?:a|one)\s+)?(?:(?:completely|very|quite)\s+)?(?:different|new|another|other|next)\s+(?:subject|topic|question|matter|theme)"
    r"|(?:(?:a|the)\s+)?change\s+of\s+(?:subject|topic)|chang(?:e|ing)\s+(?:the\s+)?(?:subject|topic)"
    r"|(?:about\s+|to\s+|for\s+)?something\s+(?:(?:completely|quite|entirely|totally)\s+)?(?:else|different|new|unrelated)"
    r"|on\s+(?:a|another)\s+(?:different\s+|other\s+)?(?:note|topic|subject|matter)"
    r"|(?:let['’]?s|let\s+us)\s+(?:talk\s+about|turn\s+to|move\s+on(?:\s+to)?|switch\s+to)(?:\s+something\s+else)?"
    r"|by\s+the\s+way|unrelated"
    r")(?:\s+(?:now|then|please))?(?:\s*[:.,;!–—-]+\s*|\s+(?=\S))",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?:the|that|your)\s+(?:very\s+)?(?P<place>{'|'.join(PLACES)})\b"
    rf"(?:\s+(?P<noun>one|{_NOUN})\b|\s+of\s+(?:the|these|those|them|all)\b(?:\s+(?P<count>{'|'.join(COUNTS)}))?)?"
    r"(?P<next>\s*(?:['’]s\b)?\s*(?:[\w-]+)?)",
    re.IGNORECASE,
)
_ALWAYS_PLACES = ("former", "latter")
_NUMBERED = re.compile(
    r"\[(\d{1,2})\]|(?:\b(?:number|no\.|nr\.?|paper|reference|result)|#)\s*(\d{1,2})\b(?![.\d%])", re.IGNORECASE
)
_OTHER = re.compile(
    rf"\b(?:the|that)\s+other(?:\s+(?:one|{_NOUN}))?(?=\s*(?:[?.,:;!]|$)|\s+(?:is|was|do|does|did|can|has)\b|,)",
    re.IGNORECASE,
)
_TWO = re.compile(r"\b(?:the|these|those|of\s+the)\s+two\b|\bboth\b|\bthe\s+pair\b", re.IGNORECASE)
_AMONG = re.compile(
    r"\bwhich\s+ones?\b"
    r"|\b(?:which|what|any|one|none|all|each|some|most|many)\s+of\s+(?:them|these|those|the\s+(?:two|three|four|five|papers|ones))\b"
    rf"|\b(?:these|those)\s+(?:two|three|four|five|{_NOUN}|ones)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\bcompar(?:e|es|ed|ison|ing)\b|\bdiffer(?:s|ed|ent|ence|ences)?\b|\bversus\b|\bvs\b|\bin\s+common\b|\bcontrast\b"
    r"|\bshare\b|\b(?:better|worse|faster|slower|smaller|larger|bigger|newer|older|higher|lower)\s+than\b|\bagainst\s+the\b",
    re.IGNORECASE,
)
_RANKS = re.compile(
    r"\b(?:more|less|fewer|better|worse|faster|slower|smaller|larger|higher|lower|older|newer)\b", re.IGNORECASE
)
_AUXILIARY = r"(?:is|are|was|were|does|do|did|can|could|has|have|had|will|would|should|might|must)"
_ASKED_OF = re.compile(rf"\b{_AUXILIARY}(?:n['’]t)?\s+(?:it|they|he|she)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|they|their|theirs|them)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|their|theirs|them)\b", re.IGNORECASE)
_BARE_THAT = re.compile(
    rf"\b{_AUXILIARY}\s+(?:that|this)\b|\b(?:of|for|in|with|on|about|from|by|than|against)\s+(?:that|this)\s*(?=[?.,;!]|$)"
    r"|\b(?:compare|contrast)\s+(?:that|this)\s+(?:with|to|and|against)\b",
    re.IGNORECASE,
)
_THAT_NOUN = re.compile(
    r"(?:^|\b(?:of|for|in|on|with|to|from|against|by|about|at|over|than|and|do|does|did|is|are|was|were|would|could|can)\s+)that\s+"
    r"(?P<that>[\w-]+)|\b(?:this|these|those|such\s+an?|such)\s+(?P<this>[\w-]+)",
    re.IGNORECASE,
)
_THE_GENERIC = re.compile(rf"\b(?:the|that|this|those|these|same)\s+(?:same\s+)?{_GENERIC}\b", re.IGNORECASE)
_LISTING = re.compile(
    r"^(?!.*\bhow\s+many\b).*\b(?:is|are|was|were|isn['’]t)\s+there\b|\bthere\s+(?:is|are|was|were)\b|\bwhat(?:['’]s|\s+is|\s+was)\s+(?:there|new)\b"
    r"|\b(?:which|what|any|all|many|find|list|show|give|recent|other|more)(?:\s+[\w-]+){0,2}?\s+(?:papers?|works?|articles?|studies)\b"
    r"|\b(?:does|do|did|has|have|can)\s+any(?:body|one|thing)\b|\bwho\s+(?:else\s+)?(?:works?|did|does|has|uses?)\b|\bwho\s+else\b"
    r"|\bwhat\s+(?:do|did)\s+(?:you|we)\s+have\b|\banything\b|\bsomething\b|\bwhat\s+(?:has|have|was|were)\b.*\b(?:proposed|done|published)\b",
    re.IGNORECASE,
)
_ALIKE = re.compile(
    r"\bsimilar\b|\b(?:that|this)\s+(?:sort|kind|type)\s+of\b|\blike\s+(?:it|that|this|these|those|them)\b"
    r"|\bthe\s+same\s+(?:topic|subject|problem|task|thing|question)\b|\brelated\s+(?:to\s+(?:it|this|that|these|those)|work|papers)\b",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:who|what|anyone|anybody|anything|something|somebody|someone)\s+else\b|\bsimilar\b|\b(?:other|more)\s+(?:papers?|works?|ones|methods|approaches|studies)\b"
    r"|\blike\s+(?:it|that|this|these|those|them)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:(?:and|but|so|then|or|also|ok(?:ay)?|well|what\s+about|how\s+about|why)\b[\s,]*)+", re.IGNORECASE
)
_ON_SOMETHING = re.compile(r"^(?:on|with|without|at|under|using|by)\b(?!\s+(?:what|which|how)\b)", re.IGNORECASE)
_OF_WHICH = re.compile(
    r"^(?:on|of|in|with|by|at|from|for|to|under|against|over)\s+(?:what|which|how\s+(?:many|much))\b", re.IGNORECASE
)
_TRIED_ON = re.compile(
    r"(?:^(?:(?:and|but|or|so|also|what\s+about|how\s+about)\s+)*on"
    r"|\b(?:tried|tested|evaluated|trained|validated|applied|run)\s+(?:it\s+|out\s+)*(?:on|to|against))"
    r"\s+(?!what\b|which\b|how\b)(?P<on>[^?.,;:]+)",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"^(?:(?:on|of|in|with|by|at|from|for|to|under)\s+)?(?:what|which|how\s+(?:many|much|fast|large|big|small|long|well|accurate"
    r"|often|far|quickly|high|low|good|expensive|heavy|robust)|where|when|why|whose)\b|^who\s+(?:wrote|labelled|labeled|annotated|made)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:did|was|were|had|took|taken|tried|tested|used|collected|filmed|measured|labell?ed|annotated)\b",
    re.IGNORECASE,
)
_SAYS_VERB = re.compile(
    rf"\b{_AUXILIARY}\b|\b(?:which|what|who|how|where|when|why|find|list|show|tell|give|compare|explain|describe"
    r"|summari[sz]e)\b",
    re.IGNORECASE,
)
_SAME_DAY = re.compile(
    r"(?:\b(?:of|on|from|in)\s+)?\b(?:the|that)\s+(?:very\s+)?same\s+(?:day|digest)\b", re.IGNORECASE
)
_ONLY = re.compile(r"\b(?:only|just)\b|\bthe\s+ones?\b|\bthose\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list that was shown, from 1, or -1 for the last; the list has at least `count` papers.

    A marker ("[1]", "number 2") is one of the newest answer, however short.
    """

    number: int
    count: int
    span: tuple[int, int]
    is_marker: bool = False


def new_topic(question: str) -> str | None:
    """The question after words that announce a new topic; None where there are none."""
    found = _NEW_TOPIC.match(question)
    return question[found.end() :] if found else None


def places(question: str) -> list[Place]:
    """The places that a question names: "the second one", "the last of the three", "[2]", "number 2"."""
    found = []
    for match in _ORDINAL.finditer(question):
        following = match["next"].strip(" '’").lower()
        is_place = match["noun"] or match["count"] or match["place"].lower() in _ALWAYS_PLACES or _ends(following)
        if following in AFTER_NO_PLACE or not is_place:
            continue
        number = PLACES[match["place"].lower()]
        count = COUNTS.get((match["count"] or "").lower(), 2 if match["place"].lower() in _ALWAYS_PLACES else 1)
        found.append(Place(number, count, (match.start(), match.start("next"))))
    for match in _NUMBERED.finditer(question):
        number = int(match[1] or match[2])
        if number:
            found.append(Place(number, 1, match.span(), is_marker=True))
    return sorted(found, key=lambda place: place.span)


def _ends(following: str) -> bool:
    return following in {"", "s"} or following in STOP_WORDS or following in ASKING_WORDS


def without(question: str, spans: list[tuple[int, int]]) -> str:
    """A question with "it" in the place of these spans."""
    for start, end in sorted(spans, reverse=True):
        question = f"{question[:start]}it{question[end:]}"
    return question


@dataclass(frozen=True, slots=True)
class Signs:
    """What the words of a question say about how it hangs together with those before it.

    `names_two`: it speaks of two papers; `among`: it chooses among those shown; `other`: of the one not just
    spoken of; `is_plural`: of several; `pronoun`: with a pronoun; `nouns`: with "that" and these nouns;
    `definite`: of "the method" or alike; `lists`: it asks for papers; `alike`: for those like the ones before;
    `apart`: for others; `continues`: it begins as the middle of a sentence; `detail`: it asks for a detail.
    """

    names_two: bool
    among: bool
    other: bool
    is_plural: bool
    pronoun: bool
    nouns: tuple[str, ...]
    definite: bool
    lists: bool
    alike: bool
    apart: bool
    continues: bool
    detail: bool
    past: bool
    on_something: bool
    of_which: bool
    compares: bool
    ranks: bool
    same_day: bool


def signs_of(question: str) -> Signs:
    """Read the signs of a question."""
    lists = bool(_LISTING.search(question))
    begun = _CONTINUES.sub("", question)
    return Signs(
        names_two=bool(_TWO.search(question)),
        among=bool(_AMONG.search(question)),
        other=bool(_OTHER.search(question)),
        is_plural=bool(_PLURAL.search(question)),
        pronoun=_has_pronoun(question, lists=lists),
        nouns=tuple(word for match in _THAT_NOUN.finditer(question) for word in [match["that"] or match["this"]]),
        definite=bool(_THE_GENERIC.search(question)),
        lists=lists,
        alike=bool(_ALIKE.search(question)),
        apart=bool(_APART.search(question)),
        continues=begun != question,
        detail=bool(_DETAIL.match(begun)) or not _SAYS_VERB.search(question),
        past=bool(_PAST.search(question)),
        on_something=bool(_ON_SOMETHING.match(begun)),
        of_which=bool(_OF_WHICH.match(begun)),
        compares=bool(_COMPARES.search(question)),
        ranks=bool(_RANKS.search(question)),
        same_day=bool(_SAME_DAY.search(question)),
    )


_CLAUSE_END = re.compile(r"[,;:.!?]\s|\band\b|\bbut\b|\bwhile\b", re.IGNORECASE)
_ASKS_WHICH = re.compile(r"^(?:which|what|who)\b", re.IGNORECASE)
_MOST_BEFORE_PRONOUN = 2


def _has_pronoun(question: str, *, lists: bool) -> bool:
    """Whether a pronoun points out of the question: what it stands for is not named before it."""
    for match in (*_ASKED_OF.finditer(question), *_PRONOUN.finditer(question), *_BARE_THAT.finditer(question)):
        before = question[: match.start()]
        clauses = _CLAUSE_END.split(before)
        earlier = carrying_words(" ".join(clauses[:-1]))
        is_asked_of = bool(_ASKED_OF.match(question, match.start()) or _BARE_THAT.match(question, match.start()))
        if is_asked_of and not earlier and not lists:
            return True
        may_be_named = lists or earlier or _ASKS_WHICH.match(question)
        if len(carrying_words(before)) < (_MOST_BEFORE_PRONOUN if may_be_named else _MOST_BEFORE_PRONOUN + 1):
            return True
    return False


def carrying_words(text: str) -> list[str]:
    """The words of a text that can carry a topic."""
    return [word for word in question_terms(text).words if word not in WEAK_WORDS]


def without_same_day(question: str) -> str:
    """A question without "of the same day"."""
    return re.sub(r"\s+(?=[?.,])", "", _SAME_DAY.sub("", question)).strip()


def is_only_limits(rest: str) -> bool:
    """Whether nothing but words that fill is left of a question once its limits are read."""
    words = set(words_of(rest))
    return words <= (FILLING_BESIDE_ONLY if _ONLY.search(rest) else FILLING)


def tried_on(question: str) -> str:
    """What a question asks whether something was tried on ("and on COCO?"); empty where it asks for no such thing."""
    found = _TRIED_ON.search(question)
    return found["on"] if found else ""


def asking_which(question: str) -> str:
    """A question that chooses among those shown, as one that asks for a paper: "of the two" says nothing of it."""
    return _AMONG.sub(lambda found: "which paper" if found.group().lower().startswith("wh") else "they", question)


def chooses_ones(question: str) -> bool:
    """Whether a question keeps some of those shown: "only", "just", "those", "the one"."""
    return bool(_ONLY.search(question))
