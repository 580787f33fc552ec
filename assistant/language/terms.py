"""What a question asks about, as words, stems and names."""

from dataclasses import dataclass
from itertools import pairwise

from ingest.names import MEASURES, TOKEN, names_in
from ingest.words import stem, words_of

STOP_WORDS = frozenset(
    """a about above after all also am an and any are as at be because been before being below between both but by
    can could did do does doing down during each either else ever few for from further had has have having he her
    here hers him his how i if in into is it its itself just me more most much my no nor not of off on once one only
    or other our ours out over own per please same she should so some such than that the their theirs them then there
    these they this those through to too under until up upon us using very was we were what whats when where which
    while who whom whose why will with within without would you your yours s t d ll ve""".split()  # noqa: SIM905
)
ASKING_WORDS = frozenset(
    """abstract anyone anything approach approaches article articles author authors available code compare compared
    daybook deal describe described describes differ difference discuss discussed explain find github give
    handle help idea introduce introduced introduces know library list literature look many mention method
    methods new paper papers present presented presents proposal propose proposed proposes publication
    publications published report reported reports research result results say says show shown shows solve
    something studies study suggest summarise summarize summary technique techniques tell thing things use used
    uses way ways work works""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Name:
    """A method, data set or acronym as the question writes it, and its words as the index has them."""

    text: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name however it is written."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """The words that carry a question's meaning, their stems, the pairs that stand together, and the names."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    names: tuple[Name, ...]

    @property
    def name_stems(self) -> tuple[str, ...]:
        """The stems of the words of the names, each once."""
        return tuple(dict.fromkeys(stem(word) for name in self.names for word in name.words))


def question_terms(question: str) -> QuestionTerms:
    """Read a question: stop words and words of asking ("paper", "propose") carry nothing."""
    names = tuple(Name(token, tuple(words_of(token))) for token in dict.fromkeys(names_in(question)))
    named = {word for name in names for word in name.words}
    carries = [word for token in TOKEN.findall(question) for word in _carrying_words(token, named)]
    words = tuple(dict.fromkeys(filter(None, carries)))
    pairs = tuple(dict.fromkeys((stem(a), stem(b)) for a, b in pairwise(carries) if a and b))
    return QuestionTerms(words, tuple(dict.fromkeys(stem(word) for word in words)), pairs, names)


def _carrying_words(token: str, named: set[str]) -> list[str]:
    """The words of a token, those that carry nothing left empty; of a compound ("few-shot") both carry."""
    words = words_of(token)
    if len(words) == 2 and "-" in token:
        return words
    return [
        word if word not in STOP_WORDS and word not in ASKING_WORDS and (len(word) > 1 or word in named) else ""
        for word in words
    ]


def capitalised_in(text: str) -> list[str]:
    """The tokens within a text that begin with a capital; the first token says nothing by its own."""
    tokens = TOKEN.findall(text)
    common = STOP_WORDS | ASKING_WORDS | MEASURES
    return [token for token in tokens[1:] if token[0].isupper() and token.lower() not in common]


def tokens_of(text: str) -> list[str]:
    """The words of a text as written, compounds whole."""
    return TOKEN.findall(text)
