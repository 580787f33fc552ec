"""How well the verifier tells supported sentences from others, and how its weights are fitted.

SciFact (Wadden et al. 2020): people's claims with the sentences of abstracts that support or contradict them.
Altered sentences: `eval/alterations.py`. Weights are fitted on SciFact's training claims only.
"""

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.utils import globals_helper
from nltk.tokenize.punkt import PunktTokenizer
from numpy.typing import NDArray

from assistant.answering import verify as verifier
from assistant.answering.verify import Meaning, Signals, Similarity, Weights, verify
from assistant.llm.checking import is_shown
from eval.alterations import Altered, altered
from ingest.embedding import Embedder, Vector
from ingest.paper import Entry
from ingest.sentences import split_sentences
from ingest.sources import find_sources
from ingest.words import stems_of

Floats = NDArray[np.float64]
_EACH_KIND = 150
_DRAWS = 10  # of sentences that are no evidence; one draw alone moves the result by a point or two
_MOST_SENTENCES = 3
_RIDGE = 1.0
_AS_GOOD = 0.01


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and the sentences it is held against; `label` is SUPPORT, CONTRADICT, or NONE for no evidence."""

    claim: str
    quotes: tuple[str, ...]
    label: str

    @property
    def is_supported(self) -> bool:
        """Whether the quotes support the claim."""
        return self.label == "SUPPORT"


# ---- the data


def scifact_pairs(data: Path, split: str, seed: int = 0, *, closest: bool = False) -> list[Pair]:
    """The claims of a split (train or validation), each with its evidence in one abstract.

    A claim without evidence gets one to three sentences of the first abstract that it cites, which is no evidence:
    drawn at random, or with `closest` those that have most of its words.
    """
    corpus = _corpus(data)
    rng = random.Random(seed)
    pairs: list[Pair] = []
    for claim in _json_lines(data / "scifact" / f"claims_{split}.jsonl"):
        for document, sets in claim["evidence"].items():
            sentences = _sentences(corpus[document])
            places = sorted({min(place, len(sentences) - 1) for found in sets for place in found["sentences"]})
            pairs.append(Pair(claim["claim"], tuple(sentences[place] for place in places), sets[0]["label"]))
        if not claim["evidence"]:
            sentences = _sentences(corpus[str(claim["cited_doc_ids"][0])])
            count = min(len(sentences), rng.randint(1, _MOST_SENTENCES))
            drawn = _closest(claim["claim"], sentences, count) if closest else rng.sample(sentences, count)
            pairs.append(Pair(claim["claim"], tuple(drawn), "NONE"))
    return pairs


def _corpus(data: Path) -> dict[str, str]:
    return {line["_id"]: line["text"] for line in _json_lines(data / "scifact" / "beir" / "corpus.jsonl")}


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _sentences(abstract: str) -> list[str]:
    """The sentences as SciFact counts them: Punkt's, with no abbreviations added (docs/decisions/0013)."""
    return [str(sentence) for sentence in _tokenizer().tokenize(abstract)]


@lru_cache(maxsize=1)
def _tokenizer() -> PunktTokenizer:
    _ = globals_helper.punkt_tokenizer  # puts the data that llama-index-core bundles on nltk's path
    return PunktTokenizer("english")


def _closest(claim: str, sentences: Sequence[str], count: int) -> list[str]:
    said = set(stems_of(claim))
    return sorted(sentences, key=lambda sentence: -len(said & set(stems_of(sentence))))[:count]


def real_sentences(data: Path) -> list[str]:
    """Sentences of real abstracts of computer science: the five digests, CSAbstruct and SciTLDR."""
    abstracts = [
        entry.paper.abstract
        for source in find_sources([data / "digests"])
        for entry in source.items()
        if isinstance(entry, Entry)
    ]
    found = [abstract[span.start : span.end] for abstract in abstracts for span in split_sentences(abstract)]
    found += [s for line in _json_lines(data / "csabstruct" / "dev.jsonl") for s in line["sentences"]]
    found += [s for line in _json_lines(data / "scitldr" / "dev.jsonl") for s in line["source"]]
    return [sentence for sentence in dict.fromkeys(found) if 8 <= len(sentence.split()) <= 60]


class Cosine:
    """The similarity of two texts by an embedding model, each text embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vector] = {}

    def __call__(self, one: str, other: str) -> float:
        """The cosine of two texts."""
        return float(self._vector(one) @ self._vector(other))

    def _vector(self, text: str) -> Vector:
        if text not in self._vectors:
            self._vectors[text] = self._embedder.text_vector(text)
        return self._vectors[text]


# ---- measuring


@dataclass(frozen=True, slots=True)
class Rates:
    """How many of a class were taken as supported."""

    accepted: int
    total: int

    @property
    def share(self) -> float:
        """The share that was taken as supported."""
        return self.accepted / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class VerifierReport:
    """Balanced accuracies: the mean of the share of supported that is accepted and of others that is refused.

    `scifact` holds a row of label → rates for each way of judging, on random sentences and on the closest. `shown` is
    what a language model's reader would be shown of the altered sentences.
    """

    scifact: dict[str, dict[str, Rates]]
    kinds: dict[str, tuple[bool, Rates]]
    microseconds: float
    shown: dict[str, tuple[bool, Rates]] = field(default_factory=dict)

    @property
    def altered_accuracy(self) -> float:
        """Balanced accuracy on the altered sentences."""
        return _balanced([(is_supported, rates) for is_supported, rates in self.kinds.values()])

    def lines(self) -> list[str]:
        """The report for a person."""
        shown = ["SciFact, validation: balanced accuracy of all, of support against contradiction, against no evidence"]
        for name, rates in self.scifact.items():
            every, against, without = (balanced(rates, others) for others in _OTHERS)
            kept = ", ".join(f"{label} {rate.share:.3f}" for label, rate in rates.items())
            shown.append(f"  {name:42} {every:.3f}  {against:.3f}  {without:.3f}   accepted: {kept}")
        shown.append(f"altered by script: balanced accuracy {self.altered_accuracy:.3f}")
        for kind, (is_supported, rate) in self.kinds.items():
            right = rate.share if is_supported else 1 - rate.share
            expected = "supported" if is_supported else "not supported"
            shown.append(f"  {kind:22} {expected:14} right {right:.3f} of {rate.total}")
        shown.append(f"a sentence without similarity takes {self.microseconds:.0f} µs")
        shown.append("shown of what a language model would have written: carried by its quote")
        for kind, (is_supported, rate) in self.shown.items():
            expected = "supported" if is_supported else "not supported"
            shown.append(f"  {kind:22} {expected:14} shown {rate.share:.3f} of {rate.total}")
        return shown


_OTHERS = (("CONTRADICT", "NONE"), ("CONTRADICT",), ("NONE",))


def balanced(rates: dict[str, Rates], others: Sequence[str]) -> float:
    """Balanced accuracy of SUPPORT against other labels."""
    return _balanced([(label == "SUPPORT", rates[label]) for label in ("SUPPORT", *others)])


def _balanced(rows: Sequence[tuple[bool, Rates]]) -> float:
    shares = []
    for is_supported in (True, False):
        of_class = [rates for which, rates in rows if which is is_supported]
        accepted, total = sum(rates.accepted for rates in of_class), sum(rates.total for rates in of_class)
        share = accepted / total if total else 0.0
        shares.append(share if is_supported else 1 - share)
    return sum(shares) / 2


def measure(data: Path, embedder: Embedder, tell: Callable[[str], None], seed: int = 1) -> VerifierReport:
    """Judge SciFact's validation claims and sentences altered by script."""
    cosine = Cosine(embedder)
    training = scifact_pairs(data, "train", seed)
    cut = best_threshold([_nearest(pair, cosine) for pair in training], [pair.is_supported for pair in training])
    scifact: dict[str, dict[str, Rates]] = {}
    for name, closest in (("random", False), ("closest", True)):
        tell(f"SciFact's validation claims, {name} sentences as no evidence")
        draws = range(seed, seed + _DRAWS)
        pairs = [pair for draw in draws for pair in scifact_pairs(data, "validation", draw, closest=closest)]
        ways: dict[str, Callable[[Pair], bool]] = {
            "verify, with similarity": lambda pair: verify(pair.claim, pair.quotes, cosine).is_supported,
            "verify, words alone": lambda pair: verify(pair.claim, pair.quotes).is_supported,
            "baseline: cosine, cut fitted on train": lambda pair: _nearest(pair, cosine) > cut,
            "baseline: the majority": lambda _: False,
        }
        scifact |= {f"{way} ({name})": _rates(pairs, judge) for way, judge in ways.items()}
    tell("sentences altered by script")
    cases = altered(real_sentences(data), _EACH_KIND, seed)
    start = time.process_time()
    verdicts = [verify(case.sentence, [case.quote]).is_supported for case in cases]
    spent = (time.process_time() - start) / max(len(cases), 1) * 1e6
    shown = [is_shown(case.sentence, case.quote) for case in cases]
    return VerifierReport(scifact, _kinds(cases, verdicts), spent, _kinds(cases, shown))


def _nearest(pair: Pair, similarity: Similarity) -> float:
    return max(similarity(pair.claim, quote) for quote in pair.quotes)


def _rates(pairs: Sequence[Pair], judge: Callable[[Pair], bool]) -> dict[str, Rates]:
    verdicts = [(pair.label, judge(pair)) for pair in pairs]
    return {
        label: Rates(
            sum(accepted for which, accepted in verdicts if which == label), sum(w == label for w, _ in verdicts)
        )
        for label in ("SUPPORT", "CONTRADICT", "NONE")
    }


def _kinds(cases: Sequence[Altered], verdicts: Sequence[bool]) -> dict[str, tuple[bool, Rates]]:
    found: dict[str, tuple[bool, Rates]] = {}
    for case, accepted in zip(cases, verdicts, strict=True):
        _, before = found.get(case.kind, (case.is_supported, Rates(0, 0)))
        found[case.kind] = (case.is_supported, Rates(before.accepted + accepted, before.total + 1))
    return found


# ---- fitting


def fit(data: Path, embedder: Embedder, tell: Callable[[str], None]) -> dict[str, Weights]:
    """The weights of the verifier, from SciFact's training claims: `BY_WORDS` and `BY_MEANING`."""
    cosine = Cosine(embedder)
    pairs = [*scifact_pairs(data, "train"), *scifact_pairs(data, "train", closest=True)]
    tell(f"{len(pairs)} pairs of claims and sentences")
    signals = [verifier.signals_of(pair.claim, pair.quotes) for pair in pairs]
    meanings = [verifier.meaning_of(pair.claim, pair.quotes, cosine) for pair in pairs]
    by_words, by_meaning = _fitted(pairs, signals, [None] * len(pairs)), _fitted(pairs, signals, meanings)
    return {"BY_WORDS": by_words, "BY_MEANING": by_meaning}


def _fitted(pairs: Sequence[Pair], signals: Sequence[Signals], meanings: Sequence[Meaning | None]) -> Weights:
    features = [verifier.features_of(*found) for found in zip(signals, meanings, strict=True)]
    labels = np.array([pair.label for pair in pairs])
    is_supported = labels == "SUPPORT"
    subject = _logistic(np.array([row for row, _ in features]), is_supported, labels != "CONTRADICT")
    direction = _logistic(np.array([row for _, row in features]), is_supported, labels != "NONE")
    weights = Weights(subject, direction, 0.0)
    scores = [verifier.score(*found, weights) for found in zip(signals, meanings, strict=True)]
    decided = [verifier.verdict_by_rules(pair.claim, pair.quotes) for pair in pairs]
    judged = [
        value if verdict is None else math.copysign(math.inf, verdict.is_supported - 0.5)
        for value, verdict in zip(scores, decided, strict=True)
    ]
    return Weights(subject, direction, round(best_threshold(judged, list(is_supported)), 3))


def _logistic(rows: Floats, is_true: NDArray[np.bool_], used: NDArray[np.bool_]) -> tuple[float, ...]:
    """The weights of a logistic regression with a ridge, both classes weighing the same, by Newton's method."""
    rows, truth = rows[used], is_true[used].astype(float)
    spread = rows.std(axis=0) + 1e-9
    inputs = np.column_stack([(rows - rows.mean(axis=0)) / spread, np.ones(len(rows))])
    worth = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    ridge = np.diag([_RIDGE] * rows.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (worth * (expected - truth)) + ridge @ weights
        weights -= np.linalg.solve((inputs.T * (worth * expected * (1 - expected))) @ inputs + ridge, slope)
    plain = weights[:-1] / spread
    return tuple(round(float(weight), 3) for weight in [*plain, weights[-1] - plain @ rows.mean(axis=0)])


def best_threshold(scores: Sequence[float], is_true: Sequence[bool]) -> float:
    """The score above which a case is taken as true with the best balanced accuracy: the middle of those as good."""
    values, truth = np.array(scores), np.array(is_true)
    cuts = np.unique(values[np.isfinite(values)])
    gains = np.array([(values[truth] > cut).mean() - (values[~truth] > cut).mean() for cut in cuts])
    return float(cuts[gains >= gains.max() - _AS_GOOD].mean())
