"""How well `daybook quote` finds the sentences that bear a claim out or against it: SciFact's rationales.

SciFact (Wadden et al. 2020): claims, the abstracts they cite, and of these the sentences that settle the claim, by
people; of a claim that an abstract does not settle, none. Sentences are counted as Punkt splits them (decision 0013).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from llama_index.core.utils import globals_helper
from nltk.tokenize.punkt import PunktTokenizer

from assistant.reading.quoting import Quoter
from eval.lines import json_lines, unreadable_told
from ingest.paper import Span

Tell = Callable[[str], None]
_TOLD_EVERY = 100


@dataclass(frozen=True, slots=True)
class RationaleCase:
    """A claim beside an abstract that it cites; `gold` numbers those of its `sentences` that settle the claim."""

    claim: str
    claim_id: str
    document: str
    title: str
    text: str
    sentences: tuple[Span, ...]
    gold: frozenset[int]

    def chosen(self, spans: Sequence[Span]) -> frozenset[int]:
        """The sentences that spans of the text take: half of the sentence, or of the span where that is shorter."""
        return frozenset(
            number
            for number, sentence in enumerate(self.sentences)
            if any(2 * _shared(sentence, span) >= min(_length(sentence), _length(span)) for span in spans)
        )


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _length(span: Span) -> int:
    return span.end - span.start


def read_cases(data: Path, split: str) -> list[RationaleCase]:
    """The claims of a split (train or validation), each with every abstract that it cites.

    Raises:
        InputError: the data is not there, or is not what it must be.
    """
    folder = data / "scifact"
    with unreadable_told("SciFact's abstracts", folder / "beir" / "corpus.jsonl"):
        corpus = {line["_id"]: line for line in json_lines(folder / "beir" / "corpus.jsonl")}
    path = folder / f"claims_{split}.jsonl"
    with unreadable_told("SciFact's claims", path):
        return [
            _case(claim["claim"], str(claim["id"]), corpus[document], claim["evidence"].get(document, ()))
            for claim in json_lines(path)
            for document in dict.fromkeys([*map(str, claim["cited_doc_ids"]), *claim["evidence"]])
        ]


def _case(
    claim: str, claim_id: str, document: dict[str, str], evidence: Sequence[dict[str, list[int]]]
) -> RationaleCase:
    title, text = document["title"], document["text"]
    sentences = tuple(Span(start, end) for start, end in _tokenizer().span_tokenize(text))
    last = len(sentences) - 1  # one number of the validation claims is one too high
    gold = frozenset(min(place, last) for found in evidence for place in found["sentences"])
    return RationaleCase(claim, claim_id, document["_id"], title, text, sentences, gold)


@lru_cache(maxsize=1)
def _tokenizer() -> PunktTokenizer:
    _ = globals_helper.punkt_tokenizer  # puts the data that llama-index-core bundles on nltk's path
    return PunktTokenizer("english")


@dataclass(frozen=True, slots=True)
class Found:
    """Of sentences over all abstracts: how many of those chosen are right, were chosen, and should have been."""

    right: int
    chosen: int
    gold: int

    @property
    def precision(self) -> float:
        """The share of the chosen that is right."""
        return self.right / max(self.chosen, 1)

    @property
    def recall(self) -> float:
        """The share of what should have been chosen that was."""
        return self.right / max(self.gold, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(self.chosen + self.gold, 1)


def found_in(cases: Sequence[RationaleCase], chosen: Sequence[frozenset[int]]) -> Found:
    """What was found in cases that have evidence; the others do not count."""
    pairs = [(case.gold, some) for case, some in zip(cases, chosen, strict=True) if case.gold]
    right, taken = sum(len(gold & some) for gold, some in pairs), sum(len(some) for _, some in pairs)
    return Found(right, taken, sum(len(gold) for gold, _ in pairs))


@dataclass(frozen=True, slots=True)
class RationaleReport:
    """What `daybook quote` finds; `control` is the same with the next claim in the place of each.

    `silent` is the share of abstracts with evidence of which nothing is quoted, `without` those that have none and
    of which something is.
    """

    split: str
    abstracts: int
    abstracts_without: int
    found: Found
    control: Found
    silent: float
    without: float

    def lines(self) -> list[str]:
        """The report for a person."""
        known = ", on which the heads were trained" if self.split == "train" else ""
        return [
            f"SciFact, {self.split} claims{known}: {self.found.gold} sentences of {self.abstracts} abstracts",
            f"  precision {self.found.precision:.3f}, recall {self.found.recall:.3f}, F1 {self.found.f1:.3f}"
            f" (with another claim in its place {self.control.f1:.3f})",
            f"  nothing quoted of an abstract with evidence {self.silent:.3f},"
            f" something of one without {self.without:.3f} of {self.abstracts_without}",
        ]


def measure(data: Path, split: str, quoter: Quoter, tell: Tell = lambda _: None) -> RationaleReport:
    """Quote every abstract that a claim of a split cites, with its title.

    Raises:
        InputError: the data is not there.
    """
    cases = read_cases(data, split)
    chosen = []
    for number, case in enumerate(cases):
        if number % _TOLD_EVERY == 0:
            tell(f"{number} of {len(cases)} abstracts")
        chosen.append(_quoted(quoter, case, case.claim))
    settled = [case for case in cases if case.gold]
    control = [_quoted(quoter, case, other) for case, other in zip(settled, _other_claims(settled), strict=True)]
    silent = [not some for case, some in zip(cases, chosen, strict=True) if case.gold]
    without = [bool(some) for case, some in zip(cases, chosen, strict=True) if not case.gold]
    return RationaleReport(
        split,
        len(silent),
        len(without),
        found_in(cases, chosen),
        found_in(settled, control),
        sum(silent) / max(len(silent), 1),
        sum(without) / max(len(without), 1),
    )


def _other_claims(cases: Sequence[RationaleCase]) -> list[str]:
    """For each case the next claim that cites another abstract, its own where there is none."""
    shown = [*cases, *cases]
    return [
        next((other.claim for other in shown[place + 1 :] if other.document != case.document), case.claim)
        for place, case in enumerate(cases)
    ]


def _quoted(quoter: Quoter, case: RationaleCase, claim: str) -> frozenset[int]:
    return case.chosen([Span(one.start, one.end) for one in quoter.quotes(claim, case.text, case.title)])
