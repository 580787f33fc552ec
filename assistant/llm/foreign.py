"""Words that one abstract alone vouches for, which no sentence in a model's own words may hold.

A paper can have any word written into its abstract, and a model that obeys it will say the word; the sentence may even
be what the abstract says. So a word that no other paper of the library holds, nor the title, which readers see
anyway, is shown in that paper's quote only. No list of orders has a part in it: what an order wants said is strange.
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from assistant.finding.mention import Wanted, rows_holding
from assistant.language.terms import STOP_WORDS
from assistant.reading.evidence import Evidence
from ingest.library import Library
from ingest.names import TOKEN, looks_like_name
from ingest.words import stem, words_of

_LINK = re.compile(
    r"://|\bwww\.|\bmailto:|\bdata:\w|\bjavascript:|[^\s@]@[^\s@]+\.\w|\[[^\]]*\]\(|</?[a-z]", re.IGNORECASE
)
_CAPITALS = re.compile(r"(?<=\S )[A-Z][\w'’]*(?:[ -][A-Z][\w'’]*)+")
_FEWEST_PAPERS = 2  # the paper itself, and another
_SHORTEST = 2  # a single letter is a symbol
_LONGEST_NUMBER = 4  # digits; more in one go are a code as likely as a count
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "ly", "er", "ally")


@dataclass(frozen=True, slots=True)
class Familiar:
    """Which words are known from elsewhere: to other papers of a library, or as English ones.

    Without a library no name is known, and with no `is_english` every word that is no name.
    """

    library: Library | None = None
    is_english: Callable[[str], bool] = lambda _: True

    def foreign_in(self, sentence: str, evidence: Sequence[Evidence]) -> list[str]:
        """The words and names of a sentence that only the evidence vouches for, and links, which nothing does.

        A number is no word: it is compared with the quote elsewhere.
        """
        texts = [sentence, *(piece.quote for piece in evidence)]
        titles = [words_of(piece.stored.paper.title) for piece in evidence]
        return [
            *_LINK.findall(sentence),
            *self._foreign_words(words_of(sentence), texts, {stem(word) for title in titles for word in title}),
            *self._foreign_phrases(words_of(sentence), texts, titles, {piece.stored.row for piece in evidence}),
        ]

    def _foreign_words(self, said: Sequence[str], texts: Sequence[str], entitled: Set[str]) -> Iterator[str]:
        names = {word for text in texts for token in _names(text) for word in words_of(token)}
        table = self.library.lexical_table() if self.library else None
        for word in dict.fromkeys(said):
            if _is_number(word) or stem(word) in entitled or len(word) < _SHORTEST or word in STOP_WORDS:
                continue
            is_elsewhere = table is not None and table.document_count(stem(word)) >= _FEWEST_PAPERS
            if not (is_elsewhere or (word not in names and self._is_plain_english(word))):
                yield word

    def _foreign_phrases(
        self, said: Sequence[str], texts: Sequence[str], titles: Sequence[Sequence[str]], rows: Set[int]
    ) -> Iterator[str]:
        for phrase in dict.fromkeys(phrase for text in texts for phrase in _phrases(text)):
            if _holds(said, phrase) and not any(_holds(title, phrase) for title in titles):
                elsewhere = self.library and rows_holding(self.library.database, Wanted((" ".join(phrase),))) - rows
                if not elsewhere:
                    yield " ".join(phrase)

    def _is_plain_english(self, word: str) -> bool:
        return word.isalpha() and any(self.is_english(root) for root in _roots(word))


def _is_number(word: str) -> bool:
    return word.isdigit() and len(word) <= _LONGEST_NUMBER


def _roots(word: str) -> Iterator[str]:
    """A word, and what is left of it without an ending: a model knows `occlusion`, not `occlusions`."""
    for ending in _ENDINGS:
        root = word.removesuffix(ending)
        if word.endswith(ending) and len(root) > _SHORTEST:
            yield root
            yield f"{root}e"


def _names(text: str) -> Iterator[str]:
    """The tokens that are written as names: by their letters, or by a capital within the sentence."""
    for place, token in enumerate(TOKEN.findall(text)):
        if looks_like_name(token) or (place and token[0].isupper()):
            yield token


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Words with capitals that follow one another within a sentence: a name of several words."""
    for found in _CAPITALS.findall(text):
        if len(words := words_of(found)) > 1:
            yield tuple(words)


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether words stand among others one after the other."""
    return f" {' '.join(phrase)} " in f" {' '.join(words)} "
