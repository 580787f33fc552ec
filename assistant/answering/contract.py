"""The answer's contract: what may become an answer, whoever wrote the sentence.

1. A citation is of a paper that was retrieved, and its quote is an exact span of the stored abstract.
4. Without a claim there is no answer but an abstention, with the passages that come closest as what they are.
5. Markers are numbered in order of appearance; what they stand for comes from the library.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import groupby

from assistant.answer import Answer, Citation, Claim, Closest, NearPaper, Reference, Usage
from assistant.answer.citation import reference_to
from assistant.reading.evidence import Evidence
from ingest.paper import StoredPaper
from prompts import fill


class ContractError(ValueError):
    """A draft breaks the contract; the message says which point."""


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A sentence that a writer wrote, and the evidence it names for it."""

    sentence: str
    evidence: tuple[Evidence, ...]
    is_replaced: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What a writer has to say about its own work, in one line."""

    text: str


class AnswerBuilder:
    """Checks drafts one by one and makes the answer of those that hold."""

    def __init__(self, question: str, retrieved: Sequence[StoredPaper], near: Sequence[StoredPaper] = ()) -> None:
        """Begin an answer that may cite the papers that were retrieved; `near` are those it names only as near."""
        self._question = question
        self._near = tuple(map(_near, near))
        self._retrieved = {stored.paper.arxiv_id: stored for stored in retrieved}
        self._numbers: dict[str, int] = {}
        self._claims: list[Claim] = []
        self._note = ""
        self._usage: Usage | None = None

    def followed_by(self, evidence: Sequence[Evidence]) -> "AnswerBuilder":
        """The same answer, and as quotes behind it the evidence that it does not cite yet. It stays itself as it is."""
        whole = copy(self)
        whole._numbers, whole._claims = dict(self._numbers), list(self._claims)  # noqa: SLF001 - its own kind
        cited = {(one.arxiv_id, one.start) for claim in self._claims for one in claim.citations}
        for piece in evidence:
            if piece.place not in cited:
                whole.add(DraftClaim(piece.quote, (piece,)))
        return whole

    @property
    def is_empty(self) -> bool:
        """Whether there is no claim yet."""
        return not self._claims

    def add(self, draft: DraftClaim | Note | Usage) -> None:
        """Add a claim, the note of the answer, or what it took of a language model.

        Raises:
            ContractError: it cites nothing, a paper that was not retrieved, or a quote that is not verbatim.
        """
        if isinstance(draft, Note):
            self._note = draft.text
            return
        if isinstance(draft, Usage):
            self._usage = draft
            return
        if not draft.sentence.strip() or not draft.evidence:
            raise ContractError("a claim needs a sentence and at least one citation")
        for evidence in draft.evidence:
            _check(evidence, self._retrieved)
        citations = tuple(self._cite(evidence) for evidence in draft.evidence)
        self._claims.append(Claim(draft.sentence, citations, draft.is_replaced))

    def _cite(self, evidence: Evidence) -> Citation:
        arxiv_id = evidence.stored.paper.arxiv_id
        number = self._numbers.setdefault(arxiv_id, len(self._numbers) + 1)
        return Citation(number, arxiv_id, evidence.quote, evidence.span.start, evidence.span.end)

    def answer(self, *, is_complete: bool = True) -> Answer:
        """The answer, or while it grows, the answer so far, which does not yet name what is near.

        Raises:
            ContractError: there is no claim; say so with `abstention`.
        """
        if not self._claims:
            raise ContractError("an answer needs a claim")
        references = tuple(self._reference(arxiv_id) for arxiv_id in self._numbers)
        text = _answer_text(self._claims, {reference.number: reference for reference in references})
        near = self._near if is_complete else ()
        if near:
            text = "\n".join([text, "", fill("also_near"), *map(_near_line, near)])
        return Answer(
            self._question,
            text,
            abstained=False,
            claims=tuple(self._claims),
            references=references,
            nearest=near,
            note=self._note,
            usage=self._usage,
        )

    def _reference(self, arxiv_id: str) -> Reference:
        return reference_to(self._numbers[arxiv_id], self._retrieved[arxiv_id])


def _check(evidence: Evidence, retrieved: Mapping[str, StoredPaper]) -> None:
    arxiv_id, span = evidence.stored.paper.arxiv_id, evidence.span
    stored = retrieved.get(arxiv_id)
    if stored is None:
        raise ContractError(f"{arxiv_id} is cited but was not retrieved")
    if not 0 <= span.start < span.end <= len(stored.paper.abstract):
        raise ContractError(f"the quote of {arxiv_id} from {span.start} to {span.end} is no span of its abstract")
    if stored.paper.abstract[span.start : span.end] != evidence.quote:
        raise ContractError(f"the quote of {arxiv_id} is not what its abstract says")


def abstention(question: str, reason: str) -> Answer:
    """The answer that the library holds none; `reason` is empty or a sentence about the library."""
    return Answer(question, " ".join(filter(None, [fill("cannot_answer"), reason])), abstained=True)


def closest_passages(
    question: str, reason: str, passages: Sequence[Evidence], retrieved: Sequence[StoredPaper]
) -> Answer:
    """The answer that nothing states it outright, with what comes closest, best first.

    Raises:
        ContractError: a passage is of a paper that was not retrieved, or not verbatim.
    """
    held = {stored.paper.arxiv_id: stored for stored in retrieved}
    for passage in passages:
        _check(passage, held)
    near = {passage.stored.paper.arxiv_id: _near(passage.stored) for passage in passages}
    closest = tuple(
        Closest(one.stored.paper.arxiv_id, one.quote, one.span.start, one.span.end, round(one.score, 4))
        for one in passages
    )
    said = [" ".join(filter(None, [reason, fill("closest")]))]
    for arxiv_id, paper in near.items():
        quotes = " … ".join(f"“{one.quote}”" for one in closest if one.arxiv_id == arxiv_id)
        said += [f"{paper.title} ({paper.dated}, arXiv:{arxiv_id}): {quotes}"]
    return Answer(question, "\n".join(said), abstained=True, nearest=tuple(near.values()), closest=closest)


def _near(stored: StoredPaper) -> NearPaper:
    paper = stored.paper
    return NearPaper(paper.arxiv_id, paper.title, stored.day, paper.url, stored.basis, paper.is_withdrawn)


def _near_line(paper: NearPaper) -> str:
    return f"- {paper.title} ({paper.dated}, arXiv:{paper.arxiv_id})"


def reference_line(paper: Reference) -> str:
    """A paper as a list names it: its number, title, arXiv id, day, whether it is withdrawn, and link."""
    return f"[{paper.number}] {paper.title}\n    arXiv:{paper.arxiv_id}, {paper.dated}, {paper.url}"


def _answer_text(claims: Sequence[Claim], references: Mapping[int, Reference]) -> str:
    """One paragraph a paper: its title, its day and whether it is withdrawn, then its claims with their markers."""
    paragraphs = []
    for number, group in groupby(claims, key=lambda claim: claim.citations[0].number):
        paper = references[number]
        said = " ".join(f"{_spoken(claim)} {markers(claim)}" for claim in group)
        paragraphs.append(f"{paper.title} ({paper.dated}): {said}")
    return "\n\n".join(paragraphs)


def _spoken(claim: Claim) -> str:
    is_quote = any(claim.sentence == citation.quote for citation in claim.citations)
    return f"“{claim.sentence}”" if is_quote else claim.sentence


def markers(claim: Claim) -> str:
    """The markers of the papers that a claim cites, each once: [1][2]."""
    return "".join(f"[{number}]" for number in dict.fromkeys(citation.number for citation in claim.citations))
