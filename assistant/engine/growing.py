"""An answer as it grows: its quotes, what a writer makes of them, and how a helper finds more where nothing answers.

Where a helper is waited for, the answer without it is there before; each step after is a whole answer too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Usage
from assistant.answering.contract import AnswerBuilder, abstention, closest_passages
from assistant.answering.writing import Helper, Writer
from assistant.finding.retrieval import RankedPaper
from assistant.reading.choosing import MOST_CLOSEST, Findings
from assistant.reading.evidence import Evidence, every_sentence
from ingest.library import Library
from ingest.paper import StoredPaper


@dataclass(frozen=True, slots=True)
class Found:
    """What was ranked and read for a question; `also` is what was searched for beside it."""

    ranked: Sequence[RankedPaper]
    said: Findings
    also: tuple[str, ...] = ()

    @property
    def papers(self) -> list[StoredPaper]:
        """The papers that an answer may cite."""
        return [paper.stored for paper in self.ranked]

    def or_better(self, other: "Found") -> "Found":
        """What is here, or where that is nothing, what another search found; else the likeliest of it behind.

        No grade but that which reading gave to the question itself counts, and what only a helper's words found is no
        answer where the question's own found something close: both answers that a small model's searches brought to
        sixty sealed questions were wrong, and hid passages that were right. Chances are shares among what one search
        found, so those of two are not compared: what was shown stays, and before it nothing.
        """
        if self.said.grade != "closest" or other.said.grade == "none":
            return other if other.said.grade != "none" else replace(self, also=other.also)
        ranked = list({one.stored.row: one for one in (*self.ranked, *other.ranked)}.values())
        own = {piece.place for piece in self.said.closest}
        new = [piece for piece in (*other.said.claims, *other.said.closest) if piece.place not in own]
        best = (*self.said.closest, *new[: max(1, MOST_CLOSEST - len(own))])
        read = tuple({one.row: one for one in (*self.said.read, *other.said.read)}.values())
        return Found(ranked, Findings("closest", closest=best, read=read), other.also)


@dataclass(slots=True)
class Growing:
    """One answer. `again` ranks and reads for the same question, searching for further texts; `reason` explains none.

    `asked` is the question for who has not seen the conversation; `found` is what the answer stands on by now.
    """

    question: str
    asked: str
    found: Found
    writer: Writer
    library: Library
    again: Callable[[tuple[str, ...]], Found]
    reason: Callable[[Found], str]
    _note: str = ""
    _usage: Usage | None = None
    _builder: AnswerBuilder = field(init=False)

    def __post_init__(self) -> None:
        self._builder = self._new()

    def steps(self, *, only_lasting: bool) -> Iterator[Answer]:
        """The steps; of `only_lasting` ones each says all that the one before said, and more."""
        if (helper := self.helper) is not None:
            if not only_lasting:
                yield self._quoted()
            if not self.found.said.claims:
                yield from self._searched_again(helper, only_lasting=only_lasting)
        if self.found.said.claims:
            yield from self._written(only_lasting=only_lasting)
        if self._builder.is_empty:
            yield self._closest(self._picked())

    @property
    def helper(self) -> Helper | None:
        """The writer, where it is one that helps."""
        return self.writer if isinstance(self.writer, Helper) else None

    def complete(self) -> Answer:
        """The last step again, with what is near.

        Raises:
            ContractError: it has no claim.
        """
        return self._builder.answer()

    def _new(self) -> AnswerBuilder:
        return AnswerBuilder(self.question, self.found.papers, self.found.said.near)

    def _quoted(self) -> Answer:
        """The answer without a helper."""
        said = self.found.said
        return self._new().followed_by(said.claims).answer() if said.claims else self._closest(said.closest)

    def _searched_again(self, helper: Helper, *, only_lasting: bool) -> Iterator[Answer]:
        """Search for what the helper says; not for a name that no paper holds, nor where the limits leave no paper."""
        if self.found.said.missing or not self.found.ranked:
            return
        searches = helper.searches(self.asked)
        self._note, self._usage = searches.note, searches.usage
        if searches.texts:
            self.found = self.found.or_better(self.again(searches.texts))
            self._builder = self._new()
            if not only_lasting:
                yield self._quoted()

    def _written(self, *, only_lasting: bool) -> Iterator[Answer]:
        said, builder, helper = self.found.said, self._builder, self.helper
        if helper is None:
            drafts = self.writer.write(self.asked, said.claims)
        else:
            drafts = helper.write(self.asked, said.claims, every_sentence(said.read, self.library))
        for draft in drafts:
            builder.add(draft)
            whole = builder if helper is None or only_lasting else builder.followed_by(said.claims)
            if not whole.is_empty:
                yield whole.answer(is_complete=False)

    def _picked(self) -> Sequence[Evidence]:
        """The passages that come closest, and one more that the helper chose; that is no answer: the grade stays."""
        closest, helper = self.found.said.closest, self.helper
        if helper is None or self._note or not closest:
            return closest
        picked = helper.picked(self.asked, closest, every_sentence(self.found.said.read, self.library))
        self._note, self._usage = picked.note, picked.usage
        all_of_them = {piece.place: piece for piece in (*closest, *picked.sentences)}
        return list(all_of_them.values())[: len(closest) + 1]

    def _closest(self, passages: Sequence[Evidence]) -> Answer:
        reason = self.reason(self.found)
        if passages:
            answer = closest_passages(self.question, reason, passages, self.found.papers)
        else:
            answer = abstention(self.question, reason)
        return replace(answer, note=self._note, usage=self._usage)
