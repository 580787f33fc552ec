"""What becomes of each sentence that a language model wrote: it is shown, a quote stands in, or it is left out."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain

from assistant.answering.contract import DraftClaim
from assistant.answering.verify import Similarity, unsupported_tokens, verify
from assistant.language.terms import STOP_WORDS
from assistant.llm.foreign import Familiar
from assistant.llm.sentences import WrittenSentence
from assistant.reading.evidence import Evidence
from ingest.words import stem, words_of

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LEAST_SHARED = 2  # words
_MOST_JOINED = 4
_LEAST_SHARE_UNCITED = 0.5
_CITED_BONUS = 0.1


class Checked:
    """What has been said of an answer; it decides what becomes of the next sentence that a model wrote."""

    def __init__(
        self, evidence: Sequence[Evidence], similarity: Similarity | None, familiar: Familiar | None = None
    ) -> None:
        self._evidence = tuple(evidence)
        self._similarity = similarity
        self._familiar = familiar or Familiar()
        self._said: set[str] = set()
        self._cited: set[Evidence] = set()
        self.supported = 0
        self.unsupported = 0

    def drafts(self, sentence: WrittenSentence) -> Iterator[DraftClaim]:
        """Yield the sentence with the evidence that supports it, or a quote in its place, or nothing.

        What was said before is not said again.
        """
        if self._says_nothing(sentence.text) or sentence.text in self._said:
            return
        cited = self._pertinent(sentence.text, self._named(sentence.numbers))
        for evidence in self._candidates(_words(sentence.text), cited):
            if self._holds(sentence.text, evidence):
                self.supported += 1
                yield self._claim(sentence.text, evidence)
                return
        self.unsupported += 1
        if not sentence.numbers:
            return
        quoted = max(self._evidence, key=lambda piece: self._nearness(sentence.text, piece, is_cited=piece in cited))
        if quoted.quote not in self._said:
            yield self._claim(quoted.quote, (quoted,), is_replaced=True)

    def _says_nothing(self, text: str) -> bool:
        """Whether a text only leads to a list, or only repeats the title of a paper, which readers see anyway."""
        said = _words(text)
        titles = (_words(piece.stored.paper.title) for piece in self._evidence)
        return text.endswith(":") or not re.search(r"[^\W\d]", text) or any(said <= title for title in titles)

    def rest(self) -> Iterator[DraftClaim]:
        """Yield the evidence that no sentence cites yet, as quotes."""
        for piece in self._evidence:
            if piece not in self._cited and piece.quote not in self._said:
                yield self._claim(piece.quote, (piece,))

    def _claim(self, sentence: str, evidence: Sequence[Evidence], *, is_replaced: bool = False) -> DraftClaim:
        self._said.add(sentence)
        self._cited.update(evidence)
        return DraftClaim(sentence, tuple(evidence), is_replaced)

    def _named(self, numbers: Sequence[int]) -> tuple[Evidence, ...]:
        """The evidence of these numbers, which count from 1; a number of none is left out."""
        return tuple(self._evidence[number - 1] for number in numbers if 1 <= number <= len(self._evidence))

    def _pertinent(self, sentence: str, cited: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """What a sentence cites, without what it has next to no word of, where the rest supports it."""
        said = _words(sentence)
        shared = tuple(piece for piece in cited if len(said & _words(piece.quote)) >= _LEAST_SHARED)
        return shared if shared and self._holds(sentence, shared) else cited

    def _candidates(self, said: Set[str], cited: Sequence[Evidence]) -> Iterator[tuple[Evidence, ...]]:
        """What might support a sentence, given what it cites.

        That; any other piece alone, the one that shares most words first; what it cites and one more of its papers;
        all pieces that share words with it. What the model did not cite must share half of the sentence's words.
        """
        if cited:
            yield tuple(cited)
        papers = {piece.stored.paper.arxiv_id for piece in cited}
        alone = [(piece,) for piece in self._evidence]
        with_more = [(*cited, e) for e in self._evidence if e.stored.paper.arxiv_id in papers and e not in cited]
        joined = tuple(piece for piece in self._evidence if len(said & _words(piece.quote)) >= _LEAST_SHARED)
        for group in chain(sorted(alone, key=lambda group: -_share(said, group)), with_more, [joined[:_MOST_JOINED]]):
            if _share(said, group) >= _LEAST_SHARE_UNCITED:
                yield group

    def _holds(self, sentence: str, evidence: Sequence[Evidence]) -> bool:
        quotes = [piece.quote for piece in evidence]
        if sentence in quotes:
            return len(quotes) == 1  # it is shown as a quote, and of its own paper alone
        if self._familiar.foreign_in(sentence, evidence):
            return False
        return not unsupported_tokens(sentence, quotes) and verify(sentence, quotes, self._similarity).is_supported

    def _nearness(self, sentence: str, piece: Evidence, *, is_cited: bool) -> float:
        """How likely it is that a piece is what a sentence should have said.

        By its numbers before all, then by meaning, where that can be told, or by words; and by what the model cites,
        though small models often cite what stands beside it.
        """
        meaning = (
            _share(_words(sentence), (piece,)) if self._similarity is None else self._similarity(sentence, piece.quote)
        )
        numbers = set(_NUMBER.findall(sentence))
        held = len(numbers.intersection(_NUMBER.findall(piece.quote))) / max(len(numbers), 1)
        return meaning + _CITED_BONUS * is_cited + held


def _words(text: str) -> set[str]:
    """The stems of the words of a text that carry meaning."""
    return {stem(word) for word in words_of(text) if word not in STOP_WORDS}


def _share(said: Set[str], evidence: Sequence[Evidence]) -> float:
    """The share of words, given as stems, that stand in some evidence."""
    held = {word for piece in evidence for word in _words(piece.quote)}
    return len(said & held) / len(said) if said else 0.0
