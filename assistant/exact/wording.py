"""A question about the library itself, stripped of politeness, and the words that may stand in one."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.scope import Scope, without_block
from assistant.understanding import read_as
from ingest.library import Library
from ingest.names import names_in

QUOTES = "\"'“”‘’«»`"
LONGEST = 400
"""Characters; whoever asks for a count or a link is done before that."""
PAPERS = (
    r"(?:(?:different|distinct|unique|individual|arxiv|research|scientific|held|listed|stored|all|the)\s+)*"
    r"(?:papers?|articles?|preprints?|works?|publications?|submissions?|abstracts?|entries|listings?|documents?|titles?)"
)
_POLITE = re.compile(
    r"^(?:(?:please|hi|hello|hey|daybook|ok|okay|so|well|thanks|kindly|now)\b[\s,!:]*"
    r"|(?:can|could|would|will)\s+(?:you|i|we)\s+(?:please\s+)?(?:tell|say|let)\s+(?:to\s+)?(?:me|us)\s*(?:know\b)?[\s,:]*"
    r"|(?:can|could|would|will)\s+you\s+(?:please\s+)?(?=(?:list|show|give|name|count|enumerate|find|print|send)\b)"
    r"|(?:tell\s+me|let\s+me\s+know|do\s+you\s+know|i\s+(?:want|would\s+like|need|'d\s+like|wish)\s+to\s+(?:know|see))[\s,:]+"
    r"(?=(?:how|what|which|when|where|whether|if|on)\b)"
    r"|i\s+(?:need|want|would\s+like)\s+(?=(?:the|a|all)\b)"
    r"|(?:can|could|may)\s+i\s+(?:have|get|see)\s+(?=(?:the|a|all|its)\b)"
    r"|(?:i\s*'?\s*a?m|we\s*'?\s*a?re)\s+(?:looking\s+for|interested\s+in|after)\s+(?=(?:the|a|all)\b)"
    r"|(?:in\s+total|overall|altogether|all\s+in\s+all|on\s+the\s+whole)[\s,]+"
    r"|and\s+(?=(?:how|what|which|when|where|on|its|the|is|list)\b))",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:[\s,]*\b(?:please|thanks|thank\s+you|exactly|again)\b|[\s?!.;:,])+$", re.IGNORECASE)
_SHORT = re.compile(r"\b(what|where|when|which|who)'s\b", re.IGNORECASE)
_CROSS_LISTS = r"cross[-\s]?list(?:ed|s|ings?)?"
_NEW = r"new(?:\s+(?:papers|submissions|listings|ones))?"
_INCLUDED = re.compile(
    rf"\b{_CROSS_LISTS}(?:\s+(?:papers|ones))?\s+included\b|\b(?:including|with|plus|counting)\s+(?:the\s+|all\s+)?{_CROSS_LISTS}\b"
    rf"|\b{_CROSS_LISTS}(?:\s+papers)?\s+(?:and|or|plus|as\s+well\s+as)\s+(?:the\s+)?{_NEW}\b"
    rf"|\b{_NEW}\s+(?:and|or|plus|as\s+well\s+as)\s+(?:the\s+|all\s+)?{_CROSS_LISTS}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

PAPER_WORDS = frozenset(
    """paper papers article articles preprint preprints work works publication publications submission submissions
    abstract abstracts entry entries listing listings document documents title titles""".split()  # noqa: SIM905
)
DAY_WORDS = frozenset({"day", "days", "date", "dates", "digest", "digests"})
FILLER = PAPER_WORDS | frozenset(
    """are is was were be been being there here in the library collection database archive total altogether overall all
    on of at for from within during over by with to a an and or any it its you your we i our do does did have has had
    can could will hold holds held contain contains contained contain list lists listed appear appears appeared publish
    published post posted announce announced submitted submit submission come comes came out get got found find know
    exist exists stored available included include includes arxiv daybook that which who how many different distinct
    one ones unique me us tell please currently now so far exactly just only altogether then both bring brings brought
    this these including counting plus""".split()  # noqa: SIM905
)
"""Words that say nothing beyond "papers of the library" in a question that has only such words."""


@dataclass(frozen=True)
class Asked:
    """A question to the library: `plain` is all of it, `rest` what is left without its limits, neither polite."""

    question: str
    scope: Scope
    library: Library
    plain: str
    rest: str

    @classmethod
    def of(cls, question: str, scope: Scope, library: Library) -> "Asked":
        """Read a question; cross-lists that are to be counted in are no limit."""
        if _INCLUDED.search(question):
            scope = replace(scope, block=None, description=without_block(scope.description))
        return cls(question, scope, library, unadorned(question), unadorned(scope.rest))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The lower-case words of `rest`."""
        return words_in(self.rest)

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """The lower-case words of `plain`."""
        return frozenset(words_in(self.plain))

    @property
    def names_papers(self) -> bool:
        """Whether the question itself gives arXiv ids; those of a follow-up come from the answers before."""
        return self.scope.description.startswith("arXiv:")

    @property
    def pointed_at(self) -> tuple[str, ...]:
        """The arXiv ids that the question gives, or that a follow-up points back to."""
        return tuple(sorted(self.scope.arxiv_ids or ()))

    def as_asked(self, text: str) -> str:
        """A part of `rest` with the words of the question; only misspelt names stay as the library writes them."""
        for written, read in self.scope.respelt:
            if read.startswith(f"{written} ") or not names_in(read):
                text = text.replace(read, written)
        return text

    def names_read_in(self, text: str) -> tuple[str, ...]:
        """Which names of a part of `rest` were written otherwise, as an answer says it."""
        return tuple(
            read_as(written, read)
            for written, read in self.scope.respelt
            if names_in(read) and not read.startswith(f"{written} ") and read in text
        )

    @property
    def has_period(self) -> bool:
        """Whether days are asked for, held or not."""
        return bool(self.scope.periods) or self.scope.days is not None


def unadorned(text: str) -> str:
    """A question without politeness before and after it, and without its question mark."""
    text = _SHORT.sub(r"\1 is", text.replace("’", "'").replace("`", "'"))
    while (shorter := _POLITE.sub("", text, count=1)) != text:
        text = shorter
    return " ".join(_ENDING.sub("", text).split())


def words_in(text: str) -> tuple[str, ...]:
    """The lower-case words of a text."""
    return tuple(_WORD.findall(text.lower()))
