"""What becomes of each sentence that a language model wrote: it is shown, a quote stands in, or it is left out."""

import re
from collections.abc import Iterator, Sequence, Set

from assistant.answering.carrying import carried
from assistant.answering.contract import DraftClaim
from assistant.answering.verify import Similarity, unsupported_tokens
from assistant.language.terms import STOP_WORDS
from assistant.llm.foreign import Familiar
from assistant.llm.sentences import WrittenSentence
from assistant.reading.choosing import MOST_QUOTES
from assistant.reading.evidence import Evidence
from ingest.words import stem, words_of

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CITED_BONUS = 0.1
_MOST_PICKS = 3
_SAID_SHARE = 0.5  # of the words of what is said instead of a number, in one quote
_MOST_NAMED = 5  # who names more chooses nothing
_MOST_ADDED = 1  # to an answer's quotes: the best of what they leave out


def is_shown(sentence: str, quote: str) -> bool:
    """Whether one quote, alone, carries a sentence, and all its numbers and names stand there.

    `verify` is not asked: of what is carried it refuses only true sentences (docs/decisions/0013).
    """
    return carried(sentence, quote).is_supported and not unsupported_tokens(sentence, [quote])


class Checked:
    """What has been said of an answer; it decides what becomes of the next sentence that a model wrote.

    `quotes` are those of the answer without a model: what no sentence covers of them is shown in the end. `shown` are
    the numbered sentences, by default the same.
    """

    def __init__(
        self,
        quotes: Sequence[Evidence],
        similarity: Similarity | None,
        familiar: Familiar | None = None,
        shown: Sequence[Evidence] | None = None,
    ) -> None:
        self._quotes = tuple(quotes)
        self._shown = tuple(quotes if shown is None else shown)
        self._titles = [_words(title) for title in {piece.stored.paper.title for piece in self._shown}]
        self._similarity = similarity
        self._familiar = familiar or Familiar()
        self._said: set[str] = set()
        self._cited: set[tuple[str, int]] = set()
        self._quoted: set[tuple[str, int]] = set()
        self._replaced: set[tuple[str, int]] = set()
        self.picks: list[Evidence] = []
        self.supported = 0
        self.unsupported = 0

    @property
    def has_picked(self) -> bool:
        """Whether the model chose one of the quotes that are shown anyway: then it said something."""
        return any(piece in self._quotes for piece in self.picks)

    def drafts(self, sentence: WrittenSentence) -> Iterator[DraftClaim]:
        """Yield the sentence with the one quote that carries it, or nothing; the quote in its place comes in the end.

        What was said before is not said again. The quote that reading puts first stands first, itself or in the
        model's words: in 6 of 60 sealed questions a small model put another sentence before the right one, and in none
        the right one before another.
        """
        if not sentence.text:
            self.pick(sentence)
            return
        if self._says_nothing(sentence.text) or sentence.text in self._said:
            return
        cited = self._named(sentence.numbers)
        for piece in self._candidates(cited):
            if self._holds(sentence.text, piece):
                self.supported += 1
                is_beside = sentence.text == piece.quote and not self._answers(piece)  # a copy of another
                if not is_beside and piece.place not in self._quoted:
                    if self._quotes and not self._cited and piece.place != self._quotes[0].place:
                        yield self._claim(self._quotes[0].quote, self._quotes[0])
                    yield self._claim(sentence.text, piece)
                return
        self.unsupported += 1
        if sentence.numbers:
            self._replace(sentence.text, cited)

    def pick(self, sentence: WrittenSentence) -> None:
        """Take what a sentence chooses, where nothing is chosen yet: by numbers, or by saying what one quote says.

        Nothing is of a model that names most of all.
        """
        if self.picks or len(sentence.numbers) > _MOST_NAMED:
            return
        self.picks += self._named(sentence.numbers)[:_MOST_PICKS]
        if sentence.text and not self.picks:
            said = _words(sentence.text)
            nearest = max(self._shown, key=lambda piece: _share(said, piece))
            self.picks += [nearest] if _share(said, nearest) >= _SAID_SHARE else []

    def _replace(self, text: str, cited: Sequence[Evidence]) -> None:
        """Remember the quote that a sentence should have used, if it is one of those that answer.

        It is likeliest what the sentence cites. Of one that cites another quote nothing is left.
        """
        if cited and not any(map(self._answers, cited)):
            return
        quoted = max(
            (*self._quotes, *self._added()),
            key=lambda piece: self._nearness(text, piece, is_cited=piece in cited),
        )
        self._replaced.add(quoted.place)

    def rest(self) -> Iterator[DraftClaim]:
        """Yield, as quotes, the evidence that no sentence cites yet, in its own order; then what the model added.

        A quote that stands for a sentence of the model is shown even where another sentence cites it.
        """
        for piece in (*self._quotes, *self._added()):
            is_replaced = piece.place in self._replaced and piece.place not in self._quoted
            if is_replaced or piece.place not in self._cited:
                yield self._claim(piece.quote, piece, is_replaced=is_replaced)

    def _answers(self, piece: Evidence) -> bool:
        """Whether a piece is one of the answer's quotes, or what was added to them."""
        return any(piece.place == one.place for one in (*self._quotes, *self._added()))

    def _added(self) -> list[Evidence]:
        """What the model chose beside the quotes, of their papers only: no other paper gets in by a choice.

        Where few quotes were enough, reading was sure of them, and one more is beside the point: of 16 such answers of
        a small model that were read blind beside the quotes alone, four were better for it.
        """
        if len(self._quotes) < MOST_QUOTES:
            return []
        quoted = {piece.place for piece in self._quotes}
        papers = {arxiv_id for arxiv_id, _ in quoted}
        return [piece for piece in self.picks if piece.place not in quoted and piece.place[0] in papers][:_MOST_ADDED]

    def _says_nothing(self, text: str) -> bool:
        """Whether a text only leads to a list, or only repeats the title of a paper, which readers see anyway."""
        said = _words(text)
        is_title = any(said <= title for title in self._titles)
        return text.endswith(":") or not re.search(r"[^\W\d]", text) or is_title

    def _claim(self, sentence: str, piece: Evidence, *, is_replaced: bool = False) -> DraftClaim:
        self._said.add(sentence)
        self._cited.add(piece.place)
        if sentence == piece.quote:
            self._quoted.add(piece.place)
        return DraftClaim(sentence, (piece,), is_replaced)

    def _named(self, numbers: Sequence[int]) -> tuple[Evidence, ...]:
        """The evidence of these numbers, which count from 1; a number of none is left out."""
        return tuple(self._shown[number - 1] for number in numbers if 1 <= number <= len(self._shown))

    def _candidates(self, cited: Sequence[Evidence]) -> Iterator[Evidence]:
        """What might carry a sentence: each piece that it cites, then any other, as small models misnumber."""
        yield from cited
        yield from (piece for piece in self._shown if piece not in cited)

    def _holds(self, sentence: str, piece: Evidence) -> bool:
        if sentence == piece.quote:
            return True
        return is_shown(sentence, piece.quote) and not self._familiar.foreign_in(sentence, [piece])

    def _nearness(self, sentence: str, piece: Evidence, *, is_cited: bool) -> float:
        """How likely it is that a piece is what a sentence should have said.

        By its numbers before all, then by meaning, where that can be told, or by words; and by what the model cites,
        though small models often cite what stands beside it.
        """
        meaning = (
            _share(_words(sentence), piece) if self._similarity is None else self._similarity(sentence, piece.quote)
        )
        numbers = set(_NUMBER.findall(sentence))
        held = len(numbers.intersection(_NUMBER.findall(piece.quote))) / max(len(numbers), 1)
        return meaning + _CITED_BONUS * is_cited + held


def _words(text: str) -> set[str]:
    """The stems of the words of a text that carry meaning."""
    return {stem(word) for word in words_of(text) if word not in STOP_WORDS}


def _share(said: Set[str], piece: Evidence) -> float:
    """The share of words, given as stems, that stand in a piece of evidence."""
    return len(said & _words(piece.quote)) / len(said) if said else 0.0
