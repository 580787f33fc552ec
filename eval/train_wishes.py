"""What reads which stored facts a question asks for, made anew from labelled questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.question.wish import (
    FACTS,
    HASHES,
    Piece,
    WishReader,
    masked_text,
    pieces_of,
    tag_features,
    target_spans,
    wish_features,
)
from eval.lines import json_lines
from eval.question_bench import WORDINGS, QuestionBench, keep, matrix_of, regression, tagger
from ingest.embedding import Vector

_FOLDS = 5
_MARKED_SOONER = 0.7  # added to the log odds of a mark: of 0, .7 and 1.2 the most targets are right out of fold
_FACTS_C = 3.0
_FEWEST = 4  # of a fact, for a model of its own to be tried out of fold


@dataclass(frozen=True, slots=True)
class LabelledWish:
    """A question with its pieces, which of them are targets, and what is to be stated [facts]."""

    text: str
    pieces: tuple[Piece, ...]
    marks: tuple[bool, ...]
    tags: tuple[NDArray[np.int64], ...]
    vector: Vector
    facts: NDArray[np.bool_]


def train_wishes(bench: QuestionBench, folder: Path) -> dict[str, float]:
    """Make the model and its report in a folder."""
    asked = list(labelled_wishes(bench))
    report = _out_of_fold(asked)
    keep(folder, "wish", fitted(asked), report)
    return report


def labelled_wishes(bench: QuestionBench) -> Iterator[LabelledWish]:
    """All labelled questions, read over their libraries."""
    lines = list(json_lines(WORDINGS / "wishes.jsonl"))
    for name, library, retriever in bench.libraries(line["library"] for line in lines):
        table = library.lexical_table()
        for line in lines:
            if line["library"] == name:
                text = line["question"]
                pieces = pieces_of(text, retriever.understood(text))
                marks = marks_of(text, pieces, line["targets"])
                facts = np.array([fact in line["facts"] for fact in FACTS])
                vector = retriever.vector(masked_text(pieces, marks))
                tags = tuple(tag_features(pieces, table))
                yield LabelledWish(text, tuple(pieces), tuple(marks), tags, vector, facts)


def marks_of(text: str, pieces: Sequence[Piece], targets: Sequence[str]) -> list[bool]:
    """Which pieces of a question lie in its targets; each is where it stands first."""
    spans = [(text.index(target), text.index(target) + len(target)) for target in targets]
    return [any(first < piece.end and piece.start < end for first, end in spans) for piece in pieces]


def fitted(asked: Sequence[LabelledWish]) -> dict[str, NDArray[Any]]:
    """The weights of both models."""
    marks = tagger([(wish.tags, [int(mark) for mark in wish.marks]) for wish in asked], (HASHES, 2))
    marks["bias"][1] += _MARKED_SOONER
    rows, dense = zip(*(wish_features(wish.pieces, wish.marks, wish.vector) for wish in asked), strict=True)
    matrix = sparse.hstack([matrix_of(rows, HASHES), sparse.csr_matrix(np.array(dense))]).tocsr()
    weights = np.zeros((matrix.shape[1], len(FACTS)), dtype=np.float16)
    bias = np.full(len(FACTS), -20, dtype=np.float32)  # of what is never asked for
    for number in range(len(FACTS)):
        labels = np.array([wish.facts[number] for wish in asked])
        if labels.any():
            model = regression(matrix, labels, _FACTS_C)
            weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
    return {
        "tags": marks["weights"],
        "tag_bias": marks["bias"],
        "steps": marks["steps"],
        "facts": weights,
        "bias": bias,
    }


def _out_of_fold(asked: Sequence[LabelledWish]) -> dict[str, float]:
    fold = np.arange(len(asked)) % _FOLDS
    targets_right, facts_right, both = [], [], []
    by_fact: dict[str, list[bool]] = {fact: [] for fact in FACTS}
    for left_out in range(_FOLDS):
        reader = WishReader(fitted([wish for wish, n in zip(asked, fold, strict=True) if n != left_out]))
        for wish, n in zip(asked, fold, strict=True):
            if n == left_out:
                marks = reader.marked(wish.pieces, wish.tags)
                chosen = reader.facts(wish.pieces, marks, wish.vector)
                is_target = list(target_spans(wish.pieces, marks)) == list(target_spans(wish.pieces, wish.marks))
                is_facts = set(chosen) == {fact for fact, is_wished in zip(FACTS, wish.facts, strict=True) if is_wished}
                targets_right.append(is_target)
                facts_right.append(is_facts)
                both.append(is_target and is_facts)
                for fact, is_wished in zip(FACTS, wish.facts, strict=True):
                    if is_wished:
                        by_fact[fact].append(fact in chosen)
    report = {
        "questions": float(len(asked)),
        "facts and targets right": float(np.mean(both)),
        "facts right": float(np.mean(facts_right)),
        "targets right": float(np.mean(targets_right)),
    }
    return report | {
        f"{fact}: found": float(np.mean(found)) for fact, found in by_fact.items() if len(found) >= _FEWEST
    }
