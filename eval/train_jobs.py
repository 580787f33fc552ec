"""What tells the job of a question, made anew from labelled utterances."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.language.terms import ASKING_WORDS, STOP_WORDS
from assistant.question.job import CLASSES, HASHES, job_features
from assistant.question.question import Reference
from assistant.question.wish import WishReader
from eval.lines import json_lines
from eval.question_bench import WORDINGS, QuestionBench, keep, matrix_of, regression
from ingest.lexical import LexicalTable
from ingest.names import TOKEN
from ingest.words import stem, words_of

_EVAL = Path(__file__).parent
_C = 1.0  # of .1, .3, 1 the best out of fold
_FOLDS = 5
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
    for n in (1, 2, 3, 4, 5, 6)
    for sort, job in (("facts", "ask"), ("unanswerable", "ask"), ("lists", "list"), ("comparisons", "compare"))
    if (n, sort) not in {(3, "comparisons"), (5, "comparisons")}
}
_OF_RETRIEVAL = {"several": "list", "comparison": "compare"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """What someone types, of which library, and the class it is of; `is_own` where it was written for this.

    `reference` is what it refers to in its conversation.
    """

    text: str
    library: str
    label: str
    is_own: bool
    reference: Reference = "none"


def utterances() -> list[Utterance]:
    """All labelled utterances that the package brings, each text once."""
    return list({(one.text, one.reference): one for one in (*_others(), *_own())}.values())  # own ones last: they stay


def _own() -> Iterator[Utterance]:
    """Those that were written for this."""
    for line in json_lines(WORDINGS / "jobs.jsonl"):
        yield Utterance(line["question"], line["library"], line.get("class", line["job"]), True)
    for line in json_lines(WORDINGS / "wishes.jsonl"):
        yield Utterance(line["question"], line["library"], "facts", True)
    for line in json_lines(WORDINGS / "confusable.jsonl"):
        yield Utterance(line["question"], "five-days", line["job"], True)
    for line in json_lines(_EVAL / "cases" / "exact.jsonl"):
        if line["expected"] is not None:  # the others are among the confusable ones, each with its job
            yield Utterance(line["question"], line["library"], "facts", True)
    for line in json_lines(WORDINGS / "turns.jsonl"):
        for turn in line["turns"]:
            yield Utterance(turn["alone"], line["library"], turn["job"], True)
            yield Utterance(turn["question"], line["library"], turn["job"], True, turn["refers"])


def _others() -> Iterator[Utterance]:
    """Questions that were written for something else."""
    for name, (job, count) in _OTHERS.items():
        is_own = name.startswith("sealed/") or job != "ask"  # by writers who asked as they liked
        for line in list(json_lines(_EVAL / f"{name}.jsonl"))[:count]:
            yield Utterance(line["question"], "five-days", job, is_own)
    for line in json_lines(_EVAL / "cases" / "retrieval.jsonl"):
        yield Utterance(line["question"], "five-days", _OF_RETRIEVAL.get(line["kind"], "ask"), False)
    for line in json_lines(WORDINGS / "list_wordings.jsonl"):
        yield Utterance(line["question"], "five-days", "list" if line["is_list"] else "ask", False)


def train_jobs(bench: QuestionBench, folder: Path) -> dict[str, float]:
    """Make the model and its report in a folder."""
    asked = utterances()
    rows, dense, frame = _features(bench, asked)
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
    model = regression(matrix, labels, _C, weights)
    arrays = {
        "weights": model.coef_.T.astype(np.float16),
        "bias": model.intercept_.astype(np.float32),
        "frame": frame,
    }
    keep(folder, "job", arrays, report)
    return report


def _features(
    bench: QuestionBench, asked: Sequence[Utterance]
) -> tuple[sparse.csr_matrix, NDArray[np.float32], NDArray[np.uint32]]:
    places: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * len(asked)
    dense: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(asked)
    counts: Counter[str] = Counter()
    for name, library, retriever in bench.libraries(one.library for one in asked):
        everything = library.lexical_table()
        wishes_read = WishReader.load()  # made anew before this
        for number, one in enumerate(asked):
            if one.library == name:
                scope = retriever.understood(one.text)
                wording = retriever.vector(wishes_read.wording(one.text, scope, everything).masked)
                places[number], dense[number] = job_features(one.text, scope, wording, one.reference)
                if one.label == "day":
                    counts.update({token.lower() for token in TOKEN.findall(scope.rest)})
    wishes = sum(one.label == "day" for one in asked)
    frame = {
        word
        for word, count in counts.items()
        if count >= _FRAME_LEAST and count / wishes > _FRAME_RATIO * _share_of_papers(word, everything)
    }
    hashed = sorted({zlib.crc32(word.encode()) for word in frame | STOP_WORDS | ASKING_WORDS})
    return matrix_of(places, HASHES), np.array(dense, dtype=np.float32), np.array(hashed, dtype=np.uint32)


def _share_of_papers(word: str, table: LexicalTable) -> float:
    return min((table.document_count(stem(part)) for part in words_of(word)), default=0) / len(table)


def _out_of_fold(
    matrix: sparse.csr_matrix, labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - as above

    shares = np.zeros((len(labels), len(CLASSES)))
    for kept, left in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(matrix, labels):
        shares[left] = regression(matrix[kept], labels[kept], _C, weights[kept]).predict_proba(matrix[left])
    return shares
