"""How well the key sentence of a paper says what people say of it in one line.

SciTLDR (Cachola et al. 2020, arXiv:2004.15011): abstracts with summaries that people wrote, its development part.
ROUGE-1, -2 and -L (Lin 2004), F1 with stemming, of the best of the references, by the `rouge-score` package.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer

from eval.lines import json_lines, unreadable_told
from ingest.key_sentence import key_sentence
from ingest.roles import role_model, role_shares

_FILE = "scitldr/dev.jsonl"
_MEASURES = ("rouge1", "rouge2", "rougeL")
PUBLISHED = "BERTSumExt, trained on it: 38.5 / 16.6 / 30.5 on the test part (Cachola et al. 2020)"


@dataclass(frozen=True, slots=True)
class SummarisedPaper:
    """The sentences of an abstract, at least one, and the summaries that people wrote of the paper."""

    title: str
    sentences: tuple[str, ...]
    summaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeySentenceReport:
    """ROUGE-1, -2 and -L in percent of the key sentence, the first sentence, and the best there is by ROUGE-1."""

    papers: int
    key: tuple[float, ...]
    lead: tuple[float, ...]
    oracle: tuple[float, ...]

    def lines(self) -> list[str]:
        """The report for a person."""
        named = (("key sentence", self.key), ("first sentence", self.lead), ("best sentence", self.oracle))
        return [
            f"key sentences, {self.papers} papers of SciTLDR: ROUGE-1 / -2 / -L",
            *(f"  {name:15}{' / '.join(f'{value:.1f}' for value in values)}" for name, values in named),
            f"  published: {PUBLISHED}",
        ]


def read_papers(data: Path) -> list[SummarisedPaper]:
    """The development papers of SciTLDR.

    Raises:
        InputError: the file is not there, or is not what it must be.
    """
    path = data / _FILE
    with unreadable_told("the summaries", path):
        return [SummarisedPaper(one["title"], tuple(one["source"]), tuple(one["target"])) for one in json_lines(path)]


def measure(data: Path) -> KeySentenceReport:
    """How near the key sentences are to people's summaries, beside the first and the best sentence.

    Raises:
        InputError: the data is not there.
    """
    papers = read_papers(data)
    scores = [_scores(paper) for paper in papers]
    return KeySentenceReport(
        len(papers),
        key=_mean([of[_key(paper)] for paper, of in zip(papers, scores, strict=True)]),
        lead=_mean([of[0] for of in scores]),
        oracle=_mean([of[of[:, 0].argmax()] for of in scores]),
    )


def _key(paper: SummarisedPaper) -> int:
    return key_sentence(paper.title, paper.sentences, role_shares(role_model().probabilities(paper.sentences)))


def _scores(paper: SummarisedPaper) -> NDArray[np.float64]:
    """The measures of each sentence, best of the references, of shape [sentences, 3]."""
    score: Callable[..., dict[str, tuple[float, float, float]]] = RougeScorer(list(_MEASURES), use_stemmer=True).score
    found = [[score(summary, sentence) for summary in paper.summaries] for sentence in paper.sentences]
    return np.array([[max(one[name][2] for one in of) for name in _MEASURES] for of in found])


def _mean(rows: Sequence[NDArray[np.float64]]) -> tuple[float, ...]:
    return tuple(float(value) for value in 100 * np.mean(rows, axis=0))
