"""Makes the heads of quoting anew: `assistant/learned/quoting.npz`, and `quoting.json` that says how well each does.

Learned from the facts of `eval/training` in the abstracts that state them, from SciFact's training claims in those
that they cite, and from questions beside a text that does not answer them; a third of the texts is read without its
title. Figures are out of fold: ten folds, no document in training and test at once, nor two that one claim cites.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.reading.evidence import Passages
from assistant.reading.quote_features import ANSWER_FEATURES, QUOTE_FEATURES, ReadText, answer_features, quote_features
from assistant.reading.quoting import MOST_QUOTES, CosinePairs, read_text
from eval.corpora import CORPORA, corpus_items
from eval.rationales import Found, RationaleCase, found_in, read_cases
from eval.reading_data import TrainingQuestion, read_training
from ingest.cross_encoder import PairReader
from ingest.embedding import Embedder
from ingest.paper import Entry, Paper, Span

Tell = Callable[[str], None]
Matrix = NDArray[np.float64]
_FILES = ("facts", "unanswerable", "riddles", "otherwords")
_FOLDS = 10
_STRENGTH = {"reader": 0.005, "cosine": 0.3}  # of .002 to .01 alike within the noise, F1 .597 to .600
_UNSTATED_FACTS = 0.02  # of the facts that the text states, how many may be left unquoted; .03 is asked for
_AS_GOOD = 0.003
_CUTS = np.arange(-2.0, 0.5, 0.05)
_WEIGHTS = {"unstated, no title": 2.0, "fact, no title": 0.5, "claim, no title": 0.5, "riddle": 0.5, "paraphrase": 0.5}
"""How much a text counts in telling whether it answers: texts without title are twice in it; a riddle shares no word
with its answer, as a wrong text does: at 1 in place of .5, .80 of them are quoted, and .20 of the wrong texts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question beside a text, read; `labels` [sentences] say which answer it.

    `document` and `question_id` are what must not stand in training and test at once.
    """

    kind: str
    document: str
    question_id: str
    read: ReadText
    labels: NDArray[np.bool_]
    case: RationaleCase | None = None

    @property
    def is_answered(self) -> bool:
        """Whether a sentence answers."""
        return bool(self.labels.any())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be read for an example."""

    kind: str
    document: str
    question_id: str
    question: str
    title: str
    text: str
    gold: frozenset[Span]
    case: RationaleCase | None = None


def examples(data: Path, training: Path, reader: PairReader, tell: Tell) -> list[Example]:
    """Read all that is learned from."""
    asked = [*_questions(data, training), *_claims(data)]
    asked += [*_without_title(asked), *_beside_wrong_text(asked)]
    found = []
    for number, one in enumerate(asked):
        if number % 500 == 0:
            tell(f"{number} of {len(asked)} texts")
        read = read_text(reader, one.question, one.text, one.title)
        labels = [
            bool(one.case.gold & one.case.chosen([span])) if one.case else span in one.gold for span in read.text.spans
        ]
        found.append(Example(one.kind, one.document, one.question_id, read, np.array(labels, dtype=bool), one.case))
    return [one for one in found if len(one.labels)]


def _questions(data: Path, training: Path) -> Iterator[_Asked]:
    """The questions about one paper, beside its abstract."""
    papers: dict[str, Paper] = {}
    for item in corpus_items(CORPORA["all-days"], data):
        if isinstance(item, Entry):
            papers.setdefault(item.paper.arxiv_id, item.paper)
    for name in _FILES:
        for question in read_training(training / f"{name}.jsonl"):
            if question.papers and question.group in papers:
                yield _beside(question, papers[question.group])


def _beside(question: TrainingQuestion, paper: Paper) -> _Asked:
    gold = frozenset(Span(start, end) for paper_id, start, end in question.gold if paper_id == paper.arxiv_id)
    return _Asked(question.kind, paper.arxiv_id, paper.arxiv_id, question.question, paper.title, paper.abstract, gold)


def _claims(data: Path) -> Iterator[_Asked]:
    for case in read_cases(data, "train"):
        kind = "claim" if case.gold else "unsettled"
        yield _Asked(
            kind, case.document, f"claim {case.claim_id}", case.claim, case.title, case.text, frozenset(), case
        )


def _without_title(asked: Sequence[_Asked]) -> Iterator[_Asked]:
    """Some of the questions beside a text whose title is not given."""
    for kind, every in (("fact", 2), ("claim", 2), ("unstated", 3)):
        for one in [one for one in asked if one.kind == kind][::every]:
            yield _Asked(
                f"{kind}, no title", one.document, one.question_id, one.question, "", one.text, one.gold, one.case
            )


def _beside_wrong_text(asked: Sequence[_Asked]) -> Iterator[_Asked]:
    """Every third fact and claim beside the text of another, half of them without a title."""
    for kind in ("fact", "claim"):
        same = [one for one in asked if one.kind == kind]
        for number in range(0, len(same), 3):
            one, other = same[number], same[(number + len(same) // 2) % len(same)]
            title = other.title if number % 2 else ""
            if other.document != one.document:
                yield _Asked(
                    "wrong text", other.document, one.question_id, one.question, title, other.text, frozenset()
                )


# ---- training


@dataclass(frozen=True, slots=True)
class QuotingHeads:
    """The heads by name, packed as `Heads` wants them, and the report by name of figure."""

    heads: Mapping[str, NDArray[np.float32]]
    report: Mapping[str, float]


def train_quoting(data: Path, training: Path, reader: PairReader, embedder: Embedder, tell: Tell) -> QuotingHeads:
    """The heads for the reader, and those for cosines where there is none."""
    heads: dict[str, NDArray[np.float32]] = {}
    report: dict[str, float] = {}
    for name, model in (("reader", reader), ("cosine", CosinePairs(embedder))):
        made = train_heads(examples(data, training, model, tell), name)
        heads |= made.heads
        report |= made.report
    return QuotingHeads(heads, report)


def train_heads(read: Sequence[Example], name: str) -> QuotingHeads:
    """Both heads for one model, their cuts, and what they do out of fold."""
    strength, groups = _STRENGTH[name], _groups(read)
    is_answered = np.array([one.is_answered for one in read])
    sentences = [quote_features(one.read).astype(np.float64) for one in read]
    sentence, log_odds = _of_sentences(sentences, read, groups, strength)
    texts = np.array(
        [answer_features(one.read, odds) for one, odds in zip(read, log_odds, strict=True)], dtype=np.float64
    )
    weights = np.array([_WEIGHTS.get(one.kind, 1.0) for one in read])
    answered = np.zeros(len(read))
    for kept, left in _folds(groups):
        answered[left] = _applied(_fitted(texts[kept], is_answered[kept], strength, weights[kept]), texts[left])
    kinds = np.array([one.kind for one in read])
    answered_cut = float(np.quantile(answered[kinds == "fact"], _UNSTATED_FACTS))
    says = answered >= answered_cut
    cut = _best_cut(read, log_odds, says)
    heads = {
        f"{name} sentence": _packed(sentence, cut),
        f"{name} answered": _packed(_fitted(texts, is_answered, strength, weights), answered_cut),
    }
    told = _told(read, log_odds, says, cut)
    return QuotingHeads(heads, {f"{name}: {figure}": share for figure, share in told.items()})


def _groups(read: Sequence[Example]) -> list[str]:
    """For each example the name of its group: documents that a question has in common are in one."""
    leaders: dict[str, str] = {}

    def leader(name: str) -> str:
        while leaders.setdefault(name, name) != name:
            name = leaders[name]
        return name

    for one in read:
        leaders[leader(one.document)] = leader(one.question_id)
    return [leader(one.document) for one in read]


def _folds(groups: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - an extra, which only measuring needs

    yield from GroupKFold(_FOLDS, shuffle=True, random_state=0).split(groups, groups=groups)


def _of_sentences(
    features: Sequence[Matrix], read: Sequence[Example], groups: Sequence[str], strength: float
) -> tuple[tuple[Matrix, float], list[NDArray[np.float32]]]:
    """What chooses among the sentences of a text, learned where one answers; and its log odds out of fold."""
    used = np.array([one.is_answered for one in read])

    def fitted(numbers: NDArray[np.int64]) -> tuple[Matrix, float]:
        labels = np.concatenate([read[number].labels for number in numbers])
        return _fitted(np.concatenate([features[number] for number in numbers]), labels, strength)

    log_odds = [np.zeros(0, dtype=np.float32)] * len(read)
    for kept, left in _folds(groups):
        model = fitted(kept[used[kept]])
        for number in left:
            log_odds[number] = _applied(model, features[number]).astype(np.float32)
    return fitted(np.flatnonzero(used)), log_odds


def _fitted(
    matrix: Matrix, labels: NDArray[np.bool_], strength: float, weights: Matrix | None = None
) -> tuple[Matrix, float]:
    """The weights and the bias of a logistic regression over standardised features, for features as they come."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra, which only measuring needs

    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    model = LogisticRegression(C=strength, max_iter=4000).fit((matrix - mean) / deviation, labels, weights)
    plain = model.coef_[0] / deviation
    return plain, float(model.intercept_[0] - mean @ plain)


def _applied(model: tuple[Matrix, float], matrix: Matrix) -> Matrix:
    weights, bias = model
    return matrix @ weights + bias


def _packed(model: tuple[Matrix, float], cut: float) -> NDArray[np.float32]:
    weights, bias = model
    return np.array([*weights, bias, cut], dtype=np.float32)


# ---- the figures


def _best_cut(read: Sequence[Example], log_odds: Sequence[NDArray[np.float32]], says: NDArray[np.bool_]) -> float:
    """The log odds from which a further sentence is quoted, by F1 on the claims: the middle of those as good."""
    scores = np.array([_rationales(read, log_odds, says, cut).f1 for cut in _CUTS])
    return float(_CUTS[scores >= scores.max() - _AS_GOOD].mean())


def _rationales(
    read: Sequence[Example], log_odds: Sequence[NDArray[np.float32]], says: NDArray[np.bool_], cut: float
) -> Found:
    pairs = [
        (one.case, one.case.chosen(_quoted(one.read.text, odds, cut) if said else ()))
        for one, odds, said in zip(read, log_odds, says, strict=True)
        if one.case and one.kind == "claim"
    ]
    return found_in([case for case, _ in pairs], [chosen for _, chosen in pairs])


def _quoted(text: Passages, log_odds: NDArray[np.float32], cut: float) -> list[Span]:
    """As `Quoter` quotes: the best, and of the others those from the cut on."""
    best, *others = np.argsort(-log_odds, kind="stable")[:MOST_QUOTES]
    return [text.spans[number] for number in (best, *(other for other in others if log_odds[other] >= cut))]


def _told(
    read: Sequence[Example], log_odds: Sequence[NDArray[np.float32]], says: NDArray[np.bool_], cut: float
) -> dict[str, float]:
    everything = np.ones(len(read), dtype=bool)
    found = _rationales(read, log_odds, says, cut)
    told = {"rationales precision": found.precision, "rationales recall": found.recall, "rationales F1": found.f1}
    told["rationales F1 with at least one quote"] = _rationales(read, log_odds, everything, cut).f1
    told["rationales F1 of the model as it comes"] = _as_it_comes(read).f1
    kinds = np.array([one.kind for one in read])
    for kind in dict.fromkeys(kinds):
        of_kind = [number for number in range(len(read)) if kinds[number] == kind]
        told[f"{kind}: texts"] = len(of_kind)
        told[f"{kind}: quoted"] = float(says[of_kind].mean())
        if read[of_kind[0]].is_answered:
            first = [bool(read[n].labels[int(np.argmax(log_odds[n]))]) for n in of_kind]
            counts = [len(_quoted(read[n].read.text, log_odds[n], cut)) for n in of_kind if says[n]]
            told[f"{kind}: gold first"] = float(np.mean(first))
            told[f"{kind}: quoted, gold first"] = float(np.mean(np.array(first) & says[of_kind]))
            told[f"{kind}: quotes of a text"] = float(np.mean(counts))
    return told


def _as_it_comes(read: Sequence[Example]) -> Found:
    """The baseline: those within 1 of the best logit, at most three."""
    everything = np.ones(len(read), dtype=bool)
    near = [np.where(one.read.logits >= one.read.logits.max() - 1, one.read.logits, -np.inf) for one in read]
    return _rationales(read, [_only(logits, 3) for logits in near], everything, -100.0)


def _only(logits: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    kept = np.full(len(logits), -np.inf, dtype=np.float32)
    best = np.argsort(-logits, kind="stable")[:most]
    kept[best] = logits[best]
    return kept


def keep(made: QuotingHeads, folder: Path) -> None:
    """Write the heads and their report."""
    np.savez_compressed(folder / "quoting.npz", allow_pickle=False, **dict(made.heads))
    features = {"sentence": QUOTE_FEATURES, "answered": ANSWER_FEATURES}
    told = {"report": {name: round(value, 4) for name, value in made.report.items()}, "features": features}
    (folder / "quoting.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
