"""Which papers belong in a list: those that bear on what was asked, by a calibrated cut; the next ones are near."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.finding.information import Information
from assistant.finding.retrieval import RankedPaper
from assistant.learned.heads import Heads, probability, trained_heads
from assistant.learned.linear import Features
from assistant.reading.choosing import PAIRS_READ, Asked
from assistant.reading.evidence import Evidence
from assistant.reading.scoring import beside_title
from ingest.cross_encoder import PairReader
from ingest.library import Library
from ingest.paper import Span, StoredPaper, key_span

_MOST_NEAR = 6
_FIRST_ABOVE = 1.0  # log odds: so much surer is the first paper of .95 of lists, and of .29 (of .48) on no held subject
_NEAR_WIDTH = 1.5  # log odds below the cut
_TENTH = 9
LIST_FEATURES = (
    "fused", "below the best fused", "share of the best fused", "cosine", "below the best cosine", "mean cosine",
    "logit", "below the best logit", "mean logit", "three best logits", "held by the paper", "held by the title",
    "held by the sentence", "place", "log place", "fall to the tenth", "spread",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """The papers on what was asked, best first, each with its key sentence; and those that are only near."""

    on: tuple[Evidence, ...]
    near: tuple[StoredPaper, ...]


class ListReader:
    """Reads the key sentence of each of the first papers beside its title."""

    def __init__(self, library: Library, reader: PairReader, heads: Heads | None = None) -> None:
        self._library = library
        self._reader = reader
        self._heads = heads or trained_heads()

    def read(self, asked: Asked, ranked: Sequence[RankedPaper]) -> Listed:
        """The papers that belong in the list, and those near it."""
        first = [paper for paper in ranked if paper.stored.paper.abstract][:PAIRS_READ]
        if not first:
            return Listed((), ())
        spans = key_spans(first, self._library)
        head = self._heads["listed"]
        log_odds = head.log_odds(self.features(asked, first, spans))
        order = np.argsort(-log_odds, kind="stable")
        if log_odds[order[0]] < head.cut + _FIRST_ABOVE:
            return Listed((), ())
        on = tuple(
            Evidence(first[n].stored, spans[n], probability(float(log_odds[n])))
            for n in order
            if log_odds[n] >= head.cut
        )
        near = [first[n].stored for n in order if head.cut - _NEAR_WIDTH <= log_odds[n] < head.cut]
        return Listed(on, tuple(near[:_MOST_NEAR]))

    def features(self, asked: Asked, papers: Sequence[RankedPaper], spans: Sequence[Span]) -> Features:
        """The features of each paper, [papers, LIST_FEATURES + 384]."""
        sentences = [_sentence(paper.stored, span) for paper, span in zip(papers, spans, strict=True)]
        titles = [paper.stored.paper.title for paper in papers]
        read = self._reader.read(asked.text, [beside_title(t, s) for t, s in zip(titles, sentences, strict=True)])
        share = Information(asked.terms, self._library).share
        fused = np.array([paper.score for paper in papers])
        cosines = np.array([paper.cosine for paper in papers])
        logits = read.logits
        count = len(papers)
        columns = (
            fused, fused - fused[0], fused / max(fused[0], 0.1), cosines, cosines - cosines.max(),
            np.full(count, cosines.mean()), logits, logits - logits.max(), np.full(count, logits.mean()),
            np.full(count, np.sort(logits)[-3:].mean()),
            np.array([share(paper.stored.paper.text) for paper in papers]),
            np.array([share(title) for title in titles]),
            np.array([share(f"{t} {s}") for t, s in zip(titles, sentences, strict=True)]), np.arange(count),
            np.log1p(np.arange(count)), np.full(count, fused[min(_TENTH, count - 1)] - fused[0]),
            np.full(count, fused.std()),
        )  # fmt: skip
        named = np.stack(columns, axis=1).astype(np.float32)
        return np.concatenate([named, read.states], axis=1)


def key_spans(papers: Sequence[RankedPaper], library: Library) -> list[Span]:
    """The span of the key sentence of each paper."""
    roled = library.roled_sentences([paper.stored.row for paper in papers])
    return [key_span(roled[paper.stored.row]) or Span(0, 0) for paper in papers]


def _sentence(stored: StoredPaper, span: Span) -> str:
    return stored.paper.abstract[span.start : span.end]
