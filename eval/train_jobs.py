"""`daybook eval train-jobs`: what tells the job of a question, made anew from labelled utterances."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.question.job import CLASSES, HASHES, job_features
from assistant.retrieval import HybridRetriever
from assistant.terms import ASKING_WORDS, STOP_WORDS
from eval.corpora import Tell, library_folder
from eval.lines import json_lines
from eval.sealed_cases import corpus_of
from ingest.embedding import Embedder
from ingest.lexical import LexicalTable
from ingest.library import Library
from ingest.names import TOKEN
from ingest.words import stem, words_of

_EVAL = Path(__file__).parent
_WORDINGS = _EVAL / "wordings"
_C = 1.0  # of .1, .3, 1 the best out of fold
_FOLDS = 10
_OF_PEOPLE = 3.0  # an utterance that was written for this, beside a question written for something else
_FRAME_LEAST = 2  # wishes for an overview that hold a word
_FRAME_RATIO = 1.5  # of the share of wishes that hold a word to that of papers: "summary" and "happened" are frame
_OTHERS = {  # of each file so many, from its beginning
    "training/facts": ("ask", 250),
    "training/unanswerable": ("ask", 150),
    "training/otherwords": ("ask", 60),
    "training/riddles": ("ask", 40),
    "training/lists": ("list", 104),
    "training/comparisons": ("compare", 40),
    "training/comparisons_more": ("compare", 52),
    "cases/answers": ("ask", 40),
    "cases/unanswerable": ("ask", 160),
} | {
    f"sealed/round-{n}/{sort}": (job, 80)
    for n in (1, 2, 3)
    for sort, job in (("facts", "ask"), ("unanswerable", "ask"), ("lists", "list"), ("comparisons", "compare"))
    if (n, sort) != (3, "comparisons")
}
_OF_RETRIEVAL = {"several": "list", "comparison": "compare"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """What someone types, of which library, and the class it is of; `is_own` where it was written for this."""

    text: str
    library: str
    label: str
    is_own: bool


def utterances() -> Iterator[Utterance]:
    """All labelled utterances that the package brings."""
    for line in json_lines(_WORDINGS / "jobs.jsonl"):
        yield Utterance(line["question"], line["library"], line.get("class", line["job"]), True)
    for name, (job, count) in _OTHERS.items():
        for line in list(json_lines(_EVAL / f"{name}.jsonl"))[:count]:
            yield Utterance(line["question"], "five-days", job, False)
    for line in json_lines(_EVAL / "cases" / "retrieval.jsonl"):
        yield Utterance(line["question"], "five-days", _OF_RETRIEVAL.get(line["kind"], "ask"), False)
    for line in json_lines(_EVAL / "cases" / "exact.jsonl"):
        if line["expected"] is not None:
            yield Utterance(line["question"], "five-days", "facts", False)
    for line in json_lines(_WORDINGS / "list_wordings.jsonl"):
        yield Utterance(line["question"], "five-days", "list" if line["is_list"] else "ask", False)


@dataclass(frozen=True, slots=True)
class JobTrainer:
    """What training needs: the folder of real data, where libraries are kept, the model, and who is told."""

    data: Path
    work: Path
    embedder: Embedder
    tell: Tell

    def run(self, folder: Path) -> dict[str, float]:
        """Make the model and its report in a folder."""
        asked = list(utterances())
        rows, dense, frame = self._features(asked)
        labels = np.array([CLASSES.index(one.label) for one in asked])
        matrix = sparse.hstack([rows, sparse.csr_matrix(dense)]).tocsr()
        weights = np.array([_OF_PEOPLE if one.is_own else 1.0 for one in asked])
        own = np.array([one.is_own for one in asked])
        shares = _out_of_fold(matrix, labels, weights)
        chosen = shares.argmax(axis=1)
        helps = [CLASSES.index(name) for name in ("help", "language")]
        is_right = (chosen == labels) | (np.isin(chosen, helps) & np.isin(labels, helps))
        report = {"utterances": float(own.sum()), "right": float(is_right[own].mean())}
        report |= {
            f"{name}: right": float(is_right[own & (labels == n)].mean())
            for n, name in enumerate(CLASSES)
            if (own & (labels == n)).any()
        }
        report["other questions: right"] = float(is_right[~own].mean())
        model = _fitted(matrix, labels, weights)
        kept = {
            "weights": model.coef_.T.astype(np.float16),
            "bias": model.intercept_.astype(np.float32),
            "frame": frame,
        }
        np.savez_compressed(folder / "job.npz", allow_pickle=False, **kept)
        told = {name: round(value, 4) for name, value in report.items()}
        (folder / "job.json").write_text(json.dumps({"report": told}, indent=1) + "\n", encoding="utf-8")
        return report

    def _features(
        self, asked: Sequence[Utterance]
    ) -> tuple[sparse.csr_matrix, NDArray[np.float32], NDArray[np.uint32]]:
        places: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * len(asked)
        dense: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(asked)
        counts: Counter[str] = Counter()
        for name in dict.fromkeys(one.library for one in asked):
            place = library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell)
            with Library(place, create=False) as library:
                everything = library.lexical_table()
                after = library.holdings().days[-1] + timedelta(days=1)
                retriever = HybridRetriever(library, self.embedder, today=partial(date.fromordinal, after.toordinal()))
                for number, one in enumerate(asked):
                    if one.library == name:
                        scope = retriever.understood(one.text)
                        places[number], dense[number] = job_features(one.text, scope, retriever.vector(scope.rest))
                        if one.label == "day":
                            counts.update({token.lower() for token in TOKEN.findall(scope.rest)})
        starts = np.concatenate([[0], np.cumsum([len(found) for found in places])])
        grams = sparse.csr_matrix((np.ones(starts[-1]), np.concatenate(places), starts), shape=(len(asked), HASHES))
        wishes = sum(one.label == "day" for one in asked)
        frame = {
            word
            for word, count in counts.items()
            if count >= _FRAME_LEAST and count / wishes > _FRAME_RATIO * _share_of_papers(word, everything)
        }
        hashed = sorted({zlib.crc32(word.encode()) for word in frame | STOP_WORDS | ASKING_WORDS})
        return grams, np.array(dense, dtype=np.float32), np.array(hashed, dtype=np.uint32)


def _share_of_papers(word: str, table: LexicalTable) -> float:
    return min((table.document_count(stem(part)) for part in words_of(word)), default=0) / len(table)


def _fitted(matrix: sparse.csr_matrix, labels: NDArray[np.int64], weights: NDArray[np.float64]) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra, which only measuring needs

    return LogisticRegression(C=_C, max_iter=500).fit(matrix, labels, sample_weight=weights)


def _out_of_fold(
    matrix: sparse.csr_matrix, labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - as above

    shares = np.zeros((len(labels), len(CLASSES)))
    for kept, left in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(matrix, labels):
        shares[left] = _fitted(matrix[kept], labels[kept], weights[kept]).predict_proba(matrix[left])
    return shares
