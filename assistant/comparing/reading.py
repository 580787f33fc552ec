"""A paper as a comparison reads it: its sentences, what each tells of, and what they may be trimmed to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer.citation import Reference
from assistant.comparing.datasets import defined_keys
from assistant.learned.linear import Features
from assistant.reading.columns import trained_columns
from assistant.reading.evidence import Passages, passages_of
from ingest.library import Library
from ingest.names import key_of, looks_like_name, names_in
from ingest.paper import Paper, Role, Span, StoredPaper

_HEAD = re.compile(r"^([^:]{2,60}?)\s*(?::|\s[-–—]\s)")
_LONGEST_NAME = 3  # words
_LONGEST_LABEL = 48  # characters
_OPENING = re.compile(
    r"(?:(?:background|introduction|purpose|objectives?|aims?|motivation|(?:(?:materials?|data) and )?methods?"
    r"|results?|findings|conclusions?)(?: and \w+)?\s*:\s*)?"
    r"(?:(?:however|nevertheless|nonetheless|therefore|hence|thus|thereby|moreover|furthermore|in addition"
    r"|additionally|besides"
    r"|also|further|finally|lastly|specifically|in particular|particularly|concretely|notably|unfortunately|meanwhile"
    r"|on the contrary|in contrast|on the other hand|consequently|accordingly|as a result|to this end"
    r"|for this purpose"
    r"|on this account|in this (?:paper|work|article|study|letter|report)|here|in short|in summary|overall|then"
    r"|first(?:ly)?"
    r"|second(?:ly)?|to (?:address|tackle|solve|overcome|alleviate|mitigate|remedy|handle|deal with|resolve) "
    r"(?:this|these|that|those|the above|the)(?: \w+){0,3}? (?:problems?|issues?|challenges?|limitations?"
    r"|difficult(?:y|ies)"
    r"|drawbacks?|shortcomings?|gap))\s*,\s*)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of an abstract: its place from 0, its span, its words, its role."""

    number: int
    span: Span
    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper and its sentences; `odds` [sentences, columns] says what each tells of, as `reading.columns` does."""

    stored: StoredPaper
    passages: Passages
    odds: Features = field(compare=False, repr=False)

    @property
    def sentences(self) -> tuple[ReadSentence, ...]:
        """The sentences in order."""
        told = zip(self.passages.spans, self.passages.sentences, self.passages.roles, strict=True)
        return tuple(ReadSentence(number, *one) for number, one in enumerate(told))

    @property
    def name_keys(self) -> frozenset[str]:
        """The keys of the paper's own names: those before the title's colon."""
        return frozenset(key_of(name) for name in names_in(_head(self.stored.paper.title)))

    @property
    def own_keys(self) -> frozenset[str]:
        """The keys of its own names and of the acronyms that it defines, none of which is a data set."""
        return self.name_keys | defined_keys(self.stored.paper.abstract)


def read_papers(papers: Sequence[StoredPaper], library: Library) -> list[ReadPaper]:
    """Read the papers in their order."""
    columns = trained_columns()
    texts = passages_of(papers, library)
    return [ReadPaper(stored, text, columns.log_odds(text)) for stored, text in zip(papers, texts, strict=True)]


def trimmed(sentence: ReadSentence) -> Span:
    """The span of a sentence without words that only join it to the one before: "However, ", "In this paper, "."""
    opening = _OPENING.match(sentence.text)
    skipped = opening.end() if opening and opening.end() < len(sentence.text.rstrip()) else 0
    return Span(sentence.span.start + skipped, sentence.span.end)


def _head(title: str) -> str:
    match = _HEAD.match(title)
    return match[1] if match else ""


def marked(name: str, paper: Paper | Reference) -> str:
    """What a paper is called, and that it is withdrawn where it is."""
    return f"{name} (withdrawn)" if paper.is_withdrawn else name


def name_of(stored: StoredPaper) -> str:
    """What a paper is called in short: the name before its title's colon or that it gives itself, or else its title."""
    title = stored.paper.title
    head = _head(title)
    if head and len(head.split()) <= _LONGEST_NAME:
        return head
    if given := _given_name(stored):
        return given
    if len(title) <= _LONGEST_LABEL:
        return title
    return title[:_LONGEST_LABEL].rsplit(" ", 1)[0].rstrip(",:;- ") + " …"


def _given_name(stored: StoredPaper) -> str:
    """The name that an abstract gives its own method: "we propose a Temporal Modulation Network (TMNet)"."""
    for match in _GIVEN.finditer(stored.paper.abstract):
        name = match["direct"] or match["brackets"] or match["called"]
        words = match.group().partition("(")[0]
        is_long = len(name) > _SHORTEST_GIVEN or not name.isupper()
        if (
            looks_like_name(name)
            and is_long
            and not _COMMON.fullmatch(name)
            and (not match["brackets"] or _spells(name, words))
        ):
            return name
    return ""


def _spells(name: str, words: str) -> bool:
    """Whether a name begins with the first letters of the words before it, as an acronym does."""
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", words)[-len(name) :]).lower()
    return name[0].lower() in initials and sum(c.isupper() and c.lower() in initials for c in name) >= _LEAST_SPELLED


_LEAST_SPELLED = 2
_SHORTEST_GIVEN = 3
_COMMON = re.compile(r"(?:[CDGRS]?NN|GAN|VAE|MLP|LSTM|GRU|SVM|DNN|FCN|GCN|CRF|MRI|CT)s?|[a-zA-Z]+s", re.ASCII)
_GIVEN = re.compile(
    r"\b(?i:we|this (?:paper|work)|in this (?:paper|work))\b[^.;]{0,60}?"
    r"\b(?:propos|introduc|present|develop|design|devis|describ)\w*\s+(?:(?P<direct>[A-Z][\w+-]{2,24})(?=[\s,:.])"
    r"|[^.;()]{3,120}?(?:\(\s*(?P<brackets>[A-Z][\w+-]{1,20})\s*\)"
    r"|,?\s*(?:called|named|termed|dubbed|namely|coined)\s+(?P<called>[A-Z][\w+-]{1,24})))"
)
